"""`StudioMock`: in process and as a server, its clients and its controls."""

from collections.abc import Iterator

import pytest
import requests

from mock_server.testing import ControlError, StudioMock


@pytest.fixture(scope="module", params=[False, True], ids=["in-process", "server"])
def server(request: pytest.FixtureRequest) -> Iterator[StudioMock]:
    """A stand-in in each of its two forms."""
    with StudioMock(serve=request.param, check_responses=True) as mock:
        yield mock


def test_signed_in_client_is_who_it_is_said_to_be(server: StudioMock) -> None:
    with server.as_user("viewer@example.com") as client:
        assert client.get("/auth/status").json()["user"]["email"] == "viewer@example.com"


def test_every_api_has_people_to_be_signed_in_as(server: StudioMock) -> None:
    assert server.as_user("owner@example.com", api="label_studio").get("/api/current-user/whoami").status_code == 200
    keys = server.people("blue_guardrails")
    assert server.client(keys[0]["headers"]).get("/v1/labeling-projects").status_code == 200


def test_address_that_nobody_has_is_told_with_those_that_there_are(server: StudioMock) -> None:
    with pytest.raises(ControlError, match=r"nobody@example\.com; there are .*owner@example\.com"):
        server.as_user("nobody@example.com")


def test_client_without_credentials_is_refused(server: StudioMock) -> None:
    assert server.client().get("/projects").status_code == 401


def test_server_answers_any_client(server: StudioMock) -> None:
    if server.base_url != "http://studio-mock.test":
        assert requests.get(f"{server.url}/health", timeout=10).status_code == 200


def test_server_is_gone_after_its_block() -> None:
    with StudioMock("minimal", serve=True, apis=("label_studio",)) as mock:
        url = mock.url
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/health", timeout=10)


def test_two_stand_ins_in_one_process_share_nothing() -> None:
    with StudioMock("minimal") as one, StudioMock("minimal") as other:
        one.as_user().post("/projects", json={"name": "Only here", "type": "CLASS"})
        names = [project["name"] for project in other.as_user().get("/projects").json()]
        assert "Only here" not in names


@pytest.fixture
def mock(server: StudioMock) -> Iterator[StudioMock]:
    """A sandbox of its own for a test."""
    with server.fork() as fork:
        yield fork


def test_fork_sees_nothing_of_the_other_and_is_gone_in_the_end(server: StudioMock) -> None:
    with server.fork("mine") as one, server.fork() as other:
        made = one.as_user().post("/projects", json={"name": "Only in one", "type": "CLASS"}).json()["id"]
        assert one.as_user().get(f"/projects/{made}").status_code == 200
        assert other.as_user().get(f"/projects/{made}").status_code == 404
    with pytest.raises(ControlError, match="mine"):
        one.journal()


def test_token_of_a_sandbox_leads_back_to_it(mock: StudioMock, server: StudioMock) -> None:
    with mock.as_user() as client:
        made = client.post("/projects", json={"name": "Here", "type": "CLASS"}).json()["id"]
        token = str(client.headers["Authorization"])
    assert server.client({"Authorization": token}).get(f"/projects/{made}").json()["name"] == "Here"


def test_reset_and_restore_go_back(mock: StudioMock) -> None:
    with mock.as_user() as client:
        before = client.get("/projects").json()
        client.post("/projects", json={"name": "First", "type": "CLASS"})
        mock.snapshot("first")
        client.post("/projects", json={"name": "Second", "type": "CLASS"})
        assert mock.changes("first")["counts"]["created"] > 0
        mock.restore("first")
        assert [project["name"] for project in client.get("/projects").json()][-1] == "First"
        mock.reset()
        assert client.get("/projects").json() == before


def test_jobs_end_when_the_clock_is_moved(mock: StudioMock) -> None:
    mock.freeze()
    with mock.as_user() as client:
        group = client.post("/projects/11/groups", json={"name": "G", "documents": [{"text": "Fine."}]}).json()
        where = f"/projects/11/groups/{group['id']}"
        assert client.get(where).json()["status"] == "PROCESSING"
        mock.settle()
        assert client.get(where).json()["status"] == "CREATED"


def test_failure_hits_so_often_and_leaves_the_world_alone(mock: StudioMock) -> None:
    with mock.as_user() as client:
        mock.fail_next("create_project", status=503, times=2)
        body = {"name": "Third time lucky", "type": "CLASS"}
        assert [client.post("/projects", json=body).status_code for _ in range(3)] == [503, 503, 201]


def test_calls_can_be_verified_and_a_difference_is_named(mock: StudioMock) -> None:
    with mock.as_user() as client:
        client.post("/projects", json={"name": "Called", "type": "CLASS"})
    mock.verify("create_project", body={"name": "Called"})
    with pytest.raises(
        AssertionError,
        match=r"create_project was called so 0 times, not 1; the closest was request 1: body\.name: wanted 'Other', got 'Called'",
    ):
        mock.verify("create_project", body={"name": "Other"})
    with pytest.raises(AssertionError, match="delete_project was called so 0 times, not 1"):
        mock.verify("delete_project")
