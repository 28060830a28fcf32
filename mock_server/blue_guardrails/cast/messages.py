"""The messages of a conversation, what models have found in them, and where words stand in them."""

from typing import Any

import msgspec

from mock_server.blue_guardrails.cast.resources import FINDING, checked
from mock_server.blue_guardrails.domain.texts import first_text, text_of
from mock_server.blue_guardrails.rows import BgConversation, BgMessage, Finding
from mock_server.places import Entry
from mock_server.studio.cast.stage import Stage, uuid


def uuid_for(stage: Stage, kind: type[Any], entry: Entry) -> str:
    """Return the UUID that an entry tells, or one that depends on nothing but the id that it gets."""
    told: str = entry.get("uuid") or uuid(kind.__name__, entry.get("id", stage.next_id(kind)))
    return told.lower()


def message(stage: Stage, row: BgConversation, entry: Entry, told: Entry) -> None:
    """Add a message of a conversation and what a model has found in it."""
    if ("text" in told) == ("parts" in told):
        raise told.fault("parts", "either text or parts has to be there, the one for a single text")
    row_id = stage.next_id(BgMessage)
    fields: dict[str, Any] = {"id": row_id, "conversation_id": row.id, "role": told["role"]}
    fields["uuid"] = uuid_for(stage, BgMessage, told)
    fields["parts"] = tuple(_plain(told.get("parts") or [{"type": "text", "content": told["text"]}]))
    if told["role"] == "assistant":
        fields |= _made(entry, told, fields["parts"])
        fields["evaluation_uuid"] = told.get("evaluation") or uuid("evaluation", row_id)
    made = BgMessage(**fields)
    listed = checked(told.get("findings", ()), FINDING)
    stage.put(msgspec.structs.replace(made, findings=tuple(_finding(made, one, at) for at, one in enumerate(listed))))


def _made(entry: Entry, told: Entry, parts: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """Return how a model made a message; it stopped to call tools if the message has such parts."""
    read, written = told.get("tokens", (None, None))
    calls = any(part.get("type") == "tool_call" for part in parts)
    model = {"model": entry.get("model"), "provider": entry.get("provider")}
    return {
        **model,
        "input_tokens": read,
        "output_tokens": written,
        "finish_reasons": ("tool_calls" if calls else "stop",),
    }


def _finding(message: BgMessage, told: Entry, at: int) -> Finding:
    index = told.get("part", first_text(message))
    start = where(message, told, index)
    fields = {name: told.get(name) for name in ("label", "text", "explanation")}
    name = told.get("uuid") or uuid("finding", message.id, at)
    return Finding(uuid=name, start=start, end=start + len(told["text"]), part=index, **fields)  # type: ignore[arg-type]


def where(message: BgMessage, told: Entry, index: int | None) -> int:
    """Return where the words of an entry begin. Raises SeedError unless they stand there once."""
    text = text_of(message.parts[index]) if index is not None and index < len(message.parts) else None
    if text is None or text.count(told["text"]) != 1:
        raise told.fault("text", "the words have to stand in the text of the message, and once")
    return text.index(told["text"])


def _plain(value: Any) -> Any:
    """Return maps of a file as plain ones."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
