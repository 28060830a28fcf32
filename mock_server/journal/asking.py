"""What can be asked of a journal: which entries fit, a page of them, and whether something was called as often as it should have been."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from mock_server.faults.paths import fits
from mock_server.journal.entry import Entry
from mock_server.journal.keeping import Journal
from mock_server.journal.showing import tag_of
from mock_server.pipeline.errors import bad_parameters

Test = Callable[[Entry], bool]


def page(journal: Journal, query: dict[str, Any]) -> tuple[list[Entry], bool]:
    """Return the entries that fit a query, and whether there are more of them.

    Newest first; with `after` (an id) those that came later, oldest first; with `before` those that came earlier.
    """
    limit, tests = query["limit"], tests_of(query)
    found: list[Entry] = []
    for entry in _candidates(journal, query["after"], query["before"]):
        if all(test(entry) for test in tests):
            if len(found) == limit:
                return found, True
            found.append(entry)
    return found, False


def every(journal: Journal, query: dict[str, Any]) -> list[Entry]:
    """Return all entries that fit a query, oldest first."""
    tests = tests_of(query)
    return [entry for entry in journal if all(test(entry) for test in tests)]


def _candidates(journal: Journal, after: int | None, before: int | None) -> Iterator[Entry]:
    newest_first = (entry for entry in reversed(journal) if before is None or entry.id < before)
    if after is None:
        return newest_first
    later = []
    for entry in newest_first:
        if entry.id <= after:
            break
        later.append(entry)
    return reversed(later)


def tests_of(query: dict[str, Any]) -> list[Test]:
    """Return a test for each part of a query that was given; the cheap ones come first."""
    return [TESTS[name](query[name]) for name in TESTS if query.get(name) is not None]


def _operation(operation_id: str) -> Test:
    return lambda entry: entry.operation is not None and entry.operation.name == operation_id


def _tag(tag: str) -> Test:
    return lambda entry: tag_of(entry) == tag


def _status(text: str) -> Test:
    if text.endswith("xx"):
        return lambda entry: entry.status is not None and entry.status // 100 == int(text[0])
    return lambda entry: entry.status == int(text)


def _method(method: str) -> Test:
    return lambda entry: entry.method == method


def _user(name: str) -> Test:
    return lambda entry: entry.caller == name


def _path(told: str) -> Test:
    return lambda entry: fits(told, entry.path)  # as the paths of faults are written


def _since(text: str) -> Test:
    try:
        start = datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):  # a leap second, or the year 0
        raise bad_parameters([{"place": "query.since", "reason": f"there is no such time as {text}"}]) from None
    return lambda entry: entry.at >= start


def _text(text: str) -> Test:
    wanted = text.lower()
    encoded = wanted.encode()

    def test(entry: Entry) -> bool:
        texts = (entry.body or b"", entry.reply.body if entry.reply else b"")
        return wanted in entry.target.lower() or any(encoded in part.lower() for part in texts)

    return test


TESTS: dict[str, Callable[[Any], Test]] = {
    "method": _method,
    "operation_id": _operation,
    "status": _status,
    "tag": _tag,
    "user": _user,
    "path": _path,
    "since": _since,
    "text": _text,
}
