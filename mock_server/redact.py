"""What is secret, and text without it: the one list of names that mean a password, token, key or cookie, and of what looks like one.

All that is stored or shown passes here: the journal, and the reports and recordings of the checks. What an exchange repeats elsewhere,
in a message of an error say, is found by who knows the exchange (`mock_server.journal.redaction`, `contract_tests.live.hiding`).
"""

import binascii
import json
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
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
PAIR = re.compile(r"(?P<before>[?&]?)(?P<name>[\w-]+)=(?P<value>[^&\s]*)")
OF_QUERIES = re.compile(
    r"(.*[-_])?(sig|signature|code|credential|session)", re.IGNORECASE
)  # of addresses that are signed
FIELD = re.compile(r'("(?:[^"\\]|\\.)*"\s*:\s*)("(?:[^"\\]|\\.)*"?)')  # of a JSON text that is cut or broken


NAMED = (
    "passw", "passphrase", "passcode", "pwd", "secret", "token", "jwt", "api_key", "api-key", "apikey", "_key", "-key", "credential",
    "authorization", "cookie", "signature", "csrf", "xsrf", "sessionid", "sessid", "otp",
)  # fmt: skip
NAMED_ANYWHERE = re.compile("|".join(map(re.escape, NAMED)))
GIVEN = re.compile(
    r"(?P<name>[\w-]{1,50})"
    r"(?P<between>\]?\\*[\"']?\]?\s{0,3}[:=]\s{0,3})"
    r"(?:(?:Bearer|Basic|Token|Digest)\s+)?"
    r"(?:(?P<quote>\\*[\"'])(?P<quoted>(?:\\.|[^\\]){0,2000}?)(?P=quote)"
    r"|(?!(?:true|false|null|None|undefined|Bearer|Basic|Token|Digest)\b|\d{1,3}\b)(?P<bare>[^\s\"'\\&,;<>(){}\[\]]{4,}))",
    re.DOTALL,
)
USER_OF_ADDRESS = re.compile(r"(://[^/\s:@\"'\\]{0,200}:)([^/\s@\"'\\]{1,200})(?=@)")
BASIC = re.compile(r"\b(Basic +)([A-Za-z0-9+/_-]{8,}={0,2})", re.IGNORECASE)
PACKED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
PACKED_BEGIN = "eyJ"  # an object of JSON in base64
LEARNED = re.compile(r"(?=.*\d)\S{8,}")  # what is told without quotes may as well be a word of a sentence
Learn = Callable[[str], None]


SHORTEST = 4  # characters of a secret that is looked for elsewhere; a shorter one stands anywhere by chance
ALSO_WORDS = ("key", "access", "refresh")  # names of secrets, and of much that is none


def _forget(secret: str) -> None:
    """Do nothing with a secret that was found."""


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
    shown = within(PAIR.sub(_pair, shown))
    return JWT.sub(HIDDEN, BEARER.sub(lambda found: f"{found[1]} {HIDDEN}", shown))


def no_token(shown: str) -> str:
    """Return a text without what can be nothing but a token, and what it says to be a secret."""
    return JWT.sub(HIDDEN, within(shown))


def credential(content: str) -> str:
    """Return what is shown of a credential: the word before it, if there is one."""
    scheme, blank, _ = content.partition(" ")
    return f"{scheme} {HIDDEN}" if blank and scheme.isalpha() else HIDDEN


def value(node: Any, shown: Callable[[str], str] | None = None) -> Any:
    """Return a JSON value with the fields of secrets hidden; `shown` says what remains of its other texts, by default what is left when
    the secrets of the value are taken out of them."""
    return _value(node, "", shown or hider(node))


def hider(node: Any) -> Callable[[str], str]:
    """Return what takes the secrets that a JSON value has out of a text."""
    found: set[str] = set()

    def learn(secret: str) -> None:
        if len(secret) >= SHORTEST:
            found.update((secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]))

    for name, told in secrets_of(node):
        if name not in ALSO_WORDS:
            learn(told)
    for told in texts_of(node):
        within(told, learn)
    longest_first = sorted(found, key=len, reverse=True)

    def hide(shown: str) -> str:
        for secret in longest_first:
            shown = shown.replace(secret, HIDDEN)
        return no_token(shown)

    return hide


