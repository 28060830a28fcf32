"""Label Studio: annotations of tasks, tokens of both kinds, the version; each organization sees its own."""

import re
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import contract
from mock_server.app import App, Settings, create_app
from mock_server.label_studio import tokens
from mock_server.label_studio.cast import FILES
from mock_server.label_studio.rows import LsAnnotation, LsOrganization, LsPersonalToken, LsTask, LsUser
from mock_server.label_studio.views.annotations import ago
from mock_server.seed import frozen_clock, starting_world
from mock_server.world import Tx
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.label_studio_world import TOKENS
from tests.worlds import NOW

RESULT = [
    {"id": "a1", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["Bad"], "n": 10**30}}
]
PERSONAL = tokens.personal(1, "ls-personal")


def person(app: App, name: str = "owner") -> Client:
    return Client(app, TOKENS[name], "Token")


@pytest.fixture
def owner(app: App) -> Client:
    """Somebody of organization 1."""
    return person(app)


def delete_user(app: App, user_id: int) -> None:
    tx = app.sandbox.begin()
    user = tx.get(LsUser, user_id)
    assert user
    tx.delete(user)
    app.sandbox.commit(tx)


# Annotations


def test_new_annotation_is_the_callers_and_is_found_everywhere(owner: Client) -> None:
    sent = {"result": RESULT, "lead_time": 2.5, "import_id": 2**63 - 1, "last_action": "submitted", "unique_id": "mine"}
    made = owner.post("/api/tasks/1/annotations/", json=sent)
    assert made.status_code == 201
    shown = made.json()
    assert shown | {name: value for name, value in sent.items() if name != "unique_id"} == shown
    assert "unique_id" not in shown
    assert (shown["completed_by"], shown["updated_by"], shown["task"], shown["project"]) == (1, 1, 1, 1)
    assert (shown["state"], shown["created_ago"]) == ("CREATED", "0 minutes")
    assert shown["created_username"] == "Owner Example owner@example.com, 1"
    assert owner.get(f"/api/annotations/{shown['id']}/").json() == shown
    assert owner.get("/api/tasks/1/annotations/").json()[-1] == shown


AS_JSON = {"content": b"{}", "headers": {"Content-Type": "application/merge-patch+json"}}


@pytest.mark.parametrize("sent", [{}, {"json": {}}, AS_JSON])
def test_every_field_of_a_new_annotation_is_optional(owner: Client, sent: dict[str, Any]) -> None:
    made = owner.post("/api/tasks/2/annotations/", **sent)
    assert made.status_code == 201
    assert (made.json()["result"], made.json()["completed_by"], len(made.json())) == ([], 1, 21)


def test_path_and_token_count_more_than_the_body(owner: Client) -> None:
    sent = {"task": 3, "project": 2, "updated_by": 2, "completed_by": 2, "id": 99, "state": "DONE"}
    made = owner.post("/api/tasks/1/annotations/", json=sent).json()
    assert (made["task"], made["project"], made["updated_by"], made["completed_by"]) == (1, 1, 1, 2)
    assert (made["id"], made["state"]) == (4, "CREATED")
    changed = owner.patch("/api/annotations/1/", json=sent).json()
    assert (changed["task"], changed["project"], changed["updated_by"], changed["completed_by"]) == (1, 1, 1, 2)


def test_a_change_leaves_what_was_not_sent(app: App, owner: Client) -> None:
    before = owner.get("/api/annotations/1/").json()
    app.sandbox.advance(90)
    after = person(app, "annotator").patch("/api/annotations/1/", json={"ground_truth": True, "lead_time": None}).json()
    differing = {name for name in before if before[name] != after[name]}
    assert differing == {"ground_truth", "updated_at", "updated_by", "created_ago"}
    assert (after["updated_by"], after["created_ago"]) == (2, "1 minute")
    assert owner.get("/api/annotations/1/").json() == after


@pytest.mark.parametrize("sent", [{}, {"json": {}}])
def test_a_change_of_nothing_is_a_change_by_the_caller(app: App, sent: dict[str, Any]) -> None:
    assert person(app, "annotator").patch("/api/annotations/1/", **sent).json()["updated_by"] == 2


