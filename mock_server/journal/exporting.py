"""A journal in other words: as HAR 1.2, which browsers and proxies read, and as lines for curl."""

import shlex
from base64 import b64encode
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from mock_server import __version__
from mock_server.contract import Json
from mock_server.journal.entry import Entry, Pairs
from mock_server.journal.redaction import Redaction
from mock_server.journal.showing import body, moment, pairs, target, url
from mock_server.redact import HIDDEN

OF_THE_CONNECTION = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect"}
UNKNOWN = -1  # what HAR says where something is not known


def har(entries: Iterable[Entry], secrets: bool) -> Json:
    """Return entries as an HTTP archive."""
    creator = {"name": "studio-mock", "version": __version__}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_har_entry(entry, secrets) for entry in entries]}}


def _har_entry(entry: Entry, secrets: bool) -> Json:
    redaction = Redaction(entry, secrets)
    took = round(entry.took * 1000, 3)
    shown: Json = {
        "startedDateTime": moment(entry.at).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": took,
        "request": _har_request(entry, redaction),
        "response": _har_response(entry, redaction),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "_exchange": entry.id,
    }
    if entry.operation is not None:
        shown["_operationId"] = entry.operation.name
    return shown


def _har_request(entry: Entry, redaction: Redaction) -> Json:
    query = target(entry, redaction).partition("?")[2]
    fields = [pair.partition("=") for pair in query.split("&") if pair]
    request: Json = {
        "method": entry.method,
        "url": url(entry, redaction),
        "httpVersion": f"HTTP/{entry.version}",
        "cookies": [],
        "headers": pairs(entry.headers, redaction),
        "queryString": [{"name": unquote_plus(name), "value": unquote_plus(value)} for name, _, value in fields],
        "headersSize": UNKNOWN,
        "bodySize": entry.body_size,
    }
    sent = body(entry.body, entry.body_size, entry.header_of("content-type"), redaction)
    if sent is not None:
        request["postData"] = {"mimeType": sent["media"], "text": sent["text"], **_remark(sent)}
    return request


def _har_response(entry: Entry, redaction: Redaction) -> Json:
    reply, headers = entry.reply, entry.answer_headers
    content: Json = {"size": entry.answer_size, "mimeType": ""}
    if reply is not None and reply.status != HTTPStatus.NO_CONTENT:
        content["mimeType"] = reply.media.decode("latin-1")
        shown = body(reply.body, entry.answer_size, content["mimeType"], redaction)
        if shown is not None:
            content |= {"text": shown["text"], **_remark(shown)}
    return {
        "status": reply.status if reply else 0,
        "statusText": phrase(reply.status) if reply else "",
        "httpVersion": f"HTTP/{entry.version}",
        "cookies": [],
        "headers": pairs(headers, redaction),
        "content": content,
        "redirectURL": next((value for name, value in headers if name == "location"), ""),
        "headersSize": UNKNOWN,
        "bodySize": entry.answer_size,
    }


def _remark(shown: Json) -> dict[str, Any]:
    """Say how a text is to be read that is not simply what was sent."""
    remark = {"encoding": "base64"} if shown["encoding"] == "base64" else {}
    return {**remark, "comment": f"the first bytes of {shown['size']}"} if shown["truncated"] else remark


def phrase(status: int) -> str:
    """Return the words of a status, nothing for one that has none."""
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""


def curl(entry: Entry, secrets: bool) -> str:
    """Return the command that sends a request again, for a POSIX shell. A credential that is hidden becomes `$TOKEN`."""
    redaction = Redaction(entry, secrets)
    sent = body(entry.body, entry.body_size, "", redaction)
    parts = ["curl", "-sS", "-X", entry.method, shlex.quote(url(entry, redaction))]
    parts += [f"-H {_header(name, value, redaction)}" for name, value in _own(entry.headers)]
    if sent is None:
        return " ".join(parts)
    remark = f"  # the body is cut: {sent['size']} bytes were sent" if sent["truncated"] else ""
    if sent["encoding"] == "base64":
        raw = b64encode(entry.body or b"").decode()
        return f"echo {raw} | base64 -d | {' '.join(parts)} --data-binary @-{remark}"
    return f"{' '.join(parts)} --data-binary {shlex.quote(sent['text'])}{remark}"


def _own(headers: Pairs) -> Pairs:
    """Return the headers that curl would not send by itself."""
    return [(name, value) for name, value in headers if name not in OF_THE_CONNECTION]


def _header(name: str, value: str, redaction: Redaction) -> str:
    shown = redaction.header(name, value)
    if shown.endswith(HIDDEN) and name == "authorization":
        return f'"{name}: {shown.removesuffix(HIDDEN)}$TOKEN"'
    return shlex.quote(f"{name}: {shown}")
