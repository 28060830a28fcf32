"""Documents for the tests of extraction: invoices as PDF files, and pictures of all kinds."""

import io
import struct
import zlib
from collections.abc import Sequence

from PIL import Image, ImageDraw
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

Text = tuple[float, float, str]

ENGLISH: list[Text] = [
    *((60, 790, "Alder & Finch Ltd"), (60, 775, "12 Mill Lane"), (60, 760, "20095 Hamburg"), (60, 720, "Bill to:")),
    *((60, 705, "Orchard Foods Ltd"), (60, 690, "Station Road 7"), (60, 675, "8001 Zurich")),
    *((340, 720, "Invoice number: 2026-0311"), (340, 705, "Invoice date: 11 March 2026")),
    *((340, 690, "Due date: April 10, 2026"), (340, 675, "Order no.:"), (440, 675, "PO-77812")),
    *((340, 660, "Customer number: C-1042"), (60, 600, "Description"), (300, 600, "Quantity"), (400, 600, "Price")),
    *(
        (60, 585, "Copy paper"),
        (300, 585, "3"),
        (400, 585, "46.64"),
        (60, 570, "Desk"),
        (300, 570, "1"),
        (400, 570, "300.00"),
    ),
    *((300, 530, "Net total"), (400, 530, "EUR 346.64"), (300, 515, "VAT 19 %"), (400, 515, "EUR 65.86")),
    *((300, 500, "Total"), (400, 500, "EUR 412.50"), (60, 100, "IBAN: DE89 3704 0044 0532 0130 00   BIC: COBADEFFXXX")),
    *((60, 85, "VAT ID: DE136695976"), (300, 85, "Phone: +49 40 123456-78"), (60, 70, "E-mail: billing@alder.example")),
    (300, 70, "Reference: Spring order"),
]
GERMAN: list[Text] = [
    *(
        (60, 790, "Lindner Werkzeuge GmbH"),
        (60, 775, "Hafengasse 4a"),
        (60, 760, "10115 Berlin"),
        (60, 720, "Rechnung an:"),
    ),
    *((60, 705, "Seeblick Hotel GmbH"), (60, 690, "Hauptstraße 7"), (60, 675, "A-6020 Innsbruck")),
    *(
        (340, 720, "Rechnungs-Nr.:"),
        (340, 705, "Rechnungsdatum:"),
        (340, 690, "Fällig am:"),
        (340, 675, "Bestellnummer:"),
    ),
    *((340, 660, "Kunden-Nr.:"), (450, 720, "RE/2026/0815"), (450, 705, "11. März 2026"), (450, 690, "10.04.26")),
    *((450, 675, "B-991"), (450, 660, "K1042"), (60, 585, "Kopierpapier"), (400, 585, "1.046,64 €")),
    *((300, 530, "Nettobetrag"), (400, 530, "1.346,64 €"), (300, 515, "zzgl. 19 % MwSt."), (400, 515, "255,86 €")),
    *(
        (300, 500, "Gesamtbetrag inkl. 19 % MwSt."),
        (500, 500, "1.602,50 €"),
        (60, 100, "IBAN DE89 3704 0044 0532 0130 00"),
    ),
    *((60, 85, "USt-IdNr.: DE136695976"), (300, 85, "Tel. 030/123456-78"), (60, 70, "kontakt@lindner.example")),
    (300, 70, "Ansprechpartnerin: Erika Muster"),
]


def pdf(
    *pages: Sequence[Text], turned: int = 0, tilted: int = 0, password: str | None = None, size: int = 842
) -> bytes:
    """A PDF with these texts, `turned` being the pages' rotation and `tilted` that of what is written on them."""
    file = io.BytesIO()
    encrypt = StandardEncryption(password, ownerPassword="owner") if password is not None else None
    canvas = Canvas(file, pagesize=(size, size), invariant=1, encrypt=encrypt)
    for texts in pages:
        canvas.setPageRotation(turned)
        canvas.translate(size / 2, size / 2)
        canvas.rotate(tilted)
        canvas.translate(-size / 2, -size / 2)
        canvas.setFont("Helvetica", 10)
        for x, y, text in texts:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def lines(*texts: str) -> bytes:
    """A PDF with these lines; a tab in a line is a wide gap."""
    placed = [
        (60 + 200 * place, 780 - 20 * number, cell)
        for number, text in enumerate(texts)
        for place, cell in enumerate(text.split("\t"))
        if cell
    ]
    return pdf(placed)


def scanned() -> bytes:
    """A PDF with a picture instead of text."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842), invariant=1)
    canvas.drawInlineImage(Image.new("RGB", (120, 160), "white"), 0, 0, 595, 842)
    canvas.save()
    return file.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF with these objects, numbered from 1, of which the first is the catalogue."""
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return content + head + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(content))


def pdf_of(count: int, written: bytes = b"") -> bytes:
    """A PDF with `count` pages, all of which show what is `written`, packed."""
    packed = zlib.compress(written, 9)
    kids = b" ".join(b"%d 0 R" % number for number in range(4, 4 + count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 3 0 R>>"
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
        *[page] * count,
    )


def picture(format: str, size: tuple[int, int] = (300, 400), mode: str = "RGB", **options: object) -> bytes:
    """A picture file with a line in it."""
    file = io.BytesIO()
    image = Image.new(mode, size, 1 if mode == "1" else "white")
    ImageDraw.Draw(image).line((0, 0, size[0] // 2, size[1] // 3), fill=0)
    image.save(file, format, **options)
    return file.getvalue()


def tiff(count: int, size: tuple[int, int] = (300, 400)) -> bytes:
    """A TIFF with `count` pages."""
    pages = [Image.new("1", size, 1)] * (count - 1)
    return picture("TIFF", size, "1", compression="group4", save_all=True, append_images=pages)


def huge_png(side: int) -> bytes:
    """A PNG that says that it is this wide and high, without the pixels."""
    parts = {b"IHDR": struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0), b"IDAT": b"", b"IEND": b""}
    chunks = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts.items()
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def huge_tiff(side: int) -> bytes:
    """A TIFF that says that it is this wide and high, without the pixels."""
    tags = {256: side, 257: side, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: side, 279: side * side}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
