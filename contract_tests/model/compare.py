"""Where an answer of the target differs from that of the model, in words: the first place, or all of them.

Tokens are compared as being there, ids as naming the same thing (see `pairs`). How much else has to be alike says `Likeness`.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from contract_tests.model.asks import Answer
from contract_tests.model.pairs import Pairs
from contract_tests.model.places import CURSOR, UUID, kind_of_field, kind_of_word, reference

SECRETS = frozenset({"auth_token", "token", "invitation_link", "access", "refresh", "key"})
NEXT = "next_page_cursor"  # each side makes them as it likes, unless both are the same
GUESSES = frozenset({"score", "metrics", "demoset", "confidence", "progress"})
AGO = frozenset({"created_ago"})  # times in words
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
NUMBER = re.compile(r"\d+")
SHOWN = 60


STATUS, SHAPE, MEANING = "status", "shape", "meaning"
ASPECTS = (STATUS, SHAPE, MEANING)


class Difference(msgspec.Struct, frozen=True):
    """Where two answers differ. `aspect` is one of ASPECTS, `place` where in the answer, `told` what stands there on both sides."""

    aspect: str
    place: str
    told: str

    def __str__(self) -> str:
        return f"{self.place}: {self.told}"


class Likeness(msgspec.Struct, frozen=True):
    """What has to be equal beyond statuses, ids and what was sent: data about a target, not about a check.

    `times` are compared to the millisecond, else as being there; `texts` of errors, and numbers in
    the names that a server makes up (Group 51); `guesses` are scores and progress; `extras` are fields
    that the model does not know and that may be there; `errors` is whether the bodies of errors are compared without their texts.
    """

    times: bool = True
    texts: bool = True
    guesses: bool = True
    extras: bool = False
    errors: bool = True


class Comparison:
    """Compares the answers to one request."""

    def __init__(self, pairs: Pairs, likeness: Likeness, fresh: bool) -> None:
        self.pairs, self.likeness, self.fresh = pairs, likeness, fresh
        self._is_prose = False  # whether texts are those of an error that need not be equal

    def difference(self, shown: str, target: Answer, model: Answer) -> str | None:
        """Return the first difference, or None; `shown` is the kind of what the answers show."""
        found = next(self.differences(shown, target, model), None)
        return None if found is None else str(found)

    def differences(self, shown: str, target: Answer, model: Answer) -> Iterator[Difference]:
        """Yield every difference. Ids that are matched on the way stay matched, as far as the differences are asked for."""
        if target.status != model.status:
            yield Difference(STATUS, "status", f"target {target.status}, model {model.status}")
            if (target.status < 300) != (model.status < 300) or 204 in (target.status, model.status):
                return
        if target.media != model.media:
            told = f"target {target.media or 'none'}, model {model.media or 'none'}"
            yield Difference(SHAPE, "content type", told)
            return
        if not model.is_json:
            yield from self._files(target, model)
            return
        self._is_prose = target.status >= 400 and not self.likeness.texts
        if self.likeness.errors or not self._is_prose:
            yield from self._values(target.value(), model.value(), "", shown)

    def is_alike(self, name: str, target: Any, model: Any, holder: str) -> bool:
        """Whether a field has the same on both sides; `holder` is the kind of what has it."""
        return next(self._field(name, target, model, name, holder), None) is None

    def _files(self, target: Answer, model: Answer) -> Iterator[Difference]:
        if target.body == model.body or "spreadsheet" in model.media:  # which has the time of its making inside
            return
        theirs, ours = target.body.splitlines(), model.body.splitlines()
        for number, (line, other) in enumerate(zip(theirs, ours, strict=False), 1):
            if line != other and self.pairs.alike:
                told = f"target {_short(line.decode('utf-8', 'replace'))}, model {_short(other.decode())}"
                yield Difference(MEANING, f"line {number}", told)
                return
        if len(theirs) != len(ours):
            yield Difference(MEANING, "lines", f"target {len(theirs)}, model {len(ours)}")

    def _values(self, target: Any, model: Any, place: str, holder: str) -> Iterator[Difference]:
        if isinstance(model, dict) and isinstance(target, dict):
            yield from self._maps(target, model, place, holder)
        elif isinstance(model, list) and isinstance(target, list):
            yield from self._lists(target, model, place, holder)
        elif not (_same(target, model) or self._as_good(target, model)):
            yield _told(place, target, model)
            inner = _one_of_many(target, model)
            if inner is not None:
                yield from self._values(*inner, place, holder)

    def _maps(self, target: dict[str, Any], model: dict[str, Any], place: str, holder: str) -> Iterator[Difference]:
        for name, value in model.items():
            here = f"{place}.{name}" if place else name
            if name in target:
                yield from self._field(name, target[name], value, here, holder)
            else:
                yield Difference(SHAPE, here, f"the target has none, model {_short(value)}")
        for name in target if not self.likeness.extras else ():
            if name not in model:
                here = f"{place}.{name}".removeprefix(".")
                yield Difference(SHAPE, here, f"target {_short(target[name])}, the model has none")

    def _field(self, name: str, target: Any, model: Any, place: str, holder: str) -> Iterator[Difference]:
        if name == NEXT and not self.pairs.alike and isinstance(target, str) and isinstance(model, str):
            self.pairs.take(CURSOR, target, model)
            return
        if name in SECRETS and isinstance(model, str):
            if not isinstance(target, str):
                yield Difference(SHAPE, place, f"target {_short(target)}, model a secret")
            return
        if (name in GUESSES and not self.likeness.guesses) or (name in AGO and not self.likeness.times):
            return
        kind = kind_of_field(name, holder) or (None if self.pairs.alike else reference(name, model))
        if kind is not None and _is_id(model):
            yield from self._id(kind, target, model, place)
        elif kind is not None and isinstance(model, list) and isinstance(target, list):
            yield from self._ids(kind, target, model, place)
        else:
            inner = kind_of_word(name) if isinstance(model, dict | list) else holder
            yield from self._values(target, model, place, inner)

    def _id(self, kind: str, target: Any, model: Any, place: str) -> Iterator[Difference]:
        alike = type(target) is type(model) and self.pairs.match(_kind(kind, model), target, model, self.fresh)
        if not alike:
            yield _told(place, target, self.pairs.to_target(_kind(kind, model), model))

    def _ids(self, kind: str, target: list[Any], model: list[Any], place: str) -> Iterator[Difference]:
        if len(target) != len(model):
            yield _counted(place, target, model)
            return
        for at, (theirs, ours) in enumerate(zip(target, model, strict=True)):
            yield from self._id(kind, theirs, ours, f"{place}[{at}]")

    def _lists(self, target: list[Any], model: list[Any], place: str, holder: str) -> Iterator[Difference]:
        if len(target) != len(model) and not self._is_prose:
            yield _counted(place or "body", target, model)
        for at, (theirs, ours) in enumerate(zip(target, model, strict=False)):
            yield from self._values(theirs, ours, f"{place}[{at}]", holder)

    def _as_good(self, target: Any, model: Any) -> bool:
        """Whether two texts that differ say the same: times, where they need not be equal, and ids in the form of a UUID."""
        if not (isinstance(target, str) and isinstance(model, str)):
            return False
        if self._is_prose:
            return True
        if not self.likeness.times and TIME.fullmatch(target) and TIME.fullmatch(model):
            return True
        if UUID.fullmatch(target) and UUID.fullmatch(model):
            return self.pairs.match("uuid", target, model, self.fresh)
        return not self.likeness.texts and NUMBER.sub("#", target) == NUMBER.sub("#", model)


def _same(target: Any, model: Any) -> bool:
    return target == model and isinstance(target, bool) == isinstance(model, bool)


def _is_id(value: Any) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _kind(kind: str, value: Any) -> str:
    return "uuid" if isinstance(value, str) else kind


def _told(place: str, target: Any, model: Any) -> Difference:
    aspect = MEANING if None in (target, model) or _type(target) is _type(model) else SHAPE
    if isinstance(target, str) and isinstance(model, str):
        target, model = _apart(target, model)
    return Difference(aspect, place or "body", f"target {_short(target)}, model {_short(model)}")


def _one_of_many(target: Any, model: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what can be compared all the same where one side has a list and the other one object in its place."""
    target, model = ((side[0] if isinstance(side, list) and side else side) for side in (target, model))
    return (target, model) if isinstance(target, dict) and isinstance(model, dict) and target and model else None


def _type(value: Any) -> type:
    """Return the type of a JSON value; numbers are of one."""
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _counted(place: str, target: list[Any], model: list[Any]) -> Difference:
    return Difference(MEANING, place, f"target has {len(target)} entries, model {len(model)}")


def _apart(target: str, model: str) -> tuple[str, str]:
    """Return two texts from a little before the place where they differ, if that is so far on that it would not be shown."""
    pairs = enumerate(zip(target, model, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(target), len(model)))
    if same < SHOWN // 2:
        return target, model
    start = same - SHOWN // 6
    return f"…{target[start:]}", f"…{model[start:]}"


def _short(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
