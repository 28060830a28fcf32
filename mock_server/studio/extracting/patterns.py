"""What dates, amounts and the like look like in a line of a document, and what they mean.

In a line, words are parted by a space and cells by a tab; see reading. All patterns are bounded, so that they take time
linear in the length of a line.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from mock_server.studio.extracting.vocabulary import PatternKind


class Found(msgspec.Struct, frozen=True):
    """A value in a line: its place, and what it means, None if that makes no sense (the 31st of February).

    `checked` says whether its check digits are right, if it has any. A value that is not `sure` looks like many other
    things and counts only right behind its name.
    """

    start: int
    end: int
    meaning: str | None
    checked: bool | None = None
    sure: bool = True


_MONTHS = {
    **{"jan": 1, "jän": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7},
    **{"aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12},
}
_MONTH = r"(?:jan|jän|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,8}\.?"
_DATE = re.compile(
    rf"""(?<![\w.,/-])(?:
    (?P<y1>\d{{4}})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})
    | (?P<d2>\d{{1,2}})(?P<mark>[./-])\ ?(?P<m2>\d{{1,2}})(?P=mark)\ ?(?P<y2>\d{{4}}|\d{{2}})
    | (?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th)?[\ -]?(?:of\ )?(?P<m3>{_MONTH}),?[\ -]?(?P<y3>\d{{4}}|\d{{2}})
    | (?P<m4>{_MONTH})\ (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\ (?P<y4>\d{{4}})
    )(?![\w/-]|[.,]\d)""",
    re.I | re.X,
)
_CURRENCY = r"(?:€|\$|£|¥|EUR|USD|GBP|CHF|JPY|Euro|Fr\.|US\$)"
_NUMBER = r"\d{1,3}(?:[.,'\u2019]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,3}(?: \d{3}){1,4},\d{1,2}|\d{1,12}(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?<![\w.,/%-])(?<!\d:)(?P<before>{_CURRENCY}[ \t]?)?(?P<minus>[-+\u2212\u2013])?(?P<early>{_CURRENCY} ?)?(?P<number>{_NUMBER})"
    rf"(?P<dash>,[-\u2013\u2014]{{1,2}})?(?P<after>[ \t]?{_CURRENCY}(?![A-Za-z]))?(?![\w/%]|[.,:-]\d| ?%)",
    re.I,
)
_CODE = re.compile(r"(?<![\w./-])(?=[A-Z/_.-]{0,20}\d)[A-Z0-9](?:[A-Z0-9/_.-]{0,30}[A-Z0-9])?(?![\w/-])", re.I)
_EMAIL = re.compile(r"(?<![\w.+-])[\w+-][\w.+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?![\w-])", re.I)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_BIC = re.compile(r"(?<!\w)[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?!\w)")
_PHONE = re.compile(r"(?<![\w+./-])(?:\+|\(\+?)?\d(?:[ ()/.\u2013-]{0,3}\d){6,15}(?![\w/-]|[.,]\d)")
_VAT_ID = re.compile(
    r"(?<!\w)(?:ATU ?\d{8}|DE ?\d{3} ?\d{3} ?\d{3}|CHE-?\d{3}\.?\d{3}\.?\d{3}|GB ?\d{3} ?\d{4} ?\d{2}|NL ?\d{9}B\d{2}"
    r"|(?:BE|BG|CY|CZ|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|PL|PT|RO|SE|SI|SK) ?[A-Z0-9]{8,12}|\d{2,3}/\d{3,4}/\d{4,5})(?!\w)"
)
_TOWN = re.compile(
    r"(?<![\w/-])(?:[A-Z]{1,2}-)?(?:\d{4,5} [A-ZÄÖÜ][\w.-]{1,40}(?: [\w./()-]{1,40}){0,3}"
    r"|[A-Z][\w.-]{1,40}(?: [A-Z][\w.-]{1,40}){0,3},? (?:[A-Z]{2} \d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}))(?!\w)"
)
STREET = re.compile(r"[^\W\d][^\t\d]{2,60} \d{1,4} ?[a-zA-Z]?(?:[-/]\d{1,4})?|\d{1,5} [A-Z][^\t\d]{2,60}")
COMPANY = re.compile(
    r"(?<!\w)[A-ZÄÖÜ0-9][\w&.,'+-]{0,40}(?: [\w&.,'+-]{1,40}){0,5}? "
    r"(?:GmbH(?: & Co\.? KG)?|AG|KG|OHG|UG|SE|e\.? ?K\.|e\.? ?V\.|Ltd\.?|Limited|LLC|LLP|PLC|plc|Inc\.?|Corp\.?|Co\."
    r"|B\.?V\.|S\.?A\.?|SARL|S\.?r\.?l\.?)(?!\w)"
)


def values(kind: PatternKind, text: str) -> Iterator[Found]:
    """Yield what looks like a value of this kind in a line, from left to right."""
    for found in _PATTERNS[kind].finditer(text):
        if (value := _READERS[kind](found)) is not None:
            yield value


def amount_of(text: str) -> str | None:
    """Return a number as it is written in English or German (`1.234,50`, `1,234.50`, `1'234`) as a decimal number."""
    plain = re.sub(r"[ '\u2019]", "", text)
    match = re.fullmatch(r"(\d[\d.,]*?)(?:[.,](\d{1,2}))?", plain)
    if match is None or not re.fullmatch(r"\d+|\d{1,3}(?:[.,]\d{3})+", match[1]):
        return None
    whole = re.sub(r"[.,]", "", match[1]).lstrip("0") or "0"
    return f"{whole}.{match[2]}" if match[2] else whole


def iban_is_right(text: str) -> bool:
    """Return whether the check digits of an IBAN without spaces are right."""
    digits = "".join(str(int(letter, 36)) for letter in text[4:] + text[:4])
    return 15 <= len(text) <= 34 and int(digits) % 97 == 1


def _date(found: re.Match[str]) -> Found:
    """A date. With slashes, too, the day comes first, unless there is no such month."""
    way = next(way for way in "1234" if found[f"d{way}"])
    year, day = int(found[f"y{way}"]), int(found[f"d{way}"])
    month = int(found[f"m{way}"]) if found[f"m{way}"].isdigit() else _MONTHS[found[f"m{way}"][:3].lower()]
    if way == "2" and month > 12 >= day and found["mark"] != ".":
        day, month = month, day
    year += 0 if len(found[f"y{way}"]) == 4 else 2000 if year < 70 else 1900
    return Found(*found.span(), _iso(year, month, day))


def _iso(year: int, month: int, day: int) -> str | None:
    """The date, None if there is no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _amount(found: re.Match[str]) -> Found:
    """An amount; it is sure if it has a currency or cents."""
    number = found["number"]
    marked = bool(found["before"] or found["early"] or found["after"] or found["dash"])
    meaning = amount_of(number)
    if meaning is not None and found["minus"] in ("-", "\u2212", "\u2013") and meaning.strip("0."):
        meaning = f"-{meaning}"
    return Found(*found.span(), meaning, sure=marked or re.search(r"[.,]\d\d$", number) is not None)


