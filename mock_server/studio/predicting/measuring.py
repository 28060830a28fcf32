"""How good a tagger is, on examples it has not seen; how examples are divided for that; whether there are enough of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from mock_server.studio.predicting.tagger import Example, Kind, Tagger, predict

LEAST_SEGMENTS = 5  # tagged ones, to learn from
LEAST_NAMES = 2  # different classes or labels among them
DIGITS = 4
Unit = tuple[str | None, str | None]


class Measured(msgspec.Struct, frozen=True):
    """Of one class or label: which share of what was predicted is right, which share of what is right was predicted.

    `support` counts the segments that have it. All shares are 0 where there is nothing to share.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int


class Metrics(msgspec.Struct, frozen=True):
    """The whole: over all tags, and for each class and label. `score` is `f1` with two digits."""

    precision: float
    recall: float
    f1: float
    score: float
    support: int
    classes: tuple[Measured, ...] = ()
    labels: tuple[Measured, ...] = ()


class _Count:
    """Counts units: right, predicted, expected."""

    def __init__(self) -> None:
        self.right: Counter[Unit] = Counter()
        self.predicted: Counter[Unit] = Counter()
        self.expected: Counter[Unit] = Counter()

    def add(self, predicted: frozenset[Unit], expected: frozenset[Unit]) -> None:
        self.right.update(predicted & expected)
        self.predicted.update(predicted)
        self.expected.update(expected)

    def measured(self, name: str, units: Iterable[Unit]) -> Measured:
        chosen = list(units)
        right, predicted, expected = (
            sum(count[unit] for unit in chosen) for count in (self.right, self.predicted, self.expected)
        )
        precision, recall = _share(right, predicted), _share(right, expected)
        f1 = _share(2 * right, predicted + expected)
        return Measured(name, precision, recall, f1, expected)


def evaluate(tagger: Tagger, examples: Iterable[Example]) -> Metrics:
    """Return how well a tagger predicts the tags of examples.

    In an ABSA project a tag counts as right if its class and its label are; otherwise classes and labels count by themselves.
    """
    pairs, names = _Count(), _Count()
    for example in examples:
        found = [(row.class_name, row.label_name) for row in predict(tagger, example.text)]
        expected = example.classes_and_labels
        pairs.add(frozenset(found), frozenset(expected))
        names.add(_apart(found), _apart(expected))
    counted = pairs if tagger.kind == "ABSA" else names
    whole = counted.measured("", counted.expected.keys() | counted.predicted.keys())
    return Metrics(
        whole.precision,
        whole.recall,
        whole.f1,
        round(whole.f1, 2),
        whole.support,
        tuple(names.measured(topic.name, [(topic.name, None)]) for topic in tagger.classes),
        tuple(names.measured(topic.name, [(None, topic.name)]) for topic in tagger.labels),
    )


def split(examples: Sequence[Example], share: float = 0.2) -> tuple[list[Example], list[Example]]:
    """Return examples to learn from and to test with, each in the order given; the latter have about `share` of the texts.

    Which ones depends on the texts alone: adding examples moves few of the others, and the same text is never on both sides.
    """
    texts = sorted({row.text for row in examples}, key=lambda text: sha256(text.encode("utf-8", "replace")).digest())
    count = min(max(1, round(len(texts) * share)), len(texts) - 1) if len(texts) > 1 and share > 0 else 0
    test = set(texts[:count])
    return [row for row in examples if row.text not in test], [row for row in examples if row.text in test]


def enough(kind: Kind, examples: Iterable[Example]) -> str | None:
    """Return why there is too little to learn from, or None.

    Needed are five tagged segments with two different classes; where a project has no classes, two labels; where a tag may have
    either, two of both together.
    """
    tagged = [row for row in examples if row.classes_and_labels]
    if len(tagged) < LEAST_SEGMENTS:
        return f"At least {LEAST_SEGMENTS} tagged segments are needed, there are {len(tagged)}"
    classes = {name for row in tagged for name in row.classes}
    labels = {name for row in tagged for name in row.labels}
    count, word = {
        "LABEL": (len(labels), "labels"),
        "CLASSLABEL": (len(classes) + len(labels), "classes or labels"),
    }.get(kind, (len(classes), "classes"))
    return (
        None
        if count >= LEAST_NAMES
        else f"Tags with at least {LEAST_NAMES} different {word} are needed, there is {count}"
    )


def _apart(pairs: Iterable[Unit]) -> frozenset[Unit]:
    """Return classes and labels each for itself."""
    listed = list(pairs)
    classes = ((name, None) for name, _ in listed if name is not None)
    labels = ((None, name) for _, name in listed if name is not None)
    return frozenset([*classes, *labels])


def _share(part: int, whole: int) -> float:
    return round(part / whole, DIGITS) if whole else 0.0
