"""A story that does not end at a difference: it takes note, keeps both sides in step as far as that can be done, and goes on.

Not here: which requests a story has (`stories`).
"""

import time
from collections.abc import Mapping
from contextlib import suppress

import msgspec
import requests

from contract_tests import kinds
from contract_tests.accounts import Unusable
from contract_tests.brakes import Stop
from contract_tests.guard import Blocked
from contract_tests.live.parity.lessons import Sample, Teaching
from contract_tests.live.parity.opening import OTHERWISE, stamp
from contract_tests.live.parity.record import Cut, Record
from contract_tests.model import curl
from contract_tests.model.asks import FIRST, Answer, Ask
from contract_tests.model.beginnings import Begun, Opening, blue_guardrails, label_studio, studio
from contract_tests.model.compare import Comparison, Difference, Likeness
from contract_tests.model.oracle import Oracle
from contract_tests.model.pairs import Pairs
from contract_tests.model.places import UUID
from contract_tests.model.story import Sides, Story
from contract_tests.target import Person, Target
from mock_server import redact

LIKENESS = Likeness(times=False, texts=False, guesses=False)
BEGIN = {"studio": studio.begin, "label_studio": label_studio.begin, "blue_guardrails": blue_guardrails.begin}
MAKING: dict[str, tuple[str | None, str]] = {
    "create_project": ("delete_project", "project_id"),
    "create_annotation": ("delete_annotation", "id"),
    "create_labeling_project": (None, ""),
}  # what makes things that lie in nothing else, and what deletes them
CHANGING = ("PUT", "PATCH", "DELETE")
WAS_THERE = "it was there before, and no story touches it"
NO_ANSWER = "the deployment has not answered"


class Said(msgspec.Struct, frozen=True):
    """A request as the deployment was sent it, and its answer."""

    ask: Ask
    answer: Answer


class Tape(msgspec.Struct):
    """What was said in a story."""

    name: str
    said: list[Said] = []


class Compared(Sides):
    """Both sides of a comparison of some operations: the people at the deployment, and the same in a stand-in that begins with what is
    known of it (`opening`), and nothing else.

    `tapes` has what the deployment said, story by story; `patience` is how many seconds a job may take there.
    """

    def __init__(
        self,
        target: Target,
        people: Mapping[str, Person],
        opening: Opening,
        operations: frozenset[str],
        patience: float,
    ) -> None:
        oracle = Oracle(target.api)
        begun = _begun(oracle, target.api, opening)
        super().__init__(target, oracle, people, begun.known_as, LIKENESS, alike=False, given=begun.given)
        self.same, self.opening, self.stamp = begun.same, opening, stamp()
        self.record, self.operations, self.patience = Record(), operations, patience
        self.tapes: list[Tape] = []
        self._by_chance = 0
        self.teaching = Teaching()
        for one in opening.read:
            if one.operation in MAKING:
                self.left(one.operation)

    def teach(self, operation: str, answer: requests.Response) -> None:
        """Let the shape of an answer be compared with that of the stand-in, which has other things."""
        ask, shown = Ask(operation=operation, person=FIRST), self.places.of_answer(operation)
        ours = self.oracle.answer(ask, self.known_as.get(FIRST))
        live = Answer(answer.status_code, answer.headers.get("content-type", "").split(";")[0], answer.content)
        comparison = Comparison(Pairs(alike=False), LIKENESS, fresh=True)
        self.teaching.add(Sample(ask, live, ours, comparison, shown, loose=True))

    def left(self, operation: str) -> None:
        """Take note that something is left there, unless the ledger of the run knows of it."""
        if self.target.writes == "all":
            self.record.left[operation] = self.record.left.get(operation, 0) + 1

    def begin(self, name: str = "") -> "Comparing":
        """Begin a story; one without a name is made by chance."""
        self.oracle.reset()
        self._by_chance += not name
        return Comparing(self, name or f"made by chance, number {self._by_chance}", is_by_chance=not name)


