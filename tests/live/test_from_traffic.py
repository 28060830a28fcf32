"""A world made of recorded traffic loads, answers as the recording did, and holds nobody's names, texts or secrets."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.live.disguise import Disguise
from contract_tests.live.entities import NOT_ASKED
from contract_tests.live.from_traffic import Made, make
from contract_tests.live.replaying import OF_TEXTS
from contract_tests.live.soundness import NoWorld
from mock_server import worldfile
from mock_server.cli import main
from mock_server.seed import starting_world
from mock_server.studio.rows import Document, ModelClass, Project, User
from mock_server.testing import StudioMock
from tests.live.crawling import recorded
from tests.live.recordings import MODEL_CLASS, PROJECT, archive, entry, write

TEXTS = st.text(
    alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüß0123456789 .,-_@\n漢字\u0645\u0631\u062d\u0628𝄞",
    max_size=60,
)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The stand-in recorded by its own journal, one file for each world."""
    made = {}
    for world in ("minimal", "demo"):
        with StudioMock(world) as mock:
            made[world] = tmp_path_factory.mktemp("recorded") / f"{world}.har"
            made[world].write_text(json.dumps(recorded(mock, "studio", "owner@example.com")), "utf-8")
    return made


@pytest.mark.parametrize("world", ["minimal", "demo"])
@pytest.mark.parametrize("keep", [False, True])
def test_the_reads_of_a_recording_are_answered_alike_by_the_world_that_it_becomes(
    world: str, keep: bool, recordings: dict[str, Path]
) -> None:
    made = make([recordings[world]], keep=keep, seed=1)
    assert made.other == []
    assert made.asked > (250 if world == "minimal" else 1000)
    assert {operation for operation, reason in made.apart if reason != OF_TEXTS} == {*NOT_ASKED} - {"get_version"}
    assert keep == all(reason != OF_TEXTS for _, reason in made.apart)


def test_the_replay_notices_what_is_answered_otherwise(recordings: dict[str, Path], tmp_path: Path) -> None:
    whole = json.loads(recordings["minimal"].read_text())
    answered = next(one for one in whole["log"]["entries"] if one["request"]["url"].endswith("/projects/11/tags"))
    content = answered["response"]["content"]
    content["text"] = content["text"].replace('"total":', '"total":1')
    (tmp_path / "a.har").write_text(json.dumps(whole))
    assert [asked.operation for asked in make([tmp_path / "a.har"]).other] == ["list_project_tags"]


def test_a_world_with_everything_kept_has_the_things_that_were_recorded(recordings: dict[str, Path]) -> None:
    rest, known = make([recordings["minimal"]], keep=True).rest, starting_world("minimal")
    for kind in (Project, Document, ModelClass):
        wanted = {
            (row.id, getattr(row, "name", None) or getattr(row, "text", None))
            for row in known.tables[kind].rows.values()
        }
        assert {(row.id, getattr(row, "name", None) or getattr(row, "text", None)) for row in rest.rows[kind]} <= wanted


def _personal(world: str) -> Iterator[str]:
    tables = starting_world(world).tables
    for user in tables[User].rows.values():
        assert isinstance(user, User)
        yield from (user.email, user.display_name)
    for document in tables[Document].rows.values():
        assert isinstance(document, Document)
        yield from [document.text] if len(document.text) > 10 else []
        yield from (str(value) for value in document.meta.values() if isinstance(value, str) and len(value) > 10)


@pytest.mark.parametrize("world", ["minimal", "demo"])
def test_no_name_address_or_text_gets_into_the_world(world: str, recordings: dict[str, Path]) -> None:
    content = worldfile.encode(make([recordings[world]]).rest).decode()
    assert [text for text in set(_personal(world)) if json.dumps(text, ensure_ascii=False)[1:-1] in content] == []


