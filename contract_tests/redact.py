"""Takes secrets out of what is stored or shown: credentials in headers, passwords and tokens in bodies and answers."""

import json
import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
HUGE = 4 * 1024 * 1024  # in bytes: what is not searched for secrets is not shown
HEADERS = re.compile(r"authorization|cookie|api[-_]?key|token|secret|password", re.IGNORECASE)
FIELDS = re.compile(
    r"^(.*(password|passwd|secret|token|api[-_]?key|credential|authorization|cookie|jwt).*|key|access|refresh)$",
    re.IGNORECASE,
)
NO_SECRET = re.compile(
    r"(_id|_ids|_type|_count|tokens)$", re.IGNORECASE
)  # of a credential or a token: a number or a word
JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}")
BEARER = re.compile(r"\b(Bearer|Token|Basic)\s+[^\s\"',]+", re.IGNORECASE)
PAIR = re.compile(r"(?P<name>[\w-]*(?:password|secret|token|api_?key)[\w-]*)=(?P<value>[^&\s]*)", re.IGNORECASE)


def headers(sent: Mapping[str, Any]) -> dict[str, str]:
    """Return headers with the values of credentials hidden; the word before a token stays."""
    return {str(name): _header(str(name), text(value)) for name, value in sent.items()}


def body(content: bytes | str | None, limit: int = 100_000) -> str:
    """Return a body as text of at most `limit` characters, with the fields of secrets hidden; of a huge one only its size."""
    if content is not None and len(content) > HUGE:
        return f"(a body of {len(content)} bytes)"
    shown = text(content or "")
    try:
        return json.dumps(value(json.loads(shown)), ensure_ascii=False)[:limit]
    except (ValueError, RecursionError):
        return line(shown)[:limit]


def value(node: Any) -> Any:
    """Return a JSON value with the fields of secrets hidden."""
    if isinstance(node, dict):
        return {name: HIDDEN if _is_secret(name, child) else value(child) for name, child in node.items()}
    if isinstance(node, list):
        return [value(child) for child in node]
    return JWT.sub(HIDDEN, node) if isinstance(node, str) else node


def line(shown: str) -> str:
    """Return any text with what looks like a secret hidden."""
    shown = PAIR.sub(lambda found: f"{found['name']}={HIDDEN}", shown)
    return JWT.sub(HIDDEN, BEARER.sub(lambda found: f"{found[1]} {HIDDEN}", shown))


def is_secret(name: str) -> bool:
    """Whether what is called so, a field or a parameter, is a secret."""
    return bool(FIELDS.match(name)) and not NO_SECRET.search(name)


def text(content: Any) -> str:
    """Return what was sent as text; bytes that are none are shown as question marks."""
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)


def _header(name: str, content: str) -> str:
    if not HEADERS.search(name):
        return line(content)
    word, blank, _ = content.partition(" ")
    return f"{word} {HIDDEN}" if blank and word.isalpha() else HIDDEN


def _is_secret(name: str, child: Any) -> bool:
    return isinstance(child, str) and child != "" and is_secret(name)
