"""A server of its own for a test: real HTTP on a free port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from mock_server.app import App
from mock_server.serve import listen


@contextmanager
def serving(app: App) -> Iterator[str]:
    """Serve an application and yield where it is, as in `http://127.0.0.1:40123`."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield "http://{}:{}".format(*listener.getsockname())
    finally:
        server.should_exit = True
        thread.join(10)
