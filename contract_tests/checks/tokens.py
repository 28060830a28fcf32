"""Tokens say what the documentation promises, and end."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check

LIFETIME = 14 * 24 * 60 * 60
CLAIMS: dict[str, Any] = {
    "iss": "deepopinion.ai",
    "languages": ["*"],
    "functionality": ["Analysis/*", "Training/*", "Models/*"],
}


@check
def tokens_carry_the_documented_claims(answer: Answer) -> Iterator[str]:
    """A token of Studio is an RS256 JWT with the documented claims, and holds for exactly fourteen days."""
    if not answer.is_success or not isinstance(answer.body, dict) or "auth_token" not in answer.body:
        return
    header, claims = parts(answer.body["auth_token"])
    if header is None or claims is None:
        yield "auth_token is no JWT"
        return
    if header.get("alg") != "RS256":
        yield f"auth_token is signed with {header.get('alg')}, documented is RS256"
    for name, value in CLAIMS.items():
        if claims.get(name) != value:
            yield f"the claim {name} of auth_token is {claims.get(name)!r}, documented is {value!r}"
    if not str(claims.get("sub", "")).isdigit():
        yield f"the claim sub of auth_token is {claims.get('sub')!r}, documented is the id of the user"
    if "exp" not in claims or "iat" not in claims:
        yield "auth_token lacks exp or iat, so it never ends"
    elif claims["exp"] - claims["iat"] != LIFETIME:
        yield f"auth_token holds for {claims['exp'] - claims['iat']} seconds, documented are 14 days, {LIFETIME}"


@check
def access_tokens_end(answer: Answer) -> Iterator[str]:
    """An access token of Label Studio is a JWT with a time of expiry, which the published client needs."""
    if answer.api != "label_studio" or not answer.is_success or not isinstance(answer.body, dict):
        return
    if "access" not in answer.body:
        return
    _, claims = parts(answer.body["access"])
    if claims is None:
        yield "access is no JWT"
    elif not isinstance(claims.get("exp"), int):
        yield "access has no time of expiry (exp)"


def parts(token: Any) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return header and claims of a JWT, None for what cannot be read. The signature is not looked at."""
    pieces = str(token).split(".")
    if len(pieces) != 3:
        return None, None
    return _decoded(pieces[0]), _decoded(pieces[1])


def _decoded(piece: str) -> dict[str, Any] | None:
    try:
        value = json.loads(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
