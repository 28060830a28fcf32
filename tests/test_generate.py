"""Generated worlds and world files: same seed, same bytes; what is written loads back; errors name the place."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mock_server import worldfile
from mock_server.generate import NOW, generate, write_world
from mock_server.seed import SeedError, frozen_clock, starting_world, world_now
from mock_server.studio import tokens
from mock_server.studio.rows import Analysis, Document, Label, ModelClass, Project, Session, Tag, User, Workspace
from mock_server.world import Clock, Job, Tx, World
from mock_server.world.integrity import dangling

SIZES = (0, 1, 2, 7, 50, 400)


def written(world: World, folder: Path) -> bytes:
    """The bytes of a world's file."""
    path = folder / "world.json"
    write_world(world, path)
    return path.read_bytes()


def rows(world: World) -> dict[str, list[Any]]:
    """All rows of a world by table."""
    return {kind.__name__: [*Tx(world).rows(kind)] for kind in world.tables}


# Generated worlds


@pytest.mark.parametrize("size", SIZES)
def test_generated_world_has_so_many_documents_and_nothing_dangles(size: int) -> None:
    world = generate(size, 7)
    counts = [len(Tx(world).ids(Document, project_id=project_id)) for project_id in Tx(world).ids(Project)]
    assert sum(counts) == size and counts[0] * 2 >= size
    assert dangling(world) == []


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(generate(300, 7), tmp_path) == written(generate(300, 7), tmp_path)


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    assert written(generate(300, 7), tmp_path) != written(generate(300, 8), tmp_path)


def test_generated_world_loads_back_the_same(tmp_path: Path) -> None:
    world = generate(300, 7)
    path = tmp_path / "world.json"
    write_world(world, path)
    back = starting_world(path, clock=frozen_clock(path))
    assert rows(back) == rows(world)
    assert (back.counters, back.seed, back.clock) == (world.counters, world.seed, world.clock)
    assert written(back, tmp_path) == written(world, tmp_path)


def test_generated_world_stands_at_the_time_that_is_asked_for() -> None:
    now = datetime(2030, 1, 1, 12, tzinfo=UTC)
    tx = Tx(generate(20, 1, now))
    assert tx.now == now and all(document.created < now for document in tx.rows(Document))


def test_generated_world_has_an_owner_and_every_type() -> None:
    tx = Tx(generate(100, 3))
    owner = tx.first(User, email="owner@example.com")
    assert owner and owner.is_superuser and tokens.password_matches("studio-mock", owner.password_hash)
    assert {project.type for project in tx.rows(Project)} == {"ABSA", "CLASS", "LABEL", "CLASSLABEL"}


def test_texts_are_varied_and_in_two_languages() -> None:
    documents = list(Tx(generate(400, 7)).rows(Document))
    assert len({document.text for document in documents}) > 350
    assert {document.meta["language"] for document in documents} == {"en", "de"}
    assert not any("{" in document.text for document in documents)
    for document in documents:
        assert " ".join(document.text[part.start : part.end] for part in document.segments) == document.text


def test_tags_are_as_the_type_of_the_project_demands() -> None:
    tx = Tx(generate(400, 7))
    found = set()
    for tag in tx.rows(Tag):
        project = tx.get(Project, tag.project_id)
        assert project
        found.add((project.type, tag.class_id is not None, tag.label_id is not None))
    wanted = {("ABSA", True, True), ("CLASS", True, False), ("LABEL", False, True), ("CLASSLABEL", True, True)}
    assert found == wanted


def test_sessions_are_finished_or_half_done() -> None:
    tx = Tx(generate(400, 7))
    by_name = {session.name: session for session in tx.rows(Session, project_id=1)}
    assert by_name["First round"].status == "FINISHED" and by_name["First round"].finished
    assert by_name["Second round"].status == "ANNOTATING"
    assert all(tag.created <= tx.now for tag in tx.rows(Tag))


def test_names_of_classes_and_labels_are_unique_and_analyses_have_documents() -> None:
    tx = Tx(generate(100, 3))
    for kind in (ModelClass, Label):
        names = [(row.project_id, row.name) for row in tx.rows(kind)]
        assert names and len(names) == len(set(names))
    assert all(tx.ids(Document, analysis_ids=row.id) for row in tx.rows(Analysis))


# World files


