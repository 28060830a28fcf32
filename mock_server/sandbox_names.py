"""The names of sandboxes: what can be one, and how a token carries the name of the sandbox that it was issued in.

Not here: whether there is a sandbox of a name (`sandboxes`), and where else a request names one (`selection`).
"""

import re
from base64 import urlsafe_b64decode
from functools import lru_cache

import msgspec

DEFAULT = "default"
NAME = re.compile("[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
RIGHT = "right would be 1 to 63 small letters, digits and hyphens, the first of them no hyphen"


def is_name(text: str) -> bool:
    """Whether a text can be the name of a sandbox, which is what can be a label of a host's name."""
    return NAME.fullmatch(text) is not None


def with_name(token_id: str, sandbox: str) -> str:
    """Return the `jti` of a token that leads back to a sandbox; for the default one it needs no name."""
    return token_id if sandbox == DEFAULT else f"{token_id}@{sandbox}"


@lru_cache(maxsize=4096)
def of_token(header: bytes) -> str | None:
    """Return the sandbox that the JWT in an Authorization header was issued in; None if it does not say.

    Nothing is believed by that: the signature is checked in the sandbox that the request then goes to.
    """
    parts = header.split(b".")
    if len(parts) != 3:
        return None
    try:
        claims = msgspec.json.decode(urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
        _, at, name = claims["jti"].rpartition("@")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return name if at and is_name(name) else None
