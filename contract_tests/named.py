"""What a request names: kind and id of everything in its path, its query and its body.

Not here: whether it may (`guard`).
"""

import json
from collections.abc import Iterator
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from contract_tests import kinds
from contract_tests.addresses import Operation
from mock_server.redact import HUGE


class Unreadable(Exception):
    """A body is not what its content type says, so nobody knows what it names."""


def named_ids(
    operation: Operation, values: dict[str, str], request: requests.PreparedRequest
) -> tuple[list[tuple[str, str]], set[str]]:
    """Return kind and id of everything that a request names in path, query and body, and the fields of its body. Raises Unreadable."""
    named = [(kind, values[name]) for name, kind in kinds.of_parameters(operation).items()]
    about = kinds.of_collection(operation)
    for name, told in parse_qsl(urlsplit(request.url or "").query, keep_blank_values=True):
        kind = kinds.of_field(name, about) or kinds.REFERENCES.get(name)
        if kind is not None:
            named.extend((kind, part) for part in told.split(","))
    sent = body_of(request)
    return named + list(kinds.in_value(sent, about)), set(_fields(sent))


def body_of(request: requests.PreparedRequest) -> Any:
    """Return the body of a request as a value: JSON, or the text fields of a form. Raises Unreadable, for a huge one too."""
    raw: Any = request.body
    if raw is None or raw in (b"", ""):
        return None
    if isinstance(raw, str | bytes) and len(raw) > HUGE:
        raise Unreadable
    raw = raw.encode() if isinstance(raw, str) else raw
    media = str(request.headers.get("Content-Type", "")).lower()
    try:
        if media.startswith("multipart/form-data"):
            return _form(raw, str(request.headers["Content-Type"]))
        if media.startswith("application/x-www-form-urlencoded"):
            return _fields_of(parse_qsl(raw.decode(), keep_blank_values=True))
        return json.loads(raw)
    except (ValueError, RecursionError, TypeError, KeyError):
        raise Unreadable from None


def _form(raw: Any, content_type: str) -> dict[str, Any]:
    message = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + raw)
    if not message.is_multipart():
        raise ValueError
    pairs = []
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        if part.get_filename() is None:  # type: ignore[union-attr]
            pairs.append((str(name), (part.get_payload(decode=True) or b"").decode("utf-8", "replace")))  # type: ignore[union-attr]
    return _fields_of(pairs)


def _fields_of(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the fields of a form; what is JSON in a text is read as such, for it may name something too."""
    found: dict[str, Any] = {}
    for name, told in pairs:
        try:
            value = json.loads(told) if told[:1] in "[{" else told
        except ValueError:
            value = told
        found.setdefault(name, []).append(value)
    return found


def _fields(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, child in node.items():
            if child is not None:
                yield name
            yield from _fields(child)
    elif isinstance(node, list):
        for child in node:
            yield from _fields(child)
