"""`studio-mock parity`: from arguments to a comparison, and from that to an exit code. Every way to fail ends in one line.

Not here: the arguments themselves (`arguments`).
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from contract_tests import cleanup, deployments, home
from contract_tests.accounts import Unusable
from contract_tests.brakes import Stop
from contract_tests.cli import failed, terminated_as_interrupted
from contract_tests.evidence import Observed
from contract_tests.live.parity import report, snapshots
from contract_tests.live.parity.comparing import Compared
from contract_tests.live.parity.moving import move
from contract_tests.live.parity.opening import cast_of
from contract_tests.live.parity.reads import read_all, read_plain
from contract_tests.live.parity.record import Record
from contract_tests.live.parity.snapshots import NoSnapshot
from contract_tests.live.parity.stories import operations_of, play_all
from contract_tests.target import Target
from mock_server.contract import ContractError

LABEL_STUDIO = "label_studio"


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say and return the exit code: 0 no difference, 1 differences, 2 could not be done."""
    try:
        with terminated_as_interrupted():
            return _verify(args) if args.verify else _compare(args)
    except (Unusable, NoSnapshot, ContractError, ValueError, Stop) as problem:
        return failed(str(problem))
    except OSError as problem:
        return failed(f"{problem.filename or 'a file'} cannot be written or read: {problem.strerror or problem}")
    except KeyboardInterrupt:
        return failed("Interrupted")


def _verify(args: argparse.Namespace) -> int:
    if args.url or args.store or args.write_evidence:
        raise Unusable(
            "--verify compares with what was kept before: --url, --store and --write-evidence ask a deployment"
        )
    snapshot = snapshots.read(args.verify)
    target = Target.at(snapshot.target, snapshot.api)
    sides = snapshots.verified(snapshot, operations_of(target, args.tags, args.operations), target)
    return _tell(args, target, sides.record, f"{snapshot.target} as of {snapshot.taken}")


def _compare(args: argparse.Namespace) -> int:
    if not args.url:
        raise Unusable("--url says which deployment is compared; --verify FILE needs none")
    if args.store and args.writes in (None, "none"):
        raise Unusable("--store keeps stories, and stories write: it needs --writes own")
    if args.task is not None and args.api != LABEL_STUDIO:
        raise Unusable(f"--task lends a task of {LABEL_STUDIO}; stories of {args.api} make what they need themselves")
    target = deployments.of_arguments(args, args.api)
    with deployments.closing(target):
        move(target, args.path)
        chosen = operations_of(target, args.tags, args.operations)
        with _observed(args, target) as observed:
            record, left = (_stories if target.writes != "none" else _reads)(args, target, chosen, observed)
        code = _tell(args, target, record, target.base_url)
    for line in (*([record.stopped] if record.stopped else ()), *left):
        failed(line)
    return 2 if left or record.stopped else code


@contextmanager
def _observed(args: argparse.Namespace, target: Target) -> Iterator[Observed | None]:
    """Write down what is observed while the block lasts, if that was asked for."""
    if args.write_evidence is None:
        yield None
        return
    observed = Observed(args.write_evidence, date.today())
    observed.started(target)
    with target.wire.listening(observed.exchange):
        yield observed
    observed.write()


@contextmanager
def _ending_early(record: Record) -> Iterator[None]:
    """Let the end of a run come early, with what was found until then."""
    try:
        yield
    except Stop as stop:
        record.stopped = None if stop.spent else str(stop)


def _reads(
    args: argparse.Namespace, target: Target, chosen: frozenset[str], observed: Observed | None
) -> tuple[Record, list[str]]:
    record = Record()
    with _ending_early(record):
        read_all(target, chosen, record, {"task": str(args.task)} if args.task is not None else {})
    return record, []


def _stories(
    args: argparse.Namespace, target: Target, chosen: frozenset[str], observed: Observed | None
) -> tuple[Record, list[str]]:
    """Play the stories, delete what they have left, and return what was found and what could not be deleted."""
    if not target.people:
        raise Unusable("Stories are told by somebody: --email, --token or --credentials is missing")
    if target.writes == "own":
        target.wire.guard.lasting = home.lasting(target)
    cast = cast_of(target, args.task)
    sides = Compared(target, cast.people, cast.opening, chosen, args.patience)
    sides.record.people = {name: person.name for name, person in cast.people.items()}
    sides.record.aside = cast.aside
    if observed is not None:
        observed.teaching = sides.teaching
    try:
        with _ending_early(sides.record):
            play_all(sides, args.seed, args.stories, args.steps)
            read_plain(target, chosen - sides.record.tallies.keys(), sides.record, sides.teach)
            _say_what_is_left(target, chosen, sides.record)
    finally:
        left = cleanup.clean(target) if target.writes == "own" else []
    if args.store:
        snapshots.store(args.store, sides, args.seed, date.today())
    return sides.record, left


def _say_what_is_left(target: Target, chosen: frozenset[str], record: Record) -> None:
    """Take note of every operation that neither a story nor reading has spoken of."""
    for name in sorted(chosen - record.tallies.keys() - record.out_of_reach.keys()):
        record.miss(name, target.wire.guard.may(target.addresses.by_id[name]) or "no story speaks of it")


def _tell(args: argparse.Namespace, target: Target, record: Record, where: str) -> int:
    if not record.tallies:
        why = record.stopped or next(iter(record.out_of_reach.values()), "no story fits")
        raise Unusable(f"Nothing of {where} could be compared: {why}")
    if args.json:
        print(json.dumps(report.as_json(target, record, where), indent=1, ensure_ascii=False))
    else:
        print("\n".join(report.lines(target, record, where)))
    return 1 if record.seen else 0
