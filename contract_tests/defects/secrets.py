"""Secrets that leave: hashes, tokens and keys in answers, and what errors tell of the inside."""

from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import get, post
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import accounts
from mock_server.studio.domain.errors import NotFound
from mock_server.studio.rows import User


@defect("account-with-its-hash", "An account is shown with the hash of its password.", get("/users/1"))
def account_with_its_hash(plant: Plant) -> None:
    def leaking(body: Any, call: Call) -> None:
        row = call.tx.get(User, body["id"])
        body["password_hash"] = row.password_hash if row else None

    plant.on("get_user").shows(leaking)


@defect(
    "reset-token-in-the-answer",
    "Who asks for a mail to reset a password gets its token in the answer.",
    post("/password/email", {"email": "owner@example.com"}, None),
)
def reset_token_in_the_answer(plant: Plant) -> None:
    def leaking(body: Any, call: Call) -> None:
        user = accounts.by_email(call.tx, call.body["email"])
        from mock_server.studio.rows import UserToken

        tokens = [row.token for row in call.tx.rows(UserToken, user_id=user.id, used=None)] if user else []
        if tokens:
            body["reset_password_token"] = tokens[-1]

    plant.on("send_password_email").shows(leaking)


@defect(
    "no-such-address",
    "Asking for a mail to reset a password tells which addresses have an account.",
    post("/password/email", {"email": "nobody@example.com"}, None),
)
def no_such_address(plant: Plant) -> None:
    def told(body: Any, call: Call) -> None:
        if accounts.by_email(call.tx, call.body["email"]) is None:
            body["message"] = "There is no account with this address."

    plant.on("send_password_email").shows(told)


@defect(
    "trace-of-a-missing-model",
    "For a model that does not exist the answer has a trace of the program.",
    get("/models/999999"),
)
def trace_of_a_missing_model(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        try:
            return await run(call)
        except NotFound as error:
            return replies.error(
                404,
                f'Traceback (most recent call last):\\n  File "/srv/studio/models.py", line 71, in get_model\\n{error!r}',
            )

    def traced(ask: Any, operation: Any, call: Call) -> None:
        try:
            ask(operation, call)
        except NotFound as error:
            raise Refused(
                404,
                f'Traceback (most recent call last):\n  File "/srv/studio/models.py", line 71, in get_model\n{error!r}',
            ) from None

    plant.on("get_model").runs(wrap)
    plant.on("get_model").asks(authorize=traced)


@defect(
    "query-of-the-database",
    "A wrong password is answered with the query that was asked of the database.",
    post("/auth/login", {"email": "owner@example.com", "password": "wrong"}, None),
)
def query_of_the_database(plant: Plant) -> None:
    def told(explain: Any, problem: Exception) -> Reply:
        reply: Reply = explain(problem)
        return replies.error(
            reply.status, "SELECT id, password_hash FROM users WHERE email = $1 returned 1 row; passwords differ"
        )

    plant.on("log_in").asks(explain=told)


@defect(
    "token-of-the-account",
    "The account of the caller shows the token that opens it.",
    get("/api/current-user/whoami"),
    api="label_studio",
)
def token_of_the_account(plant: Plant) -> None:
    plant.on("who_am_i").shows(lambda body, call: body.update(token=call.user.token))


@defect(
    "key-in-the-export",
    "The export of a project says with which API key it was made.",
    get("/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/export", "bg-nora"),
    api="blue_guardrails",
)
def key_in_the_export(plant: Plant) -> None:
    plant.on("export_labeling_project").shows(lambda body, call: body["project"].update(exported_with=call.token))
