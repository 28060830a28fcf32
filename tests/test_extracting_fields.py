"""Properties of looking for values: labels in English and German find theirs, and how sure that is follows from how."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.studio.extracting.fields import Match, find
from mock_server.studio.extracting.layout import Placed, arranged
from mock_server.studio.extracting.pages import Page, read_pages
from mock_server.studio.extracting.patterns import amount_of, iban_is_right, values
from tests import invoices

ENGLISH = read_pages("invoice.pdf", invoices.pdf(invoices.ENGLISH))
GERMAN = read_pages("rechnung.pdf", invoices.pdf(invoices.GERMAN))


def found(label: str, *texts: str) -> Match | None:
    return find(label, read_pages("a.pdf", invoices.lines(*texts)))


def shown(label: str, *texts: str) -> str | None:
    match = found(label, *texts)
    return None if match is None else match.shown


@pytest.mark.parametrize(
    ("label", "value", "meaning"),
    [
        ("Invoice number", "2026-0311", "2026-0311"),
        ("invoiceDate", "11 March 2026", "2026-03-11"),
        ("due_date", "April 10, 2026", "2026-04-10"),
        ("Order number", "PO-77812", "PO-77812"),
        ("Customer ID", "C-1042", "C-1042"),
        ("Total amount", "EUR 412.50", "412.50"),
        ("Net amount", "EUR 346.64", "346.64"),
        ("Tax", "EUR 65.86", "65.86"),
        ("VAT number", "DE136695976", "DE136695976"),
        ("IBAN", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("SWIFT code", "COBADEFFXXX", "COBADEFFXXX"),
        ("Phone", "+49 40 123456-78", "+49 40 123456-78"),
        ("E-mail address", "billing@alder.example", "billing@alder.example"),
        ("Supplier", "Alder & Finch Ltd", "Alder & Finch Ltd"),
        ("Customer name", "Orchard Foods Ltd", "Orchard Foods Ltd"),
        ("Address", "12 Mill Lane, 20095 Hamburg", "12 Mill Lane, 20095 Hamburg"),
        ("Billing address", "Station Road 7, 8001 Zurich", "Station Road 7, 8001 Zurich"),
        ("Reference", "Spring order", "Spring order"),
        ("Rechnungsdatum", "11 March 2026", "2026-03-11"),
        ("Gesamtbetrag", "EUR 412.50", "412.50"),
    ],
)
def test_an_english_invoice_is_read(label: str, value: str, meaning: str) -> None:
    match = find(label, ENGLISH)
    assert match is not None and (match.value, match.converted) == (value, meaning)
    assert match.conversion_passed and 0.6 < match.confidence < 1


@pytest.mark.parametrize(
    ("label", "value", "meaning"),
    [
        ("Rechnungsnummer", "RE/2026/0815", "RE/2026/0815"),
        ("Rechnungsdatum", "11. März 2026", "2026-03-11"),
        ("Fälligkeit", "10.04.26", "2026-04-10"),
        ("Bestellnummer", "B-991", "B-991"),
        ("Kundennummer", "K1042", "K1042"),
        ("Gesamtbetrag", "1.602,50 €", "1602.50"),
        ("Nettobetrag", "1.346,64 €", "1346.64"),
        ("MwSt", "255,86 €", "255.86"),
        ("USt-ID", "DE136695976", "DE136695976"),
        ("IBAN", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("Telefonnummer", "030/123456-78", "030/123456-78"),
        ("E-Mail", "kontakt@lindner.example", "kontakt@lindner.example"),
        ("Lieferant", "Lindner Werkzeuge GmbH", "Lindner Werkzeuge GmbH"),
        ("Kunde", "Seeblick Hotel GmbH", "Seeblick Hotel GmbH"),
        ("Anschrift", "Hafengasse 4a, 10115 Berlin", "Hafengasse 4a, 10115 Berlin"),
        ("Rechnungsadresse", "Hauptstraße 7, A-6020 Innsbruck", "Hauptstraße 7, A-6020 Innsbruck"),
        ("Ansprechpartnerin", "Erika Muster", "Erika Muster"),
        ("Invoice date", "11. März 2026", "2026-03-11"),
        ("Total", "1.602,50 €", "1602.50"),
    ],
)
def test_a_german_invoice_is_read(label: str, value: str, meaning: str) -> None:
    match = find(label, GERMAN)
    assert match is not None and (match.value, match.converted) == (value, meaning)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_turned_pages_give_the_same_values(turned: int) -> None:
    pages = read_pages("invoice.pdf", invoices.pdf(invoices.ENGLISH, turned=turned))
    for label in ("Invoice number", "Total", "Billing address", "Customer"):
        match, plain = find(label, pages), find(label, ENGLISH)
        assert match is not None and plain is not None
        assert (match.value, match.confidence) == (plain.value, plain.confidence)


def test_the_box_of_a_match_is_around_its_words() -> None:
    match = find("IBAN", ENGLISH)
    assert match is not None and match.boxes == (match.box,) and match.texts == ("DE89 3704 0044 0532 0130 00",)
    assert match.box.TLx == pytest.approx(60 / 842 + 0.041, abs=0.01)
    assert match.box.TLy < 1 - 100 / 842 < match.box.BLy


def test_a_value_over_two_lines_has_two_boxes() -> None:
    match = find("Billing address", ENGLISH)
    assert match is not None and match.texts == ("Station Road 7", "8001 Zurich")
    first, second = match.boxes
    assert first.BLy <= second.TLy + 0.005
    assert (match.box.TLy, match.box.BRy) == (first.TLy, second.BRy)


def test_values_of_later_pages_are_found() -> None:
    pages = read_pages("a.pdf", invoices.pdf([(60, 700, "Dear customer")], [(60, 700, "Total: 12.00 EUR")]))
    match = find("Total", pages)
    assert match is not None and match.page == 2


@pytest.mark.parametrize(
    ("label", "texts", "value"),
    [
        ("Total", ["Subtotal: 10.00", "Net total: 10.00", "Total: 11.90"], "11.90"),
        ("Subtotal", ["Subtotal: 10.00", "Total: 11.90"], "10.00"),
        ("Total", ["Total excl. VAT: 10.00", "Total incl. VAT: 11.90"], "11.90"),
        ("Net", ["Total excl. VAT: 10.00", "Total incl. VAT: 11.90"], "10.00"),
        ("Total", ["Total: 10.00", "Total: 20.00"], "20.00"),
        ("Total", ["Total\t$1,234.50"], "1234.50"),
        ("Total", ["Total: 412 EUR"], "412"),
        ("Total", ["Total: 412,- EUR"], "412"),
        ("Total", ["Total: -12.00"], "-12.00"),
        ("Total", ["Invoice date\tDue date\tTotal", "01.02.2026\t03.04.2026\t99.00"], "99.00"),
        ("Due date", ["Invoice date\tDue date\tTotal", "01.02.2026\t03.04.2026\t99.00"], "2026-04-03"),
        ("Invoice number", ["Invoice number\tCustomer number", "17-A\t93"], "17-A"),
        ("Customer number", ["Invoice number\tCustomer number", "17-A\t93"], "93"),
        ("Invoice number", ["Invoice #2026-77 of 11.03.2026"], "2026-77"),
        ("Invoice number", ["Rechnung 2026-77 vom 11.03.2026"], "2026-77"),
        ("Invoice date", ["Berlin, 11.03.2026"], "2026-03-11"),
        ("Date", ["Order date: 2026-03-11"], "2026-03-11"),
        ("Contract number", ["Contract number: V-12/7"], "V-12/7"),
        ("Vertragsnummer", ["Vertragsnummer V-12/7"], "V-12/7"),
        ("Birth date", ["Date: 01.01.2026", "Birth date: 02.03.1999"], "1999-03-02"),
        ("Project", ["Project: North wing\tRoom: 7"], "North wing"),
        ("Project", ["Project\tNorth wing"], "North wing"),
        ("Project", ["Project", "North wing"], "North wing"),
        ("Room", ["Project: North wing Room: 7"], "7"),
        ("Contact", ["Contact: Ada Example Phone: 030 1234567"], "Ada Example"),
        ("Company", ["Company: Kestrel Tools"], "Kestrel Tools"),
        ("Delivery address", ["Ship to: Mill Lane 3, 10115 Berlin"], "Mill Lane 3, 10115 Berlin"),
        ("Phone", ["Fax: +49 30 1111111", "Tel.: +49 30 2222222"], "+49 30 2222222"),
        ("Fax", ["Fax: +49 30 1111111", "Tel.: +49 30 2222222"], "+49 30 1111111"),
        ("Tax number", ["Steuernummer: 12/345/67890"], "12/345/67890"),
    ],
)
def test_a_value_belongs_to_its_name(label: str, texts: list[str], value: str) -> None:
    assert shown(label, *texts) == value


@pytest.mark.parametrize(
    ("label", "texts"),
    [
        ("Birth date", ["Date: 01.01.2026"]),
        ("Due date", ["Invoice date: 01.01.2026"]),
        ("Invoice number", ["Order number: 77"]),
        ("Net amount", ["Total: 10.00"]),
        ("BIC", ["RECHNUNG"]),
        ("Project", ["The project starts in May"]),
        ("Total", ["Nothing here"]),
        ("", ["Total: 10.00"]),
        ("?!", ["Total: 10.00"]),
    ],
)
def test_nothing_is_made_up(label: str, texts: list[str]) -> None:
    assert found(label, *texts) is None


@pytest.mark.parametrize(
    ("label", "text", "value"),
    [
        ("Invoice date", "Invoice date: 31.02.2026", "31.02.2026"),
        ("Due date", "Due date: soon", "soon"),
        ("Total", "Total: twelve", "twelve"),
    ],
)
def test_what_makes_no_sense_is_not_converted(label: str, text: str, value: str) -> None:
    match = found(label, text)
    assert match is not None and (match.shown, match.converted, match.conversion_passed) == (value, None, False)
    assert match.confidence < 0.7


def confidence(label: str, *texts: str) -> float:
    match = found(label, *texts)
    assert match is not None
    return match.confidence


def test_confidence_follows_from_how_a_value_was_found() -> None:
    own, other = confidence("Total", "Total: 10.00"), confidence("Total", "Grand total: 10.00")
    above, alone = confidence("Total", "Total", "10.00"), confidence("Total", "10.00")
    assert 1 > own > other > above > alone > 0
    assert own > confidence("Total", "Total of all goods: 10.00")
    assert confidence("Invoice date", "Date: 01.01.2026") > confidence(
        "Invoice date", "Date: 01.01.2026", "Date: 02.01.2026"
    )
    right, wrong = "IBAN: DE89 3704 0044 0532 0130 00", "IBAN: DE88 3704 0044 0532 0130 00"
    assert confidence("IBAN", right) > 0.95 > 0.7 > confidence("IBAN", wrong)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *(
            ("2026-03-11", "2026-03-11"),
            ("11.03.2026", "2026-03-11"),
            ("11.3.26", "2026-03-11"),
            ("11/03/2026", "2026-03-11"),
        ),
        *(
            ("03/14/2026", "2026-03-14"),
            ("14/03/1999", "1999-03-14"),
            ("11-Mar-2026", "2026-03-11"),
            ("1.5.71", "1971-05-01"),
        ),
        *(("March 11th, 2026", "2026-03-11"), ("11th of March 2026", "2026-03-11"), ("11. Dez. 2026", "2026-12-11")),
        *(("30.02.2026", None), ("2026/13/01", None)),
    ],
)
def test_dates_are_read(text: str, meaning: str | None) -> None:
    (value,) = values("date", f"on {text}, then")
    assert (value.meaning, value.start, value.end) == (meaning, 3, 3 + len(text))


@pytest.mark.parametrize("text", ["1.2.3.2026", "2026-03-11-5", "x11.03.2026", "11.03.20261", "192.168.10.20"])
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert list(values("date", text)) == []


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *(
            ("1.234,50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1'234.50", "1234.50"),
            ("1 234,50", "1234.50"),
            ("0,5", "0.5"),
        ),
        *(("1.234", "1234"), ("1,234,567", "1234567"), ("007", "7"), ("12.3456", None), ("1.23.456", None), ("", None)),
    ],
)
def test_amounts_are_read(text: str, meaning: str | None) -> None:
    assert amount_of(text) == meaning


def test_shares_and_parts_of_words_are_no_amounts() -> None:
    assert list(values("amount", "19 % 19% 19,00 % A12.50 12.50x 11.03.2026 12:30")) == []


@given(st.text(string.digits, min_size=18, max_size=18), st.integers(1, 96))
def test_check_digits_tell_wrong_ibans(bank: str, change: int) -> None:
    check = 98 - int(f"{bank}131400") % 97
    assert iban_is_right(f"DE{check:02}{bank}")
    assert not iban_is_right(f"DE{(check + change) % 97:02}{bank}") or (check + change) % 97 == check


NAMES = ["Total:", "IBAN", "Date", "EUR", "Bill", "to", "Invoice", "number", "#", "GmbH", "@", ".", "%"]
WORDS = st.sampled_from([*NAMES, "11.03.2026", "12.50", "A-17", "a" * 300])
PLACES = st.tuples(WORDS | st.text(min_size=1, max_size=8), st.floats(0, 1), st.floats(0, 1), st.integers(0, 3))
LABELS = st.sampled_from(["Total", "Date", "IBAN", "Invoice number", "Vendor", "Address", "Phone", "GmbH", "a", "Room"])


@settings(max_examples=300, deadline=None)
@given(st.lists(PLACES, max_size=40), LABELS | st.text(max_size=10))
def test_any_words_anywhere_can_be_searched(places: list[tuple[str, float, float, int]], label: str) -> None:
    placed = [Placed(text, x, y, x + 0.05, y + 0.01, turn) for text, x, y, turn in places if text.split() == [text]]
    page = Page(1, 600, 800, arranged(placed, 600, 800))
    assert len(page.words) == len(placed)
    match = find(label, [page])
    if match is not None:
        assert 0 < match.confidence < 1 and match.value and match.page == 1
        assert all(0 <= side <= 1 for box in (match.box, *match.boxes) for side in box)
        assert match == find(label, [page])
