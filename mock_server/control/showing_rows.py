"""How the control side shows rows: all of their fields, with passwords and tokens hidden unless somebody asks for them."""

from typing import Any

import msgspec

from mock_server.contract import Json
from mock_server.redact import is_secret_field
from mock_server.world.rows import Row

HIDDEN = "(hidden)"
ALSO_SECRET = frozenset({"link", "jti"})  # fields with a token in them that are not called so
NAMING = ("name", "display_name", "email", "title", "subject", "filename", "kind", "text")
LONGEST = 80


def value(row: Row, field: str, secrets: bool) -> Any:
    """Return what is shown of a field."""
    found = getattr(row, field)
    return HIDDEN if not secrets and is_secret(field, found) else found


def is_secret(field: str, found: Any) -> bool:
    """Whether a field of a row, with what stands in it, is a secret."""
    return found is not None and (field in ALSO_SECRET or is_secret_field(field, found))


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
