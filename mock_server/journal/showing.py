"""How an entry is shown: in one line of a list, and in full with what was sent and answered."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from mock_server.contract import Json
from mock_server.journal.entry import KEPT, Entry
from mock_server.journal.redaction import Redaction
from mock_server.journal.refusing import rule_of
from mock_server.pipeline.errors import BreaksContract


def moment(seconds: float) -> datetime:
    """Return seconds since 1970 as UTC, to the microsecond."""
    return datetime.fromtimestamp(seconds, UTC)


def short(entry: Entry, secrets: bool = False) -> Json:
    """Return an entry as it stands in a list."""
    redaction = Redaction(entry, secrets, whole=False)
    rule = rule_of(entry)
    return {
        "id": entry.id,
        "at": moment(entry.at),
        "took_ms": round(entry.took * 1000, 3),
        "method": entry.method,
        "path": target(entry, redaction),
        "status": entry.status,
        "api": entry.api,
        "operation_id": entry.operation.name if entry.operation else None,
        "tag": tag_of(entry),
        "user": entry.caller,
        "fault": fault_of(entry),
        "refused": {"rule": rule, "message": redaction.text(message_of(entry))} if rule else None,
        "request_size": entry.body_size,
        "answer_size": entry.answer_size,
    }


def full(entry: Entry, sandbox: str, redaction: Redaction) -> Json:
    """Return everything that is known of an entry but why it was refused."""
    return {
        **short(entry, redaction.secrets),
        "sandbox": sandbox,
        "request": {
            "url": url(entry, redaction),
            "headers": pairs(entry.headers, redaction),
            "body": body(entry.body, entry.body_size, entry.header_of("content-type"), redaction),
        },
        "answer": _answer(entry, redaction),
        "validation": {"request": _faults(entry, redaction), "answer": answer_faults(entry)},
    }


def _answer(entry: Entry, redaction: Redaction) -> Json | None:
    if entry.reply is None:
        return None
    return {
        "status": entry.reply.status,
        "headers": pairs(entry.answer_headers, redaction),
        "body": body(entry.reply.body, entry.answer_size, entry.reply.media.decode("latin-1"), redaction),
    }


def target(entry: Entry, redaction: Redaction) -> str:
    """Return path and query of what was called."""
    path, _, query = entry.target.partition("?")
    path = redaction.text(path)
    if not query or redaction.secrets:
        return entry.target if redaction.secrets else path
    return f"{path}?{'&'.join(_query_pair(pair, redaction) for pair in query.split('&'))}"


def _query_pair(pair: str, redaction: Redaction) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}{equals}{redaction.parameter(name, value)}"


def url(entry: Entry, redaction: Redaction) -> str:
    """Return the whole address of what was called."""
    return f"{entry.scheme}://{entry.header_of('host') or 'localhost'}{entry.prefix}{target(entry, redaction)}"


def pairs(headers: list[tuple[str, str]], redaction: Redaction) -> list[Json]:
    """Return headers as names and values."""
    return [{"name": name, "value": redaction.header(name, value)} for name, value in headers]


def body(raw: bytes | None, size: int, media: str, redaction: Redaction) -> Json | None:
    """Return a body: its text, or base64 of what is no text. None without one. What is cut says how long it was in `size`."""
    if not raw:
        return None
    truncated = len(raw) < size
    text, encoding = _text(raw, truncated), "text"
    if text is None:
        text, encoding = b64encode(raw).decode(), "base64"
    else:
        text = redaction.body(text)
    return {"media": media, "size": size, "truncated": truncated, "encoding": encoding, "text": text}


def _text(raw: bytes, truncated: bool) -> str | None:
    """Return UTF-8 as text, None for what is none; a character that was cut in two at the end is left out."""
    for end in range(4 if truncated else 1):
        try:
            text = raw[: len(raw) - end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def message_of(entry: Entry) -> str:
    """Return what the answer said was wrong, in one line."""
    return " ".join(str(entry.problem).split()) if entry.problem is not None else f"answered {entry.status}"


def fault_of(entry: Entry) -> str | None:
    """Return the fault that hit an exchange, in words."""
    return None if entry.fault is None else str(getattr(entry.fault, "id", entry.fault))


def tag_of(entry: Entry) -> str | None:
    """Return the tag of the operation that was called."""
    return str(entry.operation.node["tags"][0]) if entry.operation else None


def _faults(entry: Entry, redaction: Redaction) -> list[Any]:
    """Return where what was sent breaks the contract."""
    faults = entry.problem.faults if isinstance(entry.problem, BreaksContract) else []
    return [{"place": fault["place"], "reason": redaction.text(fault["reason"])} for fault in faults]


def answer_faults(entry: Entry) -> list[dict[str, str]] | None:
    """Return where the answer breaks the contract; None where that cannot be told any more, or there is no operation to tell by."""
    if entry.operation is None or entry.reply is None or entry.answer_size > KEPT:
        return None
    try:
        return entry.operation.check(entry.reply)
    except ValueError:
        return [{"place": "response", "reason": "is not JSON"}]
