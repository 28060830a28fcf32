"""Pages of lists, and the cursors that lead from one to the next.

A cursor is the id of the last entry that was shown, and a signature of it together with the list, the workspace and the filters. So it is
good for no other list, and entries that come later neither repeat others nor hide them. The key is no secret: whoever has the code can
sign. It tells mistakes from cursors.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from mock_server.blue_guardrails.domain.errors import Invalid
from mock_server.contract import Json
from mock_server.world import Ids, Row, Tx

R = TypeVar("R", bound=Row)
KEY = b"studio-mock cursors"
NOT_OURS = "The cursor was not given out for this list and these filters"


class Listing(msgspec.Struct, frozen=True):
    """One list: its name, the places it lies in (rows' ids), and the query that came for it."""

    name: str
    places: tuple[int, ...]
    query: Mapping[str, Any]

    @property
    def sent(self) -> Json:
        """The limit and the filters that were sent."""
        return {name: value for name, value in self.query.items() if value is not None and name != "cursor"}

    def cursor(self, last: int) -> str:
        """Return the cursor of a page that ends with the id `last`."""
        filters = {name: value for name, value in sorted(self.sent.items()) if name != "limit"}
        signed = msgspec.json.encode([self.name, self.places, filters, last])
        digest = hmac.new(KEY, signed, hashlib.sha256).digest()[:12]
        return urlsafe_b64encode(digest + last.to_bytes(8, "big").lstrip(b"\0")).rstrip(b"=").decode()

    def last(self) -> int | None:
        """Return the id after which the page begins; None for the first one. Raises Invalid for a cursor that is not ours."""
        sent = self.query.get("cursor")
        if sent is None:
            return None
        try:
            raw = urlsafe_b64decode(sent.encode("ascii") + b"=" * (-len(sent) % 4))
            last = int.from_bytes(raw[12:20], "big")
        except ValueError:
            last = 0
        if not hmac.compare_digest(self.cursor(last).encode(), sent.encode()):
            raise Invalid(NOT_OURS, "query", "cursor")
        return last


def page(
    tx: Tx, kind: type[R], ids: Ids, listing: Listing, show: Callable[[R], Json], newest_first: bool = False
) -> Json:
    """Return one page in the envelope of the contract. Raises Invalid."""
    last, limit = listing.last(), listing.query["limit"]
    if newest_first:
        end = len(ids) if last is None else rank(ids, last)
        start, more = max(0, end - limit), end > limit
        rows = tx.page(kind, ids, start, end - start)[::-1]
    else:
        start = 0 if last is None else rank(ids, last + 1)
        rows, more = tx.page(kind, ids, start, limit), start + limit < len(ids)
    cursor = listing.cursor(rows[-1].id) if more else None
    return {"next_page_cursor": cursor, "query": listing.sent, "has_more": more, "items": [show(row) for row in rows]}


def rank(ids: Ids, item: int) -> int:
    """Return how many of the ids are smaller than `item`."""
    number = bisect_right(ids.chunks, item, key=lambda chunk: chunk[0]) - 1
    if number < 0:
        return 0
    before = ids.ends[number - 1] if number else 0
    return before + bisect_left(ids.chunks[number], item)
