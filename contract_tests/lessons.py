"""Texts that a model can be trained from, each with what it is about and what it says of that. Used by the laws and by our own tests."""

from typing import Any

GOOD = (
    "The bed was lovely.",
    "A wonderful soft bed.",
    "Our bed was great and cosy.",
    "Such a comfortable bed, superb.",
)
BAD = (
    "The staff were rude.",
    "Rude and slow staff.",
    "Nobody of the staff helped, awful.",
    "The staff was unfriendly.",
)
LESSONS = [(text, "Comfort", "POS") for text in GOOD] + [(text, "Staff", "NEG") for text in BAD]


def with_tag(text: str, name: str | None, label: str | None) -> dict[str, Any]:
    """Return a document for a new session: one segment with one tag, of a class and a label or one of the two."""
    tag = {key: told for key, told in (("class", name), ("label", label)) if told is not None}
    return {"text": text, "segments": [{"text": text, "tags": [tag]}]}
