"""What a request said: the value of its body, whichever form it came in, and its query. Not here: what the contract thinks of it."""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from contract_tests.live.shapes import ANYTHING
from contract_tests.live.traffic import FORM, Recorded, header
from mock_server import jsontext
from mock_server.contract import Json, resolve
from mock_server.pipeline.parameters import coerce

URL_ENCODED = "application/x-www-form-urlencoded"
NAME = re.compile(rb'(?<!file)name="([^"]*)"|(?<!file)name=([^;\s]+)', re.IGNORECASE)
FILE = re.compile(rb"filename\*?=", re.IGNORECASE)
Texts = dict[str, list[str]]


class Unreadable(Exception):
    """A body is not what its media type says; the message says how."""


def query_of(recorded: Recorded) -> Texts:
    """Return the query parameters, each with everything that was sent under its name."""
    found: Texts = {}
    for name, text in parse_qsl(recorded.query, keep_blank_values=True):
        found.setdefault(name, []).append(text)
    return found


def form_of(recorded: Recorded) -> tuple[Texts, set[str]]:
    """Return the text fields of a form, and the names of its files. Raises Unreadable."""
    body = recorded.request_body or b""
    if recorded.sent_media == URL_ENCODED:
        texts: Texts = {}
        for pair in filter(None, body.decode("utf-8", "replace").split("&")):
            name, _, text = pair.partition("=")
            texts.setdefault(unquote_plus(name), []).append(unquote_plus(text))
        return texts, set()
    told = re.search(r'boundary="?([^";,]+)', header(recorded.request_headers, "content-type") or "")
    if told is None:
        raise Unreadable("is a form without a boundary")
    return _parts(body, told[1].encode("latin-1", "replace"))


def value_of(recorded: Recorded, schema: Json, document: Json) -> Any:
    """Return what a body says, of a form the fields in the types of the contract. Raises Unreadable."""
    if recorded.sent_media not in (FORM, URL_ENCODED):
        try:
            return jsontext.decode(recorded.request_body or b"")
        except ValueError as error:
            raise Unreadable(str(error)) from None
    texts, files = form_of(recorded)
    known = _fields(schema, document)
    return {
        **{name: _typed(resolve(document, known.get(name, {})), some) for name, some in texts.items()},
        **dict.fromkeys(files, ANYTHING),
    }


def _parts(body: bytes, boundary: bytes) -> tuple[Texts, set[str]]:
    texts: Texts = {}
    files: set[str] = set()
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        found = NAME.search(head)
        if found is None:
            raise Unreadable("is a form with a part that has no name")
        name = (found[1] or found[2] or b"").decode("utf-8", "replace")
        if FILE.search(head):
            files.add(name)
        else:
            texts.setdefault(name, []).append(content.removesuffix(b"\r\n").decode("utf-8", "replace"))
    return texts, files


def _fields(schema: Json, document: Json) -> Json:
    node = resolve(document, schema)
    found: Json = dict(node.get("properties", {}))
    for part in node.get("allOf", ()):
        found |= _fields(part, document)
    return found


def _typed(schema: Json, texts: list[str]) -> Any:
    """Return a field of a form in its type; as the text that it is if it is of another one."""
    kind = schema.get("type", "string")
    if kind == "array":
        return [_typed(schema.get("items", {}), [text]) for text in texts]
    try:
        return jsontext.decode(texts[-1]) if kind == "object" else coerce(schema, texts[-1])
    except ValueError:
        return texts[-1]
