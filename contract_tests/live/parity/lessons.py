"""What a comparison teaches of a deployment: for every place where it answers otherwise than the stand-in, what explains all its answers.

A status in the place of another; a field that is never there; one that is somewhere else in the answer of the stand-in or in the request,
is a count, or is always the same; a value in the place of another. What explains some of the answers and not all is no lesson, and is
told for a person. Texts are no constants, unless they look like words of an enumeration: nothing that was said gets into a file.

Not here: comparing (`contract_tests.model.compare`), and how the stand-in answers by lessons (`mock_server.pipeline.learned`).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contract_tests.model.asks import Answer, Ask
from contract_tests.model.compare import Comparison
from contract_tests.model.places import kind_of_field, kind_of_word
from mock_server.pipeline.learned import ROOTS, UNSAID, Asked, Lesson, same, value_of

ERRORS = ""  # the operation of what is learned of the bodies of all errors
MOST = 200  # answers that are kept of one operation with one status
LARGEST = 128 * 1024  # bytes of both bodies
NUMBERS = (-1, 0, 1, 100)  # any other may be somebody's
WORD = re.compile(r"[A-Z][A-Z_]{0,39}|")
PLACE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
DEEPEST = 4  # names of a source
TYPES = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


class Taught(msgspec.Struct, frozen=True):
    """A lesson about an operation, `ERRORS` for one about the bodies of all errors."""

    operation: str
    lesson: Lesson


class Riddle(msgspec.Struct, frozen=True):
    """A place where the deployment answers otherwise, and nothing explains how; `of` is the status of the stand-in."""

    operation: str
    of: int
    place: str
    told: str


class Sample(msgspec.Struct, frozen=True):
    """A request as the stand-in was sent it, both answers, and what compares them; `shown` is the kind of what they show.

    One is `loose` if there are other things on the two sides: it teaches of names and types alone.
    """

    ask: Ask
    live: Answer
    ours: Answer
    comparison: Comparison
    shown: str
    loose: bool = False


class At(msgspec.Struct, frozen=True):
    """One field in one pair of answers: its value on both sides (UNSET where it is not there) and the object of the stand-in around it."""

    live: Any
    ours: Any
    is_alike: bool
    here: Any
    sample: Sample


class Teaching:
    """Keeps answers, and finds what they teach."""

    def __init__(self) -> None:
        self._samples: dict[tuple[str, int], list[Sample]] = {}

    def add(self, sample: Sample) -> None:
        """Keep the two answers to a request, unless one side has done it and the other one not."""
        if (sample.live.status < 300) == (sample.ours.status < 300):
            kept = self._samples.setdefault((sample.ask.operation, sample.ours.status), [])
            if len(kept) < MOST and len(sample.live.body) + len(sample.ours.body) <= LARGEST:
                kept.append(sample)

    def found(self) -> Iterator[Taught | Riddle]:
        """Yield what was learned and what cannot be explained, operation by operation."""
        for (operation, status), samples in sorted(self._samples.items()):
            yield from _status(operation, status, samples)
            if status < 300:
                yield from _bodies(operation, status, samples)
        refusals = [one for (_, status), some in sorted(self._samples.items()) for one in some if status >= 400]
        yield from _bodies(ERRORS, 0, refusals)


def _status(operation: str, status: int, samples: list[Sample]) -> Iterator[Taught | Riddle]:
    seen = {sample.live.status for sample in samples}
    if seen == {status}:
        return
    if len(seen) == 1:
        yield Taught(operation, Lesson(of=status, status=seen.pop(), seen=len(samples)))
    else:
        told = " and ".join(map(str, sorted(seen)))
        yield Riddle(operation, status, "status", f"{told} were answered, and nothing tells when which")


def _bodies(operation: str, status: int, samples: Iterable[Sample]) -> Iterator[Taught | Riddle]:
    places = _places(samples)
    apart = {
        place: some for place, some in places.items() if any(map(_is_apart, some)) and _explained(place, some) is None
    }
    for place, some in apart.items():
        yield Riddle(operation, status, place, _puzzle(some))
    for place, some in _beside(places, apart).items():
        lessons = _explained(place, some)
        if lessons is None:
            yield Riddle(operation, status, place, _puzzle(some))
        for lesson in lessons or ():
            yield Taught(operation, msgspec.structs.replace(lesson, of=status or None))


def _beside(places: dict[str, list[At]], apart: dict[str, list[At]]) -> dict[str, list[At]]:
    """Return what differs at the other places, without answers in which there is something else on the two sides: these say nothing of how
    the rest is told."""
    strange = {id(at.sample) for some in apart.values() for at in some if _is_apart(at)}
    rest = {
        place: [at for at in some if id(at.sample) not in strange] or some
        for place, some in places.items()
        if place not in apart
    }
    return {place: some for place, some in rest.items() if not all(at.is_alike for at in some)}


def _places(samples: Iterable[Sample]) -> dict[str, list[At]]:
    """Return what was seen at every place of some answers."""
    places: dict[str, list[At]] = {}
    for sample in samples:
        if sample.live.is_json and sample.ours.is_json:
            for place, at in _fields(sample, sample.live.value(), sample.ours.value(), "", sample.shown):
                places.setdefault(place, []).append(at)
    return places


def _is_apart(at: At) -> bool:
    """Whether there is another value of the same type on both sides."""
    is_scalar = not isinstance(at.live, list | dict) and at.live is not UNSAID
    return not at.is_alike and is_scalar and _type(at.live) == _type(at.ours)


def _fields(sample: Sample, live: Any, ours: Any, place: str, holder: str) -> Iterator[tuple[str, At]]:
    """Yield every field of two values with its place, the fields inside of those that both sides have included."""
    if isinstance(live, list) and isinstance(ours, list):
        for theirs, own in zip(live, ours, strict=False):
            yield from _fields(sample, theirs, own, f"{place}[]", holder)
    if not (isinstance(live, dict) and isinstance(ours, dict)):
        if not place and type(live) is not type(ours):
            yield "", At(live, ours, False, ours, sample)
        return
    for name in {**ours, **live}:
        here = f"{place}.{name}".removeprefix(".")
        theirs, own = live.get(name, UNSAID), ours.get(name, UNSAID)
        if theirs is UNSAID or own is UNSAID:
            yield here, At(theirs, own, False, ours, sample)
        elif type(theirs) is type(own) and isinstance(own, dict | list) and kind_of_field(name, holder) is None:
            yield from _fields(sample, theirs, own, here, kind_of_word(name))
        else:
            is_alike = sample.comparison.is_alike(name, theirs, own, holder)
            yield here, At(theirs, own, is_alike or (sample.loose and _type(theirs) == _type(own)), ours, sample)


def _explained(place: str, some: list[At]) -> list[Lesson] | None:
    """Return what explains a field wherever it was seen, None if nothing does."""
    seen = len([at for at in some if not at.is_alike])
    if not all(PLACE.fullmatch(name) for name in place.replace("[]", "").split(".") if name):
        return None
    if all(at.live is UNSAID for at in some):
        return [Lesson(drop=place, seen=seen)]
    if any(at.live is UNSAID for at in some):
        return None
    if all(at.ours is not UNSAID for at in some) and (values := _values(place, some)) is not None:
        return values
    full = [at for at in some if at.ours not in ([], {})]
    source, empty = _source(place, full), _values(place, [at for at in some if at not in full])
    if source is not None and empty is not None:
        return [Lesson(at=place, source=source, seen=len([at for at in full if not at.is_alike])), *empty]
    first = some[0].live
    if all(at.ours is UNSAID for at in some) and _is_constant(first) and all(same(at.live, first) for at in some):
        return [Lesson(at=place, value=first, seen=seen)]
    return None


def _source(place: str, some: list[At]) -> str | None:
    """Return what a field comes from in every answer, None if there is no such source."""
    name = place.rsplit(".", 1)[-1]
    sources = _sources(name, some[0]) if some else iter(())
    return next((source for source in sources if all(_leads(source, name, at) for at in some)), None)


def _values(place: str, some: list[At]) -> list[Lesson] | None:
    """Return which value stands in the place of which."""
    found: list[Lesson] = []
    for at in some:
        known = next((lesson for lesson in found if same(lesson.is_, at.ours)), None)
        if at.is_alike:
            if known is not None:
                return None
        elif not _is_word(at.ours) or not _is_constant(at.live) or (known and not same(known.value, at.live)):
            return None
        elif known is None:
            found.append(Lesson(at=place, is_=at.ours, value=at.live))
    alike = [at.ours for at in some if at.is_alike]
    if any(same(lesson.is_, ours) for lesson in found for ours in alike):
        return None
    return [msgspec.structs.replace(lesson, seen=sum(same(at.ours, lesson.is_) for at in some)) for lesson in found]


def _is_constant(value: Any) -> bool:
    """Whether a value may be told as it is: nothing that anybody has written."""
    return _is_word(value) or value in NUMBERS


def _is_word(value: Any) -> bool:
    """Whether a value is one of few: a word of an enumeration, a truth, nothing."""
    if isinstance(value, str):
        return bool(WORD.fullmatch(value))
    return value is None or isinstance(value, bool) or value in ([], {})


def _sources(name: str, at: At) -> Iterator[str]:
    """Yield what a field might come from, the likeliest first."""
    found = [*_within("here", at.here), *_within("path", at.sample.ask.path), *_within("body", at.sample.ask.json)]
    found += list(_within("query", at.sample.ask.query))
    scalars = [source for source, value in found if not isinstance(value, dict | list)]
    lists = [source for source, value in found if isinstance(value, list)]
    whole = [source for source, value in found if isinstance(value, dict | list) and not source.endswith("]")]
    own = [source for source in scalars if source.rsplit(".", 1)[-1] == name]
    yield from own
    if name in ("code", "status", "status_code"):
        yield "status"
    yield from (source for source in scalars if source not in own)
    yield from whole
    yield from (f"first({source})" for source in lists)
    yield from (f"count({source})" for source in lists)


def _within(source: str, value: Any, depth: int = DEEPEST) -> Iterator[tuple[str, Any]]:
    """Yield what is in a value, with the source that leads there."""
    yield source, value
    if depth and isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(name, str) and PLACE.fullmatch(name):
                yield from _within(f"{source}.{name}", inner, depth - 1)
    elif depth and isinstance(value, list) and value:
        yield from _within(f"{source}[0]", value[0], depth - 1)


def _leads(source: str, name: str, at: At) -> bool:
    """Whether a source leads to what the deployment has said."""
    ask = at.sample.ask
    value = value_of(source, at.here, at.sample.live.status, Asked(ask.path, ask.query, ask.json))
    if value is UNSAID:
        return False
    kind = kind_of_field(name, at.sample.shown)
    if kind is not None and isinstance(at.live, int) and isinstance(value, int):
        return _named(source) == kind and at.sample.comparison.pairs.may_match(kind, at.live, value)
    if _named(source) is not None and not isinstance(value, list):
        return False  # an id and a number that are the same by chance
    if at.sample.loose and source.endswith(f".{name}"):
        return _type(value) == _type(at.live)
    if isinstance(value, dict | list) or isinstance(at.live, dict | list):
        return type(value) is type(at.live) and at.sample.comparison.is_alike(name, at.live, value, at.sample.shown)
    return same(at.live, value) and (value not in ("", None) or source.endswith(f".{name}"))


def _named(source: str) -> str | None:
    """Return the kind of thing that a source holds the id of, None if it holds none."""
    *around, name = source.replace("[0]", "").split(".")
    if not around or "(" in source:
        return None
    return kind_of_field(name, "" if around[-1] in ROOTS else kind_of_word(around[-1]))


def _puzzle(some: list[At]) -> str:
    """Say what is there on both sides, by types alone."""
    pairs = dict.fromkeys(f"{_type(at.live)} in the place of {_type(at.ours)}" for at in some if not at.is_alike)
    return f"{', '.join(pairs)}, and nothing explains what"


def _type(value: Any) -> str:
    return "nothing" if value is UNSAID else TYPES.get(type(value), "null")
