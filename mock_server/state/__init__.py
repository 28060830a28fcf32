"""The state folder: sandboxes that outlive the server. What becomes of them is in a log, written before it is answered.

`records` says what stands in the log, `log` writes and reads it, `replay` makes sandboxes of it and the other way round, `folder`
is what a server holds. A server without a state folder loads none of this.
"""

from mock_server.state.folder import StateFolder

__all__ = ["StateFolder"]
