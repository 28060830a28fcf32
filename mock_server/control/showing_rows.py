"""How the control side shows rows: all of their fields, with passwords and tokens hidden unless somebody asks for them."""

from typing import Any

import msgspec

from mock_server.contract import Json
from mock_server.world.rows import Row

HIDDEN = "(hidden)"
SECRETS = frozenset({"password_hash", "token", "link", "key", "jti"})  # of whatever table
NAMING = ("name", "display_name", "email", "title", "subject", "filename", "kind", "text")
LONGEST = 80


def value(row: Row, field: str, secrets: bool) -> Any:
    """Return what is shown of a field."""
    found = getattr(row, field)
    return HIDDEN if field in SECRETS and found is not None and not secrets else found


def shown(row: Row, secrets: bool) -> Json:
    """Return a row as it is shown."""
    return {field: value(row, field, secrets) for field in row.__struct_fields__}


def called(fields: Json) -> str:
    """Return what people call a row with these fields, beside its id: its name, say; empty if it has nothing of the kind."""
    for field in NAMING:
        found = fields.get(field)
        if isinstance(found, str) and found:
            return short(found)
    return ""


def short(told: Any) -> str:
    """Return a value in one line of at most 80 characters."""
    text = msgspec.json.encode(told).decode()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
