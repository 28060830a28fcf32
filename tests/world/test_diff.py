"""What differs between two worlds is found, whatever was done in between and in whichever order they are taken."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.world import Clock, Row, Tx, World
from mock_server.world.diff import changed_fields, differences
from mock_server.world.table import Table
from tests.world.test_world import NOW


class Leaf(Row, frozen=True, gc=False, kw_only=True):
    colour: str = "green"


COLOURS = st.sampled_from(["green", "red"])
ACTS = st.lists(st.tuples(st.sampled_from(["put", "delete"]), st.integers(1, 1500), COLOURS), max_size=12)
BEGINNING = Tx(World.empty([Leaf], Clock.frozen(NOW)))
BEGINNING.put_all(Leaf, [Leaf(id=number) for number in range(1, 1400, 2)])


def after(world: World, acts: list[tuple[str, int, str]]) -> World:
    tx = Tx(world)
    for act, row_id, colour in acts:
        row = Leaf(id=row_id, colour=colour)
        _ = tx.put(row) if act == "put" else tx.delete(row)
    return tx.world


@given(ACTS, ACTS)
def test_differences_are_those_that_a_look_at_every_row_finds(one: list, other: list) -> None:  # type: ignore[type-arg]
    before, now = after(BEGINNING.world, one), after(BEGINNING.world, other)
    was, are = (dict(world.tables[Leaf].rows) for world in (before, now))
    slowly = [
        (was.get(row_id), are.get(row_id)) for row_id in sorted({*was, *are}) if was.get(row_id) != are.get(row_id)
    ]
    assert dict(differences(before, now)).get(Leaf, []) == slowly


def test_ids_that_are_far_apart_cost_no_more_than_others() -> None:
    rows = [Leaf(id=1), Leaf(id=2**70)]
    assert len(Table.built(Leaf, rows).stamps) == 2


def test_only_neighbours_of_what_was_written_are_looked_at() -> None:
    now = after(BEGINNING.world, [("put", 701, "red")])
    looked_at = now.tables[Leaf].differing(BEGINNING.world.tables[Leaf])
    assert 701 in looked_at and len(looked_at) <= 256
    assert changed_fields(Leaf(id=1), Leaf(id=1, colour="red")) == ["colour"]