def secrets_of(node: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts in the fields of secrets, each with the name that makes it one."""
    if isinstance(node, dict):
        for key, part in node.items():
            yield from secrets_of(part, name_in(node, key, name))
    elif isinstance(node, list):
        for part in node:
            yield from secrets_of(part, name)
    elif isinstance(node, str) and is_secret_field(name, node):
        yield name, node


def texts_of(node: Any) -> Iterator[str]:
    """Yield every text of a JSON value."""
    if isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from texts_of(part)
    elif isinstance(node, str):
        yield node


def name_in(node: dict[str, Any], key: str, around: str) -> str:
    """Return what a field counts as: all in an object with the name of a secret is one, and the `value` beside such a name."""
    if key == "value" and isinstance(node[key], str):
        names = (node.get(other) for other in ("name", "key", "header", "field"))
        pair = next((name for name in names if isinstance(name, str) and is_secret(name)), "")
        if pair:
            return pair
    return around if around not in ("", *ALSO_WORDS) and is_secret(around) and not is_secret(key) else key


def _value(node: Any, name: str, shown: Callable[[str], str]) -> Any:
    if isinstance(node, dict):
        return {key: _value(part, name_in(node, key, name), shown) for key, part in node.items()}
    if isinstance(node, list):
        return [_value(part, name, shown) for part in node]
    if is_secret_field(name, node):
        return HIDDEN
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


def _pair(found: re.Match[str]) -> str:
    of_query = found["before"] and OF_QUERIES.fullmatch(found["name"])
    return f"{found['before']}{found['name']}={HIDDEN}" if of_query or is_secret(found["name"]) else found[0]


def may_tell(small: str) -> bool:
    """Whether a text in small letters can tell a secret by its name; cheap, for most do not."""
    return any(word in small for word in NAMED)


def within(text: str, learn: Learn = _forget) -> str:
    """Return a text without the secrets that it tells, by a name that is given a value, say; each is given to `learn`."""
    if "=" in text or ":" in text:
        small = text.lower()
        if may_tell(small):
            text = _named(text, small, learn)
        if "://" in text and "@" in text:
            text = USER_OF_ADDRESS.sub(lambda found: _learned(found, learn), text)
    if "asic " in text or "ASIC " in text:
        text = BASIC.sub(lambda found: _learned(found, learn) if _is_pair(found[2]) else found[0], text)
    return HIDDEN if text.startswith(PACKED_BEGIN) and _packs_secrets(text) else text


def _named(text: str, small: str, learn: Learn) -> str:
    if len(small) != len(text):  # some letters have no small one of their own
        small = "".join(sign if sign.isascii() else "_" for sign in text).lower()
    parts: list[str] = []
    at = 0
    for hit in NAMED_ANYWHERE.finditer(small):
        if hit.start() < at:
            continue
        found = GIVEN.match(text, hit.start())
        name = found["name"] if found else ""
        if found is None or not (is_secret(name) or is_secret(text[max(hit.start() - 1, 0)] + name)):
            continue
        group = "bare" if found["quoted"] is None else "quoted"
        if found[group] and (group == "quoted" or LEARNED.fullmatch(found[group])):
            learn(found[group])
        if found[group]:
            parts += (text[at : found.start(group)], HIDDEN)
            at = found.end(group)
    return "".join(parts) + text[at:] if at else text


def _learned(found: re.Match[str], learn: Learn) -> str:
    learn(found[2])
    return found[1] + HIDDEN


def _is_pair(packed: str) -> bool:
    plain = _unpacked(packed)
    return plain is not None and ":" in plain


def _packs_secrets(text: str) -> bool:
    plain = _unpacked(text) if PACKED.fullmatch(text) else None
    return plain is not None and may_tell(plain.lower())


def _unpacked(packed: str) -> str | None:
    """Return what is packed in base64, None if it is no text."""
    padded = packed.rstrip("=") + "=" * (-len(packed.rstrip("=")) % 4)
    try:
        return (urlsafe_b64decode(padded) if "-" in packed or "_" in packed else b64decode(padded)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
