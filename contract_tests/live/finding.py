"""Finds the things in an answer by the schemas of the contract that they are of. Not here: which these are, what becomes of them."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from contract_tests.live.entities import Facts
from contract_tests.live.shapes import COMPOSITION, Shapes
from mock_server.contract import Json, resolve

TIME = re.compile(r"\d{4}-\d\d-\d\dT")
MOST = 2**63  # ids are below this


class Finder:
    """Finds things of one API. `kinds` says what the schemas of things are called, by the name of the schema; `flat` in which of these
    there is nothing more to be found, `numbers` whether their ids are. `left_out` counts those that are not as the contract says."""

    def __init__(
        self, shapes: Shapes, kinds: Mapping[str, str], flat: Collection[str] = (), numbers: bool = True
    ) -> None:
        self.shapes, self._kinds, self._flat = shapes, kinds, flat
        self._are_numbers = numbers
        self.left_out = 0

    def found(self, schema: Json, value: Any) -> Iterator[tuple[str, Facts]]:
        """Yield kind and content of every thing in a value, outer ones first."""
        name = schema["$ref"].rsplit("/", 1)[-1] if "$ref" in schema else ""
        node = resolve(self.shapes.document, schema)
        if isinstance(value, dict) and name in self._kinds:
            if self.shapes.holds(node, value) and _is_usable(value, self._are_numbers):
                yield self._kinds[name], value
            else:
                self.left_out += 1
            if self._kinds[name] in self._flat:
                return
        for key in COMPOSITION[1:]:
            for part in node.get(key, ()):
                if self.shapes.fits(part, value):
                    yield from self.found(part, value)
                    return
        members = self.shapes.members(schema)
        for field, said in members.fields.items() if isinstance(value, dict) else ():
            if isinstance(value.get(field), dict | list):
                yield from self.found(said[-1][0], value[field])
        for element in value if isinstance(value, list) and members.items else ():
            yield from self.found(members.items[-1][0], element)


def _is_usable(value: Facts, are_numbers: bool) -> bool:
    """Whether a world can have a thing: its ids are whole numbers that are not too large, or texts, and its times of our centuries."""
    kind = int if are_numbers else str
    for name, part in value.items():
        is_id = (name == "id" or name.endswith("_id")) and part is not None
        if is_id and (type(part) is not kind or (isinstance(part, int) and not 0 <= part < MOST)):
            return False
        if isinstance(part, str) and TIME.match(part) and not 1900 <= int(part[:4]) < 2200:
            return False
    return True
