"""Which addresses outside the stand-in may be called, and the one way in which they are: a POST of JSON, answered in time.

Loopback always may be; other hosts must have been allowed at start. A name is resolved once, what it resolved to is what is
called, and redirects are not followed.
"""

import asyncio
import socket
import ssl
from collections.abc import Collection
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote, urlsplit

import msgspec

from mock_server import __version__

PORTS = {"http": 80, "https": 443}
COURTESY = 0.3  # seconds in which a receiver may end its answer before the connection is closed
LOCAL = "localhost"
PATH = "/%:@!$&'()*+,;=~?"


class NotAllowed(Exception):
    """The address must not be called; the text says why."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An address taken apart. `free` is whether its host was allowed at start and may resolve to anything."""

    secure: bool
    host: str
    port: int
    path: str
    free: bool


def plain_host(text: str) -> str:
    """Return the name of a host as hosts are compared. Raises ValueError for what is no host, an address with scheme or path say."""
    host = urlsplit(f"//{text}").hostname or ""
    if host != text.lower().strip("[]") or not host:
        raise ValueError(f"{text!r} is no host; right would be a name or an IP address, such as ci.example.com")
    return host.rstrip(".")


def target_of(url: str, hosts: Collection[str]) -> Target:
    """Take an address apart; `hosts` are those that were allowed at start. Raises NotAllowed."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise NotAllowed(f"this is no address: {error}") from None
    if parts.scheme not in PORTS or not host or port == 0:
        raise NotAllowed("this is no address that begins with http:// or https:// and names a host")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("names and passwords in addresses are not sent")
    if host not in hosts and not (host == LOCAL or is_loopback(host)):
        raise NotAllowed(f"{host} is not this machine; start with --allow-webhook {host} to allow it")
    query = f"?{parts.query}" if parts.query else ""
    return Target(
        secure=parts.scheme == "https",
        host=host,
        port=port or PORTS[parts.scheme],
        path=quote((parts.path or "/") + query, safe=PATH),
        free=host in hosts,
    )


def is_loopback(host: str) -> bool:
    """Whether a text is an IP address of this machine itself: 127.0.0.0/8 or ::1."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


async def post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """Send JSON and return the status of the answer. Raises NotAllowed, OSError, or ValueError for what is no HTTP."""
    reader, writer = await _connected(target)
    try:
        writer.write(_head(target, len(body), headers) + body)
        await writer.drain()
        status = await _status(reader)
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(COURTESY):
                await reader.read(65_536)
        return status
    finally:
        writer.close()


async def _connected(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address of the host that answers."""
    context = ssl.create_default_context() if target.secure else None
    name = target.host if target.secure else None
    problem: OSError = ConnectionError(f"{target.host} has no address")
    for address in await _addresses(target):
        try:
            return await asyncio.open_connection(address, target.port, ssl=context, server_hostname=name)
        except OSError as error:
            problem = error
    raise problem


async def _addresses(target: Target) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    strange = [address for address in addresses if not target.free and not is_loopback(address)]
    if strange:
        raise NotAllowed(f"{target.host} resolves to {strange[0]}, which is not this machine")
    return addresses


def _head(target: Target, length: int, headers: dict[str, str]) -> bytes:
    host = f"[{target.host}]" if ":" in target.host else target.host
    fields = {
        "Host": f"{host}:{target.port}",
        "User-Agent": f"studio-mock/{__version__}",
        "Content-Type": "application/json",
        "Content-Length": str(length),
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _status(reader: asyncio.StreamReader) -> int:
    """Read the status of an answer, past those that only say that one is to come."""
    while True:
        line = await reader.readline()
        if not line:
            raise ConnectionError("the receiver closed the connection without an answer")
        version, _, rest = line.partition(b" ")
        if not version.startswith(b"HTTP/") or not rest[:3].isdigit():
            raise ValueError("the answer is no HTTP")
        if (status := int(rest[:3])) >= 200:
            return status
        while (await reader.readline()).strip():
            pass
