"""The commands that read recordings, from arguments to an exit code. Every way to fail ends in one line."""

import argparse
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from mock_server.contract import ContractError


def add_drift_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `studio-mock drift`."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="recorded traffic: an HTTP archive (HAR), packed or not"
    )
    parser.add_argument(
        "--url",
        type=address_of,
        default=None,
        help="the deployment: only what was sent there counts, with the path before its API",
    )
    parser.add_argument(
        "--api",
        type=apis_of,
        default=None,
        metavar="NAMES",
        help="which contracts: studio, label_studio, blue_guardrails (default all)",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument(
        "--patch", type=Path, metavar="FILE", help="write the proposed change of the contract, for git apply"
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but the deviations and the last line")


def drift(args: argparse.Namespace) -> int:
    """Do what the arguments say and return the exit code: 0 no drift, 1 drift, 2 could not be done."""
    from contract_tests.live.drift import ALL, NotOurs, gather
    from contract_tests.live.drift_report import Told, show
    from contract_tests.live.traffic import NoRecording

    try:
        told = Told(gather(args.files, args.api or ALL, args.url))
    except NotOurs as problem:
        return failed(f"{', '.join(map(str, args.files))}: {problem}")
    except (NoRecording, ContractError) as problem:
        return failed(str(problem))
    if args.patch is not None:
        try:
            args.patch.write_text(told.patch, "utf-8")
        except OSError as error:
            return failed(f"{args.patch} cannot be written: {error.strerror}")
    if args.json:
        print(json.dumps(told.json(), ensure_ascii=False, indent=2))
    else:
        show(told, sys.stdout, patched=str(args.patch) if args.patch else None, quiet=args.quiet)
    if told.proposals:
        return 1
    cut = [str(one.path) for one in told.drift.files if not one.is_whole]
    return failed(f"{', '.join(cut)} is not whole, so that nobody knows what the rest would have shown") if cut else 0


def failed(message: str) -> int:
    """Say in one line why a command could not do its work, and return its exit code."""
    print(f"studio-mock: {' '.join(message.split())}", file=sys.stderr)
    return 2


def address_of(text: str) -> str:
    """Return the address of a deployment. Raises ArgumentTypeError."""
    split = urlsplit(text)
    if split.scheme not in ("http", "https") or not split.netloc or split.query or "@" in split.netloc:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no address of a deployment; https://api.example.com would be one"
        )
    return text


def apis_of(text: str) -> tuple[str, ...]:
    """Return the names of APIs in a list with commas. Raises ArgumentTypeError."""
    from contract_tests.live.drift import ALL

    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in ALL:
            raise argparse.ArgumentTypeError(f"there is no API {name}; there are {', '.join(ALL)}")
    return names
