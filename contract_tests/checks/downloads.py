"""A download is a file of the format that was asked for, and says its name."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check

MEDIA = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NAME = re.compile(r'filename\*?=(?:"([^"]+)"|([^;]+))')


@check
def downloads_are_files(answer: Answer) -> Iterator[str]:
    """A download has the media type of its format, a name that ends like it, and a content that can be read as it."""
    operation = answer.operation
    if answer.status != 200 or operation is None or "download" not in operation.name or answer.method == "HEAD":
        return
    form = (answer.asked("format") or operation.default("format")) if "format" in operation.query else "zip"
    disposition = answer.headers.get("content-disposition", "")
    named = NAME.search(disposition)
    if not disposition.startswith("attachment") or named is None:
        yield f"Content-Disposition is {disposition!r}; a download is an attachment with a file name"
    elif not (named.group(1) or named.group(2)).endswith(f".{form}"):
        yield f"the file is called {named.group(1) or named.group(2)}, asked for was {form}"
    if form in MEDIA and answer.media != MEDIA[form]:
        yield f"the file is {answer.media}, asked for was {form} ({MEDIA[form]})"
    elif (problem := _problem(answer.content, form)) is not None:
        yield f"the file cannot be read as {form}: {problem}"


def _problem(content: bytes, form: str) -> str | None:
    try:
        if form == "csv":
            return _csv(content.decode("utf-8-sig"))
        if form == "json":
            return None if isinstance(json.loads(content), list) else "it is no list"
        if form == "jsonl":
            broken = [line for line in content.decode().splitlines() if line and not isinstance(json.loads(line), dict)]
            return "a line is no object" if broken else None
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if form == "xlsx" and "xl/workbook.xml" not in archive.namelist():
                return "it has no workbook"
            return archive.testzip()
    except (ValueError, zipfile.BadZipFile, csv.Error) as error:
        return str(error)


def _csv(text: str) -> str | None:
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if not lines:
        return "it has no header"
    odd = next((at for at, line in enumerate(lines, 1) if line and len(line) != len(lines[0])), None)
    return None if odd is None else f"line {odd} has {len(lines[odd - 1])} cells, the header has {len(lines[0])}"
