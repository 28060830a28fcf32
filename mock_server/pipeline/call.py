"""What a handler gets: the request, parsed and valid, the caller, and the transaction."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar

from mock_server.pipeline.bodies import Upload
from mock_server.world import Sandbox, Tx

P = ParamSpec("P")
T = TypeVar("T")


class Call:
    """One request to one operation.

    `path`, `query`, `headers`: parameters by name (of headers in lower case), of the types that the contract says, defaults filled.
    `body`: the JSON value or the form fields, None without a body; `files`: the form's files. `user`: who calls, as the vendor's
    `authenticate` found it (a row of its users, or more than that), None where no token is needed. `api`: the vendor.
    `workspace_id`: that of the alias under which the operation is called (see `aliases`), None under its own path.
    """

    __slots__ = (
        "_tx",
        "api",
        "base_url",
        "body",
        "files",
        "headers",
        "path",
        "query",
        "sandbox",
        "token",
        "user",
        "workspace_id",
    )

    def __init__(self, sandbox: Sandbox, api: Any) -> None:
        self.sandbox, self.api = sandbox, api
        self.path: dict[str, Any] = {}
        self.query: dict[str, Any] = {}
        self.headers: dict[str, Any] = {}
        self.body: Any = None
        self.files: dict[str, Upload] = {}
        self.user: Any = None
        self.token: str | None = None
        self.workspace_id: int | None = None
        self.base_url = ""
        self._tx: Tx | None = None

    @property
    def tx(self) -> Tx:
        """The transaction of this request; it begins when it is first asked for and is committed when the handler returns.

        A handler that awaits something must do so before: other requests may be served in the meantime.
        """
        if self._tx is None:
            self._tx = self.sandbox.begin()
        return self._tx

    def commit(self) -> None:
        """Make what the handler did the world, if it did anything."""
        if self._tx is not None and self._tx.world is not self._tx.base:
            self.sandbox.commit(self._tx)

    def was_read(self) -> None:
        """Let the sandbox count what the answer was read from: that is how jobs may end (`JobMode`)."""
        if self._tx is not None:
            self.sandbox.was_read(self._tx)

    def settle(self) -> None:
        """Forget the transaction that authorization has read with, before the handler awaits anything."""
        self._tx = None

    async def in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something slow that knows nothing of the world, off the event loop."""
        self.settle()
        return await asyncio.get_running_loop().run_in_executor(None, partial(function, *args, **kwargs))
