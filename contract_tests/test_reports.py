"""Reports: every form says what was found, holds no secret, can be read by what it is for, and fails with one clear line."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
import yaml

from contract_tests import evidence
from contract_tests.check import Outcome, check
from contract_tests.findings import Violation
from contract_tests.observer import Observers
from contract_tests.plan import Plan
from contract_tests.reports import ReportFailed, files
from contract_tests.reports.sarif import Annotations
from contract_tests.reports.terminal import Terminal
from contract_tests.reports.told import Seen
from contract_tests.target import Target
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply

SECRET = "label-studio-demo-token"
SCRIPT = "<script>alert(1)</script>"


def broken_target() -> Target:
    """Return a stand-in whose annotations have a text, and not a harmless one, where a number is documented."""
    target = Target.in_process("label_studio")
    assert target.app is not None
    operation = target.app.operations["label_studio.get_annotation"]
    whole = operation.handler

    def broken(call: Call) -> Reply:
        reply = whole(call)
        return Reply(reply.status, reply.body.replace(b'"lead_time":', b'"lead_time":"' + SCRIPT.encode() + b'","x":'))

    operation.handler = broken
    return target


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports of a run that has found something."""
    path = tmp_path_factory.mktemp("reports")
    run(path)
    return path


def run(path: Path) -> Outcome:
    """Check a broken stand-in and write every report."""
    plan = Plan(operations=("get_annotation", "who_am_i", "list_annotations"), phases=("examples",), max_examples=1)
    with (path / "terminal.txt").open("w") as out:
        seen = Seen()
        observed = evidence.Observed(path / "evidence.yaml", date(2026, 3, 2))
        observers = [seen, *files(path, seen), observed, Terminal(seen, out)]
        return check(broken_target(), plan, Observers(*observers))


def test_every_report_names_the_operation_and_what_is_wrong_with_it(folder: Path) -> None:
    for name in ("events.ndjson", "junit.xml", "results.sarif", "report.html", "terminal.txt"):
        content = (folder / name).read_text()
        assert "get_annotation" in content and "response_schema_conformance" in content, name


def test_every_report_says_what_was_left_out(tmp_path: Path) -> None:
    target = Target.of_app(Target.in_process("studio").app, "studio", "own")  # type: ignore[arg-type]
    with (tmp_path / "terminal.txt").open("w") as out:
        seen = Seen()
        observers = [seen, *files(tmp_path, seen), Terminal(seen, out)]
        check(
            target,
            Plan(operations=tuple(target.addresses.by_id), phases=("model",), max_examples=1),
            Observers(*observers),
        )
    for name in ("events.ndjson", "junit.xml", "results.sarif", "report.html"):
        assert "Stories not told" in (tmp_path / name).read_text(), name


def test_no_report_holds_a_secret(folder: Path) -> None:
    for path in folder.iterdir():
        assert SECRET not in path.read_text(), path.name


def test_no_text_of_the_target_becomes_markup(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    assert "alert(1)" in page and SCRIPT not in page


def test_junit_has_a_case_for_each_operation_and_a_failure_for_the_broken_one(folder: Path) -> None:
    suite = xml.parse(folder / "junit.xml").getroot()[0]
    failed = {case.get("name"): len(case.findall("failure")) for case in suite}
    assert failed["get_annotation"] > 0 and failed["who_am_i"] == 0
    assert suite.get("failures") == str(sum(failed.values()))


def test_sarif_points_at_the_line_of_the_contract_that_is_broken(folder: Path) -> None:
    results = json.loads((folder / "results.sarif").read_text())["runs"][0]["results"]
    result = next(one for one in results if one["ruleId"] == "response_schema_conformance")
    place = result["locations"][0]["physicalLocation"]
    lines = Path(place["artifactLocation"]["uri"]).read_text().splitlines()
    assert "lead_time" in lines[place["region"]["startLine"] - 1]


def test_traffic_is_a_har_of_every_request(folder: Path) -> None:
    entries = json.loads((folder / "traffic.har").read_text())["log"]["entries"]
    events = [json.loads(line) for line in (folder / "events.ndjson").read_text().splitlines()]
    sent = [event for event in events if event["event"] == "exchange"]
    assert len(entries) == len(sent) == events[-1]["requests"] > 0
    assert [entry["request"]["method"] for entry in entries] == [event["method"] for event in sent]


def test_what_was_observed_is_written_with_date_and_target(folder: Path) -> None:
    told = yaml.safe_load((folder / "evidence.yaml").read_text())
    (observed,) = told["runs"]
    assert (told["format"], observed["date"], observed["target"]) == (
        evidence.FORMAT,
        "2026-03-02",
        "http://studio-mock.test",
    )
    assert observed["statuses"]["get_annotation"][200] > 0


def test_annotations_of_github_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    check(broken_target(), Plan(operations=("get_annotation",), phases=("examples",), max_examples=1), Annotations())
    lines = capsys.readouterr().out.splitlines()
    assert lines and all(line.startswith("::error file=spec/label_studio/") for line in lines)


def test_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ReportFailed, match=r"the folder for reports .*taken cannot be made: "):
        files(tmp_path / "taken", Seen())


def test_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    for name in ("events.ndjson", "traffic.har"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).symlink_to("/dev/full")
        with pytest.raises(ReportFailed, match=rf"the report .*{name} cannot be written: No space left on device"):
            run(folder)


@pytest.fixture
def grades() -> Iterator[dict[str, str]]:
    """The grade of a part of the contract of Studio, by a name for it."""
    document = Target.in_process("studio").document
    parts = {
        "operation": ("paths", "/projects", "post"),
        "documented code": ("paths", "/projects", "post", "responses", "201"),
        "inferred code": ("paths", "/projects", "post", "responses", "409"),
        "inferred parameter": ("paths", "/projects", "get", "parameters", "0", "schema"),
    }
    yield {name: evidence.graded(document, pointer)[0] for name, pointer in parts.items()}


def test_grade_is_that_of_the_nearest_part(grades: dict[str, str]) -> None:
    assert grades["operation"] == grades["documented code"] == "documented"
    assert grades["inferred code"] == "inferred"


def violation(status: int) -> Violation:
    """Return a violation of the documented or of the inferred part of one operation."""
    place = f"/paths/~1projects/post/responses/{status}"
    return Violation(
        check="status_code_conformance",
        api="studio",
        operation="create_project",
        status=status,
        message="…",
        place=place,
    )


def test_broken_word_and_refuted_guess_are_told_apart() -> None:
    document = Target.in_process("studio").document
    broken, refuted = (evidence.of(violation(status), document, is_stand_in=False) for status in (201, 409))
    assert broken and refuted
    assert broken.grade == "documented" and "breaks a word" in broken.verdict
    assert refuted.grade == "inferred" and "A guess of ours is refuted" in refuted.verdict
    assert f"{refuted.file}:{refuted.line}" in refuted.verdict and all(row in refuted.verdict for row in refuted.rows)
    assert "'409'" in Path(refuted.file).read_text().splitlines()[refuted.line - 1]


def test_stand_in_is_told_that_it_is_its_own_fault() -> None:
    found = evidence.of(violation(201), Target.in_process("studio").document, is_stand_in=True)
    assert found is not None and found.verdict.startswith("The stand-in breaks its own contract")
