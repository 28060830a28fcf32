"""What was observed of the impostor becomes part of the documents, and only that: paths, grades, shapes; comments and the rest stay."""

import json
import re
import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import yaml

from contract_tests import evidence
from contract_tests.impostor import EMAIL, PASSWORD, Impostor
from contract_tests.impostor.planted import ANSWERS, BEHIND_THEM, ERRORS, MOVED, OPERATIONS, SELDOM
from contract_tests.live import applying
from contract_tests.live.applying import Run
from contract_tests.live.parity.lessons import Taught
from mock_server import contract
from mock_server.app import Settings, create_app
from mock_server.cli import main
from mock_server.contract import Json, operations
from mock_server.pipeline.learned import Lesson
from mock_server.seed import starting_world
from mock_server.spec.lint import lint
from tests.conftest import Client
from tests.loopback import serving

SLICE = ["--operations", ",".join(OPERATIONS), "--patience", "2", "--stories", "0"]
LIVE = ["--email", EMAIL, "--password", PASSWORD, "--rate", "100000/s", "--writes", "own", *SLICE]
MOVES = [word for name, path in MOVED.items() for word in ("--path", f"{name}={path}")]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was observed of the impostor, its operations asked for where they are."""
    file = tmp_path_factory.mktemp("seen") / "seen.yaml"
    ledger = str(file.with_name("ledger.jsonl"))
    with serving(Impostor().app) as url:  # type: ignore[arg-type]
        assert main(["parity", "--url", url, *LIVE, *MOVES, "--write-evidence", str(file), "--ledger", ledger]) == 1
    return file


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the documents."""
    folder = tmp_path / "spec"
    shutil.copytree(contract.spec_root(), folder, ignore=shutil.ignore_patterns(".*"))
    return folder


def nodes(spec: Path) -> dict[str, tuple[str, Json]]:
    """Return path and node of every operation."""
    return {node["operationId"]: (path, node) for path, _, node, _ in operations(contract.bundle(spec / "studio"))}


def apply(seen: Path, spec: Path) -> int:
    return main(["spec", "apply", str(seen), "--spec", str(spec)])


def test_guessed_paths_move_to_where_the_operations_are(seen: Path, spec: Path) -> None:
    apply(seen, spec)
    after = nodes(spec)
    for name, path in MOVED.items():
        assert after[name][0] == path
        assert after[name][1]["x-evidence"]["path"] == "observed"
    text = (spec / "studio" / "openapi.yaml").read_text()
    for path in MOVED.values():
        assert "# inferred path" not in next(line for line in text.splitlines() if line.startswith(f"  {path}:"))


def test_what_was_guessed_and_seen_is_observed_and_nothing_else(seen: Path, spec: Path) -> None:
    before = nodes(spec)
    apply(seen, spec)
    after = nodes(spec)
    (run,) = applying.read(seen).runs
    raised = 0
    for name, (_, node) in after.items():
        codes = node["x-evidence"].get("codes", {})
        old = before[name][1]["x-evidence"].get("codes", {})
        assert set(codes.get("observed", ())) <= run.statuses.get(name, {}).keys(), name
        assert set(codes.get("inferred", ())) <= set(old.get("inferred", ())), name
        assert not set(codes.get("inferred", ())) & set(codes.get("observed", ()))
        raised += len(set(old.get("inferred", ())) - set(codes.get("inferred", ())))
        if name not in OPERATIONS:
            assert node["x-evidence"] == before[name][1]["x-evidence"]
    assert raised >= 10
    assert 400 in after["create_class"][1]["x-evidence"]["codes"]["observed"]
    assert 204 in after["delete_class"][1]["x-evidence"]["codes"]["observed"]


def test_shapes_follow_the_answers(seen: Path, spec: Path) -> None:
    apply(seen, spec)
    schemas = contract.bundle(spec / "studio")["components"]["schemas"]
    assert schemas["Error"]["properties"]["code"]["x-evidence"] == "observed"
    assert schemas["Error"]["required"] == ["message"]
    assert schemas["Segment"]["properties"]["id"]["x-evidence"] == "observed"


