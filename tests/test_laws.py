"""The laws and the matrix of roles: silent on the healthy stand-in, and each names what was broken on purpose."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contract_tests import laws
from contract_tests.findings import Findings
from contract_tests.roles import check_roles
from contract_tests.target import Target
from mock_server.pipeline.reply import Reply
from mock_server.studio.rows import ModelClass

Bend = Callable[[Any, Reply], Any]


def bend(target: Target, operation: str, change: Bend) -> None:
    """Put something between an operation and its answers: `change` gets the call and the answer and returns another body."""
    assert target.app is not None
    for name, compiled in target.app.operations.items():
        if name.split("@")[0] == f"{target.api}.{operation}":
            compiled.handler = _bent(compiled.handler, change)


def _bent(handler: Any, change: Bend) -> Any:
    async def bent(call: Any) -> Reply:
        reply = handler(call)
        reply = reply if isinstance(reply, Reply) else await reply
        body = change(call, reply)
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return Reply(reply.status, content, reply.media, reply.headers)

    return bent


def broken_by(target: Target, *names: str) -> set[str]:
    """Return the checks that complain when these laws are run."""
    findings = Findings()
    laws.run_laws(target, findings, names=names)
    return {violation.check for violation in findings}


def body(reply: Reply) -> Any:
    return json.loads(reply.body)


def backwards(reply: Reply) -> Any:
    """Let an analysis that is over begin anew."""
    one = body(reply)
    return {**one, "status": "QUEUED", "finished": None, "progress": 0} if one["status"] == "FINISHED" else one


def forget(call: Any, reply: Reply) -> Any:
    """Lose an earlier change: put the description of a class away whenever anything of it is changed."""
    row = call.tx.get(ModelClass, call.path["class_id"])
    call.tx.change(row, example=None)
    return {**body(reply), "example": None}


@pytest.mark.parametrize("api", ["studio", "label_studio", "blue_guardrails"])
def test_the_stand_in_keeps_every_law(api: str) -> None:
    target, findings = Target.in_process(api), Findings()
    unfinished = laws.run_laws(target, findings)
    assert [(one.check, one.operation, one.message) for one in findings] == []
    assert unfinished == []


@pytest.mark.parametrize("api", ["studio", "label_studio", "blue_guardrails"])
def test_the_stand_in_keeps_its_table_of_roles(api: str) -> None:
    target, findings = Target.in_process(api), Findings()
    matrix = check_roles(target, findings)
    assert [(one.operation, one.message) for one in findings] == []
    assert all(cell.holds for cell in matrix.cells)


def test_every_role_is_tried_for_every_operation_of_a_project() -> None:
    target = Target.in_process("studio")
    tried = dict(check_roles(target, Findings()).rows())
    roles = {"nobody", "stranger", "USER", "VIEWER", "ANNOTATOR", "ADMIN", "MANAGER", "superuser"}
    for operation in target.addresses:
        rule = operation.node["x-role"]
        if rule["scope"] == "project" and operation.operation_id not in (
            "delete_project",
            "transfer_project",
            "delete_project_model",
        ):
            assert roles <= tried[operation.operation_id].keys(), operation.operation_id


def test_a_role_too_low_is_found() -> None:
    target, findings = Target.in_process("studio"), Findings()
    assert target.app is not None
    target.app.operations["studio.delete_class"].role = {"scope": "project", "role": "VIEWER", "writes": True}
    check_roles(target, findings)
    assert {(one.check, one.operation) for one in findings} == {("roles", "delete_class")}


def test_an_operation_without_a_check_of_the_token_is_found() -> None:
    target, findings = Target.in_process("studio"), Findings()
    assert target.app is not None
    target.app.operations["studio.list_types"].takes_token = False
    check_roles(target, findings)
    assert {(one.check, one.operation) for one in findings} == {("roles", "list_types")}


@pytest.mark.parametrize(
    ("operation", "law", "change"),
    [
        ("get_class", "life_of_create_class", lambda call, reply: {**body(reply), "description": "Old."}),
        ("list_classes", "life_of_create_class", lambda call, reply: body(reply)[:-1]),
        ("list_classes", "life_of_create_class", lambda call, reply: [{**one, "name": "?"} for one in body(reply)]),
        (
            "list_documents",
            "a_page_has_a_hundred_entries",
            lambda call, reply: {
                **body(reply),
                "documents": body(reply)["documents"][1:],
                "count": body(reply)["count"] - 1,
            },
        ),
        ("list_documents", "a_page_has_a_hundred_entries", lambda call, reply: {**body(reply), "has_more": False}),
        ("list_group_documents", "a_page_has_a_hundred_entries", lambda call, reply: body(reply)[:50]),
        ("list_sessions", "filters_of_sessions", lambda call, reply: body(reply)[:1]),
        (
            "get_project",
            "renamed_classes_and_labels_are_renamed_in_tags",
            lambda call, reply: {**body(reply), "classes": []},
        ),
        ("get_group", "counts_are_those_of_what_is_there", lambda call, reply: {**body(reply), "document_count": 1}),
        ("get_session", "sessions_start_and_end", lambda call, reply: {**body(reply), "status": "ANNOTATING"}),
        ("get_analysis", "analyses_go_their_way", lambda call, reply: backwards(reply)),
        ("download_group", "groups_come_back", lambda call, reply: reply.body[: reply.body.rindex(b"\n", 0, -1) + 1]),
        ("change_class", "two_changes_are_both_there", lambda call, reply: forget(call, reply)),
        (
            "create_correction_tag",
            "decisions_on_tags_count",
            lambda call, reply: {**body(reply), "predicted_score": 100},
        ),
    ],
)
def test_a_bent_answer_breaks_the_law(operation: str, law: str, change: Bend) -> None:
    target = Target.in_process("studio")
    bend(target, operation, change)
    assert law in broken_by(target, law)


def test_a_read_that_counts_is_found() -> None:
    target = Target.in_process("studio")
    seen: list[int] = []

    def counted(call: Any, reply: Reply) -> Any:
        seen.append(1)
        return {**body(reply), "description": str(len(seen))}

    bend(target, "get_class", counted)
    assert "reading_twice_gives_the_same" in broken_by(target, "reading_twice_gives_the_same")


def test_a_project_that_a_stranger_may_read_is_found() -> None:
    target = Target.in_process("studio")
    assert target.app is not None
    target.app.operations["studio.list_labels"].role = {}
    assert "other_teams_see_nothing" in broken_by(target, "other_teams_see_nothing")


def test_a_workspace_in_the_path_that_is_not_regarded_is_found() -> None:
    target = Target.in_process("studio")
    assert target.app is not None
    aliased = next(one for name, one in target.app.operations.items() if name.startswith("studio.get_class@"))
    own = target.app.operations["studio.get_class"]
    aliased.alias, aliased.parameters, aliased.handler = None, own.parameters, own.handler
    assert "workspaces_in_the_path_count" in broken_by(target, "workspaces_in_the_path_count")


def test_a_law_that_stumbles_over_an_answer_reports_it() -> None:
    target = Target.in_process("studio")
    bend(target, "create_session", lambda call, reply: {"id": "none"})
    assert "sessions_start_and_end" in broken_by(target, "sessions_start_and_end")


def test_the_same_seed_asks_the_same() -> None:
    asked: list[list[str]] = []
    for _ in range(2):
        target = Target.in_process("studio")
        heard: list[str] = []
        target.wire.listeners.append(lambda exchange, heard=heard: heard.append(str(exchange.request.url)))  # type: ignore[misc]
        laws.run_laws(target, Findings(), seed=7, names=["life_of_create_project", "filters_of_documents"])
        asked.append(heard)
    assert asked[0] == asked[1] != []


def test_a_violation_tells_its_story_without_secrets() -> None:
    target, findings = Target.in_process("studio"), Findings()
    bend(target, "get_class", lambda call, reply: {**body(reply), "name": "Other"})
    laws.run_laws(target, findings, names=["life_of_create_class"])
    story = next(iter(findings)).story
    assert any("/classes" in line and "curl" in line for line in story)
    assert not any("eyJ" in line for line in story)


def test_laws_that_write_are_left_out_where_nothing_may_be_written() -> None:
    target = Target.in_process("studio")
    target.wire.guard.writes = "none"
    laws.run_laws(target, Findings())
    assert all(one.writes is False for one in laws.allowed(target))
    assert target.requests > 0
