"""A story: the same requests to the target and to the model, one after the other, until they answer differently.

Not here: which requests these are (`machine`, `contract_tests.scenarios`).
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import requests

from contract_tests.brakes import Stop
from contract_tests.guard import Blocked
from contract_tests.model.asks import FIRST, Answer, Ask, Move, Pause
from contract_tests.model.compare import Comparison, Likeness
from contract_tests.model.oracle import Oracle
from contract_tests.model.pairs import Id, Pairs
from contract_tests.model.places import CURSOR, UUID, Places, kind_of_field, kind_of_word, reference
from contract_tests.target import Person, Target

Lookup = Callable[[str, Id], Id]  # from a kind and an id to what the other side calls the thing
PATIENCE = 120.0  # seconds that a job of a deployment may take
WATCHED = {
    "annotation": ("get_session", "annotation_id"),
    "group": ("get_group", "group_id"),
    "document": ("get_task", "task_id"),
    "project": ("get_task", "task_id"),
    "model": ("get_project_model", "model_id"),
    "analysis": ("get_analysis", "analysis_id"),
}  # what is asked for until a job is over, by the kind of what was answered when it began


class Different(AssertionError):
    """The target and the model have answered differently. `moves` are what led there; the last one is to blame.

    `asked` are the same moves with the ids of the model, in which they can be asked again.
    """

    def __init__(self, told: str, moves: tuple[Move, ...], asked: tuple[Move, ...]) -> None:
        super().__init__(told)
        self.told, self.moves, self.asked = told, moves, asked

    @property
    def ask(self) -> Ask:
        """The request that was answered differently."""
        last = self.moves[-1]
        assert isinstance(last, Ask)
        return last

    @property
    def size(self) -> tuple[int, int]:
        """How many requests and pauses it took; the smaller of two stories is the better one."""
        return sum(isinstance(move, Ask) for move in self.moves), len(self.moves)

    @property
    def key(self) -> tuple[str, str]:
        """What makes two differences the same: the operation and the field, wherever in a list it stands."""
        place = self.told.split(": ", 1)[0]
        return self.ask.operation, "".join(sign for sign in place if not sign.isdigit())


class Sides:
    """The target and the model, and what has to be alike in their answers.

    `people` are those who ask, by name; `known_as` are the Authorization headers by which the model knows them. `cast` says which of
    them is whom in stories written by hand, `given` is what these may name without having made it.
    """

    def __init__(
        self,
        target: Target,
        oracle: Oracle,
        people: Mapping[str, Person],
        known_as: Mapping[str, str | None],
        likeness: Likeness,
        alike: bool,
        cast: Mapping[str, str] | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self.cast, self.given = cast or {name: name for name in people}, given or {}
        self.target, self.oracle, self.people, self.known_as = target, oracle, people, known_as
        self.likeness, self.alike = likeness, alike
        self.places = Places(target.addresses)

    @property
    def is_exact(self) -> bool:
        """Whether equal bytes are what is to be expected."""
        return self.alike and self.likeness == Likeness()

    def begin(self) -> "Story":
        """Begin a story: the model goes back to its beginning, and the target if it began alike."""
        self.oracle.reset()
        if self.alike:
            self.target.reset()
        return Story(self)


class Story:
    """What was asked since the beginning, and which ids of both sides belong together.

    `mark` is what names have at their end that must not meet those of other stories: nothing where each story begins anew.
    """

    mark = ""

    def __init__(self, sides: Sides) -> None:
        self.sides, self.pairs = sides, Pairs(sides.alike)
        self.moves: list[Move] = []
        self.asked: list[Move] = []
        self.kept_back = ""  # why the guard did, the last time
        self._equal: list[tuple[str, Answer]] = []  # answers whose ids need no matching as long as all is equal

    def ask(self, ask: Ask) -> Answer | None:
        """Ask both sides and return the model's answer; None if the target may not be asked that. Raises Different."""
        sent = self._to_target(ask)
        try:
            target = self._send(sent)
        except Blocked as blocked:
            self.kept_back = blocked.reason or ""
            return None
        self.moves.append(sent)
        self.asked.append(ask)
        model = self.sides.oracle.answer(ask, self.sides.known_as.get(ask.person) if ask.person else None)
        self._compare(ask, target, model)
        if not (self.sides.alike and self.sides.target.can_advance):
            self._wait_for_jobs(ask, model)
        return model

    def pause(self, seconds: float) -> None:
        """Let time pass on both sides; where the target's clock cannot be moved, nothing happens."""
        if self.sides.target.can_advance:
            self.sides.target.advance(seconds)
            self.sides.oracle.advance(seconds)
            self.moves.append(Pause(seconds))
            self.asked.append(Pause(seconds))

    def end(self) -> None:
        """End the story: where there is no going back, delete the projects that it made."""
        if self.sides.target.can_reset and self.sides.alike:
            return
        for project in self.sides.oracle.tx().rows(self.sides.oracle.tables["Project"]):
            if self.pairs.has("project", project.id):
                path = {"project_id": self.pairs.to_target("project", project.id)}
                with suppress(Blocked, Stop):
                    self._send(Ask(operation="delete_project", person=FIRST, path=path))

    def _send(self, ask: Ask) -> Answer:
        places, target = self.sides.places, self.sides.target
        answer = target.send(
            places.method(ask.operation),
            (places.path(ask.operation), ask.path),
            person=self.sides.people[ask.person] if ask.person else None,
            query=ask.texts or None,
            json=ask.json,
            files=ask.parts or None,
        )
        return _answer(answer)

    def _compare(self, ask: Ask, target: Answer, model: Answer) -> None:
        shown = self.sides.places.of_answer(ask.operation)
        if self.sides.is_exact and target == model:
            self._equal.append((shown, model))
            return
        for before, answer in self._equal:
            Comparison(self.pairs, self.sides.likeness, True).difference(before, answer, answer)
        self._equal.clear()
        fresh = self.sides.places.method(ask.operation) != "GET"
        told = Comparison(self.pairs, self.sides.likeness, fresh).difference(shown, target, model)
        if told is not None:
            raise Different(told, tuple(self.moves), tuple(self.asked))

    def _wait_for_jobs(self, ask: Ask, model: Answer) -> None:
        """Let the jobs of the model end at once, and ask the target until what was begun looks the same."""
        again = self._begun(ask, model)
        if again is not None:
            self._ask_until_alike(again)

    def _begun(self, ask: Ask, model: Answer) -> Ask | None:
        """Let the jobs of the model end, and return what is asked to see how one that a request has begun goes on."""
        seconds = self.sides.oracle.waits_for
        if not seconds or model.status >= 300:
            return None
        self.sides.oracle.advance(seconds + 1)
        if self.sides.target.can_advance:
            self.sides.target.advance(seconds + 1)
        watched, value = WATCHED.get(self.sides.places.of_answer(ask.operation)), model.value()
        if watched is None or not isinstance(value, dict):
            return None
        subject = value.get("task_id", value.get("id"))
        return Ask(operation=watched[0], person=ask.person, path={**ask.path, watched[1]: subject})

    def _ask_until_alike(self, ask: Ask) -> None:
        began, pause, known = time.monotonic(), 0.05, len(self.moves)
        while True:
            try:
                self.ask(ask)
                return
            except Different:
                if time.monotonic() - began > PATIENCE:
                    raise
                del self.moves[known:], self.asked[known:]
            time.sleep(pause)
            pause = min(pause * 2, 5.0)

    def _to_target(self, ask: Ask) -> Ask:
        """Return the request with the ids that the target has."""
        return self._with_ids(ask, self.pairs.to_target) if self.pairs.differ else ask

    def _with_ids(self, ask: Ask, lookup: Lookup) -> Ask:
        """Return the request with the ids of one side in place of those of the other."""
        path = {
            name: _id(self.sides.places.of_parameter(ask.operation, name), value, lookup)
            for name, value in ask.path.items()
        }
        holder = self.sides.places.of_answer(ask.operation)
        query, body = _ids(ask.query, holder, lookup), _ids(ask.json, holder, lookup)
        return Ask(
            operation=ask.operation, person=ask.person, path=path, query=query, json=body, form=ask.form, file=ask.file
        )


def _ids(value: Any, holder: str, lookup: Lookup) -> Any:
    if isinstance(value, list):
        return [_ids(one, holder, lookup) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _field(name, one, holder, lookup) for name, one in value.items()}


def _field(name: str, value: Any, holder: str, lookup: Lookup) -> Any:
    if name == CURSOR and isinstance(value, str):
        return lookup(CURSOR, value)
    kind = kind_of_field(name, holder) or reference(name, value)
    if kind is not None and isinstance(value, list):
        return [_id(kind, one, lookup) for one in value]
    return _ids(value, kind_of_word(name), lookup) if isinstance(value, dict | list) else _id(kind, value, lookup)


def _id(kind: str | None, value: Any, lookup: Lookup) -> Any:
    if isinstance(value, str) and UUID.fullmatch(value):
        return lookup("uuid", value)
    if kind is None or not isinstance(value, int):
        return value
    return lookup(kind, value)


def _answer(answer: requests.Response) -> Answer:
    media = answer.headers.get("content-type", "").split(";")[0].strip()
    return Answer(answer.status_code, media, answer.content or b"")
