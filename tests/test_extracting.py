"""Properties of what is read out of a file as a whole, and of the pictures with the values marked."""

import io
import time

import pytest
from PIL import Image

from mock_server.studio.extracting.extract import Extraction, extract
from mock_server.studio.extracting.pages import SIDE, PageError
from tests import invoices

LABELS = ["Total", "Invoice number", "Invoice date", "Vendor", "Billing address"]
INVOICE = invoices.pdf(invoices.ENGLISH)


def read(content: bytes = INVOICE, labels: list[str] = LABELS, threshold: float = 0.5, **wanted: bool) -> Extraction:
    boxes, pages = wanted.get("boxes", False), wanted.get("pages", False)
    return extract("a", content, "application/octet-stream", labels, threshold, boxes, pages)


def test_one_record_has_the_values_in_the_order_of_the_labels() -> None:
    (record,) = read().records
    assert list(record.items()) == [
        *(("Total", "412.50"), ("Invoice number", "2026-0311"), ("Invoice date", "2026-03-11")),
        *(("Vendor", "Alder & Finch Ltd"), ("Billing address", "Station Road 7, 8001 Zurich")),
    ]
    assert read(labels=["Colour"]).records == [] and read(labels=[]).records == []


def test_flags_say_what_is_wrong() -> None:
    good = read()
    assert good.all_required_fields_found and good.all_confidence_thresholds_met and good.all_data_conversion_passed
    strict = read(threshold=0.9)
    assert [match.label for match in strict.doubtful] == ["Vendor", "Billing address"]
    assert strict.all_required_fields_found and not strict.all_confidence_thresholds_met
    lacking = read(labels=["Total", "Colour"])
    assert lacking.missing == ("Colour",) and not lacking.all_required_fields_found
    assert lacking.all_confidence_thresholds_met and lacking.all_data_conversion_passed
    assert not read(invoices.lines("Invoice date: soon"), ["Invoice date"]).all_data_conversion_passed


def test_labels_count_once_and_may_be_blank() -> None:
    extraction = read(labels=["Total", "Total", ""])
    assert len(extraction.matches) == 1 and extraction.missing == ("",)


def test_every_page_costs_a_credit() -> None:
    assert read().credits == 1
    assert read(invoices.pdf(invoices.ENGLISH, invoices.ENGLISH, [])).credits == 3


def test_the_text_is_that_of_all_pages() -> None:
    extraction = read(invoices.pdf([(60, 700, "first page")], [(60, 700, "second"), (400, 700, "page")]))
    assert extraction.text == "first page\n\nsecond\tpage"


def test_boxes_come_by_page_and_value_in_the_order_of_reading() -> None:
    content = invoices.pdf(invoices.ENGLISH, [(60, 700, "nothing")], [(60, 700, "Colour: blue")])
    first, second, third = read(content, [*LABELS, "Colour"], boxes=True).boxes or ()
    assert [value[0].label for value in first] == [
        "Vendor",
        "Invoice number",
        "Invoice date",
        "Billing address",
        "Total",
    ]
    assert [len(value) for value in first] == [1, 1, 1, 2, 1] and second == ()
    ((box,),) = third
    assert (box.text, box.label) == ("blue", "Colour")
    assert list(box.shown()) == [
        *("TLx", "TLy", "TRx", "TRy", "BRx", "BRy", "BLx", "BLy"),
        "text",
        "label",
        "confidence",
    ]


def test_boxes_and_pictures_are_made_only_if_they_are_wanted() -> None:
    assert read().boxes is None and read().pictures is None
    assert read(boxes=True).pictures is None and read(pages=True).boxes is None


@pytest.mark.parametrize(
    "content",
    [INVOICE, invoices.scanned(), invoices.tiff(2), *(invoices.picture(format) for format in ("JPEG", "PNG", "WEBP"))],
    ids=["pdf", "scanned", "tiff", "jpeg", "png", "webp"],
)
def test_the_same_bytes_give_the_same_answer(content: bytes) -> None:
    assert read(content, boxes=True, pages=True) == read(content, boxes=True, pages=True)


def test_there_is_a_picture_of_each_page_with_the_values_marked() -> None:
    content = invoices.pdf(invoices.ENGLISH, [(60, 700, "Colour: blue")])
    marked, bare = read(content, ["Total"], pages=True).pictures, read(content, [], pages=True).pictures
    assert marked is not None and bare is not None and len(marked) == 2
    assert marked[0] != bare[0] and marked[1] == bare[1]
    picture = Image.open(io.BytesIO(marked[0]))
    assert picture.format == "PNG" and max(picture.size) <= SIDE
    box = read(content, ["Total"]).matches[0].box
    left, top, bottom = int(box.TLx * picture.width) - 2, int(box.TLy * picture.height), int(box.BLy * picture.height)
    assert picture.convert("RGB").getpixel((left, (top + bottom) // 2)) == (0xC0, 0x39, 0x2B)


@pytest.mark.parametrize("size", [(1, 1), (5, 3000), (3000, 5), (2000, 2000)])
def test_pictures_of_any_shape_can_be_marked(size: tuple[int, int]) -> None:
    (picture,) = read(invoices.picture("PNG", size), pages=True).pictures or ()
    assert max(Image.open(io.BytesIO(picture)).size) <= SIDE


def test_large_pages_are_drawn_small() -> None:
    (picture,) = read(invoices.pdf(invoices.ENGLISH, size=14_000), pages=True).pictures or ()
    assert max(Image.open(io.BytesIO(picture)).size) <= SIDE


def test_labels_in_any_script_can_be_drawn() -> None:
    content = invoices.picture("PNG", (20, 20))
    for label in ("Gesamtbetrag", "المجموع", "合計\n\0", "Total " * 100):
        assert read(content, [label], pages=True).pictures


def test_invented_invoices_have_what_invoices_have() -> None:
    for size in range(10, 40):
        extraction = read(invoices.picture("PNG", (size, size)), [*LABELS, "IBAN", "Due date", "Net amount", "VAT"])
        assert not extraction.missing and extraction.all_data_conversion_passed
        amounts = extraction.records[0]
        assert float(amounts["Net amount"]) + float(amounts["VAT"]) == pytest.approx(float(amounts["Total"]))


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(PageError):
        read(INVOICE[:500])


def test_long_texts_do_not_take_long() -> None:
    words = ["total", "date", "a", "11.03.2026", "1.00", "IBAN", "x@", "DE89"] * 60
    content = invoices.pdf(*[[(5, 830 - 8 * line, " ".join(words[:200])) for line in range(100)]], size=6000)
    start = time.perf_counter()
    read(content, [*LABELS, "a", "IBAN", "E-mail", "Phone"])
    assert time.perf_counter() - start < 10
