"""Which sandbox a request names: by a header, by the path, by the host, or by the token that it carries, in this order.

Not here: whether there is a sandbox of that name (`sandboxes`).
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from mock_server.pipeline.errors import Refused
from mock_server.sandbox_names import DEFAULT, RIGHT, is_name, of_token

HEADER = b"x-mock-sandbox"
PREFIX = "/_sandbox"


def selected(scope: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return the name of the sandbox that a request names, None if it names none, and the part of its path that does.

    Raises Refused (400) for what can be no name.
    """
    header = host = authorization = None
    for key, value in scope["headers"]:
        if key == b"host":
            host = value
        elif key == b"authorization":
            authorization = value
        elif key == HEADER:
            header = value
    prefix = _prefix(scope) if scope["path"].startswith(PREFIX) and scope["path"][9:10] in ("", "/") else ""
    name = checked(_decoded(prefix)[len(PREFIX) + 1 :], f"the path {PREFIX}/…") if prefix else None
    if header is not None:
        return checked(header.decode("latin-1"), "the header X-Mock-Sandbox"), prefix
    if name is not None:
        return name, prefix
    if host is not None and (name := _of_host(host)) is not None:
        return checked(name, "the host"), ""
    return (None if authorization is None else of_token(authorization)), ""


def leading_to(name: str, prefix: str, host: bytes) -> str:
    """Return what the path of a link begins with that leads to a sandbox; `prefix` and `host` are those of the request that it answers.

    A link has no header and no token: where only these have named the sandbox, it takes the prefix of its path.
    """
    named = _decoded(prefix)[len(PREFIX) + 1 :] if prefix else _of_host(host)
    return prefix if (named or DEFAULT) == name else f"{PREFIX}/{name}"


def checked(name: str, place: str) -> str:
    """Return what can be the name of a sandbox. Raises Refused (400), naming the place where it was given."""
    if not is_name(name):
        raise Refused(400, f"{name[:100]!r}, which {place} gives, is no name of a sandbox; {RIGHT}")
    return name


def rest_of(scope: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return the scope of a request without the prefix that names a sandbox."""
    raw = scope.get("raw_path") or b""
    path = scope["path"][len(_decoded(prefix)) :] or "/"
    return {**scope, "path": path, "raw_path": raw[len(prefix) :] or b"/"}


def _prefix(scope: Mapping[str, Any]) -> str:
    """Return the first two segments as they were sent: a slash that is encoded is no slash."""
    raw = scope.get("raw_path") or scope["path"].encode()
    return "/".join(raw.decode("latin-1").split("/", 3)[:3])


def _decoded(prefix: str) -> str:
    return unquote_to_bytes(prefix.encode("latin-1")).decode("utf-8", "replace")


@lru_cache(maxsize=256)
def _of_host(host: bytes) -> str | None:
    name, found, rest = host.decode("latin-1").lower().partition(".localhost")
    return name if found and re.fullmatch(r"\.?(:\d*)?", rest, re.ASCII) else None
