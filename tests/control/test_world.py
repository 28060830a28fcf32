"""The world as the control side shows it: tables, rows, references; and as a file that goes out and comes in again."""

from typing import Any

import msgspec
import pytest
import yaml

from mock_server import worldfile
from mock_server.app import App, Settings, create_app
from mock_server.control.showing_rows import is_secret
from mock_server.seed import starting_world
from mock_server.tables import ROWS
from mock_server.world import World
from mock_server.world.integrity import dangling
from tests.conftest import Client, as_person
from tests.control.test_jobs import mode, start
from tests.trained import trained


def get(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(f"/_mock/world{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def export(client: Client, how: str) -> bytes:
    answer = client.get("/_mock/world/export", params={"format": how})
    assert answer.status_code == 200 and answer.headers["content-type"] == f"application/{how}"
    return answer.content


def take(client: Client, content: bytes, how: str) -> Any:
    return client.post("/_mock/world/import", content=content, headers={"Content-Type": f"application/{how}"})


def rows_of(world: World) -> dict[str, Any]:
    """Return the rows of a world as plain data: an export does not tell a tuple inside free data from a list."""
    return {
        kind.__name__: msgspec.json.decode(msgspec.json.encode(sorted(table.rows.values(), key=lambda row: row.id)))
        for kind, table in world.tables.items()
    }


def test_every_table_is_listed_with_its_rows(app: App, client: Client) -> None:
    found = get(client, "")
    counts = {table["name"]: table["count"] for table in found["tables"]}
    assert counts["Project"] == 6 and counts["User"] == 8 and counts["Job"] == 0
    assert {kind.__name__ for kind in ROWS} < counts.keys()
    assert found["now"] == "2026-03-02T09:00:00Z" and found["seed"] == app.sandbox.world.seed


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ([], [11, 12, 13, 14, 15, 16]),
        (["organization_id:1"], [11, 12, 13, 14]),
        (["organization_id:1", "type:CLASS"], [12]),
        (["type:ABSA"], [11, 16]),
        (["external_id:null", "owner_id:1"], [11, 12, 13, 14, 15, 16]),
        (["organization_id:one"], []),
        (["created:2026-03-02T09:00:00Z", "name:LABEL of 1"], [13]),
    ],
)
def test_rows_are_those_that_have_the_values(client: Client, where: list[str], ids: list[int]) -> None:
    found = get(client, "/tables/Project", where=where)
    assert [row["id"] for row in found["rows"]] == ids and found["count"] == len(ids)
    assert [row["id"] for row in get(client, "/tables/Project", where=where, limit=2, offset=1)["rows"]] == ids[1:3]


def test_field_with_several_values_fits_by_one_of_them(client: Client) -> None:
    mode(client, "at_once")
    group = start(client)
    assert get(client, "/tables/Document", where=[f"group_ids:{group}"])["count"] == 1
    assert get(client, "/tables/User", where=["is_superuser:true"])["count"] == 1


def test_references_lead_both_ways(client: Client) -> None:
    found = get(client, "/tables/ModelClass/1")
    project = next(reference for reference in found["names"] if reference["field"] == "project_id")
    assert (project["table"], project["id"], project["called"]) == ("Project", 11, '"ABSA of 1"')
    back = client.get(project["link"].removeprefix("http://studio-mock.test")).json()
    named_by = {(entry["table"], entry["field"]): entry for entry in back["named_by"]}
    classes = named_by["ModelClass", "project_id"]
    assert classes["count"] == 2 and 1 in classes["ids"]
    listed = client.get(classes["link"].removeprefix("http://studio-mock.test")).json()
    assert [row["id"] for row in listed["rows"]] == classes["ids"]


def test_a_job_and_what_it_works_on_name_each_other(client: Client) -> None:
    group = start(client)
    named_by = get(client, f"/tables/Group/{group}")["named_by"]
    (job,) = [entry for entry in named_by if entry["table"] == "Job"]
    names = get(client, f"/tables/Job/{job['ids'][0]}")["names"]
    assert ("subject", "Group", group) in [(entry["field"], entry["table"], entry["id"]) for entry in names]


def test_passwords_and_tokens_are_hidden_unless_asked_for(client: Client) -> None:
    row = get(client, "/tables/User/1")["row"]
    assert row["password_hash"] == "(hidden)" and row["email"] == "owner@example.com"
    assert get(client, "/tables/User/1", secrets=True)["row"]["password_hash"].startswith("scrypt$")


def test_no_field_that_sounds_secret_is_shown() -> None:
    sounds = ("password", "token", "key", "jti", "secret")
    fields = {name for kind in ROWS for name in kind.__struct_fields__}
    secret = {name for name in fields if any(sound in name for sound in sounds)}
    assert {name for name in secret if not is_secret(name, "planted")} == set()
    assert not is_secret("input_tokens", 120) and not is_secret("name", "planted") and not is_secret("link", None)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/tables/Projects", 404, "did you mean Project?"),
        ("/tables/Project/99", 404, "There is no Project 99"),
        ("/tables/Project/x", 404, "integer"),
        ("/tables/..%2Fx", 404, ""),
        ("/tables/Project?where=nmae:x", 400, "did you mean name?"),
        ("/tables/Project?where=name", 400, "query.where"),
        ("/tables/Project?limit=0", 400, "query.limit"),
    ],
)
def test_what_is_not_there_is_named(client: Client, path: str, status: int, told: str) -> None:
    answer = client.get(f"/_mock/world{path}")
    assert answer.status_code == status and told in answer.text, answer.text