class Comparing(Story):
    """One story. `is_over` once the deployment has done what the stand-in has not: what comes after would say nothing."""

    sides: Compared

    def __init__(self, sides: Compared, name: str, is_by_chance: bool = False) -> None:
        super().__init__(sides)
        self.name, self.is_by_chance = name, is_by_chance
        self.mark = f"-{sides.stamp}-{len(sides.tapes) + 1}"
        self.is_over = False
        self.why = ""  # of the last request that led to nothing
        self.tape = Tape(name)
        self._shown: set[tuple[str, str]] = set()  # what the stand-in has shown of itself
        for kind, told in sides.same:
            self.pairs.match(kind, told, told, fresh=True)
        sides.tapes.append(self.tape)

    def end(self) -> None:
        """End the story, and say so if it came to its end early."""
        if self.is_over and self.is_by_chance:
            asked = self.tape.said[-1].ask.operation if self.tape.said else ""
            self.sides.record.cuts.append(Cut(self.name, len(self.tape.said), asked, self.why))
        for said in self.tape.said:
            operation = said.ask.operation
            if operation in MAKING and said.answer.status < 300 and not self._undone(said, *MAKING[operation]):
                self.sides.left(operation)

    def _undone(self, said: Said, deleting: str | None, parameter: str) -> bool:
        """Delete what a request has made, unless the story has done so; as whoever made it, if the first person may not."""
        if deleting is None:
            return False
        value = said.answer.value()
        told = value.get("id") if isinstance(value, dict) else None
        if any(_has_deleted(one, deleting, parameter, told) for one in self.tape.said):
            return True
        for person in dict.fromkeys((FIRST, said.ask.person)) if told is not None else ():
            with suppress(Blocked, Stop, requests.RequestException):
                if self._send(Ask(operation=deleting, person=person, path={parameter: told})).status < 300:
                    return True
        return False

    def ask(self, ask: Ask) -> Answer | None:
        """Ask both sides, and return the stand-in's answer if the deployment has agreed to it or both have refused."""
        if self.is_over:
            return None
        unknown = self._never_shown(ask)
        if unknown is not None:
            self._nothing(ask, f"the deployment has not shown the id of a {unknown}")
            return None
        if self._was_there(ask):
            self._nothing(ask, WAS_THERE)
            return None
        sent = self._to_target(ask)
        try:
            live = self._send(sent)
        except Blocked as blocked:
            self._nothing(ask, str(blocked.reason))
            return None
        except requests.RequestException:
            self.is_over = True
            self._nothing(ask, NO_ANSWER)
            return None
        self.tape.said.append(Said(sent, live))
        return self.compared(ask, sent, live)

    def compared(self, ask: Ask, sent: Ask, live: Answer) -> Answer | None:
        """Ask the stand-in as well, compare, and bring both sides in step again."""
        sandbox = self.sides.oracle.sandbox
        before = sandbox.world
        ours = self.sides.oracle.answer(ask, self.sides.known_as.get(ask.person) if ask.person else None)
        shown, fresh = self.sides.places.of_answer(ask.operation), self.sides.places.method(ask.operation) != "GET"
        comparison = Comparison(self.pairs, LIKENESS, fresh)
        found = list(comparison.differences(shown, live, ours))
        hide = redact.hider(live.value() if live.is_json else None)
        told = [msgspec.structs.replace(one, told=hide(one.told)) for one in found]
        self._count(sent, (live.status, ours.status), told)
        if sent.operation in self.sides.operations:
            self.sides.teaching.add(Sample(ask, live, ours, comparison, shown))
        if (live.status < 300) != (ours.status < 300):
            self.is_over = fresh and live.status < 300
            sandbox.stand(before, sandbox.mode)  # as if it had never been asked
            self.why = f"the deployment answers {live.status}, the stand-in {ours.status}"
            return None
        self._shown |= set(kinds.in_value(ours.value(), shown)) if ours.is_json else set()
        self._wait_for_jobs(ask, ours)
        return ours

    def _nothing(self, ask: Ask, why: str) -> None:
        """Take note of why a request could not be made."""
        self.why = why
        self.sides.record.miss(ask.operation, why)

    def _count(self, sent: Ask, statuses: tuple[int, int], found: list[Difference]) -> None:
        if sent.operation in self.sides.operations:
            line = curl.lines([sent], self.sides.places, self.sides.people)[0]
            self.sides.record.add(sent.operation, statuses, found, line)

    def _never_shown(self, ask: Ask) -> str | None:
        """Return the kind of something that only the stand-in has shown the id of, and that the request names."""
        holder = self.sides.places.of_answer(ask.operation)
        of_path = {name: self.sides.places.of_parameter(ask.operation, name) for name in ask.path}
        named = [(kind, str(ask.path[name])) for name, kind in of_path.items() if kind is not None]
        for kind, told in (*named, *kinds.in_value(ask.query, holder), *kinds.in_value(ask.json, holder)):
            if (kind, told) in self._shown and not self._is_known(kind, told):
                return kind
        return None

    def _was_there(self, ask: Ask) -> bool:
        """Whether a request would change or delete something that the deployment had before: no story may, or the next begins otherwise."""
        path = ((self.sides.places.of_parameter(ask.operation, name), told) for name, told in ask.path.items())
        return self.sides.places.method(ask.operation) in CHANGING and any(key in self.sides.same for key in path)

    def _is_known(self, kind: str, told: str) -> bool:
        if UUID.fullmatch(told):
            return self.pairs.has("uuid", told)
        return self.pairs.has(kind, int(told) if told.isdecimal() else told)

    def _ask_until_alike(self, ask: Ask) -> None:
        """Ask until the job is where it is in the stand-in, or patience has run out; only the last answer counts."""
        if self._never_shown(ask) is None:
            with suppress(requests.RequestException):
                self._wait_for(ask, time.monotonic() + self.sides.patience)
        if ask.operation in self.sides.operations:
            self.ask(ask)

    def _wait_for(self, ask: Ask, until: float) -> None:
        final, sent, pause = (
            _state(self.sides.oracle.answer(ask, self.sides.known_as[ask.person or FIRST])),
            self._to_target(ask),
            0.05,
        )
        while _state(self._send(sent)) not in (final, None) and time.monotonic() < until:
            time.sleep(pause)
            pause = min(pause * 2, 5.0)


def _begun(oracle: Oracle, api: str, opening: Opening) -> Begun:
    """Let the stand-in begin with what was read of a deployment. Raises Unusable."""
    try:
        return BEGIN[api](oracle, opening)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
        raise Unusable(OTHERWISE.format(f"{type(problem).__name__}: {problem}")) from None


def _has_deleted(said: Said, deleting: str, parameter: str, told: object) -> bool:
    return said.ask.operation == deleting and said.ask.path[parameter] == told and said.answer.status < 300


def _state(answer: Answer) -> object:
    value = answer.value() if answer.status < 300 else None
    return value.get("status") if isinstance(value, dict) else None
