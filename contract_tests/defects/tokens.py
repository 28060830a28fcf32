"""Who calls: tokens that are good for too long, too much or for anybody, and operations that ask for none."""

import base64
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant
from contract_tests.defects.witness import delete, get, post
from mock_server.blue_guardrails.domain import access
from mock_server.label_studio.domain import users as neighbours
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.studio import tokens
from mock_server.studio.domain import mails, users
from mock_server.studio.rows import User

FORTNIGHT = 14 * 24 * 60 * 60
LOGIN = post("/auth/login", {"email": "owner@example.com", "password": "studio-mock"}, None)
FORGED = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDAsImlhdCI6MSwic3ViIjoxfQ.YQ"


def _for_anybody(plant: Plant, operation: str) -> None:
    def lenient(ask: Callable[..., None], operation: Any, call: Call, header: bytes | None) -> None:
        try:
            ask(operation, call, header)
        except Refused:
            call.user = call.tx.get(User, 1)

    plant.on(operation).asks(authenticate=lenient)


@defect("tags-for-anybody", "Without a token the tags of any project can be read.", get("/projects/11/tags", None))
def tags_for_anybody(plant: Plant) -> None:
    _for_anybody(plant, "list_project_tags")


def _claims(change: Callable[[dict[str, Any]], Any]) -> Callable[[Any], Any]:
    """Return what makes `tokens.issue` issue tokens with other claims, signed as they should be."""

    def make(issue: Any) -> Any:
        def issued(user_id: int, now: Any, token_id: str) -> str:
            head, payload, _ = issue(user_id, now, token_id).split(".")
            claims = msgspec.json.decode(tokens._decoded(payload.encode()))
            change(claims)
            signed = f"{head}.{tokens._encoded(msgspec.json.encode(claims))}"
            return f"{signed}.{tokens._encoded(tokens._key().sign(signed.encode(), *tokens._scheme()))}"

        return issued

    return make


@defect("token-without-expiry", "A token does not say when it ends.", LOGIN)
def token_without_expiry(plant: Plant) -> None:
    plant.swap(tokens, "issue", _claims(lambda claims: claims.pop("exp")))

    def endless(verify: Any) -> Any:
        def verified(token: str) -> Any:
            try:
                return verify(token)
            except tokens.InvalidToken:
                claims = msgspec.json.decode(tokens._decoded(token.split(".")[1].encode()))
                return tokens.Verified(claims["sub"], claims["iat"], 2**40, tokens.digest(token))

        return verified

    plant.swap(tokens, "verify", endless)


@defect("token-of-fifteen-days", "A token is good for fifteen days in place of fourteen.", LOGIN)
def token_of_fifteen_days(plant: Plant) -> None:
    plant.swap(tokens, "LIFETIME", lambda lifetime: lifetime + 24 * 60 * 60)


@defect("token-of-another-issuer", "A token says that somebody else has issued it.", LOGIN)
def token_of_another_issuer(plant: Plant) -> None:
    plant.swap(tokens, "issue", _claims(lambda claims: claims.update(iss="studio.internal")))


@defect(
    "expired-token-accepted",
    "A token is accepted after its end.",
    LOGIN,
    get("/types", None, wait=FORTNIGHT + 60, bearer="{0[auth_token]}"),
)
def expired_token_accepted(plant: Plant) -> None:
    def patient(verify: Any) -> Any:
        def verified(token: str) -> Any:
            return msgspec.structs.replace(verify(token), expires=2**40)

        return verified

    plant.swap(tokens, "verify", patient)


@defect(
    "logged-out-and-still-in",
    "A token is accepted after log out.",
    LOGIN,
    msgspec.structs.replace(post("/auth/logout", None, None), bearer="{0[auth_token]}"),
    get("/auth/status", None, bearer="{0[auth_token]}"),
)
def logged_out_and_still_in(plant: Plant) -> None:
    plant.swap(users, "log_out", lambda _: lambda tx, user, token: None)


