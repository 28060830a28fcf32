"""One exchange against the contract: nothing is said of what is as documented, and each deviation is named once, with its evidence."""

import json
from typing import Any

import pytest

from contract_tests.live import judging, shapes
from contract_tests.live.judging import Finding, Judge
from contract_tests.live.traffic import Recorded
from mock_server import contract
from mock_server.contract import Json, operations, resolve
from tests.live.recordings import JSON, MODEL_CLASS, PROJECT, exchange

JUDGES = {name: Judge(name) for name in ("studio", "label_studio", "blue_guardrails")}
STUDIO = JUDGES["studio"]
SECRETS = ("hunter2hunter2", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "nora@alpenblick.example")


def kinds(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.kind, one.place) for one in found]


def examples() -> list[tuple[str, Recorded]]:
    """Every example of an answer in JSON that the contracts have, as an exchange."""
    found = []
    for api in JUDGES:
        document = contract.load(api)
        for path, method, node, _ in operations(document):
            for status, response in node["responses"].items():
                told: Json = resolve(document, response)
                for media, content in told.get("content", {}).items():
                    if media == "application/json" and "example" in content:
                        headers = tuple((name.lower(), "x") for name in told.get("headers", {}))
                        place = "".join("11" if at % 2 else part for at, part in enumerate(_split(path)))
                        recorded = exchange(method.upper(), place, content["example"], int(status))
                        found.append((api, _with_headers(recorded, headers)))
    return found


def _split(path: str) -> list[str]:
    return path.replace("}", "{").split("{")


def _with_headers(recorded: Recorded, headers: Any) -> Recorded:
    import msgspec

    return msgspec.structs.replace(recorded, response_headers=(*recorded.response_headers, *headers))


def test_every_example_of_the_contracts_is_as_the_contract_says() -> None:
    some = examples()
    assert len(some) > 500
    wrong = [(api, one.path, one.status, found[0].told) for api, one in some if (found := JUDGES[api].answer(one))]
    assert wrong == []


@pytest.mark.parametrize(
    ("answer", "kind", "place", "grade"),
    [
        ({**PROJECT, "colour": "red"}, shapes.UNKNOWN_FIELD, "answer.colour", "documented"),
        ({key: PROJECT[key] for key in PROJECT if key != "models"}, shapes.MISSING_FIELD, "answer.models", "inferred"),
        ({**PROJECT, "name": 7}, shapes.OTHER_TYPE, "answer.name", "documented"),
        ({**PROJECT, "created": None}, shapes.OTHER_TYPE, "answer.created", "inferred"),
        ({**PROJECT, "status": "ARCHIVED"}, shapes.UNKNOWN_VALUE, "answer.status", "documented"),
        ({**PROJECT, "created": "yesterday"}, shapes.OTHER_VALUE, "answer.created", "documented"),
        ({**PROJECT, "classes": [7]}, shapes.OTHER_TYPE, "answer.classes[]", "documented"),
        ([PROJECT], shapes.OTHER_TYPE, "answer", "documented"),
    ],
)
def test_each_deviation_of_a_shape_is_one_finding_with_its_evidence(
    answer: Any, kind: str, place: str, grade: str
) -> None:
    (found,) = STUDIO.answer(exchange("GET", "/projects/11", answer))
    assert (found.kind, found.place, found.operation, found.direction) == (kind, place, "get_project", "answer")
    told = STUDIO.evidence(found)
    assert told.grade == found.grade == grade
    assert told.file.endswith("spec/studio/schemas/projects.yaml") or told.file.endswith("common.yaml")
    assert told.line > 1


def test_the_same_deviation_of_many_elements_is_one_finding() -> None:
    many = [{**MODEL_CLASS, "id": at, "weight": at / 2} for at in range(50)]
    assert kinds(STUDIO.answer(exchange("GET", "/projects/11/classes", many))) == [
        (shapes.UNKNOWN_FIELD, "answer[].weight")
    ]


def test_a_deviation_of_a_shared_schema_is_the_same_wherever_it_is_seen() -> None:
    one, other = (
        STUDIO.answer(exchange("GET", path, {"message": "no", "status": "NOT_FOUND", "trace": 1}, 404))[0]
        for path in ("/projects/11", "/projects/11/classes")
    )
    assert one.key == other.key
    assert one.operation != other.operation


