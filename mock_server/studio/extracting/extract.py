"""All that is read out of one file: the values of labels, where they stand, and whether they will do."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from mock_server.studio.extracting.drawing import annotated
from mock_server.studio.extracting.fields import Match, find_in
from mock_server.studio.extracting.layout import text_of
from mock_server.studio.extracting.pages import read_pages, read_pictures
from mock_server.studio.extracting.reading import Reading
from mock_server.studio.extracting.shapes import Box, Limits, Page

_LIMITS = Limits()


class MarkedBox(NamedTuple):
    """A box around (a line of) a value, with what is in it."""

    box: Box
    text: str
    label: str
    confidence: float

    def shown(self) -> dict[str, float | str]:
        """The box as the API shows it: its corners and the rest on one level."""
        return {**self.box._asdict(), "text": self.text, "label": self.label, "confidence": self.confidence}


class Extraction(msgspec.Struct, frozen=True):
    """What was found in a file. `boxes` (by page, value and line) and `pictures` (PNG files) are None unless asked for.

    `matches` and `missing` follow the order of the labels. Reading a page costs one credit.
    """

    matches: tuple[Match, ...]
    missing: tuple[str, ...]
    threshold: float
    text: str
    pages: int
    boxes: tuple[tuple[tuple[MarkedBox, ...], ...], ...] | None = None
    pictures: tuple[bytes, ...] | None = None

    @property
    def credits(self) -> int:
        """What reading the file costs."""
        return self.pages

    @property
    def doubtful(self) -> tuple[Match, ...]:
        """The values that are less sure than the threshold."""
        return tuple(match for match in self.matches if match.confidence < self.threshold)

    @property
    def all_required_fields_found(self) -> bool:
        """Whether there is a value for every label."""
        return not self.missing

    @property
    def all_confidence_thresholds_met(self) -> bool:
        """Whether every value that was found is sure enough."""
        return not self.doubtful

    @property
    def all_data_conversion_passed(self) -> bool:
        """Whether every date and every amount that was found could be read as one."""
        return all(match.conversion_passed for match in self.matches)

    @property
    def records(self) -> list[dict[str, str]]:
        """The values by label, as the API shows them: one record, or none without values."""
        record = {match.label: match.shown for match in self.matches}
        return [record] if record else []


def extract(
    filename: str,
    content: bytes,
    content_type: str | None,
    labels: Sequence[str],
    threshold: float,
    want_boxes: bool,
    want_pages: bool,
    limits: Limits = _LIMITS,
) -> Extraction:
    """Read a file and look for a value of each label. `threshold` is between 0 and 1. Raises PageError as read_pages does.

    Slow (milliseconds a page, a tenth of a second with pictures), so it is for a thread. May be called by several.
    """
    pages = read_pages(filename, content, content_type, limits)
    reading, names = Reading(pages), list(dict.fromkeys(labels))
    found = {name: find_in(name, reading) for name in names}
    matches = tuple(match for match in found.values() if match is not None)
    return Extraction(
        matches=matches,
        missing=tuple(name for name in names if found[name] is None),
        threshold=threshold,
        text="\n\n".join(text_of(page.words) for page in pages),
        pages=len(pages),
        boxes=tuple(_boxes(page, matches) for page in pages) if want_boxes else None,
        pictures=tuple(_drawn(pages, matches, (filename, content, content_type), limits)) if want_pages else None,
    )


def _boxes(page: Page, matches: Sequence[Match]) -> tuple[tuple[MarkedBox, ...], ...]:
    """The boxes of the values on a page, in the order of reading."""
    here = sorted((match for match in matches if match.page == page.number), key=lambda match: match.place)
    return tuple(
        tuple(
            MarkedBox(box, text, match.label, match.confidence)
            for box, text in zip(match.boxes, match.texts, strict=True)
        )
        for match in here
    )


def _drawn(
    pages: Sequence[Page], matches: Sequence[Match], file: tuple[str, bytes, str | None], limits: Limits
) -> Iterator[bytes]:
    """The pictures of the pages, with the values marked."""
    for page, picture in zip(pages, read_pictures(*file, limits), strict=True):
        yield annotated(page, picture, matches)
