"""What a row is: an immutable record with an id, declared indexes and declared references to other rows."""

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec


class Ref(msgspec.Struct, frozen=True):
    """A field that names rows of another table. Which subclass it is says what happens when the row it names is deleted."""

    table: str


class Cascade(Ref, frozen=True):
    """The row that refers is deleted as well."""


class Forget(Ref, frozen=True):
    """The field becomes None."""


class Drop(Ref, frozen=True):
    """The field is a tuple of ids and loses this one."""


Indexes = tuple[tuple[str, ...], ...]
Refs = dict[str, Ref]


class Row(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A record of one table; the table is named like the class. Rows never change, `msgspec.structs.replace` makes a new one.

    `INDEXES` lists the field combinations by which rows are found; a field may be a property, and a field that holds a
    tuple gives one entry for each element. `REFS` maps a field to its `Ref`; each such field is an index too.
    """

    INDEXES: ClassVar[Indexes] = ()
    REFS: ClassVar[Refs] = {}

    id: int


Key = tuple[tuple[str, ...], tuple[Any, ...]]


def index_fields(kind: type[Row]) -> tuple[tuple[str, ...], ...]:
    """Return every index of a row type: the declared ones and one for each reference."""
    return (*kind.INDEXES, *((field,) for field in kind.REFS if (field,) not in kind.INDEXES))


def index_keys(row: Row, fields: tuple[tuple[str, ...], ...]) -> Iterator[Key]:
    """Yield the keys under which the indexes of a table hold this row."""
    for names in fields:
        if len(names) == 1:
            value = getattr(row, names[0])
            if type(value) is tuple:
                for element in value:
                    yield names, (element,)
            else:
                yield names, (value,)
        else:
            yield names, tuple([getattr(row, name) for name in names])
