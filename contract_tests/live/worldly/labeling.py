"""Rows of Blue Guardrails from what a recording tells of it: workspaces, people, projects, tasks with their conversations.

Where a recording tells of more than it shows, tasks and conversations are made up that say so. Not here: the annotations (`marking`).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import UUID, uuid5

import msgspec

from contract_tests.live.entities import Facts
from contract_tests.live.ordering import in_order
from contract_tests.live.worldly.blue_guardrails import BlueGuardrails
from contract_tests.live.worldly.texts import FILLER, MOST_MADE_UP
from mock_server.blue_guardrails.rows import (
    BgApiKey,
    BgConversation,
    BgMember,
    BgMessage,
    BgProject,
    BgTask,
    BgUser,
    BgWorkspace,
    Finding,
)  # fmt: skip
from mock_server.times import moment
from mock_server.world.rows import Row

R = TypeVar("R", bound=Row)
MADE_UP = UUID("7b1f0c52-6f0e-4d6c-9d5b-1b7c0a8e2f00")  # the name space of UUIDs of what nobody has seen
GOOD_FOR = timedelta(days=3650)
LATEST = "9999"


class Labeling:
    """Makes rows of what was told; `callers` say in the end with which key who called comes in."""

    def __init__(self, found: BlueGuardrails, now: datetime) -> None:
        self.found, self.now = found, now
        self.rows: dict[type[Row], dict[int, Any]] = {}
        self.remarks: list[str] = []
        self._ids: dict[type[Row], dict[str, int]] = defaultdict(dict)  # by UUID
        self._keys: dict[str, str] = {}

    def _put(self, kind: type[R], **fields: Any) -> R:
        some = self.rows.setdefault(kind, {})
        row = kind(**{**fields, "id": len(some) + 1})
        some[row.id] = row
        if "uuid" in fields:
            self._ids[kind][fields["uuid"]] = row.id
        return row

    def _table(self, kind: type[R]) -> dict[int, R]:
        return self.rows.setdefault(kind, {})

    def _row(self, kind: type[R], uuid: str | None) -> R | None:
        row_id = self._ids[kind].get(uuid or "")
        return None if row_id is None else self._table(kind)[row_id]

    def _uuid(self, *what: object) -> str:
        return str(uuid5(MADE_UP, " ".join(map(str, what))))

    @property
    def _begin(self) -> datetime:
        return self.now - timedelta(days=30)

    # Who

    def _workspaces(self) -> None:
        """Make a workspace for each that was named, and for callers who name none: the same where they have seen the same things."""
        self._same = {home: home for home in self.found.homes}
        for homes in self.found.seen.values():
            first, *others = homes
            for other in others:
                self._same[self._root(other)] = self._root(first)
        self._workspace_of: dict[str, int] = {}
        for home, uuid in sorted(self.found.homes.items(), key=lambda pair: pair[1] is None):
            root = self._root(home)
            if root not in self._workspace_of:
                number = len(self._workspace_of) + 1
                named = {"uuid": uuid or self._uuid("workspace", number), "name": f"Workspace {number}"}
                self._workspace_of[root] = self._put(BgWorkspace, **named, created=self._begin).id

    def _root(self, home: str) -> str:
        while self._same[home] != home:
            home = self._same[home]
        return home

    def _home(self, kind: str, uuid: str) -> int:
        """Return the workspace in which something was seen."""
        homes = self.found.seen.get((kind, uuid)) or self.found.homes
        return self._workspace_of[self._root(next(iter(homes)))]

    def _people(self) -> None:
        for who, home in self.found.callers.items():
            number = len(self._keys) + 1
            user = self._put(
                BgUser, uuid=self._uuid("caller", number), name=f"Caller {number}", email=f"caller{number}@example.com", created=self._begin
            )  # fmt: skip
            place = self._workspace_of[self._root(home)]
            self._join(place, user.id)
            self._keys[who] = f"bg-traffic-{number}"
            scope: Any = {"scope": "workspace", "user_id": user.id, "workspace_id": place}
            self._put(BgApiKey, key=self._keys[who], **scope, created=self._begin, expires=self.now + GOOD_FOR)
        names = {
            export["project"]["created_by"]: export["project"]["created_by_name"]
            for export in self.found.things["export"].values()
        }
        for kind, uuid, shown in self._named():
            row = self._row(BgUser, shown)
            if row is None:
                number = len(self._table(BgUser)) + 1
                named = {"name": names.get(shown, f"Person {number}"), "email": f"person{number}@example.com"}
                row = self._put(BgUser, uuid=shown, **named, created=self._begin)
            self._join(self._home(kind, uuid), row.id)

    def _named(self) -> Iterator[tuple[str, str, str]]:
        """Yield the people whom things name, each with kind and UUID of the thing."""
        fields = {
            "project": ("created_by",),
            "task": ("assignee_id", "source_task_assignee_id"),
            "evaluation": ("creator_user_id",),
        }
        for kind, names in fields.items():
            for uuid, facts in self.found.things[kind].items():
                yield from ((kind, uuid, facts[name]) for name in names if facts.get(name))

    def _join(self, place: int, user_id: int) -> None:
        if not any((row.workspace_id, row.user_id) == (place, user_id) for row in self._table(BgMember).values()):
            self._put(BgMember, workspace_id=place, user_id=user_id)

    # Projects and their tasks

    def _projects(self) -> None:
        self._one_before()
        told = self.found.things["project"]
        lists = [some[::-1] for some in self.found.lists["project"]]  # the newest are shown first
        taken: set[tuple[int, str]] = set()
        for uuid in in_order(lists, told, lambda uuid: told[uuid].get("created_at", LATEST)):
            facts, place = told[uuid], self._home("project", uuid)
            slug = facts["slug"] if (place, facts["slug"]) not in taken else f"{facts['slug']}-{len(taken)}"
            taken.add((place, slug))
            self._put(
                BgProject, uuid=uuid, workspace_id=place, name=facts["name"], slug=slug, labeling_guide=facts.get("labeling_guide"),
                source_type=facts["source_type"], source_experiment_id=facts.get("source_experiment_id"),
                source_filter_snapshot=facts.get("source_filter_snapshot"), label_schema=tuple(facts["label_schema"]), **facts["config"],
                status=facts["status"], created_by_id=self._ids[BgUser][facts["created_by"]], created=moment(facts["created_at"]),
                updated=moment(facts["updated_at"]),
            )  # fmt: skip
        self._made_up_projects()

    def _one_before(self) -> None:
        """Make a project that is older than all others, if the end of their list was not seen."""
        if self.found.is_open("project"):
            told = min(self.found.things["project"].values(), key=lambda facts: str(facts["created_at"]))
            place = self._home("project", told["id"])
            named = {"name": "Project 0", "slug": "project-0", "source_type": "conversations"}
            times = {"created": moment(told["created_at"]), "updated": moment(told["created_at"])}
            whose = self._ids[BgUser][told["created_by"]]
            self._put(
                BgProject, uuid=self._uuid("project", 0), workspace_id=place, **named, created_by_id=whose, **times
            )

    def _made_up_projects(self) -> None:
        """Make the projects of which only tasks or annotations were asked for."""
        named = {facts["project_id"]: self._home("task", uuid) for uuid, facts in self.found.things["task"].items()}
        named |= {uuid: self._workspace_of[self._root(home)] for uuid, home in self.found.places.items()}
        for uuid, place in named.items():
            if uuid not in self._ids[BgProject]:
                self._project_made_up(uuid, place)

    def _project_made_up(self, uuid: str, place: int) -> BgProject:
        """Make a project of which nothing is known."""
        number = len(self._table(BgProject)) + 1
        creator = next(row.user_id for row in self._table(BgMember).values() if row.workspace_id == place)
        named = {
            "name": f"Project {number}",
            "slug": f"project-{number}",
            "source_type": "conversations",
            "status": "active",
        }
        times = {"created": self._begin, "updated": self._begin}
        return self._put(BgProject, uuid=uuid, workspace_id=place, **named, created_by_id=creator, **times)

    def _conversations(self) -> None:
        for uuid, export in self.found.things["export"].items():
            for conversation in export["conversations"]:
                row = self._conversation(conversation["id"], self._home("project", uuid))
                for message in conversation["messages"]:
                    self._message(row.id, message, export["annotations"]["automated"].get(message["id"], ()))

    def _conversation(self, uuid: str, place: int) -> BgConversation:
        return self._row(BgConversation, uuid) or self._put(
            BgConversation, uuid=uuid, workspace_id=place, created=self._begin
        )

    def _message(self, conversation_id: int, shown: Facts, automated: Any) -> None:
        if self._row(BgMessage, shown["id"]) is not None:
            return
        findings = tuple(
            Finding(
                uuid=one["id"], label=one["label"], text=one["text"], start=one["start_offset"], end=one["end_offset"],
                part=one["message_part_index"] or 0, explanation=one["explanation"],
            )
            for one in automated
        )  # fmt: skip
        reasons = shown["gen_ai.response.finish_reasons"]
        self._put(
            BgMessage, uuid=shown["id"], conversation_id=conversation_id, role=shown["role"], parts=tuple(shown["parts"]),
            model=shown["gen_ai.request.model"], provider=shown["gen_ai.provider.name"], findings=findings,
            input_tokens=shown["gen_ai.usage.input_tokens"], output_tokens=shown["gen_ai.usage.output_tokens"],
            finish_reasons=None if reasons is None else tuple(reasons),
            evaluation_uuid=self._uuid("evaluation", shown["id"]) if findings else None,
        )  # fmt: skip

    def _tasks(self) -> None:
        self._filled = self._with_unseen()
        order = sorted(
            self._filled.items(),
            key=lambda pair: (self._ids[BgProject][pair[1]["project_id"]], pair[1]["sequence_number"]),
        )
        reviews: list[tuple[BgTask, str]] = []
        last: defaultdict[int, int] = defaultdict(int)  # sequence numbers, by project
        for uuid, facts in order:
            project = self._row(BgProject, facts["project_id"])
            assert project is not None
            conversation = self._conversation(facts["conversation_id"], project.workspace_id)
            if not any(row.conversation_id == conversation.id for row in self._table(BgMessage).values()):
                self._filler(conversation.id)
            last[project.id] = number = max(facts["sequence_number"], last[project.id] + 1)
            row = self._task(uuid, {**facts, "sequence_number": number}, project, conversation)
            if facts.get("source_task_id"):
                reviews.append((row, facts["source_task_id"]))
        for row, source in reviews:
            known = self._row(BgTask, source)
            fields = {"lane": "review", "source_task_id": known.id} if known else {}
            self._change(row, **fields)

    def _task(self, uuid: str, facts: Facts, project: BgProject, conversation: BgConversation) -> BgTask:
        times = {name: moment(facts[name]) if facts.get(name) else None for name in ("started_at", "submitted_at")}
        created = moment(facts["created_at"])
        started = None if facts["status"] == "pending" else times["started_at"] or created
        submitted = (times["submitted_at"] or created) if facts["status"] == "completed" else None
        assignee = self._row(BgUser, facts.get("assignee_id"))
        return self._put(
            BgTask, uuid=uuid, project_id=project.id, conversation_id=conversation.id, sequence_number=facts["sequence_number"],
            status=facts["status"], assignee_id=assignee.id if assignee else None, created=created, updated=moment(facts["updated_at"]),
            started=started, submitted=submitted, active_seconds=facts.get("active_duration_seconds"),
        )  # fmt: skip

    def _with_unseen(self) -> dict[str, Facts]:
        """Return all tasks, and as many more as projects say that they have; what is in an export has a task, too."""
        tasks = dict(self.found.things["task"])
        for uuid, facts in self.found.things["task"].items():
            self._add_relatives(tasks, uuid, facts)
        by_project: defaultdict[str, list[Facts]] = defaultdict(list)
        for facts in tasks.values():
            by_project[facts["project_id"]].append(facts)
        for row in [*self._table(BgProject).values()]:
            uuid, project = row.uuid, self.found.things["project"].get(row.uuid, {"created_at": str(row.created)})
            own = by_project[uuid]
            export = self.found.things["export"].get(uuid, {"conversations": ()})
            known = {facts["conversation_id"] for facts in own}
            unseen = [one["id"] for one in export["conversations"] if one["id"] not in known]
            wanted = max(project.get("task_count", 0) - len(own), len(unseen), int(self.found.is_open("task", uuid)))
            done = project.get("completed_task_count", 0) - sum(facts["status"] == "completed" for facts in own)
            numbers = {facts["sequence_number"] for facts in own}
            free = (
                number for number in range(1, len(own) + wanted + 1 + max(numbers, default=0)) if number not in numbers
            )
            for at, number in zip(range(min(wanted, MOST_MADE_UP)), free, strict=False):
                conversation = unseen[at] if at < len(unseen) else self._uuid("conversation", uuid, at)
                tasks[self._uuid("task", uuid, at)] = self._unseen(uuid, project, number, conversation, at < done)
            self._add_reviews(tasks, uuid, export)
        return tasks

    def _add_reviews(self, tasks: dict[str, Facts], project: str, export: Facts) -> None:
        """Add the reviews in which annotations of an export were made, if nobody has seen them."""
        own = {uuid: facts for uuid, facts in tasks.items() if facts["project_id"] == project}
        sources = {facts["conversation_id"]: uuid for uuid, facts in own.items() if not facts.get("source_task_id")}
        reviewed = {facts["conversation_id"] for facts in own.values() if facts.get("source_task_id")}
        for conversation in export["conversations"]:
            given = export.get("annotations", {}).get("review", {})
            is_told = any(message["id"] in given for message in conversation["messages"])
            source = sources.get(conversation["id"])
            if is_told and source is not None and conversation["id"] not in reviewed:
                number = max(facts["sequence_number"] for facts in tasks.values() if facts["project_id"] == project) + 1
                made = {**own[source], "sequence_number": number, "status": "completed", "source_task_id": source}
                tasks[self._uuid("review", source)] = {**made, "active_duration_seconds": None, "review_task_id": None}

    def _add_relatives(self, tasks: dict[str, Facts], uuid: str, facts: Facts) -> None:
        """Add the task that a review is about, and the review of a task, if nobody has seen them."""
        times = {"created_at": facts["created_at"], "updated_at": facts["created_at"]}
        named = {"project_id": facts["project_id"], "conversation_id": facts["conversation_id"], **times}
        used = {other["sequence_number"] for other in tasks.values() if other["project_id"] == facts["project_id"]}
        source, review = facts.get("source_task_id"), facts.get("review_task_id")
        if source and source not in tasks:
            free = next(number for number in count(1) if number not in used)
            whose = facts.get("source_task_assignee_id")
            tasks[source] = {**named, "sequence_number": free, "status": "completed", "assignee_id": whose}
        if review and review not in tasks:
            tasks[review] = {**named, "sequence_number": max(used) + 1, "status": "pending", "source_task_id": uuid}

    def _unseen(self, uuid: str, project: Facts, number: int, conversation: str, is_done: bool) -> Facts:
        times = {"created_at": project["created_at"], "updated_at": project["created_at"]}
        seconds = project.get("avg_completion_seconds") if is_done else None
        closed = [filters for kind, place, filters in self.found.closed if (kind, place) == ("task", uuid)]
        open_ones = (
            status for status in ("pending", "in_progress") if not any(_shows(filters, status) for filters in closed)
        )
        status = "completed" if is_done else next(open_ones, "pending")
        named = {"project_id": uuid, "conversation_id": conversation, "sequence_number": number}
        return {**named, **times, "status": status, "active_duration_seconds": seconds}

    def _filler(self, conversation_id: int, parts: tuple[Facts, ...] = ()) -> BgMessage:
        """Add a message that says that it was not recorded."""
        number = len(self._table(BgMessage)) + 1
        parts = parts or ({"type": "text", "content": FILLER},)
        return self._put(
            BgMessage, uuid=self._uuid("message", number), conversation_id=conversation_id, role="assistant", parts=parts
        )  # fmt: skip

    def _change(self, row: Any, **fields: Any) -> None:
        self._table(type(row))[row.id] = msgspec.structs.replace(row, **fields)


def _shows(filters: dict[str, str], status: str) -> bool:
    """Whether a list with these filters shows a task of nobody with this status."""
    return (
        filters.get("status", status) == status
        and filters.get("lane", "task") == "task"
        and "assignee_id" not in filters
    )
