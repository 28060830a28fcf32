"""What sandboxes cost: making, resetting and forking one of a world of 100,000 documents against one of 100; and 10,000 of them.

    python -m bench.sandboxes

Medians of many calls in this process, the two worlds in turn; a request over HTTP adds what a request costs. Never a timed test.
"""

import gc
import resource
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgspec

from mock_server.app import App, create_app
from mock_server.control import comparing
from mock_server.generate import generate
from mock_server.seed import starting_world
from mock_server.studio.rows import Document, Project
from mock_server.world import World

SIZES = (100, 100_000)
ROUNDS = 2_000
MANY = 10_000


def changed(app: App) -> None:
    """Change a row of the default sandbox, so that a reset has something to undo."""
    tx = app.sandbox.begin()
    project = next(tx.rows(Project))
    tx.change(project, name=f"{project.name}'"[-20:])
    app.sandbox.commit(tx)


def median(act: Callable[[], Any], prepare: Callable[[], Any]) -> float:
    """Return the median of the microseconds that `act` takes, `prepare` before each not counted."""
    took = []
    for _ in range(ROUNDS):
        prepare()
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


def costs(app: App) -> dict[str, float]:
    """Return the medians of what is done with sandboxes of one application, in microseconds."""
    names = iter(range(1_000_000))

    def drop() -> None:
        if len(app.sandboxes) > 1:
            app.sandboxes.delete(app.sandboxes.all[-1].name)

    found = {
        "create": median(lambda: app.sandboxes.create(f"made-{next(names)}"), drop),
        "fork": median(lambda: app.sandboxes.create(f"fork-{next(names)}", origin=app.sandbox), drop),
        "reset": median(app.sandbox.reset, lambda: changed(app)),
        "snapshot": median(lambda: app.sandbox.snapshot("one"), lambda: changed(app)),
        "restore": median(lambda: app.sandbox.restore("one"), lambda: changed(app)),
    }
    for name, kind in (("a project", Project), ("a document", Document)):
        app.sandbox.reset()
        tx = app.sandbox.begin()
        tx.put(msgspec.structs.replace(next(tx.rows(kind)), id=tx.new_id(kind)))
        app.sandbox.commit(tx)
        began = time.perf_counter()
        comparing.compared(app.sandbox.initial, app.sandbox.world, 100, secrets=False)
        found[f"diff, {name} more"] = (time.perf_counter() - began) * 1e6
    return found


def many(world: World) -> tuple[float, float]:
    """Return the bytes that each of 10,000 sandboxes takes when it was made, and when something was changed in it."""
    app = create_app(world)
    changed(app)
    gc.collect()
    tracemalloc.start()
    made = [app.sandboxes.create() for _ in range(MANY)]
    gc.collect()
    idle = tracemalloc.get_traced_memory()[0] / MANY
    for sandbox in made:
        tx = sandbox.begin()
        tx.change(next(tx.rows(Project)), name="Changed")
        sandbox.commit(tx)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] / MANY
    tracemalloc.stop()
    return idle, used


def main() -> int:
    """Print the table."""
    idle, used = many(starting_world("demo"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{MANY:,} sandboxes of the demo world: {idle:,.0f} bytes each, {used:,.0f} with a change in it; {peak:,.0f} MB in all"
    )
    small, large = (costs(create_app(generate(size, 7))) for size in SIZES)
    print(f"{'median, microseconds':22} {SIZES[0]:>12,} {SIZES[1]:>12,}  ratio")
    for name in small:
        print(f"{name:22} {small[name]:12.1f} {large[name]:12.1f}  {large[name] / small[name]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