@pytest.mark.parametrize("how", ["json", "yaml"])
def test_world_that_goes_out_and_comes_in_again_is_the_same(app: App, client: Client, how: str) -> None:
    trained(client)
    start(client)
    before, content = app.sandbox.world, export(client, how)
    client.post("/_mock/reset")
    answer = take(client, content, how)
    assert answer.status_code == 200, answer.text
    after = app.sandbox.world
    assert rows_of(after) == rows_of(before) and after is not before
    assert (after.seed, after.next_due, after.clock.now()) == (before.seed, before.next_due, before.clock.now())
    assert export(client, how) == content and dangling(after) == []
    client.post("/_mock/clock/settle")
    assert client.get("/_mock/clock").json()["pending_jobs"] == 0


def test_demo_goes_out_as_yaml_and_comes_in_again() -> None:
    app = create_app(starting_world("demo"), Settings(check_responses=True))
    client = Client(app)
    content = export(client, "yaml")
    before = rows_of(app.sandbox.world)
    assert take(client, content, "yaml").status_code == 200
    assert rows_of(app.sandbox.world) == before


def test_imported_world_is_undone_by_a_reset(app: App, client: Client) -> None:
    answer = take(client, b'{"format": "studio-mock world 1", "now": "2026-03-02T09:00:00Z", "tables": {}}', "json")
    assert answer.json()["rows"] == 0 and not app.sandbox.begin().ids(worldfile.Document)
    client.post("/_mock/reset")
    assert app.sandbox.world is app.sandbox.initial


def test_exported_json_is_a_world_to_start_with(app: App, client: Client, tmp_path: Any) -> None:
    client.put("/projects/11", json={"name": "Renamed"})
    path = tmp_path / "kept.json"
    path.write_bytes(export(client, "json"))
    other = as_person(create_app(starting_world(path)), "owner@example.com")
    assert "Renamed" in {project["name"] for project in other.get("/projects").json()}


HEAD = {"format": "studio-mock world 1", "now": "2026-03-02T09:00:00Z"}
USER = {"id": 1, "email": "a@example.com", "created": "2026-03-02T09:00:00Z"}
WRONG: list[tuple[Any, str]] = [
    ({**HEAD, "format": "studio-mock world 2", "tables": {}}, "newer studio-mock"),
    ({**HEAD, "format": "other", "tables": {}}, "right would be"),
    ({**HEAD, "tables": {}, "key": "x"}, "right would be"),
    ({**HEAD, "tables": {"Usr": []}}, "did you mean User?"),
    ({**HEAD, "tables": {"User": [{**USER, "nmae": 1}]}}, "there is no such field"),
    ({**HEAD, "tables": {"User": [{"id": 1}]}}, "row 1"),
    ({**HEAD, "tables": {"User": [USER, dict(USER)]}}, "is the id of another row"),
    ({**HEAD, "tables": {"ModelClass": [{"id": 1, "project_id": 7, "name": "x"}]}}, "names Project 7"),
    ({**HEAD, "now": "yesterday", "tables": {}}, "now"),
    ({**HEAD, "tables": {}, "speed": -1}, "speed"),
    ({**HEAD}, "tables"),
    ([], "object"),
]


@pytest.mark.parametrize(("content", "told"), WRONG)
@pytest.mark.parametrize("how", ["json", "yaml"])
def test_nonsense_is_refused_and_changes_nothing(app: App, content: Any, told: str, how: str) -> None:
    world = app.sandbox.world
    raw = msgspec.json.encode(content) if how == "json" else yaml.safe_dump(content).encode()
    answer = take(Client(app), raw, how)
    assert answer.status_code == 400 and told in answer.text, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert app.sandbox.world is world


BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"a: b: c",
        b"\xff\xfe",
        b"- [",
        BOMB,
        b"? [a]\n: b\n",
        b"",
        b"a: 1\na: 2\n",
        b"[" * 5000,
        b"!!python/object:x {}",
    ],
)
def test_what_is_no_yaml_is_refused_and_changes_nothing(app: App, raw: bytes) -> None:
    world = app.sandbox.world
    answer = take(Client(app), raw, "yaml")
    assert answer.status_code == 400, answer.text
    assert app.sandbox.world is world


@pytest.mark.parametrize("how", ["json", "yaml"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
def test_file_that_is_cut_short_is_refused_and_changes_nothing(app: App, client: Client, how: str, part: float) -> None:
    content, world = export(client, how), app.sandbox.world
    answer = take(client, content[: int(len(content) * part)], how)
    assert answer.status_code == 400, answer.text
    assert app.sandbox.world is world
    assert take(client, content, "html").status_code == 415
