"""Properties of the tagger: what it says without examples, that it learns, that its answers depend on nothing else."""

import random
import re
import subprocess
import sys
from typing import Any, get_args

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import text as sentences
from mock_server.contract import data_root
from mock_server.studio.predicting import (
    ClassInfo,
    Example,
    Kind,
    Prediction,
    Tagger,
    enough,
    evaluate,
    learn,
    predict,
    split,
)
from mock_server.studio.predicting.sentiment import lexicon, polarity
from mock_server.studio.predicting.words import clauses, stem

KINDS: tuple[Kind, ...] = get_args(Kind)
LABELS = ["POS", "NEU", "NEG"]


def demo_classes() -> list[ClassInfo]:
    """Return the classes of the hotel reviews of the demo world."""
    text = (data_root() / "fixtures" / "demo" / "classes.yaml").read_text("utf-8")
    entries = yaml.load(text, Loader=yaml.CSafeLoader)
    rows = next(entry["classes"] for entry in entries if entry["project"] == "Hotel reviews")
    return [ClassInfo(row["name"], row.get("example"), row.get("description")) for row in rows]


HOTEL = demo_classes()
UNTRAINED = learn("ABSA", [], HOTEL, LABELS)

# Requests whose classes cannot be told from their names.
MAIL = (
    [
        (f"The {thing} arrived with a crack in it.", "Alpha")
        for thing in ("mug", "plate", "bowl", "jug", "vase", "glass")
    ]
    + [
        (f"Somebody should call me about the {thing}.", "Beta")
        for thing in ("form", "vote", "draft", "plan", "map", "list")
    ]
    + [(f"Nobody has cracked the {thing} for us.", "Alpha") for thing in ("shell", "nut", "egg", "safe")]
    + [(f"Please call back before the {thing} ends.", "Beta") for thing in ("day", "week", "month", "hour")]
)
EXAMPLES = [Example(text, ((name, None),)) for text, name in MAIL]
GREEK = [ClassInfo("Alpha"), ClassInfo("Beta")]

SEGMENTS = st.lists(
    st.sampled_from(
        re.findall(r"\S+", "the room was not clean breakfast wonderful awful . , ? nicht laut ruhig Frühstück 9")
    ),
    max_size=12,
).map(" ".join)
TAGS = st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.sampled_from(["POS", "NEG", None])), max_size=2)
LOTS = st.lists(st.builds(Example, SEGMENTS, TAGS.map(tuple)), max_size=8)


def tags(tagger: Tagger, text: str) -> list[tuple[str | None, str | None]]:
    return [(found.class_name, found.label_name) for found in predict(tagger, text)]


def test_praise_and_blame_get_two_segments_with_different_tags() -> None:
    review = "The breakfast was wonderful. The room was terribly noisy."
    first, second = (review[start:end] for start, end in sentences.split(review, "en"))
    assert tags(UNTRAINED, first) == [("Breakfast", "POS")]
    assert tags(UNTRAINED, second) == [("Noise", "NEG")]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("The bathroom was not clean.", ("Cleanliness", "NEG")),
        ("The bathroom wasn't clean.", ("Cleanliness", "NEG")),
        ("The bathroom wasn\u2019t clean.", ("Cleanliness", "NEG")),
        ("Spotlessly clean.", ("Cleanliness", "POS")),
        ("Nothing to complain about the staff.", ("Staff", "POS")),
        ("Das Frühstück war wunderbar.", ("Breakfast", "POS")),
        ("Das Zimmer war furchtbar laut.", ("Noise", "NEG")),
        ("Das Bad war nicht sauber.", ("Cleanliness", "NEG")),
        ("Das Frühstück schmeckte uns nicht.", ("Breakfast", "NEG")),
        ("Die Lage ist super.", ("Location", "POS")),
        ("The staff was at the desk.", ("Staff", "NEU")),
    ],
)
def test_without_examples_names_and_the_lexicon_speak(text: str, tag: tuple[str, str]) -> None:
    assert tags(UNTRAINED, text) == [tag]


def test_each_class_is_judged_by_its_own_clause() -> None:
    found = tags(UNTRAINED, "The breakfast was wonderful, but the room was terribly noisy.")
    assert sorted(found, key=str) == [("Breakfast", "POS"), ("Noise", "NEG")]


