"""`studio-mock check`: from arguments to targets and plans, and from outcomes to an exit code. Every way to fail ends in one line.

Not here: the arguments themselves (`arguments`), the run (`check`), what is printed (`reports`).
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from contract_tests import accepted as baselines
from contract_tests import cleanup, created, deployments, dry_run, reports
from contract_tests.accepted import Accepted
from contract_tests.accounts import Unusable
from contract_tests.brakes import Stop
from contract_tests.check import Outcome, check
from contract_tests.evidence import Observed
from contract_tests.observer import Observer, Observers
from contract_tests.plan import Plan, selected, shared
from contract_tests.reports.sarif import Annotations
from contract_tests.reports.terminal import Terminal
from contract_tests.reports.told import Seen
from contract_tests.target import Target
from mock_server.app import Settings, create_app
from mock_server.contract import ContractError
from mock_server.seed import SeedError, frozen_clock, starting_world

ALL = ("studio", "label_studio", "blue_guardrails")


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say and return the exit code: 0 nothing found, 1 violations, 2 could not be done."""
    try:
        with terminated_as_interrupted():
            return _cleanup(args) if args.cleanup else _dry_run(args) if args.dry_run else _check(args)
    except (Unusable, ContractError, SeedError, ValueError, Stop) as problem:
        return failed(str(problem))
    except OSError as problem:
        return failed(f"{problem.filename or 'a file'} cannot be written or read: {problem.strerror or problem}")
    except KeyboardInterrupt:
        return failed("Interrupted")


def failed(message: str) -> int:
    """Say in one line why something could not be done, and return 2."""
    print(f"studio-mock: {' '.join(message.split())}", file=sys.stderr)
    return 2


def _check(args: argparse.Namespace) -> int:
    observer = _observers(args)
    accepted = _accepted(args)
    codes = []
    for target in _targets(args):
        with deployments.closing(target):
            outcome = check(target, plan_of(args, target), observer, accepted, args.require_coverage)
        if args.accept:
            baselines.write(args.baseline, list(outcome.findings))
        for trouble in (*(f"could not be tested: {what}" for what in outcome.troubles), *outcome.left):
            failed(trouble)
        codes.append(_code(args, outcome))
    return max(codes)


def _accepted(args: argparse.Namespace) -> Accepted:
    """Return what the baseline accepts. Raises ValueError for one that there is not, unless it is to be made."""
    if args.baseline is None:
        if args.accept:
            raise ValueError("--accept adds to a baseline: --baseline FILE is missing")
        return Accepted()
    if not args.baseline.exists() and not args.accept:
        raise ValueError(f"there is no baseline {args.baseline}; --accept makes it of what is found")
    return baselines.read(args.baseline)


def _code(args: argparse.Namespace, outcome: Outcome) -> int:
    return 0 if args.accept and outcome.exit_code == 1 else outcome.exit_code


def _dry_run(args: argparse.Namespace) -> int:
    for target in _targets(args, ask=False):
        with deployments.closing(target):
            print("\n".join(dry_run.lines(target, plan_of(args, target))))
    return 0


def _cleanup(args: argparse.Namespace) -> int:
    """Delete what an earlier run has left."""
    head = created.head_of(args.cleanup)
    url = args.url or head.get("url")
    if not url or url != head.get("url", url):
        raise Unusable(
            f"{args.cleanup} is of a run against {head.get('url') or 'no URL'}; give the same --url, or none"
        )
    args.url, args.writes, args.api = url, "own", (head.get("api", "studio"),)
    target = deployments.of_arguments(args, args.api[0], ledger=args.cleanup)
    with deployments.closing(target):
        left = cleanup.clean(target)
        deployments.settle_ledger(target, left)
    print("\n".join(left) or f"Nothing is left; {args.cleanup} is deleted")
    return 2 if left else 0


def _targets(args: argparse.Namespace, ask: bool = True) -> Iterator[Target]:
    if args.url is not None:
        names = args.api or ("studio",)
        if len(names) != 1:
            raise Unusable("A deployment behind a URL has one API: give one name with --api")
        yield deployments.of_arguments(args, names[0], ask=ask)
        return
    if args.stand_in or args.token or args.email or args.credentials or args.second_user or args.i_own_this_deployment:
        raise Unusable("Credentials, --stand-in and --i-own-this-deployment are for a deployment: --url is missing")
    for name in args.api or ALL:
        world = starting_world(args.world, seed=args.seed, clock=frozen_clock(args.world))
        target = Target.of_app(create_app(world, Settings(apis=(name,))), name, args.writes or "all")
        target.wire.brakes.limits = deployments.limits(args, target.wire.brakes.limits)
        yield target


def plan_of(args: argparse.Namespace, target: Target, phases: tuple[str, ...] | None = None) -> Plan:
    """Return the plan that the arguments ask for. Raises ValueError for tags and operations that there are not."""
    chosen = selected(target.addresses, args.tags, args.operations)
    return Plan(
        operations=tuple(shared(chosen, args.shard)),
        phases=phases or args.phases,
        max_examples=args.max_examples,
        seed=args.seed,
        shard=args.shard,
    )


def _observers(args: argparse.Namespace) -> Observer:
    """Return what prints and writes reports."""
    seen = Seen()  # has to be told first
    found: list[Observer] = [seen, Terminal(seen, quiet=args.quiet)]
    if args.report is not None:
        found += reports.files(args.report, seen)
    if args.write_evidence is not None:
        found.append(Observed(args.write_evidence, date.today()))
    if os.environ.get("GITHUB_ACTIONS"):
        found.append(Annotations())
    return Observers(*found)


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Let a termination end a run as Ctrl-C does, with everything cleaned up, for as long as the block lasts."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not the main thread, which signals do not reach
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
