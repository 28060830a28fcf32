"""Recordings as a stream of exchanges: HTTP archives of browsers, proxies (mitmproxy), Insomnia and our own, and what Postman keeps.

Bodies come as bytes, base64 undone; what a recording does not have is None, which is something else than an empty body. Nothing is
hidden here: what is shown or written passes `mock_server.redact` first. Not here: what an exchange means (`judging`).
"""

import gzip
import json
import zlib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote_plus, urlsplit

import msgspec

from contract_tests.live.entries import LARGEST, RUN, Entries, NoEntries

Headers = tuple[tuple[str, str], ...]
GZIP, ZLIB = b"\x1f\x8b", b"\x78"
RIGHT = "an HTTP archive (HAR), a JSON object with log.entries, would be right"
NEWMAN = "newman run COLLECTION -r json --reporter-json-export FILE.json makes a report that can be read"
INSOMNIA = (b"type: collection.insomnia.rest", b"type: spec.insomnia.rest")
WITHOUT_BODY = (204, 205, 304)
CUT_BODY = "the first bytes of "  # so our own journal remarks on a body that it did not keep whole
FORM = "multipart/form-data"
BOUNDARY = "recorded-form"


class NoRecording(Exception):
    """A file is no recording that can be read; the message says what it is and what would be right."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange. `url` is whole, with scheme and host; names of headers are in lower case; `at` is the UTC time of the request.

    A body that was not recorded, or not whole, is None; `status` 0 says that no answer came.
    """

    method: str
    url: str
    request_headers: Headers = ()
    request_body: bytes | None = b""
    status: int
    response_headers: Headers = ()
    response_body: bytes | None = b""
    at: datetime | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port, as in `https://api.example.com`."""
        split = urlsplit(self.url)
        return f"{split.scheme}://{split.netloc.rpartition('@')[2]}"

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return urlsplit(self.url).path or "/"

    @property
    def query(self) -> str:
        """The query as it was sent, without the question mark."""
        return urlsplit(self.url).query

    @property
    def sent_media(self) -> str:
        """The media type of the request without its parameters, empty if it says none."""
        return media_of(self.request_headers)

    @property
    def media(self) -> str:
        """The media type of the answer without its parameters, empty if it says none."""
        return media_of(self.response_headers)


class Recording:
    """The exchanges of one file, read once. Afterwards `count` says how many there were, and `remarks` what could not be read, in
    sentences that name the file; `is_whole` is False if the file was cut short. Raises NoRecording when it is read."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self.path, self._largest = path, largest
        self.count = 0
        self.is_whole = True
        self.remarks: list[str] = []

    def __iter__(self) -> Iterator[Recorded]:
        try:
            with _opened(self.path) as file:
                yield from self._read(file)
        except (OSError, EOFError, zlib.error) as error:
            if self.count or not isinstance(error, OSError):
                self.is_whole = False
                self.remarks.append(f"{self.path} is cut short after {self.count} exchanges: {_reason(error)}")
                return
            raise NoRecording(f"{self.path} cannot be read: {_reason(error)}") from None
        except NoEntries as problem:
            if not {"info", "item"} <= set(problem.names):
                raise NoRecording(f"{self.path} {_what_it_is(problem)}") from None
            yield from self._examples()

    def _examples(self) -> Iterator[Recorded]:
        """Yield the saved responses of a collection of Postman. Raises NoRecording."""
        from contract_tests.live import postman

        try:
            with _opened(self.path) as file:
                text = file.read(self._largest + 1)
            if len(text) > self._largest:
                raise NoRecording(f"{self.path} is a collection of Postman of more than {self._largest >> 20} MiB")
            for recorded in postman.examples(json.loads(text)):
                self.count += 1
                yield recorded
        except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise NoRecording(f"{self.path} is like a collection of Postman, but cut or broken; {RIGHT}") from None
        if not self.count:
            raise NoRecording(
                f"{self.path} is a collection of Postman without saved responses; save some, or: {NEWMAN}"
            )

    def _read(self, file: BinaryIO) -> Iterator[Recorded]:
        from contract_tests.live import postman  # which works on what is here

        entries, broken = Entries(file, self._largest), 0
        for raw in entries:
            try:
                recorded = postman.execution(raw) if entries.found == RUN else _recorded(_entry(raw))
            except (ValueError, TypeError, KeyError, AttributeError, msgspec.MsgspecError, RecursionError):
                broken += 1
                continue
            self.count += 1
            yield recorded
        self.is_whole = not entries.is_cut
        if entries.is_cut:
            self.remarks.append(f"{self.path} is cut short after {self.count} exchanges; they are regarded")
        if broken:
            self.remarks.append(f"{self.path}: {broken} entries are not as the format has them and were left out")
        if entries.too_large:
            told = f"{entries.too_large} entries of more than {self._largest >> 20} MiB"
            self.remarks.append(f"{self.path}: {told} were left out")


