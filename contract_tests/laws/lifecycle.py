"""The life of what is created, after the links of the contract: it can be read, is listed once, changes, and is gone when it is deleted.

One law for every operation that has a maker (`makers`); nothing here knows what is created.
"""

from functools import partial
from typing import Any

from contract_tests.laws.lab import Ended
from contract_tests.laws.links import Link, links
from contract_tests.laws.makers import CHANGES, MAKERS, Recipe, sent_of
from contract_tests.laws.registry import LAWS, Law
from contract_tests.laws.workshop import Workshop, is_settled
from mock_server.contract import load, operations, resolve

MOVING = {
    "status",
    "progress",
    "finished",
    "document_count",
    "score",
    "updated_at",
    "updated",
    "last_activity",
    "created_ago",
}
OF_THE_PLACE = {
    "classes",
    "labels",
    "models",
    "documents",
    "metrics",
    "demoset",
    "task_id",
    "tags",
}  # shown in several forms
LIST_NAMES = {"list", "of_model", "project_tags"}
WRITES = ("POST", "PUT", "PATCH")


class Thing:
    """What was created, and how it is reached."""

    def __init__(self, lab: Workshop, operation: str, recipe: Recipe) -> None:
        self.lab, self.operation = lab, operation
        answer = lab.call(operation, recipe.path, **recipe.more)
        if not answer.ok:
            lab.broken(f"a valid request was answered {answer.status_code}: {answer.text[:200]}", operation)
            raise Ended
        self.body = answer.json()
        self.links = list(links(lab.target, operation, recipe.path, sent_of(recipe), answer.status_code, self.body))
        self.id = self._id()
        lab.settle()
        self._wait()

    @property
    def shown(self) -> dict[str, Any]:
        """The object that the answer shows: the answer, or the first of what was made at once."""
        body = self.body[0] if isinstance(self.body, list) else self.body
        first = next((value[0] for value in body.values() if isinstance(value, list) and value), None)
        inner: dict[str, Any] = body if "id" in body else (first if isinstance(first, dict) else body)
        return inner

    def one(self, *names: str) -> list[Link]:
        """Return the links with one of these names."""
        return [link for link in self.links if link.name in names]

    def _id(self) -> str:
        return str(self.shown.get("id"))

    def _wait(self) -> None:
        """Wait until it can be worked with, where a link reads it."""
        for link in self.one("read"):
            self.lab.until(is_settled, link.operation.operation_id, link.path)


def live(lab: Workshop, operation: str) -> None:
    """Follow a thing from its creation to its end."""
    thing = Thing(lab, operation, MAKERS[operation](lab))
    _is_readable(lab, thing)
    _is_listed_once(lab, thing)
    _changes(lab, thing)
    _is_gone_when_deleted(lab, thing)


def _is_readable(lab: Workshop, thing: Thing) -> None:
    for link in thing.one("read"):
        seen = lab.ok(link.operation.operation_id, link.path)
        difference = _difference(thing.shown, seen)
        lab.expect(
            not difference,
            f"what {thing.operation} showed is read differently: {difference}",
            link.operation.operation_id,
        )


def _is_listed_once(lab: Workshop, thing: Thing) -> None:
    for link in thing.links:
        if link.name in LIST_NAMES:
            _listed_as(lab, thing, link, thing.shown)


def _listed_as(lab: Workshop, thing: Thing, link: Link, shown: dict[str, Any]) -> None:
    name = link.operation.operation_id
    entries = [entry for entry in lab.every(name, link.path) if str(entry.get("id")) == thing.id]
    lab.expect(len(entries) == 1, f"what {thing.operation} created is in the list {len(entries)} times", name)
    for entry in entries:
        difference = _difference(shown, entry)
        lab.expect(
            not difference, f"what {thing.operation} created is listed differently than it is shown: {difference}", name
        )


