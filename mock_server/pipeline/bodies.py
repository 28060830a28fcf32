"""Request bodies: read within a limit, parsed by content type (JSON, multipart or URL-encoded form), validated by the contract."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from mock_server import jsontext, yamltext
from mock_server.contract import Json, resolve
from mock_server.pipeline.errors import BAD_BODY, Refused, bad_body
from mock_server.pipeline.parameters import coerce
from mock_server.pipeline.schemas import Schemas, faults

Receive = Callable[[], Awaitable[Any]]
JSON = "application/json"
FORM = "multipart/form-data"
URL_ENCODED = "application/x-www-form-urlencoded"
YAML = "application/yaml"
OTHER_YAML = ("application/x-yaml", "text/yaml", "text/x-yaml")
MOST_FIELDS = 1000
DEFAULT_LIMIT = 32 * 1024 * 1024
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # what is wrong with a form is told to whoever sent it


class Upload(msgspec.Struct, frozen=True):
    """A file of a form."""

    filename: str
    content: bytes
    content_type: str | None


class Disconnected(Exception):
    """The client has gone before its body had arrived."""


async def read(receive: Receive, headers: dict[bytes, bytes], limit: int) -> bytes:
    """Return the whole body, however it was cut. Raises Refused (413) as soon as it is over `limit` bytes."""
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        return body
    return await _rest(message, receive, limit)


async def _rest(message: Any, receive: Receive, limit: int) -> bytes:
    parts = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise Disconnected
        parts += message.get("body", b"")
        if len(parts) > limit:
            raise _too_large(limit)
        if not message.get("more_body"):
            return bytes(parts)
        message = await receive()


def _too_large(limit: int) -> Refused:
    # the connection ends with this answer: what is left of the body is not read
    return Refused(413, f"The body is larger than {limit} bytes", headers=[(b"connection", b"close")])


class Body:
    """The body that one operation takes, compiled."""

    def __init__(self, node: Json, document: Json, schemas: Schemas, told: str = BAD_BODY) -> None:
        self.required = bool(node.get("required"))
        self.contents = {media: Content(content, document, schemas, told) for media, content in node["content"].items()}

    async def parse(self, raw: bytes, headers: dict[bytes, bytes]) -> tuple[Any, dict[str, Upload]]:
        """Return the value (JSON, or the fields of the form) and the files. Raises Refused (400, 415)."""
        content_type = headers.get(b"content-type", b"").decode("latin-1")
        if not raw and not self.required and not content_type:
            return None, {}
        media = self._media(content_type)
        content = self.contents[media]
        if media == FORM:
            return content.form(*await parse_form(raw, content_type))
        if media == URL_ENCODED:
            return content.form(parse_url_encoded(raw), {})
        if media == YAML:
            return content.checked(await asyncio.get_running_loop().run_in_executor(None, parse_yaml, raw)), {}
        return content.checked(parse_json(raw)), {}

    def _media(self, content_type: str) -> str:
        sent = content_type.split(";", 1)[0].strip().lower()
        if sent in self.contents:
            return sent
        if sent in OTHER_YAML and YAML in self.contents:
            return YAML
        if sent.endswith("+json") and JSON in self.contents:
            return JSON
        told = f"The content type {sent[:100]} is not supported" if sent else "The content type is missing"
        raise Refused(415, f"{told}; send {' or '.join(self.contents)}")


class Content:
    """What a body holds in one media type: its schema, compiled when it is first needed."""

    def __init__(self, node: Json, document: Json, schemas: Schemas, told: str) -> None:
        self.node, self.told = node, told
        self.schema: Json = node.get("schema", {})
        self._document, self._schemas = document, schemas
        self._validator: Any = None

    @property
    def validator(self) -> Any:
        """The compiled schema."""
        if self._validator is None:
            self._validator = self._schemas.compile(self.schema)
        return self._validator

    def checked(self, value: Any) -> Any:
        found = faults(self.validator, value, "body")
        if found:
            raise bad_body(found, self.told)
        return value

    def form(self, fields: dict[str, Any], files: dict[str, Upload]) -> tuple[Any, dict[str, Upload]]:
        """Return the fields of a form, each of the type that the contract says, and its files. Raises BreaksContract."""
        properties = self.properties()
        found: list[dict[str, str]] = []
        for name, texts in list(fields.items()):
            schema = properties.get(name, {})
            if schema.get("format") == "binary":
                found.append({"place": f"body.{name}", "reason": "must be a file: a form part with a filename"})
                continue
            try:
                fields[name] = _typed(schema, texts)
            except ValueError as error:
                found.append({"place": f"body.{name}", "reason": str(error)})
        wrong = [name for name in files if properties.get(name, {"format": "binary"}).get("format") != "binary"]
        found.extend({"place": f"body.{name}", "reason": "must be text, not a file"} for name in wrong)
        if found:
            raise bad_body(found, self.told)
        self.checked({**fields, **dict.fromkeys(files, "file")})
        return fields, files

    def properties(self) -> Json:
        """Return the schemas of the fields."""
        schema = resolve(self._document, self.schema)
        properties: Json = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            properties.update(resolve(self._document, part).get("properties", {}))
        return {name: resolve(self._document, node) for name, node in properties.items()}


def parse_json(raw: bytes) -> Any:
    """Return the JSON value of a body. Raises BreaksContract naming what is wrong with it."""
    try:
        return jsontext.decode(raw)
    except ValueError as error:
        raise bad_body([{"place": "body", "reason": str(error)}]) from None


def parse_yaml(raw: bytes) -> Any:
    """Return the value of a body in YAML; may take long. Raises BreaksContract naming what is wrong with it."""
    try:
        return yamltext.decode(raw)
    except ValueError as error:
        raise bad_body([{"place": "body", "reason": str(error)}]) from None


async def parse_form(raw: bytes, content_type: str) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Return the text fields (each a list of what was sent) and the files of a multipart body. Raises BreaksContract."""
    from starlette.datastructures import Headers, UploadFile
    from starlette.formparsers import MultiPartException, MultiPartParser

    async def stream() -> AsyncGenerator[bytes, None]:
        yield raw

    if "boundary=" not in content_type:
        raise bad_body([{"place": "header.content-type", "reason": "multipart/form-data needs a boundary"}])
    fields: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    try:
        parser = MultiPartParser(Headers({"content-type": content_type}), stream(), max_part_size=len(raw) + 1)
        form = await parser.parse()
    except (MultiPartException, ValueError, KeyError, LookupError) as error:
        raise bad_body([{"place": "body", "reason": f"is not a valid multipart form: {error}"}]) from None
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = Upload(value.filename or "", await value.read(), value.content_type)
        else:
            fields.setdefault(name, []).append(value)
    await form.close()
    return fields, files


def parse_url_encoded(raw: bytes) -> dict[str, Any]:
    """Return the fields of a URL-encoded body, each a list of what was sent. Raises BreaksContract."""
    fields: dict[str, Any] = {}
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:  # UnicodeDecodeError is one, too
        reason = f"is not a URL-encoded form in UTF-8 of at most {MOST_FIELDS} fields"
        raise bad_body([{"place": "body", "reason": reason}]) from None
    for name, text in pairs:
        fields.setdefault(name, []).append(text)
    return fields


def _typed(schema: Json, texts: list[str]) -> Any:
    kind = schema.get("type", "string")
    if kind == "array":
        return [_typed(schema.get("items", {}), [text]) for text in texts]
    if kind == "object":
        return _json_text(texts[-1])
    return coerce(schema, texts[-1])


def _json_text(text: str) -> Any:
    try:
        return jsontext.decode(text)
    except ValueError:
        raise ValueError("must be a JSON object") from None
