"""State as a value: rows, tables with indexes, worlds, transactions, the clock and jobs. Knows no HTTP and no vendor."""

from mock_server.world.clock import Clock
from mock_server.world.ids import Ids
from mock_server.world.jobs import Event, Job, JobMode
from mock_server.world.rows import Cascade, Drop, Forget, Ref, Row
from mock_server.world.sandbox import Sandbox
from mock_server.world.world import Tx, World

__all__ = [
    "Cascade",
    "Clock",
    "Drop",
    "Event",
    "Forget",
    "Ids",
    "Job",
    "JobMode",
    "Ref",
    "Row",
    "Sandbox",
    "Tx",
    "World",
]
