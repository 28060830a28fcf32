"""Ids behaves like a sorted list without duplicates, whatever is done to it."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.world.ids import CHUNK, Ids

changes = st.lists(st.tuples(st.booleans(), st.integers(0, 2000)), max_size=900)


@given(changes)
def test_any_sequence_of_changes_equals_a_sorted_set(steps: list[tuple[bool, int]]) -> None:
    ids, model = Ids(), set[int]()
    for add, item in steps:
        ids = ids.add(item) if add else ids.remove(item)
        model = model | {item} if add else model - {item}
    assert list(ids) == sorted(model)
    assert len(ids) == len(model)
    assert all(item in ids for item in model)
    assert ids.first() == min(model, default=None)
    assert all(0 < len(chunk) <= CHUNK for chunk in ids.chunks)


@given(st.sets(st.integers(0, 5000), max_size=1500), st.integers(0, 1600), st.integers(0, 400))
def test_a_page_is_a_slice(items: set[int], offset: int, limit: int) -> None:
    assert Ids.of(items).page(offset, limit) == sorted(items)[offset : offset + limit]


def test_changes_leave_the_value_they_started_from_as_it_was() -> None:
    before = Ids.of(range(1000))
    before.add(5000)
    before.remove(500)
    assert list(before) == list(range(1000))


def test_adding_what_is_there_and_removing_what_is_not_give_the_same_object() -> None:
    ids = Ids.of([1, 2, 3])
    assert ids.add(2) is ids
    assert ids.remove(9) is ids


def test_ids_that_come_in_order_fill_their_chunks() -> None:
    ids = Ids()
    for item in range(10 * CHUNK):
        ids = ids.add(item)
    assert len(ids.chunks) <= 12


@given(st.sets(st.integers(0, 3000), max_size=900), st.sets(st.integers(0, 6000), max_size=900))
def test_a_union_is_a_union(items: set[int], more: set[int]) -> None:
    union = Ids.of(items).union(list(more))
    assert list(union) == sorted(items | more)
    assert all(0 < len(chunk) <= CHUNK for chunk in union.chunks)


@given(st.sets(st.integers(0, 2000)), st.integers(0, 2100), st.integers(0, 2100))
def test_ids_between_two_bounds_are_those_of_the_set(items: set[int], low: int, high: int) -> None:
    assert Ids.of(items).between(low, high) == sorted(item for item in items if low <= item < high)
