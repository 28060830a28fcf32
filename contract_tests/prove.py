"""`make prove`: the suite against every planted defect, and against the healthy stand-in, where it must find nothing.

A run stops at the first violation that the healthy stand-in does not have. Its phases come in one order for all defects, the cheapest
first; nothing here knows what a defect is like. Not here: the defects (`defects`), and the suite (`check`).
"""

import argparse
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from multiprocessing.pool import Pool
from pathlib import Path

import msgspec

from contract_tests.brakes import Stop
from contract_tests.check import check
from contract_tests.defects.catalogue import Defect, catalogue
from contract_tests.findings import Violation
from contract_tests.observer import Observer
from contract_tests.plan import PHASES, Plan, selected
from contract_tests.target import Target
from mock_server.app import APIS, App, Settings, create_app
from mock_server.seed import frozen_clock, starting_world
from mock_server.world import World

WORLD = "demo"
CHEAPEST_FIRST = ("laws", "roles", "statuses", "examples", "model", "coverage", "fuzzing", "stateful")
EXAMPLES = 5  # for each operation; a defect that needs more says how many
SEEDS = 5  # against the healthy stand-in
DEFECTS_EACH = 20  # how many a process takes on: what the libraries remember of each would fill it
Key = tuple[str, str | None, str]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one defect: the violation that gave it away, None if none did, and how many requests that took."""

    name: str
    family: str
    api: str
    long: int
    violation: Violation | None
    requests: int
    seconds: float


class FirstNew(Observer):
    """Ends a run at the first violation that is not known."""

    def __init__(self, target: Target, known: frozenset[Key]) -> None:
        self.target, self.known = target, known
        self.found: Violation | None = None

    def violation(self, violation: Violation) -> None:
        if self.found is None and violation.key not in self.known:
            self.found = violation
            self.target.wire.brakes.stopped = Stop("a violation was found", spent=True)
            raise self.target.wire.brakes.stopped


def prove(defect: Defect, seed: int, phases: Sequence[str], known: frozenset[Key] = frozenset()) -> Proof:
    """Run the suite against a defect, phase by phase, until something is found that is not known."""
    began, requests, found = time.perf_counter(), 0, None
    for phase in phases:
        app, examples = defect.app(world()), defect.long or EXAMPLES
        found, sent = _first_new(app, defect.api, phase, seed, examples, known)
        requests += sent
        if found is not None:
            break
    return Proof(
        name=defect.name,
        family=defect.family,
        api=defect.api,
        long=defect.long,
        violation=found,
        requests=requests,
        seconds=time.perf_counter() - began,
    )


def healthy(api: str, seed: int, phases: Sequence[str] = PHASES) -> list[str]:
    """Return what the suite says of the stand-in as it is, a line each: false alarms, and what it could not test."""
    target = Target.of_app(create_app(world(), Settings(apis=(api,))), api)
    try:
        outcome = check(target, _plan(target, phases, seed, EXAMPLES))
    finally:
        target.close()
    found = [f"{one.check} ({one.phase}), {one.operation}: {_short(one.message)}" for one in outcome.findings]
    return [*found, *outcome.troubles, *([outcome.stopped] if outcome.stopped else [])]


def _first_new(
    app: App, api: str, phase: str, seed: int, examples: int, known: frozenset[Key]
) -> tuple[Violation | None, int]:
    target = Target.of_app(app, api)
    observer = FirstNew(target, known)
    try:
        check(target, _plan(target, (phase,), seed, examples), observer)
    finally:
        target.close()
    return observer.found, target.requests


def _plan(target: Target, phases: Sequence[str], seed: int, examples: int) -> Plan:
    return Plan(operations=tuple(selected(target.addresses)), phases=tuple(phases), max_examples=examples, seed=seed)


@cache
def world() -> World:
    """Return the world in which everything is proven."""
    return starting_world(WORLD, clock=frozen_clock(WORLD))


# All of them, in several processes: the hooks of Schemathesis are one for each


def proofs(defects: Sequence[Defect], seed: int, jobs: int, phases: Sequence[str] = CHEAPEST_FIRST) -> Iterator[Proof]:
    """Yield the proof of each defect as it comes."""
    with _pool(jobs) as pool:
        yield from pool.imap_unordered(_prove_named, [(one.name, seed, phases) for one in defects])


def false_alarms(apis: Iterable[str], seeds: Iterable[int], jobs: int) -> Iterator[tuple[str, int, list[str]]]:
    """Yield what the suite says of the healthy stand-in, with the API and the seed of each run."""
    with _pool(jobs) as pool:
        yield from pool.imap_unordered(_healthy_named, [(api, seed) for seed in seeds for api in apis])


def _pool(jobs: int) -> Pool:
    """Return the processes. (A `ProcessPoolExecutor` whose processes take turns may stop for ever in Python 3.11: cpython#115634.)"""
    return multiprocessing.get_context("spawn").Pool(jobs, _quiet, maxtasksperchild=DEFECTS_EACH)


def _quiet() -> None:
    logging.disable(logging.CRITICAL)  # a server that fails would write its traces between ours


def _healthy_named(run: tuple[str, int]) -> tuple[str, int, list[str]]:
    return *run, healthy(*run)


def _prove_named(run: tuple[str, int, Sequence[str]]) -> Proof:
    name, seed, phases = run
    return prove(next(one for one in catalogue() if one.name == name), seed, phases)


# What is printed


def line(proof: Proof) -> str:
    """Return one line about a defect."""
    if proof.violation is None:
        return f"MISSED  {proof.name} ({proof.family}), after {proof.requests} requests, {proof.seconds:.0f} s"
    found = proof.violation
    return (
        f"caught  {proof.name}: {found.check} ({found.phase}) after {proof.requests} requests: {_short(found.message)}"
    )


def table(done: Iterable[Proof]) -> str:
    """Return all as a table in Markdown, family by family."""
    rows = ["| defect | family | caught by | phase | requests | what it says |", "|---|---|---|---|---|---|"]
    for proof in done:
        found = proof.violation
        name = f"{proof.name} ({proof.long} examples)" if proof.long else proof.name
        told = (found.check, found.phase, _short(found.message)) if found else ("**missed**", "", "")
        cells = (name, proof.family, told[0], told[1], f"{proof.requests:,}", told[2].replace("|", "\\|"))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _short(message: str) -> str:
    first = " ".join(message.split())
    return first if len(first) <= 160 else first[:159] + "…"


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 if every defect is caught and the healthy stand-in raises no alarm, else 1; 2 for wrong arguments."""
    told = _parsed(arguments)
    named = {one.name: one for one in catalogue()}
    unknown = [name for name in told.only if name not in named]
    if unknown:
        print(f"there is no defect {', '.join(unknown)}; --list shows them", file=sys.stderr)
        return 2
    if told.list:
        print("\n".join(f"{one.name} ({one.family}, {one.api}): {one.sentence}" for one in named.values()))
        return 0
    chosen = [named[name] for name in told.only] or list(named.values())
    done = {}
    for proof in proofs(chosen, told.seed, told.jobs, told.phases):
        done[proof.name] = proof
        print(line(proof), flush=True)
    missed = [name for name in done if done[name].violation is None]
    whole = [done[one.name] for one in chosen]
    print(
        f"{len(done) - len(missed)} of {len(done)} caught{': missed ' + ', '.join(missed) if missed else ''}",
        flush=True,
    )
    alarms = None if told.only else _count_alarms(told.seed, told.jobs)
    if told.markdown is not None:
        told.markdown.write_text(_report(whole, missed, alarms), encoding="utf-8")
    return 1 if missed or alarms else 0


def _count_alarms(seed: int, jobs: int) -> int:
    """Run the suite against the healthy stand-in with several seeds, print what it says, and return how much that is."""
    count = 0
    for api, used, alarms in false_alarms(APIS, range(seed, seed + SEEDS), jobs):
        print(f"healthy {api}, seed {used}: {len(alarms)} false alarms", *alarms, sep="\n  ", flush=True)
        count += len(alarms)
    print(f"{count} false alarms in {SEEDS} seeds")
    return count


def _report(whole: list[Proof], missed: list[str], alarms: int | None) -> str:
    told = f"{len(whole) - len(missed)} of {len(whole)} defects caught"
    more = "" if alarms is None else f", {alarms} false alarms in {SEEDS} seeds"
    return f"{told}{more}.\n\n{table(whole)}"


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.prove", description="Prove that the suite works.")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these defects only, and no healthy runs")
    parser.add_argument("--phases", nargs="+", choices=CHEAPEST_FIRST, default=CHEAPEST_FIRST, help="in this order")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table to a file")
    parser.add_argument("--list", action="store_true", help="show the defects and end")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
