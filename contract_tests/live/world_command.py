"""The command `studio-mock world from-traffic`, from arguments to an exit code. Every way to fail ends in one line."""

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contract_tests.live.commands import address_of, apis_of, failed
from mock_server.contract import ContractError

if TYPE_CHECKING:
    from contract_tests.live.from_traffic import Made

SHOWN = 10  # requests that are named


def add_world_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `studio-mock world from-traffic`."""
    add = parser.add_argument
    add("files", nargs="+", type=Path, metavar="FILE", help="recorded traffic: an HTTP archive (HAR), packed or not")
    add("--out", required=True, type=Path, metavar="FILE", help="the world file to write (.json)")
    told = "the deployment: only what was sent there counts, with the path before its API"
    add("--url", type=address_of, default=None, help=told)
    told = "which APIs: studio, label_studio, blue_guardrails (default all that are in it)"
    add("--api", type=apis_of, default=None, metavar="NAMES", help=told)
    told = "keep names, addresses, texts and ids as they are; secrets never get into a world"
    add("--keep", action="store_true", help=told)
    told = "make the same disguise again; who knows the seed can check guesses (default: by chance)"
    add("--seed", type=int, default=None, help=told)


def world_from_traffic(args: argparse.Namespace) -> int:
    """Do what the arguments say and return the exit code: 0 made, 1 made, but some reads are answered otherwise, 2 could not be made."""
    from contract_tests.live.from_traffic import APIS, make
    from contract_tests.live.soundness import NoWorld
    from contract_tests.live.traffic import NoRecording
    from mock_server import worldfile

    split = urlsplit(args.url or "")
    origin = f"{split.scheme}://{split.netloc}" if args.url else None
    try:
        made = make(args.files, keep=args.keep, seed=args.seed, origin=origin, prefix=split.path, apis=args.api or APIS)
        args.out.write_bytes(worldfile.encode(made.rest))
    except NoWorld as problem:
        return failed(f"{', '.join(map(str, args.files))}: {problem}")
    except (NoRecording, ContractError) as problem:
        return failed(str(problem))
    except OSError as error:
        return failed(f"{args.out} cannot be written: {error.strerror}")
    _tell(args.out, made)
    return 1 if made.other else 0


def _tell(out: Path, made: "Made") -> None:
    """Say what the world holds, and how it stood the test."""
    rows = ", ".join(f"{len(some)} {kind.__name__}" for kind, some in made.rest.rows.items() if some)
    print(f"{out}: {rows}; serve it with: studio-mock serve --world {out}")
    for caller in made.callers:
        print(f"  who called comes in as {caller}")
    for remark in made.remarks:
        print(f"  {remark}")
    reasons: dict[str, Counter[str]] = {}
    for (operation, reason), count in made.apart.items():
        reasons.setdefault(reason, Counter())[operation] += count
    for reason, operations in reasons.items():
        print(
            f"  not asked: {', '.join(f'{operation} ({count})' for operation, count in operations.items())}; {reason}"
        )
    for asked in made.other[:SHOWN]:
        print(f"  answered otherwise: {asked.operation}, GET {asked.target}")
    if len(made.other) > SHOWN:
        counted = Counter(asked.operation for asked in made.other[SHOWN:])
        print(f"  and {', '.join(f'{count} more of {operation}' for operation, count in counted.most_common())}")
    print(f"{len(made.same)} of {made.asked} different reads are answered as recorded")
