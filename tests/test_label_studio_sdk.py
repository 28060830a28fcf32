"""The vendor's own client for Python, as it comes from PyPI, works with the stand-in over HTTP without a change."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from mock_server.app import Settings, create_app
from mock_server.label_studio import tokens
from mock_server.label_studio.rows import LsAnnotation
from mock_server.seed import starting_world
from tests.loopback import serving

TOKEN = "label-studio-demo-token"
PERSONAL = tokens.personal(1, "label-studio-demo")
RESULT = [
    {"id": "x1", "from_name": "sentiment", "to_name": "text", "type": "choices", "value": {"choices": ["Neutral"]}}
]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """A server over the demo world on the clock of the machine; every answer is checked against the contract."""
    with serving(create_app(starting_world("demo"), Settings(check_responses=True))) as url:
        yield url


@pytest.fixture(params=[TOKEN, PERSONAL], ids=["token", "personal-access-token"])
def client(base_url: str, request: pytest.FixtureRequest) -> LabelStudio:
    """The client with either kind of key; it finds out by itself which it is."""
    return LabelStudio(base_url=base_url, api_key=request.param)


def test_annotation_can_be_created_read_changed_listed_and_deleted(client: LabelStudio) -> None:
    before = [row.id for row in client.annotations.list(1)]
    made = client.annotations.create(1, result=RESULT, lead_time=12.5, ground_truth=False, was_cancelled=False)
    assert (made.result, made.lead_time, made.task, made.project, made.completed_by) == (RESULT, 12.5, 1, 1, 1)
    assert isinstance(made.created_at, datetime) and abs((datetime.now(UTC) - made.created_at).total_seconds()) < 60

    assert client.annotations.get(made.id) == made
    changed = client.annotations.update(made.id, ground_truth=True, lead_time=None, last_action="updated")
    assert (changed.ground_truth, changed.lead_time, changed.last_action) == (True, None, "updated")
    assert changed.result == RESULT and client.annotations.get(made.id) == changed
    assert changed.updated_at >= made.updated_at
    assert [row.id for row in client.annotations.list(1)] == [*before, made.id]
    assert [row.id for row in client.annotations.list(1, ordering="-id")] == [made.id, *reversed(before)]

    client.annotations.delete(made.id)
    assert [row.id for row in client.annotations.list(1)] == before
    with pytest.raises(ApiError) as gone:
        client.annotations.get(made.id)
    assert (gone.value.status_code, gone.value.body["detail"]) == (404, "Not found.")


def test_every_field_of_an_annotation_is_one_that_the_client_knows(client: LabelStudio) -> None:
    first = client.annotations.get(1)
    assert first.model_extra == {}
    assert {*type(first).model_fields} == {*LsAnnotation.__struct_fields__} - {"unique_id"} | {
        "created_ago",
        "created_username",
        "project",
        "state",
    }


def test_account_and_version_are_those_that_the_client_knows(client: LabelStudio) -> None:
    account, version = client.users.whoami(), client.versions.get()
    assert (account.id, account.email, account.active_organization) == (1, "owner@example.com", 1)
    assert account.active_organization_meta["title"] == "Alpenblick Hotels"
    assert account.organization_membership.role == "OW" and account.model_extra == {}
    assert (version.release, version.edition) == ("1.20.0", "Community")


def test_personal_access_token_can_be_exchanged(base_url: str) -> None:
    access = LabelStudio(base_url=base_url, api_key=TOKEN).tokens.refresh(refresh=PERSONAL).access
    assert tokens.verify(access).token_type == "access"


@pytest.mark.parametrize("key", ["wrong", tokens.personal(1, "withdrawn")])
def test_wrong_key_is_told_as_an_error_of_the_client(base_url: str, key: str) -> None:
    with pytest.raises(ApiError) as refused:
        LabelStudio(base_url=base_url, api_key=key).users.whoami()
    assert refused.value.status_code == 401


def test_invalid_annotation_is_told_as_an_error_of_the_client(client: LabelStudio) -> None:
    with pytest.raises(ApiError) as refused:
        client.annotations.create(1, lead_time="long")  # type: ignore[arg-type]
    assert refused.value.status_code == 400
    assert list(refused.value.body["validation_errors"]) == ["lead_time"]
