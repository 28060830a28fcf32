"""Bundles the contract and compiles the worlds when a wheel is built, so that an installed server starts without doing so."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface):
    """Writes `spec/.<name>.bundle.json` and `fixtures/.<name>.world.json`, which travel in the wheel with what they are made of."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        sys.path.insert(0, self.root)
        from mock_server import contract, seed

        for document in sorted(root.glob("spec/*/openapi.yaml")):
            contract.load(document.parent.name, root / "spec")
        for world in seed.world_names():
            seed.starting_world(world)
