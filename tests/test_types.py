"""The classification types."""

from collections.abc import Callable

from tests.conftest import Client

IDS = {"BASE": 1, "ABSA": 2, "LABEL": 3, "CLASS": 4, "CLASSLABEL": 5}


def test_the_types_have_their_documented_ids_and_everybody_with_a_token_sees_them(
    client: Client, anyone: Client, as_user: Callable[[str], Client]
) -> None:
    shown = as_user("guest@example.com").get("/types").json()
    assert {row["name"]: row["id"] for row in shown} == IDS
    assert [row["id"] for row in shown] == [1, 2, 3, 4, 5]
    assert shown == client.get("/types").json()
    assert anyone.get("/types").status_code == 401


def test_the_example_of_the_contract_is_what_is_served(client: Client) -> None:
    node = client.app.documents["studio"]["paths"]["/types"]["get"]["responses"]["200"]
    assert client.get("/types").json() == node["content"]["application/json"]["example"]
