"""What is downloaded is what is there, the same in every format, and can be uploaded again."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from contract_tests.laws.registry import law
from contract_tests.laws.workshop import TEXTS, Workshop
from contract_tests.lessons import GOOD

FORMATS = ("csv", "jsonl", "json", "xlsx")


def rows_of(content: bytes, form: str) -> list[dict[str, str]]:
    """Return the rows of a file, cells as texts, empty ones as empty texts."""
    if form == "csv":
        return [dict(row) for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))]
    if form in ("json", "jsonl"):
        rows = json.loads(content) if form == "json" else [json.loads(line) for line in content.splitlines() if line]
        return [{key: _cell(value) for key, value in row.items()} for row in rows]
    return _workbook(content)


def _workbook(content: bytes) -> list[dict[str, str]]:
    from python_calamine import CalamineWorkbook

    table = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    header, *rest = table
    return [{str(name): _cell(value) for name, value in zip(header, row, strict=True)} for row in rest]


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _plain(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {
            key: value.lower() if value.lower() in ("true", "false") else value
            for key, value in row.items()
            if value != ""
        }
        for row in rows
    ]


def downloaded(lab: Workshop, operation: str, path: dict[str, Any]) -> list[dict[str, str]]:
    """Return the rows of a download, after comparing all formats with each other."""
    found: dict[str, list[dict[str, str]]] = {}
    for form in FORMATS:
        answer = lab.call(operation, path, query={"format": form})
        lab.expect(answer.status_code == 200, f"a download as {form} is answered {answer.status_code}", operation)
        try:
            found[form] = _plain(rows_of(answer.content, form)) if answer.status_code == 200 else []
        except Exception as problem:  # a file that cannot be read may fail in every reader in its own way
            lab.broken(f"a download as {form} cannot be read: {problem}", operation)
            found[form] = []
    for form in FORMATS[1:]:
        same = found[form] == found["csv"]
        lab.expect(
            same,
            f"the download as {form} has other rows than that as csv{_first(found['csv'], found[form])}",
            operation,
        )
    return found["json"]


def _first(one: list[dict[str, str]], other: list[dict[str, str]]) -> str:
    if len(one) != len(other):
        return f": {len(other)} and not {len(one)}"
    at = next((at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]), None)
    return "" if at is None else f", in row {at + 1}: {str(other[at])[:120]} and not {str(one[at])[:120]}"


def _upload(lab: Workshop, operation: str, path: dict[str, Any], form: str, content: bytes, **data: Any) -> Any:
    return lab.ok(operation, path, files={"file": (f"again.{form}", content, "application/octet-stream")}, data=data)


@law()
def classes_and_labels_come_back(lab: Workshop) -> None:
    """A download of classes or labels has all of them, alike in every format, and makes the same ones in another project."""
    project = lab.project("CLASSLABEL")
    at = {"project_id": project}
    lab.ok(
        "create_class",
        at,
        json={"name": 'Lift, "fast"', "example": "Zwei\nZeilen, schön.", "description": "ein Komma, ja"},
    )
    lab.ok("create_label", at, json={"name": 'not "good", not bad'})
    for operation, reader, writer, shown in (
        ("download_classes", "list_classes", "upload_classes_file", ("name", "example", "description")),
        ("download_labels", "list_labels", "upload_labels_file", ("name",)),
    ):
        lab.scene()
        due = [{key: one[key] for key in shown if one[key]} for one in lab.ok(reader, at)]
        rows = downloaded(lab, operation, at)
        told = [{key: row[key] for key in shown if key in row} for row in rows]
        lab.expect(
            told == due, f"the download has {len(told)} rows that are not the {len(due)} things listed", operation
        )
        for form in FORMATS:
            lab.scene()
            other = {"project_id": lab.project("CLASSLABEL", classes=(), labels=())}
            content = lab.call(operation, at, query={"format": form}).content
            _upload(lab, writer, other, form, content)
            again = [{key: one[key] for key in shown if one[key]} for one in lab.ok(reader, other)]
            lab.expect(
                again == due,
                f"a download as {form} that is uploaded again makes something else: {str(again)[:100]}",
                writer,
            )


@law()
def groups_come_back(lab: Workshop) -> None:
    """A download of a group has its documents with their attributes, alike in every format, and makes the same group again."""
    project = lab.project()
    at = {"project_id": project}
    documents = [{"text": text, "source": "web, new", "stars": number} for number, text in enumerate(TEXTS)]
    group = lab.group(project, documents=documents)
    path = {**at, "group_id": group["id"]}
    rows = downloaded(lab, "download_group", path)
    due = [(one["text"], one["source"], str(one["stars"])) for one in documents]
    told = [(row.get("text"), row.get("source"), row.get("stars")) for row in rows]
    lab.expect(told == due, f"the download of a group has {told[:2]}, uploaded was {due[:2]}", "download_group")
    shown = lab.ok("list_group_documents", path, query={"details": "meta"})
    listed = [(one["text"], one.get("source"), str(one.get("stars"))) for one in shown]
    lab.expect(listed == due, f"a group shows {listed[:2]}, uploaded was {due[:2]}", "list_group_documents")
    for form in FORMATS:
        lab.scene()
        content = lab.call("download_group", path, query={"format": form}).content
        file_id = _upload(lab, "upload_group_file", at, form, content)["id"]
        again = lab.group(project, file_id=file_id, column_name="text")
        texts = [one["text"] for one in lab.ok("list_group_documents", {**at, "group_id": again["id"]})]
        lab.expect(
            texts == list(TEXTS),
            f"a download as {form} that is uploaded again makes other documents: {texts[:2]}",
            "create_group",
        )


@law()
def labeled_sessions_come_back(lab: Workshop) -> None:
    """A download of a session has every segment with its tags, alike in every format, and makes the same session in another project."""
    project = lab.project()
    session = lab.labeled(project)
    path = {"project_id": project, "annotation_id": session["id"]}
    segments = lab.segments(project, session["id"])
    due = [(one["text"], tag["class"], tag["label"]) for one in segments for tag in one["tags"]]
    rows = downloaded(lab, "download_session", path)
    told = [(row.get("segment"), row.get("class"), row.get("label")) for row in rows]
    lab.expect(told == due, f"the download of a session has {told[:2]}, tagged was {due[:2]}", "download_session")
    for row in rows:
        span = row["text"][int(row["segment_start"]) : int(row["segment_end"])]
        lab.expect(
            span == row["segment"],
            f"the offsets of a row enclose {span!r}, its segment is {row['segment']!r}",
            "download_session",
        )
    whole = [row for row in downloaded(lab, "download_sessions", path) if row["annotation_id"] == str(session["id"])]
    same = [{key: value for key, value in row.items() if key != "annotation_id"} for row in whole] == rows
    lab.expect(
        same, "the download of all sessions has other rows for a session than its own download", "download_sessions"
    )
    for form in FORMATS:
        lab.scene()
        other = lab.project()
        content = lab.call("download_session", path, query={"format": form}).content
        made = _upload(lab, "upload_session_file", {"project_id": other}, form, content)
        lab.settle(5)
        again = lab.segments(other, made["id"])
        tags = [(one["text"], tag["class"], tag["label"]) for one in again for tag in one["tags"]]
        lab.expect(
            tags == due,
            f"a download as {form} that is uploaded again has other tags: {tags[:2]}",
            "upload_session_file",
        )


@law()
def models_come_back(lab: Workshop) -> None:
    """A model that is downloaded and uploaded again finds the same; a broken file is refused."""
    model = lab.model(lab.project())
    at = {"model_id": model["id"]}
    answer = lab.call("download_model", at)
    lab.expect(
        answer.status_code == 200, f"the download of a READY model is answered {answer.status_code}", "download_model"
    )
    named = {"name": lab.unique("again").replace(" ", "-"), "display_name": "Again"}
    again = lab.ok("upload_model", files={"file": ("model.zip", answer.content, "application/zip")}, data=named)
    documents = [{"text": text} for text in (*GOOD, *TEXTS)]
    first, second = (
        lab.ok("analyze", json={"model_id": row_id, "documents": documents})["documents"]
        for row_id in (model["id"], again["id"])
    )
    lab.expect(
        first == second,
        "a model that was uploaded again finds something else than the one that was downloaded",
        "upload_model",
    )
    lab.refused(
        400,
        "a file that is no model",
        "upload_model",
        files={"file": ("model.zip", b"PK no", "application/zip")},
        data=named,
    )
    for operation, path in (
        ("download_project_model", {**at, "project_id": model["project_id"]}),
        ("download_model", {"model_id": model["name"]}),
    ):
        other = lab.call(operation, path)
        lab.expect(
            other.status_code == 200, f"the same model by another path is answered {other.status_code}", operation
        )


@law()
def analyses_are_downloaded_as_they_are_shown(lab: Workshop) -> None:
    """The download of an analysis has every segment of its documents with what was found there, alike in every format."""
    analysis = lab.analysis(lab.model(lab.project())["id"], (*GOOD[:2], *TEXTS))
    at = {"analysis_id": analysis["id"]}
    shown = lab.ok("list_analysis_documents", at, query={"details": "segments,tags,meta"})["documents"]
    due = [
        (str(one["id"]), part["text"], tag.get("class") or None, tag.get("label") or None, "web")
        for one in shown
        for part in one["segments"]
        for tag in part["tags"] or [{}]
    ]
    rows = downloaded(lab, "download_analysis", at)
    told = [
        (row["document_id"], row["segment"], row.get("class"), row.get("label"), row.get("channel")) for row in rows
    ]
    lab.expect(told == due, f"the download of an analysis has {told[:2]}, shown is {due[:2]}", "download_analysis")


@law()
def uploaded_files_become_what_they_hold(lab: Workshop) -> None:
    """A file in any of its formats makes the documents that are in it; the column that is named is the one that counts."""
    project = lab.project()
    at = {"project_id": project}
    rows = [{"note": f"note {number}", "text": text, "stars": number} for number, text in enumerate(TEXTS)]
    for form, content in _written(rows).items():
        for column, due in (("text", [row["text"] for row in rows]), ("note", [row["note"] for row in rows])):
            lab.scene()
            uploaded = _upload(lab, "upload_group_file", at, form, content)
            header = uploaded["preview"][0]
            lab.expect("text" in header, f"the preview of a file as {form} begins with {header}", "upload_group_file")
            group = lab.group(project, file_id=uploaded["id"], column_name=column)
            texts = [one["text"] for one in lab.ok("list_group_documents", {**at, "group_id": group["id"]})]
            lab.expect(
                texts == due,
                f"a file as {form} with the column {column} makes {texts[:2]}, due is {due[:2]}",
                "create_group",
            )
    lab.refused(
        404, "a file that nobody uploaded", "create_group", at, json={"file_id": "7d9f5a4e-3b1c-4f0e-9a55-0c4d1f6f2aaa"}
    )
    lab.refused(
        409,
        "a column that the file does not have",
        "create_group",
        at,
        json={"file_id": uploaded["id"], "column_name": "no"},
    )


def _written(rows: list[dict[str, Any]]) -> dict[str, bytes]:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return {"csv": out.getvalue().encode(), "json": json.dumps(rows).encode(), "jsonl": lines.encode()}
