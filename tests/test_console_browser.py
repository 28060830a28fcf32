"""The console in a real browser: pages load, filters filter, the clock is moved, a fault is armed and hits, keys and themes work."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from mock_server.testing import StudioMock

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--window-size=1280,900")  # fmt: skip
PATIENCE = 20  # seconds; nothing is timed, this is only how long a broken page may hold up the tests

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER) and not os.environ.get("STUDIO_MOCK_BROWSER"),
    reason="chromium and chromedriver are not installed (Debian: chromium, chromium-driver)",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A browser of its own, which asks nobody but loopback."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or "chromium"
    for argument in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER or "chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def server() -> Iterator[StudioMock]:
    """A stand-in that listens."""
    with StudioMock(serve=True) as mock:
        yield mock


@pytest.fixture
def mock(server: StudioMock, browser: webdriver.Chrome) -> Iterator[StudioMock]:
    """A sandbox of its own; in the end the browser must not have complained."""
    browser.get_log("browser")
    with server.fork() as fork:
        yield fork
    complaints = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert [complaint for complaint in complaints if "status of 4" not in complaint] == []


def show(browser: webdriver.Chrome, mock: StudioMock, path: str = "") -> None:
    """Open a page of the console of a sandbox."""
    browser.get(f"{mock.url}/_mock/{path}")


def waiting(browser: webdriver.Chrome) -> WebDriverWait[webdriver.Chrome]:
    """Return what waits; a page that is loaded anew meanwhile is looked at again."""
    return WebDriverWait(browser, PATIENCE, ignored_exceptions=[StaleElementReferenceException])


def one(browser: webdriver.Chrome, selector: str) -> WebElement:
    """Return the element, as soon as it is there and can be seen."""
    found: WebElement = waiting(browser).until(
        lambda driver: next(
            (each for each in driver.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed()), None
        )
    )
    return found


def wait_for(browser: webdriver.Chrome, text: str) -> None:
    """Wait until the page shows a text."""
    waiting(browser).until(lambda driver: text in driver.find_element(By.TAG_NAME, "main").text)


def test_requests_appear_as_they_come_and_filters_filter(browser: webdriver.Chrome, mock: StudioMock) -> None:
    show(browser, mock)
    with mock.as_user() as client:
        client.get("/projects/11/labels")
        client.get("/projects/99")
    wait_for(browser, "/projects/99")
    one(browser, "[name=status]").send_keys("4xx", Keys.ENTER)
    wait_for(browser, "The project was not found")
    assert "list_labels" not in browser.find_element(By.TAG_NAME, "main").text


def test_clock_can_be_moved(browser: webdriver.Chrome, mock: StudioMock) -> None:
    mock.freeze("2026-03-13T16:30:00Z")
    show(browser, mock, "console/clock")
    one(browser, "[name=advance_seconds]").send_keys("3600", Keys.ENTER)
    wait_for(browser, "17:30:00")
    assert mock.control("GET", "/clock")["now"].startswith("2026-03-13T17:30:00")


def test_fault_can_be_armed_and_is_seen_to_hit(browser: webdriver.Chrome, mock: StudioMock) -> None:
    show(browser, mock, "console/faults")
    one(browser, "[name=operation_id]").send_keys("list_labels")
    status = one(browser, "[name=status]")
    status.clear()
    status.send_keys("503")
    one(browser, "form.fault button").click()
    wait_for(browser, "status 503")
    with mock.as_user() as client:
        assert client.get("/projects/11/labels").status_code == 503
    show(browser, mock)
    wait_for(browser, "503")
    assert browser.find_elements(By.CSS_SELECTOR, "tr.struck")
    show(browser, mock, "console/faults")
    wait_for(browser, "1 of 1")


def test_refusal_is_told_on_the_page_and_changes_nothing(browser: webdriver.Chrome, mock: StudioMock) -> None:
    before = mock.control("GET", "/clock")["speed"]
    show(browser, mock, "console/clock")
    one(browser, "[name=now]").send_keys("tomorrow", Keys.ENTER)
    assert "body.now" in one(browser, "#told").text
    assert mock.control("GET", "/clock")["speed"] == before


def test_sandbox_is_created_and_entered_and_left_again(browser: webdriver.Chrome, mock: StudioMock) -> None:
    show(browser, mock, "console/sandboxes")
    one(browser, "[name=name]").send_keys("by-hand", Keys.ENTER)
    wait_for(browser, "by-hand")
    one(browser, "a[data-sandbox=by-hand]").click()
    waiting(browser).until(lambda driver: "/_sandbox/by-hand/" in driver.current_url)
    Select(one(browser, "#sandbox")).select_by_visible_text("default")
    waiting(browser).until(lambda driver: "/_sandbox/" not in driver.current_url)
    mock.control("DELETE", "/sandboxes/by-hand")


def test_snapshot_can_be_taken_and_restored(browser: webdriver.Chrome, mock: StudioMock) -> None:
    show(browser, mock, "console/snapshots")
    one(browser, "[name=name]").send_keys("calm", Keys.ENTER)
    wait_for(browser, "calm")
    with mock.as_user() as client:
        client.delete("/projects/12")
        show(browser, mock, "console/snapshots")
        one(browser, "button[data-to='snapshots/calm/restore']").click()
        waiting(browser).until(lambda _: client.get("/projects/12").status_code == 200)


def test_keys_move_through_rows_and_pages(browser: webdriver.Chrome, mock: StudioMock) -> None:
    show(browser, mock, "console/world")
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys("j", "j", "k")
    assert one(browser, "tr.at a").text
    body.send_keys(Keys.ENTER)
    waiting(browser).until(lambda driver: "console/table" in driver.current_url)
    browser.find_element(By.TAG_NAME, "body").send_keys("1")
    waiting(browser).until(lambda driver: "console/journal" in driver.current_url)


def test_theme_that_is_chosen_stays(browser: webdriver.Chrome, mock: StudioMock) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    show(browser, mock)
    before = browser.execute_script(ground)
    one(browser, "#theme").click()
    chosen = browser.execute_script(ground)
    show(browser, mock, "console/clock")
    assert browser.execute_script(ground) == chosen != before
    one(browser, "#theme").click()


def test_no_page_is_wider_than_a_phone(browser: webdriver.Chrome, mock: StudioMock) -> None:
    browser.set_window_size(500, 900)
    try:
        for path in (
            "",
            "console/world",
            "console/table?name=Document",
            "console/sandboxes",
            "console/clock",
            "console/faults",
        ):
            show(browser, mock, path)
            one(browser, "main")
            wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert browser.execute_script(wide) <= 0, path
    finally:
        browser.set_window_size(1280, 900)


def test_contract_can_be_tried_as_somebody(browser: webdriver.Chrome, mock: StudioMock) -> None:
    show(browser, mock, "docs")
    one(browser, "#operations-tag-Users")
    chooser = Select(one(browser, "#person"))
    waiting(browser).until(lambda _: len(chooser.options) > 5)
    chooser.select_by_visible_text(
        next(option.text for option in chooser.options if option.text.startswith("viewer@example.com"))
    )
    one(browser, "#operations-tag-Users button").click()
    one(browser, "#operations-Users-get_auth_status .opblock-summary-control").click()
    one(browser, "#operations-Users-get_auth_status .try-out__btn").click()
    one(browser, "#operations-Users-get_auth_status .execute").click()
    waiting(browser).until(lambda _: mock.journal(operation_id="get_auth_status"))
    (asked,) = mock.journal(operation_id="get_auth_status")
    assert (asked["status"], asked["user"]) == (200, "viewer@example.com")


def test_stored_markup_is_never_run(browser: webdriver.Chrome, mock: StudioMock, tmp_path: Path) -> None:
    markup = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
    with mock.as_user() as client:
        client.post("/projects", json={"name": markup, "type": "CLASS"})
        client.get("/projects", params={"details": markup})
    for path in ("", "console/table?name=Project", "console/changes", "console/exchange?id=1", "console/exchange?id=2"):
        show(browser, mock, path)
        one(browser, "main")
        assert "hacked" not in browser.title, path
        assert not browser.find_elements(By.CSS_SELECTOR, "main img, main script")
