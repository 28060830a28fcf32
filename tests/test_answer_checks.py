"""The checks of single answers: silent on what is right, and each names what it is there for."""

import base64
import json
from typing import Any

import pytest

from contract_tests.checks import CHECKS, Answer, Contract, History, faults
from mock_server.contract import load
from tests.conftest import Client

CONTRACTS = {name: Contract(name, load(name)) for name in ("studio", "label_studio", "blue_guardrails")}
TEXT = "The bed was soft. The hall was loud."
SEGMENTS = [{"id": 1, "text": "The bed was soft.", "span": [0, 17]}, {"id": 2, "text": TEXT[18:], "span": [18, 36]}]
SESSION = {
    "created": "2026-03-03T08:00:00Z",
    "finished": None,
    "document_count": 2,
    "document_group_id": None,
    "organization_id": 1,
    "user_id": 1,
    "project_id": 11,
    "uuid": "3c0f2b7e-52d4-4f6a-8a0e-2f9d6c1b7e44",
    "id": 51,
    "name": "First round",
    "progress": 33.3,
    "model_id": None,
    "status": "ANNOTATING",
    "mode": "ANNOTATION",
    "type": "ABSA",
    "description": None,
    "classes": ["Comfort"],
    "labels": ["POS"],
}


def answer(method: str, url: str, body: Any, status: int = 200, api: str = "studio", **more: Any) -> Answer:
    headers = {"Content-Type": "application/json", **more.pop("headers", {})}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(CONTRACTS[api], method, url, status, headers, content, **more)


def jwt(**claims: Any) -> str:
    parts = [json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "RS256"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "c2ln"])


def document(**more: Any) -> dict[str, Any]:
    return {"id": 1001, "text": TEXT, "segments": SEGMENTS, **more}


def page(**more: Any) -> dict[str, Any]:
    plain = [{"id": 1001, "text": "a"}, {"id": 1002, "text": "b"}]
    return {"documents": plain, "has_more": False, "offset": 0, "limit": 100, "count": 2, **more}


GOOD_CLAIMS = {
    "iss": "deepopinion.ai",
    "languages": ["*"],
    "functionality": ["Analysis/*", "Training/*", "Models/*"],
    "sub": 1,
    "iat": 1_700_000_000,
    "exp": 1_700_000_000 + 14 * 86400,
}


def signed_in(**changed: Any) -> dict[str, Any]:
    claims = {name: value for name, value in {**GOOD_CLAIMS, **changed}.items() if value is not None}
    return {"auth_token": jwt(**claims), "message": "Successfully logged in.", "status": "OK"}


ONE = "/projects/11/documents/1001?details=segments"
LIST = "/projects/11/documents"
SESSIONS = "/projects/11/annotations"
HASH = "scrypt$73616c74$00"
USER = {"id": 1, "first_name": "Nora", "last_name": "Lindqvist", "email": "owner@example.com"}
BG = {"id": "06cbd4b9-7e5f-4ea0-8248-9d30b16e5f01", "start_offset": 20, "end_offset": 38, "text": "from 6:30 to 11:00"}

