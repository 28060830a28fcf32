"""Sees which files change, and has them taken in."""

import asyncio
import sys
from pathlib import Path

from watchfiles import awatch

from mock_server.reloading.reloader import RELOADED, Reloader

QUIET = 50  # milliseconds without a change after which changes are taken in
LONGEST = 300  # milliseconds after which they are, quiet or not
TURN = 500  # milliseconds in which nothing changes, after which it is certain that changes are seen
WATCHING = "watching"
ENDINGS = (".py", ".yaml", ".json")


async def watch(reloader: Reloader, ended: asyncio.Event, quiet: bool = False) -> None:
    """Take in what changes, and say so on standard error, until `ended`; if it is to be quiet, only what was not taken in."""
    folders = reloader.folders()
    told = [f"{WATCHING} {', '.join(map(str, folders))}"]
    async for changes in awatch(
        *folders,
        watch_filter=None,
        step=QUIET,
        debounce=LONGEST,
        rust_timeout=TURN,
        yield_on_timeout=True,
        stop_event=ended,
    ):
        paths = {Path(path).resolve() for _, path in changes if path.endswith(ENDINGS)}
        for line in (*told, *reloader.take(paths)):
            if not (quiet and line.startswith((WATCHING, RELOADED))):
                print(f"studio-mock: {line}", file=sys.stderr, flush=True)
        told.clear()
