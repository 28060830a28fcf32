"""The JWTs of Label Studio: personal access tokens, which open nothing but the exchange, and the short-lived ones that it gives.

They are signed with HS256. The key is part of the package and public: tokens stay valid over restarts, and protect nothing. The
published client looks into a personal access token for the time at which it ends.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

import msgspec

LIFETIME = 5 * 60
"""How long an access token is good, in seconds."""
END = datetime(2100, 1, 1, tzinfo=UTC)
"""When personal access tokens end, unless they say otherwise."""
KEY = b"studio-mock: this key is public and protects nothing"
HEADER = {"alg": "HS256", "typ": "JWT"}
Kind = Literal["access", "refresh"]


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says; `exp` and `iat` in seconds since 1970."""

    token_type: Kind
    exp: int
    iat: int
    jti: str
    user_id: int


class InvalidToken(Exception):
    """The token was not issued here."""


def personal(user_id: int, jti: str, end: datetime = END) -> str:
    """Return the personal access token of a user that has this name."""
    return _signed(Claims(token_type="refresh", exp=int(end.timestamp()), iat=0, jti=jti, user_id=user_id))


def access(user_id: int, jti: str, now: datetime) -> str:
    """Return a short-lived token."""
    issued = int(now.timestamp())
    return _signed(Claims(token_type="access", exp=issued + LIFETIME, iat=issued, jti=jti, user_id=user_id))


@lru_cache(maxsize=1024)
def verify(token: str) -> Claims:
    """Return what a token says; its end is for the caller to compare with the world's clock. Raises InvalidToken."""
    try:
        head, payload, signature = token.encode("ascii").split(b".")
        if msgspec.json.decode(_decoded(head)) != HEADER or not hmac.compare_digest(signature, _mac(head, payload)):
            raise InvalidToken
        return msgspec.json.decode(_decoded(payload), type=Claims)
    except (ValueError, RecursionError):  # bad base64, bad JSON, too many parts
        raise InvalidToken from None


def _signed(claims: Claims) -> str:
    head, payload = (_encoded(msgspec.json.encode(part)) for part in (HEADER, claims))
    return b".".join((head, payload, _mac(head, payload))).decode()


def _mac(head: bytes, payload: bytes) -> bytes:
    return _encoded(hmac.digest(KEY, head + b"." + payload, hashlib.sha256))


def _encoded(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def _decoded(text: bytes) -> Any:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))
