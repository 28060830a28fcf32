"""What labels and documents call things, in English and German: this table decides how the value of a label is looked for.

A label whose name holds words of a row is looked for as that row says; the longest words win. Names of which no row has
words go by their ending (`Vertragsnummer` is a code); whatever is left takes the text behind its own name.
"""

import re
from collections.abc import Iterator
from typing import Literal
from unicodedata import normalize

import msgspec

PatternKind = Literal["date", "amount", "code", "email", "iban", "bic", "phone", "vat_id", "address"]
TextKind = Literal["company", "name", "text"]
Phrase = tuple[str, ...]


class Field(msgspec.Struct, frozen=True):
    """A thing that documents hold.

    `phrases` are what it is called; those in `close` count only right before the value. `alone` is the confidence in a
    value that nothing is written beside, 0 if such a value is never taken.
    """

    kind: PatternKind | TextKind
    phrases: frozenset[Phrase]
    close: frozenset[Phrase] = frozenset()
    alone: float = 0.0
    last: bool = False


class Wanted(msgspec.Struct, frozen=True):
    """What a label asks for: its own name, the field, and whether its own name has to stand beside the value."""

    own: Phrase
    field: Field
    strict: bool


_TOKEN = re.compile(r"[^\W_]+|#")
_HUMP = re.compile(r"(?<=[a-zäöü])(?=[A-ZÄÖÜ])")
_SPELLING = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "#": "no"})


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of a text as they are compared (`Fällig` as `faellig`, `#` as `no`), and where they are."""
    for found in _TOKEN.finditer(text):
        yield normalize("NFKC", found[0]).casefold().translate(_SPELLING), found.start(), found.end()


def _phrase(text: str) -> Phrase:
    """The words of a text as they are compared."""
    return tuple(token for token, _, _ in tokens(text))


def _phrases(*texts: str) -> frozenset[Phrase]:
    """The phrases between the bars."""
    return frozenset(_phrase(phrase) for text in texts for phrase in text.split("|"))


FIELDS = (
    Field(
        "code",
        _phrases(
            "invoice number|invoice no|invoice no no|invoice id|invoice nr|invoice ref|invoice reference|inv no|bill number",
            "bill no|rechnungsnummer|rechnungsnr|rechnungs nr|rechnung nr|rechnung no|rechnungs id|belegnummer|belegnr|beleg nr",
        ),
        close=_phrases("invoice|rechnung"),
    ),
    Field(
        "code",
        _phrases(
            "order number|order no|order id|order nr|order ref|purchase order|purchase order number|purchase order no|po number",
            "po no|bestellnummer|bestellnr|bestell nr|bestellung nr|auftragsnummer|auftragsnr|auftrags nr|auftrag nr",
        ),
        close=_phrases("order|po|bestellung|auftrag|your order|ihre bestellung"),
    ),
    Field(
        "code",
        _phrases(
            "customer number|customer no|customer id|customer nr|client number|client no|client id|kundennummer|kundennr",
            "kunden nr|kunden id|kunde nr",
        ),
    ),
    Field(
        "date",
        _phrases(
            "invoice date|date of invoice|date of issue|issue date|date issued|issued on|issued|bill date|date|datum",
            "rechnungsdatum|ausstellungsdatum|belegdatum|rechnung vom|ausgestellt am",
        ),
        alone=0.5,
    ),
    Field(
        "date",
        _phrases(
            "due date|date due|payment due|payment due date|due on|due by|due|payable by|payable until|pay by|faellig am|faellig",
            "faelligkeit|faelligkeitsdatum|faellig bis|zahlbar bis|zahlungsziel|zu zahlen bis",
        ),
    ),
    Field(
        "date",
        _phrases("delivery date|date of delivery|delivered on|date of supply|service date|lieferdatum|leistungsdatum"),
    ),
    Field("date", _phrases("order date|date of order|bestelldatum|auftragsdatum|bestellt am")),
    Field(
        "amount",
        _phrases(
            "total|grand total|total amount|total due|amount due|balance due|invoice total|invoice amount|total to pay",
            "gross|gross amount|gross total|total gross|amount payable|amount|gesamt|gesamtbetrag|gesamtsumme|summe|betrag",
            "rechnungsbetrag|endbetrag|endsumme|brutto|bruttobetrag|bruttosumme|summe brutto|gesamt brutto|zahlbetrag|zu zahlen",
        ),
        alone=0.45,
        last=True,
    ),
    Field(
        "amount",
        _phrases(
            "net|net amount|net total|total net|net sum|amount net|subtotal|sub total|netto|nettobetrag|nettosumme|netto betrag",
            "summe netto|gesamt netto|gesamtbetrag netto|zwischensumme|warenwert|total excl vat|total excl tax|total excluding vat",
            "total excluding tax|total without vat|gesamt ohne mwst|gesamtbetrag ohne mwst|betrag ohne mwst|summe ohne mwst",
        ),
        last=True,
    ),
    Field(
        "amount",
        _phrases(
            "tax|vat|gst|sales tax|tax amount|vat amount|total tax|total vat|tax total|vat total|mwst|ust|mehrwertsteuer",
            "umsatzsteuer|steuer|steuerbetrag|mwst betrag|ust betrag|summe mwst|summe ust|steuern",
        ),
        last=True,
    ),
    Field("amount", _phrases("shipping|shipping costs|postage|freight|versand|versandkosten|fracht|lieferkosten")),
    Field("amount", _phrases("discount|rebate|rabatt|skonto|nachlass")),
    Field(
        "vat_id",
        _phrases(
            "vat id|vat no|vat nr|vat number|vat reg no|vat registration number|vat registration no|tax id|tax no|tax number",
            "ust id|ust idnr|ust id nr|ustid|ustidnr|ust identifikationsnummer|umsatzsteuer id|umsatzsteuer identifikationsnummer",
            "umsatzsteueridentifikationsnummer|steuernummer|steuer nr|steuernr|st nr|uid|uid nr|uid nummer|steuer id",
        ),
        alone=0.7,
    ),
    Field(
        "email",
        _phrases("e mail|email|mail|e mail address|email address|mail address|e mail adresse|emailadresse"),
        alone=0.75,
    ),
    Field(
        "iban",
        _phrases("iban|bank account|account number|kontonummer|bankverbindung|konto|iban nr|bank details"),
        alone=0.75,
    ),
    Field("bic", _phrases("bic|swift|swift code|bic code|bic swift|swift bic")),
    Field(
        "phone",
        _phrases(
            "phone|phone number|phone no|telephone|telephone number|tel|tel no|tel nr|telefon|telefonnummer|telefonnr|fon",
            "mobile|mobile number|mobil|mobilnummer|handy|handynummer|rufnummer",
        ),
        alone=0.6,
    ),
    Field("phone", _phrases("fax|telefax|fax number|fax no|fax nr|faxnummer")),
    Field(
        "company",
        _phrases(
            "vendor|vendor name|supplier|supplier name|seller|seller name|company|company name|issuer|sender|sender name",
            "firma|firmenname|lieferant|lieferantenname|verkaeufer|absender|rechnungssteller|rechnungsaussteller|unternehmen",
        ),
        alone=0.65,
    ),
    Field(
        "company",
        _phrases(
            "customer|customer name|client|client name|buyer|buyer name|recipient|recipient name|bill to|billed to|invoice to",
            "sold to|kunde|kundin|kundenname|rechnung an|rechnungsempfaenger|empfaenger|kaeufer|auftraggeber",
        ),
    ),
    Field(
        "name",
        _phrases(
            "name|full name|contact|contact person|contact name|ansprechpartner|ansprechpartnerin|kontakt|sachbearbeiter",
            "sachbearbeiterin|bearbeiter|bearbeiterin",
        ),
    ),
    Field(
        "address",
        _phrases(
            "address|adresse|anschrift|vendor address|supplier address|seller address|company address|sender address",
            "lieferantenadresse|lieferantenanschrift|firmenadresse|firmenanschrift|absenderadresse",
        ),
        alone=0.6,
    ),
    Field(
        "address",
        _phrases(
            "customer address|client address|buyer address|recipient address|billing address|invoice address|rechnungsadresse",
            "rechnungsanschrift|kundenadresse|kundenanschrift|empfaengeradresse",
            "bill to|billed to|invoice to|sold to|rechnung an|customer|client|buyer|recipient|kunde|rechnungsempfaenger|empfaenger",
        ),
    ),
    Field(
        "address",
        _phrases("delivery address|shipping address|ship to|deliver to|lieferadresse|lieferanschrift|versandadresse"),
    ),
)
# Endings of a label's last word, and what they make of it.
_ENDINGS: tuple[tuple[PatternKind | TextKind, tuple[str, ...]], ...] = (
    ("date", ("date", "datum")),
    ("amount", ("amount", "price", "costs", "cost", "fee", "betrag", "summe", "preis", "kosten", "gebuehr")),
    ("code", ("number", "nummer", "nr", "no", "code", "id")),
    ("address", ("address", "adresse", "anschrift")),
    ("name", ("name",)),
)
# Words in a label's name that say nothing about which value is meant.
_NOISE = frozenset(
    _phrase(
        """the a of in on at for to der die das des dem den im am vom eur euro usd gbp chf value field document dokument
        invoice rechnung rechnungs vendor supplier seller company lieferant payment bank"""
    )
)
# Of these there is rarely a second one in a document, so that whose it is need not be written beside it.
_EVIDENT = ("email", "iban", "bic", "vat_id")
_LONGEST = max(len(phrase) for field in FIELDS for phrase in field.phrases | field.close)
_BY_PHRASE: dict[Phrase, tuple[Field, ...]] = {}
for _field in FIELDS:
    for _known in _field.phrases | _field.close:
        _BY_PHRASE[_known] = (*_BY_PHRASE.get(_known, ()), _field)


def phrases_in(words: Phrase) -> Iterator[tuple[int, int]]:
    """Yield where in these words the phrases of the table are, without those within a longer one."""
    start = 0
    while start < len(words):
        sizes = range(min(_LONGEST, len(words) - start), 0, -1)
        size = next((size for size in sizes if words[start : start + size] in _BY_PHRASE), 0)
        if size:
            yield start, start + size
        start += size or 1


def wanted(label: str) -> Wanted:
    """Return what a label of this name asks for."""
    own = _phrase(label)
    if not any(phrases_in(own)):
        own = _phrase(_HUMP.sub(" ", label))
    place = max(phrases_in(own), key=lambda place: place[1] - place[0], default=None)
    if place is None:
        return Wanted(own, Field(_kind_by_ending(own), frozenset()), strict=True)
    field = _BY_PHRASE[own[slice(*place)]]
    rest = set(own[: place[0]] + own[place[1] :]) - _NOISE
    meant = max(field, key=lambda field: own[slice(*place)] in field.phrases)
    return Wanted(own, meant, strict=bool(rest) and meant.kind not in _EVIDENT)


def kinds_of(phrase: Phrase) -> set[str]:
    """Return the kinds of the fields that have this phrase."""
    return {field.kind for field in _BY_PHRASE.get(phrase, ())}


def _kind_by_ending(own: Phrase) -> PatternKind | TextKind:
    """The kind of a label by the ending of its last word."""
    last = own[-1] if own else ""
    return next((kind for kind, endings in _ENDINGS if last.endswith(endings)), "text")
