"""Small changes to the text of a YAML file, all around them left as it was: comments, order, and how each line is written.

Every function takes the text and the keys that lead to a node, and returns the new text. What leads nowhere, or would make the text other
than intended, raises CannotEdit. Not here: what to change.
"""

from collections.abc import Sequence
from typing import Any

import yaml

Key = str | int
Keys = Sequence[Key]
WIDE = 10_000  # columns: what is added to a line is not broken
BLOCK_SCALARS = ("|", ">")


class CannotEdit(Exception):
    """A change cannot be made by itself; the message says why."""


def value_at(text: str, keys: Keys) -> Any:
    """Return the plain value at a place. Raises CannotEdit."""
    value = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for key in keys:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            raise CannotEdit(f"there is no {key}") from None
    return value


def line_of(text: str, keys: Keys) -> int:
    """Return the line of a node, counted from 1. Raises CannotEdit."""
    return int(_node(text, keys).start_mark.line) + 1


def with_key(text: str, keys: Keys, name: str, value: Any, before: Sequence[str] = ()) -> str:
    """Add a key to a map: before the first of the keys `before` that it has, else at its end. Raises CannotEdit."""
    node = _mapping(text, keys)
    if any(key.value == name for key, _ in node.value):
        raise CannotEdit(f"{name} is there already")
    pair = f"{written(name)}: {written(value)}"
    following = next((key for key, _ in node.value if key.value in before), None)
    if node.flow_style:
        at = _offset(text, following.start_mark if following else node.end_mark) - (0 if following else 1)
        joined = f"{pair}, " if following else f", {pair}" if node.value else pair
        return _changed(text, at, at, joined)
    indent = " " * int(node.value[0][0].start_mark.column)
    line = following.start_mark.line if following else _last_line(text, node) + 1
    at = _start_of(text, line)
    return _changed(text, at, at, f"{indent}{pair}\n")


def with_value(text: str, keys: Keys, value: Any) -> str:
    """Put another value in the place of one. Raises CannotEdit."""
    node = _node(text, keys)
    start, end = _offset(text, node.start_mark), _end(text, node)
    return _changed(text, start, end, written(value))


def with_block(text: str, keys: Keys, value: Any) -> str:
    """Put a map in the place of the value of a key, written over several lines if one is not enough. Raises CannotEdit."""
    node, name = _mapping(text, keys[:-1]), str(keys[-1])
    key, old = next(((key, value) for key, value in node.value if key.value == name), (None, None))
    if key is None or old is None or node.flow_style:
        raise CannotEdit(f"{name} is not at the beginning of a line")
    lines = yaml.safe_dump(value, default_flow_style=None, allow_unicode=True, width=150, sort_keys=False).splitlines()
    indent = " " * (int(key.start_mark.column) + 2)
    start, end = _offset(text, key.end_mark), _start_of(text, _last_line(text, old) + 1)
    if len(lines) == 1:
        return _changed(text, start, end, f": {lines[0]}\n")
    return _changed(text, start, end, ":\n" + "".join(f"{indent}{line}\n" for line in lines))


def with_name(text: str, keys: Keys, name: str, new: str) -> str:
    """Call a key of a map otherwise. Raises CannotEdit."""
    key = next((key for key, _ in _mapping(text, keys).value if key.value == name), None)
    if key is None:
        raise CannotEdit(f"there is no {name}")
    return _changed(text, _offset(text, key.start_mark), _offset(text, key.end_mark), written(new))


def without_place(text: str, keys: Keys, at: int) -> str:
    """Take the element at a place out of a list. Raises CannotEdit for the only one."""
    node = _sequence(text, keys)
    if len(node.value) == 1 or at >= len(node.value):
        raise CannotEdit("the list would be empty")
    if node.flow_style:
        return _without(text, [(part, part) for part in node.value], at)
    start = _start_of(text, node.value[at].start_mark.line)
    return _changed(text, start, _start_of(text, _last_line(text, node.value[at]) + 1), "")


def without_key(text: str, keys: Keys, name: str) -> str:
    """Take a key out of a map. Raises CannotEdit for the only one, or one that is not there."""
    node = _mapping(text, keys)
    at = next((at for at, (key, _) in enumerate(node.value) if key.value == name), None)
    if at is None or len(node.value) == 1:
        raise CannotEdit(f"{name} cannot be taken away")
    if node.flow_style:
        return _without(text, [(key, value) for key, value in node.value], at)
    start = _start_of(text, node.value[at][0].start_mark.line)
    return _changed(text, start, _start_of(text, _last_line(text, node.value[at][1]) + 1), "")


