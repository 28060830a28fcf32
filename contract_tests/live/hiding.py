"""An exchange without its secrets, before anything of it is kept or written.

Three rules: what is called like a secret is one, by the names that `mock_server.redact` knows; what looks like a token is
one; and what was found to be one is hidden wherever it is repeated, in a later exchange too. What cannot be searched (binary content, a
compression that is not known, a body that is not whole) is left out. Not here: where it is kept (`recorder`, `desk`).
"""

import binascii
import json
import re
from base64 import b64decode
from collections import OrderedDict
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit

import msgspec

from contract_tests.live.sent import NAME, URL_ENCODED
from contract_tests.live.traffic import FORM, Headers, Recorded, media_of
from mock_server import jsontext, redact
from mock_server.journal.redaction import is_json
from mock_server.redact import HIDDEN, is_secret, is_secret_header

SHORTEST = 4  # characters; what is shorter stands anywhere by chance
TELLING = 6  # characters of a secret that is looked for in later exchanges, too
ALSO_WORDS = ("key", "access", "refresh")  # names of secrets, and of much that is none
RANDOM = re.compile(r"(?=.*\d)\S{16,}")
REMEMBERED = 500  # secrets of earlier exchanges
NUMBERS = re.compile(r"passw|secret|api[_-]?key|pin$", re.IGNORECASE)  # of which a number is a secret as well
OF_QUERIES = re.compile(
    r"(.*[-_])?(sig|signature|code|credential|session)", re.IGNORECASE
)  # of addresses that are signed
TAG = re.compile(r"<([\w:.-]+)>([^<]+)</\1>")
INPUT = re.compile(r"""(<input\b[^>]*\bname=["']([^"']+)["'][^>]*\bvalue=["'])([^"']*)""", re.IGNORECASE)
FILE_PART = re.compile(rb"filename\*?=", re.IGNORECASE)
BOUNDARY = re.compile(r'boundary="?([^";,]+)')
COOKIE = re.compile(r"([^=;,\s]+)=([^;,]*)")
BEARER = re.compile(r"\b([Bb]earer) +[^\s\"',]{12,}")
ATTRIBUTES = ("path", "domain", "expires", "max-age", "samesite", "version")  # of cookies


