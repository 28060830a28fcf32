"""Who called in a recording: the same token is the same caller; where tokens are hidden, all calls of a file are those of one.

A token that is a JWT names its user (`sub`, with Label Studio `user_id`). Tokens are kept nowhere, only what they hash to. Not here: who
that is in a world (`worldly`).
"""

import hashlib
from base64 import urlsafe_b64decode
from functools import lru_cache
from typing import Any

import msgspec

from contract_tests.live.shapes import HIDDEN
from contract_tests.live.traffic import Recorded, header

CLAIMS = ("sub", "user_id")
WORKSPACE = "x-workspace-id"
LONGEST = 10_000  # characters of a token that is looked into


class Callers:
    """Tells the callers of recordings apart; `file` is the number of the one that is being read."""

    def __init__(self) -> None:
        self.file = 0

    def who(self, recorded: Recorded) -> str:
        """Return what is the same for the same caller: a digest of the token, else the number of the file."""
        told = _credential(recorded)
        return str(self.file) if told is None else _digest(told)

    def caller(self, recorded: Recorded) -> int | None:
        """Return the id of the user whom a token names, if it names one."""
        told = _credential(recorded)
        return None if told is None else _user(told)

    def home(self, recorded: Recorded) -> str | None:
        """Return the workspace that a caller names beside the token, if it is not hidden."""
        told = header(recorded.request_headers, WORKSPACE)
        return None if not told or any(word in told for word in HIDDEN) else told


def _credential(recorded: Recorded) -> str | None:
    told = (header(recorded.request_headers, "authorization") or "").rpartition(" ")[2]
    return None if not told or any(word in told for word in HIDDEN) else told


@lru_cache(1024)
def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(1024)
def _user(token: str) -> int | None:
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST:
        return None
    try:
        claims: Any = msgspec.json.decode(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None
    told = [str(claims[name]) for name in CLAIMS if name in claims] if isinstance(claims, dict) else []
    return next((int(text) for text in told if text.isdecimal() and len(text) < 19), None)
