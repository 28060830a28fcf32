"""What the README says is so: the table of operations, the commands."""

import re
import shlex

import pytest

from contract_tests.defects.catalogue import catalogue
from mock_server.cli import build_parser
from mock_server.contract import data_root
from mock_server.control.terminal import EVERY
from mock_server.control.terminal.running import with_verb
from mock_server.spec.readme import written

README = (data_root() / "README.md").read_text("utf-8")


def test_the_table_of_operations_is_the_contract() -> None:
    assert written(README) == README, "run: python -m mock_server.spec.readme"


def commands() -> list[list[str]]:
    """Return the words of every command of ours that a console of the README shows."""
    lines = re.findall(r"^\$ (studio-mock .+?)(?:  +#.*)?$", README, re.M)
    return [shlex.split(part)[1:] for line in lines for part in line.split("&&")]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_that_is_shown_is_understood(words: list[str]) -> None:
    build_parser(None).parse_args(with_verb(words) if words[0] in EVERY else words)


def test_every_command_is_shown_or_named() -> None:
    choices = next(action.choices for action in build_parser()._actions if getattr(action, "choices", None))
    for command in dict(choices):  # type: ignore[call-overload]
        assert re.search(rf"studio-mock [a-z|]*\b{command}\b", README), command


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (data_root() / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`?make (\w+)", README)):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_the_number_of_planted_defects_is_right() -> None:
    assert f"a catalogue of {len(catalogue())} and" in README
