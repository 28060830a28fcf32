"""The arguments of `studio-mock proxy` and `fallback`. Imports next to nothing: every command reads them.

Not here: what they do (`serving`).
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contract_tests.arguments import APIS, names

Commands = Any  # what argparse returns for subcommands


def add_proxy(commands: Commands, port: Callable[[str], int]) -> None:
    """Add the command `proxy`; `port` reads a port."""
    text = (
        "Stand between a client and a deployment: pass everything on, judge both directions by the contract, and show what breaks it. "
        "Ends with Ctrl-C; exit code 0: nothing found, 1: violations, 2: could not run."
    )
    proxy = commands.add_parser(
        "proxy", help="pass requests on to a deployment and judge what passes", description=text
    )
    _add_upstream(proxy, port, 8081)
    proxy.add_argument(
        "--record",
        type=Path,
        metavar="FILE.har",
        help="write what passes into an HTTP archive, made anew, secrets hidden",
    )
    proxy.add_argument(
        "--enforce",
        action="store_true",
        help="answer 422 or 502 in place of a request or answer that breaks the contract",
    )
    proxy.set_defaults(func=_proxy)


def add_fallback(commands: Commands, port: Callable[[str], int]) -> None:
    """Add the command `fallback`; `port` reads a port."""
    text = (
        "Serve what a deployment has from there, and what it lacks or fails at from the stand-in; the header X-Mock-Answered-By says which "
        "of them has answered. What is not among the operations chosen, or not in the contract, comes from the deployment alone."
    )
    fallback = commands.add_parser(
        "fallback", help="serve from a deployment, and what it lacks from the stand-in", description=text
    )
    _add_upstream(fallback, port, 8082)
    add = fallback.add_argument
    text = (
        "who is asked first: upstream (default), or mock, and then the deployment for what the stand-in does not have"
    )
    add("--prefer", choices=("upstream", "mock"), default="upstream", help=text)
    add(
        "--operations",
        type=names,
        default=(),
        metavar="IDS",
        help="only these may come from the stand-in, by operationId",
    )
    add(
        "--tags",
        type=names,
        default=(),
        metavar="NAMES",
        help="only operations with these tags may come from the stand-in",
    )
    add(
        "--world",
        default="demo",
        help="what the stand-in begins with: demo, minimal, a folder or a file (default %(default)s)",
    )
    text = "as whom the stand-in takes callers who are signed in at the deployment (default: the first person of the world)"
    add("--as", dest="person", metavar="EMAIL", help=text)
    fallback.set_defaults(func=_fallback)


def _add_upstream(parser: argparse.ArgumentParser, port: Callable[[str], int], default: int) -> None:
    add = parser.add_argument
    add("--upstream", required=True, metavar="URL", help="where the deployment is, as in https://api.example.com")
    add("--upstream-ca", type=Path, metavar="FILE", help="certificates to trust in place of those of the system (PEM)")
    add("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    add("--port", type=port, default=default, help="port to listen on, 0 for a free one (default %(default)s)")
    add("--api", choices=APIS, default="studio", help="the contract to judge by (default %(default)s)")
    add(
        "--timeout",
        type=_seconds,
        default=60.0,
        metavar="SECONDS",
        help="how long to wait for the deployment (default 60)",
    )
    add("--quiet", action="store_true", help="print nothing but what fails on the way, and the summary")


def _proxy(args: argparse.Namespace) -> int:
    from contract_tests.live.serving import run_proxy

    return run_proxy(args)


def _fallback(args: argparse.Namespace) -> int:
    from contract_tests.live.serving import run_fallback

    return run_fallback(args)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no time in seconds; 30 would be right")
    return seconds