def with_element(text: str, keys: Keys, value: Any) -> str:
    """Add an element to the end of a list. Raises CannotEdit."""
    node = _sequence(text, keys)
    if node.flow_style:
        at = _offset(text, node.end_mark) - 1
        return _changed(text, at, at, f"{', ' if node.value else ''}{written(value)}")
    line = text.split("\n")[node.value[0].start_mark.line]
    indent = line[: len(line) - len(line.lstrip())]
    at = _start_of(text, _last_line(text, node) + 1)
    return _changed(text, at, at, f"{indent}- {written(value)}\n")


def without_element(text: str, keys: Keys, value: Any) -> str:
    """Take an element out of a list; the key of a list that would be empty goes with it. Raises CannotEdit."""
    node = _sequence(text, keys)
    at = next((at for at, part in enumerate(node.value) if part.value == str(value)), None)
    if at is None:
        raise CannotEdit(f"{value} is not listed")
    if len(node.value) == 1:
        return without_key(text, keys[:-1], str(keys[-1]))
    if node.flow_style:
        return _without(text, [(part, part) for part in node.value], at)
    start = _start_of(text, node.value[at].start_mark.line)
    return _changed(text, start, _start_of(text, _last_line(text, node.value[at]) + 1), "")


def with_text_after(text: str, keys: Keys, added: str) -> str:
    """Add whole lines behind a node of a block. Raises CannotEdit."""
    at = _start_of(text, _last_line(text, _node(text, keys)) + 1)
    return _changed(text, at, at, added)


def written(value: Any) -> str:
    """Return a value in one line of YAML, as it can stand behind a key and in a list."""
    dumped = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, width=WIDE, sort_keys=False).strip()
    return dumped[1:-1]


def _without(text: str, parts: list[tuple[yaml.Node, yaml.Node]], at: int) -> str:
    """Take one of several parts of a list or map in one line, and a comma with it."""
    if at + 1 < len(parts):
        start, end = _offset(text, parts[at][0].start_mark), _offset(text, parts[at + 1][0].start_mark)
    else:
        start, end = _end(text, parts[at - 1][1]), _end(text, parts[at][1])
    return _changed(text, start, end, "")


def _changed(text: str, start: int, end: int, new: str) -> str:
    changed = text[:start] + new + text[end:]
    try:
        yaml.compose(changed, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise CannotEdit(f"the file could not be read any more: {error}") from None
    return changed


def _node(text: str, keys: Keys) -> yaml.Node:
    node: Any = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            node = next((value for name, value in node.value if name.value == str(key)), None)
        elif isinstance(node, yaml.SequenceNode) and str(key).isdigit() and int(key) < len(node.value):
            node = node.value[int(key)]
        else:
            node = None
        if node is None:
            raise CannotEdit(f"there is no {key}")
    if node is None:
        raise CannotEdit("the file is empty")
    found: yaml.Node = node
    return found


def _mapping(text: str, keys: Keys) -> yaml.MappingNode:
    node = _node(text, keys)
    if not isinstance(node, yaml.MappingNode) or not (node.value or node.flow_style):
        raise CannotEdit("this is no map")
    return node


def _sequence(text: str, keys: Keys) -> yaml.SequenceNode:
    node = _node(text, keys)
    if not isinstance(node, yaml.SequenceNode):
        raise CannotEdit("this is no list")
    return node


def _last_line(text: str, node: yaml.Node) -> int:
    """Return the last line that belongs to a node, counted from 0."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(text, last[1] if isinstance(last, tuple) else last)
    if getattr(node, "style", None) in BLOCK_SCALARS:
        lines = text.split("\n")
        at = int(node.end_mark.line) - (node.end_mark.column == 0)
        while at > node.start_mark.line and not lines[at].strip():
            at -= 1
        return at
    return int(node.end_mark.line)


def _end(text: str, node: yaml.Node) -> int:
    """Return where the text of a node ends."""
    if (isinstance(node, yaml.CollectionNode) and not node.flow_style) or getattr(node, "style", None) in BLOCK_SCALARS:
        return _start_of(text, _last_line(text, node) + 1) - 1
    return _offset(text, node.end_mark)


def _offset(text: str, mark: Any) -> int:
    return _start_of(text, mark.line) + int(mark.column)


def _start_of(text: str, line: int) -> int:
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
        if not at:
            return len(text)
    return at
