"""The ledger of what a run has created: a line of JSON for each thing, written at once, and read again to clean up after a crash.

Not here: what an id is the id of (`kinds`), what a request names (`named`), and deleting (`cleanup`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import msgspec
import requests

from contract_tests import kinds
from contract_tests.addresses import Addresses, Operation

OWN_ID = re.compile(r"^\$response\.body#(/.*)?/(id|slug|task_id)$")
"""Links that lead on with the id of what was created itself, and not of something else that it refers to."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that was created: its kind and id, the operation that made it, and the path parameters it was made under.

    With `gone` it says that the thing was deleted.
    """

    kind: str
    id: str
    operation: str | None = None
    within: dict[str, str] = {}
    gone: bool = False


class Created:
    """The things of a run. With a `file` every one is written to it before anything else happens."""

    def __init__(
        self, addresses: Addresses | None = None, file: Path | None = None, head: dict[str, str] | None = None
    ) -> None:
        self.addresses, self.file = addresses, file
        self.entries: dict[tuple[str, str], Entry] = {}
        self._owned: dict[tuple[str, str], dict[str, str]] = {}
        self._foreign: set[tuple[str, str]] = set()
        self._lent: set[tuple[str, str]] = set()
        self.lost: list[str] = []
        self._stream: IO[str] | None = None
        if file is not None:
            self._stream = file.open("a", encoding="utf-8")
            self._write({"run": head or {}})

    def owns(self, kind: str, told: str) -> bool:
        """Whether the run has created this, or has found it in what it has created."""
        return (kind, told) in self._owned

    def ids(self, kind: str) -> list[str]:
        """Return the ids of a kind that the run may name, oldest first, without those that it has deleted."""
        gone = {key for key, entry in self.entries.items() if entry.gone}
        return [told for known, told in self._owned if known == kind and (known, told) not in gone]

    def agrees(self, kind: str, told: str, around: Mapping[str, object]) -> bool:
        """Whether nothing is known that keeps this from lying in what the path parameters `around` name."""
        within = self._owned.get((kind, told), {})
        return all(within.get(name, str(value)) == str(value) for name, value in around.items() if within)

    def kinds_linked(self, operation: Operation) -> list[str]:
        """Return the kinds of what the answers of an operation lead on to by their own ids."""
        answers = (node for status, node in operation.node["responses"].items() if status.startswith("2"))
        return [kind for node in answers for kind, _ in self._links(node)]

    def lent(self, kind: str, told: str) -> None:
        """Let the run name a thing that it did not create and will not delete; what lies in it is not the run's either."""
        self._owned[kind, told] = {}
        self._lent.add((kind, told))

    def add(self, entry: Entry) -> None:
        """Write down that a thing was created, or has gone."""
        if self.entries.get((entry.kind, entry.id)) == entry:
            return
        self.entries[entry.kind, entry.id] = entry
        self._owned[entry.kind, entry.id] = dict(entry.within)
        self._write(msgspec.to_builtins(entry))
        if entry.gone:
            self._gone_with(entry)

    def lose(self, operation: Operation) -> None:
        """Take note that a request had no answer: outside of what the run owns it may have made something that nobody knows of."""
        if not operation.is_safe and not kinds.of_parameters(operation):
            self.lost.append(f"{operation.label} had no answer: what it may have made is not known")
            self._write({"lost": self.lost[-1]})

    def learn(
        self,
        operation: Operation,
        values: dict[str, str],
        request: requests.PreparedRequest,
        response: requests.Response,
    ) -> None:
        """Take from an answer what was created, and what lies in what this run has created."""
        if not 200 <= response.status_code < 300:
            return
        within = kinds.of_parameters(operation)
        if operation.method == "DELETE":
            self._forget(operation, values, within)
            return
        answer = _json(response)
        if not operation.is_safe and kinds.is_file(answer):  # a part of what it was sent to: nothing deletes it alone
            self._owned.setdefault(("file", str(answer["id"])), dict(values))
            return
        if not operation.is_safe:
            for kind, told in self._linked(operation, response.status_code, answer):
                if not self.owns(kind, told) and (kind, told) not in self._foreign:
                    self.add(Entry(kind=kind, id=told, operation=operation.operation_id, within=dict(values)))
        is_lent = any((kind, values.get(name)) in self._lent for name, kind in within.items())
        if within and not is_lent:  # all of it the run's own, or the request would not have left
            for key in _inside(operation, answer):
                if key not in self._foreign:
                    self._owned.setdefault(key, dict(values))
        elif (
            operation.is_safe or is_lent
        ):  # what was there already when the run saw it first is not its own, whatever comes
            self._foreign.update(key for key in _ids(answer, kinds.of_collection(operation)) if key not in self._owned)

    def roots(self) -> list[Entry]:
        """Return what is still there and lies in nothing else that is, newest first."""
        there = {key: entry for key, entry in self.entries.items() if not entry.gone}
        return [entry for entry in reversed(there.values()) if not any(key in there for key in self._around(entry))]

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _gone_with(self, container: Entry) -> None:
        """Take note that what was made in a thing has gone with it."""
        for entry in list(self.entries.values()):
            if not entry.gone and (container.kind, container.id) in self._around(entry):
                self.add(msgspec.structs.replace(entry, gone=True))

    def _around(self, entry: Entry) -> Iterator[tuple[str, str]]:
        for name, told in entry.within.items():
            kind = kinds.of_field(name)
            if kind is not None and kind != entry.kind:
                yield kind, told

    def _forget(self, operation: Operation, values: dict[str, str], within: dict[str, str]) -> None:
        name = operation.path.rstrip("/").rsplit("/", 1)[-1][1:-1]
        key = within.get(name, ""), values.get(name, "")
        if key in self.entries:
            self.add(msgspec.structs.replace(self.entries[key], gone=True))

    def _linked(self, operation: Operation, status: int, answer: Any) -> Iterator[tuple[str, str]]:
        """Yield the ids that the links of an answer lead on with."""
        for kind, pointer in self._links(operation.node["responses"].get(str(status), {})):
            found = _at(answer, pointer)
            if isinstance(found, (int, str)):
                yield kind, str(found)

    def _links(self, node: Any) -> Iterator[tuple[str, str]]:
        """Yield the kind and the place in the body of each id that the links of an answer lead on with."""
        for link in node.get("links", {}).values():
            target = self.addresses.by_id.get(link.get("operationId", "")) if self.addresses else None
            for name, told in (link.get("parameters") or {}).items() if target else ():
                kind = kinds.of_parameters(target).get(name) if target else None
                if kind is not None and isinstance(told, str) and OWN_ID.match(told):
                    yield kind, told.removeprefix("$response.body#")

    def _write(self, line: dict[str, Any]) -> None:
        if self._stream is not None:
            self._stream.write(json.dumps(line) + "\n")
            self._stream.flush()


