"""One port for TLS and plain HTTP: what a connection begins with says which of them it is.

A client that speaks plain HTTP to a port of TLS would get no answer that it understands; here it gets one from the application.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable

HANDSHAKE = b"\x16"  # the first byte of every TLS connection, and of no request
PATIENCE = 30  # seconds in which a connection has to say its first byte
BACKLOG = 2048


class Door:
    """Lets connections in. Closed like a server of asyncio, with `close` and `wait_closed`."""

    def __init__(
        self, listener: socket.socket, create_protocol: Callable[[], asyncio.Protocol], context: ssl.SSLContext
    ) -> None:
        self._listener, self._create, self._context = listener, create_protocol, context
        self._loop = asyncio.get_running_loop()
        self._guests: set[asyncio.Task[None]] = set()
        listener.listen(BACKLOG)
        listener.setblocking(False)
        self._task = self._loop.create_task(self._open())

    def close(self) -> None:
        """Let nobody in any more."""
        for task in (self._task, *self._guests):
            task.cancel()

    async def wait_closed(self) -> None:
        """Return when the door is closed."""
        await asyncio.gather(self._task, *self._guests, return_exceptions=True)

    async def _open(self) -> None:
        while True:
            try:
                guest, _ = await self._loop.sock_accept(self._listener)
            except OSError:  # too many files are open: some will be closed
                await asyncio.sleep(0.1)
                continue
            task = self._loop.create_task(self._let_in(guest))
            self._guests.add(task)
            task.add_done_callback(self._guests.discard)

    async def _let_in(self, guest: socket.socket) -> None:
        try:
            guest.setblocking(False)
            first = await asyncio.wait_for(self._first_byte(guest), PATIENCE)
            secured = self._context if first == HANDSHAKE else None
            await self._loop.connect_accepted_socket(self._create, guest, ssl=secured)
        except (OSError, TimeoutError):  # it has gone, said nothing, or trusts nobody
            guest.close()
        except BaseException:
            guest.close()
            raise

    async def _first_byte(self, guest: socket.socket) -> bytes:
        """Return the first byte of a connection and leave it there."""
        readable = asyncio.Event()
        self._loop.add_reader(guest, readable.set)
        try:
            await readable.wait()
            return guest.recv(1, socket.MSG_PEEK)
        finally:
            self._loop.remove_reader(guest)
