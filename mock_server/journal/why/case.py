"""A refusal to find a way around: what was asked, and where proposals can be tried."""

from typing import Any

import msgspec

from mock_server.contract import Json
from mock_server.journal.entry import Entry
from mock_server.journal.why.sent import Sent
from mock_server.journal.why.trying import Request, Trials
from mock_server.world import Row, Tx

Proposal = Json | None
PASSES = range(200, 400)  # statuses of what is not refused


class Case(msgspec.Struct):
    """A refusal to find a way around. `kinds` are the tables that path parameters name rows of."""

    entry: Entry
    request: Request
    sent: Sent | None
    document: Json
    tx: Tx
    trials: Trials

    @property
    def api(self) -> Any:
        """The API that was called."""
        return self.request.operation.api

    @property
    def kinds(self) -> dict[str, type[Row]]:
        """The tables that parameters and fields name rows of, by name."""
        return getattr(self.api, "kinds", {})
