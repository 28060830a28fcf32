"""What is secret, and text without it: the one list of names that mean a password, token, key or cookie, and of what looks like one.

All that is stored or shown passes here: the journal, and the reports and recordings of the checks. What an exchange repeats elsewhere,
in a message of an error say, is found by who knows the exchange (`mock_server.journal.redaction`, `contract_tests.live.hiding`).
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

HIDDEN = "[redacted]"
HUGE = 4 * 1024 * 1024  # in bytes: what is not searched for secrets is not shown
ANYWHERE = (
    r"passw(?:or)?d|passphrase|passcode|secret|token|jwt|(?:api|product|access|private|signing)[-_]?key|credential|authorization|cookie|"
    r"signature|csrf|xsrf|sess(?:ion)?id"
)
AT_THE_END = r"access|refresh|pin|otp|pwd|auth|sid"  # words of their own
NAME = re.compile(rf".*(?:{ANYWHERE}).*|(?:.*[-_])?(?:{AT_THE_END})|key", re.IGNORECASE | re.DOTALL)
NO_SECRET = re.compile(r"_(?:ids?|type|count)$", re.IGNORECASE)  # of a credential or a token: a number or a word
NUMBERS = re.compile(
    r"passw|secret|token$|api[-_]?key|pin$|otp$", re.IGNORECASE
)  # are secrets as well; other numbers count
WORDS = (
    "passw", "passphrase", "passcode", "secret", "token", "jwt", "key", "credential", "authorization", "cookie", "signature", "csrf",
    "xsrf", "sessid", "sessionid", 'access"', 'refresh"', 'pin"', 'otp"', 'pwd"', 'auth"', 'sid"',
)  # fmt: skip
OF_HEADERS = re.compile(
    r"(?:^|-)session(?:-|$)", re.IGNORECASE
)  # whose values are secrets, while fields called so are not
JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*|eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}")
BEARER = re.compile(r"\b(Bearer|Token|Basic)\s+[^\s\"',]+", re.IGNORECASE)
PAIR = re.compile(r"(?P<name>[\w-]+)=(?P<value>[^&\s]*)")
FIELD = re.compile(r'("(?:[^"\\]|\\.)*"\s*:\s*)("(?:[^"\\]|\\.)*"?)')  # of a JSON text that is cut or broken


@lru_cache(8192)
def is_secret(name: str) -> bool:
    """Whether what is called so, a field or a parameter, is a secret."""
    return NAME.fullmatch(name) is not None and NO_SECRET.search(name) is None


@lru_cache(1024)
def is_secret_header(name: str) -> bool:
    """Whether the value of a header is a secret. Headers about headers (CORS) have the names of others for values."""
    is_named = NAME.fullmatch(name) is not None or OF_HEADERS.search(name) is not None
    return is_named and not name.lower().startswith("access-control-")


def is_secret_field(name: str, content: Any) -> bool:
    """Whether a plain value in a field of this name is a secret: a text that says something, and a number if no count is called so."""
    if isinstance(content, str):
        return content != "" and is_secret(name)
    is_number = isinstance(content, int | float) and not isinstance(content, bool)
    return is_number and NUMBERS.search(name) is not None and is_secret(name)


def may_have_secrets(shown: str) -> bool:
    """Whether JSON can have a field with the name of a secret; cheap, for most have none and need not be taken apart."""
    small = shown.lower()
    return "\\u" in small or any(word in small for word in WORDS)


def line(shown: str) -> str:
    """Return any text with what looks like a secret hidden."""
    shown = PAIR.sub(lambda found: f"{found['name']}={HIDDEN}" if is_secret(found["name"]) else found[0], shown)
    return JWT.sub(HIDDEN, BEARER.sub(lambda found: f"{found[1]} {HIDDEN}", shown))


def no_token(shown: str) -> str:
    """Return a text without what can be nothing but a token."""
    return JWT.sub(HIDDEN, shown)


def credential(content: str) -> str:
    """Return what is shown of a credential: the word before it, if there is one."""
    scheme, blank, _ = content.partition(" ")
    return f"{scheme} {HIDDEN}" if blank and scheme.isalpha() else HIDDEN


def value(node: Any, shown: Callable[[str], str] = no_token) -> Any:
    """Return a JSON value with the fields of secrets hidden; `shown` says what remains of its other texts."""
    if isinstance(node, dict):
        return {name: HIDDEN if is_secret_field(name, part) else value(part, shown) for name, part in node.items()}
    if isinstance(node, list):
        return [value(part, shown) for part in node]
    return shown(node) if isinstance(node, str) else node


def broken(shown: str) -> str:
    """Return JSON that is cut or broken with the fields of secrets hidden."""
    return FIELD.sub(_broken_field, shown)


def headers(sent: Mapping[str, Any]) -> dict[str, str]:
    """Return headers with the values of credentials hidden; the word before a token stays."""
    return {str(name): _header(str(name), text(content)) for name, content in sent.items()}


def body(content: bytes | str | None, limit: int = 100_000) -> str:
    """Return a body as text of at most `limit` characters, with the fields of secrets hidden; of a huge one only its size."""
    if content is not None and len(content) > HUGE:
        return f"(a body of {len(content)} bytes)"
    shown = text(content or "")
    try:
        return json.dumps(value(json.loads(shown)), ensure_ascii=False)[:limit]
    except (ValueError, RecursionError):
        return line(broken(shown))[:limit]


def text(content: Any) -> str:
    """Return what was sent as text; bytes that are none are shown as question marks."""
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)


def _header(name: str, content: str) -> str:
    return credential(content) if is_secret_header(name) else line(content)


def _broken_field(found: re.Match[str]) -> str:
    return f'{found[1]}"{HIDDEN}"' if is_secret(found[1].split('"')[1]) else found[0]
