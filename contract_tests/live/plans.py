"""What a schema says of the parts of a value, worked out once: which fields it has, what its words and times are, and which names are data.

Not here: what becomes of a part (`disguising`).
"""

from typing import Any

from contract_tests.live.shapes import COMPOSITION, Shapes
from mock_server.contract import Json, resolve

PLAIN = (
    "language",
    "locale",
    "message",
    "status",
)  # texts that say nothing of anybody, or do not become a part of a world
FORMATS = ("date-time", "date")
Schemas = tuple[Json, ...]  # of which all, or one, say what a value is


class Plan:
    """What some schemas say of a value and its parts.

    `words` are those of its enumerations; `is_time` says whether it is a time, `is_map` whether the names of its fields are data, too.
    """

    def __init__(self, plans: "Plans", schemas: Schemas) -> None:
        self._plans, self._schemas = plans, schemas
        self._fields: dict[str, Plan] = {}
        self._items: Plan | None = None
        facts = [fact for schema in schemas for fact in plans.facts(schema)]
        self.words = frozenset(word for fact in facts for word in fact.get("enum", ()) if isinstance(word, str))
        self.is_time = any(fact.get("format") in FORMATS for fact in facts)
        self._rest: Json = next(
            (fact["additionalProperties"] for fact in facts if isinstance(fact.get("additionalProperties"), dict)), {}
        )
        members = [plans.shapes.members(schema) for schema in schemas]
        self._known: dict[str, Schemas] = {}
        for one in members:
            for name, said in one.fields.items():
                self._known[name] = (*self._known.get(name, ()), *(schema for schema, _, _ in said))
        self._elements = tuple(schema for one in members for schema, _, _ in one.items)
        self.is_map = bool(self._rest) and not self._known

    def field(self, name: str) -> "Plan":
        """Return the plan of a field."""
        found = self._fields.get(name)
        if found is None:
            found = self._plans.of(self._known.get(name, (self._rest,)))
            if name in self._known:
                self._fields[name] = found
        return found

    def name(self, name: str) -> str:
        """Return the name of a field; an attribute that anybody may have invented is not what the contract calls so."""
        return name if name in self._known or name not in PLAIN else ""

    @property
    def items(self) -> "Plan":
        """The plan of the elements of a list."""
        if self._items is None:
            self._items = self._plans.of(self._elements)
        return self._items


class Plans:
    """Makes plans, one for the same schemas of one document."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._made: dict[
            tuple[int, ...], tuple[Schemas, Plan]
        ] = {}  # with the schemas, so that their ids stay their own

    def of(self, schemas: Schemas) -> Plan:
        """Return the plan of some schemas."""
        key = tuple(map(id, schemas))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = schemas, Plan(self, schemas)
        return found[1]

    def facts(self, schema: Any) -> list[Json]:
        """Return what a schema says, and what all parts say of which it is made."""
        node = resolve(self.shapes.document, schema)
        return [node, *(fact for key in COMPOSITION for part in node.get(key, ()) for fact in self.facts(part))]
