"""A server of its own for a test: real HTTP on a free port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from mock_server.app import App
from mock_server.testing.server import ServerThread


@contextmanager
def serving(app: App) -> Iterator[str]:
    """Serve an application and yield where it is, as in `http://127.0.0.1:40123`."""
    server = ServerThread(app)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()