def _code(found: re.Match[str]) -> Found:
    """A number that may have letters; it counts only with its name."""
    return Found(*found.span(), found[0], sure=False)


def _email(found: re.Match[str]) -> Found:
    """An address of e-mail."""
    return Found(*found.span(), found[0])


def _iban(found: re.Match[str]) -> Found:
    """An IBAN; if capital letters or numbers follow, only as much as its check digits speak for."""
    ends = [found.end() - start for start in range(0, 12) if _is_end(found[0], len(found[0]) - start)]
    right = [end for end in ends if iban_is_right(found.string[found.start() : end].replace(" ", ""))]
    end = right[0] if right else found.end()
    return Found(found.start(), end, found.string[found.start() : end].replace(" ", ""), checked=bool(right))


def _is_end(text: str, end: int) -> bool:
    """Whether a word of the text ends here."""
    return end > 0 and text[end - 1] != " " and (end == len(text) or text[end] == " ")


def _bic(found: re.Match[str]) -> Found:
    """A BIC; any word in capital letters might be one, so it counts only with its name."""
    return Found(*found.span(), found[0], sure=False)


def _phone(found: re.Match[str]) -> Found | None:
    """A telephone number; it is sure if it begins as one does. Dates and IBANs are none."""
    ibans = [iban.span() for iban in _IBAN.finditer(found.string)]
    if _DATE.match(found.string, found.start()) or any(start <= found.start() < end for start, end in ibans):
        return None
    return Found(*found.span(), found[0], sure=found[0].startswith(("+", "(", "00")))


def _vat_id(found: re.Match[str]) -> Found | None:
    """A VAT id, or a German tax number."""
    plain = found[0].replace(" ", "")
    if not re.search(r"\d{5}|\d[./]\d", plain):
        return None
    return Found(*found.span(), plain)


def _town(found: re.Match[str]) -> Found:
    """The last line of an address."""
    return Found(*found.span(), found[0])


_PATTERNS: dict[PatternKind, re.Pattern[str]] = {
    **{"date": _DATE, "amount": _AMOUNT, "code": _CODE, "email": _EMAIL, "iban": _IBAN, "bic": _BIC},
    **{"phone": _PHONE, "vat_id": _VAT_ID, "address": _TOWN},
}
_READERS: dict[PatternKind, Callable[[re.Match[str]], Found | None]] = {
    **{"date": _date, "amount": _amount, "code": _code, "email": _email, "iban": _iban, "bic": _bic},
    **{"phone": _phone, "vat_id": _vat_id, "address": _town},
}
