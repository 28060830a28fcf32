"""YAML as the stand-in reads and writes it where JSON would do as well: plain data, no aliases, times as text."""

from typing import Any

INDENT = 2
TIMESTAMP = "tag:yaml.org,2002:timestamp"


def decode(raw: bytes) -> Any:
    """Return the plain value of a YAML document. Raises ValueError that says what is wrong, and in which line."""
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(raw.decode("utf-8"))
        node = loader.get_single_node()
        return None if node is None else _value(node, loader, set())
    except UnicodeDecodeError:
        raise ValueError("is not text in UTF-8") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).split("\n")[0]
        raise ValueError(f"is not YAML, line {mark.line + 1 if mark else 1}: {problem}") from None


def encode(value: Any) -> bytes:
    """Return a plain value as a YAML document."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: bytes = yaml.dump(
        value, Dumper=dumper, sort_keys=False, allow_unicode=True, indent=INDENT, width=120, encoding="utf-8"
    )
    return text


def _value(node: Any, loader: Any, seen: set[int]) -> Any:
    if node.id == "scalar":
        return node.value if node.tag == TIMESTAMP else loader.construct_object(node)
    if id(node) in seen:  # a few of them, one in the other, would be a bomb
        raise ValueError(f"has an alias, line {node.start_mark.line + 1}; write it out")
    seen.add(id(node))
    if node.id == "sequence":
        return [_value(element, loader, seen) for element in node.value]
    if any(key.id != "scalar" for key, _ in node.value):
        raise ValueError(f"has a map with a key that is no text, line {node.start_mark.line + 1}")
    pairs = [(key.value, _value(value, loader, seen)) for key, value in node.value]
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"has a map with a key that is given twice, line {node.start_mark.line + 1}")
    return found
