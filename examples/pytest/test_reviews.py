"""The application against the stand-in. Each test has a sandbox of its own: nothing has to be cleaned up, and `pytest -n 8` works."""

import pytest
import requests
from reviews import Reviews, StudioDown

from mock_server.testing import StudioMock

HOTEL_REVIEWS = 11  # the ids are those of the world "demo"
TEXTS = ["The sauna was closed.", "Wonderful breakfast!"]


@pytest.fixture
def waited() -> list[float]:
    """The seconds that the application wanted to wait."""
    return []


@pytest.fixture
def reviews(studio_mock: StudioMock, waited: list[float]) -> Reviews:
    """The application, signed in, with the sandbox of this test as its Studio."""
    return Reviews(studio_mock.url, "owner@example.com", "studio-mock", HOTEL_REVIEWS, waited.append)


def test_reviews_that_are_brought_can_be_read(reviews: Reviews) -> None:
    before = list(reviews.texts())
    reviews.bring(TEXTS, "March")
    assert list(reviews.texts()) == [*before, *TEXTS]


def test_group_is_ready_when_its_time_has_come(reviews: Reviews, studio_mock: StudioMock) -> None:
    studio_mock.freeze()
    group = reviews.bring(TEXTS, "March")
    assert not reviews.is_ready(group)
    studio_mock.advance(3600)
    assert reviews.is_ready(group)


def test_outage_is_survived_without_a_document_lost_or_doubled(
    reviews: Reviews, studio_mock: StudioMock, waited: list[float]
) -> None:
    before = list(reviews.texts())
    studio_mock.fail_next("create_document", status=503, times=2)
    reviews.bring(TEXTS, "March")
    assert list(reviews.texts()) == [*before, *TEXTS]
    assert waited == [1, 2]
    studio_mock.verify("create_document", times=4)


def test_lasting_outage_is_told(reviews: Reviews, studio_mock: StudioMock) -> None:
    studio_mock.fail_next("create_document", status=503, times=10)
    with pytest.raises(StudioDown, match="answered 503 4 times"):
        reviews.bring(TEXTS, "March")


def test_application_is_as_patient_as_it_is_asked_to_be(
    reviews: Reviews, studio_mock: StudioMock, waited: list[float]
) -> None:
    studio_mock.fault(status=429, retry_after=7, operation_id="create_group", times=1)
    reviews.bring(TEXTS, "March")
    assert waited == [7]


def test_viewer_cannot_bring_anything(studio_mock: StudioMock) -> None:
    reviews = Reviews(studio_mock.url, "viewer@example.com", "studio-mock", HOTEL_REVIEWS)
    with pytest.raises(requests.HTTPError, match="403"):
        reviews.bring(TEXTS, "March")
    assert studio_mock.journal(operation_id="create_document")[-1]["status"] == 403


def test_invitation_reaches_the_outbox(studio_mock: StudioMock) -> None:
    admin = studio_mock.as_user("admin@example.com")
    answer = admin.post("/organizations/1/users/invite", json={"role": "ANNOTATOR", "emails": ["ida@example.com"]})
    assert answer.status_code == 200, answer.text
    (mail,) = [mail for mail in studio_mock.outbox("INVITATION") if mail["to"] == "ida@example.com"]
    assert mail["link"].startswith(studio_mock.url)
