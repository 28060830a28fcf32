"""The operations of Blue Guardrails: what each does, what it refuses, and where what it did is shown."""

from typing import Any

import pytest

from mock_server.app import App
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.guardrails import (
    ANNOTATIONS,
    ANSWER,
    ASSIGN,
    HOTEL,
    LABELS,
    PROJECTS,
    SHOP,
    UNKNOWN,
    claim,
    guardrails_app,
    new_project,
    submit,
    uid,
    words,
)


@pytest.fixture
def app() -> App:
    return guardrails_app()


@pytest.fixture
def nora(app: App) -> Client:
    return Client(app, "nora")


@pytest.fixture
def emil(app: App) -> Client:
    return Client(app, "emil")


def patch(client: Client, path: str, body: Any) -> Any:
    return client.request("PATCH", path, json=body)


def evaluation(task: dict[str, Any]) -> str:
    """The id of the first evaluation of a claimed task."""
    found: str = task["labeling_evaluations"][0]["id"]
    return found


# Keys and workspaces


@pytest.mark.parametrize(
    "header", [None, "", "nora", "Token nora", "Bearer", "Bearer late", "Bearer nobody", "Bearer nora x", "Bearer \xff"]
)
def test_without_a_good_key_nothing_is_told(app: App, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = Client(app).get(PROJECTS, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Invalid API key"} and answer.headers["www-authenticate"] == "Bearer"


def test_a_key_of_a_workspace_works_in_its_own_with_and_without_the_header(app: App, nora: Client) -> None:
    new_project(nora)
    for headers in ({}, {"x-workspace-id": uid("w", HOTEL)}, {"X-Workspace-Id": uid("w", HOTEL).upper()}):
        assert len(nora.get(PROJECTS, headers=headers).json()["items"]) == 1


@pytest.mark.parametrize("workspace", [uid("w", SHOP), UNKNOWN])
def test_a_key_of_a_workspace_is_good_for_no_other_whether_it_exists_or_not(nora: Client, workspace: str) -> None:
    answer = nora.get(PROJECTS, headers={"x-workspace-id": workspace})
    assert (answer.status_code, answer.json()["detail"]) == (403, "The API key gives no access to this workspace")


def test_a_key_of_a_user_needs_the_header_and_opens_the_workspaces_of_the_user(app: App, nora: Client) -> None:
    new_project(nora)
    key = Client(app, "nora-user")
    missing = {"loc": ["header", "x-workspace-id"], "msg": "Field required", "type": "missing"}
    assert (key.get(PROJECTS).status_code, key.get(PROJECTS).json()) == (422, {"detail": [missing]})
    counts = [
        len(key.get(PROJECTS, headers={"x-workspace-id": uid("w", row)}).json()["items"]) for row in (HOTEL, SHOP)
    ]
    assert counts == [1, 0]
    emils = Client(app, "emil-user")
    assert emils.get(PROJECTS, headers={"x-workspace-id": uid("w", SHOP)}).status_code == 403


@pytest.mark.parametrize("sent", ["hotel", "", "1"])
def test_a_workspace_that_is_no_uuid_is_invalid(nora: Client, sent: str) -> None:
    answer = nora.get(PROJECTS, headers={"x-workspace-id": sent})
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["header", "x-workspace-id"])


def test_things_of_another_workspace_are_not_there(app: App, nora: Client) -> None:
    project = new_project(nora)
    task = claim(nora, project).json()
    made = nora.post(ANNOTATIONS, json={"evaluation_id": evaluation(task), **words("6:30")}).json()
    jonas, project_path, made_path = Client(app, "jonas"), f"{PROJECTS}/{project['id']}", f"{ANNOTATIONS}/{made['id']}"
    answers = [
        *(jonas.get(path) for path in (project_path, f"{PROJECTS}/answers", f"{project_path}/export")),
        patch(jonas, project_path, {}),
        jonas.get(f"{project_path}/tasks"),
        claim(jonas, project),
        jonas.get(made_path),
        patch(jonas, made_path, {}),
        jonas.post(ANNOTATIONS, json={"evaluation_id": evaluation(task), **words("6:30")}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert (
        jonas.get(ANNOTATIONS).json()["items"] == jonas.get(f"{ANNOTATIONS}?task_id={task['id']}").json()["items"] == []
    )
    assert jonas.get(f"{ANNOTATIONS}?project_id={project['id']}").json()["items"] == []
    told = jonas.post(ASSIGN, json={"task_ids": [task["id"]], "assignee_id": uid("u", 4)}).json()
    assert told["errors"] == [{"task_id": task["id"], "error": "Labeling task not found"}]


# What breaks the contract


@pytest.mark.parametrize(
    ("method", "path", "body", "issue"),
    [
        ("POST", PROJECTS, {"name": "A", "source_type": "experiment"}, (["body", "slug"], "missing")),
        (
            "POST",
            PROJECTS,
            {"name": "A", "slug": "A b", "source_type": "experiment"},
            (["body", "slug"], "string_pattern_mismatch"),
        ),
        (
            "POST",
            PROJECTS,
            {"name": "", "slug": "a", "source_type": "experiment"},
            (["body", "name"], "string_too_short"),
        ),
        ("POST", PROJECTS, {"name": "A", "slug": "a", "source_type": "files"}, (["body", "source_type"], "enum")),
        (
            "POST",
            PROJECTS,
            {"name": "A", "slug": "a", "source_type": "experiment", "label_schema": [{"name": "x"}, {"name": 1}]},
            (["body", "label_schema", 1, "name"], "type_error"),
        ),
        ("POST", PROJECTS, [], (["body"], "type_error")),
        ("PATCH", f"{PROJECTS}/answers", {}, (["path", "project_id_or_slug"], "uuid_parsing")),
        ("GET", f"{PROJECTS}/1/export", None, (["path", "project_id"], "uuid_parsing")),
        ("GET", f"{PROJECTS}?limit=0", None, (["query", "limit"], "greater_than")),
        ("GET", f"{PROJECTS}?limit=101", None, (["query", "limit"], "less_than_equal")),
        ("GET", f"{PROJECTS}?limit=x", None, (["query", "limit"], "int_parsing")),
        ("GET", f"{ANNOTATIONS}?status=done", None, (["query", "status"], "enum")),
        ("GET", f"{ANNOTATIONS}?limit=1001", None, (["query", "limit"], "less_than_equal")),
        ("GET", f"{ANNOTATIONS}?cursor=", None, (["query", "cursor"], "value_error")),
        ("POST", ASSIGN, {"task_ids": [], "assignee_id": UNKNOWN}, (["body", "task_ids"], "too_short")),
        (
            "POST",
            ASSIGN,
            {"task_ids": [UNKNOWN, "x"], "assignee_id": UNKNOWN},
            (["body", "task_ids", 1], "uuid_parsing"),
        ),
    ],
)
def test_what_breaks_the_contract_is_told_by_place_and_kind(
    nora: Client, method: str, path: str, body: Any, issue: tuple[list[Any], str]
) -> None:
    answer = nora.request(method, path, **({} if body is None else {"json": body}))
    assert answer.status_code == 422
    [told] = answer.json()["detail"]
    assert (told["loc"], told["type"]) == issue and told["msg"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": "\xff"}', b"[" * 5000])
def test_a_body_that_is_no_json_is_invalid(nora: Client, content: bytes) -> None:
    answer = nora.post(PROJECTS, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "json_invalid")


def test_other_refusals_tell_a_text(nora: Client) -> None:
    answers = [
        nora.post(PROJECTS, content=b"{}", headers={"content-type": "text/plain"}),
        nora.delete(PROJECTS),
        nora.get("/v1/labeling-nothing"),
    ]
    assert [answer.status_code for answer in answers] == [415, 405, 404]
    assert all(isinstance(answer.json()["detail"], str) for answer in answers)


# Projects


def test_created_project_is_a_draft_with_tasks_and_shown_everywhere(nora: Client) -> None:
    created = new_project(nora, status="draft", labeling_guide="Be fair.", source_filter_snapshot={"a": [1]})
    assert (created["status"], created["task_count"], created["completed_task_count"]) == ("draft", 3, 0)
    assert created["config"] == {"labelers_per_task": 1, "auto_create_review_tasks": False}
    assert created["label_schema"] == [{"name": "wrong-fact", "description": ""}, LABELS[1]]
    assert (created["created_by"], created["avg_completion_seconds"]) == (uid("u", 1), None)
    assert (created["labeling_guide"], created["source_filter_snapshot"]) == ("Be fair.", {"a": [1]})
    for name in (created["id"], created["id"].upper(), "answers"):
        assert nora.get(f"{PROJECTS}/{name}").json() == created
    assert nora.get(PROJECTS).json()["items"] == [created]


@pytest.mark.parametrize(
    ("fields", "tasks"),
    [
        ({"config": {"labelers_per_task": 2}}, 6),
        ({"config": {}}, 3),
        ({"source_type": "experiment", "source_experiment_id": UNKNOWN}, 0),
        ({"label_schema": None, "labeling_guide": None, "source_filter_snapshot": None}, 3),
    ],
)
def test_tasks_are_made_for_each_conversation_and_labeler(nora: Client, fields: dict[str, Any], tasks: int) -> None:
    project = new_project(nora, **fields)
    listed = nora.get(f"{PROJECTS}/{project['id']}/tasks").json()["items"]
    assert len(listed) == project["task_count"] == tasks
    assert [task["sequence_number"] for task in listed] == list(range(1, tasks + 1))
    assert all(task["status"] == "pending" and task["assignee_id"] is None for task in listed)
    assert project["source_experiment_id"] == fields.get("source_experiment_id")


def test_newest_project_comes_first(nora: Client) -> None:
    for slug in ("a", "b", "c"):
        new_project(nora, slug)
    first = nora.get(f"{PROJECTS}?limit=2").json()
    rest = nora.get(f"{PROJECTS}?limit=2&cursor={first['next_page_cursor']}").json()
    assert [row["slug"] for row in first["items"] + rest["items"]] == ["c", "b", "a"]
    assert (first["has_more"], rest["has_more"], rest["next_page_cursor"]) == (True, False, None)
    assert first["query"] == {"limit": 2}


def test_a_slug_is_taken_in_its_workspace_only(app: App, nora: Client) -> None:
    new_project(nora)
    other = new_project(nora, "other")
    wanted = {"name": "X", "slug": "answers", "source_type": "conversations"}
    assert nora.post(PROJECTS, json=wanted).status_code == 409
    assert patch(nora, f"{PROJECTS}/{other['id']}", {"slug": "answers"}).status_code == 409
    assert patch(nora, f"{PROJECTS}/{other['id']}", {"slug": "other"}).status_code == 200
    assert Client(app, "jonas").post(PROJECTS, json=wanted).status_code == 201


def test_a_slug_in_the_form_of_an_id_is_found_unless_it_is_one(nora: Client) -> None:
    first = new_project(nora)
    second = new_project(nora, first["id"])
    third = new_project(nora, UNKNOWN)
    assert nora.get(f"{PROJECTS}/{first['id']}").json()["id"] == first["id"] != second["id"]
    assert nora.get(f"{PROJECTS}/{UNKNOWN}").json()["id"] == third["id"]


@pytest.mark.parametrize("name", ["nothing", UNKNOWN, "%2F", "a%00b"])
def test_an_unknown_project_is_not_found_or_invalid(nora: Client, name: str) -> None:
    assert nora.get(f"{PROJECTS}/{name}").status_code == (422 if "%00" in name else 404)


def test_a_label_name_comes_once(nora: Client) -> None:
    project = new_project(nora)
    twice = [{"name": "a"}, {"name": "b"}, {"name": "a"}]
    wanted = {"name": "X", "slug": "x", "source_type": "conversations", "label_schema": twice}
    answers = [nora.post(PROJECTS, json=wanted), patch(nora, f"{PROJECTS}/{project['id']}", {"label_schema": twice})]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {(409, 'The label "a" comes twice')}
    assert [row["slug"] for row in nora.get(PROJECTS).json()["items"]] == ["answers"]


def test_change_touches_what_is_given_null_empties_what_can_be_empty(nora: Client) -> None:
    project = new_project(nora, labeling_guide="Guide")
    path = f"{PROJECTS}/{project['id']}"
    nora.advance(60)
    same = {"name": None, "slug": None, "status": None, "config": None}
    assert patch(nora, path, {}).json() == patch(nora, path, same).json() == project
    after = patch(nora, path, {"name": "New", "config": {"auto_create_review_tasks": True}}).json()
    assert after["config"] == {"labelers_per_task": 1, "auto_create_review_tasks": True}
    assert (after["name"], after["updated_at"] > project["updated_at"], after["task_count"]) == ("New", True, 3)
    emptied = patch(nora, path, {"labeling_guide": None, "label_schema": None}).json()
    assert (emptied["labeling_guide"], emptied["label_schema"]) == (None, [])
    assert nora.get(path).json() == emptied == nora.get(PROJECTS).json()["items"][0]


# Tasks


def test_claimed_task_is_the_callers_and_holds_copies_of_what_a_model_found(nora: Client, emil: Client) -> None:
    project = new_project(nora)
    task = claim(emil, project).json()
    assert (task["status"], task["assignee_id"], task["sequence_number"]) == ("in_progress", uid("u", 2), 1)
    assert task["started_at"] == task["updated_at"] == "2026-03-09T09:00:00Z"
    [only] = task["labeling_evaluations"]  # the question and the message without a text have none
    assert (only["task_id"], only["message_id"], only["creator_user_id"]) == (task["id"], uid("m", 3), uid("u", 2))
    assert (only["origin_evaluation_id"], only["parent_labeling_evaluation_id"]) == (uid("o", 3), None)
    [copy] = only["labeling_annotations"]
    assert (copy["status"], copy["reviewed"], copy["origin_annotation_id"]) == ("pending", False, uid("f", 3))
    assert copy["text"] == ANSWER[copy["start_offset"] : copy["end_offset"]] == "sauna is free"
    assert nora.get(f"{ANNOTATIONS}/{copy['id']}").json() == copy
    listed = nora.get(f"{PROJECTS}/{project['id']}/tasks").json()["items"][0]
    assert (listed["annotation_count"], listed["status"], listed["assignee_id"]) == (1, "in_progress", uid("u", 2))


def test_automated_annotations_are_shown_as_origins_and_in_the_export_only(nora: Client) -> None:
    claim(nora, new_project(nora))
    assert nora.get(f"{ANNOTATIONS}/{uid('f', 3)}").status_code == 404
    wanted = {"evaluation_id": uid("o", 3), **words("6:30")}
    assert nora.post(ANNOTATIONS, json=wanted).json() == {"detail": "Labeling evaluation not found"}


def test_tasks_come_in_order_own_ones_first_until_none_is_left(nora: Client, emil: Client) -> None:
    project = new_project(nora)
    tasks = nora.get(f"{PROJECTS}/{project['id']}/tasks").json()["items"]
    nora.post(ASSIGN, json={"task_ids": [tasks[2]["id"]], "assignee_id": uid("u", 2)})
    given = [claim(client, project).json()["sequence_number"] for client in (emil, nora, emil)]
    assert given == [3, 1, 2]
    assert (claim(nora, project).status_code, claim(nora, project).json()["detail"]) == (
        404,
        "No task is left in this lane",
    )


def test_somebody_elses_task_is_not_given_out(nora: Client, emil: Client) -> None:
    project = new_project(nora)
    ids = [task["id"] for task in nora.get(f"{PROJECTS}/{project['id']}/tasks").json()["items"]]
    assert nora.post(ASSIGN, json={"task_ids": ids, "assignee_id": uid("u", 3)}).json()["processed"] == ids
    assert claim(emil, project).status_code == 404
    assert [
        task["id"] for task in emil.get(f"{PROJECTS}/{project['id']}/tasks?assignee_id={uid('u', 3)}").json()["items"]
    ] == ids


def test_nobody_labels_a_conversation_twice(nora: Client, emil: Client) -> None:
    project = new_project(nora, config={"labelers_per_task": 2})
    given = [claim(emil, project).json()["conversation_id"] for _ in range(3)]
    assert len(set(given)) == 3 and claim(emil, project).status_code == 404
    assert [claim(nora, project).json()["conversation_id"] for _ in range(3)] == given


@pytest.mark.parametrize("status", ["draft", "completed"])
def test_only_an_active_project_gives_out_tasks(nora: Client, status: str) -> None:
    answer = claim(nora, new_project(nora, status=status))
    assert (answer.status_code, status in answer.json()["detail"]) == (409, True)


def test_a_review_begins_with_what_the_labeler_said_and_is_not_theirs(app: App, nora: Client, emil: Client) -> None:
    project = new_project(nora)
    task = claim(emil, project).json()
    made = emil.post(ANNOTATIONS, json={"evaluation_id": evaluation(task), **words("6:30")}).json()
    review_id = submit(app, task)
    assert claim(emil, project, "review").status_code == 404
    review = claim(nora, project, "review").json()
    assert (review["id"], review["source_task_id"]) == (review_id, task["id"])
    [only] = review["labeling_evaluations"]
    assert (only["parent_labeling_evaluation_id"], only["origin_evaluation_id"]) == (evaluation(task), uid("o", 3))
    found = {row["text"]: row for row in only["labeling_annotations"]}
    assert found["6:30"]["parent_labeling_annotation_id"] == made["id"]
    assert {text: (row["status"], row["reviewed"]) for text, row in found.items()} == {
        "sauna is free": ("pending", False),
        "6:30": ("accepted", False),
    }
    items = nora.get(f"{PROJECTS}/{project['id']}/tasks").json()["items"]
    assert (items[0]["review_task_id"], items[-1]["source_task_assignee_id"]) == (review_id, uid("u", 2))
    shown = nora.get(f"{PROJECTS}/answers").json()
    assert (shown["task_count"], shown["completed_task_count"], shown["avg_completion_seconds"]) == (4, 1, 30.0)
    assert dangling(app.sandbox.world) == []


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4]),
        ("lane=task", [1, 2, 3]),
        ("lane=review", [4]),
        ("status=pending", [3, 4]),
        ("status=nothing", []),
        (f"assignee_id={uid('u', 2)}", [1]),
        (f"assignee_id={uid('u', 2)}&lane=review", []),
        (f"assignee_id={uid('u', 1)}&status=in_progress&lane=task", [2]),
        (f"assignee_id={UNKNOWN}", []),
    ],
)
def test_tasks_are_filtered(app: App, nora: Client, emil: Client, query: str, numbers: list[int]) -> None:
    project = new_project(nora)
    submit(app, claim(emil, project).json())
    claim(nora, project)
    page = nora.get(f"{PROJECTS}/{project['id']}/tasks?{query}").json()
    assert [task["sequence_number"] for task in page["items"]] == numbers
    assert page["query"] == {"limit": 50, **dict(pair.split("=") for pair in query.split("&") if pair)}


def test_every_task_of_a_bulk_is_told_of_once(nora: Client, emil: Client) -> None:
    project = new_project(nora)
    begun = claim(emil, project).json()["id"]
    pending = nora.get(f"{PROJECTS}/{project['id']}/tasks?status=pending").json()["items"][0]["id"]
    sent = [begun, pending, UNKNOWN, pending.upper(), begun]
    assert nora.post(ASSIGN, json={"task_ids": sent, "assignee_id": uid("u", 3)}).json() == {
        "processed": [pending],
        "skipped": [begun],
        "errors": [{"task_id": UNKNOWN, "error": "Labeling task not found"}],
    }


@pytest.mark.parametrize("assignee", [UNKNOWN, uid("u", 4)])
def test_nothing_is_assigned_to_somebody_outside_the_workspace(nora: Client, assignee: str) -> None:
    project = new_project(nora)
    path = f"{PROJECTS}/{project['id']}/tasks"
    before = nora.get(path).json()
    answer = nora.post(ASSIGN, json={"task_ids": [before["items"][0]["id"]], "assignee_id": assignee})
    assert (answer.status_code, answer.json()["detail"], nora.get(path).json()) == (404, "Assignee not found", before)


# Annotations


def test_annotation_by_hand_is_accepted_and_shown_everywhere(nora: Client) -> None:
    project = new_project(nora)
    task = claim(nora, project).json()
    answer = nora.post(
        ANNOTATIONS, json={"evaluation_id": evaluation(task), **words("6:30 to 11:00", explanation="Ten.")}
    )
    made = answer.json()
    assert (answer.status_code, made["status"], made["reviewed"]) == (201, "accepted", True)
    assert (made["origin_annotation_id"], made["parent_labeling_annotation_id"], made["message_part_index"]) == (
        None,
    ) * 3
    assert nora.get(f"{ANNOTATIONS}/{made['id']}").json() == made
    assert nora.get(f"{ANNOTATIONS}?label=wrong-fact").json()["items"] == [made]
    exported = nora.get(f"{PROJECTS}/{project['id']}/export").json()["annotations"]["primary"][uid("m", 3)]
    assert exported[0]["id"] == made["id"] and len(exported) == 2  # in the order of the text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"label": "rude"}, 'The project has no label "rude"'),
        ({"end_offset": 5}, "end_offset has to be greater than start_offset"),
        ({"start_offset": 2**62, "end_offset": 2**62 + 1}, "are not"),
        ({"text": "6:30 "}, 'are not "6:30 "'),
        ({"start_offset": len(ANSWER) - 5, "end_offset": len(ANSWER) + 1, "text": ANSWER[-5:]}, "are not"),
        ({"text": "x" * 500}, "…"),
        ({"message_part_index": 0}, "no text in part 0"),
        ({"message_part_index": 2}, "no text in part 2"),
        ({"message_part_index": -1}, "no text in part -1"),
    ],
)
def test_annotation_that_does_not_fit_is_refused_however_it_comes(
    nora: Client, change: dict[str, Any], told: str
) -> None:
    task = claim(nora, new_project(nora)).json()
    fits = {**words("6:30"), "message_part_index": 1}
    made = nora.post(ANNOTATIONS, json={"evaluation_id": evaluation(task), **fits}).json()
    answers = [
        nora.post(ANNOTATIONS, json={"evaluation_id": evaluation(task), **fits, **change}),
        patch(nora, f"{ANNOTATIONS}/{made['id']}", change),
    ]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all(told in answer.json()["detail"] for answer in answers)
    assert nora.get(f"{ANNOTATIONS}/{made['id']}").json() == made and nora.get(ANNOTATIONS).json()["items"][-1] == made


