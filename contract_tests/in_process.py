"""Schemathesis against the stand-in itself, in process: all phases, all checks, three people, no socket.

Not here: checks of a live deployment.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation.meta import TestPhase

from mock_server.app import App
from mock_server.spec.ledger import Exclusion
from mock_server.studio import tokens
from mock_server.studio.rows import Project, RevokedToken, User, Workspace

DEFAULT_STATUSES = ["2xx", "3xx", "401", "403", "404", "409", "429", "5xx"]


class Report:
    """What a run found: failures as readable lines, and how often each operation answered with which status."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.errors: list[str] = []
        self.seen: dict[str, Counter[int]] = {}
        self.phases: Counter[str] = Counter()

    def take(self, event: events.EngineEvent) -> None:
        """Add what one event tells."""
        if isinstance(event, events.ScenarioFinished):
            self._take_scenario(event)
        elif isinstance(event, events.NonFatalError):
            self.errors.append(f"{event.label}: {event.info.format()}")
        elif isinstance(event, events.FatalError):
            raise event.exception

    def _take_scenario(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        for case_id, interaction in recorder.interactions.items():
            if interaction.response is not None and (case := recorder.cases.get(case_id)) is not None:
                label = case.value.operation.label
                self.seen.setdefault(label, Counter())[interaction.response.status_code] += 1
                self.phases[event.phase.name] += 1
        for checks in recorder.checks.values():
            for check in checks:
                if check.failure_info is not None:
                    self.failures.append(
                        f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                    )


def run(app: App, name: str, exclusions: list[Exclusion], folder: Path, seed: int, max_examples: int) -> Report:
    """Run everything against document `name` of `app`; `folder` takes a file with the people's tokens."""
    people = _people(app, folder / "people.json")
    config = SchemathesisConfig.from_dict(_config(people, exclusions, seed, max_examples))
    base = app.documents[name]["servers"][0]["url"].rstrip("/")
    schema = schemathesis.openapi.from_dict(_without_prefix(app.documents[name], base), config=config)
    schema.app = app
    report = Report()
    with Keeper(app, schema):
        for event in from_schema(schema).execute():
            report.take(event)
    return report


def _config(people: Path, exclusions: list[Exclusion], seed: int, max_examples: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "workers": 1,
        "auth": {"wfc": {"path": str(people), "user": "owner", "peers": ["manager", "stranger"]}},
        "generation": {"deterministic": True, "max-examples": max_examples, "database": "none"},
        "phases": {"stateful": {"generation": {"max-examples": max_examples * 12}}},
        "operations": [
            {
                "include-operation-id": operation,
                "checks": {entry.check: _left_out(entry) for entry in exclusions if entry.operation == operation},
            }
            for operation in {entry.operation for entry in exclusions}
        ],
    }


def _left_out(entry: Exclusion) -> dict[str, Any]:
    """The configuration of a check that lets an exclusion pass: one more status, or none of it where it knows no statuses."""
    if entry.check == "positive_data_acceptance":
        return {"expected-statuses": [*DEFAULT_STATUSES, str(entry.status)]}
    return {"enabled": False}


def _people(app: App, path: Path) -> Path:
    """Write the tokens of a superuser and of two people who share no workspace."""
    tx = app.sandbox.begin()
    entries = []
    for name, email in (
        ("owner", "owner@example.com"),
        ("manager", "manager@example.com"),
        ("stranger", "stranger@example.com"),
    ):
        user = tx.first(User, email=email)
        assert user is not None
        token = tokens.issue(user.id, tx.now, f"contract-{name}")
        entries.append({"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]})
    path.write_text(json.dumps({"auth": entries}))
    return path


class Keeper:
    """Keeps the world fit for testing: cases stand for themselves, so what an earlier one destroyed is put back before them,
    and a story that follows links begins with a fresh world and is never cut. Logging out gets a token of its own, or all
    that comes after would be a test of 401.
    """

    def __init__(self, app: App, schema: Any) -> None:
        self.app, self.schema = app, schema

    def __enter__(self) -> None:
        build, reset = self.schema.build_state_machine, self.app.sandbox.reset

        def build_with_fresh_worlds(*args: Any, **kwargs: Any) -> Any:
            machine = build(*args, **kwargs)

            class FreshWorld(machine):  # type: ignore[misc, valid-type]
                def __init__(self) -> None:  # one for each story; `setup` is not passed on by the engine
                    reset()
                    super().__init__()

            return FreshWorld

        self.schema.build_state_machine = build_with_fresh_worlds

        @schemathesis.hook
        def before_call(context: Any, case: Any, kwargs: Any) -> None:
            self.prepare(case)

    def __exit__(self, *exc: object) -> None:
        schemathesis.hooks.unregister_all()

    def prepare(self, case: Any) -> None:
        """Put right what a case needs, before its request is sent."""
        if case.meta is not None and case.meta.phase.name != TestPhase.STATEFUL and not _alive(self.app):
            self.app.sandbox.reset()
        header = (case.headers or {}).get("Authorization")
        if case.operation.path == "/auth/logout" and isinstance(header, str) and header.startswith("Bearer ey"):
            tx = self.app.sandbox.begin()
            case.headers["Authorization"] = f"Bearer {tokens.issue(1, tx.now, tx.token())}"


def _alive(app: App) -> bool:
    tx = app.sandbox.begin()
    owner, workspace, project = tx.get(User, 1), tx.get(Workspace, 1), tx.get(Project, 11)
    return bool(
        owner
        and owner.is_superuser
        and workspace
        and workspace.is_active
        and project
        and not tx.ids(RevokedToken)
        and tx.ids(User, email="manager@example.com")
        and tx.ids(User, email="stranger@example.com")
    )


def _without_prefix(document: dict[str, Any], base: str) -> dict[str, Any]:
    """Move the base path of the server into the paths, since an application in process has none."""
    paths = {base + path: item for path, item in document["paths"].items()}
    return {**document, "servers": [{"url": "http://studio-mock.test"}], "paths": paths}
