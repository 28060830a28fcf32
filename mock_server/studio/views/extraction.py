"""How what was extracted is shown."""

from base64 import b64encode
from collections.abc import Sequence
from itertools import groupby

from mock_server.contract import Json
from mock_server.studio.domain.extraction import Found, Order
from mock_server.studio.rows import Review


def extraction(order: Order, found: Found, reviews: Sequence[Review]) -> Json:
    """Return what was found in a file as the contract's Extraction; `reviews` are those that were made of it, by page."""
    shown = document(found, reviews)
    flags = {name: value for name, value in shown.items() if name.startswith("all_")}
    return {
        "model": order.model.display_name,
        **flags,
        "total_credits_used": shown["credits_used"],
        "documents": [shown],
        "labels": [{"id": label_id, "name": name} for name, label_id in order.labels.items()],
    }


def document(found: Found, reviews: Sequence[Review]) -> Json:
    """Return the contract's ExtractedDocument; boxes and pictures are in it if they were asked for."""
    read = found.extraction
    shown: Json = {
        "name": found.name,
        "all_required_fields_found": read.all_required_fields_found,
        "all_confidence_thresholds_met": read.all_confidence_thresholds_met,
        "all_data_conversion_passed": read.all_data_conversion_passed,
        "credits_used": read.credits,
        "matches": read.records,
        "hitl": hitl(reviews),
    }
    if read.boxes is not None:
        shown["bboxes"] = [[[box.shown() for box in value] for value in page] for page in read.boxes]
    if read.pictures is not None:
        shown["annotated_pages"] = [b64encode(picture).decode() for picture in read.pictures]
    return shown


def hitl(reviews: Sequence[Review]) -> Json | None:
    """Return the contract's ExtractedHitl: what goes to people, page by page; None if nothing does."""
    if not reviews:
        return None
    pages = groupby(reviews, key=lambda review: review.page_num)
    return {"status": "pending", "result": [{"confidences": [_value(review) for review in page]} for _, page in pages]}


def _value(review: Review) -> Json:
    return {
        "label": review.label,
        "value": review.value,
        "expected_confidence": review.confidence_threshold,
        "found": review.confidence,
    }
