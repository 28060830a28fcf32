"""Files: downloads that are not what was uploaded, uploads that lose or gain something."""

from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import get, post
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import files
from mock_server.studio.domain import labels, names

OF_11 = "/projects/11"


def _rows(plant: Plant, operation: str, change: Any) -> None:
    """Change the rows of a download."""

    def make(write: Any) -> Any:
        return lambda format, header, rows: write(format, header, change(rows))

    plant.on(operation).swap(files, "write_sheet", make)


@defect(
    "last-row-missing",
    "The download of a group lacks its last document.",
    get(f"{OF_11}/groups/31/download?format=json"),
)
def last_row_missing(plant: Plant) -> None:
    _rows(plant, "download_group", lambda rows: rows[:-1])


@defect(
    "commas-lost",
    "A download of labels lacks the commas in their names.",
    post("/projects/13/labels", {"name": "a, b"}),
    get("/projects/13/labels/download?format=csv"),
)
def commas_lost(plant: Plant) -> None:
    def joined(rows: Any) -> Any:
        return [[cell.replace(",", "") if isinstance(cell, str) else cell for cell in row] for row in rows]

    _rows(plant, "download_labels", joined)


@defect(
    "umlauts-of-another-time",
    "A download of a session as CSV is in Latin-1.",
    get(f"{OF_11}/annotations/52/download?format=csv"),
)
def umlauts_of_another_time(plant: Plant) -> None:
    def recoded(reply: Reply, call: Call) -> None:
        if call.query["format"] == "csv":
            reply.body = reply.body.decode("utf-8-sig").encode("latin-1", "replace")

    plant.on("download_session").replies(recoded)


@defect(
    "always-csv",
    "A download of an analysis is CSV whatever format is asked for.",
    get("/analyses/81/documents/download?format=json"),
)
def always_csv(plant: Plant) -> None:
    plant.on("download_analysis").runs(_as_csv)


async def _as_csv(call: Call, run: Run) -> Reply:
    call.query["format"] = "csv"
    return await run(call)


CLASSES = {"file": ("classes.csv", b"name,description\nGarden,Green\nPool,Wet", "text/csv")}


@defect(
    "no-line-end-no-line",
    "The last line of an uploaded file of classes is lost.",
    post(f"{OF_11}/classes/upload", files=CLASSES),
)
def no_line_end_no_line(plant: Plant) -> None:
    def make(records: Any) -> Any:
        return lambda sheet, columns: records(sheet, columns)[:-1] or records(sheet, columns)

    plant.on("upload_classes_file").swap(names, "records", make)


@defect(
    "headers-are-labels",
    "The heading of an uploaded file of labels becomes a label.",
    post("/projects/13/labels/upload", files={"file": ("labels.csv", b"name\nCalm\n", "text/csv")}),
)
def headers_are_labels(plant: Plant) -> None:
    def make(create: Any) -> Any:
        return lambda tx, project_id, wanted: create(tx, project_id, [{"name": "name"}, *wanted])

    plant.on("upload_labels_file").swap(labels, "create_labels", make)


@defect("models-for-nobody", "The file of a model lacks its last bytes.", get("/models/61/download"))
def models_for_nobody(plant: Plant) -> None:
    def cut(reply: Reply, call: Call) -> None:
        reply.body = reply.body[:-40]

    plant.on("download_model").replies(cut)
