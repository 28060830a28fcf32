"""Everything in a document that may be the value of one label, and how much speaks for it. The rules are in fields."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from mock_server.studio.extracting.patterns import COMPANY, STREET, Found
from mock_server.studio.extracting.reading import Hit, Line, Reading, Span, merged
from mock_server.studio.extracting.vocabulary import PatternKind, Wanted, kinds_of

# How sure a value is, by what stands where: the label's own name or another one of the field beside or above it, a
# longer name that has the label's own in it; behind the name of a label of which nothing is known, without a colon; in
# the place of a date or an amount.
_OWN, _OTHER, _OWN_ABOVE, _OTHER_ABOVE, _INSIDE, _LOOSE, _UNREAD = 0.95, 0.9, 0.87, 0.82, 0.55, 0.6, 0.35
# What is added for each of up to three words in between, for check digits right and wrong, and for a senseless value.
_GAP, _RIGHT, _WRONG, _NO_SENSE = -0.04, 0.02, -0.35, -0.3
_COLON = re.compile(r"[.\s)]{0,3}[:=]")
_EDGE = " \t:=-\u2013\u2014.,;#|"
_INCLUDED = frozenset(
    ("incl", "inkl", "including", "inklusive", "inc", "excl", "exkl", "excluding", "exklusive", "ohne")
)
# The most names of a line below which values are looked for, and how many heights of a line they may be below.
_MOST_NAMES, _DEPTH, _ADDRESS_DEPTH = 64, 2.6, 5.5
_WORDS_OF_A_NAME = 6

Piece = tuple[Line, int, int]


class Option(msgspec.Struct, frozen=True):
    """A value that may be that of the label: its pieces (lines, each with start and end), its meaning, how sure it is."""

    pieces: tuple[Piece, ...]
    converted: str | None
    confidence: float

    @property
    def text(self) -> str:
        """The value as it stands in the document."""
        return ", ".join(line.text[start:end].replace("\t", " ").strip(_EDGE) for line, start, end in self.pieces)


class Search:
    """The search for the value of one label."""

    def __init__(self, wanted: Wanted, reading: Reading) -> None:
        self._wanted, self._reading = wanted, reading
        self._own = reading.own(wanted.own)
        self._known: dict[int, list[Hit]] = {}
        self._ends: dict[int, list[tuple[Hit, Span]]] = {}

    def options(self) -> Iterator[Option]:
        """What may be the value, in the order of reading."""
        kind = self._wanted.field.kind
        if kind == "company" or kind == "name" or kind == "text":
            yield from self._behind_names()
            yield from self._companies() if kind == "company" else ()
            return
        found = list(self._addresses() if kind == "address" else self._looks(kind))
        yield from found
        if not found and kind in ("date", "amount"):
            yield from self._unread()

    # Values by their looks

    def _looks(self, kind: PatternKind) -> Iterator[Option]:
        """What looks like a value and is the label's, or nobody's."""
        alone: list[Option] = []
        for line, found in self._reading.values(kind):
            piece = (line, found.start, found.end)
            sure = self._sureness(piece, found.sure)
            if sure is not None:
                yield Option((piece,), found.meaning, sure + _sense(found))
            elif found.sure and self._is_nobodys(piece):
                alone.append(Option((piece,), found.meaning, self._wanted.field.alone + _sense(found)))
        yield from self._taken_alone(kind, alone)

    def _taken_alone(self, kind: PatternKind, alone: Sequence[Option]) -> Iterator[Option]:
        """What is taken without a name: of amounts the largest, else all."""
        if self._wanted.strict or not self._wanted.field.alone:
            return
        if kind == "amount" and alone:
            alone = [max(alone, key=lambda option: float(option.converted or 0))]
        yield from alone

    def _addresses(self) -> Iterator[Option]:
        """Addresses: a town with the street in front of it or on the line above."""
        for line, found in self._reading.values("address"):
            pieces = self._address(line, found)
            sure = self._sureness(pieces[0], True)
            if sure is None and not self._wanted.strict and self._is_nobodys(pieces[0]):
                sure = self._wanted.field.alone or None
            if sure is not None:
                option = Option(pieces, None, sure)
                yield msgspec.structs.replace(option, converted=option.text)

    def _address(self, line: Line, found: Found) -> tuple[Piece, ...]:
        """The pieces of the address that ends with this town."""
        start = self._cell_start(line, found.start)
        if re.search(r"\d", line.text[start : found.start]):
            return ((line, start, found.end),)
        span = line.span(found.start, found.end)
        for other in self._reading.above(line):
            for begin, end in _cells(other):
                begin = self._cell_start(other, end)
                if (
                    begin < end
                    and STREET.fullmatch(other.text, begin, end)
                    and _over(other.span(begin, end), span, _DEPTH)
                ):
                    return ((other, begin, end), (line, found.start, found.end))
        return ((line, found.start, found.end),)

    def _cell_start(self, line: Line, place: int) -> int:
        """Where the text begins, behind the last name, of the cell that has this place."""
        start = line.cell(max(0, place - 1))[0]
        start = max([start, *(hit.end for hit in self._names(line) if hit.end <= place)])
        while start < place and line.text[start] in _EDGE:
            start += 1
        return start

    # How sure it is

    def _sureness(self, piece: Piece, sure: bool) -> float | None:
        """How sure it is by the names around that this is the label's value; None if it is another's or nobody's."""
        line, start, _ = piece
        hit = self._beside(line, start)
        if hit is None:
            above = self._above(piece, sure)
            return None if above is None else self._weight(above, 0, _OWN_ABOVE, _OTHER_ABOVE)
        gap = line.tokens_between(hit.end, start)
        if gap and not sure:
            return None
        weight = self._weight(hit, gap, _OWN, _OTHER)
        return None if weight is None else weight + _GAP * min(gap, 3)

    def _is_nobodys(self, piece: Piece) -> bool:
        """Whether no name claims this value."""
        return self._beside(piece[0], piece[1]) is None and self._above(piece, True) is None

    def _weight(self, hit: Hit, gap: int, own: float, other: float) -> float | None:
        """How much the name speaks for the label, None if it is another's."""
        wanted = self._wanted
        if hit.own or hit.phrase == wanted.own:
            return own
        if wanted.strict:
            return None
        if hit.phrase in wanted.field.phrases or (not gap and hit.phrase in wanted.field.close):
            return other
        return _INSIDE if f" {' '.join(wanted.own)} " in f" {' '.join(hit.phrase)} " else None

    def _beside(self, line: Line, start: int) -> Hit | None:
        """The nearest name in front of a place that claims values like the label's."""
        hits = self._names(line)
        for hit in reversed(hits[: bisect_right([hit.start for hit in hits], start)]):
            if hit.end <= start and self._claims(hit) and not self._is_aside(line, hit):
                return hit
        return None

    def _above(self, piece: Piece, sure: bool) -> Hit | None:
        """The nearest name above a value that claims it; what is not sure has to be alone in its cell."""
        line, start, end = piece
        if not sure and line.cell(start) != (start, end):
            return None
        span, depth = line.span(start, end), _ADDRESS_DEPTH if self._wanted.field.kind == "address" else _DEPTH
        for other in self._reading.above(line):
            for hit, above in self._ending_names(other):
                if _over(above, span, depth) and self._claims(hit):
                    return hit
        return None

    def _claims(self, hit: Hit) -> bool:
        """Whether values like the label's may belong to this name. Codes look like anything, so all names claim them."""
        kind = self._wanted.field.kind
        return hit.own or kind == "code" or kind in kinds_of(hit.phrase)

    def _is_aside(self, line: Line, hit: Hit) -> bool:
        """Whether a name of a tax is only mentioned, as in `Total incl. 19 % VAT: 119.00`."""
        if self._wanted.field.kind != "amount" or not _INCLUDED & set(line.words_before(hit.start, 3)):
            return False
        return any("amount" in kinds_of(other.phrase) for other in self._names(line) if other.end <= hit.start)

    def _names(self, line: Line) -> list[Hit]:
        """The names on a line, the label's own ones among them."""
        own = self._own.get(line.number)
        if own is None:
            return line.hits
        if line.number not in self._known:
            self._known[line.number] = merged(line.hits, own)
        return self._known[line.number]

    def _ending_names(self, line: Line) -> list[tuple[Hit, Span]]:
        """The names that end their cells, and how far they go."""
        if line.number not in self._ends:
            hits = [
                hit for hit in self._names(line) if not line.text[hit.end : line.cell(hit.end)[1]].strip(_EDGE + "()")
            ]
            self._ends[line.number] = [(hit, line.span(hit.start, hit.end)) for hit in hits[:_MOST_NAMES]]
        return self._ends[line.number]

    # Values by their place

    def _behind_names(self) -> Iterator[Option]:
        """The texts behind the names of the label."""
        for line in self._reading.lines:
            for hit in self._names(line):
                weight = self._weight(hit, 0, _OWN, _OTHER)
                if weight is not None and weight > _INSIDE and _leads(line, hit):
                    yield from self._behind(line, hit, weight)

    def _behind(self, line: Line, hit: Hit, weight: float) -> Iterator[Option]:
        """The text behind a name, else that below it."""
        colon = _COLON.match(line.text, hit.end) is not None
        piece = self._rest(line, hit)
        if piece is not None and line.cell(piece[1])[0] <= hit.start and not colon:
            weight = _LOOSE
        if piece is None:
            piece, weight = self._under(line, hit), weight + _OWN_ABOVE - _OWN
        if piece is not None and self._fits(piece):
            option = Option((piece,), None, weight)
            yield msgspec.structs.replace(option, converted=option.text)

    def _rest(self, line: Line, hit: Hit) -> Piece | None:
        """The rest of the cell behind a name, else the next cell; up to the next name with a colon."""
        start, end = hit.end, line.cell(hit.end)[1]
        if not line.text[start:end].strip(_EDGE + "()"):
            start, end = min(end + 1, len(line.text)), line.cell(min(end + 1, len(line.text)))[1]
        names = (
            other.start for other in self._names(line) if other.start >= start and _COLON.match(line.text, other.end)
        )
        return _trimmed(line, start, min(end, next(names, end)))

    def _under(self, line: Line, hit: Hit) -> Piece | None:
        """The cell below a name that is alone in its cell."""
        if all(hit != other for other, _ in self._ending_names(line)):
            return None
        span = line.span(hit.start, hit.end)
        for other in self._reading.below(line):
            for start, end in _cells(other):
                if start < end and _over(span, other.span(start, end), _DEPTH):
                    names = any(
                        start <= name.start < end and _COLON.match(other.text, name.end) for name in self._names(other)
                    )
                    return None if names else _trimmed(other, start, end)
        return None

    def _fits(self, piece: Piece) -> bool:
        """Whether a text may be the value: names are short and have letters, none of them of an e-mail."""
        line, start, end = piece
        if self._wanted.field.kind == "text":
            return True
        text = line.text[start:end]
        return text[0].isalpha() and "@" not in text and text.count(" ") < _WORDS_OF_A_NAME

    def _companies(self) -> Iterator[Option]:
        """The companies that nobody claims."""
        if self._wanted.strict or not self._wanted.field.alone:
            return
        for line in self._reading.lines:
            for found in COMPANY.finditer(line.text):
                if self._is_nobodys((line, found.start(), found.end())):
                    yield Option(((line, *found.span()),), found[0], self._wanted.field.alone)

    def _unread(self) -> Iterator[Option]:
        """What stands in the place of a date or an amount and is none."""
        for line in self._reading.lines:
            for hit in self._names(line):
                weight = self._weight(hit, 0, _OWN, _OTHER)
                piece = self._rest(line, hit) if _COLON.match(line.text, hit.end) else None
                if piece is not None and weight is not None and weight > _INSIDE:
                    yield Option((piece,), None, _UNREAD)