def file(tables: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The content of a world file."""
    return {"format": worldfile.FORMAT, "now": "2026-03-09T12:00:00Z", "tables": tables, **more}


def person(**more: Any) -> dict[str, Any]:
    """A row of the table User."""
    return {"id": 1, "email": "ann@example.com", "created": "2026-03-09T12:00:00Z", **more}


def load(folder: Path, content: Any) -> World:
    """Start with a file of this content."""
    path = folder / "mine.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return starting_world(path)


def test_smallest_world_file_loads(tmp_path: Path) -> None:
    tx = Tx(load(tmp_path, file({"User": [person(id=41)]})))
    assert tx.first(User, email="ann@example.com") and tx.new_id(User) == 42
    assert world_now(tmp_path / "mine.json") == datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_counters_of_the_file_count(tmp_path: Path) -> None:
    tx = Tx(load(tmp_path, file({"User": [person()]}, counters={"User": 9, "segment": 70})))
    assert tx.new_id(User) == 10 and tx.new_id("segment") == 71


def test_jobs_that_go_on_come_due(tmp_path: Path) -> None:
    job = {"id": 1, "kind": "NONE", "subject": 1, "created": "2026-03-09T11:00:00Z", "due": "2026-03-09T13:00:00Z"}
    (tmp_path / "w.json").write_text(json.dumps(file({"Job": [job]})))
    world = starting_world(tmp_path / "w.json", clock=Clock.frozen(datetime(2026, 3, 9, 12, tzinfo=UTC)))
    started = Tx(world).get(Job, 1)
    assert started and world.next_due == started.due.timestamp()


def test_named_world_written_to_a_file_is_the_same(tmp_path: Path) -> None:
    world = starting_world("demo", clock=frozen_clock("demo"))
    path = tmp_path / "demo.json"
    write_world(world, path)
    assert rows(starting_world(path, clock=frozen_clock("demo"))) == rows(world)


ERRORS: list[tuple[Any, str]] = [
    ("{", "mine.json: "),
    ("[]", "mine.json: Expected `object`, got `array`"),
    ({"tables": {}}, "mine.json: Object missing required field `format`"),
    ({**file({}), "format": "another"}, "is no world file that can be served"),
    ({**file({}), "now": "noon"}, "mine.json: now: Invalid RFC3339"),
    (file({}, key="abc"), "is no world file that can be served"),
    (file({}, nmae="x"), "unknown field `nmae`"),
    (file({"Usr": []}), "table Usr: there is no such table; did you mean User?"),
    (file({"User": [person(id="1")]}), "table User, row 1, field id: Expected `int`, got `str`"),
    (
        file({"User": [person(), {"id": 2, "email": "b@b.de"}]}),
        "table User, row 2: Object missing required field `created`",
    ),
    (file({"User": [person(frist_name="A")]}), "table User, row 1, field frist_name: .* did you mean first_name?"),
    (file({"User": [person(), person()]}), "table User, row 2, field id: 1 is the id of another row already"),
    (
        file({"User": [person(default_organization_id=5)]}),
        "User 1: default_organization_id names Workspace 5, which is not",
    ),
    (file({"User": [person(created="soon")]}), "table User, row 1, field created: Invalid RFC3339"),
    (
        file({"User": [person(created="9999-12-31T12:00:00Z")]}),
        "a time of User 1 lies too far from the `now` of its world: moved by [0-9]+ days",
    ),
    (file({"Document": [{"id": 1, "project_id": 1}]}), "table Document, row 1: Object missing required field `text`"),
]


@pytest.mark.parametrize(("content", "message"), ERRORS, ids=range(len(ERRORS)))
def test_errors_in_a_world_file_name_table_row_and_field(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(SeedError, match=message.replace("?", r"\?")):
        load(tmp_path, content)


def test_missing_world_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"none\.json cannot be read: No such file"):
        starting_world(tmp_path / "none.json")


# Integrity


def spoilt(world: World, change: Any) -> list[str]:
    """What is told of a world after a change in a transaction."""
    tx = Tx(world)
    change(tx)
    return dangling(tx.world)


def test_integrity_tells_of_everything_that_is_wrong() -> None:
    world = starting_world("minimal", clock=Clock.frozen(NOW))
    cases: list[tuple[Any, str]] = [
        (lambda tx: tx.change(tx.get(Tag, 9001), document_id=1002), "Tag 9001: segment 5001 is not of document 1002"),
        (lambda tx: tx.change(tx.get(Tag, 9001), session_id=52), "Tag 9001: session_id names Session 52"),
        (lambda tx: tx.change(tx.get(Tag, 9001), span=(50, 60)), "Tag 9001: its span (50, 60) is not in segment 5001"),
        (lambda tx: tx.change(tx.get(Session, 51), segments_done=2), "Session 51: says that 2 of 3"),
        (lambda tx: tx.change(tx.get(Document, 1001), segments=()), "SessionDocument 1: marks segment 5001"),
        (lambda tx: tx.change(tx.get(Label, 202), name="POS"), "Label: 2 rows have project_id 11, name POS"),
        (
            lambda tx: tx.change(tx.get(Label, 201), project_id=12),
            "Tag 9001: label_id names Label 201 of another project",
        ),
        (lambda tx: tx.change(tx.get(Document, 1001), group_ids=(31, 99)), "Document 1001: group_ids names Group 99"),
        (lambda tx: tx.change(tx.get(User, 2), email="owner@example.com"), "User: 2 rows have email owner@example.com"),
    ]
    for change, told in cases:
        assert any(fault.startswith(told) for fault in spoilt(world, change)), (told, spoilt(world, change))


def test_integrity_tells_of_spoilt_indexes() -> None:
    world = starting_world("minimal")
    table = world.tables[Workspace]
    bad = type(table)(table.fields, table.rows.delete(1), table.ids, table.indexes, table.stamps)
    found = dangling(World({**world.tables, Workspace: bad}, world.counters, world.clock))
    assert any(fault.startswith("Workspace: the ids in order") for fault in found)
    assert any(fault.startswith("Workspace: the index") for fault in found)
