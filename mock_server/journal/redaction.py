"""An entry without its secrets: passwords, tokens, keys and cookies, wherever they stand in it.

Two rules: what is called like a secret is one (`mock_server.redact` knows the names), and what was found to be one is hidden wherever
else it is repeated, in a message of an error say.
"""

import re
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

import msgspec

from mock_server import jsontext, redact
from mock_server.journal.entry import Entry
from mock_server.redact import HIDDEN, JWT, is_secret, is_secret_header, may_have_secrets

SHORTEST = 4  # characters; what is shorter is not looked for elsewhere, for it stands anywhere by chance


class Redaction:
    """Hides the secrets of one entry; with `secrets` nothing is hidden.

    Unless `whole`, only those are known that can be in the path or in what was said against the request.
    """

    def __init__(self, entry: Entry, secrets: bool, whole: bool = True) -> None:
        self.secrets = secrets
        self._found: set[str] = set()
        if not secrets:
            self._learn(entry, whole)
        known = sorted(self._found, key=len, reverse=True)
        self._pattern = re.compile("|".join([JWT.pattern, *map(re.escape, known)]))

    def text(self, text: str) -> str:
        """Return a text without the secrets that are known, and without what looks like a token."""
        return text if self.secrets else self._pattern.sub(HIDDEN, redact.within(text))

    def header(self, name: str, value: str) -> str:
        """Return the value of a header as it may be shown; the scheme of a credential stays."""
        if self.secrets:
            return value
        return redact.credential(value) if is_secret_header(name) else self.text(value)

    def parameter(self, name: str, value: str) -> str:
        """Return the value of a parameter of the query as it may be shown."""
        if self.secrets:
            return value
        return HIDDEN if is_secret(unquote_plus(name)) else self.text(value)

    def value(self, value: Any) -> Any:
        """Return a JSON value as it may be shown."""
        return value if self.secrets else redact.value(value, self.text)

    def body(self, text: str) -> str:
        """Return the text of a body as it may be shown: JSON by its fields, also if it is cut, anything else as a text."""
        if self.secrets:
            return text
        if is_json(text) and may_have_secrets(text):
            try:
                return msgspec.json.encode(self.value(jsontext.decode(text))).decode()
            except ValueError:
                text = redact.broken(text)
        return self.text(text)

    def _learn(self, entry: Entry, whole: bool) -> None:
        headers = [value for name, value in entry.headers if is_secret_header(name)]
        pairs = [*entry.queries, *(entry.path_params or {}).items(), *form_fields(entry)]
        for value in [*headers, *(value for name, value in pairs if is_secret(name))]:
            self._keep(value.partition(" ")[2] or value)
        for raw in (entry.body, entry.reply.body if entry.reply and whole else None):
            if raw and raw[:1] in b"{[" and may_have_secrets(text := raw.decode("utf-8", "replace")):
                self._search(_decoded(text))

    def _search(self, value: Any) -> None:
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, part in parts:
            if isinstance(part, str) and is_secret(str(name)):
                self._keep(part)
            self._search(part)

    def _keep(self, secret: str) -> None:
        if len(secret) >= SHORTEST:
            self._found |= {secret, quote(secret, safe=""), unquote(secret)}


def form_fields(entry: Entry) -> list[tuple[str, str]]:
    """Return the text fields of a form that was sent, as far as it is kept."""
    if entry.body is None:
        return []
    text = entry.body.decode("utf-8", "replace")
    if entry.media == "application/x-www-form-urlencoded":
        pairs = [pair.partition("=") for pair in text.split("&")]
        return [(unquote(name), unquote(value.replace("+", " "))) for name, _, value in pairs]
    if entry.media == "multipart/form-data":
        return re.findall(r'name="([^"]*)"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', text, re.DOTALL)
    return []


def is_json(text: str) -> bool:
    """Whether a text begins like a JSON map or list."""
    return text.lstrip()[:1] in ("{", "[") and text.strip() != ""


def _decoded(text: str) -> Any:
    try:
        return jsontext.decode(text)
    except ValueError:
        return None
