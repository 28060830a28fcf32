"""Refusals have the shape and the words of their vendor, and say how to do better where HTTP asks for it."""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check
from mock_server.pipeline.learned import ERRORS

ROLE = re.compile(r'minimal required (project|organization|model) role "([A-Z]+)"')


@check
def errors_have_the_vendors_shape(answer: Answer) -> Iterator[str]:
    """The body of an error is that of the vendor, and what it says of the status is the status."""
    if answer.status < 400 or answer.method == "HEAD" or answer.raw_path.startswith("/_mock"):
        return
    if answer.api not in SHAPES:  # the control API, beside whose paths there are those of all vendors
        return
    if not isinstance(answer.body, dict):
        yield f"answered {answer.status} with a body that is no JSON object: {answer.content[:80]!r}"
        return
    if answer.contract.document.get(ERRORS):
        return  # this is the shape that was thought of first; what was learned since is in the contract, which is checked by itself
    yield from SHAPES[answer.api](answer.status, answer.body)


@check
def messages_name_their_status(answer: Answer) -> Iterator[str]:
    """A success that has nothing but a message names its status in it."""
    body = answer.body
    if not answer.is_success or answer.operation is None or not isinstance(body, dict):
        return
    if {"message", "status"} <= body.keys() and not {"id", "progress"} & body.keys():
        expected = {example["status"] for example in answer.operation.examples(answer.status) if "status" in example}
        if body["status"] not in (expected or {_name(answer.status)}):
            yield f"answered {answer.status} and calls it {body['status']}, documented is {' or '.join(sorted(expected))}"
        if not body["message"]:
            yield f"answered {answer.status} with an empty message"


@check
def refusals_say_how_to_do_better(answer: Answer) -> Iterator[str]:
    """401 names the scheme in WWW-Authenticate, 405 the methods in Allow, 429 a time in Retry-After."""
    header = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After"}.get(answer.status)
    if header is not None and not answer.headers.get(header.lower(), "").strip():
        yield f"answered {answer.status} without the header {header}"


@check
def refusals_name_the_role(answer: Answer) -> Iterator[str]:
    """A 403 for a role names the role that the contract asks for, and speaks of read-only where the operation writes."""
    if answer.status != 403 or answer.operation is None or not isinstance(answer.body, dict):
        return
    rule = answer.operation.node.get("x-role", {})
    found = ROLE.search(str(answer.body.get("message")))
    if found is None or rule.get("scope") != found.group(1) or answer.is_aliased:
        return
    if found.group(2) != rule["role"]:
        yield f"the refusal names the {found.group(1)} role {found.group(2)}, the contract asks for {rule['role']}"


@check
def a_missing_token_is_told_as_documented(answer: Answer) -> Iterator[str]:
    """The text of a 401 is the documented one."""
    if answer.status != 401 or answer.operation is None or not isinstance(answer.body, dict):
        return
    told = {str(example["message"]) for example in answer.operation.examples(401) if "message" in example}
    if told and answer.body.get("message") not in told:
        yield f"the message of the 401 is {answer.body.get('message')!r}, documented is {' or '.join(map(repr, sorted(told)))}"


def _studio(status: int, body: dict[str, Any]) -> Iterator[str]:
    if not isinstance(body.get("message"), str) or not body["message"].strip():
        yield f"answered {status} without a `message`"
    if body.get("status") != _name(status):
        yield f"answered {status} with `status` {body.get('status')!r}; it is {_name(status)}"
    if status == 400:
        yield from _reasons(body.get("errors"))


def _reasons(errors: Any) -> Iterator[str]:
    if not isinstance(errors, list) or not errors:
        yield "answered 400 without `errors`, which say what is wrong where"
        return
    for error in errors:
        if not isinstance(error, dict) or not error.get("place") or not error.get("reason"):
            yield f"answered 400 with an error that lacks a place or a reason: {error!r}"


def _label_studio(status: int, body: dict[str, Any]) -> Iterator[str]:
    missing = [name for name in ("id", "status_code", "version", "detail", "exc_info") if name not in body]
    if missing:
        yield f"answered {status} with an error that lacks {', '.join(missing)}"
    elif body["status_code"] != status:
        yield f"answered {status} with `status_code` {body['status_code']}"
    if not str(body.get("detail", "")).strip():
        yield f"answered {status} with an empty `detail`"


def _blue_guardrails(status: int, body: dict[str, Any]) -> Iterator[str]:
    detail = body.get("detail")
    if status == 422:
        if not isinstance(detail, list) or not detail:
            yield "answered 422 without a list of faults as `detail`"
            return
        for fault in detail:
            missing = [name for name in ("loc", "msg", "type") if not fault.get(name)]
            if missing:
                yield f"answered 422 with a fault that lacks {', '.join(missing)}"
            elif fault["loc"][0] not in ("body", "query", "path", "header"):
                yield f"answered 422 with a fault at {fault['loc']}, which begins with none of body, query, path, header"
    elif not isinstance(detail, str) or not detail.strip():
        yield f"answered {status} without a text as `detail`"


SHAPES: dict[str, Callable[[int, dict[str, Any]], Iterator[str]]] = {
    "studio": _studio,
    "label_studio": _label_studio,
    "blue_guardrails": _blue_guardrails,
}


def _name(status: int) -> str:
    return HTTPStatus(status).name if status in HTTPStatus._value2member_map_ else str(status)
