"""A page says the truth about itself: how many it has, where it begins, how many were asked for, whether there are more."""

from collections.abc import Iterator
from typing import Any

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check


@check
def pages_agree_with_themselves(answer: Answer) -> Iterator[str]:
    """count is the number of entries, has_more fits it, and offset and limit are those of the request or the documented defaults."""
    if not answer.is_success or answer.operation is None or "limit" not in answer.operation.query:
        return
    listed, limit = _listed(answer.body), _number(answer, "limit")
    if listed is None:
        return
    if limit is not None and len(listed) > limit:
        yield f"the page has {len(listed)} entries; limit is {limit}"
    if isinstance(answer.body, dict):
        yield from _offset_page(answer, answer.body, listed)
        yield from _cursor_page(answer, answer.body, listed)


def _offset_page(answer: Answer, page: dict[str, Any], listed: list[Any]) -> Iterator[str]:
    if "count" in page and page["count"] != len(listed):
        yield f"count is {page['count']}, the page has {len(listed)} entries"
    for name in ("limit", "offset"):
        expected = _number(answer, name)
        if name in page and expected is not None and page[name] != expected:
            told = "asked for" if answer.asked(name) else "the documented default"
            yield f"{name} is {page[name]}, {told} is {expected}"
    limit = page.get("limit")
    if page.get("has_more") and isinstance(limit, int) and len(listed) < limit:
        yield f"has_more is true, though the page is not full ({len(listed)} of {limit})"
    total, offset = page.get("total"), page.get("offset")
    if isinstance(total, int) and isinstance(offset, int) and listed and total < offset + len(listed):
        yield f"total is {total}, the page ends at {offset + len(listed)}"


def _cursor_page(answer: Answer, page: dict[str, Any], listed: list[Any]) -> Iterator[str]:
    if "next_page_cursor" not in page:
        return
    if bool(page.get("has_more")) != (page["next_page_cursor"] is not None):
        yield f"has_more is {page.get('has_more')} and next_page_cursor is {page['next_page_cursor']!r}"
    if page.get("has_more") and len(listed) < (_number(answer, "limit") or 0):
        yield f"has_more is true, though the page is not full ({len(listed)} of {_number(answer, 'limit')})"
    query = page.get("query")
    for name, value in (query or {}).items():
        expected = _number(answer, name) if name == "limit" else answer.asked(name)
        if str(value) != str(expected):
            yield f"query says {name} {value!r}, asked for was {expected!r}"
    for name in answer.query.keys() & answer.operation.query.keys() - {"cursor"} if answer.operation else ():
        if name not in (query or {}):
            yield f"query does not repeat {name}, which was asked for"


def _listed(body: Any) -> list[Any] | None:
    """Return the entries of a page: a bare array, or the one list in it; the documents of a session with its documents."""
    if isinstance(body, list):
        return body
    if not isinstance(body, dict):
        return None
    if "id" in body:
        documents = body.get("documents")
        return documents if isinstance(documents, list) else None
    lists = [value for value in body.values() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else None


def _number(answer: Answer, name: str) -> int | None:
    assert answer.operation is not None
    value = answer.asked(name)
    if value is None:
        default = answer.operation.default(name)
        return default if isinstance(default, int) else None
    return int(value) if value.lstrip("-+").isdecimal() else None