BROKEN: list[tuple[str, Answer]] = [
    ("answers_as_documented", answer("GET", "/health", {"status": "OK"}, 202)),
    ("answers_as_documented", answer("GET", "/health", b"OK", headers={"Content-Type": "text/plain"})),
    ("answers_as_documented", answer("GET", "/users/1", {**USER, "id": "1"})),
    ("answers_as_documented", answer("GET", "/users/1", {"id": 1, "email": "owner@example.com"})),
    ("spans_lie_in_the_text", answer("GET", ONE, document(segments=[{**SEGMENTS[0], "span": [0, 16]}, SEGMENTS[1]]))),
    ("spans_lie_in_the_text", answer("GET", ONE, document(segments=[SEGMENTS[0], {**SEGMENTS[1], "span": [18, 37]}]))),
    ("spans_lie_in_the_text", answer("GET", ONE, document(segments=SEGMENTS[:1]))),
    ("spans_lie_in_the_text", answer("GET", ONE, document(segments=SEGMENTS[1:]))),
    ("spans_lie_in_the_text", answer("GET", ONE, document(segments=[SEGMENTS[0], SEGMENTS[0], SEGMENTS[1]]))),
    (
        "offsets_enclose_their_text",
        answer("GET", f"/v1/labeling-annotations/{BG['id']}", {**BG, "end_offset": 39}, api="blue_guardrails"),
    ),
    ("shares_are_in_range", answer("GET", f"{SESSIONS}/51", {**SESSION, "progress": 100.1})),
    ("progress_fits_the_status", answer("GET", f"{SESSIONS}/51", {**SESSION, "status": "FINISHED"})),
    ("progress_fits_the_status", answer("GET", f"{SESSIONS}/51", {**SESSION, "finished": "2026-03-04T08:00:00Z"})),
    ("ids_are_positive_and_unique", answer("GET", SESSIONS, [SESSION, SESSION])),
    ("ids_are_positive_and_unique", answer("GET", SESSIONS, [{**SESSION, "id": 0}])),
    (
        "parts_have_ids_of_their_own",
        answer("GET", f"{LIST}?details=segments", page(documents=[document(), document(id=1002)])),
    ),
    ("times_are_in_order", answer("GET", f"{SESSIONS}/51", {**SESSION, "finished": "2026-03-03T07:59:59Z"})),
    (
        "nothing_happened_in_the_future",
        answer("GET", f"{SESSIONS}/51", SESSION, headers={"Date": "Mon, 02 Mar 2026 08:00:00 GMT"}),
    ),
    ("no_secret_leaks", answer("GET", "/users/1", {**USER, "password_hash": HASH})),
    ("no_secret_leaks", answer("GET", "/users/1", {**USER, "password": "edelweiss-1864"})),
    ("no_secret_leaks", answer("GET", "/users/1", {**USER, "last_name": HASH})),
    ("no_secret_leaks", answer("GET", "/users/1", {**USER, "api_token": "x"})),
    (
        "no_secret_leaks",
        answer("PUT", "/users/1", {**USER, "note": "edelweiss-1864"}, sent={"password": "edelweiss-1864"}),
    ),
    ("errors_tell_no_internals", answer("GET", "/health", {"message": 'File "x.py", line 3', "status": "A"}, 500)),
    ("errors_have_the_vendors_shape", answer("GET", "/users/1", {"message": "No", "status": "FORBIDDEN"}, 404)),
    ("errors_have_the_vendors_shape", answer("GET", "/users/1", {"detail": "No"}, 404)),
    ("errors_have_the_vendors_shape", answer("POST", "/projects", {"message": "No", "status": "BAD_REQUEST"}, 400)),
    ("errors_have_the_vendors_shape", answer("GET", "/api/annotations/1/", {"detail": "No"}, 404, "label_studio")),
    (
        "errors_have_the_vendors_shape",
        answer("GET", "/v1/labeling-projects", {"detail": "No"}, 422, "blue_guardrails"),
    ),
    ("messages_name_their_status", answer("POST", "/auth/logout", {"message": "Bye.", "status": "CREATED"})),
    ("refusals_say_how_to_do_better", answer("GET", "/projects", {"message": "No", "status": "UNAUTHORIZED"}, 401)),
    ("a_missing_token_is_told_as_documented", answer("GET", "/projects", {"message": "No", "status": "X"}, 401)),
    (
        "refusals_name_the_role",
        answer(
            "DELETE",
            "/projects/11",
            {"message": 'User does not have the minimal required project role "VIEWER"', "status": "FORBIDDEN"},
            403,
        ),
    ),
    ("tokens_carry_the_documented_claims", answer("POST", "/auth/login", signed_in(iss="example.com"))),
    ("tokens_carry_the_documented_claims", answer("POST", "/auth/login", signed_in(exp=None))),
    ("tokens_carry_the_documented_claims", answer("POST", "/auth/login", signed_in(exp=1_700_086_400))),
    ("tokens_carry_the_documented_claims", answer("POST", "/auth/login", signed_in(sub="owner"))),
    ("lists_are_in_their_order", answer("GET", SESSIONS, [{**SESSION, "id": 52}, SESSION])),
    ("lists_are_in_their_order", answer("GET", "/notifications", [{"id": 121}, {"id": 122}])),
    ("pages_agree_with_themselves", answer("GET", LIST, page(count=3))),
    ("pages_agree_with_themselves", answer("GET", LIST, page(has_more=True))),
    ("pages_agree_with_themselves", answer("GET", LIST, page(limit=50))),
    ("pages_agree_with_themselves", answer("GET", f"{LIST}?limit=1", page(limit=1))),
    ("pages_agree_with_themselves", answer("GET", f"{LIST}?offset=1", page())),
    (
        "pages_agree_with_themselves",
        answer(
            "GET",
            "/v1/labeling-projects",
            {"items": [], "has_more": True, "next_page_cursor": None, "query": {"limit": 50}},
            api="blue_guardrails",
        ),
    ),
    ("answers_speak_of_what_was_asked_for", answer("GET", "/projects/11/documents/1002", {"id": 1001, "text": "a"})),
    ("answers_speak_of_what_was_asked_for", answer("GET", "/projects/12/annotations", [SESSION])),
    ("details_are_those_asked_for", answer("GET", "/projects/11/documents/1001", document())),
    ("details_are_those_asked_for", answer("GET", ONE, {"id": 1001, "text": TEXT})),
    ("details_are_those_asked_for", answer("GET", ONE, document(stars=4))),
    ("filters_let_only_what_fits_pass", answer("GET", f"{SESSIONS}?status=FINISHED", [SESSION])),
    ("filters_let_only_what_fits_pass", answer("GET", f"{LIST}?search=hall", page())),
    ("answers_show_what_was_sent", answer("PUT", f"{SESSIONS}/51", SESSION, sent={"name": "Second round"})),
    (
        "downloads_are_files",
        answer("GET", "/projects/11/classes/download", b"id,name\n1\n", headers={"Content-Type": "text/csv"}),
    ),
]


