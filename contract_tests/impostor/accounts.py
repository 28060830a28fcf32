"""Who calls the impostor: registering, logging in and out, and the tokens."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contract_tests.impostor.answers import Refused, body_of
from contract_tests.impostor.store import Row, Store

LASTS = timedelta(days=14)


def caller(store: Store, request: Request) -> Row:
    """Return who calls, by a token with or without the word Bearer before it. Raises Refused."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token not in store.tokens:
        raise Refused(401)
    return store.users[store.tokens[token]]


async def register(store: Store, request: Request) -> Response:
    """Register somebody, who is logged in by that."""
    body = await body_of(request, email=str, password=str)
    if len(body["password"]) < 8:
        raise Refused(400)
    if any(user["email"] == body["email"] for user in store.users.values()):
        raise Refused(409, "The address is taken")
    user = store.add_user(body["email"], body["password"], body.get("first_name"), body.get("last_name"))
    return JSONResponse(_entered(store, user, "Successfully registered.", "CREATED"))


async def log_in(store: Store, request: Request) -> Response:
    """Give out a token."""
    body = await body_of(request, email=str, password=str)
    for user in store.users.values():
        if (user["email"], user["password"]) == (body["email"], body["password"]):
            return JSONResponse(_entered(store, user, "Successfully logged in.", "OK"))
    raise Refused(401, "Invalid combination of email and password")


async def log_out(store: Store, request: Request) -> Response:
    """End a token."""
    caller(store, request)
    del store.tokens[request.headers["Authorization"].removeprefix("Bearer ").strip()]
    return Response(status_code=204)


async def status(store: Store, request: Request) -> Response:
    """Tell whose a token is, in a shape that no source describes."""
    user = caller(store, request)
    return JSONResponse({"user_id": user["id"], "email": user["email"], "organization_id": user["organization_id"]})


def _entered(store: Store, user: Row, message: str, word: str) -> dict[str, Any]:
    begun = datetime.now(UTC)
    claims = {"iat": begun, "exp": begun + LASTS, "sub": str(user["id"]), "iss": "deepopinion.ai", "languages": ["*"]}
    claims |= {"functionality": ["Analysis/*", "Training/*", "Models/*"], "jti": str(store.new_id())}
    token = jwt.encode(claims, _key(), algorithm="RS256")
    store.tokens[token] = user["id"]
    return {"auth_token": token, "message": message, "status": word}


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
