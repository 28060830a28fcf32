"""Faults on demand: rules that a sandbox has, preferences that a request states, and magic values that somebody types.

`rules` says what a rule can be, `armed` keeps those of a sandbox and finds what hits a request, `layer` does it. Knows no vendor.
"""

from mock_server.faults.armed import Faults
from mock_server.faults.rules import BadFault, Fault, TooManyFaults

__all__ = ["BadFault", "Fault", "Faults", "TooManyFaults"]
