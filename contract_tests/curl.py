"""Requests as curl lines that can be pasted into a shell, without their secrets."""

import shlex
from collections.abc import Mapping
from typing import Any

from mock_server import redact

LEFT_OUT = {
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "user-agent",
    "x-schemathesis-testcaseid",
}
LONGEST = 2000


def line(method: str, url: str, headers: Mapping[str, Any], body: Any = None) -> str:
    """Return one request as a curl line. A body that is no text is named by its size, a long one is cut."""
    parts = ["curl", "-i"]
    if method != "GET":
        parts += ["-X", method]
    parts.append(shlex.quote(redact.line(url)))
    for name, value in redact.headers(headers).items():
        if name.lower() not in LEFT_OUT:
            parts += ["-H", shlex.quote(f"{name}: {value}")]
    if body not in (None, b"", ""):
        parts += ["--data-binary", _quoted(body)]
    return " ".join(parts)


def of(request: Any) -> str:
    """Return a prepared request of `requests` as a curl line."""
    return line(request.method or "GET", request.url or "", request.headers, request.body)


def _quoted(body: Any) -> str:
    if isinstance(body, bytes):
        try:
            body = body.decode("utf-8")
        except UnicodeDecodeError:
            return f"@body.bin  # {len(body)} bytes"
    shown = redact.body(str(body), LONGEST)
    if not all(char.isprintable() or char in "\r\n\t" for char in shown):
        return "$" + shlex.quote(shown.encode("unicode_escape").decode().replace("'", "\\'"))
    return shlex.quote(shown.replace("\r\n", "\n")) if "\n" in shown else shlex.quote(shown)
