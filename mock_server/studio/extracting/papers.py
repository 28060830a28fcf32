"""What a picture is taken to show when nothing can read it: an invoice that follows from the picture's bytes.

The same bytes always show the same invoice. Its words lie within the page, as those of a real one would.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from random import Random

import msgspec

from mock_server.studio.extracting.layout import Placed, spread

# Names of a page's places, and the height of its letters and the width of one, as shares of the page.
_LEFT, _MIDDLE, _RIGHT = 0.08, 0.55, 0.74
_HEIGHT, _LETTER = 0.014, 0.0085

_SELLERS = (
    "Northwind Paper GmbH",
    "Alder & Finch Ltd",
    "Lindner Werkzeuge GmbH",
    "Harbour Print Ltd",
    "Kestrel Tools Inc",
)
_BUYERS = ("Orchard Foods Ltd", "Seeblick Hotel GmbH", "Meridian Travel GmbH", "Copperfield Books Ltd")
_STREETS = ("Lindenweg", "Hauptstrasse", "Mill Lane", "Hafengasse", "Station Road")
_TOWNS = ("10115 Berlin", "6020 Innsbruck", "80331 Munich", "20095 Hamburg", "8001 Zurich")
_GOODS = ("Copy paper A4", "Toner black", "Desk lamp", "Shelf", "Cable 5 m", "Envelopes C5", "Table", "Notebook")


class _Terms(msgspec.Struct, frozen=True):
    """How an invoice calls its parts in a language."""

    title: str
    number: str
    date: str
    due: str
    order: str
    customer: str
    to: str
    net: str
    tax: str
    total: str


_ENGLISH = _Terms(
    **{"title": "INVOICE", "number": "Invoice number:", "date": "Invoice date:", "due": "Due date:"},
    **{"order": "Order number:", "customer": "Customer number:", "to": "Bill to:"},
    **{"net": "Net amount", "tax": "VAT 19 %", "total": "Total"},
)
_GERMAN = _Terms(
    **{"title": "RECHNUNG", "number": "Rechnungsnummer:", "date": "Rechnungsdatum:", "due": "Fällig am:"},
    **{"order": "Bestellnummer:", "customer": "Kundennummer:", "to": "Rechnung an:"},
    **{"net": "Nettobetrag", "tax": "MwSt. 19 %", "total": "Gesamtbetrag"},
)


class _Line(msgspec.Struct, frozen=True):
    """A piece of text and where it begins."""

    text: str
    left: float
    top: float


def imagined(content: bytes, number: int) -> list[Placed]:
    """Return the words that a page, counted from 1, of this file is taken to show."""
    random = Random(sha256(number.to_bytes(4, "big") + content).digest())
    terms = random.choice((_ENGLISH, _GERMAN))
    lines = [*_head(random, terms), *_body(random, terms)] if number == 1 else list(_more(random, number))
    return [word for line in lines for word in _words(line)]


def _words(line: _Line) -> Iterator[Placed]:
    """The words of a line."""
    right = min(0.97, line.left + _LETTER * len(line.text))
    return spread(line.text, (line.left, line.top, right, line.top + _HEIGHT))


def _head(random: Random, terms: _Terms) -> Iterator[_Line]:
    """Who sends it to whom, and its numbers and dates."""
    seller, day = random.choice(_SELLERS), date(2024, 1, 1) + timedelta(days=random.randrange(900))
    for step, text in enumerate((seller, _street(random), random.choice(_TOWNS), f"office@{_domain(seller)}")):
        yield _Line(text, _LEFT, 0.06 + 0.02 * step)
    yield _Line(terms.title, _LEFT, 0.17)
    for step, text in enumerate((terms.to, random.choice(_BUYERS), _street(random), random.choice(_TOWNS))):
        yield _Line(text, _LEFT, 0.21 + 0.02 * step)
    facts = {
        terms.number: f"{day.year}-{random.randrange(10_000):04}",
        terms.date: _day(day, terms),
        terms.due: _day(day + timedelta(days=30), terms),
        terms.order: f"PO-{random.randrange(100_000):05}",
        terms.customer: f"C{random.randrange(10_000):04}",
    }
    for step, (name, value) in enumerate(facts.items()):
        yield _Line(f"{name} {value}", _MIDDLE, 0.21 + 0.02 * step)


def _body(random: Random, terms: _Terms) -> Iterator[_Line]:
    """What was sold, what it costs, and where to pay."""
    top, net = 0.36, 0
    for name in random.sample(_GOODS, random.randint(2, 5)):
        cents = random.randrange(500, 50_000)
        yield _Line(name, _LEFT, top)
        yield _Line(_amount(cents, terms), _RIGHT, top)
        top, net = top + 0.022, net + cents
    tax = round(net * 0.19)
    for step, (term, cents) in enumerate({terms.net: net, terms.tax: tax, terms.total: net + tax}.items()):
        yield _Line(term, _MIDDLE, top + 0.02 + 0.022 * step)
        yield _Line(f"EUR {_amount(cents, terms)}", _RIGHT, top + 0.02 + 0.022 * step)
    yield _Line(f"IBAN: {_iban(random)}", _LEFT, 0.90)


def _more(random: Random, number: int) -> Iterator[_Line]:
    """What the pages after the first one show: goods."""
    yield _Line(f"- {number} -", _LEFT, 0.05)
    for step in range(random.randint(4, 12)):
        yield _Line(random.choice(_GOODS), _LEFT, 0.10 + 0.03 * step)


def _street(random: Random) -> str:
    """A street and the number of a house."""
    return f"{random.choice(_STREETS)} {random.randint(1, 99)}"


def _domain(name: str) -> str:
    """The place on the net of someone with this name: an example's, so that it is nobody's."""
    return f"{name.split()[0].lower()}.example"


def _day(day: date, terms: _Terms) -> str:
    """A date as it is written in the language."""
    return f"{day:%d.%m.%Y}" if terms is _GERMAN else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _amount(cents: int, terms: _Terms) -> str:
    """Money as it is written in the language."""
    text = f"{cents / 100:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if terms is _GERMAN else text


def _iban(random: Random) -> str:
    """A German IBAN whose check digits are right, in groups of four."""
    bank = f"{random.randrange(10**18):018}"
    check = 98 - int(f"{bank}131400") % 97
    text = f"DE{check:02}{bank}"
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
