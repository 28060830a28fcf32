"""A recipe: how one documented status of one operation is reached. Books hold the recipes of an API that were written by hand.

Not here: what can be read off the contract (`generic`), and playing them (`runner`).
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from contract_tests.reaching.stage import Stage

Play = Callable[["Stage"], Any]
STORY = "story"  # the world that the examples of the contract tell of, back at its beginning
FAULT = "fault"  # a target that fails when it is told to
WRITES = "writes"  # sends more than requests that the contract marks as safe
BULK = "bulk"  # sends a body that is larger than what the stand-in takes


class OutOfReach(Exception):
    """A target has not got what a recipe starts from. The text says what is missing."""


class Recipe(msgspec.Struct, frozen=True):
    """How a status is reached. `how` is half a sentence that follows "is given", `play` sends the requests and returns the last answer."""

    operation: str
    status: int
    how: str
    play: Play
    needs: frozenset[str] = frozenset()


class Book:
    """The recipes of an API that were written by hand, by operation and status."""

    def __init__(self) -> None:
        self._recipes: dict[tuple[str, int], Recipe] = {}

    def reach(self, operation: str, status: int, how: str, *needs: str) -> Callable[[Play], Play]:
        """Enter the decorated function. Without `needs` it is one for the story, which writes. Raises ValueError for a second one."""

        def enter(play: Play) -> Play:
            if (operation, status) in self._recipes:
                raise ValueError(f"there are two recipes for {operation} {status}")
            told = frozenset(needs or (STORY, WRITES))
            self._recipes[operation, status] = Recipe(operation, status, how, play, told)
            return play

        return enter

    def get(self, operation: str, status: int) -> Recipe | None:
        """Return the recipe for a status of an operation, or None."""
        return self._recipes.get((operation, status))

    def __iter__(self) -> Iterator[Recipe]:
        return iter(self._recipes.values())