@defect("any-signature", "A token is accepted whoever has signed it.", get("/auth/status", None, bearer=FORGED))
def any_signature(plant: Plant) -> None:
    def trusting(verify: Any) -> Any:
        def verified(token: str) -> Any:
            try:
                claims = msgspec.json.decode(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
                return tokens.Verified(int(claims["sub"]), int(claims["iat"]), int(claims["exp"]), tokens.digest(token))
            except (ValueError, KeyError, TypeError, IndexError):
                raise tokens.InvalidToken from None

        return verified

    plant.swap(tokens, "verify", trusting)


@defect(
    "eight-letters-of-a-password",
    "Of a password only the first eight letters count.",
    post("/auth/login", {"email": "owner@example.com", "password": "studio-m, or was it"}, None),
)
def eight_letters_of_a_password(plant: Plant) -> None:
    def short(matches: Any) -> Any:
        known: dict[str, str] = {}

        def compared(password: str, stored: str | None) -> bool:
            if matches(password, stored):
                known[stored or ""] = password
                return True
            return password[:8] == known.get(stored or "", "studio-mock")[:8]

        return compared

    plant.swap(tokens, "password_matches", short)


@defect(
    "reset-token-twice",
    "The token of a mail resets a password as often as one likes.",
    *[
        post(
            "/password/reset",
            {"reset_password_token": "b41d7e06c3f94a8fa2508e9c6d17f3b2", "password": "a-new-password"},
            None,
        )
    ]
    * 2,
)
def reset_token_twice(plant: Plant) -> None:
    plant.swap(mails, "spend", lambda spend: lambda tx, given: given or spend(tx, given))


@defect(
    "account-gone-token-good",
    "The token of a deleted account is still good.",
    delete("/users/8", "guest"),
    get("/types", "guest"),
)
def account_gone_token_good(plant: Plant) -> None:
    known: dict[str, User] = {}

    def lenient(ask: Callable[..., None], operation: Any, call: Call, header: bytes | None) -> None:
        key = (header or b"").decode("latin-1")
        try:
            ask(operation, call, header)
            known[key] = call.user
        except Refused:
            if key not in known or call.tx.get(User, known[key].id) is not None:
                raise
            call.user = known[key]

    plant.on().asks(authenticate=lenient)


@defect(
    "expired-key-accepted",
    "An API key is accepted after its end.",
    get("/v1/labeling-projects", "bg-expired"),
    api="blue_guardrails",
)
def expired_key_accepted(plant: Plant) -> None:
    from mock_server.blue_guardrails.rows import BgApiKey

    plant.swap(access, "key_of", lambda _: lambda tx, key: tx.first(BgApiKey, key=key))


@defect(
    "whoami-for-anybody",
    "Who sends no token is taken for the first user.",
    get("/api/current-user/whoami", None),
    api="label_studio",
)
def whoami_for_anybody(plant: Plant) -> None:
    from mock_server.label_studio.rows import LsUser

    def lenient(ask: Callable[..., None], operation: Any, call: Call, header: bytes | None) -> None:
        if header is None:
            call.user = call.tx.get(LsUser, 1)
        else:
            ask(operation, call, header)

    plant.on("who_am_i").asks(authenticate=lenient)


PERSONAL = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6NDEwMjQ0NDgwMCwiaWF0IjowLCJqdGkiO"
    "iJsYWJlbC1zdHVkaW8tZGVtbyIsInVzZXJfaWQiOjF9.3P6ucDE3Hy2u31bRgO_cNaIjrwSVdsqeqOhv9ME1emQ"
)


@defect(
    "access-token-without-end",
    "A short-lived token is good after its five minutes.",
    post("/api/token/refresh/", {"refresh": PERSONAL}, None),
    get("/api/current-user/whoami", None, wait=600, bearer="{0[access]}"),
    api="label_studio",
)
def access_token_without_end(plant: Plant) -> None:
    from mock_server.label_studio.tokens import InvalidToken, verify

    def patient(good: Any) -> Any:
        def found(tx: Any, token: str, kind: str) -> Any:
            with suppress(InvalidToken):
                claims = verify(token)
                if claims.token_type == kind == "access":
                    return claims
            return good(tx, token, kind)

        return found

    plant.swap(neighbours, "_good", patient)
