"""An exchange without its secrets, before anything of it is kept or written.

Three rules: what is called like a secret is one, by the names that `mock_server.redact` knows, also inside of a text; what looks like a
token is one; and what was found to be one is hidden wherever it is repeated, in a later exchange too. What cannot be searched (binary
content, a compression that is not known, a body that is not whole) is left out. Not here: where it is kept (`recorder`, `desk`).
"""

import binascii
import html
import json
import re
from base64 import b64decode
from collections import OrderedDict
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit

import msgspec

from contract_tests.live.sent import NAME, URL_ENCODED
from contract_tests.live.traffic import FORM, Headers, Recorded, media_of
from mock_server import jsontext, redact
from mock_server.journal.redaction import is_json
from mock_server.redact import ALSO_WORDS, HIDDEN, OF_QUERIES, SHORTEST, is_secret, is_secret_header, name_in

TELLING = 6  # characters of a secret that is looked for in later exchanges, too
RANDOM = re.compile(r"(?=.*\d)\S{16,}")
REMEMBERED = 500  # secrets of earlier exchanges
NUMBERS = re.compile(r"passw|secret|api[_-]?key|pin$", re.IGNORECASE)  # of which a number is a secret as well
TAG = re.compile(r"<([\w:.-]+)>([^<]+)</\1>")
INPUT = re.compile(r"""(<input\b[^>]*\bname=["']([^"']+)["'][^>]*\bvalue=["'])([^"']*)""", re.IGNORECASE)
FILE_PART = re.compile(rb"filename\*?=", re.IGNORECASE)
BOUNDARY = re.compile(r'boundary="?([^";,]+)')
COOKIE = re.compile(r"([^=;,\s]+)=([^;,]*)")
BEARER = re.compile(r"\b([Bb]earer) +[^\s\"',]{12,}")
PLAIN = re.compile(r"[a-z-]{1,12}|\d{1,9}")  # a word of the path or a number, even after a word like `token`
HARMLESS = ("date", "content-length", "host", "last-modified")
TABLE = "text/csv"
PACKED = '"eyJ'  # so begins JSON in base64 that is a text of JSON
ATTRIBUTES = ("path", "domain", "expires", "max-age", "samesite", "version")  # of cookies


class Opened(NamedTuple):
    """A body that is searched: `value` is what it says in JSON, if a field of it may have the name of a secret; `may_tell` says that any
    text of it may."""

    original: bytes | None
    raw: bytes
    value: Any
    may_have_fields: bool
    may_tell: bool


