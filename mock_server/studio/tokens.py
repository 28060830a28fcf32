"""The tokens of the Studio API: RS256 JWTs with the documented claims, valid for exactly 14 days; and password hashes.

The key pair is part of the package and public: tokens stay valid over restarts, and protect nothing. `jti` is ours: it keeps two tokens
of the same second apart, so that logging out of one leaves the other.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

LIFETIME = 14 * 24 * 60 * 60
CLAIMS: dict[str, Any] = {
    "iss": "deepopinion.ai",
    "languages": ["*"],
    "functionality": ["Analysis/*", "Training/*", "Models/*"],
}
HEADER = {"typ": "JWT", "alg": "RS256"}
KEY = Path(__file__).parent / "signing-key.pem"
COST = {"n": 2**12, "r": 8, "p": 1}


class Verified(msgspec.Struct, frozen=True):
    """What a good token says. Times in seconds since 1970."""

    user_id: int
    issued: int
    expires: int
    digest: str


class InvalidToken(Exception):
    """The token was not issued here."""


def issue(user_id: int, now: datetime, token_id: str) -> str:
    """Return a new token for a user."""
    issued = int(now.timestamp())
    claims = {"exp": issued + LIFETIME, "iat": issued, "sub": user_id, "jti": token_id, **CLAIMS}
    signed = f"{_encoded(msgspec.json.encode(HEADER))}.{_encoded(msgspec.json.encode(claims))}"
    return f"{signed}.{_encoded(_key().sign(signed.encode(), *_scheme()))}"


@lru_cache(maxsize=4096)
def verify(token: str) -> Verified:
    """Return what a token says; its expiry is for the caller to compare with the world's clock. Raises InvalidToken."""
    try:
        header, payload, signature = token.encode("ascii").split(b".")
        if msgspec.json.decode(_decoded(header))["alg"] != HEADER["alg"]:
            raise InvalidToken
        _check_signature(_decoded(signature), header + b"." + payload)
        claims = msgspec.json.decode(_decoded(payload))
        return Verified(int(claims["sub"]), int(claims["iat"]), int(claims["exp"]), digest(token))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidToken from None


def digest(token: str) -> str:
    """Return the name under which a revoked token is kept: what was signed, for a signature can be written in several ways."""
    return hashlib.sha256(token.rpartition(".")[0].encode()).hexdigest()


# The signature is made with `cryptography` itself: importing a JWT library would be a sixth of the whole start.


@lru_cache
def _key() -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(KEY.read_bytes(), None, unsafe_skip_rsa_key_validation=True)  # our own key: 50 ms saved


@lru_cache
def _scheme() -> tuple[Any, Any]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return PKCS1v15(), SHA256()


def _check_signature(signature: bytes, signed: bytes) -> None:
    from cryptography.exceptions import InvalidSignature

    try:
        _key().public_key().verify(signature, signed, *_scheme())
    except InvalidSignature:
        raise InvalidToken from None


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def hash_password(password: str, salt: bytes) -> str:
    """Return the scrypt hash of a password as `scrypt$salt$hash`, both in hexadecimal."""
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def password_matches(password: str, stored: str | None) -> bool:
    """Whether a password belongs to a stored hash. A user without a hash has no password that matches."""
    if stored is None:
        return False
    _, salt, expected = stored.split("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), expected)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=COST["n"], r=COST["r"], p=COST["p"])
