"""Why a request was refused: the rule, the line of the contract that says so, and what would pass.

A proposal is tried on a copy of the sandbox's world, so that what is shown was seen to pass; nothing of that reaches the world itself.
"""

from mock_server.journal.why.refusal import refusal_of

__all__ = ["refusal_of"]
