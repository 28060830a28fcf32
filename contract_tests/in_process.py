"""Schemathesis against the stand-in itself, in process: all phases, all checks, three people, no socket.

Not here: checks of a live deployment.
"""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation.meta import TestPhase

from mock_server.app import App
from mock_server.blue_guardrails.domain.access import HEADER
from mock_server.blue_guardrails.rows import BgProject, BgTask, BgWorkspace
from mock_server.label_studio.rows import LsAnnotation, LsUser
from mock_server.pipeline.schemas import is_uuid
from mock_server.spec.ledger import Exclusion
from mock_server.studio import tokens
from mock_server.studio.rows import Project, RevokedToken, User, Workspace
from mock_server.world import Tx

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


class Cast(msgspec.Struct, frozen=True):
    """Who calls an API: the Authorization header of each person, the first of them for most requests. The other two see nothing of
    each other. `is_fit` says whether a world still has what the examples of the contract speak of."""

    people: Callable[[Tx], dict[str, str]]
    is_fit: Callable[[Tx], bool]


def run(app: App, name: str, exclusions: list[Exclusion], folder: Path, seed: int, max_examples: int) -> Report:
    """Run everything against document `name` of `app`; `folder` takes a file with the people's tokens."""
    cast = CASTS[name]
    people = _people(cast.people(app.sandbox.begin()), folder / "people.json")
    config = SchemathesisConfig.from_dict(_config(people, exclusions, seed, max_examples))
    base = app.documents[name]["servers"][0]["url"].rstrip("/")
    schema = schemathesis.openapi.from_dict(_without_prefix(app.documents[name], base), config=config)
    schema.app = app
    report = Report()
    with Keeper(app, schema, cast):
        for event in from_schema(schema).execute():
            report.take(event)
    return report


def _config(people: Path, exclusions: list[Exclusion], seed: int, max_examples: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "workers": 1,
        "auth": {"wfc": {"path": str(people), "user": "first", "peers": ["second", "third"]}},
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


def _people(people: dict[str, str], path: Path) -> Path:
    """Write what the people send."""
    entries = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": header}]}
        for name, header in zip(("first", "second", "third"), people.values(), strict=True)
    ]
    path.write_text(json.dumps({"auth": entries}))
    return path


def _of_studio(tx: Tx) -> dict[str, str]:
    """A superuser and two people who share no workspace."""
    users = [tx.first(User, email=f"{name}@example.com") for name in ("owner", "manager", "stranger")]
    return {user.email: f"Bearer {tokens.issue(user.id, tx.now, f'contract-{user.id}')}" for user in users if user}


def _of_label_studio(tx: Tx) -> dict[str, str]:
    """Two people of one organization and one of another."""
    return {user.email: f"Token {user.token}" for user in tx.rows(LsUser)}


def _of_blue_guardrails(tx: Tx) -> dict[str, str]:
    """Three people of three workspaces."""
    return {key: f"Bearer {key}" for key in ("bg-nora", "bg-jonas", "bg-magnus")}


class Keeper:
    """Keeps the world fit for testing: cases stand for themselves, so what an earlier one destroyed is put back before them,
    and a story that follows links begins with a fresh world and is never cut. Logging out gets a token of its own, or all
    that comes after would be a test of 401; and the id of a workspace becomes that of the first one, or most would test 403.
    """

    def __init__(self, app: App, schema: Any, cast: Cast) -> None:
        self.app, self.schema, self.cast = app, schema, cast

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
        if case.meta is not None and case.meta.phase.name != TestPhase.STATEFUL and not self._is_fit():
            self.app.sandbox.reset()
        header = (case.headers or {}).get("Authorization")
        if case.operation.path == "/auth/logout" and isinstance(header, str) and header.startswith("Bearer ey"):
            tx = self.app.sandbox.begin()
            case.headers["Authorization"] = f"Bearer {tokens.issue(1, tx.now, tx.token())}"
        for name, value in (case.headers or {}).items():
            if name.lower() == HEADER and isinstance(value, str) and is_uuid(value):
                workspace = self.app.sandbox.begin().get(BgWorkspace, 1)
                case.headers[name] = workspace.uuid if workspace else value

    def _is_fit(self) -> bool:
        return self.cast.is_fit(self.app.sandbox.begin())


def _fit_for_studio(tx: Tx) -> bool:
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


def _fit_for_label_studio(tx: Tx) -> bool:
    return tx.get(LsAnnotation, 1) is not None


def _fit_for_blue_guardrails(tx: Tx) -> bool:
    project, pending = tx.get(BgProject, 1), tx.ids(BgTask, project_id=1, status="pending", assignee_id=None)
    return project is not None and project.status == "active" and bool(pending)


CASTS = {
    "studio": Cast(_of_studio, _fit_for_studio),
    "label_studio": Cast(_of_label_studio, _fit_for_label_studio),
    "blue_guardrails": Cast(_of_blue_guardrails, _fit_for_blue_guardrails),
    "control": Cast(_of_studio, _fit_for_studio),
}


def _without_prefix(document: dict[str, Any], base: str) -> dict[str, Any]:
    """Move the base path of the server into the paths, since an application in process has none."""
    paths = {base + path: item for path, item in document["paths"].items()}
    return {**document, "servers": [{"url": "http://studio-mock.test"}], "paths": paths}
