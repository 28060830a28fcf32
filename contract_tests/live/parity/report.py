"""Tells what a comparison has found: a line for each operation with its score, then every difference with what the contract knows of it.

Not here: counting (`record`).
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from contract_tests import evidence
from contract_tests.addresses import Operation
from contract_tests.live.parity.record import ERROR, Record, Seen
from contract_tests.model.compare import ASPECTS, STATUS
from contract_tests.target import Target
from mock_server.spec import ledger

PATH = "path"
ERROR_ROW = "error-body"  # of the ledger: what is guessed of the bodies of all errors
WIDEST = 34


class Doubt(msgspec.Struct, frozen=True):
    """What the contract knows of a difference: its grade, where it stands, and the rows of the ledger that tell of it."""

    grade: str
    file: str
    line: int
    rows: tuple[str, ...]


def doubt(target: Target, seen: Seen) -> Doubt:
    """Return what the contract knows of what a difference is about."""
    operation = target.addresses.by_id[seen.operation]
    grade, stands = evidence.graded(target.document, _pointer(target, operation, seen))
    if seen.aspect == STATUS and seen.live == 404 and seen.ours < 300:  # perhaps it is there, only elsewhere
        grade = _path_grade(operation, grade)
    place = evidence.sources(target.api).place(*stands)
    book = ledger.load()
    rows = [row for row in book.rows if row.id == ERROR_ROW] if seen.is_of_errors else book.of(seen.operation)
    return Doubt(grade, place.file, place.line, tuple(row.id for row in rows))


def lines(target: Target, record: Record, where: str) -> Iterator[str]:
    """Yield everything for a terminal."""
    found = list(record.differences())
    yield f"{where}: {record.asked} answers of {len(record.tallies)} operations compared, {_count(found)}, score {record.score:g}"
    yield from _table(record)
    yield from _stories(record)
    for aspect in ASPECTS:
        some = [one for one in found if one.aspect == aspect]
        yield from ("", f"Differences in {aspect}: {len(some)}") if some else ()
        for one in some:
            yield from _told(one, doubt(target, one))
    never = {name: reason for name, reason in sorted(record.out_of_reach.items()) if name not in record.tallies}
    partly = sorted(record.out_of_reach.keys() - never.keys())
    if record.out_of_reach:
        yield from ("", f"Not compared: {len(never) or 'none'}")
        yield from (f"  {reason}: {', '.join(names)}" for reason, names in _by_reason(never).items())
    if partly:
        yield f"Not everywhere in the stories: {', '.join(partly)}"


def as_json(target: Target, record: Record, where: str) -> dict[str, Any]:
    """Return everything as a value for JSON."""
    seen = [{**msgspec.to_builtins(one), **msgspec.to_builtins(doubt(target, one))} for one in record.differences()]
    tallies = {
        name: {"asked": one.asked, "alike": one.alike, "score": one.score}
        for name, one in sorted(record.tallies.items())
    }
    head = {"target": where, "score": record.score, "asked": record.asked, "stories": record.stories}
    stories: dict[str, Any] = {"people": record.people, "took_no_part": record.aside, "left": record.left}
    stories |= {"ended_early": msgspec.to_builtins(record.cuts), "not_told": record.untold}
    return {**head, **stories, "operations": tallies, "differences": seen, "not_compared": record.out_of_reach}


def _table(record: Record) -> Iterator[str]:
    yield ""
    yield f"{'operation':<{WIDEST}} {'asked':>6} {'status':>7} {'shape':>7} {'meaning':>8} {'score':>6}"
    for name, tally in sorted(record.tallies.items(), key=lambda pair: (pair[1].score, pair[0])):
        status, shape, meaning = (tally.alike[aspect] for aspect in ASPECTS)
        yield f"{name:<{WIDEST}} {tally.asked:>6} {status:>7} {shape:>7} {meaning:>8} {tally.score:>6g}"


def _stories(record: Record) -> Iterator[str]:
    """Yield which stories were told, which of them not to their end, and which not at all."""
    if not (record.stories or record.untold):
        return
    yield from ("", f"Stories: {', '.join(record.stories) or 'none'}")
    if len(record.people) > 1:
        yield f"  told by {', '.join(f'{person} ({part})' for part, person in record.people.items())}"
    yield from (f"  {person} took no part: {reason}" for person, reason in record.aside.items())
    for cut in record.cuts:
        lost = f", {cut.lost} step{'s' * (cut.lost > 1)} left out" if cut.lost else ""
        yield f"  {cut.story}: ended early at step {cut.step}, {cut.operation}{lost}: {cut.reason}"
    for name, count in record.left.items():
        yield f"  {count} of what {name} has made {'is' if count == 1 else 'are'} left there"
    yield from (f"  {name}: not told, {reason}" for name, reason in record.untold.items())


def _by_reason(never: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, reason in never.items():
        found.setdefault(reason, []).append(name)
    return found


def _told(seen: Seen, found: Doubt) -> Iterator[str]:
    times = f" ({seen.times} times)" if seen.times > 1 else ""
    where = seen.operation if len(seen.operations) == 1 else f"{len(seen.operations)} operations"
    yield f"  {where}, {seen.place}: {seen.told}{times}"
    rows = f"; ledger: {', '.join(found.rows)}" if found.rows else ""
    yield f"    {found.grade}, {found.file}:{found.line}{rows}"
    yield f"    {seen.request}"


def _count(found: list[Seen]) -> str:
    return "no difference" if not found else f"{len(found)} difference{'s' * (len(found) > 1)}"


def _path_grade(operation: Operation, grade: str) -> str:
    told = operation.node.get("x-evidence", {})
    return "inferred" if told.get(PATH, told.get("grade")) == "inferred" else grade


def _pointer(target: Target, operation: Operation, seen: Seen) -> tuple[str, ...]:
    """Return where in the contract stands what a difference is about."""
    path = next(path for path, item in target.document["paths"].items() if operation.node in item.values())
    begin = ("paths", path, operation.method.lower(), "responses", str(seen.ours))
    if seen.aspect == STATUS:
        return begin
    names = seen.place.removeprefix(ERROR).replace("[]", ".[]").split(".")
    steps = (("items",) if name == "[]" else ("properties", name) for name in names if name)
    return (*begin, "content", "application/json", "schema", *(key for step in steps for key in step))
