"""What an id is the id of: read off the names of parameters and fields, and off the paths that they stand in.

Not here: which ids a run may name (`created`).
"""

import re
from collections.abc import Iterator
from typing import Any

from contract_tests.addresses import Operation

NAMED = re.compile(r"^(?P<kind>.*?)_?(?:uu)?ids?(?:_or_slug)?$")
SAME = {
    "organization": "workspace",
    "session": "annotation",
    "collection": "annotation",
    "exclude": "model",
    "base": "model",
}
REFERENCES = {  # fields that hold an id without saying so in their name
    "completed_by": "user",
    "updated_by": "user",
    "last_created_by": "user",
    "owner": "user",
    "project": "project",
    "model": "model",
    "task": "task",
    "parent_annotation": "annotation",
    "parent_prediction": "prediction",
}
FREE = {"result"}  # what has ids that are made up by whoever sends it, and name nothing
INSIDE = {"document", "segment", "tag", "class", "label", "group", "annotation", "task", "correction", "hitl", "review"}


def singular(word: str) -> str:
    """Return the kind that a collection is of: documents, classes, analyses, upload-documents."""
    word = word.rsplit("-", 1)[-1]
    for plural, one in (("classes", "class"), ("analyses", "analysis")):
        if word.endswith(plural):
            return word[: -len(plural)] + one
    return word.removesuffix("s") if word not in ("class", "analysis") else word


def of_field(name: str, around: str = "") -> str | None:
    """Return the kind of a field or parameter by its name, None if it holds no id; `around` is what a plain `id` is of."""
    if name in ("id", "ids", "uuid"):
        return _plain(singular(around)) if around and around not in FREE else None
    found = NAMED.match(name) if "_" in name else None
    return _plain(found["kind"]) if found else None


def of_parameters(operation: Operation) -> dict[str, str]:
    """Return the kind of every path parameter that holds an id."""
    kinds: dict[str, str] = {}
    before = ""
    for part in operation.path.split("/"):
        if part.startswith("{"):
            kind = of_field(part[1:-1], before)
            if kind is not None:
                kinds[part[1:-1]] = kind
        else:
            before = part or before
    return kinds


def of_collection(operation: Operation) -> str:
    """Return the kind of what an operation is about: that of its last path parameter, or of the collection after it."""
    parts = [part for part in operation.path.split("/") if part]
    kinds = of_parameters(operation)
    last = parts[-1]
    return kinds.get(last[1:-1], "") if last.startswith("{") else _plain(singular(last))


def is_file(answer: Any) -> bool:
    """Whether an answer tells of an uploaded file, which later requests name as `file_id`: by its first rows, for its id is a plain one."""
    return isinstance(answer, dict) and "preview" in answer and isinstance(answer.get("id"), str)


def in_value(node: Any, around: str) -> Iterator[tuple[str, str]]:
    """Yield kind and id of everything that a JSON value names; `around` is the kind of a plain `id` at its top."""
    if isinstance(node, list):
        for child in node:
            yield from in_value(child, around)
    elif isinstance(node, dict):
        for name, child in node.items():
            kind = of_field(name, around) or (REFERENCES.get(name) if not isinstance(child, dict) else None)
            if kind is not None:
                yield from ((kind, str(told)) for told in _scalars(child))
            yield from in_value(child, name)


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for child in value:
            yield from _scalars(child)
    elif isinstance(value, dict):
        yield from ()
    elif value is not None:
        yield value


def _plain(kind: str) -> str:
    """Return the one name of a kind that has several, without what tells it apart in a field: trainset_annotation, assigned_user."""
    last = kind.rsplit("_", 1)[-1]
    return SAME.get(kind) or SAME.get(last) or last
