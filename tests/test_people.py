"""`/_mock/people`: who can call each API, and that what they are told to send works."""

from typing import Any

import pytest

from mock_server.app import Settings, create_app
from mock_server.seed import frozen_clock, starting_world
from tests.conftest import Client

CALLS = {
    "studio": "/auth/status",
    "label_studio": "/api/current-user/whoami",
    "blue_guardrails": "/v1/labeling-projects",
}


@pytest.fixture(scope="module")
def anyone() -> Client:
    """A client of the demo world, with all three APIs."""
    return Client(create_app(starting_world("demo", clock=frozen_clock("demo")), Settings(check_responses=True)))


def people(client: Client, **query: Any) -> list[dict[str, Any]]:
    """Return what is listed."""
    answer = client.get("/_mock/people", params=query)
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["people"]
    return listed


@pytest.mark.parametrize("api", CALLS)
def test_everybody_who_is_listed_can_call_with_what_they_are_told_to_send(anyone: Client, api: str) -> None:
    listed = people(anyone, api=api)
    assert listed
    for person in listed:
        answer = anyone.get(CALLS[api], headers=person["headers"])
        assert answer.status_code == 200, (person, answer.text)


def test_people_of_studio_are_who_they_are_said_to_be(anyone: Client) -> None:
    (owner,) = people(anyone, api="studio", email="owner@example.com")
    account = anyone.get("/auth/status", headers=owner["headers"]).json()
    assert account["user"]["email"] == owner["email"] == "owner@example.com"
    told = ["superuser", *(f"{row['role']} of {row['name']}" for row in account["organizations"])]
    assert owner["roles"] == told


def test_listing_people_changes_no_world(anyone: Client) -> None:
    before = anyone.app.sandbox.world
    people(anyone)
    assert anyone.app.sandbox.world is before


def test_pages_of_people_are_disjoint_and_complete(anyone: Client) -> None:
    every = [(person["api"], person["email"], person["roles"]) for person in people(anyone)]
    pages: list[Any] = []
    for offset in range(0, len(every), 4):
        answer = anyone.get("/_mock/people", params={"offset": offset, "limit": 4}).json()
        assert answer["has_more"] == (offset + 4 < len(every)) and answer["count"] == len(answer["people"])
        pages += [(person["api"], person["email"], person["roles"]) for person in answer["people"]]
    assert pages == every


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": "many"}, {"offset": -1}, {"api": "other"}])
def test_nonsense_is_refused_with_its_place(anyone: Client, query: dict[str, Any]) -> None:
    answer = anyone.get("/_mock/people", params=query)
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["place"] == f"query.{next(iter(query))}"