def media_of(headers: Headers) -> str:
    """Return the media type that headers tell, in lower case and without its parameters; empty if they tell none."""
    return (header(headers, "content-type") or "").split(";", 1)[0].strip().lower()


def header(headers: Headers, name: str) -> str | None:
    """Return the value of a header (its name in lower case), the first if there are several, None without it."""
    return next((value for known, value in headers if known == name), None)


def lowered(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Return headers with their names in lower case; those that HTTP/2 made up (`:path`) are left out."""
    return tuple((name.lower(), value) for name, value in pairs if not name.startswith(":"))


class Pair(msgspec.Struct):
    """A header, a parameter, or a field of a form."""

    name: str
    value: Any = ""
    fileName: str | None = None
    contentType: str | None = None


class _Post(msgspec.Struct):
    mimeType: str | None = None
    text: str | None = None
    params: list[Pair] | None = None
    encoding: str | None = None
    comment: str | None = None


class _Content(msgspec.Struct):
    size: float | None = None
    mimeType: str | None = None
    text: str | None = None
    encoding: str | None = None
    comment: str | None = None


class _Request(msgspec.Struct):
    method: str
    url: str
    headers: list[Pair] = []
    postData: _Post | None = None


class _Response(msgspec.Struct):
    status: float = 0
    headers: list[Pair] = []
    content: _Content = msgspec.field(default_factory=_Content)


class _Entry(msgspec.Struct):
    request: _Request
    response: _Response
    startedDateTime: str = ""


_decoder = msgspec.json.Decoder(_Entry)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, packed or not, or a pipe, which can be read only once. Raises OSError."""
    with path.open("rb") as file:
        begin = file.peek(2)[:2]
        if begin == GZIP:
            with gzip.open(file, "rb") as plain:
                yield plain  # type: ignore[misc]
        elif begin[:1] == ZLIB and len(begin) == 2 and int.from_bytes(begin) % 31 == 0:
            yield _Packed(file)  # type: ignore[misc]
        else:
            yield file


class _Packed:
    """A file as mitmproxy packs it (`.zhar`), read like one that is not. Raises EOFError, zlib.error."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._reader = file, zlib.decompressobj()

    def read(self, size: int) -> bytes:
        """Return up to so many bytes, nothing at the end."""
        while not self._reader.eof:
            packed = self._reader.unconsumed_tail or self._file.read(1 << 16)
            found = self._reader.decompress(packed, size)
            if found:
                return found
            if not packed:
                raise EOFError("it ends before its end is marked")
        return b""


def _entry(raw: bytes) -> _Entry:
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):  # half of a surrogate pair, which browsers do write
        return msgspec.convert(json.loads(raw.decode("utf-8", "replace")), _Entry)


def _recorded(entry: _Entry) -> Recorded:
    sent, answer = entry.request, entry.response
    request_headers = _headers(sent.headers, sent.postData.mimeType if sent.postData else None)
    body, request_headers = _sent_body(sent, request_headers)
    return Recorded(
        method=sent.method.upper(),
        url=sent.url,
        request_headers=request_headers,
        request_body=body,
        status=int(answer.status),
        response_headers=_headers(answer.headers, answer.content.mimeType),
        response_body=_answered_body(answer),
        at=_moment(entry.startedDateTime),
    )


def _headers(pairs: list[Pair], media: str | None) -> Headers:
    """Return headers; a media type that stands only beside the body is one of them."""
    found = lowered((pair.name, "" if pair.value is None else str(pair.value)) for pair in pairs)
    known = media and media != "x-unknown" and header(found, "content-type") is None
    return (*found, ("content-type", str(media))) if known else found


def _sent_body(sent: _Request, headers: Headers) -> tuple[bytes | None, Headers]:
    """Return the body of a request, and its headers, of which a form that was recorded by its fields gets another boundary."""
    post = sent.postData
    if post is None:
        length = header(headers, "content-length") or "0"
        return (None if length.isdigit() and int(length) else b""), headers
    if (post.comment or "").startswith(CUT_BODY):
        return None, headers
    if post.text:
        return _bytes(post.text, post.encoding), headers
    if not post.params:
        return b"", headers
    if media_of(headers) != FORM:
        pairs = (f"{quote_plus(pair.name)}={quote_plus(str(pair.value or ''))}" for pair in post.params)
        return "&".join(pairs).encode(), headers
    rest = tuple(pair for pair in headers if pair[0] != "content-type")
    return form_of(post.params), (*rest, ("content-type", f"{FORM}; boundary={BOUNDARY}"))


def form_of(params: list[Pair]) -> bytes:
    """Return a form with these fields, parted by BOUNDARY."""
    parts = []
    for pair in params:
        name = f'; filename="{pair.fileName}"' if pair.fileName else ""
        media = f"\r\nContent-Type: {pair.contentType}" if pair.contentType else ""
        head = f'Content-Disposition: form-data; name="{pair.name}"{name}{media}'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n{pair.value or ''}\r\n")
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode("utf-8", "replace")


def _answered_body(answer: _Response) -> bytes | None:
    content = answer.content
    if content.text and not (content.comment or "").startswith(CUT_BODY):
        found = _bytes(content.text, content.encoding)
        return None if found is not None and _is_cut(found, content.size) else found
    if content.text:
        return None
    is_empty = content.text == "" or content.size == 0 or int(answer.status) in WITHOUT_BODY
    return b"" if is_empty and not content.size else None


def _is_cut(body: bytes, size: float | None) -> bool:
    """Whether a body begins like JSON, but is shorter than it says and not whole, as browsers cut large ones."""
    if not size or size <= len(body) or body[:1] not in b"{[":
        return False
    try:
        msgspec.json.decode(body)
        return False
    except (ValueError, msgspec.DecodeError, RecursionError):
        return True


def _bytes(text: str, encoding: str | None) -> bytes | None:
    if (encoding or "").lower() != "base64":
        return text.encode("utf-8", "replace")
    try:
        return b64decode(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _what_it_is(problem: NoEntries) -> str:
    """Say what a file is that is no HTTP archive, and how to get one."""
    names = set(problem.names)
    if "results" in names and "collection" in names:
        return f"is the report of a run in Postman, which has no bodies; {NEWMAN}"
    if ("resources" in names and "_type" in names) or problem.begin.startswith(INSOMNIA):
        return "is an export of Insomnia without responses; Export Data as HAR has them"
    if problem.is_cut:
        return f"ends before its first entry; {RIGHT}"
    if not names:
        return f"is no JSON object (for flows of mitmproxy: mitmdump -nr FLOWS --set hardump=FILE.har); {RIGHT}"
    return f"has no log.entries, but {', '.join(problem.names[:5])}; {RIGHT}"


def _reason(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error)