class Hiding:
    """Hides the secrets of one exchange after the other."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def hidden(self, recorded: Recorded, values: dict[str, str] | None = None) -> Recorded:
        """Return an exchange as it may be kept. `values` are its path parameters; bodies that cannot be searched become None."""
        for name, value in (values or {}).items():
            self._learn_if_secret(name, value)
        self._learn_headers(recorded.request_headers)
        self._learn_headers(recorded.response_headers)
        target = self._query(recorded.query)
        sent, answered = self._decoded(recorded.request_body), self._decoded(recorded.response_body)
        self._learn_value(sent)
        self._learn_value(answered)
        request_body = self._body(recorded.request_body, sent, recorded.request_headers)
        response_body = self._body(recorded.response_body, answered, recorded.response_headers)
        where = urlsplit(recorded.url)
        path = self.text(where.path)
        shown = msgspec.structs.replace(
            recorded,
            url=f"{where.scheme}://{where.netloc}{path}{'?' + target if target else ''}",
            request_headers=self._headers(recorded.request_headers),
            request_body=request_body,
            response_headers=self._headers(recorded.response_headers),
            response_body=response_body,
        )
        for short in [secret for secret in self._known if len(secret) < TELLING]:
            del self._known[short]
        return shown

    def text(self, shown: str) -> str:
        """Return a text without the secrets that are known, and without what looks like one."""
        for secret in self._known:
            if secret in shown:
                shown = shown.replace(secret, HIDDEN)
        if "earer " in shown:
            shown = BEARER.sub(rf"\1 {HIDDEN}", shown)
        return redact.JWT.sub(HIDDEN, shown) if "eyJ" in shown else shown

    # What is learned.

    def _learn(self, secret: str) -> None:
        if len(secret) < SHORTEST or secret.isspace() or secret in HIDDEN:
            return
        for form in {secret, quote(secret, safe=""), quote_plus(secret), unquote(secret), json.dumps(secret)[1:-1]}:
            self._known[form] = None
            self._known.move_to_end(form)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _learn_if_secret(self, name: str, value: str) -> None:
        if value and is_secret(name) and (name.lower() not in ALSO_WORDS or RANDOM.fullmatch(value)):
            self._learn(value)

    def _learn_headers(self, headers: Headers) -> None:
        for name, value in headers:
            if name in ("cookie", "set-cookie"):
                for key, told in COOKIE.findall(value):
                    if key.lower() not in ATTRIBUTES and len(told) >= TELLING:
                        self._learn(told)
            elif name in ("authorization", "proxy-authorization") or is_secret_header(name):
                self._learn_credential(value)

    def _learn_credential(self, value: str) -> None:
        scheme, blank, rest = value.partition(" ")
        credential = rest.strip() if blank and scheme.isalpha() else value
        if credential in self._known:
            self._known.move_to_end(credential)
            return
        self._learn(credential)
        if scheme.lower() == "basic":
            try:
                pair = b64decode(credential, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError, ValueError):
                return
            self._learn(pair.partition(":")[2])

    def _learn_value(self, node: Any, name: str = "") -> None:
        if isinstance(node, dict):
            for key, child in node.items():
                self._learn_value(child, str(key))
        elif isinstance(node, list):
            for child in node:
                self._learn_value(child, name)
        elif name and isinstance(node, str):
            self._learn_if_secret(name, node)

    # What is shown.

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self._header(name, value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        if is_secret_header(name):
            scheme, blank, _ = value.partition(" ")
            return f"{scheme} {HIDDEN}" if blank and scheme.isalpha() else HIDDEN
        if "?" in value or name in ("location", "referer", "content-location", "link"):
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

    def _decoded(self, body: bytes | None) -> Any:
        """Return what a body in JSON says, None for any other."""
        if not body or body[:1] not in b'{["' or not may_have_secret_fields(body):
            return None
        try:
            return jsontext.decode(body)
        except (ValueError, RecursionError):
            return None

    def _body(self, body: bytes | None, value: Any, headers: Headers) -> bytes | None:
        if not body:
            return body
        if value is not None or (body[:1] in b"{[" and not may_have_secret_fields(body)):
            found = self._json(body if value is None else msgspec.json.encode(self._value(value)))
            if found is not None:
                return found
        media = media_of(headers)
        if media == FORM:
            return self._form(body, headers)
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return None
        if "\0" in text:
            return None
        return (self._query(text) if media == URL_ENCODED else self._plain(text)).encode()

    def _json(self, body: bytes) -> bytes | None:
        """Return a body in JSON without the secrets that are known; None if it is none."""
        text = body.decode("utf-8", "replace")
        if self.text(text) == text and "\0" not in text:
            return body
        try:
            return msgspec.json.encode(self._everywhere(jsontext.decode(body)))
        except (ValueError, RecursionError):
            return None

    def _everywhere(self, node: Any) -> Any:
        if isinstance(node, dict):
            return {self.text(key): self._everywhere(child) for key, child in node.items()}
        if isinstance(node, list):
            return [self._everywhere(child) for child in node]
        return self.text(node) if isinstance(node, str) else node

    def _plain(self, text: str) -> str:
        """Return a text of any kind: JSON that is broken or by the line, markup, pages."""
        if is_json(text) or '":' in text or '" :' in text:
            text = redact.FIELD.sub(self._broken_field, text)
        elif "<" in text:
            text = INPUT.sub(lambda found: f"{found[1]}{HIDDEN if is_secret(found[2]) else found[3]}", text)
            text = TAG.sub(self._element, text)
        return self.text(redact.line(text) if may_name_secrets(text.encode()) else text)

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
            return {key: self._value(child, key) for key, child in node.items()}
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
        value = self._decoded(content)
        self._learn_value(value)
        return self._body(content, value, ()) or b""


def may_name_secrets(body: bytes) -> bool:
    """Whether a text can have something with the name of a secret; cheap, for most have none and need not be taken apart."""
    small = body.lower()
    return any(word in small for word in WORDS)


def may_have_secret_fields(body: bytes) -> bool:
    """Whether JSON can have a field with the name of a secret; as cheap, and not misled by such a word in a value."""
    small = body.lower()
    return b"\\u" in small or any(word in small and field.search(small) for word, field in FIELDS.items())


WORDS = (
    b"passw", b"secret", b"token", b"key", b"credential", b"authorization", b"cookie", b"jwt", b"access", b"refresh", b"bearer",
    b"basic", b"pin",
)  # fmt: skip
FIELDS = {word: re.compile(re.escape(word) + rb'[^"\\]{0,100}+"\s*+:') for word in WORDS}