@pytest.mark.parametrize("flags", [[], ["--keep"]])
def test_no_secret_gets_into_the_world_and_nothing_of_it_is_printed(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = ["s3cret-Passw0rd", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "key-4711-0815-abcd"]
    entries = []
    for secret in secrets:
        odd = entry("GET", f"/projects/11?access_token={secret}", {**PROJECT, "name": f"Bearer {secret}"})
        odd["request"]["headers"] += [
            {"name": name, "value": secret} for name in ("Authorization", "Cookie", "X-Api-Key")
        ]
        document = {"id": 5, "text": "Good.", "password": secret, "api_key": secret, "note": f"token={secret}"}
        entries += [odd, entry("GET", "/projects/11/documents/5", document)]
        entries += [
            entry(
                "POST", "/auth/login", {"auth_token": secret, "message": "x", "status": "OK"}, 200, {"password": secret}
            )
        ]
        entries += [
            entry("GET", "/users/1/keys", [{"id": 1, "created": PROJECT["created"], "name": "A", "token": secret}])
        ]
    main(["world", "from-traffic", str(write(tmp_path / "a.har", *entries)), "--out", str(tmp_path / "w.json"), *flags])
    said = capsys.readouterr()
    shown = said.out + said.err + (tmp_path / "w.json").read_text("utf-8")
    assert [secret for secret in secrets if secret in shown] == []


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_any_part_of_a_recording_becomes_a_sound_world(
    data: st.DataObject, recordings: dict[str, Path], tmp_path: Path
) -> None:
    whole = json.loads(recordings["minimal"].read_text())["log"]["entries"]
    some = data.draw(st.lists(st.sampled_from(whole), min_size=1, max_size=8))
    try:
        made = make([write(tmp_path / "part.har", *some)], seed=1)
    except NoWorld as problem:
        assert "nothing of Studio" in str(problem)
        return
    path = tmp_path / "part.json"
    path.write_bytes(worldfile.encode(made.rest))
    starting_world(path)


def made_of(path: Path, *entries: dict[str, Any]) -> Made:
    return make([write(path / "a.har", *entries)], keep=True)


def test_the_latest_answer_counts_and_what_was_deleted_is_gone(tmp_path: Path) -> None:
    other = {**MODEL_CLASS, "id": 102, "name": "Staff"}
    made = made_of(
        tmp_path,
        entry("GET", "/projects/11/classes", [MODEL_CLASS, other]),
        entry("PUT", "/projects/11/classes/101", {**MODEL_CLASS, "name": "Beds"}, 200, {"name": "Beds"}),
        entry("DELETE", "/projects/11/classes/102", {"message": "gone", "status": "OK"}),
        entry("GET", "/projects/11/classes", [{**MODEL_CLASS, "name": "Beds"}]),
    )
    assert [(row.id, row.name) for row in made.rest.rows[ModelClass]] == [(101, "Beds")]
    assert made.other == []


def test_what_is_not_as_the_contract_says_is_left_out_and_told(tmp_path: Path) -> None:
    made = made_of(
        tmp_path,
        entry("GET", "/projects/11", {**PROJECT, "created": 7}),
        entry("GET", "/projects/12", {**PROJECT, "id": 12}),
    )
    assert [(row.id, row.name) for row in made.rest.rows[Project]] == [(11, "Project 11"), (12, PROJECT["name"])]
    assert made.remarks == ["1 things are not as the contract says and were left out; studio-mock drift tells how"]


def test_fields_that_the_contract_does_not_know_do_no_harm(tmp_path: Path) -> None:
    made = made_of(tmp_path, entry("GET", "/projects/11", {**PROJECT, "colour": "red"}))
    assert [row.id for row in made.rest.rows[Project]] == [11]
    assert [asked.operation for asked in made.other] == ["get_project"]


def test_the_same_seed_makes_the_same_world_and_chance_another(recordings: dict[str, Path]) -> None:
    first, again, other, chance = (
        worldfile.encode(make([recordings["minimal"]], seed=seed).rest) for seed in (7, 7, 8, None)
    )
    assert first == again
    assert len({first, other, chance}) == 3


def test_only_the_deployment_that_is_named_counts(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.har",
        entry("GET", "/v2/projects/11", PROJECT),
        entry("GET", "/projects/12", {**PROJECT, "id": 12}),
    )
    made = make([path], keep=True, origin="https://api.example.com", prefix="/v2")
    assert [row.id for row in made.rest.rows[Project]] == [11]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ((), "nothing of Studio"),
        ((entry("GET", "/repos/a", {}),), "nothing of Studio"),
        ((entry("GET", "/projects/11", {"message": "no", "status": "NOT_FOUND"}, 404),), "nothing of Studio"),
    ],
)
def test_without_anything_of_studio_there_is_no_world(
    entries: tuple[dict[str, Any], ...], told: str, tmp_path: Path, capsys: Any
) -> None:
    path = write(tmp_path / "a.har", *entries)
    assert main(["world", "from-traffic", str(path), "--out", str(tmp_path / "w.json")]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1
    assert not (tmp_path / "w.json").exists()


def test_the_command_writes_a_world_that_can_be_served(
    recordings: dict[str, Path], tmp_path: Path, capsys: Any
) -> None:
    out = tmp_path / "w.json"
    assert main(["world", "from-traffic", str(recordings["minimal"]), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    address = re.search(r"comes in as (\S+),", said)
    assert address is not None
    with StudioMock(out) as mock:
        answer = mock.client().post("/auth/login", json={"email": address[1], "password": "studio-mock"})
        assert answer.status_code == 200
        assert mock.as_user(address[1]).get("/projects").json()


def test_a_recording_that_cannot_be_read_or_a_place_that_cannot_be_written_is_told_in_a_line(
    tmp_path: Path, capsys: Any
) -> None:
    path = write(tmp_path / "a.har", entry("GET", "/projects/11", PROJECT))
    assert main(["world", "from-traffic", str(tmp_path / "none.har"), "--out", str(tmp_path / "w.json")]) == 2
    assert main(["world", "from-traffic", str(path), "--out", str(tmp_path / "no" / "w.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_a_recording_that_was_cut_becomes_the_world_of_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_bytes(
        json.dumps(archive(entry("GET", "/projects/11", PROJECT), entry("GET", "/projects/12", PROJECT))).encode()[
            :-200
        ]
    )
    made = make([path], keep=True)
    assert [row.id for row in made.rest.rows[Project]] == [11]
    assert not made.is_whole and "cut short" in made.remarks[0]


@given(TEXTS)
def test_a_disguise_keeps_the_shape_of_a_text(text: str) -> None:
    def shape(some: str) -> str:
        return "".join(
            "9" if char.isdigit() else "A" if char.isupper() else "a" if char.isalpha() else char for char in some
        )

    made = Disguise(seed=1).text(text)
    assert len(made) == len(text)
    assert [char.isalpha() for char in made] == [char.isalpha() for char in text]
    assert re.sub(r"[^\W\d_]+", "x", shape(made)) == re.sub(r"[^\W\d_]+", "x", shape(text))


@given(st.lists(st.text(alphabet="abcdefghij", min_size=4, max_size=6), unique=True, max_size=30), st.booleans())
def test_different_names_stay_different_and_the_same_stay_the_same(names: list[str], keep: bool) -> None:
    disguise = Disguise(seed=3, keep=keep)
    made = [disguise.text(name) for name in names]
    assert len(set(made)) == len(names)
    assert [disguise.text(name) for name in names] == made


@given(st.lists(st.integers(1, 10**12), unique=True, max_size=20))
def test_ids_become_small_numbers_in_the_same_order(numbers: list[int]) -> None:
    disguise = Disguise()
    for number in numbers:
        disguise.id(number)
    disguise.settle()
    assert [disguise.id(number) for number in sorted(numbers)] == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "end", ["/annotations", "/documents?limit=3", "/tags", "/groups", "/users", "/permissions", "/projects"]
)
def test_what_was_not_recorded_is_made_up_so_that_what_was_recorded_is_answered_alike(
    end: str, recordings: dict[str, Path], tmp_path: Path
) -> None:
    whole = json.loads(recordings["minimal"].read_text())["log"]["entries"]
    alone = next(one for one in whole if one["request"]["url"].endswith(end))
    made = make([write(tmp_path / "part.har", alone)], seed=1)
    assert (len(made.same), made.other) == (1, [])
