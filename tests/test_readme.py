"""What the README says is so: the table of operations, the commands."""

import re

from mock_server.cli import build_parser
from mock_server.contract import data_root
from mock_server.spec.readme import written

README = (data_root() / "README.md").read_text("utf-8")


def test_the_table_of_operations_is_the_contract() -> None:
    assert written(README) == README, "run: python -m mock_server.spec.readme"


def test_every_command_that_is_named_exists() -> None:
    named = {tuple(found.split()) for found in re.findall(r"studio-mock ((?:serve|spec \w+|world \w+))", README)}
    assert {("serve",), ("spec", "lint"), ("spec", "bundle"), ("world", "generate")} <= named
    for words in named:
        parser = build_parser()
        for word in words:
            choices = next(action.choices for action in parser._actions if getattr(action, "choices", None))
            parser = dict(choices)[word]  # type: ignore[call-overload]


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (data_root() / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`?make (\w+)", README)):
        assert re.search(rf"^{target}:", makefile, re.M), target
