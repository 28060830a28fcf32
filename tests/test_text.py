"""Properties of mock_server.text: spans tile every text, known languages are told apart, no text takes long."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.text import PYSBD_LIMIT, WINDOW, Span, language_of, split, whole

LANGUAGES = st.sampled_from([None, "en", "de", "ar"])
# What the splitter has rules for, and the signs it uses inside for its own purposes.
PARTS = st.sampled_from(
    [
        *" \n\r\t.!?:;,()[]{}\"'-\\/&12aAb",
        *"\x1c\x85\u2028\u3000\u200b\u0301\u060c\u061f\u3002\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb",
        *"\u222f\u2668\u261d\u2609\u0238\u01aa\u266c\U0001f600\u0646",
        *("Mr. ", "z.B. ", "U.S. ", "i.e", "e[g", "no. 5", "Good. ", "Good. ", "Was ist das? ", "... ", '." A'),
        *("1. ", "2. ", "a) ", "(b) ", "(iv) ", ".[1, "),
    ]
)
TEXTS = st.text(max_size=200) | st.lists(PARTS, max_size=60).map("".join)

SLOW_FOR_THE_SPLITTER = [
    "(" * 5000,
    "." * 10000,
    "1." * 5000,
    "a.b." * 3000,
    '"' * 5000 + ".",
    " '" * 5000 + ".",
    "! " * 5000,
    "!" * 20000,
    "?!" * 5000,
    "(i) (ii) " * 1000,
    "(a) b) " * 1000,
    "a) " * 5000,
    "1. 2. " * 2000 + "\n" * 5000,
    "Foo.[" + "1, " * 5000 + "] bar",
    "Foo.[" + "1" * 5000,
    "Foo." + "[1, 2]" * 2000 + " bar",
    "U.S. " * 3000,
    "a" * 50000,
    " " * 50000 + "x" + " " * 50000 + "y",
    "\n" * 50000,
    ".\n" * 5000,
    "\U0001f600" * 5000,
    "\u201e\u060c" * 5000,
]


def assert_tiles(text: str, spans: tuple[Span, ...]) -> None:
    """Spans are ordered, disjoint, trimmed, not empty, and hold every character that is not white space."""
    end = 0
    for start, stop in spans:
        assert end <= start < stop <= len(text)
        assert not text[end:start].strip()
        assert text[start:stop] == text[start:stop].strip()
        end = stop
    assert not text[end:].strip()


def sentences(text: str, language: str | None = None) -> list[str]:
    return [text[start:stop] for start, stop in split(text, language)]


@given(TEXTS, LANGUAGES)
@settings(max_examples=400, deadline=None)
def test_spans_tile_any_text(text: str, language: str | None) -> None:
    assert_tiles(text, split(text, language))


@given(st.lists(PARTS, min_size=1, max_size=8).map("".join), st.integers(1, 3 * WINDOW), LANGUAGES)
@settings(max_examples=60, deadline=None)
def test_spans_tile_any_long_repetition(unit: str, length: int, language: str | None) -> None:
    text = unit * (length // len(unit) + 1)
    assert_tiles(text, split(text, language))


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_whole_is_one_trimmed_span(text: str) -> None:
    assert_tiles(text, whole(text))
    assert len(whole(text)) == bool(text.strip())


@pytest.mark.parametrize("text", ["", " ", "\n\t \u3000\x1c"])
def test_white_space_has_no_sentences(text: str) -> None:
    assert split(text) == whole(text) == ()


@pytest.mark.parametrize("text", SLOW_FOR_THE_SPLITTER)
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_no_text_takes_long(text: str, language: str) -> None:
    started = time.process_time()
    assert_tiles(text, split(text, language))
    assert time.process_time() - started < 4


def test_a_huge_text_is_split_quickly() -> None:
    text = "This is a sentence. " * 100_000
    started = time.process_time()
    assert len(split(text, "en")) == 100_000
    assert time.process_time() - started < 4


def test_english_abbreviations_end_no_sentence() -> None:
    assert sentences("Dr. Smith paid $3.50 at 5 p.m. for it. He left.") == [
        "Dr. Smith paid $3.50 at 5 p.m. for it.",
        "He left.",
    ]


def test_german_abbreviations_and_dates_end_no_sentence() -> None:
    assert sentences("Wir haben z.B. am 3. Mai nichts gehört. Warum nicht?") == [
        "Wir haben z.B. am 3. Mai nichts gehört.",
        "Warum nicht?",
    ]


def test_arabic_question_marks_end_sentences() -> None:
    assert sentences("كيف حالك؟ أنا بخير.") == ["كيف حالك؟", "أنا بخير."]


def test_repeated_sentences_have_a_span_each() -> None:
    assert split("Good. Good.  Good.\nGood.") == ((0, 5), (6, 11), (13, 18), (19, 24))


def test_line_ends_end_sentences() -> None:
    assert sentences("First line\nsecond line\r\n\r\nthird line") == ["First line", "second line", "third line"]


@pytest.mark.parametrize("length", [PYSBD_LIMIT // 2, PYSBD_LIMIT + 1])
def test_long_paragraphs_are_split_at_their_sentences(length: int) -> None:
    sentence = "The quick brown fox jumps over the lazy dog and then it walks home."
    count = length // len(sentence)
    assert sentences(" ".join([sentence] * count)) == [sentence] * count


def test_windows_leave_abbreviations_whole() -> None:
    sentence = "After all of that Dr. Smith and Mrs. Jones met Mr. Miller again."
    assert sentences(" ".join([sentence] * 100)) == [sentence] * 100


def test_a_sentence_longer_than_a_window_stays_whole() -> None:
    long = "It went on " + "and on " * WINDOW + "until it ended."
    assert sentences(f"{long} Then it was over.") == [long, "Then it was over."]


@given(TEXTS, LANGUAGES)
@settings(max_examples=50, deadline=None)
def test_the_answer_does_not_depend_on_what_was_asked_before(text: str, language: str | None) -> None:
    first = split(text, language)
    split("Something else. Entirely.", language)
    assert split(text, language) == first


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f"Mr. {name} came. Then {name} left! " * 20 for name in ("Abel", "Baker", "Charles", "Dora")] * 5
    expected = [split(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(split, texts)) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("12345 ... !?", "en"),
        ("The food was cold and the service slow.", "en"),
        ("Nice product", "en"),
        ("Mr. Müller said that the room was not clean.", "en"),
        ("Das Essen war kalt und die Bedienung langsam.", "de"),
        ("Schöne Grüße", "de"),
        ("Scho\u0308ne Gru\u0308ße", "de"),
        ("Ich bin sehr zufrieden mit dem Support.", "de"),
        ("المنتج جيد جدا", "ar"),
        ("المنتج من Amazon جيد جدا", "ar"),
    ],
)
def test_the_languages_are_told_apart(text: str, language: str) -> None:
    assert language_of(text) == language


@given(st.text())
def test_any_text_has_one_of_the_languages(text: str) -> None:
    assert language_of(text) in ("en", "de", "ar")


@pytest.mark.parametrize("language", ["fr", "", "xx-YY", "-", "EN", "de-CH", "ar_EG"])
def test_any_language_code_is_taken(language: str) -> None:
    assert sentences("One. Two.", language) == ["One.", "Two."]