def read(file: Path, addresses: Addresses) -> Created:
    """Return what a ledger says was created; what is deleted from now on is added to it. Raises OSError, ValueError naming the line."""
    entries = [msgspec.convert(told, Entry) for told in _lines(file) if "kind" in told]
    created = Created(addresses)
    for entry in entries:
        created.add(entry)
    created.file, created._stream = file, file.open("a", encoding="utf-8")
    return created


def head_of(file: Path) -> dict[str, str]:
    """Return what a ledger says of its run: `url`, `api`, `begun`. Raises OSError, ValueError naming the line that is wrong."""
    return next((dict(told["run"]) for told in _lines(file) if "run" in told), {})


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    lines = file.read_text("utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            yield msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            if number < len(lines):  # the last one may have been cut by a crash
                raise ValueError(f"{file}, line {number} is no line of a ledger: {error}") from None


def _inside(operation: Operation, answer: Any) -> Iterator[tuple[str, str]]:
    """Yield kind and id of what lies in what the path names; of other kinds a list may well show what others have."""
    for kind, told in _ids(answer, kinds.of_collection(operation)):
        if kind in kinds.INSIDE:
            yield kind, told


def _ids(node: Any, around: str) -> Iterator[tuple[str, str]]:
    """Yield kind and id of every object in an answer, and of every task that it tells of."""
    if isinstance(node, list):
        for child in node:
            yield from _ids(child, around)
    elif isinstance(node, dict):
        for name, child in node.items():
            if name in ("id", "task_id") and isinstance(child, (int, str)) and (kind := kinds.of_field(name, around)):
                yield kind, str(child)
            else:
                yield from _ids(child, name)


def _at(node: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if isinstance(node, list) and part.isdigit() and int(part) < len(node):
            node = node[int(part)]
        elif isinstance(node, dict):
            node = node.get(part)
        else:
            return None
    return node


def _json(response: requests.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None
