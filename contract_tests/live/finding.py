"""Finds the things in an answer by the schemas of the contract that they are of. Not here: which these are, what becomes of them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from contract_tests.live.entities import Facts
from contract_tests.live.shapes import COMPOSITION, Shapes
from mock_server.contract import Json, resolve


class Finder:
    """Finds things of one API. `kinds` says what the schemas of things are called, by the name of the schema; `flat` in which of these
    there is nothing more to be found. `left_out` counts those that are not as the contract says."""

    def __init__(self, shapes: Shapes, kinds: Mapping[str, str], flat: Collection[str] = ()) -> None:
        self.shapes, self._kinds, self._flat = shapes, kinds, flat
        self.left_out = 0

    def found(self, schema: Json, value: Any) -> Iterator[tuple[str, Facts]]:
        """Yield kind and content of every thing in a value, outer ones first."""
        name = schema["$ref"].rsplit("/", 1)[-1] if "$ref" in schema else ""
        node = resolve(self.shapes.document, schema)
        if isinstance(value, dict) and name in self._kinds:
            if self.shapes.holds(node, value):
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