@pytest.mark.parametrize("text", ["", " ", "?!", "123", "We arrived on Tuesday.", "\u0000", "🙂", "\ud800"])
@pytest.mark.parametrize("kind", ["ABSA", "CLASS"])
def test_a_segment_about_nothing_gets_no_tag(kind: Kind, text: str) -> None:
    assert predict(learn(kind, [], HOTEL, LABELS), text) == []


def test_little_words_of_german_are_no_words_of_english() -> None:
    assert polarity(clauses("Die Semmeln waren im Bad, das war die Lage.")) == 0


@pytest.mark.parametrize(
    ("kind", "text", "tag"),
    [
        ("CLASS", "The breakfast was wonderful.", ("Breakfast", None)),
        ("LABEL", "The day was wonderful.", (None, "POS")),
        ("CLASSLABEL", "The breakfast was wonderful.", ("Breakfast", "POS")),
        ("CLASSLABEL", "The day was wonderful.", (None, "POS")),
    ],
)
def test_a_tag_has_what_the_type_of_the_project_asks_for(kind: Kind, text: str, tag: tuple[str, str]) -> None:
    assert tags(learn(kind, [], HOTEL, LABELS), text) == [tag]


def test_labels_that_are_words_of_praise_or_blame_are_understood() -> None:
    tagger = learn("LABEL", [], [], ["HAPPY", "MIXED", "UNHAPPY"])
    assert tags(tagger, "What a lovely day.") == [(None, "HAPPY")]
    assert tags(tagger, "What an awful day.") == [(None, "UNHAPPY")]


def test_training_moves_the_score_up() -> None:
    train, test = split(EXAMPLES, 0.3)
    before, after = (evaluate(learn("CLASS", lot, GREEK, []), test) for lot in ([], train))
    assert before.score < after.score and after.score >= 0.8
    few = evaluate(learn("CLASS", train[:3], GREEK, []), test)
    assert few.score <= after.score


def test_what_is_taught_outweighs_what_was_hinted() -> None:
    taught = [Example(f"Breakfast at the {place}.", (("Location", "NEG"),)) for place in "abcdefghijklmnopqrstuvwx"]
    others = [Example(f"The {place} was fine.", (("Staff", "POS"),)) for place in "abcdefghijklmnopqrstuvwx"]
    found = predict(learn("ABSA", taught + others, HOTEL, LABELS), "Breakfast at the pier.")
    assert (found[0].class_name, found[0].label_name) == ("Location", "NEG")


def test_a_new_language_is_learned_from_examples() -> None:
    lot = [Example("الفطور لذيذ", (("Breakfast", "POS"),)), Example("الغرفة صاخبة", (("Noise", "NEG"),))] * 5
    assert tags(learn("ABSA", lot, HOTEL, LABELS), "كان الفطور لذيذ") == [("Breakfast", "POS")]


@settings(max_examples=60, deadline=None)
@given(LOTS, SEGMENTS, st.sampled_from(KINDS), st.randoms(use_true_random=False))
def test_the_order_of_examples_does_not_matter(
    lot: list[Example], text: str, kind: Kind, chance: random.Random
) -> None:
    other = list(lot)
    chance.shuffle(other)
    classes = [ClassInfo("A", "The room."), ClassInfo("B", None, "Breakfast")]
    one, two = (learn(kind, rows, classes, ["POS", "NEG"]) for rows in (lot, other))
    assert msgspec.json.encode(one) == msgspec.json.encode(two)
    assert predict(one, text) == predict(two, text) == predict(one, text)


@settings(max_examples=60, deadline=None)
@given(LOTS, SEGMENTS | st.text(max_size=50), st.sampled_from(KINDS))
def test_a_tagger_is_plain_data_and_its_scores_are_shares(lot: list[Example], text: str, kind: Kind) -> None:
    tagger = learn(kind, lot, [ClassInfo("A"), ClassInfo("B")], ["POS", "NEG"])
    copy = msgspec.json.decode(msgspec.json.encode(tagger), type=Tagger)
    assert copy == tagger and predict(copy, text) == predict(tagger, text)
    assert all(0 <= found.score <= 1 for found in predict(tagger, text))
    metrics = evaluate(tagger, lot)
    shares: list[Any] = [metrics, *metrics.classes, *metrics.labels]
    assert all(0 <= share <= 1 for row in shares for share in (row.precision, row.recall, row.f1))
    assert metrics.score == round(metrics.f1, 2)


