"""What was learned of a deployment changes answers as its entries say, and nothing else; an entry that says nothing sensible is refused."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mock_server import contract
from mock_server.cli import main
from mock_server.contract import ContractError
from mock_server.pipeline.learned import Asked, Lesson, changed, lessons_of, read, same, status_of
from mock_server.pipeline.reply import Reply

SESSION = {
    "id": 51,
    "status": "STARTED",
    "user": {"id": 1, "email": "nora@example.com"},
    "tags": [{"id": 7}, {"id": 8}],
}
ASKED = Asked(path={"page": 0}, query={"limit": 5}, body=[{"text": "One."}, {"text": "Two."}])


def learned(*written: dict[str, Any], body: Any = SESSION, status: int = 200) -> Any:
    """Return the body that lessons make of one."""
    reply = changed(Reply.json(200, body), status, read(list(written), "show"), ASKED)
    return msgspec.json.decode(reply.body)


def test_without_lessons_nothing_changes() -> None:
    assert learned() == SESSION
    assert lessons_of({"operationId": "show"}, {}) is None


def test_a_field_is_dropped_wherever_the_place_leads() -> None:
    assert learned({"of": 200, "drop": "tags[].id"})["tags"] == [{}, {}]
    assert "user" not in learned({"of": 200, "drop": "user"})
    assert learned({"of": 200, "drop": "nowhere.name"}) == SESSION


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("status", 200),
        ("here.user.email", "nora@example.com"),
        ("here.tags[0].id", 7),
        ("body[0].text", "One."),
        ("path.page", 0),
        ("query.limit", 5),
        ("count(body)", 2),
        ("count(here.tags)", 2),
        ("first(here.tags)", {"id": 7}),
        ("text(here.id)", "51"),
    ],
)
def test_a_field_is_taken_from_where_its_source_leads(source: str, value: Any) -> None:
    assert learned({"of": 200, "at": "new", "from": source}) == {**SESSION, "new": value}


@pytest.mark.parametrize("source", ["here.nothing", "here.tags[0].no", "path.name", "count(here.id)", "body.text"])
def test_a_source_that_leads_nowhere_leaves_the_field_out(source: str) -> None:
    assert learned({"of": 200, "at": "new", "from": source}) == SESSION


def test_a_list_without_entries_has_no_first_one_and_stays() -> None:
    assert learned({"of": 200, "at": "tags", "from": "first(here.tags)"}, body={"tags": []}) == {"tags": []}


def test_one_value_stands_in_the_place_of_another_and_of_no_other() -> None:
    lesson = {"of": 200, "at": "status", "is": "STARTED", "value": "CREATED"}
    assert learned(lesson)["status"] == "CREATED"
    assert learned(lesson, body={"status": "FINISHED"}) == {"status": "FINISHED"}
    assert learned({"of": 200, "at": "on", "is": 1, "value": 2}, body={"on": True}) == {"on": True}
    assert learned({"of": 200, "at": "on", "is": None, "value": ""}, body={"on": None}) == {"on": ""}


def test_sources_see_the_answer_as_it_was_before_anything_was_changed() -> None:
    lessons = [{"of": 200, "drop": "user"}, {"of": 200, "at": "user_id", "from": "here.user.id"}]
    assert learned(*lessons)["user_id"] == 1
    assert "user" not in learned(*lessons)


def test_a_whole_body_becomes_one_of_its_parts() -> None:
    assert learned({"of": 200, "at": "", "from": "here.tags"}) == [{"id": 7}, {"id": 8}]


def test_an_answer_with_another_status_says_so_itself() -> None:
    reply = Reply.json(409, {"message": "It is taken", "status": "CONFLICT"})
    after = changed(reply, 400, [], Asked())
    assert (after.status, msgspec.json.decode(after.body)["status"]) == (400, "BAD_REQUEST")
    assert changed(reply, 204, [], Asked()).body == b""


def test_files_keep_their_content() -> None:
    after = changed(Reply(200, b"a;b", b"text/csv"), 201, [Lesson(of=200, drop="a")], Asked())
    assert (after.status, after.body) == (201, b"a;b")


def test_errors_of_an_operation_have_its_status_and_the_shape_of_all() -> None:
    node = {"operationId": "make", "x-learned": [{"of": 409, "status": 400}]}
    lessons = lessons_of(node, {"x-learned-errors": [{"at": "code", "from": "status"}, {"drop": "status"}]})
    assert lessons is not None
    after = lessons.refused(Reply.json(409, {"message": "It is taken", "status": "CONFLICT"}))
    assert (after.status, msgspec.json.decode(after.body)) == (400, {"message": "It is taken", "code": 400})
    assert (status_of(node, 409), status_of(node, 404)) == (400, 404)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"of": 200}, "it says one thing"),
        ({"of": 200, "drop": "a", "status": 204}, "it says one thing"),
        ({"of": 200, "at": "a"}, "is taken `from` somewhere, or is a `value`"),
        ({"of": 200, "at": "a", "from": "here.b", "value": 1}, "is taken `from` somewhere, or is a `value`"),
        ({"of": 200, "at": "a", "from": "elsewhere.b"}, "elsewhere.b is no source"),
        ({"of": 200, "at": "a", "from": "count(there)"}, "count(there) is no source"),
        ({"lost": "project_id"}, "found `by` another parameter"),
        ({"of": "200", "drop": "a"}, "Expected `int | null`"),
        ({"of": 200, "dropp": "a"}, "unknown field"),
    ],
)
def test_what_says_nothing_sensible_is_refused(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match="what was learned of show cannot be read") as problem:
        read([written], "show")
    assert said in str(problem.value)


def test_true_is_not_one() -> None:
    assert same(1, 1) and not same(True, 1) and not same(0, False)


COMMANDS = (
    ["serve", "--port", "0"],
    ["check", "--api", "studio"],
    ["spec", "lint"],
    ["spec", "apply", "seen.yaml"],
    ["parity", "--url", "http://127.0.0.1:9"],
    ["drift", "seen.har"],
    ["proxy", "--upstream", "http://127.0.0.1:9"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_folder_without_documents_is_told_in_one_line(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(contract.ROOT, str(tmp_path))
    assert main(command) == 2
    said = capsys.readouterr().err
    assert f"{contract.ROOT} names {tmp_path}, which is no folder of documents" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("operations: [1]\n", "is not what was learned of a deployment"),
        ("errors: {drop: status}\n", "is not what was learned of a deployment"),
        ("operations: {get_project: {drop: name}}\n", "is not what was learned of a deployment"),
        ("operations: {get_project: [{drop: name, at: name}]}\n", "what was learned of get_project cannot be read"),
        ("operations: [", "learned.yaml: while parsing"),
    ],
)
def test_a_file_of_another_form_is_told_in_one_line(
    content: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "spec"
    shutil.copytree(contract.spec_root(), spec, ignore=shutil.ignore_patterns(".*"))
    (spec / "studio" / contract.LEARNED).write_text(content)
    monkeypatch.setenv(contract.ROOT, str(spec))
    assert main(["serve", "--port", "0"]) == 2
    assert said in capsys.readouterr().err
