"""Documents before they are in a world: texts with the places of their segments, their attributes and their tags.

Everything here is pure and may take long, seconds for a megabyte of text: run it in a thread, before a transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from mock_server import text as texts
from mock_server.studio.domain.errors import Conflict
from mock_server.text import Span

Json = dict[str, Any]
# What a document shows under its own names: no attribute can be called so.
RESERVED = frozenset({"id", "text", "segments", "tags"})
TAG_FIELDS = ("class", "label", "span", "text")
REMEMBERED_LENGTH = 4_000
QUOTED = 80


class DocumentConflict(Conflict):
    """The segments or tags of a document do not fit its text."""


class Draft(msgspec.Struct, frozen=True):
    """A document to be. `tags` are pairs of the number of a segment and a tag as the contract's TagInput has it."""

    text: str
    spans: tuple[Span, ...] = ()
    meta: Json = {}
    tags: tuple[tuple[int, Json], ...] = ()


def drafted(entry: Mapping[str, Any], split: bool = True) -> Draft:
    """Return the draft of a document as it stands in a request body (DocumentInput). Raises DocumentConflict."""
    return draft(entry["text"], meta_of(entry), entry.get("segments"), entry.get("tags"), split)


def draft(
    text: str,
    meta: Json | None = None,
    segments: Sequence[Json] | None = None,
    tags: Sequence[Json] | None = None,
    split: bool = True,
) -> Draft:
    """Return a draft; without `segments` the text is divided into sentences, or not at all. Raises DocumentConflict."""
    spans, numbers = laid_out(text, segments) if segments else (spans_of(text, split), [])
    pairs = zip(numbers, segments or (), strict=False)
    placed = [(number, tag) for number, segment in pairs for tag in segment.get("tags", ())]
    placed += [(number, tag) for tag in tags or () for number in segments_of(text, spans, tag)]
    plain = [(number, {name: tag[name] for name in TAG_FIELDS if name in tag}) for number, tag in placed]
    return Draft(text, spans, meta or {}, tuple(plain))


def drafted_all(entries: Iterable[Mapping[str, Any]], split: bool = True) -> list[Draft]:
    """Return the drafts of all entries. Raises DocumentConflict."""
    return [drafted(entry, split) for entry in entries]


def split_all(given: Iterable[str], split: bool = True) -> list[tuple[Span, ...]]:
    """Return the spans of the segments of each text."""
    return [spans_of(text, split) for text in given]


def spans_of(text: str, split: bool = True) -> tuple[Span, ...]:
    """Return the spans of the sentences of a text, or without `split` the span of the whole."""
    if not split:
        return texts.whole(text)
    return _remembered(text) if len(text) <= REMEMBERED_LENGTH else texts.split(text)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> tuple[Span, ...]:
    return texts.split(text)  # slow, and test data come again and again


def laid_out(text: str, segments: Iterable[Json]) -> tuple[tuple[Span, ...], list[int]]:
    """Return the spans of all segments of a text, and for each given one its number among them.

    What lies between two of them becomes a segment too. Raises DocumentConflict for one that is not behind the last.
    """
    spans: list[Span] = []
    numbers: list[int] = []
    end = 0
    for segment in segments:
        start, stop = _place(text, segment, end)
        spans += _rest(text, end, start)
        numbers.append(len(spans))
        spans.append((start, stop))
        end = stop
    return (*spans, *_rest(text, end, len(text))), numbers


def segments_of(text: str, spans: Sequence[Span], tag: Mapping[str, Any]) -> list[int]:
    """Return the numbers of the segments to which a tag of a whole document goes. Raises DocumentConflict for none.

    It is the segment in which its span or its words lie; a tag without either goes to every segment.
    """
    span: Sequence[int] | None = tag.get("span")
    said: str = tag.get("text") or ""
    if span is None and "text" not in tag:
        return list(range(len(spans)))
    for number, (start, end) in enumerate(spans):
        if (start <= span[0] <= span[1] <= end) if span is not None else said in text[start:end]:
            return [number]
    raise DocumentConflict("The words of a tag do not lie in any segment of its document")


def meta_of(entry: Mapping[str, Any]) -> Json:
    """Return the attributes among the fields of a document: all but its own, without NUL characters in their names."""
    return dict(_attributes(entry))


def _attributes(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in entry.items():
        name = name.replace("\0", "")
        if name.strip() and name not in RESERVED:
            yield name, value


def _place(text: str, segment: Json, end: int) -> Span:
    span: Sequence[int] | None = segment.get("span")
    said: str = segment.get("text") or ""
    if span is None:
        start = text.find(said, end) if said.strip() else -1
        if start < 0:
            raise DocumentConflict(f"The segment {quoted(said)} does not occur in the text of its document")
        return start, start + len(said)
    start, stop = int(span[0]), int(span[1])
    if not end <= start < stop <= len(text) or not text[start:stop].strip():
        raise DocumentConflict(f"The segment {start} to {stop} has no words of the text behind the segment before it")
    if "text" in segment and said != text[start:stop]:
        raise DocumentConflict(f"The segment {start} to {stop} of the text is not {quoted(said)}")
    return start, stop


def _rest(text: str, start: int, end: int) -> tuple[Span, ...]:
    return tuple((start + first, start + last) for first, last in texts.whole(text[start:end]))


def quoted(text: str) -> str:
    """Return a text for a message: in quotation marks, cut if it is long."""
    return f'"{text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"}"'
