"""The tagger: for each class and label the words that speak for it, learned from examples and, without many, from names and descriptions.

A class is predicted where its words outweigh its bias, by the smoothed log-odds of each word among the segments with and
without it. The label is the one with the highest sum, over the words of the clauses in which the class is spoken of, and
over marks for the polarity of these clauses, so that the lexicon and what was learned weigh in one balance.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import exp, log
from typing import Literal

import msgspec

from mock_server.studio.predicting import hints
from mock_server.studio.predicting.sentiment import NEITHER, marks, negated
from mock_server.studio.predicting.words import STOP, Clause, clauses, content, stem

Kind = Literal["ABSA", "CLASS", "LABEL", "CLASSLABEL"]

THRESHOLD = 0.5  # a class or a label of a lower score is not predicted
UNTRAINED_BIAS, LOWEST_BIAS = -2.0, -3.0  # of a class; what a segment about nothing gets
CLASS_HINTS_HALF_AT, LABEL_HINTS_HALF_AT = 50, 10  # with so many examples of a class or label, its hints weigh half
SMOOTHING = 0.5
DOUBT = 2.0  # a word that so many segments have weighs half of what they tell
LEAST_WEIGHT = 0.1
TELLING = 0.5  # from this weight on a word shows that its clause is about the class
WORDS_AT_MOST = 400  # kept of each class and label
DIGITS = 3
HEAVIEST = 500.0  # what a segment weighs at the most, so that its share can be computed


class ClassInfo(msgspec.Struct, frozen=True):
    """What is known of a class without examples."""

    name: str
    example: str | None = None
    description: str | None = None


class Example(msgspec.Struct, frozen=True):
    """A segment that somebody has dealt with, and its tags as pairs of class and label; none if there was nothing to tag."""

    text: str
    classes_and_labels: tuple[tuple[str | None, str | None], ...] = ()

    @property
    def classes(self) -> frozenset[str]:
        """The classes of the segment."""
        return frozenset(name for name, _ in self.classes_and_labels if name is not None)

    @property
    def labels(self) -> frozenset[str]:
        """The labels of the segment."""
        return frozenset(name for _, name in self.classes_and_labels if name is not None)


class Prediction(msgspec.Struct, frozen=True):
    """A tag that was found; `score` is how sure that is, from 0 to 1."""

    class_name: str | None
    label_name: str | None
    score: float


class Topic(msgspec.Struct, frozen=True):
    """A class or a label: what each stem weighs for it, and what has to be outweighed. `support` counts its examples."""

    name: str
    bias: float
    weights: dict[str, float]
    support: int = 0


class Tagger(msgspec.Struct, frozen=True):
    """What was learned. Plain values only; its JSON form is the same for the same examples. Classes and labels keep their order."""

    kind: Kind
    classes: tuple[Topic, ...]
    labels: tuple[Topic, ...]
    examples: int = 0


def learn(kind: Kind, examples: Iterable[Example], classes: Sequence[ClassInfo], labels: Sequence[str]) -> Tagger:
    """Return a tagger for these classes and labels; what examples say of others is passed over. No example is needed."""
    given = list(examples)
    return Tagger(
        kind,
        _class_topics(classes, given) if kind != "LABEL" else (),
        _label_topics(kind, labels, given) if kind != "CLASS" else (),
        len(given),
    )


def predict(tagger: Tagger, text: str) -> list[Prediction]:
    """Return the tags of one segment, the surest first; none for a segment about nothing."""
    segment = _Segment(tagger, clauses(text))
    found = [tag for topic in tagger.classes for tag in segment.tags_of(topic)]
    if not found and tagger.kind in ("LABEL", "CLASSLABEL"):
        found = segment.mere_label()
    return sorted(found, key=lambda tag: (-tag.score, tag.class_name or ""))


class _Segment:
    """A segment as a tagger reads it."""

    def __init__(self, tagger: Tagger, parts: tuple[Clause, ...]) -> None:
        self.tagger, self.parts = tagger, parts
        self.contents = [frozenset(content(part)) for part in parts]
        self.words: frozenset[str] = frozenset().union(*self.contents)
        self.labels: dict[tuple[Clause, ...], tuple[str, float] | None] = {}

    def tags_of(self, topic: Topic) -> Iterator[Prediction]:
        """Yield the tag for a class if it is sure enough, with the label that the clauses about it call for."""
        score = 1.0 / (1.0 + exp(-_weighed(topic, self.words)))
        if score < THRESHOLD:
            return
        label = None if self.tagger.kind == "CLASS" else self.label(self.about(topic))
        if self.tagger.kind != "ABSA":
            sure = label is not None and label[1] >= THRESHOLD
            yield Prediction(topic.name, label[0] if label and sure else None, round(score, DIGITS))
        elif label is not None:  # a tag is as sure as the less sure of its two parts
            yield Prediction(topic.name, label[0], round(min(score, label[1]), DIGITS))

    def mere_label(self) -> list[Prediction]:
        """Return the label of the whole segment, if it is sure enough."""
        label = self.label(self.parts)
        return [Prediction(None, *label)] if label is not None and label[1] >= THRESHOLD else []

    def about(self, topic: Topic) -> tuple[Clause, ...]:
        """Return the clauses with words for a class if they praise or blame anything, else all."""
        telling = [any(topic.weights.get(word, 0.0) >= TELLING for word in words) for words in self.contents]
        parts = tuple(part for part, is_telling in zip(self.parts, telling, strict=True) if is_telling)
        return parts if parts and marks(parts) != NEITHER else self.parts

    def label(self, parts: tuple[Clause, ...]) -> tuple[str, float] | None:
        """Return the label with the most weight and its share among all; the first of those with the same."""
        if parts not in self.labels:
            self.labels[parts] = _heaviest(self.tagger.labels, parts) if parts and self.tagger.labels else None
        return self.labels[parts]


def _heaviest(labels: tuple[Topic, ...], parts: tuple[Clause, ...]) -> tuple[str, float]:
    words = _label_words(parts)
    weights = [_weighed(topic, words) for topic in labels]
    highest = max(weights)
    share = 1.0 / sum(exp(weight - highest) for weight in weights)
    return labels[weights.index(highest)].name, round(share, DIGITS)


def _class_words(parts: tuple[Clause, ...]) -> frozenset[str]:
    """Return the stems of the words that say something."""
    return frozenset(word for part in parts for word in content(part))


def _label_words(parts: tuple[Clause, ...]) -> frozenset[str]:
    """Return the stems of some clauses, those that are negated marked as such, and the marks of their polarity."""
    words = {
        f"not {stem(word)}" if turned else stem(word)
        for part in parts
        for word, turned in zip(part, negated(part), strict=True)
        if word not in STOP
    }
    return frozenset({*words, *marks(parts)})


def _weighed(topic: Topic, words: frozenset[str]) -> float:
    # sorted, so that the sum does not depend on the order of a set
    weights = topic.weights
    weight = topic.bias + sum(sorted(weights[word] for word in words if word in weights))
    return max(-HEAVIEST, min(HEAVIEST, weight))


def _class_topics(classes: Sequence[ClassInfo], examples: list[Example]) -> tuple[Topic, ...]:
    known = {info.name: hints.of_topic(info.name, (info.example, info.description)) for info in classes}
    lot = _Lot([(_class_words(clauses(row.text)), row.classes) for row in examples])
    return tuple(lot.topic(name, known[name], UNTRAINED_BIAS, CLASS_HINTS_HALF_AT) for name in known)


def _label_topics(kind: Kind, labels: Sequence[str], examples: list[Example]) -> tuple[Topic, ...]:
    """Of a segment with different labels for its classes nobody can say which words stand for which: it teaches no label."""
    telling = [row for row in examples if row.labels and (kind != "ABSA" or len(row.labels) == 1)]
    lot = _Lot([(_label_words(clauses(row.text)), row.labels) for row in telling])
    return tuple(lot.topic(name, hints.of_label(name), 0.0, LABEL_HINTS_HALF_AT) for name in dict.fromkeys(labels))


class _Lot:
    """Segments to learn from, each as its words and its names, counted."""

    def __init__(self, segments: list[tuple[frozenset[str], frozenset[str]]]) -> None:
        self.total = len(segments)
        self.every = Counter(word for words, _ in segments for word in words)
        self.support = Counter(name for _, names in segments for name in names)
        self.own: dict[str, Counter[str]] = {name: Counter() for name in self.support}
        for words, names in segments:
            for name in names:
                self.own[name].update(words)

    def topic(self, name: str, hinted: dict[str, float], untrained_bias: float, half_at: int) -> Topic:
        """Return what is known of a name from its hints and from the segments that have it."""
        support, rest = self.support[name], self.total - self.support[name]
        trust = support / (support + half_at)
        weights = {word: weight * (1.0 - trust) for word, weight in hinted.items()}
        for word, count in self.own.get(name, Counter[str]()).items():
            weights[word] = weights.get(word, 0.0) + _log_odds(count, support, self.every[word] - count, rest)
        prior = max(LOWEST_BIAS, min(0.0, log((support + SMOOTHING) / (rest + SMOOTHING))))
        return Topic(name, round(untrained_bias * (1.0 - trust) + prior * trust, DIGITS), _kept(weights), support)


def _log_odds(within: int, of: int, without: int, rest: int) -> float:
    """Return how much more frequent a word is in one lot of segments than in the other; little for a word seen once."""
    inside = log((within + SMOOTHING) / (of + 2 * SMOOTHING))
    outside = log((without + SMOOTHING) / (rest + 2 * SMOOTHING))
    seen = within + without
    return (inside - outside) * seen / (seen + DOUBT)


def _kept(weights: dict[str, float]) -> dict[str, float]:
    """Return the weightiest words, rounded, in the order of the alphabet."""
    telling = ((word, round(weight, DIGITS)) for word, weight in weights.items() if abs(weight) >= LEAST_WEIGHT)
    first = sorted(telling, key=lambda pair: (-abs(pair[1]), pair[0]))[:WORDS_AT_MOST]
    return dict(sorted(first))
