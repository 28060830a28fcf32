"""From a segment to words: cut into clauses, lower-cased, without the endings that English and German put on them."""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

LONGEST_TEXT = 20_000  # characters; what comes later in a segment does not count
LONGEST_WORD = 40
SHORTEST_STEM = 3  # an ending is only taken off if so many letters stay

Clause = tuple[str, ...]

_WORD = re.compile("[^\\W\\d_]+(?:['\u2019][^\\W\\d_]+)*|[?,;:.!()\u2013\u2014]")
_MARKS = frozenset(",;:.!?()\u2013\u2014")  # with both dashes
# Words at which the second half of a sentence may say the opposite of the first.
_TURNS = frozenset({"but", "yet", "although", "though", "however", "aber", "doch", "jedoch", "obwohl", "sondern"})
_ENDINGS = (
    *("liness", "iness", "ungen", "keit", "heit", "ness", "ing", "ies", "ung", "ed", "en", "em", "es", "ly"),
    *("e", "y", "s"),
)


def listed(words: str) -> frozenset[str]:
    """Return the words of a list, which stand apart by white space."""
    return frozenset(words.split())


# Words that say nothing of what a segment is about.
ENGLISH = listed(
    """a about after again all also although am an and another any are as at be because been before being both but by
    can could did do does doing done down each even every for from get go got had has have having he her here him his
    how i if in into is it its just like made make many may me more most much must my no nor not of off on once one
    only or other our out over own please quite really said same she should so some such take than that the their them
    then there these they thing this those though through to too two under until up us very was we were what when
    where which while who why will with would yet you your"""
)
GERMAN = listed(
    """aber alle allem allen alles als also am an andere auch auf aus bei beim bin bis da damit dann das dass dem den der
    des die dies diese diesem diesen dieser doch dort du durch ein eine einem einen einer eines er es etwas euch für
    ganz gibt hat hatte hatten habe haben hier hin ich ihm ihn ihnen ihr ihre im in ins ist ja jede jedem jeden jeder
    kann kein keine keinem keinen keiner man mehr mein meine mich mir mit nach nicht nichts noch nun nur ob oder ohne
    schon sehr sein seine seit sich sie sind so über um und uns unser unsere unter vom von vor war waren was weil wenn
    wer wie wieder wir wird wo wurde wurden zu zum zur"""
)
STOP = ENGLISH | GERMAN


def clauses(text: str) -> tuple[Clause, ...]:
    """Return the words of a text, lower-cased, in the clauses that marks and words of contrast make. A question mark is a word."""
    found: list[Clause] = []
    current: list[str] = []
    for token in _WORD.findall(normalize("NFC", text[:LONGEST_TEXT]).lower()):
        if token == "?":
            current.append(token)
        elif token not in _MARKS and token not in _TURNS:
            current.append(token.replace("\u2019", "'")[:LONGEST_WORD])
        elif current:
            found.append(tuple(current))
            current = []
    return (*found, tuple(current)) if current else tuple(found)


def is_german(parts: Iterable[Clause]) -> bool:
    """Whether clauses have more little words of German than of English."""
    words = [word for part in parts for word in part]
    return sum(word in GERMAN for word in words) > sum(word in ENGLISH for word in words)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a lower-case word without its ending: `noise` and `noisy` are both `nois`, `saubere` is `sauber`."""
    word = word.removesuffix("'s").replace("ß", "ss")
    if word.endswith("ss") and not word.endswith("ness"):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def stems(text: str) -> list[str]:
    """Return the stems of the words that say something, in order."""
    return content([word for clause in clauses(text) for word in clause])


def content(words: list[str] | Clause) -> list[str]:
    """Return the stems of those words that say something."""
    return [stem(word) for word in words if word not in STOP]
