"""An exchange: one request on its way through the pipeline and what came of it, for whoever keeps a journal of them.

Each layer writes down what it finds out; nothing here decides anything.
"""

import time
from typing import TYPE_CHECKING, Any

from mock_server.pipeline.reply import Reply

if TYPE_CHECKING:
    from mock_server.journal.keeping import Journal
    from mock_server.pipeline.operations import Operation

KEY = "studio_mock.exchange"  # in the ASGI scope


class Exchange:
    """What the layers found out.

    `scope` is the ASGI scope, its path without a prefix that names a sandbox;
    `sandbox` (a `ServedSandbox`) the one it is meant for, None if
    there is no such; `operation` what it calls, None if nothing; `user` who calls, as the vendor's `authenticate` found it; `body` the
    bytes that were sent, None where no body was read, and `value` what they were parsed to; `problem` what was raised against it; `fault`
    what was armed against it; `began` the machine's time in seconds since 1970; `reply` the answer; `journal` where it is written down,
    None for what is asked of the stand-in itself; `id` its id there, once it is; `prefix` the part of the path that named the sandbox.
    """

    __slots__ = (
        "began",
        "body",
        "fault",
        "id",
        "journal",
        "operation",
        "prefix",
        "problem",
        "reply",
        "sandbox",
        "scope",
        "user",
        "value",
    )

    def __init__(self, scope: Any) -> None:
        self.scope = scope
        self.prefix = ""
        self.began = time.time()
        self.sandbox: Any = None
        self.operation: Operation | None = None
        self.user: Any = None
        self.body: bytes | None = None
        self.value: Any = None
        self.problem: Exception | None = None
        self.fault: Any = None
        self.reply: Reply | None = None
        self.journal: Journal | None = None
        self.id: int | None = None
