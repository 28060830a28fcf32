"""The arguments of `studio-mock check`, and those that other commands share with it. Imports next to nothing: every command reads them.

Not here: what they do (`cli`).
"""

import argparse
import os
from pathlib import Path
from urllib.parse import urlsplit

APIS = ("studio", "label_studio", "blue_guardrails")
PHASES = ("examples", "coverage", "fuzzing", "stateful", "laws", "roles", "model", "statuses")
SECONDS = {"s": 1, "m": 60, "h": 3600}
LIVE_RATE = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add all arguments."""
    _add_target(parser.add_argument_group("what is checked"))
    _add_people(parser.add_argument_group("who calls"))
    _add_safety(parser.add_argument_group("what may happen there"))
    _add_amount(parser.add_argument_group("how much"))
    _add_results(parser.add_argument_group("what comes of it"))


def _add_target(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    add("--url", type=_url, help="where a deployment is; without it the stand-in itself is checked, in process")
    add("--api", type=_apis, metavar="NAMES", help=f"{', '.join(APIS)}, with commas (default all; studio with --url)")
    add("--world", default="demo", help="without --url: the world to start with (default %(default)s)")
    add(
        "--stand-in",
        action="store_true",
        help="the URL is that of a stand-in: with --writes all it is reset, moved in time and made to fail",
    )
    add("--ca", type=Path, metavar="FILE", help="certificates to trust in place of those of the system (PEM)")


def _add_people(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    add("--email", help="log in with this address …")
    add("--password", default=_from("PASSWORD"), help="… and this password; better in STUDIO_MOCK_PASSWORD")
    add("--token", default=_from("TOKEN"), help="a token or key; better in STUDIO_MOCK_TOKEN")
    text = (
        "JSON or YAML, a list of people with token, or email and password, perhaps role (stranger: shares nothing with the first) "
        "and the workspace of a key"
    )
    add("--credentials", type=Path, metavar="FILE", help=text)
    text = "ADDRESS:PASSWORD or a token of somebody who shares nothing with the first; more than once if there are more"
    add("--second-user", action="append", default=[], metavar="WHO", help=text)


def add_deployment(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of other commands that ask a deployment: what it is, who calls, what may happen there."""
    target, safety = parser.add_argument_group("the deployment"), parser.add_argument_group("what may happen there")
    target.add_argument("--url", type=_url, help="where the deployment is")
    text = "certificates to trust in place of those of the system (PEM)"
    target.add_argument("--ca", type=Path, metavar="FILE", help=text)
    _add_people(parser.add_argument_group("who calls"))
    _add_permission(safety)
    _add_pace(safety)
    parser.set_defaults(stand_in=False)


def _add_safety(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    _add_permission(group)
    add("--cleanup", type=Path, metavar="LEDGER", help="only delete what an earlier run has left, by its ledger")
    _add_pace(group)
    add("--dry-run", action="store_true", help="send nothing; say for each operation what would be sent, and why not")


def _add_permission(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    text = (
        "none: only what the contract marks safe (default with --url); own: beside it what lies in a place that the run "
        "makes and deletes again; all: everything (default in process)"
    )
    add("--writes", choices=("none", "own", "all"), help=text)
    add("--i-own-this-deployment", metavar="HOSTNAME", help="needed for --writes all: the host of the URL once more")
    text = "with --writes own: where to write down what was created (default studio-mock-HOST-TIME.jsonl)"
    add("--ledger", type=Path, metavar="FILE", help=text + "; deleted when nothing is left")


def _add_pace(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    add("--rate", type=_rate, help="most requests a second, as 10/s or 300/m (default 10/s with --url)")
    add("--budget", type=count, metavar="REQUESTS", help="stop after so many requests")
    add("--timeout", type=seconds, default=30.0, metavar="SECONDS", help="how long to wait for an answer (default 30)")


def _add_amount(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    add("--tags", type=names, default=(), metavar="NAMES", help="only operations with these tags")
    add("--operations", type=names, default=(), metavar="IDS", help="only these operations, by operationId")
    text = f"which phases (default all): {', '.join(PHASES)}"
    add("--phases", type=_phases, default=PHASES, metavar="NAMES", help=text)
    text = "how many examples of each operation are generated (default %(default)s)"
    add("--max-examples", type=count, default=20, metavar="N", help=text)
    add("--seed", type=int, default=0, help="seed of everything that is random (default %(default)s)")
    text = "only the I-th of N parts of the operations, from 1"
    add("--shard", type=_shard, default=(1, 1), metavar="I/N", help=text)


def _add_results(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    add("--baseline", type=Path, metavar="FILE", help="violations that are accepted")
    add("--accept", action="store_true", help="add what is found to the baseline")
    add("--require-coverage", action="store_true", help="a documented status that was never seen is a violation")
    add("--report", type=Path, metavar="DIR", help="write reports into this folder")
    add("--write-evidence", type=Path, metavar="FILE", help="write down what was observed, for the ledger of evidence")
    add("--quiet", action="store_true", help="print nothing but violations and errors")


def _from(name: str) -> str | None:
    """Return a secret from the environment, where no list of processes shows it."""
    return os.environ.get(f"STUDIO_MOCK_{name}")


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is no address; one begins with http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise argparse.ArgumentTypeError(
            "credentials do not belong into the address; use --email, --token or --credentials"
        )
    if parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"{text!r} has more than scheme, host, port and path")
    try:
        _ = parts.port
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} has no valid port") from None
    return text.rstrip("/")


def names(text: str) -> tuple[str, ...]:
    """Return names with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _apis(text: str) -> tuple[str, ...]:
    return _known(text, APIS, "API")


def _phases(text: str) -> tuple[str, ...]:
    return _known(text, PHASES, "phase")


def _known(text: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    told = names(text)
    unknown = [name for name in told if name not in known]
    if unknown or not told:
        raise argparse.ArgumentTypeError(
            f"there is no {what} {', '.join(unknown) or repr(text)}; there are {', '.join(known)}"
        )
    return tuple(name for name in known if name in told)


def _rate(text: str) -> float:
    number, _, unit = text.partition("/")
    try:
        rate = float(number) / SECONDS[unit or "s"]
    except (ValueError, KeyError):
        rate = 0.0
    if not 0 < rate < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no rate; one looks like 10/s or 300/m")
    return rate


def _shard(text: str) -> tuple[int, int]:
    which, _, count = text.partition("/")
    if not (which.isdecimal() and count.isdecimal() and 1 <= int(which) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part of a whole; one looks like 2/8")
    return int(which), int(count)


def count(text: str) -> int:
    """Return a positive number. Raises argparse.ArgumentTypeError."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no positive whole number")
    return int(text)


def seconds(text: str) -> float:
    """Return a positive time in seconds. Raises argparse.ArgumentTypeError."""
    try:
        told = float(text)
    except ValueError:
        told = 0.0
    if not 0 < told < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return told
