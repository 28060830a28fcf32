"""The worlds that come along, for sandboxes that begin with one of them."""

from typing import Any

from mock_server.pipeline.errors import Refused
from mock_server.seed import starting_world, world_names
from mock_server.world import World
from mock_server.world.world import NEVER


def named_world(app: Any, name: str) -> World:
    """Return a world that comes along, loaded once for an application. Raises Refused (404)."""
    if name not in world_names():
        raise Refused(404, f"There is no world {name[:100]}; there are {', '.join(world_names())}")
    if name not in app.worlds:
        world = starting_world(name, seed=app.sandboxes.beginning.seed)
        if world.next_due < NEVER:
            app.know_jobs()
        app.worlds[name] = world
    found: World = app.worlds[name]
    return found