def test_a_project_without_labels_takes_any(nora: Client) -> None:
    task = claim(nora, new_project(nora, label_schema=[])).json()
    assert (
        nora.post(ANNOTATIONS, json={"evaluation_id": evaluation(task), **words("6:30", "ünusual")}).status_code == 201
    )


def test_a_decision_changes_what_is_given_and_null_empties_two_fields(nora: Client) -> None:
    task = claim(nora, new_project(nora)).json()
    copy = task["labeling_evaluations"][0]["labeling_annotations"][0]
    path = f"{ANNOTATIONS}/{copy['id']}"
    nora.advance(5)
    same = {"status": None, "label": None, "text": None, "start_offset": None, "end_offset": None, "reviewed": None}
    assert patch(nora, path, same).json() == patch(nora, path, {}).json() == copy
    decided = patch(nora, path, {"status": "rejected", "reviewed": True, "explanation": "It is."}).json()
    assert decided == {
        **copy,
        "status": "rejected",
        "reviewed": True,
        "explanation": "It is.",
        "updated_at": "2026-03-09T09:00:05Z",
    }
    emptied = patch(nora, path, {"explanation": None, "message_part_index": None}).json()
    assert (emptied["explanation"], emptied["message_part_index"]) == (None, None)
    assert nora.get(f"{ANNOTATIONS}?status=rejected").json()["items"] == [emptied]
    assert nora.get(f"{ANNOTATIONS}?status=pending").json()["items"] == []


