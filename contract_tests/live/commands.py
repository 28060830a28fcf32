"""The commands that read recordings, from arguments to an exit code. Every way to fail ends in one line."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mock_server.contract import ContractError

if TYPE_CHECKING:
    from contract_tests.live.from_traffic import Made

SHOWN = 10  # requests that are named


def add_drift_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `studio-mock drift`."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="recorded traffic: an HTTP archive (HAR), packed or not"
    )
    parser.add_argument(
        "--url",
        type=_url,
        default=None,
        help="the deployment: only what was sent there counts, with the path before its API",
    )
    parser.add_argument(
        "--api",
        type=_apis,
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
        return _failed(f"{', '.join(map(str, args.files))}: {problem}")
    except (NoRecording, ContractError) as problem:
        return _failed(str(problem))
    if args.patch is not None:
        try:
            args.patch.write_text(told.patch, "utf-8")
        except OSError as error:
            return _failed(f"{args.patch} cannot be written: {error.strerror}")
    if args.json:
        print(json.dumps(told.json(), ensure_ascii=False, indent=2))
    else:
        show(told, sys.stdout, patched=str(args.patch) if args.patch else None, quiet=args.quiet)
    if told.proposals:
        return 1
    cut = [str(one.path) for one in told.drift.files if not one.is_whole]
    return _failed(f"{', '.join(cut)} is not whole, so that nobody knows what the rest would have shown") if cut else 0


def add_world_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `studio-mock world from-traffic`."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="recorded traffic of Studio: an HTTP archive (HAR), packed or not",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the world file to write (.json)")
    parser.add_argument(
        "--url",
        type=_url,
        default=None,
        help="the deployment: only what was sent there counts, with the path before its API",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep names, addresses, texts and ids as they are; secrets never get into a world",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=None,
        help="make the same disguise again; who knows the seed can check guesses (default: by chance)",
    )


def world_from_traffic(args: argparse.Namespace) -> int:
    """Do what the arguments say and return the exit code: 0 made, 1 made, but some reads are answered otherwise, 2 could not be made."""
    from contract_tests.live.from_traffic import NoWorld, make
    from contract_tests.live.traffic import NoRecording
    from mock_server import worldfile

    split = urlsplit(args.url or "")
    origin = f"{split.scheme}://{split.netloc}" if args.url else None
    try:
        made = make(args.files, keep=args.keep, seed=args.seed, origin=origin, prefix=split.path)
        args.out.write_bytes(worldfile.encode(made.rest))
    except NoWorld as problem:
        return _failed(f"{', '.join(map(str, args.files))}: {problem}")
    except (NoRecording, ContractError) as problem:
        return _failed(str(problem))
    except OSError as error:
        return _failed(f"{args.out} cannot be written: {error.strerror}")
    _tell(args.out, made)
    return 1 if made.other else 0


def _tell(out: Path, made: "Made") -> None:
    """Say what the world holds, and how it stood the test."""
    rows = ", ".join(f"{len(some)} {kind.__name__}" for kind, some in made.rest.rows.items() if some)
    print(f"{out}: {rows}; serve it with: studio-mock serve --world {out}")
    print(f"  who called signs in as {made.caller}, with the password studio-mock")
    for remark in made.remarks:
        print(f"  {remark}")
    for target, operation in made.other[:SHOWN]:
        print(f"  answered otherwise: {operation}, GET {target}")
    if len(made.other) > SHOWN:
        print(f"  and {len(made.other) - SHOWN} more")
    apart = f"; {made.apart} reads are of what is not taken into a world, or search in texts" if made.apart else ""
    print(f"{made.same} of {made.asked} different reads are answered as recorded{apart}")


def _failed(message: str) -> int:
    print(f"studio-mock: {' '.join(message.split())}", file=sys.stderr)
    return 2


def _url(text: str) -> str:
    split = urlsplit(text)
    if split.scheme not in ("http", "https") or not split.netloc or split.query or "@" in split.netloc:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no address of a deployment; https://api.example.com would be one"
        )
    return text


def _apis(text: str) -> tuple[str, ...]:
    from contract_tests.live.drift import ALL

    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in ALL:
            raise argparse.ArgumentTypeError(f"there is no API {name}; there are {', '.join(ALL)}")
    return names
