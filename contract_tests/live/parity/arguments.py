"""The arguments of `studio-mock parity`. Imports next to nothing: every command reads them.

Not here: what they do (`command`).
"""

import argparse
import re
from pathlib import Path

from contract_tests.arguments import APIS, add_deployment, count, names, seconds

MOVE = re.compile(r"(?P<operation>\w+)=(?P<path>/\S+)")
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add all arguments."""
    add_deployment(parser)
    _add_amount(parser.add_argument_group("what is compared"))
    _add_results(parser.add_argument_group("what comes of it"))


def _add_amount(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    text = f"which API is there: {', '.join(APIS)} (default %(default)s)"
    add("--api", choices=APIS, default=APIS[0], metavar="NAME", help=text)
    text = "label_studio: a task that is there, whose annotations are read, and to which stories add some that are deleted again"
    add("--task", type=count, metavar="ID", help=text)
    add("--tags", type=names, default=(), metavar="NAMES", help="only operations with these tags")
    add("--operations", type=names, default=(), metavar="IDS", help="only these operations, by operationId")
    text = "beside the stories written by hand: how many are made by chance (default %(default)s)"
    add("--stories", type=_stories, default=5, metavar="N", help=text)
    add("--steps", type=count, default=30, metavar="N", help="how long each of these is (default %(default)s)")
    add("--seed", type=int, default=0, help="seed of what is made by chance (default %(default)s)")
    text = "how long to wait for what takes time there (default %(default)s)"
    add("--patience", type=seconds, default=60.0, metavar="SECONDS", help=text)
    text = "ask for an operation at this path, in place of the one that we guessed; more than once if there are more"
    add("--path", type=_move, action="append", default=[], metavar="OPERATION=PATH", help=text)


def _add_results(group: "argparse._ArgumentGroup") -> None:
    add = group.add_argument
    add("--store", type=Path, metavar="FILE", help="keep what the deployment says, secrets hidden")
    text = "compare the stand-in with what was kept; nothing is sent, no access is needed"
    add("--verify", type=Path, metavar="FILE", help=text)
    text = "write down what was observed, for `studio-mock spec apply`"
    add("--write-evidence", type=Path, metavar="FILE", help=text)
    add("--json", action="store_true", help="print everything as JSON")


def _stories(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to {MOST}")
    return int(text)


def _move(text: str) -> tuple[str, str]:
    found = MOVE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no move; one looks like get_task=/tasks/{{task_id}}, with the parameters of the contract"
        )
    return found["operation"], found["path"]
