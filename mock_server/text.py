"""Sentence boundaries and a guess at the language of a text.

All functions are pure: the same text gives the same answer, whatever was asked before and from whichever thread.
Offsets count Unicode code points (the indices of a Python `str`), end exclusive.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Literal
from unicodedata import normalize
from warnings import catch_warnings, simplefilter

Language = Literal["en", "de", "ar"]
Span = tuple[int, int]

# pysbd sees at most this many characters at a time: several of its patterns take time quadratic in the length of what
# they are given, or worse. Ordinary text is neither slower nor split differently in pieces of this size.
WINDOW = 1_000
# Longer texts are split by the simple rule alone, so that no upload keeps a server busy for long.
PYSBD_LIMIT = 100_000
# The language of a text shows within its beginning.
LANGUAGE_SAMPLE = 20_000

_WORD = re.compile(r"\S+")
_SPACE = re.compile(r"\s*")
_LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
# Also those of Arabic (question mark, full stop) and of East Asian scripts (full stop, wide ! and ?).
_TERMINATORS = (".", "!", "?", "\u2026", "\u061f", "\u06d4", "\u3002", "\uff01", "\uff1f")
# Quotation marks of all kinds and closing brackets.
_CLOSERS = "\"'\u2018\u2019\u201c\u201d\u00ab\u00bb)]}"

# pysbd takes exponential time for a bracket of many numbers after a full stop (".[1, 2, 3, 4 …"), and much time for
# long runs of ! and ?.
_SLOW = re.compile(r"[.∯]\[[\[\]\d,\s-]{16}|[!?]{16}")
# Each marker of an alphabetical list ("a)", "(b)", "iv)") makes pysbd rewrite the text once more, and longer each time.
_LIST_MARKER = re.compile(r"(?:^|[\s(])[A-Za-z]{1,5}\)")
_MARKERS_AT_MOST = 30

_LETTER = re.compile(r"[^\W\d_]")
_ARABIC_LETTER = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_ARABIC_SHARE = 0.3
_UMLAUT = re.compile(r"[äöüß]")


def _words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# Words both languages have ("die", "was", "in", "an", "so", "war") say nothing and are left out.
_GERMAN = _words(
    """der das und ist nicht ein eine einen einem einer mit für auf von zu zum zur den dem des ich du er sie wir ihr
    sich auch wird bei nach oder aber wie im als es dass sind haben habe hat kein keine über nur noch sehr aus wenn"""
)
_ENGLISH = _words(
    """the and of to is that it for with not this are be on at by have has from or but they you he she we my i as very
    which there their what when would"""
)


def language_of(text: str) -> Language:
    """The likely language of a text: Arabic by its script, German by its function words and umlauts, else English."""
    sample = normalize("NFC", text[:LANGUAGE_SAMPLE])
    letters = len(_LETTER.findall(sample))
    if letters and len(_ARABIC_LETTER.findall(sample)) >= _ARABIC_SHARE * letters:
        return "ar"
    words = re.findall(r"[^\W\d_]+", sample.lower())
    german = sum((word in _GERMAN) or bool(_UMLAUT.search(word)) for word in words)
    english = sum(word in _ENGLISH for word in words)
    return "de" if german > english else "en"


def whole(text: str) -> tuple[Span, ...]:
    """The span of the text without the white space around it, or no span if there is nothing else."""
    end = len(text.rstrip())
    return ((len(text) - len(text.lstrip()), end),) if end else ()


def split(text: str, language: str | None = None) -> tuple[Span, ...]:
    """The spans of the sentences of a text, in order.

    `language` is `en`, `de` or `ar`, also with a region (`de-CH`); anything else, and None, is guessed.
    The spans are disjoint and not empty, none starts or ends with white space, and together they hold every character
    that is not white space.
    """
    if len(text) > PYSBD_LIMIT:
        return tuple(_simple(text, 0, len(text)))
    chosen = _supported(language) or language_of(text)
    return tuple(_windowed(text, chosen))


def _supported(language: str | None) -> Language | None:
    """One of the supported languages for a language code, else None."""
    supported: dict[str, Language] = {"en": "en", "de": "de", "ar": "ar"}
    return supported.get(re.split(r"[-_]", language or "")[0].lower())


def _windowed(text: str, language: Language) -> Iterator[Span]:
    """The sentences, found in one window of the text after the other."""
    position = _after_space(text, 0)
    while position < len(text):
        end = _window_end(text, position)
        sentences = _sentences(text[position:end], language)
        if end < len(text) and text[end - 1] != "\n":
            sentences = _complete(text, position, end, sentences)
        yield from ((position + start, position + stop) for start, stop in sentences)
        position = _after_space(text, position + sentences[-1][1])


def _window_end(text: str, start: int) -> int:
    """Where the window that begins at `start` ends: behind a line end, a sure boundary, if it has one late enough."""
    end = start + WINDOW
    if end >= len(text):
        return len(text)
    return text.rfind("\n", start + WINDOW // 2, end) + 1 or end


def _complete(text: str, start: int, end: int, sentences: list[Span]) -> list[Span]:
    """The sentences of a window that was cut off at a random place, all of them complete.

    The last one is left for the next window. If that would make the windows advance too slowly, because it is long, it
    is instead prolonged by the simple rule.
    """
    last = sentences[-1][0]
    if last >= WINDOW // 2:
        return sentences[:-1]
    last_end = next(stop for _, stop in _simple(text, start + last, len(text), not_before=end))
    return [*sentences[:-1], (last, last_end - start)]


def _sentences(window: str, language: Language) -> list[Span]:
    """The sentences of a text short enough for pysbd; by the simple rule where pysbd would be slow or fails."""
    if _SLOW.search(window) or len(_LIST_MARKER.findall(window)) > _MARKERS_AT_MOST:
        return list(_simple(window, 0, len(window)))
    segmenter = _segmenter(language)
    try:
        # Not segment(): it keeps the text in the shared segmenter, and looks for every sentence from the text's start.
        sentences = segmenter.processor(window).process()
    except Exception:
        # pysbd puts words of the text into patterns unescaped, so odd text makes it raise odd errors.
        return list(_simple(window, 0, len(window)))
    return _align(window, sentences)


@cache
def _segmenter(language: Language) -> Any:
    """The pysbd segmenter of a language; pysbd is imported here because few commands need it."""
    with catch_warnings():
        simplefilter("ignore")  # its source has invalid escape sequences, which matters where warnings are errors
        return import_module("pysbd").Segmenter(language=language, clean=False, char_span=True)


def _align(window: str, sentences: Sequence[str]) -> list[Span]:
    """The spans of the sentences pysbd named.

    They are looked for in order and ignoring white space, which pysbd may drop. What lies between two of them was lost
    or changed by pysbd and is split by the simple rule.
    """
    places = [place for place, character in enumerate(window) if not character.isspace()]
    visible = "".join([window[place] for place in places])
    spans: list[Span] = []
    done = 0
    for start, stop in _found(visible, sentences):
        spans += _lost(window, places, done, start)
        spans.append((places[start], places[stop - 1] + 1))
        done = stop
    return spans + _lost(window, places, done, len(visible))


def _found(visible: str, sentences: Sequence[str]) -> Iterator[Span]:
    """Where in the visible characters those sentences are that are there, each behind the one before."""
    position = 0
    for sentence in sentences:
        wanted = "".join(sentence.split())
        start = visible.find(wanted, position) if wanted else -1
        if start >= 0:
            position = start + len(wanted)
            yield start, position


def _lost(window: str, places: list[int], start: int, stop: int) -> list[Span]:
    """The sentences, by the simple rule, among the visible characters from `start` to `stop`."""
    if start == stop:
        return []
    return list(_simple(window, places[start], places[stop - 1] + 1))


def _simple(text: str, start: int, end: int, not_before: int = 0) -> Iterator[Span]:
    """Sentences that end at a line end or after a word with closing punctuation, none before `not_before`.

    Takes time linear in the length of the text, whatever the text is.
    """
    sentence = last = None
    for word in _WORD.finditer(text, start, end):
        begin, stop = word.span()
        if sentence is not None and last is not None and last >= not_before and _ends(text, sentence, last, begin):
            yield sentence, last
            sentence = None
        sentence, last = begin if sentence is None else sentence, stop
    if sentence is not None and last is not None:
        yield sentence, last


def _ends(text: str, sentence: int, last: int, following: int) -> bool:
    """Whether a sentence ends with the word before `last`, the next word beginning at `following`."""
    if not _LINE_ENDS.isdisjoint(text[last:following]):
        return True
    while last > sentence and text[last - 1] in _CLOSERS:
        last -= 1
    return text.endswith(_TERMINATORS, sentence, last)


def _after_space(text: str, start: int) -> int:
    """The first place from `start` on that is not white space, or the length of the text."""
    match = _SPACE.match(text, start)
    return match.end() if match else start
