"""Schemathesis' engine over a target: every check, every phase, the people; what fails becomes a violation.

Not here: our own checks and phases, and how often something is sent (`brakes`).
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import NoLinksFound
from schemathesis.engine import events, from_schema

from contract_tests import failures, hooks
from contract_tests.findings import Findings
from contract_tests.guard import Blocked
from contract_tests.observer import Observer
from contract_tests.plan import SCHEMATHESIS, Plan, leading_to
from contract_tests.target import Target
from mock_server.contract import Json
from mock_server.pipeline.learned import status_of
from mock_server.spec import ledger

ACCEPTANCE, CONFLICT = "positive_data_acceptance", 409
DEFAULT_STATUSES = ["2xx", "3xx", "401", "403", "404", "409", "429", "5xx"]
STEPS = 12  # stories for each example of a single operation: they are shared by all operations
PHASE_NAMES = {"EXAMPLES": "examples", "COVERAGE": "coverage", "FUZZING": "fuzzing", "STATEFUL_TESTING": "stateful"}


def run(target: Target, plan: Plan, findings: Findings, observer: Observer) -> list[str]:
    """Run the phases of a plan that are Schemathesis', and return what kept it from testing something, a line each.

    Raises Stop if the run has to end, KeyboardInterrupt if it is interrupted.
    """
    troubles: list[str] = []
    with _people_file(target) as people, target.wire.installed():
        for part in _parts(target, plan):
            document = _rooted(
                deepcopy(target.document), target.base_url
            )  # Schemathesis adds links to what it is given
            schema = schemathesis.openapi.from_dict(document, config=_config(target, part, people))
            with hooks.steered(target, schema):
                _execute(schema, part, target, findings, observer, troubles)
    return troubles


def _parts(target: Target, plan: Plan) -> Iterator[Plan]:
    """Yield the plan, in two parts if it is a shard: its stories need the operations that lead to its own as well."""
    phases = tuple(phase for phase in SCHEMATHESIS if phase in plan.phases)
    if not phases or not plan.operations:
        return
    if plan.shard[1] == 1 or "stateful" not in phases:
        yield msgspec.structs.replace(plan, phases=phases)
        return
    if len(phases) > 1:
        yield msgspec.structs.replace(plan, phases=phases[:-1])
    yield msgspec.structs.replace(plan, phases=phases[-1:], operations=leading_to(target.addresses, plan.operations))


def _execute(
    schema: Any, plan: Plan, target: Target, findings: Findings, observer: Observer, troubles: list[str]
) -> None:
    for event in from_schema(schema).execute():
        if isinstance(event, events.PhaseEvent) and PHASE_NAMES.get(event.phase.name.name) not in plan.phases:
            continue
        _take(event, target, findings, observer, troubles)
        if target.wire.brakes.stopped is not None:
            raise target.wire.brakes.stopped


def _take(event: Any, target: Target, findings: Findings, observer: Observer, troubles: list[str]) -> None:
    if isinstance(event, events.PhaseStarted) and event.phase.name.name in PHASE_NAMES:
        target.wire.phase = PHASE_NAMES[event.phase.name.name]
        observer.phase_started(target.wire.phase)
    elif isinstance(event, events.PhaseFinished) and event.phase.name.name in PHASE_NAMES:
        observer.phase_finished(PHASE_NAMES[event.phase.name.name])
        target.wire.phase = ""
    elif isinstance(event, events.ScenarioFinished):
        for violation in failures.of_recorder(event.recorder, target):
            findings.add(violation)
    elif isinstance(event, events.NonFatalError):
        _take_error(event, target, findings, troubles)
    elif isinstance(event, events.Interrupted):
        raise KeyboardInterrupt
    elif isinstance(event, events.FatalError):
        raise event.exception


def _take_error(event: events.NonFatalError, target: Target, findings: Findings, troubles: list[str]) -> None:
    if target.wire.brakes.stopped is not None or isinstance(event.value, (Blocked, NoLinksFound)):
        return
    violation = failures.of_error(event, target)
    if violation is not None:
        findings.add(violation)
    elif not failures.is_for_want_of_permission(event, target):
        first = (event.info.message or event.info.title).strip().splitlines()
        troubles.append(f"{event.label}: {event.info.title}: {first[0] if first else ''}")


def _rooted(document: Json, base_url: str) -> Json:
    """Return the document with the base path of its server moved into the paths."""
    base = document["servers"][0]["url"].rstrip("/")
    return {
        **document,
        "servers": [{"url": base_url}],
        "paths": {base + path: item for path, item in document["paths"].items()},
    }


def _config(target: Target, plan: Plan, people: Path | None) -> SchemathesisConfig:
    told: dict[str, Any] = {
        "base-url": target.base_url,
        "seed": plan.seed,
        "workers": 1,
        "max-redirects": 0,
        "request-timeout": target.wire.brakes.limits.timeout,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        "generation": {"deterministic": True, "max-examples": plan.max_examples, "database": "none"},
        "phases": _phases(target, plan),
        "operations": _operations(target, plan),
    }
    if people is not None:
        names = {person.name: f"person-{at}" for at, person in enumerate(target.people)}
        told["auth"] = {"wfc": {"path": str(people), "user": "person-0"}}
        if len(target.peers) > 1:
            told["auth"]["wfc"]["peers"] = [names[person.name] for person in target.peers]
    return SchemathesisConfig.from_dict(told)


def _phases(target: Target, plan: Plan) -> dict[str, Any]:
    phases: dict[str, Any] = {name: {"enabled": name in plan.phases} for name in SCHEMATHESIS}
    phases["stateful"]["generation"] = {"max-examples": max(1, plan.max_examples * STEPS // plan.shard[1])}
    if target.writes != "all":
        phases["coverage"]["unexpected-methods"] = []  # the guard would keep them back anyway
    return phases


def _operations(target: Target, plan: Plan) -> list[dict[str, Any]]:
    """Leave out the operations that are not in the plan or may not be called at all, and checks where the ledger of evidence says so.

    Few entries with many operations: Schemathesis asks every entry for every request.
    """
    known = target.addresses.by_id
    may = {name for name in plan.operations if target.wire.guard.may(known[name]) is None}
    closed = [name for name in known if name not in may]
    entries: list[dict[str, Any]] = [{"include-operation-id": closed, "enabled": False}] if closed else []
    alike: dict[tuple[str, int], list[str]] = {}
    for entry in ledger.load().exclusions:
        if entry.operation in may:
            alike.setdefault((entry.check, entry.status), []).append(entry.operation)
    for name in sorted(may):
        if (
            status_of(known[name].node, CONFLICT) != CONFLICT
        ):  # what is right in itself, and does not fit, is refused with another status
            alike.setdefault((ACCEPTANCE, status_of(known[name].node, CONFLICT)), []).append(name)
    return entries + [
        {"include-operation-id": names, "checks": {check: _left_out(check, status)}}
        for (check, status), names in alike.items()
    ]


def _left_out(check: str, status: int) -> dict[str, Any]:
    """The configuration of a check that lets an exclusion pass: one more status, or none of it where it knows no statuses."""
    if check == ACCEPTANCE:
        return {"expected-statuses": [*DEFAULT_STATUSES, str(status)]}
    return {"enabled": False}


@contextmanager
def _people_file(target: Target) -> Iterator[Path | None]:
    """Write who calls and what they send to a file that only we can read, for as long as the block lasts."""
    if not target.people:
        yield None
        return
    entries = [
        {
            "name": f"person-{at}",
            "fixedHeaders": [{"name": name, "value": value} for name, value in person.headers.items()],
        }
        for at, person in enumerate(target.people)
    ]
    with tempfile.TemporaryDirectory(prefix="studio-mock-") as folder:
        path = Path(folder) / "people.json"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            json.dump({"auth": entries}, file)
        yield path
