"""Every read that the people of a world can make, of every API, is answered alike by the world that becomes of its recording."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.live.entities import NOT_ASKED
from contract_tests.live.from_traffic import Made, make
from contract_tests.live.judging import Judge
from contract_tests.live.replaying import OF_TEXTS
from contract_tests.live.soundness import NoWorld
from contract_tests.live.traffic import Recording
from mock_server import worldfile
from mock_server.cli import main
from mock_server.seed import starting_world
from mock_server.testing import StudioMock
from tests.live.crawling import recorded
from tests.live.recordings import PROJECT, entry, write

PEOPLE = {
    "studio": ("owner", "annotator", "manager", "guest", "stranger", "newcomer"),
    "label_studio": ("owner", "annotator", "stranger"),
    "blue_guardrails": ("owner", "manager", "stranger", "annotator"),
}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """All that the people of the demo world can read, one file for each, by API."""
    place, made = tmp_path_factory.mktemp("recorded"), {}
    for api, people in PEOPLE.items():
        made[api] = [place / f"{api}-{name}.har" for name in people]
        for path, name in zip(made[api], people, strict=True):
            with StudioMock("demo") as mock:
                path.write_text(json.dumps(recorded(mock, api, f"{name}@example.com")), "utf-8")
    return made


@pytest.fixture(scope="module")
def whole(recordings: dict[str, list[Path]]) -> Made:
    """The world of all of it."""
    return make([path for paths in recordings.values() for path in paths])


@pytest.mark.parametrize("api", PEOPLE)
def test_the_recordings_have_every_read_of_the_contract(api: str, recordings: dict[str, list[Path]]) -> None:
    judge, seen = Judge(api), set()
    for path in recordings[api]:
        for one in Recording(path):
            operation, _ = judge.operation(one.method, one.path)
            seen |= {operation.operation_id} if operation is not None and one.status == 200 else set()
    assert {one.operation_id for one in judge.addresses if one.method == "GET"} <= seen


def test_one_world_answers_everybody_of_every_api_as_it_was_recorded(whole: Made) -> None:
    assert [(asked.operation, asked.target) for asked in whole.other] == []
    assert len(whole.same) > 2500
    assert {asked.api for asked in whole.same} == {*PEOPLE}
    assert {operation for operation, reason in whole.apart if reason != OF_TEXTS} == {*NOT_ASKED}
    assert whole.remarks == []


def test_with_everything_kept_searches_are_answered_alike_too(recordings: dict[str, list[Path]]) -> None:
    made = make([path for paths in recordings.values() for path in paths], keep=True)
    assert made.other == []
    assert {operation for operation, _ in made.apart} == {*NOT_ASKED}


@pytest.mark.parametrize("api", PEOPLE)
def test_only_the_apis_that_are_named_come_in(api: str, recordings: dict[str, list[Path]]) -> None:
    made = make([paths[0] for paths in recordings.values()], apis=(api,))
    assert {asked.api for asked in made.same} == {api}


def test_whoever_called_can_come_in_with_what_is_said(whole: Made, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_bytes(worldfile.encode(whole.rest))
    with StudioMock(tmp_path / "w.json") as mock:
        for told in whole.callers:
            if "password" in told:
                sent = {"email": told.split(",")[0], "password": "studio-mock"}
                assert mock.client().post("/auth/login", json=sent).status_code == 200
            elif "Label Studio" in told:
                headers = {"Authorization": f"Token {told.rpartition(' ')[2]}"}
                assert mock.client(headers).get("/api/current-user/whoami").status_code == 200
            else:
                headers = {"Authorization": f"Bearer {told.rpartition(' ')[2]}"}
                assert mock.client(headers).get("/v1/labeling-projects").status_code == 200


def test_of_half_a_recording_nearly_all_reads_are_answered_alike(
    recordings: dict[str, list[Path]], tmp_path: Path
) -> None:
    chance = random.Random(1)
    some = [one for one in json.loads(recordings["studio"][0].read_text())["log"]["entries"] if chance.random() < 0.5]
    made = make([write(tmp_path / "half.har", *some)], seed=1)
    assert len(made.same) > 0.94 * made.asked


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "xlsx"])
@pytest.mark.parametrize("end", ["/annotations/51/download", "/groups/31/download"])
def test_a_download_alone_is_answered_alike_by_the_world_that_it_becomes(
    end: str, form: str, recordings: dict[str, list[Path]], tmp_path: Path
) -> None:
    whole = json.loads(recordings["studio"][0].read_text())["log"]["entries"]
    alone = next(one for one in whole if one["request"]["url"].endswith(f"{end}?format={form}"))
    made = make([write(tmp_path / "part.har", alone)], seed=1)
    assert (len(made.same), made.other) == (1, [])


# What is personal


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)


def _told() -> set[str]:
    """Return every text in the tables of the demo world that has two words, or is an address, a file or a secret."""
    tables = json.loads(worldfile.encode(worldfile.stored(starting_world("demo"), "demo")))["tables"]
    texts = {text for rows in tables.values() for text in _texts(rows)}
    return {
        text for text in texts if len(text) > 8 and (" " in text or "@" in text or "." in text) and text[:2] != "20"
    }


def test_no_text_of_any_kind_gets_into_the_world(whole: Made) -> None:
    content = worldfile.encode(whole.rest).decode()
    told = _told()
    assert len(told) > 400
    found = {text for text in told if json.dumps(text, ensure_ascii=False)[1:-1] in content}
    assert found == {"owner@example.com"} & found  # which is nobody's


def test_names_of_classes_labels_and_people_do_not_get_in_as_names_of_fields_either(whole: Made) -> None:
    content = worldfile.encode(whole.rest).decode()
    tables = starting_world("demo").tables
    names = {
        getattr(row, "name", "")
        for kind, table in tables.items()
        for row in table.rows.values()
        if kind.__name__ == "ModelClass"
    }
    names |= {
        getattr(row, "last_name", "")
        for kind, table in tables.items()
        for row in table.rows.values()
        if kind.__name__ == "User"
    }
    assert [name for name in names if len(name) > 5 and f'"{name}"' in content] == []


AT = PROJECT["created"]
CORNERS = {corner: 0 for corner in ("TLx", "TLy", "TRx", "TRy", "BRx", "BRy", "BLx", "BLy")}
NOTIFICATION = {
    "id": 1, "title": "Anna Meier, ready", "text": "anna.meier@corp.test has SECRET-4711 done", "created": AT, "type": "INFO", "read": None,
}  # fmt: skip
HITL = {
    "id": 5, "name": "For Anna Meier", "description": "Ask SECRET-4711 Anna", "project_id": 11, "model_id": 61, "created_at": AT,
    "updated_at": AT, "assigned_user_id": None, "is_live": True, "labels": {"Anna Meier": 90},
    "webhook_url": "https://meier.corp.test/hooks/SECRET-4711?token=SECRET-4711",
}  # fmt: skip
BOX = {**CORNERS, "text": "Anna Meier SECRET-4711", "label": "Anna Meier", "confidence": 0.03}
REVIEW = {
    "review_id": 9, "task_id": 3, "document_id": 8, "document_name": "Anna Meier SECRET-4711.pdf", "page_num": 0, "status": "PENDING",
    "created": AT, "updated": AT, "user_id": None, "label": "Anna Meier", "confidence_threshold": 90, "ls_annotation_id": None,
    "hitl_id": 5, "data": {"value": "Anna Meier", "confidence": 3, "boxes": [BOX]},
}  # fmt: skip
INVITATION = {
    "id": 2, "role": "VIEWER", "email": "anna.meier@corp.test", "invited_by_id": 1, "organization_id": 1, "created": AT,
    "invitation_link": "https://meier.corp.test/i/SECRET-4711",
}  # fmt: skip
READ = {
    "id": 1, "text": "Anna Meier SECRET-4711", "message": "Anna Meier", "password": 4711, "status": "SECRET-4711",
    "query": {"status": "Anna Meier"},
}  # fmt: skip
NEW_KINDS: dict[str, Any] = {
    "/notifications": [NOTIFICATION],
    "/projects/11/hitls": [HITL],
    "/projects/11/hitls/5/reviews?with_full_data=true": [REVIEW],
    "/organizations/1/users/invites": [INVITATION],
    "/users/1/keys": [{"id": 1, "created": AT, "name": "Anna Meier", "token": "SECRET-4711"}],
    "/analyses/3/documents?details=meta": {
        "documents": [READ],
        "has_more": False,
        "offset": 0,
        "limit": 100,
        "count": 1,
    },
}


def test_names_and_secrets_in_the_new_kinds_are_replaced(tmp_path: Path) -> None:
    path = write(tmp_path / "a.har", *(entry("GET", target, body) for target, body in NEW_KINDS.items()))
    made = make([path])
    content = worldfile.encode(made.rest).decode()
    assert [word for word in ("Anna", "Meier", "meier", "SECRET", "4711", "corp") if word in content] == []
    assert {
        len(rows)
        for kind, rows in made.rest.rows.items()
        if kind.__name__ in ("Notification", "Hitl", "Review", "Invitation")
    } == {1}
    assert next(row for row in made.rest.rows.values() if row and hasattr(row[0], "document_name"))[
        0
    ].document_name.endswith(".pdf")


def test_what_is_called_like_a_secret_is_replaced_even_if_all_is_kept(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.har",
        *(entry("GET", target, body) for target, body in NEW_KINDS.items() if "SECRET" in json.dumps(body)),
    )
    content = worldfile.encode(make([path], keep=True).rest).decode()
    assert "Anna Meier" in content
    for secret in ('"token":"SECRET-4711"', "/i/SECRET-4711", "token=SECRET-4711", '"password":4711'):
        assert secret not in content


# Bad input


def test_rows_that_do_not_fit_together_are_left_out_and_told(tmp_path: Path) -> None:
    text = "The bed was good."
    shown = {
        "id": 7,
        "text": text,
        "segments": [
            {"id": 70, "text": "The bed", "span": [0, 7], "tags": [{"id": 1, "class": "Comfort", "label": None}]}
        ],
    }
    twice = {"id": 8, "text": text, "segments": [{"id": 70, "text": "The bed", "span": [0, 7]}]}
    page = {"documents": [shown, twice], "has_more": False, "offset": 0, "limit": 100, "count": 2}
    made = make(
        [
            write(
                tmp_path / "a.har",
                entry("GET", "/projects/11", PROJECT),
                entry("GET", "/projects/11/documents?details=tags", page),
            )
        ],
        keep=True,
    )
    assert [asked.operation for asked in made.same] == ["get_project"]
    assert [asked.operation for asked in made.other] == ["list_documents"]


@pytest.mark.parametrize("seed", range(12))
def test_answers_of_any_shape_become_a_world_or_a_sentence(
    seed: int, recordings: dict[str, list[Path]], tmp_path: Path
) -> None:
    chance = random.Random(seed)
    entries = [one for paths in recordings.values() for one in json.loads(paths[0].read_text())["log"]["entries"]]
    some = json.loads(json.dumps(chance.sample(entries, 25)))
    for one in some:
        content = one["response"]["content"]
        if content.get("mimeType") == "application/json" and chance.random() < 0.7:
            content["text"] = json.dumps(_bent(json.loads(content["text"]), chance))
    try:
        made = make([write(tmp_path / "a.har", *some)], seed=1)
    except NoWorld as problem:
        assert "\n" not in str(problem)
        return
    (tmp_path / "w.json").write_bytes(worldfile.encode(made.rest))
    starting_world(tmp_path / "w.json")


ODD = (
    None,
    True,
    0,
    -1,
    10**18,
    10**30,
    1.5,
    "",
    "x",
    "9999-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
    [],
    {},
    [1],
    {"id": 1},
    "[redacted]",
)


def _bent(value: Any, chance: random.Random) -> Any:
    """Return a JSON value of which one part, anywhere, is something else."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice([*value])
        return {**value, key: _bent(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], _bent(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD)


@pytest.mark.parametrize(
    ("entries", "cut", "code", "told"),
    [
        ([entry("GET", "/projects/11", PROJECT)], 300, 2, "cut short"),
        ([entry("GET", "/repos/a/b", {"id": 1})], 0, 2, "nothing of Studio"),
        ([entry("GET", "/projects/11", PROJECT), entry("GET", "/projects/12", PROJECT)], 200, 0, "cut short"),
    ],
)
def test_a_file_that_is_cut_or_of_another_api_is_told_in_words(
    entries: list[dict[str, Any]], cut: int, code: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.har", *entries)
    path.write_bytes(path.read_bytes()[: -cut or None])
    assert main(["world", "from-traffic", str(path), "--out", str(tmp_path / "w.json")]) == code
    said = capsys.readouterr()
    assert told in said.err + said.out
    assert said.err.count("\n") == (1 if code == 2 else 0)


def test_times_that_no_calendar_of_ours_has_do_no_harm(tmp_path: Path) -> None:
    odd = {
        **entry("GET", "/projects/12", {**PROJECT, "id": 12, "created": "9999-12-31T23:00:00Z"}),
        "startedDateTime": "9999-12-31T23:00:00Z",
    }
    made = make([write(tmp_path / "a.har", entry("GET", "/projects/11", PROJECT), odd)], keep=True)
    assert [asked.target for asked in made.same] == ["/projects/11"]
    (tmp_path / "w.json").write_bytes(worldfile.encode(made.rest))
    starting_world(tmp_path / "w.json")


def test_the_command_says_what_was_not_asked_and_why(
    recordings: dict[str, list[Path]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["world", "from-traffic", str(recordings["studio"][0]), "--out", str(tmp_path / "w.json")]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "not asked: download_" in said and "search in texts" in said
    assert main([*arguments, "--api", "blue_guardrails"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
