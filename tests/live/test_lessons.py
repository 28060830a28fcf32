"""What a comparison teaches explains every answer that was seen, in the simplest way; what nothing explains is told and not guessed."""

import json
from typing import Any

import pytest

from contract_tests.live.likewise import likewise
from contract_tests.live.parity.comparing import LIKENESS
from contract_tests.live.parity.lessons import ERRORS, Riddle, Sample, Taught, Teaching
from contract_tests.model.asks import Answer, Ask
from contract_tests.model.compare import Comparison
from contract_tests.model.pairs import Pairs
from mock_server import contract
from mock_server.pipeline.learned import Lesson

JSON = "application/json"


def answer(value: Any, status: int = 200) -> Answer:
    return Answer(status, "" if status == 204 else JSON, b"" if status == 204 else json.dumps(value).encode())


def taught(*pairs: tuple[Any, Any], shown: str = "project", ask: Ask | None = None, **more: Any) -> list[Lesson | str]:
    """Return what pairs of answers teach, of the deployment first: lessons, and what is said of places that nothing explains."""
    teaching, known = Teaching(), Pairs(alike=False)
    for live, ours in pairs:
        both = [one if isinstance(one, Answer) else answer(one) for one in (live, ours)]
        comparison = Comparison(known, LIKENESS, fresh=True)
        list(comparison.differences(shown, *both))
        teaching.add(Sample(ask or Ask(operation="show"), *both, comparison, shown, **more))
    return [one.lesson if isinstance(one, Taught) else f"{one.place}: {one.told}" for one in teaching.found()]


def test_answers_that_are_alike_teach_nothing() -> None:
    assert taught(({"id": 70, "name": "One"}, {"id": 1, "name": "One"})) == []


def test_another_status_is_learned_if_it_always_is_that_one() -> None:
    assert taught((answer({}, 204), {}), (answer({}, 204), {})) == [Lesson(of=200, status=204, seen=2)]
    said = taught((answer({}, 201), {}), (answer({}, 202), {}))
    assert said == ["status: 201 and 202 were answered, and nothing tells when which"]


def test_that_one_side_refuses_teaches_nothing() -> None:
    assert taught((answer({"message": "no"}, 403), {"id": 1})) == []


def test_a_field_is_dropped_only_if_it_was_never_there() -> None:
    assert taught(({}, {"more": "x"}), ({}, {"more": "y"})) == [Lesson(of=200, drop="more", seen=2)]
    (said,) = taught(({}, {"more": "x"}), ({"more": "y"}, {"more": "y"}))
    assert said == "more: nothing in the place of a text, and nothing explains what"


@pytest.mark.parametrize(
    ("live", "ours", "source"),
    [
        ({"email": "n@example.com"}, {"user": {"email": "n@example.com"}}, "here.user.email"),
        ({"user_id": 700}, {"user": {"id": 3}}, "here.user.id"),
        ({"page": 4}, {"none": 4}, "path.page"),
        ({"accepted": 2}, {"task_id": 2}, "count(body)"),
        ({"code": 200}, {}, "status"),
        ({"label": {"name": "POS"}}, {"label": [{"name": "POS"}]}, "first(here.label)"),
        ({"data": {"name": "A"}}, {"name": "A"}, "here"),
    ],
)
def test_a_field_is_found_where_it_comes_from(live: Any, ours: Any, source: str) -> None:
    ask = Ask(operation="show", path={"page": 4}, json=[{"text": "One."}, {"text": "Two."}])
    found = [one for one in taught((live, ours), ask=ask) if isinstance(one, Lesson) and one.source]
    assert [one.source for one in found] == [source]


def test_of_two_sources_the_one_that_explains_every_answer_is_taken() -> None:
    pairs = [({"count": 2}, {"offset": 2, "tags": [1, 1]}), ({"count": 1}, {"offset": 0, "tags": [1]})]
    sources = [one.source for one in taught(*pairs) if isinstance(one, Lesson) and one.at]
    assert sources == ["count(here.tags)"]


