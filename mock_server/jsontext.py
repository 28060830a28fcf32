"""JSON that somebody has sent: read with a bound on its depth, so that whatever was read can be written again, inside of something else."""

from typing import Any

import msgspec

DEEPEST = 200
"""How many lists and maps may stand in each other. The parser's own limit is that of the stack, which differs from place to place."""


def decode(sent: bytes | str) -> Any:
    """Return the value. Raises ValueError that says what is wrong, as in `is not valid UTF-8`."""
    try:
        value = msgspec.json.decode(sent)
    except UnicodeDecodeError:
        raise ValueError("is not valid UTF-8") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise ValueError(f"is not valid JSON: {error}" if sent else "is empty; send JSON") from None
    if _brackets(sent) > DEEPEST and is_deeper(value, DEEPEST):
        raise ValueError(f"is nested too deeply; at most {DEEPEST} levels are read")
    return value


def is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and maps stand in each other more often than that."""
    level = [value]
    for _ in range(levels + 1):
        level = [part for whole in level if isinstance(whole, list | dict) for part in _parts(whole)]
        if not level:
            return False
    return True


def _parts(whole: Any) -> Any:
    return whole.values() if isinstance(whole, dict) else whole


def _brackets(sent: bytes | str) -> int:
    """Return how many lists and maps there can be at the most."""
    return sent.count(b"[") + sent.count(b"{") if isinstance(sent, bytes) else sent.count("[") + sent.count("{")
