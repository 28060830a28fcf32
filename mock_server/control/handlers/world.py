"""The operations tagged World: tables, rows, and the world as a file."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from mock_server import worldfile, yamltext
from mock_server.contract import Json
from mock_server.control import tables
from mock_server.control.showing_rows import called, shown
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused, bad_body, bad_parameters
from mock_server.pipeline.reply import Reply
from mock_server.places import SeedError, nearest
from mock_server.world import Tx, World
from mock_server.world.integrity import broken
from mock_server.world.rows import Row
from mock_server.world.world import NEVER

IDS_SHOWN = 20
FAULTS_SHOWN = 20


def list_tables(call: Call) -> Reply:
    """Every table."""
    world = call.sandbox.world
    found = [
        {"name": kind.__name__, "api": tables.api_of(kind), "count": len(table.ids)}
        for kind, table in world.tables.items()
    ]
    return Reply.json(200, {"tables": found, "seed": world.seed, "now": world.clock.now()})


def list_rows(call: Call) -> Reply:
    """The rows of a table."""
    world, query = call.sandbox.world, call.query
    kind = _kind(world, call.path["table"])
    ids = tables.matching(world.tables[kind], _wheres(kind, query["where"] or []))
    rows = Tx(world).page(kind, ids, query["offset"], query["limit"])
    told = [shown(row, query["secrets"]) for row in rows]
    return Reply.json(200, {"table": kind.__name__, "rows": told, "count": len(ids)})


def get_row(call: Call) -> Reply:
    """One row, and what hangs together with it."""
    world = call.sandbox.world
    kind = _kind(world, call.path["table"])
    row = Tx(world).get(kind, call.path["row_id"])
    if row is None:
        raise Refused(404, f"There is no {kind.__name__} {call.path['row_id']}")
    base = f"{call.base_url}/_mock/world/tables"
    told = {"table": kind.__name__, "row": shown(row, call.query["secrets"])}
    return Reply.json(200, {**told, "names": [*_names(world, row, base)], "named_by": [*_named_by(world, row, base)]})


async def export_world(call: Call) -> Reply:
    """The whole world as a file."""
    world, name = call.sandbox.world, call.sandbox.name
    content = await call.in_thread(lambda: worldfile.encode(worldfile.stored(world, name, with_speed=True)))
    if call.query["format"] == "json":
        return Reply(200, content)
    text = await call.in_thread(lambda: yamltext.encode(msgspec.json.decode(content)))
    return Reply(200, text, b"application/yaml")


async def import_world(call: Call) -> Reply:
    """Another world in the place of this one."""
    body, app = call.body, call.api.app
    world = await call.in_thread(_read, body)
    if world.next_due < NEVER:
        app.know_jobs()
    call.sandbox.replace(world)
    rows = sum(len(table.ids) for table in world.tables.values())
    return Reply.json(200, {"rows": rows, "seed": world.seed, "now": world.clock.now()})


def _read(body: Json) -> World:
    """Return the world in a body. Raises BreaksContract."""
    try:
        world = worldfile.revived(worldfile.parse(msgspec.json.encode(body)))
    except (SeedError, msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise bad_body([{"place": "body", "reason": str(error)}]) from None
    if faults := broken(world):
        more = [f"and {len(faults) - FAULTS_SHOWN} more"] if len(faults) > FAULTS_SHOWN else []
        raise bad_body([{"place": "body.tables", "reason": fault} for fault in [*faults[:FAULTS_SHOWN], *more]])
    return world


def _kind(world: World, name: str) -> type[Row]:
    kind = tables.kind_called(world, name)
    if kind is None:
        raise Refused(404, f"There is no table {name}; {nearest(name, [kind.__name__ for kind in world.tables])}")
    return kind


def _wheres(kind: type[Row], texts: list[str]) -> list[tables.Where]:
    fields = list(kind.__struct_fields__)
    wheres = [(field, value) for field, _, value in (text.partition(":") for text in texts)]
    faults = [
        {"place": "query.where", "reason": f"{kind.__name__} has no field {field}; {nearest(field, fields)}"}
        for field, _ in wheres
        if field not in fields
    ]
    if faults:
        raise bad_parameters(faults)
    return wheres


def _names(world: World, row: Row, base: str) -> Iterator[Json]:
    for field, table, row_id in tables.named(row):
        kind = tables.kind_called(world, table)
        target: Any = Tx(world).get(kind, row_id) if kind else None
        name = called(shown(target, secrets=False)) if target is not None else None
        yield {"field": field, "table": table, "id": row_id, "called": name, "link": f"{base}/{table}/{row_id}"}


def _named_by(world: World, row: Row, base: str) -> Iterator[Json]:
    for table, field, ids in tables.naming(world, row):
        about = {"table": table, "field": field, "count": len(ids), "ids": [*islice(ids, IDS_SHOWN)]}
        yield {**about, "link": f"{base}/{table}?where={field}:{row.id}"}
