"""How much praise or blame is in the words of a clause, by the lexicon of vaderSentiment and the list in `opinion_words`.

Only the lexicon file of that package is read, when it is first needed; its code, which does not know German, is never imported.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from mock_server.studio.predicting import opinion_words
from mock_server.studio.predicting.words import STOP, Clause, is_german, listed, stem

NEGATIONS = opinion_words.NEGATIONS | listed(
    """not no never none nobody nothing nowhere neither nor without hardly barely scarcely rarely cannot cant dont didnt"""
)
REACH = 3  # so many words after a negation are turned round
TURNED = -0.74  # what is left of a word's value when it is negated: "not clean" is less bad than "dirty"


@cache
def lexicon() -> dict[str, float]:
    """Return the value of each English word, from -4 (blame) to 4 (praise)."""
    package = find_spec("vaderSentiment")
    assert package is not None and package.origin is not None, "vaderSentiment is not installed"
    lines = Path(package.origin).with_name("vader_lexicon.txt").read_text("utf-8").splitlines()
    parted = (line.split("\t", 2) for line in lines)
    return {word: float(value) for word, value, _ in parted if word.isalpha()}


def value(word: str, german: bool = False) -> float:
    """Return the value of one lower-case word; 0 for one that neither praises nor blames.

    English words count in an English text only: German has a `die`, a `war` and a `bad` of its own.
    """
    if word in STOP:
        return 0.0
    own = opinion_words.VALUES.get(stem(word))
    return own if own is not None else 0.0 if german else lexicon().get(word, 0.0)


def is_negation(word: str) -> bool:
    """Whether a word turns round what follows."""
    return word in NEGATIONS or word.endswith("n't")


def negated(clause: Clause) -> list[bool]:
    """Return for each word of a clause whether a negation reaches it.

    A negation that ends its clause reaches back, as German has it: "das Essen schmeckte uns nicht".
    """
    places = [at for at, word in enumerate(clause) if is_negation(word)]
    reached = {at + step for at in places for step in range(1, REACH + 1)}
    if places and places[-1] == len(clause) - 1:
        reached |= {places[-1] - step for step in range(1, REACH + 1)}
    return [at in reached and not is_negation(word) for at, word in enumerate(clause)]


def polarity(clauses: Sequence[Clause]) -> float:
    """Return the sum of the values of all words, negated ones turned round; above 0 is praise."""
    german = is_german(clauses)
    return sum(
        value(word, german) * (TURNED if turned else 1.0)
        for clause in clauses
        for word, turned in zip(clause, negated(clause), strict=True)
        if not is_negation(word)
    )


NEITHER = ("<0>",)


def marks(clauses: Sequence[Clause]) -> tuple[str, ...]:
    """Return the marks that stand for the polarity among the words of a label: `<+>`, `<->` or `<0>`, and `<++>` or `<-->` if strong."""
    total = polarity(clauses)
    if abs(total) < 0.5:
        return NEITHER
    sign = "+" if total > 0 else "-"
    return (f"<{sign}>", f"<{sign}{sign}>") if abs(total) >= 2.0 else (f"<{sign}>",)
