"""Properties of reading pages: words lie where they are written, the same file reads the same, and no file does harm."""

import io
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from mock_server.studio.extracting.layout import text_of
from mock_server.studio.extracting.pages import Box, Limits, Page, PageError, Word, read_pages, read_pictures
from tests import invoices

PICTURES = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif", "WEBP": "webp"}


def words(page: Page, text: str) -> list[Word]:
    return [word for word in page.words if word.text == text]


def refusal(filename: str, content: bytes, content_type: str | None = None, limits: Limits | None = None) -> str:
    with pytest.raises(PageError) as caught:
        read_pages(filename, content, content_type, limits or Limits())
    return str(caught.value)


def is_inside(box: Box) -> bool:
    upright = box.TLx == box.BLx <= box.TRx == box.BRx and box.TLy == box.TRy <= box.BLy == box.BRy
    return upright and all(0 <= side <= 1 for side in box)


def test_a_text_layer_gives_the_words_of_each_line() -> None:
    (page,) = read_pages("invoice.pdf", invoices.pdf(invoices.ENGLISH))
    assert (page.number, page.width, page.height) == (1, 842, 842)
    assert text_of(page.words).splitlines()[3] == "Bill to:\tInvoice number: 2026-0311"
    assert sorted(text_of(page.words).split()) == sorted(" ".join(text for *_, text in invoices.ENGLISH).split())


def test_boxes_are_where_the_words_are_written() -> None:
    (page,) = read_pages("invoice.pdf", invoices.pdf(invoices.ENGLISH))
    (word,) = words(page, "PO-77812")
    assert word.box.TLx == pytest.approx(440 / 842, abs=0.005)
    assert word.box.TLy < 1 - 675 / 842 < word.box.BLy
    assert 0.005 < word.box.BLy - word.box.TLy < 0.02
    assert all(is_inside(word.box) for word in page.words)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("tilted", [0, 90, 180, 270])