def test_one_value_in_the_place_of_another_is_learned_value_by_value() -> None:
    pairs = [({"status": "NEW"}, {"status": "STARTED"}), ({"status": "DONE"}, {"status": "DONE"})]
    assert taught(*pairs) == [Lesson(of=200, at="status", is_="STARTED", value="NEW", seen=1)]
    (said,) = taught(*pairs, ({"status": "OLD"}, {"status": "STARTED"}))
    assert said == "status: a text in the place of a text, and nothing explains what"


def test_nothing_that_anybody_has_written_becomes_a_constant() -> None:
    (said,) = taught(({"title": "Nora Lindqvist"}, {"title": "NONE"}))
    assert said == "title: a text in the place of a text, and nothing explains what"
    (said,) = taught(({"nick": "Nora Lindqvist"}, {}))
    assert "Nora" not in str(said)
    (said,) = taught(({"balance": 4711.5}, {}))
    assert said == "balance: a number in the place of nothing, and nothing explains what"
    assert taught(({"nick": ""}, {})) == [Lesson(of=200, at="nick", value="", seen=1)]


def test_an_empty_list_may_be_something_else_than_a_list_with_entries() -> None:
    found = taught(({"one": {"a": 1}}, {"one": [{"a": 1}]}), ({"one": {}}, {"one": []}))
    assert found == [
        Lesson(of=200, at="one", source="first(here.one)", seen=1),
        Lesson(of=200, at="one", is_=[], value={}, seen=1),
    ]


def test_what_is_another_thing_on_both_sides_does_not_spoil_what_the_rest_teaches() -> None:
    some = ({"one": {"a": 1}, "count": 1}, {"one": [{"a": 1}], "count": 1})
    other = ({"one": {"a": 1}, "count": 3}, {"one": [], "count": 0})
    found = taught(some, other, some)
    assert Lesson(of=200, at="one", source="first(here.one)", seen=2) in found
    assert [one for one in found if isinstance(one, str)] == [
        "count: a number in the place of a number, and nothing explains what"
    ]


def test_no_id_or_number_stands_in_the_place_of_another() -> None:
    (said,) = taught(({"group_id": None}, {"group_id": 1}))
    assert said == "group_id: null in the place of a number, and nothing explains what"


def test_the_bodies_of_errors_teach_of_all_operations_at_once() -> None:
    teaching = Teaching()
    for name, status in (("show", 404), ("make", 409)):
        comparison = Comparison(Pairs(alike=False), LIKENESS, fresh=False)
        live = answer({"message": "no", "code": status}, status)
        ours = answer({"message": "No.", "status": "SOMETHING"}, status)
        teaching.add(Sample(Ask(operation=name), live, ours, comparison, "project"))
    assert {(one.operation, one.lesson) for one in teaching.found() if isinstance(one, Taught)} == {
        (ERRORS, Lesson(drop="status", seen=2)),
        (ERRORS, Lesson(at="code", source="status", seen=2)),
    }


def test_where_the_two_sides_have_other_things_only_names_and_types_count() -> None:
    live = {"first_name": "Liv", "email": "liv@example.com", "teams": 3}
    ours = {"first_name": "Nora", "user": {"email": "nora@example.com"}, "teams": 1}
    found = taught((live, ours), loose=True)
    assert Lesson(of=200, at="email", source="here.user.email", seen=1) in found
    assert not any(isinstance(one, Riddle | str) for one in found)


def test_what_holds_of_a_thing_in_several_operations_holds_in_those_that_were_not_seen() -> None:
    document = contract.load("studio")
    lesson = Lesson(of=200, at="description", is_=None, value="", seen=2)
    seen = {"get_session", "change_session"}
    found = list(likewise(document, [Taught(name, lesson) for name in sorted(seen)], seen))
    assert Taught("list_sessions", Lesson(of=200, at="[].description", is_=None, value="")) in found
    assert not {one.operation for one in found} & seen
    assert list(likewise(document, [Taught("get_session", lesson)], seen)) == []  # the other has shown none of it