def test_a_label_that_the_project_lost_stays_until_it_is_changed(nora: Client) -> None:
    project = new_project(nora)
    copy = claim(nora, project).json()["labeling_evaluations"][0]["labeling_annotations"][0]
    patch(nora, f"{PROJECTS}/{project['id']}", {"label_schema": [{"name": "wrong-fact"}]})
    path = f"{ANNOTATIONS}/{copy['id']}"
    assert patch(nora, path, {"status": "flagged"}).json()["label"] == "unsupported"
    assert [patch(nora, path, {"label": label}).status_code for label in ("wrong-fact", "unsupported")] == [200, 409]


def test_annotations_are_filtered_by_task_project_status_and_label(nora: Client) -> None:
    project, other = new_project(nora), new_project(nora, "other")
    first, second, third = claim(nora, project).json(), claim(nora, project).json(), claim(nora, other).json()
    nora.post(ANNOTATIONS, json={"evaluation_id": evaluation(second), **words("6:30")})

    def count(query: str) -> int:
        return len(nora.get(f"{ANNOTATIONS}?{query}").json()["items"])

    assert [count(query) for query in ("", f"project_id={project['id']}", f"task_id={second['id']}")] == [4, 3, 2]
    assert count(f"task_id={second['id']}&project_id={project['id'].upper()}&status=accepted&label=wrong-fact") == 1
    assert (
        count(f"task_id={third['id']}&project_id={project['id']}")
        == count(f"task_id={UNKNOWN}")
        == count("label=")
        == 0
    )
    assert count(f"project_id={UNKNOWN}") == count(f"task_id={first['id']}&label=wrong-fact") == 0


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_unknown_annotation_is_not_found(nora: Client, method: str) -> None:
    answer = nora.request(method, f"{ANNOTATIONS}/{UNKNOWN}", **({"json": {}} if method == "PATCH" else {}))
    assert (answer.status_code, answer.json()["detail"]) == (404, "Labeling annotation not found")