def test_turned_pages_and_texts_read_the_same(turned: int, tilted: int) -> None:
    (page,) = read_pages("invoice.pdf", invoices.pdf(invoices.ENGLISH, turned=turned, tilted=tilted))
    (plain,) = read_pages("invoice.pdf", invoices.pdf(invoices.ENGLISH))
    assert text_of(page.words) == text_of(plain.words)
    assert {word.turn for word in page.words} == {(turned - tilted) // 90 % 4}


def test_boxes_follow_the_rotation_of_the_page() -> None:
    (page,) = read_pages("invoice.pdf", invoices.pdf(invoices.ENGLISH, turned=90))
    (plain,) = read_pages("invoice.pdf", invoices.pdf(invoices.ENGLISH))
    turned, straight = words(page, "PO-77812")[0].box, words(plain, "PO-77812")[0].box
    assert (turned.TLy, turned.BLy) == pytest.approx((straight.TLx, straight.TRx), abs=1e-4)
    assert (turned.TLx, turned.TRx) == pytest.approx((1 - straight.BLy, 1 - straight.TLy), abs=1e-4)


def test_a_page_that_is_turned_has_the_size_that_is_seen() -> None:
    sheet = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Rotate 90>>"
    content = invoices.raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", sheet)
    (page,) = read_pages("a.pdf", content)
    assert (page.width, page.height, page.words) == (100, 200, ())


def test_pages_are_numbered_in_order() -> None:
    pages = read_pages("a.pdf", invoices.pdf([(60, 700, "first")], [(60, 700, "second")]))
    assert [(page.number, page.words[0].text) for page in pages] == [(1, "first"), (2, "second")]


def test_words_beyond_the_page_are_left_out_and_those_on_its_edge_cut() -> None:
    (page,) = read_pages("a.pdf", invoices.pdf([(900, 400, "beyond"), (820, 400, "overhanging"), (10, 400, "within")]))
    assert page.words[0].text == "within"
    assert "beyond" not in text_of(page.words) and all(is_inside(word.box) for word in page.words)


@pytest.mark.parametrize("format", PICTURES)
def test_every_format_of_pictures_is_read(format: str) -> None:
    content = invoices.picture(format)
    (page,) = read_pages(f"scan.{PICTURES[format]}", content)
    assert (page.width, page.height) == (300, 400)
    assert page.words and all(is_inside(word.box) for word in page.words)
    assert read_pages("scan", content) == read_pages(f"scan.{PICTURES[format].upper()}", content) == [page]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_mode_of_pictures_is_read(mode: str) -> None:
    image = Image.new("L", (50, 40), 255).convert("I" if mode == "I;16" else mode)
    file = io.BytesIO()
    (image.convert("I;16") if mode == "I;16" else image).save(file, "TIFF")
    assert len(read_pages("a.tiff", file.getvalue())) == 1


def test_other_pictures_show_other_words() -> None:
    contents = [invoices.picture("PNG", (size, size)) for size in range(20, 30)]
    assert len({text_of(read_pages("a.png", content)[0].words) for content in contents}) == 10


def test_a_picture_is_as_large_as_it_is_displayed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (page,) = read_pages("a.jpg", invoices.picture("JPEG", (300, 200), exif=exif))
    assert (page.width, page.height) == (200, 300)


def test_every_page_of_a_tiff_is_read() -> None:
    pages = read_pages("a.tif", invoices.tiff(3))
    assert [page.number for page in pages] == [1, 2, 3]
    assert len({text_of(page.words) for page in pages}) == 3


def test_of_an_animation_the_first_picture_counts() -> None:
    more = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    assert len(read_pages("a.webp", invoices.picture("WEBP", (40, 40), save_all=True, append_images=more))) == 1


def test_a_scanned_page_is_read_like_a_picture_and_a_blank_one_has_no_words() -> None:
    (page,) = read_pages("a.pdf", invoices.scanned())
    assert len(page.words) > 20
    assert read_pages("a.pdf", invoices.pdf_of(1))[0].words == ()


def test_the_name_tells_the_kind_before_the_content_type_does() -> None:
    content = invoices.picture("PNG")
    assert len(read_pages("a.png", content, "application/pdf")) == 1
    assert len(read_pages("a", content, "application/octet-stream")) == 1
    assert len(read_pages("a.v2", content, None)) == 1
    assert refusal("a", content, "application/pdf; x=y") == "The file says that it is a PDF, but its content is a PNG"


@pytest.mark.parametrize(
    ("filename", "content", "message"),
    [
        ("a.pdf", b"", "The file is empty"),
        ("a.txt", b"Invoice", "The file cannot be read; allowed are PDF, JPEG, PNG, TIFF and WEBP"),
        ("a.gif", b"GIF89a", "The file cannot be read; allowed are PDF, JPEG, PNG, TIFF and WEBP"),
        ("a.pdf", b"Invoice", "The file says that it is a PDF, but is none; allowed are PDF, JPEG, PNG, TIFF and WEBP"),
        ("a.jpeg", invoices.picture("PNG"), "The file says that it is a JPEG, but its content is a PNG"),
        ("a.png", invoices.pdf(invoices.ENGLISH), "The file says that it is a PNG, but its content is a PDF"),
        ("a.pdf", b"%PDF-1.4", "The PDF cannot be read: it is damaged"),
        ("a.pdf", invoices.pdf_of(101), "The file has 101 pages; allowed are 100"),
        ("a.tif", invoices.tiff(101, (9, 9)), "The file has more than 100 pages; allowed are 100"),
        ("a.png", invoices.picture("PNG", (20_000, 2_001), "1"), "Page 1 has 40020000 pixels; allowed are 40000000"),
    ],
)
def test_a_refusal_says_why(filename: str, content: bytes, message: str) -> None:
    assert refusal(filename, content) == message


def test_a_pdf_with_a_password_is_refused_and_one_that_opens_without_it_is_read() -> None:
    assert "encrypted" in refusal("a.pdf", invoices.pdf(invoices.ENGLISH, password="secret"))
    assert text_of(read_pages("a.pdf", invoices.pdf(invoices.ENGLISH, password=""))[0].words)


def test_a_pdf_with_ten_thousand_pages_is_refused_at_once() -> None:
    content, start = invoices.pdf_of(10_000), time.perf_counter()
    assert refusal("a.pdf", content) == "The file has 10000 pages; allowed are 100"
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("content", [invoices.huge_png(30_000), invoices.huge_tiff(30_000)], ids=["png", "tiff"])
def test_large_pictures_are_refused_before_they_are_decoded(content: bytes) -> None:
    assert refusal("a", content) == "Page 1 has 900000000 pixels; allowed are 40000000"


def test_the_pixels_of_all_pages_together_are_limited() -> None:
    limits = Limits(all_pixels=3 * 120_000)
    assert len(read_pages("a.tif", invoices.tiff(3), None, limits)) == 3
    assert refusal("a.tif", invoices.tiff(4), None, limits).startswith(
        "The pages have more than 360000 pixels together"
    )


def test_a_large_picture_within_a_pdf_is_refused_before_it_is_drawn() -> None:
    with pytest.raises(PageError, match="A picture on page 1 has 19200 pixels; allowed are 100"):
        list(read_pictures("a.pdf", invoices.scanned(), None, Limits(pixels=100)))


def test_what_is_packed_into_a_pdf_is_limited() -> None:
    limits, content = Limits(unpacked_bytes=1_000_000), invoices.pdf_of(1, b" " * 1_000_001)
    assert refusal("a.pdf", content, None, limits) == (
        "A part of the PDF has more than 1000000 bytes unpacked, which is what is allowed"
    )
    assert read_pages("a.pdf", invoices.pdf_of(1, b" " * 1_000_000), None, limits)


def test_the_characters_of_all_pages_together_are_limited() -> None:
    content = invoices.pdf([(60, 700, "first")], [(60, 700, "second")])
    assert len(read_pages("a.pdf", content, None, Limits(characters=30))) == 2
    assert refusal("a.pdf", content, None, Limits(characters=8)).startswith("The file has more than the 8 characters")


FILES = {
    "a.pdf": invoices.pdf(invoices.ENGLISH),
    "a.tif": invoices.tiff(2),
    **{f"a.{ending}": invoices.picture(format) for format, ending in PICTURES.items() if format != "TIFF"},
}


@pytest.mark.parametrize("filename", FILES)
def test_a_file_that_is_cut_off_is_refused(filename: str) -> None:
    content = FILES[filename]
    for share in (0.02, 0.2, 0.5):
        assert refusal(filename, content[: max(12, int(len(content) * share))])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_file_reads_or_is_refused(filename: str, data: st.DataObject) -> None:
    content = bytearray(FILES[filename])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_pages(filename, bytes(content))
    except PageError as error:
        assert str(error)


STARTS = [
    b"",
    b"%PDF-1.7\n",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"RIFF\0\0\0\0WEBP",
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=400), st.sampled_from(["a", *FILES, "a.", ".pdf", ""]))
@example(b"RIFF\0\0\0\0WEBP", b"", "a")
def test_random_bytes_are_refused(start: bytes, content: bytes, filename: str) -> None:
    try:
        assert read_pages(filename, start + content)
    except PageError as error:
        assert str(error)


def test_several_threads_may_read_pdfs() -> None:
    content, results = invoices.pdf(*[invoices.ENGLISH] * 5), list[list[Page]]()
    threads = [threading.Thread(target=lambda: results.append(read_pages("a.pdf", content))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6 and all(result == results[0] for result in results)


def test_the_libraries_are_imported_with_the_first_file_only() -> None:
    code = (
        "import sys, mock_server.studio.extracting.extract; print({'PIL', 'pypdfium2', 'rapidocr'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
