"""Which recipe there is for a status: one that was written by hand, else what the contract says. Modules are called as tags are."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from contract_tests.reaching import generic
from contract_tests.reaching.recipe import Book, Recipe
from contract_tests.reaching.stage import Operation, operations_of
from mock_server import contract


@cache
def book_of(api: str, tag: str) -> Book:
    """Return the recipes of a tag that were written by hand; an empty book if nothing of it needs one."""
    name = f"contract_tests.reaching.{api}.{tag.lower()}"
    if find_spec(f"contract_tests.reaching.{api}") is None or find_spec(name) is None:
        return Book()
    book: Book = import_module(name).book
    return book


def recipe_for(api: str, operation: Operation, status: int, second: bool = False) -> Recipe | None:
    """Return how a status of an operation is reached, None if nobody knows. `second`: one that only its second path has."""
    if second:
        return generic.second(operation, status)
    return book_of(api, operation.tag).get(operation.name, status) or generic.recipe(operation, status)


def how(api: str, name: str, status: int, second: bool = False) -> str | None:
    """Return in half a sentence how a status is reached, which follows "is given"; None if nobody knows."""
    operation = _operations(api).get(name)
    found = recipe_for(api, operation, status, second) if operation else None
    return found.how if found else None


@cache
def _operations(api: str) -> dict[str, Operation]:
    return operations_of(contract.load(api))
