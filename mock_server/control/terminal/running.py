"""Runs the commands: from parsed arguments to an exit code. 0: done, 1: not as it should be, 2: could not run, with one line why."""

import argparse
import os
import sys
from typing import Any

from mock_server.contract import ContractError
from mock_server.control.terminal import COMPLETION, NOUNS, SHELL, arguments, completion
from mock_server.control.terminal.nouns import VERBS, default_verb
from mock_server.control.terminal.remote import CannotRun


def add_commands(commands: Any, wanted: str | None = None) -> None:
    """Add the commands to the parser; only that one if one is wanted. Raises ContractError."""
    for noun, told in NOUNS.items():
        if wanted in (None, noun):
            arguments.add_noun(commands, noun, told, run)
            if noun == "journal":
                _add_follow(commands.choices[noun])
    if wanted in (None, SHELL):
        shell = commands.add_parser(
            SHELL, help="a Python prompt with the stand-in at hand", parents=[arguments.common()]
        )
        shell.add_argument("-c", dest="code", metavar="CODE", help="run this and leave")
        shell.set_defaults(func=run_shell)
    if wanted in (None, COMPLETION):
        completion.add_command(commands)


def _add_follow(journal: argparse.ArgumentParser) -> None:
    verbs = next(action for action in journal._actions if isinstance(action, argparse._SubParsersAction))
    verbs.choices["list"].add_argument(
        "-f", "--follow", action="store_true", help="print requests as they come, until Ctrl-C"
    )


def with_verb(words: list[str]) -> list[str]:
    """Return the words of a command with the verb that is meant where none is given: `journal --follow` is `journal list --follow`."""
    if (
        words
        and words[0] in VERBS
        and (len(words) == 1 or (words[1].startswith("-") and words[1] not in ("-h", "--help")))
    ):
        return [words[0], default_verb(words[0]), *words[1:]]
    return words


def run(args: argparse.Namespace) -> int:
    """Run a command of a noun."""
    from mock_server.control.terminal import exchanges, printing

    def work() -> int:
        special = exchanges.RUNS.get(args.verb) if args.noun == "journal" else None
        if special is not None:
            return special(args)
        verb = VERBS[args.noun][args.verb]
        printing.show(arguments.asked(args), verb.columns, args.as_json, verb.raw)
        return 0

    return guarded(work)


def run_shell(args: argparse.Namespace) -> int:
    """Open the prompt."""
    from mock_server.control.terminal import shell

    return guarded(lambda: shell.run(arguments.server_of(args), args.code))


def guarded(work: Any) -> int:
    """Do something and return its exit code; what it cannot do is said in one line. A reader that has gone has read enough."""
    try:
        code: int = work()
        sys.stdout.flush()
    except (CannotRun, ContractError) as error:
        print(f"studio-mock: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at its end
        return 0
    return code
