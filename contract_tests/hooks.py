"""Leads what Schemathesis generates to where it can be sent, and keeps the world of a stand-in fit for testing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import EnsureResourceAvailability

from contract_tests.steering import Steering
from contract_tests.target import Target


@contextmanager
def steered(target: Target, schema: Any) -> Iterator[None]:
    """Steer for as long as the block lasts. The hooks of Schemathesis are global: one run at a time."""
    if target.can_reset:
        _begin_stories_afresh(target, schema)
    elsewhere: set[str] = set()  # cases that were led away from what a story has just created
    steering = Steering(target.document, target.wire.guard.created, target.home)

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        if target.upkeep is not None:
            target.upkeep.before(case, is_story=case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL)
        if target.writes == "own" and _lead(steering, target, case):
            elsewhere.add(case.id)

    @schemathesis.hook
    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        return not (isinstance(failure, EnsureResourceAvailability) and case.id in elsewhere)

    try:
        yield
    finally:
        schemathesis.hooks.unregister_all()


def _lead(steering: Steering, target: Target, case: Any) -> bool:
    """Put ids that the run may name into what is right in a case; what is wrong on purpose stays. Return whether it has another path."""
    before = dict(case.path_parameters or {})
    operation = target.addresses.by_id[case.operation.definition.raw["operationId"]]
    if case.path_parameters and _is_right(case, ParameterLocation.PATH):
        _set(case, "path_parameters", steering.path(operation, dict(case.path_parameters)))
    if case.query and _is_right(case, ParameterLocation.QUERY):
        _set(case, "query", steering.query(operation, dict(case.query)))
    if case.media_type == "application/json" and _is_right(case, ParameterLocation.BODY):
        _set(case, "body", steering.request(operation, case.body))
    return dict(case.path_parameters or {}) != before


def _set(case: Any, name: str, value: Any) -> None:
    """Set a part of a case if it is another one: Schemathesis looks anew at what was set, whether it is right."""
    if getattr(case, name) != value:
        setattr(case, name, value)


def _is_right(case: Any, location: ParameterLocation) -> bool:
    part = case.meta.components.get(location) if case.meta is not None else None
    return part is None or part.mode == GenerationMode.POSITIVE


def _begin_stories_afresh(target: Target, schema: Any) -> None:
    """Let every story that follows links begin with the world as it was, so that none depends on the one before."""
    build = schema.build_state_machine

    def build_with_fresh_worlds(*args: Any, **kwargs: Any) -> Any:
        machine = build(*args, **kwargs)

        class FreshWorld(machine):  # type: ignore[misc, valid-type]
            def __init__(self) -> None:  # one for each story; `setup` is not passed on by the engine
                target.reset()
                super().__init__()

        return FreshWorld

    schema.build_state_machine = build_with_fresh_worlds
