"""Whether the first row of a table names its columns."""

import re
from collections.abc import Sequence

from mock_server.sheets.sheet import Cell


def _words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# The names of columns that this server writes, and what users are likely to call such columns.
_CORE_NAMES = _words(
    """text texts document documents doc docs review reviews name names class classes label labels example examples
    description descriptions id ids segment segments span spans annotation annotations class_name class_names
    class_description label_name label_names document_id document_name segment_id text_id doc_id class_id label_id
    dokument dokumente klasse klassen beispiel beispiele beschreibung bewertung bewertungen"""
)

# Words that are a header beside one of the above, but might be the class in a line of data.
_OTHER_NAMES = _words(
    """content comment comments message body title subject sentence sentences category categories topic topics tag tags
    intent sentiment score scores rating date time created_at updated_at language lang start end prediction predictions
    probability confidence question answer source author url key value values type metadata data note notes feedback
    input output target index no nr number count status user email annotated kommentar kommentare titel nachricht frage
    antwort satz kategorie thema sprache datum"""
)

_HEADER_CHARACTERS = 64

_SAMPLE_ROWS = 1_000

_NUMBER = re.compile(r"[-+]?[.,\s]*\d[\d.,\s]*(?:[eE][-+]?\d+)?%?")

_PUNCTUATION = re.compile(r"[.!?…]\s|[!?…]$|\s.*\.$|[\n\r]")


def looks_headed(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first of these rows seems to hold column names."""
    first = rows[0]
    if not _could_be_header(first, more=len(rows) > 1):
        return False
    names = [_plain_name(cell) for cell in first if isinstance(cell, str)]
    core = any(name in _CORE_NAMES for name in names)
    if core and all(name in _CORE_NAMES or name in _OTHER_NAMES for name in names):
        return True
    # Of a single column with another name, or none: to take a document for a header would lose it.
    if len(first) == 1:
        return False
    columns = [[row[index] for row in rows[1:_SAMPLE_ROWS] if index < len(row)] for index in range(len(first))]
    if any(cell is not None and cell in column for cell, column in zip(first, columns, strict=True)):
        return False
    return core or any(_differs(cell, column) for cell, column in zip(first, columns, strict=True))


def _could_be_header(row: Sequence[Cell], more: bool) -> bool:
    """Whether the cells are distinct short texts that are no numbers and no sentences.

    The first may be empty, as the tables have it whose first column is an index, if there are `more` rows.
    """
    indexed = more and len(row) > 1 and row[0] is None
    cells = row[1:] if indexed else row
    return len(set(cells)) == len(cells) > 0 and all(isinstance(cell, str) and _is_heading(cell) for cell in cells)


def _is_heading(cell: str) -> bool:
    """Whether a text is like a column name."""
    name = cell.strip()
    short = 0 < len(name) <= _HEADER_CHARACTERS
    return short and not _NUMBER.fullmatch(name) and not _PUNCTUATION.search(name)


def _plain_name(cell: str) -> str:
    """A column name in small letters, its words joined by underscores."""
    return re.sub(r"[\s_-]+", "_", cell.strip().lower())


def _differs(heading: Cell, column: Sequence[Cell]) -> bool:
    """Whether the cells of a column are of another kind than its heading: numbers, longer texts, or repeated labels."""
    cells = [cell for cell in column if cell is not None]
    if not isinstance(heading, str) or not cells:
        return False
    numbers = sum(not isinstance(cell, str) or bool(_NUMBER.fullmatch(cell.strip())) for cell in cells)
    if numbers >= 0.8 * len(cells):
        return True
    if len(cells) >= 4 and len(set(cells)) <= len(cells) / 2:
        return True
    words = sorted(len(str(cell).split()) for cell in cells)
    return words[len(words) // 2] >= max(4, 2 * len(heading.split()))


# Text files
