"""Chooses what a request says: from the model's world what is there, from small stocks what is new, and now and then something wrong.

All of it through Hypothesis, so that it shrinks: the first of everything, and nothing wrong, is the simplest.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from contract_tests.model.asks import Ask, File

T = TypeVar("T")
NOWHERE = 999_999_999
NAMES = ("Comfort", "Staff", "Pool", "Räume & Lage", "POS", "NEG", "a, b", "  ", "x" * 40)
TEXTS = (
    "The bed was soft.",
    "Breakfast was fine. The hall was loud.",
    "Das Zimmer war sauber. Der Aufzug nicht.",
    "Dr. Moser was kind",
    "Schön! 🏔 View of 3.5 lakes. ",
    "terrible",
)
WRONG: tuple[Any, ...] = (None, "", 7, -1, [], {}, True, "nothing of the kind")
FORMATS = ("csv", "json", "jsonl")
SPOILED, STRANGE = 12, 14  # one request in so many is spoiled; one choice in so many is of something that is not there
FOCUS, SELF = (
    5,
    7,
)  # of ten choices, how many are of the first thing there is, so that requests meet, and of the first person


class Nothing(Exception):
    """The world has nothing of what a request needs."""


N = TypeVar("N", int, str)


class Chooser:
    """Chooses for one request. `tx` reads the model's world, `has` says whether the target is known to have a thing of it, `mark` is
    put at the end of what must be another name in every story."""

    def __init__(
        self,
        data: Any,
        tx: Any,
        tables: dict[str, Any],
        people: Sequence[str],
        has: Callable[..., bool],
        mark: str = "",
    ) -> None:
        self.mark = mark
        self._choices = data.conjecture_data  # drawn from at once: a strategy for each number costs several times more
        self.tx, self._tables, self._people, self._has = tx, tables, people, has

    # Chance

    def below(self, count: int) -> int:
        """Return a number from 0 on."""
        number: int = self._choices.draw_integer(0, count - 1)
        return number

    def of(self, options: Sequence[T]) -> T:
        """Return one of the options. Raises Nothing if there is none."""
        if not options:
            raise Nothing
        return options[self.below(len(options))] if len(options) > 1 else options[0]

    def rarely(self, one_in: int) -> bool:
        """Return true once in so many times."""
        return self.below(one_in) == one_in - 1

    def some(self, options: Sequence[T], most: int = 3) -> list[T]:
        """Return a few of the options, in order."""
        count = min(self.below(most + 1), len(options))
        start = self.below(len(options) - count + 1) if options else 0
        return list(options[start : start + count])

    def fields(self, **makers: Callable[[], Any]) -> dict[str, Any]:
        """Return some of the fields, each as its maker makes it."""
        return {name: make() for name, make in makers.items() if self.below(3) == 1}

    # What is there

    def ids(self, table: str, kind: str, /, **key: Any) -> list[int]:
        """Return the ids of the rows of a table that the target has too."""
        return self.seen(kind, self.tx.ids(self._tables[table], **key))

    def seen(self, kind: str, ids: Iterable[N]) -> list[N]:
        """Return those of some ids that the target is known to have a thing for."""
        return [found for found in ids if self._has(kind, found)]

    def one(self, table: str, kind: str, /, **key: Any) -> int:
        """Return the id of a row, mostly of the first; rarely one that is not there. Raises Nothing."""
        if self.rarely(STRANGE):
            return self.of((NOWHERE, *self.ids(table, kind)))
        return self.mostly(self.ids(table, kind, **key))

    def mostly(self, options: Sequence[T]) -> T:
        """Return one of the options, mostly the first. Raises Nothing if there is none."""
        return options[0] if options and self.below(10) < FOCUS else self.of(options)

    def row(self, table: str, row_id: int) -> Any:
        """Return a row, or None."""
        return self.tx.get(self._tables[table], row_id)

    def rows(self, table: str, /, **key: Any) -> list[Any]:
        """Return the rows of a table."""
        return list(self.tx.rows(self._tables[table], **key))

    # What is new

    def name(self) -> str:
        """Return a name; it may be taken."""
        return self.of(NAMES)

    def text(self) -> str:
        """Return a short text."""
        return self.of(TEXTS)

    def page(self) -> dict[str, Any]:
        """Return query parameters for a page."""
        return self.fields(offset=lambda: self.of((0, 1, 2, 50)), limit=lambda: self.of((1, 2, 100, 0)))

    def table(self, *columns: tuple[str, Sequence[str]]) -> File:
        """Return a small CSV file."""
        header = ",".join(name for name, _ in columns)
        lines = [",".join(f'"{self.of(stock)}"' for _, stock in columns) for _ in range(1 + self.below(3))]
        return File("rows.csv", "\n".join([header, *lines]) + "\n")

    # Requests

    def person(self) -> str:
        """Return who asks: mostly the first person."""
        return self._people[0] if self.below(10) < SELF else self.of(self._people)

    def ask(self, operation: str, json: Any = None, query: dict[str, Any] | None = None, **rest: Any) -> Ask:
        """Return a request of somebody; `rest` are path parameters, and `form` and `file` for a form. Now and then it is spoiled."""
        form, file = rest.pop("form", None), rest.pop("file", None)
        made = Ask(
            operation=operation, person=self.person(), path=rest, query=query or {}, json=json, form=form, file=file
        )
        return self._spoiled(made) if self.rarely(SPOILED) else made

    def _spoiled(self, ask: Ask) -> Ask:
        """Return a request with one thing wrong in it: a field of its body, an id of its path, or nobody who asks."""
        parts: dict[str, Any] = {"person": None, "path": ask.path, "query": ask.query, "json": ask.json}
        body, ways = ask.json, ["json", "path", "person"]
        way = self.of(ways)
        if way == "json" and isinstance(body, dict) and body:
            name, wrong = self.of(sorted(body)), self.of(WRONG)
            kept = {key: value for key, value in body.items() if key != name}
            parts |= {"person": ask.person, "json": kept if wrong is None else {**kept, name: wrong}}
        elif way == "path" and ask.path:
            parts |= {"person": ask.person, "path": {**ask.path, self.of(sorted(ask.path)): self.of((NOWHERE, 0, -1))}}
        return Ask(operation=ask.operation, form=ask.form, file=ask.file, **parts)
