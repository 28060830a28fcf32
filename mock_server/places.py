"""YAML that knows where it stands: maps remember the lines of their fields, so errors name file, line and field."""

from pathlib import Path
from typing import Any

from mock_server.contract import data_root


class SeedError(Exception):
    """A starting world cannot be read. Names file, line and field, what is wrong and what would be right."""


class Entry(dict[str, Any]):
    """A map of a YAML file, its file as it is shown to people, its line, and the lines of its fields."""

    __slots__ = ("file", "line", "lines")

    file: str
    line: int
    lines: dict[str, int]

    def fault(self, field: str | None, reason: str) -> SeedError:
        """Return the error that says what is wrong with a field, or with the entry as a whole."""
        line = self.lines.get(field, self.line) if field else self.line
        return SeedError(f"{self.file}:{line}: {f'{field}: ' if field else ''}{reason}")

    def over(self, base: "Entry", merged: str) -> "Entry":
        """Return this entry with the fields of `base` that it lacks; the maps called `merged` are joined."""
        whole = _entry_at(self.file, self.line, {**base.lines, **self.lines})
        whole.update({**base, **self})
        if isinstance(base.get(merged), dict) and isinstance(self.get(merged), dict):
            whole[merged] = {**base[merged], **self[merged]}
        return whole


def shown(path: Path) -> str:
    """Return a path as people see it: below the checkout without what is above."""
    try:
        return str(path.resolve().relative_to(data_root().resolve()))
    except ValueError:
        return str(path)


def read_map(path: Path) -> Entry:
    """Read a YAML file that holds one map. Raises SeedError."""
    value = _read(path)
    if not isinstance(value, Entry):
        raise SeedError(f"{shown(path)}:1: the file holds {_called(value)}; right would be one map")
    return value


def read_list(path: Path) -> list[Entry]:
    """Read a YAML file that holds a list of maps; an empty file is an empty list. Raises SeedError."""
    value = _read(path)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, Entry) for entry in value):
        raise SeedError(f"{shown(path)}:1: the file holds {_called(value)}; right would be a list of maps")
    return value


def nearest(wrong: object, right: list[str]) -> str:
    """Return a sentence that tells what would be right: the most similar of the words first, then all of them."""
    from difflib import get_close_matches

    similar = get_close_matches(str(wrong), right, 1, 0.5)
    listed = f"there are: {', '.join(right)}" if right else "there is none yet"
    return f"did you mean {similar[0]}? {listed[0].upper()}{listed[1:]}" if similar else listed


def _read(path: Path) -> Any:
    import yaml  # not needed, and not loaded, by whoever starts with a compiled world

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(path.read_text("utf-8"))
        node = loader.get_single_node()
        return None if node is None else _value(node, shown(path), loader)
    except OSError as error:
        raise SeedError(f"{shown(path)} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SeedError(f"{shown(path)} is not text in UTF-8") from None
    except RecursionError:
        raise SeedError(f"{shown(path)} is nested too deeply, or holds an alias that means itself") from None
    except yaml.YAMLError as error:
        raise SeedError(_told(path, error)) from None


def _told(path: Path, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).split("\n")[0]
    return f"{shown(path)}:{mark.line + 1 if mark else 1}: this is not YAML: {problem}"


def _value(node: Any, file: str, loader: Any) -> Any:
    if node.id == "mapping":
        return _entry(node, file, loader)
    if node.id == "sequence":
        return [_value(element, file, loader) for element in node.value]
    if node.tag == "tag:yaml.org,2002:timestamp":
        return node.value  # the contract speaks of times as text, and checks them
    return loader.construct_object(node)


def _entry(node: Any, file: str, loader: Any) -> Entry:
    entry = _entry_at(file, node.start_mark.line + 1, {})
    for key_node, value_node in node.value:
        key = str(_value(key_node, file, loader))
        if key in entry:
            raise SeedError(f"{file}:{key_node.start_mark.line + 1}: {key}: is given twice")
        entry.lines[key] = key_node.start_mark.line + 1
        entry[key] = _value(value_node, file, loader)
    return entry


def _entry_at(file: str, line: int, lines: dict[str, int]) -> Entry:
    entry = Entry()
    entry.file, entry.line, entry.lines = file, line, lines
    return entry


def _called(value: object) -> str:
    kinds = {"NoneType": "nothing", "str": "a text", "list": "a list of other things", "Entry": "a map"}
    return kinds.get(type(value).__name__, repr(value))
