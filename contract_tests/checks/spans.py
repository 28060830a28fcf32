"""Offsets lie in the text that they speak of, and what is shown beside them is what stands there."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check


@check
def spans_lie_in_the_text(answer: Answer) -> Iterator[str]:
    """Segments are pieces of their document, in its order, and every word lies in one; tags lie in their segment."""
    if not answer.is_success:
        return
    for place, node in answer.objects:
        if isinstance(node.get("text"), str) and isinstance(node.get("segments"), list):
            yield from _segments(node["text"], node["segments"], place)
        if {"segment", "segment_start", "segment_end", "text"} <= node.keys():
            yield from _row(node, place)


@check
def offsets_enclose_their_text(answer: Answer) -> Iterator[str]:
    """The offsets of an annotation enclose as many characters as its text has; in an export, the very text."""
    if not answer.is_success:
        return
    for place, node in answer.objects:
        if {"start_offset", "end_offset", "text"} <= node.keys():
            start, end, text = node["start_offset"], node["end_offset"], node["text"]
            if not (isinstance(start, int) and isinstance(end, int) and isinstance(text, str)):
                continue
            if not 0 <= start < end:
                yield f"{place}: the offsets {start} and {end} enclose nothing"
            elif end - start != len(text):
                yield f"{place}: the offsets {start} to {end} enclose {end - start} characters, {text!r} has {len(text)}"
    if isinstance(answer.body, dict) and {"conversations", "annotations"} <= answer.body.keys():
        yield from _export(answer.body)


def _segments(text: str, segments: list[Any], place: str) -> Iterator[str]:
    before = 0
    for at, segment in enumerate(segments):
        where = f"{place}.segments[{at}]" if place else f"segments[{at}]"
        span = segment.get("span") if isinstance(segment, dict) else None
        if not _is_span(span):
            continue  # the schema says so
        start, end = span
        if not 0 <= start < end <= len(text) and text:
            yield f"{where}: the span {span} does not lie in a text of {len(text)} characters"
        elif text[start:end] != segment.get("text"):
            yield f"{where}: the span {span} encloses {text[start:end]!r}, shown is {segment.get('text')!r}"
        elif start < before:
            yield f"{where}: the span {span} begins inside of the segment before it, which ends at {before}"
        elif text[before:start].strip():
            yield f"{where}: {text[before:start].strip()!r} before it lies in no segment"
        yield from _tags(text, (start, end), segment.get("tags"), where)
        before = max(before, end)
    if segments and text[before:].strip():
        yield f"{place or 'document'}: {text[before:].strip()!r} at its end lies in no segment"


def _tags(text: str, within: tuple[int, int], tags: Any, where: str) -> Iterator[str]:
    for at, tag in enumerate(tags if isinstance(tags, list) else ()):
        span = tag.get("span") if isinstance(tag, dict) else None
        if not _is_span(span):
            continue
        if not within[0] <= span[0] <= span[1] <= within[1]:
            yield f"{where}.tags[{at}]: the span {span} lies outside of its segment {list(within)}"
        elif isinstance(tag.get("text"), str) and text[span[0] : span[1]] != tag["text"]:
            yield f"{where}.tags[{at}]: the span {span} encloses {text[span[0] : span[1]]!r}, shown is {tag['text']!r}"


def _row(row: dict[str, Any], place: str) -> Iterator[str]:
    """One row of a download: where the segment lies in the text, and the tag in the segment."""
    start, end, text = row["segment_start"], row["segment_end"], row["text"]
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(text, str)):
        return
    if text[start:end] != row["segment"]:
        yield f"{place}: segment_start {start} and segment_end {end} enclose {text[start:end]!r}, not {row['segment']!r}"
    first, last = row.get("span_start"), row.get("span_end")
    if isinstance(first, int) and isinstance(last, int) and not start <= first < last <= end:
        yield f"{place}: the span {first} to {last} of its tag lies outside of the segment {start} to {end}"


def _export(body: dict[str, Any]) -> Iterator[str]:
    messages = {
        message["id"]: message.get("parts", [])
        for conversation in body["conversations"]
        for message in conversation.get("messages", [])
    }
    for kind, by_message in body["annotations"].items():
        for message_id, annotations in by_message.items():
            if message_id not in messages:
                yield f"annotations.{kind} names the message {message_id}, which is in no conversation of the export"
                continue
            for annotation in annotations:
                yield from _annotation(annotation, messages[message_id], f"annotations.{kind}.{message_id}")


def _annotation(annotation: dict[str, Any], parts: list[Any], place: str) -> Iterator[str]:
    index = annotation.get("message_part_index")
    told = _text_of(parts, index)
    start, end = annotation.get("start_offset"), annotation.get("end_offset")
    if told is None or not (isinstance(start, int) and isinstance(end, int)):
        return
    if told[start:end] != annotation.get("text"):
        yield f"{place}: the offsets {start} to {end} enclose {told[start:end]!r}, shown is {annotation.get('text')!r}"


def _text_of(parts: list[Any], index: Any) -> str | None:
    """Return the text of a part, of the first that has one without an index."""
    texts = [_text(part) for part in parts]
    if index is None:
        return next((text for text in texts if text is not None), None)
    return texts[index] if isinstance(index, int) and 0 <= index < len(texts) else None


def _text(part: Any) -> str | None:
    if not isinstance(part, dict):
        return None
    return next((part[key] for key in ("content", "text") if isinstance(part.get(key), str)), None)


def _is_span(span: Any) -> TypeGuard[list[int]]:
    return isinstance(span, list) and len(span) == 2 and all(isinstance(at, int) for at in span)
