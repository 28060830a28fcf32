"""What is peculiar to the answers of Label Studio and Blue Guardrails when they are disguised: words that are no texts, and texts that are
made of others. Not here: what stands for what (`disguise`)."""

import re
from typing import Any

import msgspec

from contract_tests.live.disguise import Disguise
from mock_server.contract import Json

SIGNED = re.compile(r"(?:(?P<name>.*) )?(?P<email>\S+), (?P<id>\d+)", re.DOTALL)  # whose work an annotation is
WORD = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}")


class LabelStudio:
    """Of Label Studio: names of controls and rights are no texts, and two texts are made of the names of people."""

    WORDS = ("role", "state", "type", "from_name", "to_name", "origin", "permissions")

    def __init__(self, disguise: Disguise) -> None:
        self._disguise = disguise

    def is_word(self, text: str, name: str) -> bool:
        """Whether a text is a word of the API."""
        return name in self.WORDS and WORD.fullmatch(text) is not None

    def collect(self, operation: str, body: bytes) -> None:
        """Learn nothing: all texts stand for themselves."""

    def mended(self, value: Json, made: Json) -> Json:
        """Return an object in disguise with the texts that are made of others as they are made of what stands for these."""
        if isinstance(value.get("created_username"), str):
            made["created_username"] = self._signed(value["created_username"])
        if isinstance(value.get("initials"), str) and "first_name" in value:
            made["initials"] = _initials(made) if value["initials"] == _initials(value) else made["initials"]
        return made

    def _signed(self, told: str) -> str:
        found = SIGNED.fullmatch(told)
        if found is None:
            return self._disguise.text(told)
        name = f"{self._disguise.person(found['name'])} " if found["name"] else ""
        return f"{name}{self._disguise.email(found['email'])}, {self._disguise.id(int(found['id']))}"


class BlueGuardrails:
    """Of Blue Guardrails: the words of annotations are pieces of messages, which only an export tells."""

    WORDS = (
        "system",
        "user",
        "assistant",
        "tool",
        "text",
        "tool_call",
        "tool_call_response",
        "pending",
        "in_progress",
        "completed",
    )

    def __init__(self, disguise: Disguise) -> None:
        self._disguise = disguise
        self._pieces: dict[tuple[str, ...], str] = {}  # by annotation and place: what stands for its words

    def is_word(self, text: str, name: str) -> bool:
        """Whether a text is a word of the API."""
        return name in ("role", "type", "status") and text in self.WORDS

    def collect(self, operation: str, body: bytes) -> None:
        """Learn from an export which words of which messages its annotations are about."""
        if operation != "export_labeling_project":
            return
        try:
            told = msgspec.json.decode(body, type=_Export)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return
        messages = {message.id: message for conversation in told.conversations for message in conversation.messages}
        for by_message in told.annotations.values():
            for message_id, annotations in by_message.items():
                for annotation in annotations:
                    text = _text_in(messages.get(message_id), annotation.message_part_index)
                    if text is not None:
                        self._pieces[annotation.key] = self._disguise.text(text)[
                            annotation.start_offset : annotation.end_offset
                        ]

    def mended(self, value: Json, made: Json) -> Json:
        """Return an object in disguise; the words of an annotation are those of its message."""
        if "start_offset" in value and "text" in value:
            key = tuple(map(str, (value.get(name) for name in _Annotation.__struct_fields__)))
            made["text"] = self._pieces.get(key, made["text"])
        return made


NEIGHBOURS: dict[str, Any] = {"label_studio": LabelStudio, "blue_guardrails": BlueGuardrails}


class _Annotation(msgspec.Struct):
    id: str
    start_offset: int
    end_offset: int
    message_part_index: int | None = None

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(map(str, msgspec.structs.astuple(self)))


class _Message(msgspec.Struct):
    id: str
    parts: list[dict[str, Any]]


class _Conversation(msgspec.Struct):
    messages: list[_Message]


class _Export(msgspec.Struct):
    conversations: list[_Conversation]
    annotations: dict[str, dict[str, list[_Annotation]]]


def _initials(person: Json) -> str:
    return f"{str(person.get('first_name') or '')[:1]}{str(person.get('last_name') or '')[:1]}"


def _text_in(message: _Message | None, index: int | None) -> str | None:
    """Return the text of a part of a message, of the first text for None."""
    texts = [part.get("content") if part.get("type") == "text" else None for part in message.parts] if message else []
    if index is None:
        return next((text for text in texts if isinstance(text, str)), None)
    found = texts[index] if 0 <= index < len(texts) else None
    return found if isinstance(found, str) else None
