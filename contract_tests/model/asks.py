"""What is said and answered, without a word of HTTP libraries: a request to an operation, a pause, an answer."""

import json as jsonlib
from typing import Any

import msgspec

FIRST = "me"  # who asks where nobody else is known


class File(msgspec.Struct, frozen=True):
    """A file of a form; `content` is text, for all files here are."""

    name: str
    content: str
    media: str = "text/csv"


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request. `operation` is its operationId, `person` the name of who asks (None: nobody), `path` and `query` are parameters.

    `json` is a JSON body (None: none); a form has the fields `form` and the file `file`.
    """

    operation: str
    person: str | None = None
    path: dict[str, Any] = msgspec.field(default_factory=dict)
    query: dict[str, Any] = msgspec.field(default_factory=dict)
    json: Any = None
    form: dict[str, Any] | None = None
    file: File | None = None

    @property
    def is_form(self) -> bool:
        """Whether the body is a form."""
        return self.file is not None or self.form is not None

    @property
    def texts(self) -> dict[str, str]:
        """The query as it is written."""
        return {name: as_text(value) for name, value in self.query.items()}

    @property
    def parts(self) -> dict[str, tuple[str | None, bytes] | tuple[str | None, bytes, str]]:
        """The parts of the form: name of a file (None for a field), content, media type."""
        fields = {name: (None, as_text(value).encode()) for name, value in (self.form or {}).items()}
        if self.file is None:
            return {**fields}
        return {**fields, "file": (self.file.name, self.file.content.encode(), self.file.media)}


class Pause(msgspec.Struct, frozen=True):
    """Time that passes between two requests, in seconds."""

    seconds: float


class Answer(msgspec.Struct, frozen=True):
    """A status and a body of a media type."""

    status: int
    media: str
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether the body is a JSON value."""
        return self.media.endswith("json") and self.body != b""

    def value(self) -> Any:
        """Return the JSON value of the body; None for a body that is none."""
        try:
            return jsonlib.loads(self.body)
        except ValueError:
            return None


Move = Ask | Pause


def as_text(value: Any) -> str:
    """Return a parameter as it is written in a request: lists with commas, truth in lower case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return jsonlib.dumps(value)
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
