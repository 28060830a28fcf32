"""Drift is found where it was planted and nowhere else, told with its frequency and evidence, and mended by the patch that is proposed."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contract_tests.live import drift as counting
from contract_tests.live import judging, shapes
from contract_tests.live.drift import Drift, NotOurs, gather
from contract_tests.live.drift_report import Told
from contract_tests.live.judging import Judge
from contract_tests.live.traffic import Recording
from mock_server import contract
from mock_server.app import Settings, create_app
from mock_server.cli import main
from mock_server.contract import ContractError
from mock_server.seed import starting_world
from mock_server.spec.lint import lint
from mock_server.testing import StudioMock
from tests.conftest import Client
from tests.live.recordings import MODEL_CLASS, PROJECT, archive, entry, write

TASK = {
    "id": 71, "type": "CLONE", "status": "FINISHED", "progress": 100.0, "created": "2026-03-02T09:00:00Z",
    "finished": None, "project_id": 11,
}  # fmt: skip
NO_NAME = {key: value for key, value in MODEL_CLASS.items() if key != "name"}
ERROR = {"message": "no", "status": "NOT_FOUND"}
PLANTED: dict[str, tuple[Any, str, str]] = {
    "a field": (entry("GET", "/projects/11", {**PROJECT, "colour": "red"}), shapes.UNKNOWN_FIELD, "answer.colour"),
    "a field inside": (
        entry("GET", "/projects/11/classes", [{**MODEL_CLASS, "of": {"weight": 0.5, "since": "2026-03-02T09:00:00Z"}}]),
        shapes.UNKNOWN_FIELD, "answer[].of",
    ),
    "a field less": (entry("GET", "/projects/11/classes", [NO_NAME]), shapes.MISSING_FIELD, "answer[].name"),
    "a null": (entry("GET", "/projects/11", {**PROJECT, "name": None}), shapes.OTHER_TYPE, "answer.name"),
    "a type": (entry("GET", "/projects/11", {**PROJECT, "external_id": "A-1"}), shapes.OTHER_TYPE, "answer.external_id"),
    "a word": (entry("GET", "/projects/11", {**PROJECT, "status": "ARCHIVED"}), shapes.UNKNOWN_VALUE, "answer.status"),
    "a format": (entry("GET", "/projects/11", {**PROJECT, "created": "today"}), shapes.OTHER_VALUE, "answer.created"),
    "a code": (entry("GET", "/projects", ERROR, 404), judging.UNKNOWN_CODE, "status"),
    "an odd code": (entry("GET", "/projects", ERROR, 451), judging.UNKNOWN_CODE, "status"),
    "an error": (entry("GET", "/projects/11", {"error": "no"} | ERROR, 404), shapes.UNKNOWN_FIELD, "answer.error"),
    "a parameter": (entry("GET", "/projects?owner=7", [PROJECT]), judging.UNKNOWN_PARAMETER, "query.owner"),
    "a field that is sent": (
        entry("POST", "/projects", PROJECT, 201, {"name": "X", "type": "ABSA", "colour": "red"}),
        shapes.UNKNOWN_FIELD, "body.colour",
    ),
    "a field that is not needed": (entry("POST", "/projects", PROJECT, 201, {"name": "X"}), shapes.MISSING_FIELD, "body.type"),
    "a header": (entry("GET", "/projects", ERROR, 401), judging.MISSING_HEADER, "header.WWW-Authenticate"),
    "a moved path": (entry("GET", "/projects/11/jobs/71", TASK), judging.UNKNOWN_PATH, "path"),
    "a list": (
        entry("GET", "/projects/11/tags", [{"id": 9001, "class": "Comfort", "label": "POS"}]),
        shapes.OTHER_TYPE, "answer",
    ),
}  # fmt: skip
GOOD = (
    entry("GET", "/projects", [PROJECT]),
    entry("GET", "/projects/11", PROJECT),
    entry("GET", "/projects/12", ERROR, 404),
    entry("GET", "/projects/11/classes", [MODEL_CLASS]),
)
SECRETS = (
    "s3cret-Passw0rd",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "nora@alpenblick.example",
    "Zimmer-4711",
)


def told_of(path: Path, *entries: dict[str, Any], **how: Any) -> Told:
    return Told(gather([write(path / "a.har", *entries)], **how))


def patched(told: Told, folder: Path) -> Path:
    """Return a copy of the documents to which the patch was applied."""
    shutil.copytree(contract.spec_root(), folder / "spec", ignore=shutil.ignore_patterns(".*"))
    (folder / "p.patch").write_text(told.patch, "utf-8")
    subprocess.run(["git", "apply", "--unsafe-paths", "p.patch"], cwd=folder, check=True)
    return folder / "spec"


def problems(root: Path) -> list[str]:
    package = Path(contract.__file__).parent
    return [str(one) for one in lint("studio", root, package)]


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found_and_what_is_mended_by_the_patch_is_found_no_more(name: str, tmp_path: Path) -> None:
    planted, kind, place = PLANTED[name]
    told = told_of(tmp_path, *GOOD, planted)
    (proposal,) = told.proposals
    assert (proposal.group.finding.kind, proposal.group.finding.place) == (kind, place)
    assert proposal.group.times == 1
    assert proposal.changes, proposal.by_hand
    mended = Judge("studio", document=contract.bundle(patched(told, tmp_path) / "studio"))
    assert [one.told for recorded in Recording(tmp_path / "a.har") for one in mended.judge(recorded)] == []


def test_all_that_is_planted_is_mended_at_once_and_the_contract_stays_sound(tmp_path: Path) -> None:
    told = told_of(tmp_path, *GOOD, *(planted for planted, _, _ in PLANTED.values()))
    assert len(told.proposals) == len(PLANTED)
    root = patched(told, tmp_path)
    mended = Judge("studio", document=contract.bundle(root / "studio"))
    assert [one.told for recorded in Recording(tmp_path / "a.har") for one in mended.judge(recorded)] == []
    assert problems(root) == []


def test_ids_that_are_texts_are_so_in_examples_and_answers_of_the_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of(tmp_path, entry("GET", "/projects/11", {**PROJECT, "id": "11"}))
    root = patched(told, tmp_path)
    assert problems(root) == []
    assert len(told.examples) >= 4
    monkeypatch.setenv(contract.ROOT, str(root))
    app = create_app(starting_world("demo"), Settings(apis=("studio",), check_responses=True))
    owner = Client(app).as_user("owner@example.com")
    assert owner.get("/projects/11").json()["id"] == "11"
    assert {type(one["id"]) for one in owner.get("/projects").json()} == {str}
    assert owner.get("/projects/11/classes").json()[0]["id"] == 101


def test_the_traffic_of_the_stand_in_has_no_drift(tmp_path: Path) -> None:
    with StudioMock("demo") as mock:
        client = mock.as_user()
        for path in (
            "/projects",
            "/projects/11",
            "/projects/11/classes",
            "/projects/11/documents?details=tags",
            "/models",
            "/none",
        ):
            client.get(path)
        client.post("/projects", json={"name": "New", "type": "ABSA"})
        client.post("/projects", json={"name": "New", "type": "NONE", "odd": 1})
        recorded = mock.control("GET", "/journal/export")
    (tmp_path / "own.har").write_text(json.dumps(recorded))
    assert main(["drift", str(tmp_path / "own.har")]) == 0


def test_a_deviation_has_its_frequency(tmp_path: Path) -> None:
    odd = entry("GET", "/projects/11", {**PROJECT, "colour": "red"})
    (proposal,) = told_of(tmp_path, *GOOD, odd, odd, odd).proposals
    assert (proposal.group.times, proposal.group.of) == (3, 4)
    assert proposal.group.operations == ["get_project"]


def test_a_shared_schema_deviates_once_for_all_operations(tmp_path: Path) -> None:
    odd = {**ERROR, "code": 17}
    entries = [entry("GET", path, odd, 404) for path in ("/projects/11", "/projects/11/classes", "/projects/12")]
    (proposal,) = told_of(tmp_path, *entries).proposals
    assert proposal.group.times == 3
    assert set(proposal.group.operations) == {"get_project", "list_classes"}
    assert proposal.group.finding.grade == "inferred"


def test_what_was_refused_is_no_drift(tmp_path: Path) -> None:
    told = told_of(
        tmp_path,
        *GOOD,
        entry("POST", "/projects", {"message": "no", "status": "BAD_REQUEST"}, 400, {"name": 7}),
        entry("GET", "/projects/11/nothing", ERROR, 404),
        entry("PATCH", "/projects/11", ERROR, 405),
    )
    assert told.proposals == []
    assert any(remark.startswith("3 requests") for remark in told.remarks)


def test_documented_facts_come_before_guesses_and_get_a_row_in_the_ledger(tmp_path: Path) -> None:
    error, name = (
        entry("GET", "/projects/11", {**ERROR, "message": 7}, 404),
        entry("GET", "/projects/11", {**PROJECT, "name": 7}),
    )
    first, second = told_of(tmp_path, *GOOD, error, error, name).proposals
    assert (first.group.finding.grade, second.group.finding.grade) == ("documented", "inferred")
    assert first.row is not None and first.row["operations"][0] == "get_project"
    assert second.row is None


def test_pages_preflights_and_other_hosts_are_left_out(tmp_path: Path) -> None:
    page = entry("GET", "/app/index", None)
    page["response"]["content"]["mimeType"] = "text/html"
    page["response"]["headers"] = []
    others = [entry("POST", f"/collect/{at}", {}, host="https://metrics.example") for at in range(3)]
    told = told_of(tmp_path, *GOOD, page, entry("OPTIONS", "/projects", None, 204), *others)
    assert told.proposals == []
    assert any("3 exchanges with https://metrics.example are left out" in remark for remark in told.remarks)


def test_with_a_url_only_what_was_sent_there_counts(tmp_path: Path) -> None:
    inside = entry("GET", "/api/v2/projects/11", {**PROJECT, "colour": "red"})
    (proposal,) = told_of(
        tmp_path, inside, entry("GET", "/projects/11", {}), url="https://api.example.com/api/v2"
    ).proposals
    assert proposal.group.finding.place == "answer.colour"


def test_groups_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_GROUPS", 5)
    many = [entry("GET", "/projects/11", {**PROJECT, f"field{at}": 1}) for at in range(9)]
    told = told_of(tmp_path, *GOOD, *many)
    assert len(told.proposals) == 5
    assert "4 further deviations are not told: there are too many kinds of them" in told.remarks


@pytest.mark.parametrize("flag", [[], ["--json"]])
def test_traffic_of_another_api_says_so(flag: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "a.har", *(entry("GET", f"/repos/a/b/pulls/{at}", {}, host="https://git.example") for at in range(9))
    )
    assert main(["drift", str(path), *flag]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(
        f"studio-mock: {path}: this is traffic of another API: hardly any of 9 exchanges with https://git.example"
    )
    assert said.err.count("\n") == 1


def test_a_file_without_an_exchange_is_not_taken_for_no_drift(tmp_path: Path) -> None:
    with pytest.raises(NotOurs, match="no exchange"):
        told_of(tmp_path)


def test_a_cut_file_is_no_proof_but_what_it_has_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = entry("GET", "/projects/11", {**PROJECT, "colour": "red"})
    path = write(tmp_path / "a.har", *GOOD, odd)
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    assert main(["drift", str(path)]) == 2
    assert "cut short after 4 exchanges" in capsys.readouterr().out
    path.write_bytes(whole[:-3])
    assert main(["drift", str(path)]) == 1


def test_the_exit_code_says_whether_there_is_drift(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, odd = write(tmp_path / "good.har", *GOOD), write(tmp_path / "odd.har", *GOOD, PLANTED["a word"][0])
    assert main(["drift", str(path)]) == 0
    assert main(["drift", str(path), str(odd), "--patch", str(tmp_path / "p.patch")]) == 1
    assert "ARCHIVED" in (tmp_path / "p.patch").read_text()
    assert main(["drift", str(tmp_path / "none.har")]) == 2
    assert main(["drift", str(odd), "--patch", str(tmp_path / "no" / "p.patch")]) == 2
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.parametrize("wrong", [["--url", "api.example.com"], ["--api", "another"], []])
def test_arguments_that_make_no_sense_are_refused_in_a_line(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["drift", *(["a.har"] if wrong else []), *wrong])
    assert end.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_secret_of_the_traffic_is_shown_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = [*GOOD]
    for secret in SECRETS:
        answer = {**PROJECT, "name": 7, "status": secret, "token": secret, "of": {secret: [secret]}}
        odd = entry("GET", f"/projects/11?access_token={secret}", answer)
        odd["request"]["headers"] += [
            {"name": name, "value": secret} for name in ("Authorization", "Cookie", "X-Api-Key")
        ]
        odd["response"]["headers"] += [{"name": "Set-Cookie", "value": f"sid={secret}"}]
        entries += [odd, entry("POST", f"/sessions/{secret}", {"password": secret}, 201, {"password": secret})]
        entries += [
            entry(
                "POST", "/auth/login", {"auth_token": [secret]}, 200, {"email": secret, "password": secret, "x": secret}
            )
        ]
    path = write(tmp_path / "a.har", *entries)
    for flags in ([], ["--json"], ["--patch", str(tmp_path / "p.patch")]):
        assert main(["drift", str(path), *flags]) == 1
    said = capsys.readouterr()
    shown = said.out + said.err + (tmp_path / "p.patch").read_text()
    assert [secret for secret in SECRETS if secret in shown] == []


def test_json_has_what_a_program_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.har", *GOOD, PLANTED["a field"][0])
    assert main(["drift", str(path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (one,) = told["drift"]
    assert (one["kind"], one["operation"], one["times"], one["of"]) == ("unknown field", "get_project", 1, 2)
    assert one["contract"]["file"].endswith("spec/studio/schemas/projects.yaml")
    assert one["proposal"]["changes"][0]["file"] == "spec/studio/schemas/projects.yaml"
    assert told["files"] == [{"path": str(path), "exchanges": 5, "whole": True}]


def test_an_api_that_there_is_not_is_refused() -> None:
    with pytest.raises(ContractError):
        Drift(["another"])


def test_what_is_kept_does_not_grow_with_the_recording(tmp_path: Path) -> None:
    drift = Drift(["studio"])
    path = tmp_path / "a.har"
    path.write_text(json.dumps(archive(*GOOD, *(planted for planted, _, _ in PLANTED.values()))))
    drift.read(path)
    sizes = [(len(drift._groups), len(drift._asked), len(drift.hosts))]
    for _ in range(3):
        drift.read(path)
        sizes.append((len(drift._groups), len(drift._asked), len(drift.hosts)))
    assert len(set(sizes)) == 1