def _changes(lab: Workshop, thing: Thing) -> None:
    """Each change is seen in the answer, when reading, and in the lists; other fields stay."""
    for link in thing.links:
        name, sent = link.operation.operation_id, CHANGES.get(link.operation.operation_id)
        if (
            sent is None
            or link.operation.method not in WRITES
            or not link.is_own
            or link.name in ("activate", "change_by_name")
        ):
            continue
        before = _read(lab, thing)
        lab.ok(name, link.path, json=sent)
        after = _read(lab, thing)
        if before is None or after is None:
            continue
        for field, value in sent.items():
            if field in after:
                lab.expect(
                    after[field] == value,
                    f"{field} was changed to {value!r} and reads {after[field]!r} afterwards",
                    name,
                )
        others = _difference(before, after, ignore=set(sent))
        lab.expect(not others, f"a change of {', '.join(sent)} changed something else: {others}", name)
        for each in thing.links:
            if each.name in LIST_NAMES:
                _listed_as(lab, thing, each, after)
        again = lab.ok(name, link.path, json=sent)
        difference = _difference(after, again if isinstance(again, dict) else after)
        lab.expect(not difference, f"the same change sent twice gives something else: {difference}", name)


def _read(lab: Workshop, thing: Thing) -> dict[str, Any] | None:
    for link in thing.one("read"):
        seen: dict[str, Any] = lab.ok(link.operation.operation_id, link.path)
        return seen
    return None


def _is_gone_when_deleted(lab: Workshop, thing: Thing) -> None:
    for link in thing.one("delete"):
        name = link.operation.operation_id
        lists = [other for other in thing.links if other.name in LIST_NAMES and not other.is_own]
        before = [_ids(lab, other) for other in lists]
        lab.ok(name, link.path)
        for other, ids in zip(lists, before, strict=True):
            left, due = _ids(lab, other), [row_id for row_id in ids if row_id != thing.id]
            lab.expect(thing.id not in left, f"what {name} deleted is still listed", other.operation.operation_id)
            lab.expect(set(due) <= set(left), f"{name} has taken others away with it", other.operation.operation_id)
        for other in thing.links:
            if (other.is_own and other.path and thing.id in other.path.values()) or other.name == "change_by_name":
                _answers_404(lab, other, f"what {name} deleted")
        return


def _ids(lab: Workshop, link: Link) -> list[str]:
    return [str(entry.get("id")) for entry in lab.every(link.operation.operation_id, link.path)]


def _answers_404(lab: Workshop, link: Link, what: str) -> None:
    """A thing that is gone is not found, nor is anything in it, however it is asked for."""
    name, body = link.operation.operation_id, _example(lab, link.operation.operation_id)
    more = {} if body is None else {"json": body}
    lab.refused(404, f"{what} is asked for", name, link.path, **more)


def _example(lab: Workshop, name: str) -> Any:
    """Return an example of a JSON body of an operation, None without one."""
    document = lab.target.document
    body = resolve(document, lab.target.addresses.by_id[name].node.get("requestBody", {}))
    media = body.get("content", {}).get("application/json")
    if media is None:
        return None
    named = [resolve(document, node).get("value") for node in media.get("examples", {}).values()]
    return media.get("example", named[0] if named else {})


def _difference(first: dict[str, Any], second: dict[str, Any], ignore: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    """Say in which field two forms of a thing differ, empty if in none that both have."""
    for field in first.keys() & second.keys() - MOVING - OF_THE_PLACE - ignore:
        if first[field] != second[field]:
            return f"{field} is {first[field]!r} and {second[field]!r}"
    return ""


def _register() -> None:
    for api in ("studio", "label_studio", "blue_guardrails"):
        for _, _, node, _ in operations(load(api)):
            name = node["operationId"]
            if name in MAKERS:
                text = f"What {name} creates can be read, is listed once, changes everywhere, and is gone when deleted."
                LAWS.append(Law(f"life_of_{name}", api, True, partial(live, operation=name), text))


_register()