# The export


def test_export_tells_who_said_what_of_each_message(app: App, nora: Client, emil: Client) -> None:
    project = new_project(nora)
    task = claim(emil, project).json()
    submit(app, task)
    review = claim(nora, project, "review").json()
    said = review["labeling_evaluations"][0]["labeling_annotations"][0]["id"]
    patch(nora, f"{ANNOTATIONS}/{said}", {"status": "flagged"})
    export = nora.get(f"{PROJECTS}/{project['id']}/export").json()
    assert export["project"]["created_by_name"] == "Nora" and "labeling_guide" not in export["project"]
    assert [row["id"] for row in export["conversations"]] == [uid("c", number) for number in (1, 2, 3)]
    question, _, answer = export["conversations"][0]["messages"]
    assert (answer["gen_ai.request.model"], answer["gen_ai.response.finish_reasons"]) == ("small", ["stop"])
    assert question["gen_ai.usage.input_tokens"] is None and len(answer["parts"]) == 2
    maps = export["annotations"]
    assert list(maps) == ["automated", "primary", "review"]
    assert list(maps["automated"]) == [uid("m", number) for number in (3, 6, 9)]
    assert [row["status"] for name in maps for row in maps[name][uid("m", 3)]] == ["pending", "pending", "flagged"]
    assert maps["automated"][uid("m", 3)][0]["id"] == uid("f", 3)


def test_export_of_a_project_without_tasks_is_empty(nora: Client) -> None:
    project = new_project(nora, source_type="experiment")
    export = nora.get(f"{PROJECTS}/{project['id']}/export").json()
    assert export["conversations"] == []
    assert export["annotations"] == {"automated": {}, "primary": {}, "review": {}}
