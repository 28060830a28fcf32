"""Writes exchanges into an HTTP archive as they come. The file is a whole archive after each of them, however the run ends.

Not here: what of an exchange is secret (`hiding`); it comes here without.
"""

import errno
import fcntl
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_plus

import msgspec

from contract_tests.live.traffic import CUT_BODY, Headers, Recorded, header
from mock_server import __version__
from mock_server.contract import Json
from mock_server.journal.exporting import phrase

BEGIN = b'{"log":{"version":"1.2","creator":{"name":"studio-mock proxy"'
END = b"\n]}}\n"
NOT_KEPT = "that are not kept"  # goes on after CUT_BODY and a size


class Recorder:
    """Writes to a file of its own, and makes an earlier recording anew. Raises OSError, also for a file that is something else."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, 0o600)  # nobody else is meant to read it
        try:
            self._claim()
            begin = BEGIN + b',"version":' + msgspec.json.encode(__version__) + b'},"entries":[\n'
            self._at = len(begin)
            self._write(begin + END, 0)
        except OSError:
            os.close(self._file)
            raise

    def _claim(self) -> None:
        """See that nobody loses anything: neither another proxy that writes into the file, nor whoever needs what is in it."""
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(errno.EBUSY, "another proxy records into it") from None
        if os.pread(self._file, len(BEGIN), 0) not in (b"", BEGIN):
            raise OSError(errno.EEXIST, "it is there and no recording of a proxy; choose another file")
        os.fchmod(self._file, 0o600)
        os.ftruncate(self._file, 0)

    def write(self, recorded: Recorded, took: float, sent: int, answered: int, note: str = "") -> None:
        """Add an exchange that took so many seconds and had bodies of so many bytes; `note` says what went wrong with it.

        Raises OSError; then the file ends before it."""
        entry = msgspec.json.encode(entry_of(recorded, took, sent, answered, note))
        data = b",\n" + entry if self.count else entry
        try:
            self._write(data + END, self._at)
        except OSError:
            os.ftruncate(self._file, self._at)
            self._write(END, self._at)
            raise
        self._at += len(data)
        self.count += 1

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _write(self, data: bytes, at: int) -> None:
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._file, rest, at)
            rest, at = rest[written:], at + written


def entry_of(recorded: Recorded, took: float, sent: int, answered: int, note: str = "") -> Json:
    """Return the entry of an exchange; `sent` and `answered` are the bytes that the bodies had on the wire."""
    began = recorded.at or datetime.now(UTC)
    milliseconds = round(took * 1000, 3)
    return {
        "startedDateTime": began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": milliseconds,
        "request": _request(recorded, sent),
        "response": _response(recorded, answered),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        **({"comment": note} if note else {}),
    }


def _request(recorded: Recorded, size: int) -> Json:
    pairs = [pair.partition("=") for pair in recorded.query.split("&") if pair]
    request: Json = {
        "method": recorded.method,
        "url": recorded.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(recorded.request_headers),
        "queryString": [{"name": unquote_plus(name), "value": unquote_plus(value)} for name, _, value in pairs],
        "headersSize": -1,
        "bodySize": size,
    }
    if size or recorded.request_body:
        media = header(recorded.request_headers, "content-type") or ""
        request["postData"] = {"mimeType": media, **_text(recorded.request_body, size)}
    return request


def _response(recorded: Recorded, size: int) -> Json:
    media = header(recorded.response_headers, "content-type") or ""
    body = recorded.response_body
    content = {"size": size if body is None else len(body), "mimeType": media, **_text(body, size)}
    return {
        "status": recorded.status,
        "statusText": phrase(recorded.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(recorded.response_headers),
        "content": content,
        "redirectURL": header(recorded.response_headers, "location") or "",
        "headersSize": -1,
        "bodySize": size,
    }


def _text(body: bytes | None, size: int) -> Json:
    if body is None:
        return {"text": "", "comment": f"{CUT_BODY}{size} {NOT_KEPT}"} if size else {}
    return {"text": body.decode("utf-8", "replace")}


def _pairs(headers: Headers) -> list[Json]:
    return [{"name": name, "value": value} for name, value in headers]
