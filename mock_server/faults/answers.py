"""Answers that no handler has given: an error in the vendor's shape, with the words of the contract where it has some."""

from http import HTTPStatus
from typing import Any

import msgspec

from mock_server.contract import Json
from mock_server.pipeline.errors import BreaksContract, Refused
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply


def error(operation: Operation, status: int, message: str | None = None, retry_after: int | None = None) -> Reply:
    """Return the error `status`: with `message`, else as the first example of the contract shows it, else with the name of the status.

    `retry_after` (seconds) goes into the header; a 429 has one anyway.
    """
    if status == 429 and retry_after is None:
        retry_after = 1
    headers = [] if retry_after is None else [(b"retry-after", str(retry_after).encode())]
    reply: Reply = operation.refuse(_refusal(operation, status, message or _words(status, retry_after), headers))
    if message is None:
        media = reply.media.decode()
        example = first_example((operation.documented(status) or {}).get("content", {}).get(media, {}))
        if example is not None:
            reply.body = msgspec.json.encode(example)
    return reply


def first_example(content: Json) -> Any:
    """Return the example of a media type of the contract, the first of several; None if there is none."""
    several = list(content.get("examples", {}).values())
    return content.get("example", several[0].get("value") if several else None)


def _refusal(operation: Operation, status: int, message: str, headers: list[tuple[bytes, bytes]]) -> Refused:
    """What is invalid has places and reasons; under which status, the vendor says."""
    if status == operation.invalid_status:
        return BreaksContract(400, message, [{"place": "body", "reason": message}], headers)
    return Refused(status, message, headers=headers)


def _words(status: int, retry_after: int | None) -> str:
    if status == 500:
        return "Something is wrong with the API."
    if status == 429:
        return f"Too many requests; try again in {retry_after} s"
    return HTTPStatus(status).phrase
