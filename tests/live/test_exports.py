"""What other tools export is read like our own recordings, and what has no answers in it says what to export instead."""

import json
from pathlib import Path

import pytest

from contract_tests.live.drift import gather
from contract_tests.live.drift_report import Told
from contract_tests.live.traffic import NoRecording, Recorded, Recording
from mock_server.cli import main
from mock_server.redact import HIDDEN
from tests.live.exports import EXCHANGES, READABLE, UNREADABLE


def written(folder: Path, tool: str) -> Path:
    path = folder / f"{tool}.har"
    path.write_bytes(READABLE[tool]())
    return path


@pytest.mark.parametrize("tool", READABLE)
def test_the_exchanges_of_an_export_are_those_that_happened(tool: str, tmp_path: Path) -> None:
    recording = Recording(written(tmp_path, tool))
    found = list(recording)[: len(EXCHANGES)]
    assert [(one.method, one.path, one.status) for one in found] == [
        (method, target.split("?")[0], status) for method, target, _, _, status, _, _ in EXCHANGES
    ]
    assert [json.loads(one.response_body or b"null") for one in found] == [json.loads(one[-1]) for one in EXCHANGES]
    assert {one.media for one in found} == {"application/json"}
    assert found[0].query == "limit=5"
    assert json.loads(found[2].request_body or b"") == {"name": "X", "type": "ABSA"}
    assert found[3].sent_media == "multipart/form-data" and b'name="file"; filename=' in (found[3].request_body or b"")
    assert (recording.is_whole, recording.remarks) == (True, [])


@pytest.mark.parametrize("tool", READABLE)
def test_drift_finds_in_an_export_what_there_is_and_nothing_else(tool: str, tmp_path: Path) -> None:
    told = Told(gather([written(tmp_path, tool)]))
    assert [one.group.finding.place for one in told.proposals] == ["answer.colour"]
    assert "colour:" in told.patch


@pytest.mark.parametrize("what", UNREADABLE)
def test_an_export_without_answers_says_in_one_line_what_to_export_instead(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export"
    path.write_text(UNREADABLE[what][0])
    assert main(["drift", str(path)]) == 2
    said = capsys.readouterr()
    assert UNREADABLE[what][1] in said.err and said.err.count("\n") == 1 and said.out == ""


def examples(folder: Path, request: object, body: object = "[]") -> list[Recorded]:
    saved = {"originalRequest": request, "code": 200, "header": [], "body": body}
    path = folder / "a.json"
    path.write_text(json.dumps({"info": {}, "item": [{"response": [saved]}]}))
    return list(Recording(path))


def test_variables_that_nobody_has_defined_fit_everything(tmp_path: Path) -> None:
    body = {"mode": "raw", "raw": '{"name": "{{name}}"}'}
    request = {"method": "PUT", "url": "{{host}}/projects/:project_id/{{more}}?q={{q}}", "header": [], "body": body}
    (found,) = examples(tmp_path, request)
    assert (found.origin, found.path) == ("http://unknown.invalid", "/projects/%5Bredacted%5D/%5Bredacted%5D")
    assert json.loads(found.request_body or b"") == {"name": HIDDEN}
    (found,) = examples(
        tmp_path, {"method": "PUT", "url": "api.example.com/x", "body": {"mode": "raw", "raw": '{"id": {{id}}}'}}
    )
    assert (found.url, found.request_body) == ("http://api.example.com/x", None)


def test_what_is_no_example_spoils_nothing(tmp_path: Path) -> None:
    assert [one.url for one in examples(tmp_path, "https://api.example.com/x", None)] == ["https://api.example.com/x"]
    assert [one.path for one in examples(tmp_path, {"method": "GET", "url": 7, "header": [3]})] == ["/"]
    with pytest.raises(NoRecording, match="cut or broken"):
        examples(tmp_path, 7)


def test_a_packed_archive_that_was_cut_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.zhar"
    path.write_bytes(READABLE["packed_by_mitmproxy"]()[:-40])
    recording = Recording(path)
    assert 0 < len(list(recording)) < len(EXCHANGES) + 2
    assert not recording.is_whole and "cut short" in recording.remarks[0]


def test_a_report_that_was_cut_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(READABLE["newman"]()[:-300])
    recording = Recording(path)
    assert len(list(recording)) == len(EXCHANGES)
    assert not recording.is_whole
