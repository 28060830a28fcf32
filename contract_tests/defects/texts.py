"""Texts: spans that are off, characters that are lost, words that come back otherwise."""

import html
import unicodedata
from itertools import pairwise
from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import get, post
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply

OF_11 = "/projects/11"
DETAILS = f"{OF_11}/documents?details=segments&limit=50&offset=20"


def _segments(plant: Plant, *operations: str, change: Any) -> None:
    """Change the segments of documents, of which `change` gets the text and the list."""

    def changed(body: Any, call: Call) -> None:
        found = body if isinstance(body, list) else body.get("documents", [body])
        for one in found:
            if one.get("segments"):
                change(one["text"], one["segments"])

    plant.on(*operations).shows(changed)


def _sent(plant: Plant, operation: str, field: str, change: Any) -> None:
    """Change a text of a body before it is kept."""

    async def wrap(call: Call, run: Run) -> Reply:
        if isinstance(call.body, dict) and isinstance(call.body.get(field), str):
            call.body[field] = change(call.body[field]) or "-"
        return await run(call)

    plant.on(operation).runs(wrap)


@defect(
    "span-without-its-last",
    "The span of a segment ends one character too early.",
    get(f"{OF_11}/documents/1001?details=segments"),
)
def span_without_its_last(plant: Plant) -> None:
    def shorter(text: str, segments: Any) -> None:
        for one in segments:
            one["span"][1] -= 1

    _segments(plant, "get_document", change=shorter)


@defect("spans-of-bytes", "Spans count bytes: behind an umlaut they are too far to the right.", get(DETAILS))
def spans_of_bytes(plant: Plant) -> None:
    def in_bytes(text: str, segments: Any) -> None:
        for one in segments:
            one["span"] = [len(text[:at].encode()) for at in one["span"]]

    _segments(plant, "list_documents", "get_document", change=in_bytes)


@defect(
    "segments-overlap",
    "A segment begins with the last character of the one before.",
    get(f"{OF_11}/groups/31/documents?details=segments"),
)
def segments_overlap(plant: Plant) -> None:
    def wider(text: str, segments: Any) -> None:
        for before, one in pairwise(segments):
            one["span"][0] = before["span"][1] - 1
            one["text"] = text[slice(*one["span"])]

    _segments(plant, "list_group_documents", change=wider)


@defect(
    "spans-within-the-segment",
    "Once an analysis is finished, the spans of its segments begin at 0 each.",
    get("/analyses/81/documents?details=tags"),
)
def spans_within_the_segment(plant: Plant) -> None:
    def relative(text: str, segments: Any) -> None:
        for one in segments:
            if one.get("tags"):
                one["span"] = [0, one["span"][1] - one["span"][0]]

    _segments(plant, "list_analysis_documents", change=relative)


@defect(
    "emoji-become-question-marks",
    "Emoji in a document come back as question marks.",
    post(f"{OF_11}/documents", {"text": "Nice 🛏️."}),
)
def emoji_become_question_marks(plant: Plant) -> None:
    _sent(plant, "create_document", "text", lambda text: "".join(sign if ord(sign) < 0x10000 else "?" for sign in text))


@defect("trimmed", "Blanks at the ends of a document are taken away.", post(f"{OF_11}/documents", {"text": "  Nice. "}))
def trimmed(plant: Plant) -> None:
    _sent(plant, "create_document", "text", str.strip)


@defect(
    "composed-otherwise",
    "The name of a class comes back with its accents as characters of their own.",
    post(f"{OF_11}/classes", {"name": "Café"}),
)
def composed_otherwise(plant: Plant) -> None:
    _sent(plant, "create_class", "name", lambda text: unicodedata.normalize("NFD", text))


@defect(
    "escaped-for-a-page",
    "The description of a class comes back with &amp; in place of &.",
    post(f"{OF_11}/classes", {"name": "Food", "description": "Food & wine"}),
)
def escaped_for_a_page(plant: Plant) -> None:
    def escaped(body: Any, call: Call) -> None:
        if body["description"]:
            body["description"] = html.escape(body["description"])

    plant.on("create_class", "get_class", "change_class").shows(escaped)


@defect(
    "found-in-small-letters",
    "Documents that a search finds are shown in small letters.",
    get(f"{OF_11}/documents?search=breakfast"),
)
def found_in_small_letters(plant: Plant) -> None:
    def lowered(body: Any, call: Call) -> None:
        for one in body["documents"] if call.query["search"] else ():
            one["text"] = one["text"].lower()

    plant.on("list_documents").shows(lowered)


@defect(
    "end-included",
    "The end of an annotation is its last character, not the one after it.",
    get("/v1/labeling-annotations/06cbd4b9-7e5f-4ea0-8248-9d30b16e5f01", "bg-nora"),
    api="blue_guardrails",
)
def end_included(plant: Plant) -> None:
    plant.on("get_labeling_annotation").shows(lambda body, call: body.update(end_offset=body["end_offset"] - 1))
