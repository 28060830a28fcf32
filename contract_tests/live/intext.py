"""Secrets inside of texts that are not taken apart: JSON in a string, an address with a query, a page, a line of a log.

A name of `mock_server.redact` that is given a value tells it, whatever is around; so does the password of an address, and what is
packed in base64. Not here: secrets in fields, headers and parameters of their own (`hiding`).
"""

import binascii
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable

from mock_server.redact import HIDDEN, is_secret

WORDS = (
    "passw", "passphrase", "passcode", "pwd", "secret", "token", "jwt", "api_key", "api-key", "apikey", "_key", "-key", "credential",
    "authorization", "cookie", "signature", "csrf", "xsrf", "sessionid", "sessid", "otp",
)  # fmt: skip
WORD = re.compile("|".join(map(re.escape, WORDS)))
VALUE = re.compile(
    r"(?P<name>[\w-]{1,50})"
    r"(?P<between>\]?\\*[\"']?\]?\s{0,3}[:=]\s{0,3})"
    r"(?:(?P<quote>\\*[\"'])(?P<quoted>(?:\\.|[^\\]){0,2000}?)(?P=quote)"
    r"|(?!(?:true|false|null|None|undefined)\b|\d{1,3}\b)(?P<bare>[^\s\"'\\&,;<>(){}\[\]]{4,}))",
    re.DOTALL,
)
USER = re.compile(r"(://[^/\s:@\"'\\]{0,200}:)([^/\s@\"'\\]{1,200})(?=@)")
BASIC = re.compile(r"\b(Basic +)([A-Za-z0-9+/_-]{8,}={0,2})", re.IGNORECASE)
PACKED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
BEGINS = "eyJ"  # an object of JSON in base64
LEARNED = re.compile(r"(?=.*\d)\S{8,}")  # what is told without quotes may as well be a word of a sentence
Learn = Callable[[str], None]


def may_tell(small: str) -> bool:
    """Whether a text in small letters can tell a secret by its name; cheap, for most do not."""
    return any(word in small for word in WORDS)


def without(text: str, learn: Learn) -> str:
    """Return a text without the secrets that it tells; each is given to `learn`."""
    if "=" in text or ":" in text:
        small = text.lower()
        if may_tell(small):
            text = _named(text, small, learn)
        if "://" in text and "@" in text:
            text = USER.sub(lambda found: _learned(found, learn), text)
    if "asic " in text or "ASIC " in text:
        text = BASIC.sub(lambda found: _learned(found, learn) if _pair(found[2]) else found[0], text)
    return HIDDEN if text.startswith(BEGINS) and _packs_secrets(text) else text


def _named(text: str, small: str, learn: Learn) -> str:
    if len(small) != len(text):  # some letters have no small one of their own
        small = "".join(sign if sign.isascii() else "_" for sign in text).lower()
    parts: list[str] = []
    at = 0
    for hit in WORD.finditer(small):
        if hit.start() < at:
            continue
        found = VALUE.match(text, hit.start())
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


def _pair(packed: str) -> bool:
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