def test_a_tagger_says_the_same_in_another_process() -> None:
    code = (
        "from tests.test_predicting import *; import sys; "
        "sys.stdout.write(msgspec.json.encode(learn('CLASS', EXAMPLES, GREEK, [])).decode())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {msgspec.json.encode(learn("CLASS", EXAMPLES, GREEK, []))}


def test_measures_are_counted_by_class_and_by_label() -> None:
    rows = [
        Example("The breakfast was wonderful.", (("Breakfast", "POS"),)),
        Example("The breakfast was awful.", (("Breakfast", "POS"),)),
        Example("Great food on Tuesday at the pier.", (("Location", "POS"),)),
        Example("We left on Tuesday."),
    ]
    metrics = evaluate(UNTRAINED, rows)
    assert (metrics.support, metrics.recall) == (3, 0.3333)
    by_class = {row.name: row for row in metrics.classes}
    assert (by_class["Breakfast"].recall, by_class["Breakfast"].support) == (1.0, 2)
    assert by_class["Location"].recall == by_class["Location"].f1 == 0.0
    by_label = {row.name: row for row in metrics.labels}
    assert (by_label["POS"].precision, by_label["NEG"].precision, by_label["NEG"].support) == (1.0, 0.0, 0)


def test_nothing_to_measure_is_a_score_of_nothing() -> None:
    metrics = evaluate(UNTRAINED, [])
    assert (metrics.score, metrics.precision, metrics.support) == (0.0, 0.0, 0)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_a_split_leaves_nothing_out_and_no_text_on_both_sides(share: float) -> None:
    lot = [*EXAMPLES, *EXAMPLES[:5]]
    train, test = split(lot, share)
    assert sorted([*train, *test], key=lambda row: row.text) == sorted(lot, key=lambda row: row.text)
    assert not {row.text for row in train} & {row.text for row in test}
    assert train and bool(test) == (share > 0)
    assert {row.text for row in split(lot[::-1], share)[1]} == {row.text for row in test}


def test_a_split_stays_when_examples_are_added() -> None:
    before = {row.text for row in split(EXAMPLES)[1]}
    after = {row.text for row in split([*EXAMPLES, Example("One more."), Example("And one.")])[1]}
    assert len(before - after) <= 1


@pytest.mark.parametrize("lot", [[], EXAMPLES[:1]])
def test_what_cannot_be_split_is_all_for_training(lot: list[Example]) -> None:
    assert split(lot) == (lot, [])


def test_too_little_data_has_a_reason() -> None:
    one_class = [Example(str(at), (("A", "POS"),)) for at in range(5)]
    two_labels = [Example(str(at), ((None, "POS" if at else "NEG"),)) for at in range(5)]
    assert enough("CLASS", one_class[:4]) == "At least 5 tagged segments are needed, there are 4"
    assert "2 different classes" in str(enough("CLASS", one_class)) and "2 different classes" in str(
        enough("ABSA", one_class)
    )
    assert "2 different labels" in str(enough("LABEL", one_class))
    assert enough("LABEL", two_labels) is None and enough("CLASSLABEL", one_class) is None
    assert enough("CLASS", EXAMPLES) is None
    assert "are needed, there are 0" in str(enough("CLASS", [Example("Nothing to tag.")] * 9))


@pytest.mark.parametrize("text", ["very good " * 1_000_000, "x" * 5_000_000, "a," * 2_000_000, "a'" * 1_000_000])
def test_of_a_very_long_segment_only_the_beginning_is_read(text: str) -> None:
    assert clauses(text) == clauses(text[:20_000])
    assert isinstance(predict(UNTRAINED, text), list)


def test_the_lexicon_is_read_without_the_code_around_it() -> None:
    assert lexicon()["wonderful"] > 2 and lexicon()["awful"] < -1.5
    assert "vaderSentiment.vaderSentiment" not in sys.modules


def test_endings_do_not_part_words() -> None:
    assert stem("noise") == stem("noisy") == stem("noises")
    assert stem("cleanliness") == stem("clean") == stem("cleaned")
    assert stem("saubere") == stem("sauber") == stem("sauberkeit") == stem("sauberen")
    assert stem("glass") == "glass"


def test_predictions_are_sorted_by_how_sure_they_are() -> None:
    found = predict(UNTRAINED, "Breakfast, staff and a bed: all clean, at a good price.")
    assert found == sorted(found, key=lambda row: (-row.score, str(row.class_name)))
    assert all(isinstance(row, Prediction) for row in found) and len(found) >= 3
