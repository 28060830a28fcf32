"""What a deployment said, in a file: the requests and answers of every story, secrets hidden, to be compared again without access.

Not here: comparing (`comparing`).
"""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from contract_tests.live.parity.comparing import Compared, Comparing, Said
from contract_tests.live.parity.record import Cut
from contract_tests.model.asks import Answer, Ask
from contract_tests.model.beginnings import Opening, Read
from contract_tests.target import Person, Target
from mock_server import redact

FORMAT = "studio-mock parity 2"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A request and its answer as they are stored: `body` is a JSON value, or a text."""

    ask: Ask
    status: int
    media: str
    body: Any = None


class Kept(msgspec.Struct, frozen=True):
    """A story: its name, and what was said in it."""

    name: str
    said: list[Told]


class Snapshot(msgspec.Struct, kw_only=True):
    """A run: against what and when, with which seed, who asked and what was there before, and what was said, story by story."""

    format: str = FORMAT
    api: str
    target: str
    taken: str
    seed: int
    opening: Opening
    stories: list[Kept]


class _Head(msgspec.Struct):
    """What every version of the format begins with."""

    format: str


class NoSnapshot(Exception):
    """A file is none of ours; the message is one line."""


def store(path: Path, sides: Compared, seed: int, today: date) -> None:
    """Write what was said. Raises OSError."""
    told = [Kept(tape.name, [_hidden(said) for said in tape.said]) for tape in sides.tapes if tape.said]
    target = sides.target
    made = Snapshot(
        api=target.api,
        target=target.base_url,
        taken=today.isoformat(),
        seed=seed,
        opening=_without_secrets(sides.opening),
        stories=told,
    )
    path.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")


def read(path: Path) -> Snapshot:
    """Return what was written. Raises OSError, NoSnapshot."""
    content = path.read_bytes()
    try:
        head = msgspec.json.decode(content, type=_Head)
        if head.format != FORMAT:
            raise NoSnapshot(f"{path} has the format {head.format!r}; this version reads {FORMAT!r}")
        return msgspec.json.decode(content, type=Snapshot)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise NoSnapshot(f"{path} is no snapshot of `studio-mock parity --store`: {problem}") from None


def verified(snapshot: Snapshot, operations: frozenset[str], target: Target) -> Compared:
    """Compare what was said with what the stand-in says now. `target` gives the operations; it is sent nothing."""
    people = {one.name: Person("whoever it was", {}) for one in snapshot.opening.people}
    sides = Compared(target, people, snapshot.opening, operations, patience=0)
    known = set(sides.places)
    for story in snapshot.stories:
        sides.oracle.reset()
        sides.record.stories.append(story.name)
        _Retold(sides, story.name).tell([told for told in story.said if told.ask.operation in known])
    return sides


class _Retold(Comparing):
    """A story that the deployment has told before."""

    def tell(self, tape: list[Told]) -> None:
        """Ask the stand-in alone, in its ids, what the deployment was asked then."""
        for number, told in enumerate(tape, 1):
            self.compared(self._with_ids(told.ask, self.pairs.to_model), told.ask, _answer(told))
            if self.is_over and (left := len(tape) - number):
                self.sides.record.cuts.append(Cut(self.name, number, told.ask.operation, self.why, left))
                break

    def _ask_until_alike(self, ask: Ask) -> None:
        """Wait for nothing: what was asked then comes from the file."""


def _without_secrets(opening: Opening) -> Opening:
    """Return an opening without what a snapshot need not know of people, and without secrets."""
    people = tuple(msgspec.structs.replace(one, email=None) for one in opening.people)
    read = tuple(Read(one.person, one.operation, redact.value(one.value)) for one in opening.read)
    return msgspec.structs.replace(opening, people=people, read=read)


def _hidden(said: Said) -> Told:
    answer = said.answer
    body = redact.value(answer.value()) if answer.is_json else redact.line(redact.text(answer.body))
    ask = msgspec.structs.replace(said.ask, json=redact.value(said.ask.json), form=redact.value(said.ask.form))
    return Told(ask=ask, status=answer.status, media=answer.media, body=body)


def _answer(told: Told) -> Answer:
    body = msgspec.json.encode(told.body) if told.media.endswith("json") else str(told.body or "").encode()
    return Answer(told.status, told.media, body)
