"""What the body of a refused request said, read anew: its value, and how the contract's schema sees it."""

import re
from typing import Any

from mock_server import jsontext
from mock_server.contract import Json
from mock_server.journal.entry import Entry
from mock_server.journal.redaction import form_fields
from mock_server.pipeline.bodies import FORM, JSON, URL_ENCODED, Content
from mock_server.pipeline.parameters import coerce

FILE = re.compile(rb'name="([^"]*)"; ?filename=')
A_FILE = "(a file)"  # stands for a file of a form


class Sent:
    """The body of a request to an operation that takes one.

    `media` is the one of the contract's media types that it was read as, the first of them for what fits none; `value` what it
    said, None if that cannot be told; `schema_path` where in the schema the first error is, empty without one or for what cannot be read.
    """

    def __init__(self, entry: Entry) -> None:
        assert entry.operation is not None and entry.operation.body is not None
        contents = entry.operation.body.contents
        sent = JSON if entry.media.endswith("+json") else entry.media
        self.fits = sent in contents
        self.media = sent if self.fits else next(iter(contents))
        self.content: Content = contents[self.media]
        self.value = self._read(entry) if entry.is_whole else None
        is_read = self.value is not None or entry.body == b"null"
        errors = self.errors(self.value) if is_read else []
        self.schema_path: list[Any] = list(errors[0].schema_path) if errors else []

    @property
    def is_form(self) -> bool:
        """Whether it is made of fields and files."""
        return self.media in (FORM, URL_ENCODED)

    def errors(self, value: Any) -> list[Any]:
        """Return what the schema has against a value, 20 errors at the most."""
        validator = self.content.validator
        found = [] if validator.is_valid(value) else validator.iter_errors(value)
        return [error for _, error in zip(range(20), found, strict=False)]

    def _read(self, entry: Entry) -> Any:
        raw = entry.body or b""
        if self.is_form and self.fits:
            properties = self.content.properties()
            files = {name.decode("utf-8", "replace"): A_FILE for name in FILE.findall(raw)}
            return {**{name: _typed(properties.get(name, {}), text) for name, text in form_fields(entry)}, **files}
        try:
            return jsontext.decode(raw)
        except ValueError:
            return None


def _typed(schema: Json, text: str) -> Any:
    try:
        return jsontext.decode(text) if schema.get("type") in ("array", "object") else coerce(schema, text)
    except ValueError:
        return text