@pytest.mark.parametrize("encoding", ["data", "files"])
def test_forms_say_the_same_as_json(owner: Client, encoding: str) -> None:
    fields = {"result": '[{"id": "x", "value": {"choices": ["Bad"]}}]', "was_cancelled": "true", "lead_time": "2.5"}
    fields |= {"import_id": "-5", "draft_created_at": "2026-03-01T10:00:00Z"}
    sent = {"files": {name: (None, text) for name, text in fields.items()}} if encoding == "files" else {"data": fields}
    for answer in (owner.post("/api/tasks/1/annotations/", **sent), owner.patch("/api/annotations/2/", **sent)):
        assert answer.is_success
        shown = answer.json()
        assert shown["result"] == [{"id": "x", "value": {"choices": ["Bad"]}}]
        assert (shown["was_cancelled"], shown["lead_time"], shown["import_id"]) == (True, 2.5, -5)
        assert shown["draft_created_at"] == "2026-03-01T10:00:00Z"


def test_deleted_annotation_disappears_and_those_made_from_it_forget_it(app: App, owner: Client) -> None:
    assert owner.get("/api/annotations/2/").json()["parent_annotation"] == 1
    gone = owner.delete("/api/annotations/1/")
    assert (gone.status_code, gone.content) == (204, b"")
    assert not {"content-type", "content-length"} & gone.headers.keys()
    assert [row["id"] for row in owner.get("/api/tasks/1/annotations/").json()] == [2]
    assert owner.get("/api/annotations/2/").json()["parent_annotation"] is None
    assert [owner.request(way, "/api/annotations/1/").status_code for way in ("GET", "PATCH", "DELETE")] == [404] * 3
    assert dangling(app.sandbox.world) == []


@pytest.mark.parametrize(
    ("ordering", "ids"),
    [(None, [1, 2]), ("id", [1, 2]), ("-id", [2, 1]), ("updated_at", [2, 1]), ("-updated_at", [1, 2]), ("lead_time", [1, 2]),
     ("-created_at", [2, 1]), ("--id", [1, 2]), ("", [1, 2]), ("-", [1, 2])],
)  # fmt: skip
def test_lists_have_the_order_that_was_asked_for(app: App, owner: Client, ordering: str | None, ids: list[int]) -> None:
    app.sandbox.advance(60)
    owner.patch("/api/annotations/1/", json={})
    answer = owner.get("/api/tasks/1/annotations/", params={"ordering": ordering} if ordering is not None else {})
    assert [row["id"] for row in answer.json()] == ids


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/annotations/{}/"),
        ("PATCH", "/api/annotations/{}/"),
        ("DELETE", "/api/annotations/{}/"),
        ("GET", "/api/tasks/{}/annotations/"),
        ("POST", "/api/tasks/{}/annotations/"),
    ],
)
@pytest.mark.parametrize("which", [3, 999, 0, -1, 2**63 - 1, 2**63, "one", "1.5"])
def test_what_is_not_there_and_what_is_others_are_not_found(
    owner: Client, method: str, path: str, which: object
) -> None:
    answer = owner.request(method, path.format(which))
    assert answer.status_code == 404
    assert {"id", "status_code", "version", "detail", "exc_info"} == answer.json().keys()


@pytest.mark.parametrize("field", ["completed_by", "last_created_by", "parent_annotation"])
@pytest.mark.parametrize("which", [3, 999])
def test_people_and_annotations_that_are_named_have_to_be_there(owner: Client, field: str, which: int) -> None:
    assert owner.post("/api/tasks/1/annotations/", json={field: which}).status_code == 404
    assert owner.patch("/api/annotations/2/", json={field: which}).status_code == 404
    assert len(owner.get("/api/tasks/1/annotations/").json()) == 2


