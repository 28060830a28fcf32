"""The first place where an answer of the target differs from that of the model, in words.

Tokens are compared as being there, ids as naming the same thing (see `pairs`). How much else has to be alike says `Likeness`.
"""

import re
from typing import Any

import msgspec

from contract_tests.model.asks import Answer
from contract_tests.model.pairs import Pairs
from contract_tests.model.places import UUID, kind_of_field, kind_of_word

SECRETS = frozenset({"auth_token", "token", "invitation_link", "access", "refresh", "key"})
GUESSES = frozenset({"score", "metrics", "demoset", "confidence", "progress"})
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
NUMBER = re.compile(r"\d+")
SHOWN = 60


class Likeness(msgspec.Struct, frozen=True):
    """What has to be equal beyond statuses, ids and what was sent: data about a target, not about a check.

    `times` are compared to the millisecond, else as being there; `texts` of errors, and numbers in
    the names that a server makes up (Group 51); `guesses` are scores and progress; `extras` are fields
    that the model does not know and that may be there.
    """

    times: bool = True
    texts: bool = True
    guesses: bool = True
    extras: bool = False


class Comparison:
    """Compares the answers to one request."""

    def __init__(self, pairs: Pairs, likeness: Likeness, fresh: bool) -> None:
        self.pairs, self.likeness, self.fresh = pairs, likeness, fresh

    def difference(self, shown: str, target: Answer, model: Answer) -> str | None:
        """Return the first difference, or None; `shown` is the kind of what the answers show."""
        if target.status != model.status:
            return f"status: target {target.status}, model {model.status}"
        if target.media != model.media:
            return f"content type: target {target.media or 'none'}, model {model.media or 'none'}"
        if not model.is_json:
            return self._files(target, model)
        if target.status >= 400 and not self.likeness.texts:
            return None
        return self._values(target.value(), model.value(), "", shown)

    def _files(self, target: Answer, model: Answer) -> str | None:
        if target.body == model.body or "spreadsheet" in model.media:  # which has the time of its making inside
            return None
        theirs, ours = target.body.splitlines(), model.body.splitlines()
        for number, (line, other) in enumerate(zip(theirs, ours, strict=False), 1):
            if line != other and self.pairs.alike:
                return (
                    f"line {number}: target {_short(line.decode('utf-8', 'replace'))}, model {_short(other.decode())}"
                )
        return None if len(theirs) == len(ours) else f"lines: target {len(theirs)}, model {len(ours)}"

    def _values(self, target: Any, model: Any, place: str, holder: str) -> str | None:
        if isinstance(model, dict) and isinstance(target, dict):
            return self._maps(target, model, place, holder)
        if isinstance(model, list) and isinstance(target, list):
            return self._lists(target, model, place, holder)
        return None if _same(target, model) or self._as_good(target, model) else _told(place, target, model)

    def _maps(self, target: dict[str, Any], model: dict[str, Any], place: str, holder: str) -> str | None:
        for name, value in model.items():
            here = f"{place}.{name}" if place else name
            if name not in target:
                return f"{here}: the target has none, model {_short(value)}"
            found = self._field(name, target[name], value, here, holder)
            if found is not None:
                return found
        more = None if self.likeness.extras else next((name for name in target if name not in model), None)
        if more is None:
            return None
        return f"{place}.{more}: target {_short(target[more])}, the model has none".removeprefix(".")

    def _field(self, name: str, target: Any, model: Any, place: str, holder: str) -> str | None:
        if name in SECRETS and isinstance(model, str):
            return None if isinstance(target, str) else f"{place}: target {_short(target)}, model a secret"
        if name in GUESSES and not self.likeness.guesses:
            return None
        kind = kind_of_field(name, holder)
        if kind is not None and _is_id(model):
            return self._id(kind, target, model, place)
        if kind is not None and isinstance(model, list) and isinstance(target, list):
            return self._ids(kind, target, model, place)
        return self._values(target, model, place, kind_of_word(name) if isinstance(model, dict | list) else holder)

    def _id(self, kind: str, target: Any, model: Any, place: str) -> str | None:
        if type(target) is type(model) and self.pairs.match(_kind(kind, model), target, model, self.fresh):
            return None
        expected = self.pairs.to_target(_kind(kind, model), model)
        return _told(place, target, expected)

    def _ids(self, kind: str, target: list[Any], model: list[Any], place: str) -> str | None:
        if len(target) != len(model):
            return f"{place}: target has {len(target)} entries, model {len(model)}"
        found = (
            self._id(kind, theirs, ours, f"{place}[{at}]")
            for at, (theirs, ours) in enumerate(zip(target, model, strict=True))
        )
        return next((one for one in found if one is not None), None)

    def _lists(self, target: list[Any], model: list[Any], place: str, holder: str) -> str | None:
        if len(target) != len(model):
            return f"{place or 'body'}: target has {len(target)} entries, model {len(model)}"
        for at, (theirs, ours) in enumerate(zip(target, model, strict=True)):
            found = self._values(theirs, ours, f"{place}[{at}]", holder)
            if found is not None:
                return found
        return None

    def _as_good(self, target: Any, model: Any) -> bool:
        """Whether two texts that differ say the same: times, where they need not be equal, and ids in the form of a UUID."""
        if not (isinstance(target, str) and isinstance(model, str)):
            return False
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


def _told(place: str, target: Any, model: Any) -> str:
    if isinstance(target, str) and isinstance(model, str):
        target, model = _apart(target, model)
    return f"{place or 'body'}: target {_short(target)}, model {_short(model)}"


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