@pytest.mark.parametrize(
    ("recorded", "kind", "place"),
    [
        (exchange("GET", "/projects/11/ratings", []), judging.UNKNOWN_PATH, "path"),
        (exchange("PATCH", "/projects/11", {}), judging.UNKNOWN_METHOD, "path"),
        (exchange("GET", "/projects?owner=me", []), judging.UNKNOWN_PARAMETER, "query.owner"),
        (exchange("GET", "/projects/11/documents?limit=many", []), shapes.OTHER_VALUE, "query.limit"),
        (exchange("GET", "/projects/eleven", {}, 404), shapes.OTHER_VALUE, "path.project_id"),
        (exchange("POST", "/projects", {}, sent={"name": "X", "type": "ABSA", "a": 1}), shapes.UNKNOWN_FIELD, "body.a"),
        (exchange("POST", "/projects", {}, sent={"name": "X"}), shapes.MISSING_FIELD, "body.type"),
        (exchange("POST", "/projects", {}, sent={"name": "X", "type": "ODD"}), shapes.UNKNOWN_VALUE, "body.type"),
        (exchange("POST", "/projects", {}), judging.BROKEN, "body"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(recorded: Recorded, kind: str, place: str) -> None:
    assert kinds(STUDIO.request(recorded)) == [(kind, place)]


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (418, JSON, b"{}", judging.UNKNOWN_CODE),
        (200, (("content-type", "text/html"), ("date", "x")), b"<p>", judging.UNKNOWN_MEDIA),
        (200, JSON, b"{", judging.BROKEN),
        (200, JSON, b"", judging.BROKEN),
        (401, JSON, b'{"message": "no", "status": "UNAUTHORIZED"}', judging.MISSING_HEADER),
    ],
)
def test_what_is_wrong_with_an_answer_as_a_whole_is_named(status: int, headers: Any, body: bytes, kind: str) -> None:
    recorded = Recorded(
        method="GET", url="https://a.example/projects", status=status, response_headers=headers, response_body=body
    )
    assert [one.kind for one in STUDIO.answer(recorded)] == [kind]


def test_fields_of_a_form_are_judged_like_those_of_json() -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="odd"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="file"; '
    form += b'filename="name.csv"\r\nContent-Type: text/csv\r\n\r\nname\r\nA\r\n--x--\r\n'
    recorded = Recorded(
        method="POST",
        url="https://a.example/projects/11/classes/upload",
        request_headers=(("content-type", "multipart/form-data; boundary=x"),),
        request_body=form,
        status=200,
    )
    assert kinds(STUDIO.request(recorded)) == [(shapes.UNKNOWN_FIELD, "body.odd")]


@pytest.mark.parametrize("hidden", ["[hidden]", "[redacted]"])
def test_what_a_recording_hides_fits_everything(hidden: str) -> None:
    assert STUDIO.judge(exchange("GET", "/projects/11", {**PROJECT, "id": hidden, "status": hidden})) == []
    assert STUDIO.request(exchange("GET", f"/projects/11/documents?limit={hidden}", None)) == []


def test_what_was_not_recorded_is_not_judged() -> None:
    recorded = Recorded(method="GET", url="https://a.example/projects/11", status=200, response_body=None)
    assert STUDIO.judge(recorded) == []
    for method, status in (("OPTIONS", 204), ("GET", 0), ("GET", 304)):
        assert STUDIO.judge(exchange(method, "/projects/11", None, status)) == []
    assert STUDIO.judge(exchange("GET", "/_mock/health", {})) == []


def test_a_prefix_and_an_alias_lead_to_the_same_operation() -> None:
    prefixed = Judge("studio", prefix="/api/v1/")
    for judge, path in ((prefixed, "/api/v1/projects/11"), (STUDIO, "/organizations/1/projects/11")):
        (found,) = judge.answer(exchange("GET", path, {**PROJECT, "name": 7}))
        assert found.operation == "get_project"
    assert prefixed.operation("GET", "/projects/11")[0] is None


def test_unknown_paths_show_no_ids_and_no_secrets() -> None:
    for segment in ("4711", *SECRETS, "0b7e3c52-52d4-4f6a-8a0e-2f9d6c1b7e44", "a%20b"):
        assert STUDIO.template(f"/projects/11/ratings/{segment}") == "/projects/{project_id}/ratings/{rating_id}"


def test_unknown_paths_show_words_of_the_contract_and_no_names_of_people() -> None:
    for word in ("jobs", "by-name", "search-history", "uploadDocuments", "health", "v2"):
        assert STUDIO.template(f"/projects/11/{word}") == f"/projects/{{project_id}}/{word}"
    for word in ("schmidt", "anna-berg", "annaBerg", "hunter", "secretpassword", "jobsschmidt"):
        assert STUDIO.template(f"/projects/11/{word}/x") == "/projects/{project_id}/{hidden}/x"
        assert word not in STUDIO.template(f"/{word}/{word}?{word}")
    assert STUDIO.template("/../secret") == "/{x_id}/secret"


@pytest.mark.parametrize("secret", SECRETS)
def test_no_finding_holds_what_was_sent_or_answered(secret: str) -> None:
    answers: list[Any] = [{**PROJECT, "status": secret, "password": secret, "name": [secret]}, secret, [secret]]
    exchanges = [exchange("GET", f"/projects/11?{name}={secret}", one) for one in answers for name in ("token", "q")]
    exchanges += [
        exchange("GET", f"/{secret}", {}),
        exchange("POST", "/projects", {}, sent={"type": secret, "a": secret}),
    ]
    exchanges += [
        exchange("GET", f"/projects/11/documents?limit={secret}", {}),
        exchange("GET", f"/projects/{secret}", {}),
    ]
    exchanges += [exchange("GET", f"/projects/11?{secret}=1", {**PROJECT, secret: {secret: 1}})]
    for one in exchanges:
        found = STUDIO.judge(one)
        assert found
        assert secret not in json.dumps(
            [[str(part) for part in (entry.told, entry.place, entry.detail, entry.key)] for entry in found]
        )