class Hiding:
    """Hides the secrets of one exchange after the other."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()
        self._longest_first: list[str] = []  # of them, so that nothing is left of one that begins with another

    def hidden(self, recorded: Recorded, values: dict[str, str] | None = None) -> Recorded:
        """Return an exchange as it may be kept. `values` are its path parameters; bodies that cannot be searched become None."""
        for name, value in (values or {}).items():
            self._learn_if_secret(name, value)
        self._learn_headers(recorded.request_headers)
        self._learn_headers(recorded.response_headers)
        target = self._query(recorded.query)
        sent, answered = opened(recorded.request_body), opened(recorded.response_body)
        for body in (sent, answered):
            self._learn_body(body)
        request_headers = self._headers(
            recorded.request_headers
        )  # before the bodies, for headers tell something as well
        response_headers = self._headers(recorded.response_headers)
        request_body = self._body(sent, recorded.request_headers)
        response_body = self._body(answered, recorded.response_headers)
        where = urlsplit(recorded.url)
        path, target = self.text(self._path(where.path)), self._known_hidden(target)
        shown = msgspec.structs.replace(
            recorded,
            url=f"{where.scheme}://{where.netloc}{path}{'?' + target if target else ''}",
            request_headers=request_headers,
            request_body=request_body,
            response_headers=response_headers,
            response_body=response_body,
        )
        self._forget_short_ones()
        return shown

    def _forget_short_ones(self) -> None:
        short = [secret for secret in self._known if len(secret) < TELLING]
        for secret in short:
            del self._known[secret]
        if short:
            self._longest_first = [secret for secret in self._longest_first if len(secret) >= TELLING]

    def text(self, shown: str) -> str:
        """Return a text without the secrets that are known, and without what tells or looks like one."""
        return self._known_hidden(redact.within(shown, self._learn))

    def _known_hidden(self, shown: str) -> str:
        for secret in self._longest_first:
            if secret in shown:
                shown = shown.replace(secret, HIDDEN)
        if "earer " in shown:
            shown = BEARER.sub(rf"\1 {HIDDEN}", shown)
        return redact.JWT.sub(HIDDEN, shown) if "eyJ" in shown else shown

    # What is learned.

    def _learn(self, secret: str) -> None:
        if len(secret) < SHORTEST or secret.isspace() or secret in HIDDEN:
            return
        is_new = secret not in self._known
        for form in _forms(secret):
            self._known[form] = None
            self._known.move_to_end(form)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        if is_new:
            self._longest_first = sorted(self._known, key=len, reverse=True)

    def _learn_if_secret(self, name: str, value: str) -> None:
        if value and is_secret(name) and (name.lower() not in ALSO_WORDS or RANDOM.fullmatch(value)):
            self._learn(value)

    def _learn_headers(self, headers: Headers) -> None:
        for name, value in headers:
            if name in ("cookie", "set-cookie"):
                for key, told in COOKIE.findall(value):
                    if key.lower() not in ATTRIBUTES and len(told) >= TELLING:
                        self._learn(told.strip('"'))
            elif name in ("authorization", "proxy-authorization") or is_secret_header(name):
                self._learn_credential(value)

    def _learn_credential(self, value: str) -> None:
        scheme, blank, rest = value.partition(" ")
        credential = rest.strip() if blank and scheme.isalpha() else value
        if credential in self._known:
            self._known.move_to_end(credential)
            return
        self._learn(credential)
        redact.within(credential, self._learn)
        if scheme.lower() == "basic":
            try:
                pair = b64decode(credential, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError, ValueError):
                return
            self._learn(pair.partition(":")[2])

    def _learn_value(self, node: Any, name: str = "") -> None:
        if isinstance(node, dict):
            for key, child in node.items():
                self._learn_value(child, name_in(node, key, name))
        elif isinstance(node, list):
            for child in node:
                self._learn_value(child, name)
        elif name and isinstance(node, str):
            self._learn_if_secret(name, node)

    def _learn_body(self, body: Opened) -> None:
        """Learn what a body says, before anything of the exchange is shown."""
        self._learn_value(body.value)
        if body.may_tell and b"\0" not in body.raw:
            redact.within(body.raw.decode("utf-8", "replace"), self._learn)

    # What is shown.

    def _path(self, path: str) -> str:
        """Return a path without what follows a word like `token`."""
        segments = path.split("/")
        for at in range(1, len(segments)):
            if segments[at] and is_secret(unquote(segments[at - 1])) and not PLAIN.fullmatch(segments[at]):
                self._learn(segments[at])
                segments[at] = HIDDEN
        return "/".join(segments)

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self._header(name, value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        if name in HARMLESS:
            return value
        if is_secret_header(name):
            scheme, blank, _ = value.partition(" ")
            return f"{scheme} {HIDDEN}" if blank and scheme.isalpha() else HIDDEN
        if "?" in value and not any(sign in value for sign in ' <"'):  # an address
            where, mark, query = value.partition("?")
            return self.text(where) + (f"?{self._query(query)}" if mark else "")
        return self.text(value)

    def _query(self, query: str) -> str:
        """Return a query, or a form that is encoded like one, with its secrets hidden; what was one is remembered."""
        if not query:
            return ""
        shown = []
        for pair in query.split("&"):
            name, equals, value = pair.partition("=")
            plain = unquote_plus(name)
            if value and (is_secret(plain) or OF_QUERIES.fullmatch(plain)):
                self._learn(unquote_plus(value))
                self._learn(value)
                value = HIDDEN
            shown.append(f"{name}{equals}{self.text(value)}")
        return "&".join(shown)

    def _body(self, body: Opened, headers: Headers) -> bytes | None:
        if not body.raw:
            return body.original
        if body.value is not None or (body.raw[:1] in b"{[" and not body.may_have_fields):
            found = self._json(body)
            if found is not None:
                return found
        media = media_of(headers)
        if media == FORM:
            return self._form(body.raw, headers)
        try:
            text = body.raw.decode()
        except UnicodeDecodeError:
            return None
        if "\0" in text or (media == TABLE and body.may_tell and _has_secret_column(text)):
            return None
        return (self._query(text) if media == URL_ENCODED else self._plain(text, body.may_tell)).encode()

    def _json(self, body: Opened) -> bytes | None:
        """Return a body in JSON without its secrets and those that are known; None if it is none."""
        raw = body.raw if body.value is None else msgspec.json.encode(self._value(body.value))
        text = raw.decode("utf-8", "replace")
        shown = self._known_hidden(redact.within(text, self._learn) if body.may_tell else text)
        if shown == text and "\0" not in text and PACKED not in text:
            return raw
        try:
            return msgspec.json.encode(self._everywhere(jsontext.decode(raw)))
        except (ValueError, RecursionError):
            return None

    def _everywhere(self, node: Any) -> Any:
        if isinstance(node, dict):
            return {self.text(key): self._everywhere(child) for key, child in node.items()}
        if isinstance(node, list):
            return [self._everywhere(child) for child in node]
        return self.text(node) if isinstance(node, str) else node

    def _plain(self, text: str, may_tell: bool) -> str:
        """Return a text of any kind: JSON that is broken or by the line, markup, pages."""
        if is_json(text) or '":' in text or '" :' in text:
            text = redact.FIELD.sub(self._broken_field, text)
        elif "<" in text:
            text = INPUT.sub(lambda found: f"{found[1]}{HIDDEN if is_secret(found[2]) else found[3]}", text)
            text = TAG.sub(self._element, text)
        return self.text(redact.line(text) if may_tell else text)

    def _broken_field(self, found: re.Match[str]) -> str:
        name = found[1].split('"')[1]
        if not is_secret(name):
            return found[0]
        self._learn(found[2].strip('"'))
        return f'{found[1]}"{HIDDEN}"'

    def _element(self, found: re.Match[str]) -> str:
        if not is_secret(found[1].rpartition(":")[2]):
            return found[0]
        self._learn(found[2])
        return f"<{found[1]}>{HIDDEN}</{found[1]}>"

    def _value(self, node: Any, name: str = "") -> Any:
        if isinstance(node, dict):
            return {key: self._value(child, name_in(node, key, name)) for key, child in node.items()}
        if isinstance(node, list):
            return [self._value(child, name) for child in node]
        if isinstance(node, str):
            return HIDDEN if node and name and is_secret(name) else node
        is_number = isinstance(node, int | float) and not isinstance(node, bool)
        return 0 if is_number and NUMBERS.search(name) else node

    def _form(self, body: bytes, headers: Headers) -> bytes | None:
        """Return a form with its texts as they may be kept, and its files without what is in them."""
        told = next(
            (found for name, value in headers if name == "content-type" and (found := BOUNDARY.search(value))), None
        )
        if told is None:
            return None
        mark = b"--" + told[1].encode("latin-1", "replace")
        parts = []
        for part in body.split(mark)[1:-1]:
            head, blank, content = part.partition(b"\r\n\r\n")
            named = NAME.search(head)
            if FILE_PART.search(head) or named is None:
                content = f"({max(len(content) - 2, 0)} bytes)\r\n".encode()
            else:
                name = (named[1] or named[2] or b"").decode("utf-8", "replace")
                content = self._text_part(name, content.removesuffix(b"\r\n")) + b"\r\n"
            parts.append(mark + self.text(head.decode("utf-8", "replace")).encode() + blank + content)
        return b"".join(parts) + mark + b"--\r\n"

    def _text_part(self, name: str, content: bytes) -> bytes:
        if is_secret(name):
            self._learn(content.decode("utf-8", "replace"))
            return HIDDEN.encode()
        part = opened(content)
        self._learn_body(part)
        return self._body(part, ()) or b""


def _forms(secret: str) -> set[str]:
    """Return a secret as it may be written elsewhere."""
    encoded = {quote(secret), quote(secret, safe=""), quote_plus(secret), unquote(secret), html.escape(secret)}
    return {secret, *encoded, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}


def _has_secret_column(table: str) -> bool:
    return any(is_secret(name.strip(' "')) for name in re.split("[,;\t]", table.partition("\n")[0]))


def opened(body: bytes | None) -> Opened:
    """Return a body with what it may have of secrets. Most have nothing with the name of one, which is found out cheaply, and once."""
    if not body:
        return Opened(body, b"", None, False, False)
    small = body.lower()
    words = [word for word in FIELDS if word in small]
    may_have_fields = b"\\u" in small or any(FIELDS[word].search(small) for word in words)
    value = None
    if body[:1] in b'{["' and (may_have_fields or (words and b'"value"' in small)):
        with suppress(ValueError, RecursionError):
            value = jsontext.decode(body)
    may_tell = bool(words) or (b"@" in body and b"://" in body)
    return Opened(body, body, value, may_have_fields, may_tell)


PARTS = (  # of the names of secrets: each of them has one of these in it
    b"pass", b"secr", b"token", b"jwt", b"key", b"cred", b"auth", b"cook", b"signature", b"srf", b"sess", b"access", b"refresh", b"bearer",
    b"basic",
)  # fmt: skip
ENDS = b"pin", b"otp", b"pwd", b"sid"
FIELDS = {part: re.compile(re.escape(part) + rb'[^"\\]{0,100}+"\s*+:') for part in PARTS}
FIELDS |= {end: re.compile(re.escape(end) + rb'"\s*+:') for end in ENDS}