def test_references_that_can_be_empty_can_be_emptied(owner: Client) -> None:
    filled = owner.patch("/api/annotations/2/", json={"last_created_by": 2, "parent_prediction": 77}).json()
    assert (filled["last_created_by"], filled["parent_prediction"], filled["parent_annotation"]) == (2, 77, 1)
    sent = dict.fromkeys(("last_created_by", "parent_prediction", "parent_annotation"))
    assert sent.items() <= owner.patch("/api/annotations/2/", json=sent).json().items()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"result": {}}, "result"),
        ({"result": [1]}, "result"),
        ({"result": None}, "result"),
        ({"was_cancelled": None}, "was_cancelled"),
        ({"lead_time": "soon"}, "lead_time"),
        ({"completed_by": 1.5}, "completed_by"),
        ({"import_id": 2**63}, "import_id"),
        ({"last_action": "dreamt"}, "last_action"),
        ({"draft_created_at": "yesterday"}, "draft_created_at"),
        ({"unique_id": ""}, "unique_id"),
        ([], "non_field_errors"),
    ],
)
def test_invalid_field_is_named(owner: Client, sent: object, field: str) -> None:
    for answer in (owner.post("/api/tasks/1/annotations/", json=sent), owner.patch("/api/annotations/1/", json=sent)):
        assert (answer.status_code, answer.json()["detail"]) == (400, "Validation error")
        assert list(answer.json()["validation_errors"]) == [field]


@pytest.mark.parametrize("text", ["{}", "[1]", "no", "", "null", "[{]", '["a"]', "[" * 5000, '[{"a": "\\ud800"}]'])
def test_result_of_a_form_is_a_list_of_objects(owner: Client, text: str) -> None:
    answer = owner.post("/api/tasks/1/annotations/", data={"result": text})
    assert (answer.status_code, list(answer.json()["validation_errors"])) == (400, ["result"])


@pytest.mark.parametrize("raw", [b"a=%ff", b"\xff=1", b"&".join(b"a=%d" % at for at in range(1001))])
def test_unreadable_form_is_refused(owner: Client, raw: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert owner.post("/api/tasks/1/annotations/", content=raw, headers=headers).status_code == 400


@pytest.mark.parametrize("depth", [50, 190, 500, 970, 2000, 100_000])
def test_nested_results_are_kept_or_refused_and_never_break_anything(owner: Client, depth: int) -> None:
    raw = b'{"result": [{"value": ' + b"[" * depth + b"]" * depth + b"}]}"
    made = owner.post("/api/tasks/1/annotations/", content=raw, headers={"Content-Type": "application/json"})
    assert made.status_code == (201 if depth < 200 else 400)
    assert owner.get("/api/tasks/1/annotations/").status_code == 200


def test_other_media_types_are_refused(owner: Client) -> None:
    answer = owner.post("/api/tasks/1/annotations/", content=b"hello", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert "application/x-www-form-urlencoded" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/api/annotations/1", "/api/annotations/1//", "/api/tasks/1/annotations", "/api/version",
                                  "/api/current-user/whoami/", "/api/token/refresh", "/api//version/"])  # fmt: skip
def test_slashes_at_the_end_are_part_of_a_path(owner: Client, path: str) -> None:
    answer = owner.get(path)
    assert (answer.status_code, answer.json()["status_code"]) == (404, 404)


def test_equal_errors_have_equal_answers(owner: Client) -> None:
    assert owner.get("/api/annotations/9/").content == owner.get("/api/annotations/9/").content
    assert owner.get("/api/annotations/9/").json()["id"] != owner.put("/api/annotations/9/").json()["id"]


@given(st.integers(0, 4 * 366 * 86400))
def test_how_long_ago_never_says_more_than_it_was(seconds: int) -> None:
    units = {"year": 31_536_000, "month": 2_592_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60}
    parts = [part.split() for part in ago(NOW, NOW + timedelta(seconds=seconds)).split(", ")]
    sizes = [units[unit.rstrip("s")] for _, unit in parts]
    said = sum(int(count) * size for (count, _), size in zip(parts, sizes, strict=True))
    assert 0 <= seconds - said < sizes[0] and len(parts) <= 2
    assert all((count == "1") != unit.endswith("s") for count, unit in parts)


# Who calls


def test_who_am_i_shows_the_account_of_the_token(app: App) -> None:
    shown = person(app, "annotator").get("/api/current-user/whoami").json()
    assert (shown["id"], shown["email"], shown["initials"], shown["active_organization"]) == (
        2,
        "annotator@example.com",
        "AE",
        1,
    )
    assert shown["active_organization_meta"] == {"title": "Alpenblick Hotels", "email": "owner@example.com"}
    assert shown["organization_membership"] in shown["org_membership"]


