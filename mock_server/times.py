"""Times in rows: how they are read and written, and which fields of a row hold them."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from mock_server.world.rows import Row


def moment(text: str) -> datetime:
    """Return the UTC time that a text in RFC 3339 names; without a zone it is UTC. Raises ValueError."""
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def written(time: datetime) -> str:
    """Return a UTC time as the contract writes it."""
    return time.isoformat().replace("+00:00", "Z")


@cache
def time_fields(kind: type[Row]) -> tuple[str, ...]:
    """Return the fields of a row type that hold a time or None."""
    return tuple(
        name for name, hint in _hints(kind) if hint is datetime or set(get_args(hint)) == {datetime, type(None)}
    )


@cache
def time_maps(kind: type[Row]) -> tuple[str, ...]:
    """Return the fields of a row type that hold a map to times."""
    return tuple(name for name, hint in _hints(kind) if get_origin(hint) is dict and get_args(hint)[1] is datetime)


def _hints(kind: type[Row]) -> list[tuple[str, Any]]:
    hints: dict[str, Any] = kind.__annotations__
    if any(isinstance(hint, str) for hint in hints.values()):
        hints = get_type_hints(kind)  # thorough, and several times slower
    return [(name, hints[name]) for name in kind.__struct_fields__ if name in hints]