def compare(*more: str) -> tuple[int, Json]:
    """Compare the impostor with the stand-in that is served from the documents in use; return the exit code and what is told."""
    with serving(Impostor().app) as url, redirect_stdout(StringIO()) as said:  # type: ignore[arg-type]
        code = main(["parity", "--url", url, *LIVE, "--json", *more])
    return code, json.loads(said.getvalue())


def test_afterwards_the_stand_in_and_the_impostor_agree(
    seen: Path, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = compare(*MOVES, "--ledger", str(tmp_path / "before.jsonl"))
    assert before == 1
    assert apply(seen, spec) == 0  # nothing is left to do by hand
    monkeypatch.setenv(contract.ROOT, str(spec))
    file = tmp_path / "again.yaml"
    code, told = compare("--ledger", str(tmp_path / "after.jsonl"), "--write-evidence", str(file))
    assert (code, told["differences"], told["score"]) == (0, [], 100.0)
    assert told["operations"].keys() == set(OPERATIONS)
    (run,) = applying.read(file).runs
    assert (run.deviations, run.lessons, run.riddles) == ([], [], [])  # the contract agrees as well


def test_nothing_that_was_planted_is_left_in_stories_made_by_chance(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other stories come to where the impostor does another thing, splits sentences say; that does not spoil what is learned."""
    chance = ["--stories", "20", "--seed"]
    seldom = {one.operation for one in SELDOM} | {
        "create_session"
    }  # that sometimes begins with another status, SAMPLING
    planted = {(one.operation, one.aspect) for one in (*ANSWERS, *BEHIND_THEM)}
    seen: set[tuple[str, str]] = set()
    for seed, moves in (("5", MOVES), ("77", [])):
        file, ledger = tmp_path / f"{seed}.yaml", str(tmp_path / f"{seed}.jsonl")
        _, told = compare(*moves, *chance, seed, "--write-evidence", str(file), "--ledger", ledger)
        seen |= {(one["operation"], one["aspect"]) for one in told["differences"]}
        apply(file, spec)
        monkeypatch.setenv(contract.ROOT, str(spec))
    assert seen >= planted - {("change_session", "meaning")}  # which all stories by hand have
    _, told = compare(*chance, "123", "--ledger", str(tmp_path / "after.jsonl"))
    left = [one for one in told["differences"] if one["operation"] not in seldom]
    assert [one for one in left if one["place"].startswith("error") and one["aspect"] == "shape"] == []
    assert {(one["operation"], one["place"]) for one in left} & {(one.operation, one.place) for one in ANSWERS} == set()
    assert told["asked"] > 200 and told["score"] > 95


def test_everything_that_was_planted_becomes_a_lesson_or_a_move(seen: Path) -> None:
    (run,) = applying.read(seen).runs
    learned = {(one.operation, one.lesson.at or one.lesson.drop or "status") for one in run.lessons}
    planted = {(one.operation, one.place.removeprefix("error.")) for one in (*ERRORS, *ANSWERS, *BEHIND_THEM)}
    assert learned == planted
    assert run.paths.keys() >= MOVED.keys()
    assert run.riddles == []


def test_the_stand_in_keeps_the_contract_that_was_learned(
    seen: Path, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(seen, spec)
    monkeypatch.setenv(contract.ROOT, str(spec))
    app = create_app(starting_world("demo"), Settings(apis=("studio",), check_responses=True))
    owner = Client(app).as_user("owner@example.com")
    assert set(owner.get("/auth/status").json()) == {"user_id", "email", "organization_id"}
    missing = owner.get("/projects/999999")
    assert (missing.status_code, missing.json()["code"], set(missing.json())) == (404, 404, {"code", "message"})
    nowhere = owner.get("/nowhere")
    assert (nowhere.json()["code"], set(nowhere.json())) == (404, {"code", "message"})
    made = owner.post("/projects", json={"name": "Learned", "type": "ABSA"}).json()["id"]
    empty = owner.get(f"/projects/{made}/documents").json()
    assert empty["documents"] == []
    taken = owner.post(f"/projects/{made}/upload-documents", json=[{"text": "One."}, {"text": "Two."}]).json()
    assert (taken["accepted"], set(taken)) == (2, {"accepted", "task_id"})
    assert owner.get(f"/tasks/{taken['task_id']}").json()["project_id"] == made
    assert owner.get("/tasks/999999").status_code == 404
    assert owner.delete(f"/projects/{made}").status_code == 204


def test_the_stand_in_serves_the_moved_path_and_keeps_its_contract(
    seen: Path, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(seen, spec)
    monkeypatch.setattr(contract, "spec_root", lambda: spec)
    app = create_app(starting_world("demo"), Settings(apis=("studio",), check_responses=True))
    assert app.documents["studio"]["paths"].keys() >= set(MOVED.values())
    with serving(app) as url:
        assert _renamed(url) == (200, 404)


def _renamed(url: str) -> tuple[int, int]:
    """Rename a label at its new path and at the old one, and return the statuses."""
    import requests

    told = {"email": "owner@example.com", "password": "studio-mock"}
    token = requests.post(f"{url}/auth/login", json=told, timeout=10).json()["auth_token"]
    head = {"Authorization": f"Bearer {token}"}
    name = requests.get(f"{url}/projects/11/labels", headers=head, timeout=10).json()[0]["name"]
    new, old = (
        requests.put(f"{url}/projects/11/labels/{word}/{name}", json={"name": name}, headers=head, timeout=10)
        for word in ("named", "by-name")
    )
    return new.status_code, old.status_code


def test_the_lint_finds_nothing_afterwards_and_comments_stay(seen: Path, spec: Path) -> None:
    def comments() -> list[str]:
        files = [path for path in sorted(spec.rglob("*.yaml")) if path.name != contract.LEARNED]
        found = [line for path in files for line in path.read_text().splitlines() if "#" in line]
        return [line for line in found if re.search(r"(^|\s)# ", line) and "# inferred path" not in line]

    before, lines = comments(), sum(len(path.read_text().splitlines()) for path in spec.rglob("*.yaml"))
    apply(seen, spec)
    assert comments() == before
    assert (spec / "studio" / contract.LEARNED).read_text().startswith("# How the stand-in answers")
    assert abs(sum(len(path.read_text().splitlines()) for path in spec.rglob("*.yaml")) - lines) < 100
    assert [str(one) for one in lint("studio", spec)] == []


def test_applying_twice_changes_nothing_more(seen: Path, spec: Path) -> None:
    run = applying.read(seen).runs[0]
    only = applying.Evidence(
        format=evidence.FORMAT, runs=[Run(api="studio", statuses=run.statuses, fields=run.fields, paths=run.paths)]
    )
    first = applying.apply(only, spec)
    assert first.files
    applying.write(first, spec)
    assert applying.apply(only, spec).patch == ""


def test_a_dry_run_changes_nothing_and_prints_a_patch(
    seen: Path, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_text() for path in spec.rglob("*.yaml")}
    assert main(["spec", "apply", str(seen), "--spec", str(spec), "--dry-run"]) == 0
    said = capsys.readouterr()
    assert {path: path.read_text() for path in spec.rglob("*.yaml")} == before
    assert said.out.startswith("--- a/spec/")
    assert "+  /projects/{project_id}/labels/named/{name}: " in said.out
    assert "--- /dev/null\n+++ b/spec/studio/learned.yaml\n" in said.out
    assert said.err == ""


def test_a_parameter_that_nothing_tells_any_more_is_left_to_people() -> None:
    run = Run(api="studio", paths={"change_label_by_name": "/labels/named/{name}"})
    applied = applying.apply(applying.Evidence(format=evidence.FORMAT, runs=[run]))
    assert (applied.patch, applied.changes) == ("", [])
    assert applied.by_hand == [
        "change_label_by_name: nothing in the path tells project_id: its handler has to change as well"
    ]


def test_a_path_with_other_parameters_is_left_to_people() -> None:
    run = Run(api="studio", paths={"get_task": "/projects/{project_id}/jobs/{job_id}"})
    applied = applying.apply(applying.Evidence(format=evidence.FORMAT, runs=[run]))
    assert applied.patch == ""
    assert "which has other parameters" in applied.by_hand[0]


def test_what_was_learned_before_is_not_overwritten(seen: Path, spec: Path) -> None:
    apply(seen, spec)
    file = spec / "studio" / contract.LEARNED
    file.write_text(file.read_text().replace("{of: 409, status: 400, seen: 2}", "{of: 409, status: 404, seen: 2}"))
    kept = file.read_text()
    lesson = Lesson(of=409, status=400, seen=2)
    run = Run(api="studio", lessons=[Taught("create_class", lesson)])
    applied = applying.apply(applying.Evidence(format=evidence.FORMAT, runs=[run]), spec)
    applying.write(applied, spec)
    assert applied.by_hand == [
        "create_class: learned.yaml says otherwise of create_class: take that out, and compare with the deployment anew"
    ]
    assert file.read_text() == kept


def test_a_missing_page_says_nothing_of_an_operation_that_was_never_found() -> None:
    run = Run(api="studio", statuses={"get_task": {404: 3}, "get_class": {404: 1, 200: 2}})
    applied = applying.apply(applying.Evidence(format=evidence.FORMAT, runs=[run]))
    assert [change.file for change in applied.changes] == ["studio/paths/classes.yaml"] * 2


def test_an_operation_that_was_all_guessed_is_raised_but_for_what_was_not_seen(spec: Path) -> None:
    guessed = [name for name, (_, node) in nodes(spec).items() if node["x-evidence"]["grade"] == "inferred"]
    if not guessed:
        file = spec / "studio" / "paths" / "classes.yaml"
        text = file.read_text()
        old = "{grade: documented, source: docs 1.58, path: vendor-client, codes: {inferred: [401, 403, 404, 500]}}"
        file.write_text(text.replace(old, "{grade: inferred, source: a guess, path: vendor-client}", 1))
        guessed = ["list_classes"]
    name = guessed[0]
    run = Run(api="studio", statuses={name: {200: 1}})
    applying.write(applying.apply(applying.Evidence(format=evidence.FORMAT, runs=[run]), spec), spec)
    told = nodes(spec)[name][1]["x-evidence"]
    assert told["grade"] == "observed"
    assert 200 not in told["codes"]["inferred"] and 401 in told["codes"]["inferred"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[", "is no evidence"),
        ("runs: []", "is no evidence"),
        ("format: other\nruns: []", "has the format 'other'"),
        (f"format: {evidence.FORMAT}\nruns: [{{api: fax}}]", "there is no document 'fax'"),
        (f"format: {evidence.FORMAT}\nruns: [{{api: studio, stand_in: true}}]", "observed of the stand-in itself"),
        (None, "cannot be read or written: No such file"),
    ],
)
def test_what_is_no_evidence_is_refused_in_one_line(
    content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "seen.yaml"
    if content is not None:
        file.write_text(content)
    assert main(["spec", "apply", str(file), "--dry-run"]) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


def test_documents_that_the_lint_would_not_pass_are_not_written(
    seen: Path, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = spec / "studio" / "paths" / "classes.yaml"
    file.write_text(file.read_text().replace("operationId: list_classes", "operationId: list_all_classes", 1))
    before = {path: path.read_text() for path in spec.rglob("*.yaml")}
    assert apply(seen, spec) == 2
    assert "nothing is changed, for the lint would find" in capsys.readouterr().err
    assert {path: path.read_text() for path in spec.rglob("*.yaml")} == before


def test_a_file_of_evidence_has_nothing_of_what_was_said(seen: Path) -> None:
    text = seen.read_text()
    for content in (EMAIL, PASSWORD, "eyJ", "The bed was soft", "Reviews in spring"):
        assert content not in text
    assert yaml.safe_load(text)["runs"][0]["paths"] == MOVED


def test_what_a_check_of_the_stand_in_observes_is_not_taken_for_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "seen.yaml"
    told = ["--api", "studio", "--operations", "list_classes", "--phases", "examples", "--quiet"]
    assert main(["check", *told, "--write-evidence", str(file)]) == 0
    capsys.readouterr()
    assert main(["spec", "apply", str(file), "--dry-run"]) == 2
    assert "proves none of its own guesses" in capsys.readouterr().err
