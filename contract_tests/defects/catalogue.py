"""The catalogue of planted defects: what real deployments get wrong, each a few lines on top of the stand-in.

A family is a module. A defect is a function that changes a `Plant`, with a sentence that a stranger understands. They are made
after what goes wrong, not after what a check looks at: who looks for them knows nothing of them.
"""

from collections.abc import Callable
from importlib import import_module

import msgspec

from contract_tests.defects.planting import Plant
from contract_tests.defects.witness import Step
from mock_server.app import App, Settings, create_app
from mock_server.world import World

FAMILIES = (
    "fields",
    "statuses",
    "tokens",
    "access",
    "lists",
    "filters",
    "changes",
    "deletions",
    "texts",
    "jobs",
    "secrets",
    "inputs",
    "errors",
    "headers",
    "files",
    "side_effects",
    "unseen",
)

Plants = Callable[[Plant], None]


class Defect(msgspec.Struct, frozen=True):
    """A defect. `long` is how many examples for each operation a run needs to find it, 0 if it needs no more than others."""

    name: str
    sentence: str
    api: str
    family: str
    plant: Plants
    witness: tuple[Step, ...]
    long: int = 0

    def app(self, world: World) -> App:
        """Return an application over a world that has the defect."""
        made = create_app(world, Settings(apis=(self.api,)))
        self.plant(Plant(made, self.api))
        return made


_known: dict[str, Defect] = {}


def defect(name: str, sentence: str, *witness: Step, api: str = "studio", long: int = 0) -> Callable[[Plants], Plants]:
    """Register the function that plants a defect; its family is the module."""

    def register(plant: Plants) -> Plants:
        assert name not in _known, f"there are two defects called {name}"
        family = plant.__module__.rpartition(".")[2]
        _known[name] = Defect(name, sentence, api, family, plant, witness, long)
        return plant

    return register


def catalogue() -> list[Defect]:
    """Return all defects, family by family."""
    for family in FAMILIES:
        import_module(f"contract_tests.defects.{family}")
    return list(_known.values())
