"""The console: every page answers, shows what the control API says, escapes what others have written, and refuses with a page."""

import re
from html import unescape

import pytest

from mock_server.testing import StudioMock

SCRIPT = '<script>alert("x")</script>'
PAGES = (
    "",
    *(
        f"console/{page}"
        for page in ("journal", "world", "sandboxes", "snapshots", "changes", "clock", "faults", "outbox")
    ),
    "docs",
)


@pytest.fixture(scope="module")
def server() -> StudioMock:
    """A stand-in in process; every answer is checked against the contract."""
    return StudioMock(check_responses=True).__enter__()


@pytest.fixture
def mock(server: StudioMock) -> StudioMock:
    """A sandbox in which somebody has written markup wherever a text can stand."""
    mock = server.fork()
    with mock.as_user() as client:
        client.get(f"/projects/11/documents?details={SCRIPT}", headers={"X-Note": SCRIPT})
        client.post("/projects", json={"name": SCRIPT, "type": "CLASS"})
        client.post("/projects/11/documents", json={"text": SCRIPT, "meta": {SCRIPT: SCRIPT}})
        client.post(f"/projects/{SCRIPT}", data=SCRIPT, headers={"Content-Type": "text/plain"})
    mock.snapshot("before")
    mock.fault(operation_id="list_labels", status=503, message=SCRIPT)
    return mock


def page(mock: StudioMock, path: str, status: int = 200) -> str:
    """Return a page."""
    answer = mock.client().get(f"/_mock/{path}")
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_and_loads_nothing_from_elsewhere(mock: StudioMock, path: str) -> None:
    shown = page(mock, path)
    assert f"· {mock.name} · studio-mock</title>" in shown
    assert re.findall(r'(?:src|href)="(?:https?:)?//(?!studio-mock\.test)', shown) == []


@pytest.mark.parametrize(
    "path", [*PAGES, "console/table?name=Project", "console/table?name=Document&offset=1600", "console/exchange?id=2"]
)
def test_no_text_that_somebody_has_sent_becomes_markup(mock: StudioMock, path: str) -> None:
    shown = page(mock, path)
    assert SCRIPT not in shown and "<script>" not in shown.replace('<script type="application/json"', "")


def test_markup_that_was_sent_is_shown_as_the_text_that_it_is(mock: StudioMock) -> None:
    assert SCRIPT in unescape(page(mock, "console/table?name=Project"))


def test_scripts_of_others_are_forbidden_by_the_policy(mock: StudioMock) -> None:
    policy = mock.client().get("/_mock/").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy


def test_request_is_shown_beside_its_answer_with_the_reason_of_its_refusal(mock: StudioMock) -> None:
    with mock.as_user() as client:
        client.post("/projects", json={"name": 7, "type": "CLASS"})
    newest = mock.journal()[-1]["id"]
    shown = unescape(page(mock, f"console/exchange?id={newest}"))
    assert '"name": 7' in shown and "body.name" in shown and "curl" in shown
    assert "Bearer [redacted]" in shown and "Bearer ey" not in shown
    assert "Bearer ey" in page(mock, f"console/exchange?id={newest}&secrets=true")


def test_journal_shows_what_fits_the_filters(mock: StudioMock) -> None:
    every, refused = (
        re.findall(r'<tr data-id="(\d+)"', page(mock, f"console/journal?{query}")) for query in ("", "status=4xx")
    )
    assert set(refused) == {str(one["id"]) for one in mock.journal(status="4xx")} < set(every)


def test_only_what_is_new_comes_as_a_fragment(mock: StudioMock) -> None:
    last = mock.journal()[-1]["id"]
    assert "<tr" not in page(mock, f"console/journal?fragment=true&after={last}")
    mock.client().get("/health")
    assert re.findall(r'<tr data-id="(\d+)"', page(mock, f"console/journal?fragment=true&after={last}")) == [
        str(last + 1)
    ]


def test_row_leads_to_the_rows_that_it_names_and_that_name_it(mock: StudioMock) -> None:
    shown = page(mock, "console/row?name=Project&id=11")
    assert "console/row?name=Workspace&amp;id=1" in shown
    assert "console/table?name=Document&amp;where=project_id:11" in shown


def test_changes_since_a_snapshot_are_shown(mock: StudioMock) -> None:
    with mock.as_user() as client:
        client.put("/projects/11", json={"name": "Renamed"})
    shown = unescape(page(mock, "console/changes?from=before"))
    assert '<del>"Hotel reviews"</del>' in shown and '<ins>"Renamed"</ins>' in shown


def test_looking_at_the_console_changes_nothing_and_is_no_part_of_the_journal(mock: StudioMock) -> None:
    before, asked = mock.changes("before")["counts"], len(mock.journal())
    for path in PAGES:
        page(mock, path)
    assert mock.changes("before")["counts"] == before and len(mock.journal()) == asked


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("console/nothing", 404, "There is no such page"),
        ("console/%3F%F0%9F%9B%9C?id=%3F", 404, "There is no such page"),
        ("console/exchange?id=99999", 404, "99999"),
        ("console/exchange?id=abc", 404, "abc"),
        ("console/table?name=Nothing", 404, "Nothing"),
        ("console/table?name=Project&offset=-1", 400, "offset"),
        ("console/table?name=Project&where=nothing", 400, "where"),
        ("console/row?name=Project&id=99999", 404, "99999"),
        ("console/changes?from=never", 404, "never"),
        ("console/journal?status=9xx", 400, "status"),
    ],
)
def test_nonsense_is_refused_with_a_page_that_says_why(mock: StudioMock, path: str, status: int, told: str) -> None:
    assert told in unescape(page(mock, path, status))


def test_of_thousands_of_sandboxes_only_the_newest_can_be_chosen() -> None:
    with StudioMock("minimal") as server:
        for number in range(250):
            server.control("POST", "/sandboxes", json={"name": f"box-{number:03}"})
        shown = page(server, "")
    chosen = re.search(r'<select id="sandbox".*?</select>', shown, re.DOTALL)
    assert chosen is not None and chosen[0].count("<option") == 201
    assert "<option selected>default" in chosen[0] and "box-249" in chosen[0] and "box-000" not in chosen[0]
