"""Who may use the control API: this machine, or whoever has the token. Pages of other sites may not, whoever looks at them.

Without a token only clients on this machine are served, and only under a local name: a page that has its own name lead to this machine
(DNS rebinding) is refused. With a token everybody needs it, from wherever. Readiness, documentation and contract are open to all.
"""

import hmac
import ipaddress
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from mock_server.pipeline.errors import Refused

PREFIX = "/_mock"
OPEN = ("/_mock/health", "/_mock/docs", "/_mock/openapi")
TOKEN = b"x-mock-control-token"
CHALLENGES = [
    (b"www-authenticate", b'Bearer realm="studio-mock control"'),
    (b"www-authenticate", b'Basic realm="studio-mock control"'),
]
WAYS = "as Authorization: Bearer TOKEN, as X-Mock-Control-Token: TOKEN, or as the password of Basic"


def is_control(path: str) -> bool:
    """Whether a path is one of the stand-in itself, with or without anything behind its prefix."""
    return path.startswith(PREFIX) and path[len(PREFIX) : len(PREFIX) + 1] in ("", "/")


class Guard:
    """Decides about requests to the control API. `token` is what `--control-token` says, None without one."""

    def __init__(self, token: str | None = None) -> None:
        self._token = token.encode() if token else None

    def check(self, scope: Mapping[str, Any]) -> None:
        """Let a request pass or raise Refused: 401 without the token that is needed, 403 from elsewhere."""
        if scope["path"].startswith(OPEN):
            return
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        _check_origin(headers.get(b"origin", b"").decode("latin-1"), host)
        if self._token is not None:
            self._check_token(headers)
        else:
            _check_client(scope)
            _check_host(scope, host)

    def _check_token(self, headers: Mapping[bytes, bytes]) -> None:
        assert self._token is not None
        sent = (headers.get(TOKEN, b""), _authorization(headers.get(b"authorization", b"")))
        if not any(hmac.compare_digest(token, self._token) for token in sent):
            raise Refused(
                401, f"The control API needs the token that serve --control-token was given, {WAYS}", headers=CHALLENGES
            )


def _authorization(header: bytes) -> bytes:
    """Return the token of a header: that of Bearer, or the password of Basic, which is what a browser asks people for."""
    scheme, _, sent = header.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return sent.strip() if scheme.lower() == b"bearer" else b""
    try:
        return b64decode(sent, validate=True).partition(b":")[2]
    except ValueError:
        return b""


def _check_origin(origin: str, host: str) -> None:
    if origin and not is_local(_name(urlsplit(origin).netloc)) and urlsplit(origin).netloc != host:
        raise Refused(
            403, f"The control API takes nothing from pages of {origin[:200]}; it takes it from pages of this machine"
        )


def _check_client(scope: Mapping[str, Any]) -> None:
    client = scope.get("client")
    if client and _is_elsewhere(client[0]):
        told = "start with serve --control-token TOKEN and send the token to control the stand-in from elsewhere"
        raise Refused(403, f"The control API answers this machine only, not {client[0]}; {told}")


def _check_host(scope: Mapping[str, Any], host: str) -> None:
    """An application that is called in process has whatever name its caller gives it."""
    server = scope.get("server") or (None,)
    if host and not is_local(_name(host)) and _name(host) != server[0]:
        raise Refused(403, f"The control API answers under a local name, for example localhost, not as {host[:200]}")


def is_local(name: str) -> bool:
    """Whether a host name or address is that of this machine, wherever it is asked."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return _plain(name).is_loopback
    except ValueError:
        return False


def _is_elsewhere(address: str) -> bool:
    try:
        return not _plain(address).is_loopback
    except ValueError:
        return False  # no network: the application is called in process, or over a socket file


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an address, an IPv4 one where it is written as IPv6. Raises ValueError."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _name(netloc: str) -> str:
    """Return the host of `host:port`, in lower case and without brackets."""
    if netloc.startswith("["):
        return netloc[1:].partition("]")[0].lower()
    return netloc.partition(":")[0].lower().removesuffix(".")
