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
