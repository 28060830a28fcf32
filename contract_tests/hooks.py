"""Leads what Schemathesis generates to where it can be sent, and keeps the world of a stand-in fit for testing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from schemathesis.generation.meta import TestPhase

from contract_tests.target import Target


@contextmanager
def steering(target: Target, schema: Any) -> Iterator[None]:
    """Steer for as long as the block lasts. The hooks of Schemathesis are global: one run at a time."""
    if target.can_reset:
        _begin_stories_afresh(target, schema)

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        if target.upkeep is not None:
            target.upkeep.before(case, is_story=case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL)

    try:
        yield
    finally:
        schemathesis.hooks.unregister_all()


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