def test_work_moves_the_last_activity_and_reading_does_not(app: App, owner: Client) -> None:
    before = owner.get("/api/current-user/whoami").json()["last_activity"]
    app.sandbox.advance(60)
    owner.get("/api/tasks/1/annotations/")
    assert owner.get("/api/current-user/whoami").json()["last_activity"] == before
    owner.delete("/api/annotations/1/")
    assert owner.get("/api/current-user/whoami").json()["last_activity"] > before


ENDED = tokens.personal(1, "ls-personal", NOW)
OF_NOBODY = tokens.personal(9, "ls-personal")
BAD_HEADERS = ["Token", "Token ", "Token no", "ls-owner", "Basic ls-owner", "Bearer ls-owner", "Bearer", "Token ls-owner more",
               f"Bearer {PERSONAL}", f"Token {PERSONAL}", "Bearer a.b.c", "Bearer ä", "Bearer ..", ""]  # fmt: skip


@pytest.mark.parametrize("header", BAD_HEADERS)
@pytest.mark.parametrize("path", ["/api/current-user/whoami", "/api/version/", "/api/annotations/1/"])
def test_bad_token_is_refused_even_where_none_is_needed(anyone: Client, header: str, path: str) -> None:
    answer = anyone.get(path, headers={"Authorization": header.encode("latin-1")})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Token")


def test_without_a_token_there_is_the_version_alone(anyone: Client) -> None:
    assert anyone.get("/api/version/").json()["release"] == "1.20.0"
    assert anyone.get("/api/current-user/whoami").status_code == 401
    assert anyone.post("/api/tasks/1/annotations/", json={}).status_code == 401


def test_scheme_is_read_in_any_case(anyone: Client) -> None:
    assert anyone.get("/api/current-user/whoami", headers={"Authorization": "tOKEN  ls-owner "}).status_code == 200


def test_access_token_is_good_for_five_minutes_and_the_personal_one_for_more(app: App, anyone: Client) -> None:
    access = anyone.post("/api/token/refresh/", json={"refresh": PERSONAL}).json()["access"]
    bearer = Client(app, access)
    app.sandbox.advance(299)
    assert bearer.get("/api/current-user/whoami").json()["id"] == 1
    app.sandbox.advance(1)
    assert bearer.get("/api/current-user/whoami").status_code == 401
    again = anyone.post("/api/token/refresh/", data={"refresh": PERSONAL}).json()["access"]
    assert again != access
    assert Client(app, again).get("/api/current-user/whoami").status_code == 200


@pytest.mark.parametrize("refresh", ["no", "a.b.c", ENDED, OF_NOBODY, tokens.personal(1, "other"), PERSONAL + "x", PERSONAL[:-1],
                                     tokens.access(1, "ls-personal", NOW), "ls-owner", "ü", f"{PERSONAL}.x"])  # fmt: skip
def test_other_tokens_are_not_exchanged(anyone: Client, refresh: str) -> None:
    answer = anyone.post("/api/token/refresh/", json={"refresh": refresh})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Token is invalid or expired")


@pytest.mark.parametrize("sent", [{}, {"refresh": ""}, {"refresh": None}, {"refresh": 5}, []])
def test_exchange_needs_a_token(anyone: Client, sent: object) -> None:
    assert anyone.post("/api/token/refresh/", json=sent).status_code == 400


def test_tokens_of_somebody_who_is_gone_open_nothing(app: App, anyone: Client) -> None:
    access = anyone.post("/api/token/refresh/", json={"refresh": PERSONAL}).json()["access"]
    delete_user(app, 1)
    assert Client(app, access).get("/api/current-user/whoami").status_code == 401
    assert person(app).get("/api/current-user/whoami").status_code == 401
    assert anyone.post("/api/token/refresh/", json={"refresh": PERSONAL}).status_code == 401
    assert person(app, "annotator").get("/api/annotations/1/").json()["created_username"] == ""
    assert dangling(app.sandbox.world) == []


