"""Laws of Blue Guardrails: no task is given out twice, pages tile their list, cursors are of their list, words stand where it is said."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.blue_guardrails import pages
from mock_server.blue_guardrails.domain import annotations, projects, tasks
from mock_server.blue_guardrails.domain.access import Caller
from mock_server.blue_guardrails.domain.errors import DomainError, Invalid
from mock_server.blue_guardrails.pages import Listing
from mock_server.blue_guardrails.rows import BgAnnotation, BgEvaluation, BgTask, BgUser, BgWorkspace
from mock_server.world import Ids, Tx
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.guardrails import ANNOTATIONS, ANSWER, HOTEL, PROJECTS, claim, guardrails_app, guardrails_world, new_project

CLIENTS = ("nora", "emil", "lena")
QUICK = settings(max_examples=30, deadline=None)


def begun(conversations: int, labelers: int = 1) -> tuple[Tx, Any]:
    """A transaction on a world with an active project."""
    tx = Tx(guardrails_world(conversations))
    caller = Caller(tx.get(BgUser, 1), tx.get(BgWorkspace, HOTEL))  # type: ignore[arg-type]
    wanted = {"name": "A", "slug": "a", "source_type": "conversations", "config": {"labelers_per_task": labelers}}
    return tx, projects.change_project(tx, projects.create_project(tx, caller, wanted), {"status": "active"})


@QUICK
@given(
    conversations=st.integers(0, 4),
    labelers=st.integers(1, 3),
    steps=st.lists(st.tuples(st.sampled_from(["claim", "assign"]), st.integers(1, 3), st.integers(0, 11)), max_size=25),
)
def test_interleaved_claims_give_no_task_and_nobody_a_conversation_twice(
    conversations: int, labelers: int, steps: list[tuple[str, int, int]]
) -> None:
    tx, project = begun(conversations, labelers)
    assigned, given_out = set(), []
    uuids = [task.uuid for task in tx.rows(BgTask, project_id=project.id)]
    for what, user_id, number in steps:
        user = tx.get(BgUser, user_id)
        assert user is not None
        if what == "assign" and uuids:
            assigned |= set(tasks.assign(tx, HOTEL, [uuids[number % len(uuids)]], user.uuid).processed)
        elif what == "claim":
            try:
                task = tasks.claim(tx, project, user, "task")
            except tasks.NothingLeft:
                continue
            given_out.append((task.uuid, user_id, task.conversation_id))
    assert len({uuid for uuid, _, _ in given_out}) == len(given_out)
    freely = [(user_id, conversation) for uuid, user_id, conversation in given_out if uuid not in assigned]
    assert len(set(freely)) == len(freely)
    for uuid, user_id, _ in given_out:
        row = tx.first(BgTask, uuid=uuid)
        assert row and (row.assignee_id, row.status) == (user_id, "in_progress")
    assert dangling(tx.world) == []


def test_interleaved_claims_over_http_give_every_task_once() -> None:
    app = guardrails_app(conversations=7)
    clients = [Client(app, key) for key in CLIENTS]
    project = new_project(clients[0])
    answers = [claim(clients[number % 3], project) for number in range(9)]
    given_out = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    assert len(given_out) == len(set(given_out)) == 7 and [answer.status_code for answer in answers[7:]] == [404, 404]


@QUICK
@given(spans=st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=6), data=st.data())
def test_whatever_is_taken_stands_in_the_text(spans: list[tuple[int, int]], data: st.DataObject) -> None:
    tx, project = begun(1)
    user = tx.get(BgUser, 2)
    assert user is not None
    task = tasks.claim(tx, project, user, "task")
    evaluation = tx.first(BgEvaluation, task_id=task.id)
    assert evaluation is not None
    for start, end in spans:
        text = data.draw(st.sampled_from([ANSWER[start:end], ANSWER[end:start], "sauna", ANSWER]))
        wanted = {"start_offset": start, "end_offset": end, "text": text, "label": "x"}
        change = data.draw(st.booleans())
        found = next(tx.rows(BgAnnotation))
        try:
            if change:
                annotations.change_annotation(tx, found, wanted)
            else:
                annotations.create_annotation(tx, HOTEL, {"evaluation_id": evaluation.uuid, **wanted})
        except DomainError:
            assert ANSWER[start:end] != text or not start < end <= len(ANSWER)
        else:
            assert ANSWER[start:end] == text and start < end <= len(ANSWER)
    assert dangling(tx.world) == []


@QUICK
@given(ids=st.sets(st.integers(1, 5000)), item=st.integers(0, 5001))
def test_rank_counts_the_smaller_ids(ids: set[int], item: int) -> None:
    assert pages.rank(Ids.of(ids), item) == sum(one < item for one in ids)


@QUICK
@given(limits=st.lists(st.integers(1, 4), min_size=12, max_size=12), newest_first=st.booleans(), more=st.integers(0, 3))
def test_pages_of_any_sizes_tile_the_list_while_it_grows(limits: list[int], newest_first: bool, more: int) -> None:
    tx, project = begun(8)
    whole = [task.id for task in tx.rows(BgTask, project_id=project.id)]
    seen: list[int] = []
    cursor = None
    for limit in limits:
        listing = Listing("tasks", (project.id,), {"limit": limit, "cursor": cursor, "lane": None})
        shown = pages.page(
            tx, BgTask, tx.ids(BgTask, project_id=project.id), listing, lambda row: {"id": row.id}, newest_first
        )
        seen += [item["id"] for item in shown["items"]]
        cursor = shown["next_page_cursor"]
        assert shown["has_more"] == (cursor is not None) and shown["query"] == {"limit": limit}
        if not shown["has_more"]:
            break
        for _ in range(more):  # new tasks come meanwhile
            row_id = tx.new_id(BgTask)
            fields = {"project_id": project.id, "conversation_id": 1, "created": tx.now, "updated": tx.now}
            tx.put(BgTask(id=row_id, uuid=tx.uuid(), sequence_number=row_id, **fields))
        more = 0
    assert len(seen) == len(set(seen)) and seen == sorted(seen, reverse=newest_first)
    assert [row for row in seen if row in whole] == sorted(whole, reverse=newest_first)[
        : len([r for r in seen if r in whole])
    ]
    assert set(seen) >= set(whole)


@settings(max_examples=200, deadline=None)
@given(
    cursor=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
    | st.binary().map(lambda b: b.hex())
)
def test_no_other_text_is_a_cursor(cursor: str) -> None:
    with pytest.raises(Invalid):
        Listing("tasks", (1,), {"limit": 1, "cursor": cursor}).last()


@QUICK
@given(last=st.integers(1, 2**40), at=st.integers(0, 30), letter=st.sampled_from("Aa0_-="))
def test_a_cursor_is_read_as_it_was_written_and_only_so(last: int, at: int, letter: str) -> None:
    listing = Listing("tasks", (1,), {"limit": 1})
    cursor = listing.cursor(last)
    again = Listing("tasks", (1,), {"limit": 7, "cursor": cursor})
    assert again.last() == last
    spoilt = cursor[: at % len(cursor)] + letter + cursor[at % len(cursor) + 1 :]
    for name, places, sent in (
        ("tasks", (1,), spoilt if spoilt != cursor else cursor + "A"),
        ("tasks", (2,), cursor),
        ("annotations", (1,), cursor),
    ):
        with pytest.raises(Invalid):
            Listing(name, places, {"limit": 1, "cursor": sent}).last()


def test_a_cursor_is_good_for_its_own_list_and_filters_only() -> None:
    app = guardrails_app()
    nora, jonas = Client(app, "nora"), Client(app, "jonas")
    project, other = new_project(nora), new_project(nora, "other")
    new_project(jonas, "one"), new_project(jonas, "two")
    for _ in range(2):
        claim(nora, project), claim(nora, other)
    mine, others = (f"{PROJECTS}/{one['id']}/tasks" for one in (project, other))
    cursor = nora.get(f"{mine}?limit=1&lane=task").json()["next_page_cursor"]
    assert nora.get(f"{mine}?limit=2&lane=task&cursor={cursor}").json()["has_more"] is False
    wrong = [
        mine,
        f"{mine}?lane=review",
        f"{mine}?lane=task&status=pending",
        f"{others}?lane=task",
        PROJECTS,
        ANNOTATIONS,
    ]
    listed = nora.get(f"{PROJECTS}?limit=1").json()["next_page_cursor"]
    answers = [nora.get(path, params={"cursor": cursor}) for path in wrong if "?" not in path]
    answers += [nora.get(f"{path}&cursor={cursor}") for path in wrong if "?" in path]
    answers += [jonas.get(f"{PROJECTS}?cursor={listed}")]  # of another workspace
    assert {answer.status_code for answer in answers} == {422}
    assert all(answer.json()["detail"][0]["loc"] == ["query", "cursor"] for answer in answers)
    assert nora.get(f"{PROJECTS}?cursor={listed}").status_code == 200
