"""Files as handlers meet them: a form's file becomes a sheet, rows become a download. Reads and writes in a thread."""

from collections.abc import Callable, Iterable, Sequence

from mock_server.pipeline.bodies import Upload
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.sheets import MEDIA_TYPES, Cell, Sheet, SheetError, read_sheet, write_sheet
from mock_server.studio import replies
from mock_server.studio.domain.errors import Invalid

ENDINGS = {
    "text/csv": "csv",
    "text/plain": "txt",
    "application/json": "json",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


async def uploaded(call: Call, header_first: bool | None = None) -> tuple[str, Sheet]:
    """Return name and content of the form part `file`; without `header_first` it is detected whether a header is there.

    Raises Invalid (body.file) for a file that cannot be read. Call it before `call.tx` is used for writing.
    """
    file = call.files["file"]
    try:
        sheet = await call.in_thread(read_sheet, readable_name(file), file.content, header_first=header_first)
    except SheetError as error:
        raise Invalid(str(error), "body.file") from None
    return file.filename, sheet


async def uploaded_table(call: Call, refusal: Callable[[], Invalid]) -> tuple[str, Sheet]:
    """Return what `uploaded` does; raises `refusal` for a file that cannot be read, and for one of lines of text."""
    if readable_name(call.files["file"]).lower().endswith(".txt"):
        raise refusal()
    try:
        return await uploaded(call)
    except Invalid as error:
        raise refusal() from error


def readable_name(file: Upload) -> str:
    """Return a file name whose ending says the format: its own, else that of its content type, else TXT."""
    ending = file.filename.rpartition(".")[2].strip().lower()
    told = ENDINGS.get((file.content_type or "").split(";")[0].strip().lower())
    if ending in ENDINGS.values() or ("." in file.filename and told is None):
        return file.filename
    return f"{file.filename}.{told or 'txt'}"


async def download(call: Call, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Reply:
    """Answer with a table in the format that the query asks for; `name` is the file's name without an ending.

    Raises Invalid (query.format) for what the format cannot hold. Nothing may have been written before.
    """
    format = call.query["format"]
    try:
        content = await call.in_thread(write_sheet, format, header, list(rows))
    except SheetError as error:
        raise Invalid(str(error), "query.format") from None
    return replies.download(content, MEDIA_TYPES[format], f"{name}.{format}")
