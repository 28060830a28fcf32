"""Answers as the contract shows them: for a request that prefers a code or an example."""

from typing import Any

import msgspec

from mock_server.contract import Json
from mock_server.faults import answers
from mock_server.faults.prefer import Preferences, impossible
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply


def preferred(operation: Operation, preferences: Preferences) -> Reply:
    """Return the example that is preferred: of the code, else of the first code that has it. Raises Refused (400) if there is none."""
    codes = [int(code) for code in operation.node["responses"] if code.isdecimal()]
    if preferences.code is not None and preferences.code not in codes:
        known = ", ".join(map(str, codes))
        raise impossible(f"code={preferences.code}", f"{operation.name} documents {known}")
    asked = codes if preferences.code is None else [preferences.code]
    name = preferences.example
    for code in asked:
        for media, content in _contents(operation, code):
            if name is None or name in content.get("examples", {}):
                value = answers.first_example(content) if name is None else content["examples"][name].get("value")
                return _reply(operation, code, media, value)
        if name is None:
            return Reply(code, b"", headers=_headers(operation, code))
    names = sorted(
        {name for code in asked for _, content in _contents(operation, code) for name in content.get("examples", {})}
    )
    where = operation.name if preferences.code is None else f"{preferences.code} of {operation.name}"
    raise impossible(
        f"example={name}", f"{where} has {'the examples ' + ', '.join(names) if names else 'no named examples'}"
    )


def _contents(operation: Operation, code: int) -> list[tuple[str, Json]]:
    return list((operation.documented(code) or {}).get("content", {}).items())


def _reply(operation: Operation, code: int, media: str, value: Any) -> Reply:
    if code >= 400:
        reply = answers.error(operation, code)
        if value is not None:
            reply.body, reply.media = msgspec.json.encode(value), media.encode()
        return reply
    body = value.encode() if isinstance(value, str) and not media.endswith("json") else msgspec.json.encode(value)
    return Reply(code, body, media.encode(), _headers(operation, code))


def _headers(operation: Operation, code: int) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that the contract asks for, with the values that it shows."""
    return tuple(
        (name.lower().encode(), str(example).encode("latin-1"))
        for name, example in operation.documented_headers(code).items()
    )
