"""`studio-mock spec coverage`: what is counted, what is told of what is missing, what a row of the ledger explains, the exit codes."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server import contract
from mock_server.contract import ContractError
from mock_server.spec import coverage, ledger
from mock_server.spec.coverage import Coverage, told
from tests.test_spec_commands import command

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the documents of the sample."""
    return Path(shutil.copytree(SAMPLE / "spec", tmp_path / "spec"))


def compared(root: Path, entries: list[Any] | None = None) -> Coverage:
    """The coverage of a list, by default of that of the sample."""
    listed = coverage.read(SAMPLE / "listed.yaml") if entries is None else entries
    return coverage.coverage(contract.load("library", root), ledger.load(root), listed)


def missing(found: Coverage) -> set[tuple[str, str, str]]:
    return {(str(miss.entry.get("id")), miss.item.kind, miss.item.name) for miss in found.misses}


def test_everything_listed_is_counted_by_kind(root: Path) -> None:
    assert compared(root).counts == {
        "operations": (4, 5),
        "path parameters": (2, 4),
        "query parameters": (1, 2),
        "body fields": (2, 5),
        "enums": (2, 3),
        "response fields": (4, 8),
        "codes": (3, 4),
    }


def test_each_miss_is_told_with_its_operation(root: Path) -> None:
    assert missing(compared(root)) == {
        ("list", "path parameters", "project"),
        ("list", "query parameters", "shelf"),
        ("list", "response fields", "[].author"),
        ("list", "response fields", "[].author.name"),
        ("list", "codes", "409"),
        ("add", "body fields", "pages"),
        ("add", "body fields", "tags"),
        ("add", "body fields", "tags[].name"),
        ("add", "enums", "kind: ESSAY"),
        ("shared", "path parameters", "id"),
        ("shared", "response fields", "shelf"),
        ("shared", "response fields", "room"),
        ("burn", "operations", "burn"),
    }


def test_rows_of_the_operation_explain_what_they_name_and_nothing_else(root: Path) -> None:
    path = root / "evidence.yaml"
    path.write_text(path.read_text().replace("documented: A shelf.", "documented: A `shelf`; bedroom, no {id}."))
    rows = {(miss.entry["id"], miss.item.name): miss.rows for miss in compared(root).misses if miss.rows}
    assert rows == {("shared", "shelf"): ("shared-answer",), ("shared", "id"): ("shared-answer",)}


@pytest.mark.parametrize("word", ["all", "create_book"])
def test_rows_of_others_explain_nothing(root: Path, word: str) -> None:
    path = root / "evidence.yaml"
    told_of = path.read_text().replace("operations: all", f"operations: {'all' if word == 'all' else [word]}")
    path.write_text(told_of.replace("documented: Nothing.", "documented: A shelf; 409."))
    rows = {(miss.entry["id"], miss.item.name): miss.rows for miss in compared(root).misses if miss.rows}
    assert rows == {("shared", "shelf"): ("shared-answer",)}


def test_names_of_parameters_do_not_tell_addresses_apart(root: Path) -> None:
    entry = {"method": "get", "path": "/shared/books/{whatever}/"}
    found = compared(root, [entry, {"method": "GET", "path": "/shared/books/{book_id}"}])
    assert found.counts["operations"] == (2, 2) and found.counts["path parameters"] == (1, 2)


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        ({"title": "string"}, (1, 1)),
        ([{"title": "string"}], (0, 1)),
        ({"title": {"short": "string"}}, (1, 2)),
        ({}, (0, 0)),
        ([], (0, 0)),
        ("string", (0, 0)),
        (None, (0, 0)),
    ],
)
def test_shapes_of_answers_are_followed_inside(root: Path, shape: Any, found: tuple[int, int]) -> None:
    entry = {"method": "GET", "path": "/projects/{project_id}/books/newest", "response_shape": shape}
    assert compared(root, [entry]).counts["response fields"] == found


def test_fields_of_a_body_whose_shape_is_a_list_are_those_of_its_elements(root: Path) -> None:
    path = root / "library" / "paths" / "books.yaml"
    one = "schema: {$ref: '../schemas/books.yaml#/BookInput'}"
    path.write_text(
        path.read_text().replace(one, "schema: {type: array, items: {$ref: '../schemas/books.yaml#/BookInput'}}")
    )
    body = {"fields": [{"name": "title"}], "example_shape": [{"title": "string", "kind": "string", "age": "integer"}]}
    found = compared(root, [{"method": "POST", "path": "/projects/{project_id}/books", "body": body}])
    assert found.counts["body fields"] == (2, 3) and [miss.item.name for miss in found.misses] == ["age"]


def test_free_maps_have_every_field(root: Path) -> None:
    path = root / "library" / "schemas" / "books.yaml"
    path.write_text(
        path.read_text().replace("    due:", "    meta: {type: object, additionalProperties: {type: string}}\n    due:")
    )
    entry = {"method": "GET", "path": "/shared/books/{book_id}", "response_shape": {"meta": {"any": "string"}}}
    assert compared(root, [entry]).misses == []


def test_report_says_what_is_missing_and_what_explains_it(root: Path) -> None:
    lines = list(told(compared(root)))
    assert lines[0].split() == ["operations", "4", "of", "5"] and len(lines) == 7 + 13
    assert "explained by shared-answer: GET /shared/books/{id}: response fields: shelf" in lines
    assert "MISSING: DELETE /projects/{project_id}/books: operations: burn" in lines


# The command


def write(path: Path, content: Any) -> Path:
    path.write_text(yaml.safe_dump(content), "utf-8")
    return path


GOOD = {"method": "GET", "path": "/health", "success": 200, "response_shape": {"status": "string"}}


@pytest.mark.parametrize(("entries", "code"), [([GOOD], 0), ([GOOD, {"method": "GET", "path": "/no"}], 1), ([], 0)])
def test_exit_code_tells_whether_something_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], entries: list[Any], code: int
) -> None:
    assert command("coverage", str(write(tmp_path / "list.yaml", {"operations": entries}))) == code
    out = capsys.readouterr().out
    assert f"{min(len(entries), 1)} of {len(entries)}" in out and ("MISSING" in out) == bool(code)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([GOOD], "a map was expected"),
        ({"a": [GOOD], "b": [GOOD]}, "one list of operations"),
        ({"a": ["GET /health"]}, "one list of operations"),
        ({"a": [GOOD, {"path": "/health"}]}, "entry 2 has no method or no path"),
        ("text", "a map was expected"),
        (None, "a map was expected"),
    ],
)
def test_file_of_another_form_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, reason: str
) -> None:
    path = write(tmp_path / "list.yaml", content)
    with pytest.raises(ContractError, match=reason):
        coverage.read(path)
    assert command("coverage", str(path)) == 2 and reason in capsys.readouterr().err


def test_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("coverage", str(tmp_path / "none.yaml")) == 2
    assert "none.yaml is missing" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: [", b"a: &a [*a]\n"])
def test_file_that_is_no_yaml_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    path = tmp_path / "list.yaml"
    path.write_bytes(content)
    assert command("coverage", str(path)) == 2
    assert capsys.readouterr().err.startswith("studio-mock: ")


def test_unknown_document_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("coverage", "--api", "nonsense", str(SAMPLE / "listed.yaml")) == 2
    assert "there is no document 'nonsense'" in capsys.readouterr().err
