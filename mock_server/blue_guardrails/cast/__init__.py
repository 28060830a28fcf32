"""Fixtures of Blue Guardrails: what may stand in each file, how entries become rows. See `fixtures/README.md`."""

from mock_server.blue_guardrails.cast.builders import BUILDERS
from mock_server.blue_guardrails.cast.resources import FILES

__all__ = ["BUILDERS", "FILES"]
