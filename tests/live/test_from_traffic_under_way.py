"""What goes on when a recording ends goes on in the world that is made of it: it stands where it stood, and comes to its end."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from contract_tests.live.from_traffic import Made, make
from mock_server import worldfile
from mock_server.testing import StudioMock
from mock_server.testing.client import Client
from mock_server.world import Job
from tests.live.crawling import studio

TEXTS = [{"text": f"The breakfast of day {number} was good. The bed was not."} for number in range(300)]
STARTS: dict[str, Callable[[Client], str]] = {
    "analysis": lambda client: f"/analyses/{_posted(client, '/analyses', {'documents': TEXTS, 'model_id': 61})['id']}",
    "group": lambda client: f"/projects/11/groups/{_posted(client, '/projects/11/groups', {'documents': TEXTS, 'name': 'A'})['id']}",
    "upload": lambda client: f"/projects/11/tasks/{_posted(client, '/projects/11/upload-documents', TEXTS)['task_id']}",
    "clone": lambda client: f"/projects/{_posted(client, '/projects/11/clone', {})['id']}",
    "correction": lambda client: f"/projects/11/corrections/{_posted(client, '/projects/11/corrections', {'model_id': 61})['id']}",
    "model": lambda client: f"/projects/11/models/{_posted(client, '/projects/11/models', {'annotation_ids': [51, 52]})['id']}",
}  # fmt: skip


def _posted(client: Client, path: str, body: object) -> dict[str, int]:
    answer = client.post(path, json=body)
    assert answer.ok, answer.text
    found: dict[str, int] = answer.json()
    return found


def made_of(path: Path, what: str, after: float) -> tuple[Made, str]:
    """Return the world of a recording that ends so many seconds after something has begun, and where that can be seen."""
    with StudioMock("demo") as mock:
        mock.freeze()
        client = mock.as_user()
        place = STARTS[what](client)
        mock.advance(after)
        client.get(place)
        studio(client)
        path.write_text(json.dumps(mock.control("GET", "/journal/export")), "utf-8")
    return make([path], keep=True), place


@pytest.mark.parametrize("after", [0.0, 0.3, 0.7, 1.2])
@pytest.mark.parametrize("what", STARTS)
def test_what_goes_on_stands_where_it_stood_and_comes_to_its_end(what: str, after: float, tmp_path: Path) -> None:
    made, place = made_of(tmp_path / "a.har", what, after)
    assert [(asked.operation, asked.target) for asked in made.other] == []
    (tmp_path / "w.json").write_bytes(worldfile.encode(made.rest))
    with StudioMock(tmp_path / "w.json") as mock:
        mock.settle()
        assert mock.as_user(made.callers[0].split(",")[0]).get(place).json()["status"] in (
            "FINISHED",
            "CREATED",
            "READY",
            "ANNOTATING",
        )
        assert not [row for row in mock.rows("Job") if row["status"] == "STARTED"]


def test_jobs_that_are_over_stay_over(tmp_path: Path) -> None:
    made, _ = made_of(tmp_path / "a.har", "upload", 100)
    assert {job.status for job in made.rest.rows[Job] if job.kind == "UPLOAD"} == {"FINISHED"}
    assert made.other == []
