"""A server in a thread of this process, on a free port of loopback."""

import asyncio
import threading
from typing import Any

import uvicorn

from mock_server.serve import listen

PATIENCE = 30.0  # seconds until it has to be up


class ServerThread:
    """Serves an ASGI application from `start` to `stop`. `url` is where."""

    def __init__(self, app: Any, port: int = 0) -> None:
        self._listener = listen("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="studio-mock", daemon=True)

    def start(self) -> None:
        """Return when requests are answered. Raises RuntimeError if that does not come about."""
        self._thread.start()
        if not self._up.wait(PATIENCE) or not self._server.started:
            raise RuntimeError(f"the stand-in has not started at {self.url}")

    def stop(self) -> None:
        """Answer what is under way, then end."""
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.005)
        self._up.set()
        await serving