def test_tokens_are_jwts_that_clients_can_look_into() -> None:
    personal = jwt.decode(PERSONAL, options={"verify_signature": False, "verify_exp": False})
    assert (personal["token_type"], personal["user_id"]) == ("refresh", 1) and personal["exp"] > 4_000_000_000
    assert jwt.decode(PERSONAL, tokens.KEY, ["HS256"])["jti"] == "ls-personal"
    forged = jwt.encode(personal, "another key that is long enough for the library", "HS256")
    with pytest.raises(tokens.InvalidToken):
        tokens.verify(forged)
    with pytest.raises(tokens.InvalidToken):
        tokens.verify(jwt.encode(personal, "", "none"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda tx: tx.change(tx.get(LsUser, 2), token=TOKENS["owner"]), "LsUser: 2 rows have token ls-owner"),
        (lambda tx: tx.change(tx.get(LsAnnotation, 1), completed_by=3), "completed_by names LsUser 3 of another organization"),
        (lambda tx: tx.change(tx.get(LsAnnotation, 3), parent_annotation=1), "parent_annotation names LsAnnotation 1 of another"),
        (lambda tx: tx.change(tx.get(LsAnnotation, 3), task=9), "task names LsTask 9, which is not there"),
    ],
)  # fmt: skip
def test_worlds_that_do_not_fit_together_are_told(app: App, change: Any, told: str) -> None:
    tx = app.sandbox.begin()
    assert dangling(tx.world) == []
    change(tx)
    assert told in "; ".join(dangling(tx.world))


# The worlds that come along


@pytest.mark.parametrize("name", ["demo", "minimal"])
def test_worlds_have_what_the_contract_tells(name: str) -> None:
    tx = Tx(starting_world(name, clock=frozen_clock(name)))
    owner, task, first = tx.first(LsUser, token="label-studio-demo-token"), tx.get(LsTask, 1), tx.get(LsAnnotation, 1)
    assert owner and task and first
    assert (owner.id, owner.email, tx.first(LsOrganization).title) == (1, "owner@example.com", "Alpenblick Hotels")  # type: ignore[union-attr]
    assert tx.first(LsPersonalToken, jti="label-studio-demo") and (first.completed_by, first.task) == (1, 1)


@pytest.mark.parametrize("name", ["demo", "minimal"])
def test_regions_of_the_worlds_lie_in_their_texts(name: str) -> None:
    tx = Tx(starting_world(name))
    regions = 0
    for row in tx.rows(LsAnnotation):
        task = tx.get(LsTask, row.task)
        for value in (part["value"] for part in row.result if "text" in part["value"]):
            assert task and task.data["text"][value["start"] : value["end"]] == value["text"]
            regions += 1
    assert regions


@pytest.mark.parametrize("name", ["demo", "minimal"])
def test_every_get_of_the_contract_answers_on_its_examples(name: str) -> None:
    app = create_app(starting_world(name), Settings(check_responses=True, apis=("label_studio",)))
    client = Client(app, "label-studio-demo-token", "Token")
    document = contract.load("label_studio")
    paths = [path.replace("{id}", "1") for path, method, _, _ in contract.operations(document) if method == "get"]
    assert len(paths) == 4
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


@pytest.mark.parametrize("name", ["demo", "minimal"])
def test_tokens_open_what_the_readme_says(name: str) -> None:
    text = (contract.data_root() / "fixtures" / "README.md").read_text("utf-8")
    told = dict(re.findall(r"(?m)^\| `(label-studio-[a-z-]+)` \| ([^,]+), ", text))
    tx = Tx(starting_world(name))
    found = {user.token: f"{user.first_name} {user.last_name}" for user in tx.rows(LsUser)}
    assert found.items() <= told.items() and (name != "demo" or found == told)
    assert {tokens.personal(row.user, row.jti) for row in tx.rows(LsPersonalToken)} <= set(text.splitlines())


def test_readme_lists_every_file_and_field_of_label_studio() -> None:
    text = (contract.data_root() / "fixtures" / "README.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| `label_studio/(\w+)\.yaml` \| (.*) \| (.*) \|$", text)
    assert [name for name, _, _ in rows] == list(FILES)
    for name, needs, others in rows:
        fields = [*FILES[name].takes.split(), *FILES[name].own]
        assert needs.split(", ") == FILES[name].needs.split()
        assert others.split(", ") == [field for field in fields if field not in FILES[name].needs.split()]