def _sense(found: Found) -> float:
    """What check digits and sense add."""
    checked = {True: _RIGHT, False: _WRONG, None: 0.0}[found.checked]
    return checked + (_NO_SENSE if found.meaning is None else 0)


def _over(above: Span, below: Span, depth: float) -> bool:
    """Whether one piece is above the other, and not farther than so many of its heights."""
    height = above.bottom - above.top
    if not -height / 2 <= below.top - above.bottom <= depth * height:
        return False
    return min(above.right, below.right) > max(above.left, below.left)


def _leads(line: Line, hit: Hit) -> bool:
    """Whether a name begins its cell or has a colon."""
    start, _ = line.cell(hit.start)
    return not line.text[start : hit.start].strip(_EDGE + "()") or _COLON.match(line.text, hit.end) is not None


def _cells(line: Line) -> Iterator[tuple[int, int]]:
    """Where the cells of a line begin and end."""
    start = 0
    for text in line.text.split("\t"):
        yield start, start + len(text)
        start += len(text) + 1


def _trimmed(line: Line, start: int, end: int) -> Piece | None:
    """The piece without what is at its edges; None if nothing is left of it."""
    while start < end and line.text[start] in _EDGE + ")":
        start += 1
    while start < end and line.text[end - 1] in _EDGE + "(":
        end -= 1
    return (line, start, end) if any(letter.isalnum() for letter in line.text[start:end]) else None
