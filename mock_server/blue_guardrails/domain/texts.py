"""The texts of a message, into which offsets point. They count characters of Unicode."""

from typing import Any

from mock_server.blue_guardrails.rows import BgMessage


def text_of(part: dict[str, Any]) -> str | None:
    """Return the text of a part; None for a call of a tool and what it answered."""
    content = part.get("content")
    return content if part.get("type") == "text" and isinstance(content, str) else None


def first_text(message: BgMessage) -> int | None:
    """Return the index of the first part that has a text, or None."""
    return next((at for at, part in enumerate(message.parts) if text_of(part) is not None), None)


def text_at(message: BgMessage, index: int | None) -> str | None:
    """Return the text of a part, of the first text for None; None if there is no such part or it has none."""
    at = first_text(message) if index is None else index
    return text_of(message.parts[at]) if at is not None and 0 <= at < len(message.parts) else None