@pytest.mark.parametrize(("name", "broken"), BROKEN, ids=[f"{name}-{at}" for at, (name, _) in enumerate(BROKEN)])
def test_a_broken_answer_is_named_by_the_check_that_is_there_for_it(name: str, broken: Answer) -> None:
    assert name in {fault.check for fault in faults(broken)}


def test_every_check_has_an_answer_that_it_complains_about() -> None:
    assert {name for name, _ in BROKEN} >= CHECKS.keys() - {"full_data_is_shown_on_request", "access_tokens_end"}


@pytest.mark.parametrize(
    "good",
    [
        answer("GET", ONE, document()),
        answer("GET", LIST, page()),
        answer("GET", f"{SESSIONS}/51", SESSION),
        answer("POST", "/auth/login", signed_in()),
        answer(
            "GET",
            "/projects/11/documents?details=meta",
            page(documents=[{"id": 1, "text": "a", "token": "x"}], count=1),
        ),
    ],
)
def test_a_good_answer_passes_every_check(good: Answer) -> None:
    assert faults(good) == []


def test_answers_of_the_stand_in_pass_every_check(client: Client) -> None:
    paths = [
        "/projects?details=true",
        "/projects/11",
        "/projects/11/documents?details=segments,tags",
        "/types",
        "/models",
    ]
    for path in [*paths, "/organizations/1/permissions", "/users/2", "/users/99", "/auth/status", "/nowhere"]:
        seen = client.get(path)
        told = Answer(CONTRACTS["studio"], "GET", path, seen.status_code, seen.headers, seen.content)
        assert faults(told) == []


def test_progress_that_falls_between_two_reads_is_found() -> None:
    history = History()
    assert history.faults(answer("GET", f"{SESSIONS}/51", SESSION)) == []
    found = history.faults(answer("GET", f"{SESSIONS}/51", {**SESSION, "progress": 10.0}))
    assert [fault.check for fault in found] == ["progress_never_falls"]


def test_progress_may_fall_after_a_write() -> None:
    history = History()
    history.faults(answer("GET", f"{SESSIONS}/51", SESSION))
    history.faults(
        answer("DELETE", "/projects/11/documents/1001", {"message": "The document was deleted.", "status": "OK"})
    )
    assert history.faults(answer("GET", f"{SESSIONS}/51", {**SESSION, "progress": 10.0})) == []


def test_a_status_that_nothing_leads_to_is_found() -> None:
    history = History()
    history.faults(answer("GET", f"{SESSIONS}/51", SESSION))
    found = history.faults(answer("GET", SESSIONS, [{**SESSION, "status": "SAMPLING"}]))
    assert [fault.check for fault in found] == ["statuses_move_legally"]


def test_a_time_of_creation_that_changes_is_found() -> None:
    history = History()
    history.faults(answer("GET", f"{SESSIONS}/51", SESSION))
    found = history.faults(answer("GET", f"{SESSIONS}/51", {**SESSION, "created": "2026-03-03T08:00:01Z"}))
    assert [fault.check for fault in found] == ["what_is_settled_stays"]


def test_what_was_seen_before_a_reset_is_forgotten() -> None:
    history = History()
    history.faults(answer("GET", f"{SESSIONS}/51", SESSION))
    history.forget()
    assert history.faults(answer("GET", f"{SESSIONS}/51", {**SESSION, "status": "SAMPLING"})) == []


def test_a_token_that_is_older_than_the_one_before_is_found() -> None:
    history = History()
    history.faults(answer("POST", "/auth/login", signed_in()))
    back = signed_in(iat=1_699_999_000, exp=1_699_999_000 + 14 * 86400)
    assert [fault.check for fault in history.faults(answer("POST", "/auth/login", back))] == ["times_never_go_back"]


def test_an_operation_is_found_behind_its_alias() -> None:
    found = CONTRACTS["studio"].find("GET", "/organizations/1/projects/11/documents")
    assert found is not None and found[0].name == "list_documents" and found[1]["project_id"] == "11"


def test_a_method_that_a_path_lacks_is_not_looked_for_at_a_more_general_path() -> None:
    contract = CONTRACTS["studio"]
    assert contract.find("DELETE", "/models/upload") is None
    assert contract.find("DELETE", "/models/61") is not None


def test_what_is_created_later_and_says_it_is_older_is_found() -> None:
    history = History()
    assert history.faults(answer("POST", SESSIONS, SESSION, 201)) == []
    older = {**SESSION, "id": 52, "created": "2026-03-03T07:00:00Z"}
    assert [fault.check for fault in history.faults(answer("POST", SESSIONS, older, 201))] == ["times_never_go_back"]
