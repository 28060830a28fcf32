"""The annotations of a world of Blue Guardrails that is being made, with the evaluations that hold them and the messages they are of.

Which task and message an annotation is of is told by exports, by what was asked for, and by whoever began a task; else a message is made
up, with the words of the annotation where it has them.
"""

from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from contract_tests.live.entities import Facts
from contract_tests.live.ordering import in_order
from contract_tests.live.worldly.blue_guardrails import BlueGuardrails
from contract_tests.live.worldly.labeling import LATEST, Labeling
from contract_tests.live.worldly.texts import FILLER, MOST_MADE_UP
from mock_server.blue_guardrails.domain.texts import first_text, text_at
from mock_server.blue_guardrails.rows import BgAnnotation, BgEvaluation, BgMessage, BgProject, BgTask, BgUser
from mock_server.times import moment

LANES = {"primary": "task", "review": "review"}
Exported = tuple[str, str, str, Facts]  # project, lane, message and what an export says of an annotation


class Marking(Labeling):
    """Makes rows of Blue Guardrails."""

    def __init__(self, found: BlueGuardrails, now: datetime) -> None:
        super().__init__(found, now)
        self._written: dict[
            tuple[int, int], dict[int, str]
        ] = {}  # the letters of messages that were made up, by part and place
        exports = found.things["export"].values()
        self._seen_messages = {
            message["id"] for export in exports for one in export["conversations"] for message in one["messages"]
        }

    def build(self) -> None:
        """Make all rows."""
        for make in (
            self._workspaces, self._people, self._projects, self._conversations, self._tasks, self._evaluations, self._annotations,
            self._uncounted,
        ):  # fmt: skip
            make()

    def headers(self, who: str) -> dict[str, str]:
        """Return the headers with which a caller comes in."""
        return {"Authorization": f"Bearer {self._keys[who]}"}

    def said(self) -> list[str]:
        """Return how everybody who called comes in."""
        return [f"a caller of Blue Guardrails, with the key {key}" for key in self._keys.values()]

    def _exported(self) -> dict[str, Exported]:
        """Return what exports say of annotations, by UUID."""
        found: dict[str, Exported] = {}
        for project, export in self.found.things["export"].items():
            for name, lane in LANES.items():
                for message, annotations in export["annotations"][name].items():
                    found |= {one["id"]: (project, lane, message, one) for one in annotations}
        return found

    def _evaluations(self) -> None:
        """Make the evaluations of which everything is known: those that were shown to whoever began a task."""
        for uuid, facts in self.found.things["evaluation"].items():
            task = self._row(BgTask, facts["task_id"])
            if task is not None:
                message = self._message_of(task, facts["message_id"])
                user = self._row(BgUser, facts.get("creator_user_id"))
                self._evaluation(uuid, task, message, user.id if user else None, facts.get("origin_evaluation_id"))
        for uuid, facts in self.found.things["evaluation"].items():
            row, parent = (
                self._row(BgEvaluation, uuid),
                self._row(BgEvaluation, facts.get("parent_labeling_evaluation_id")),
            )
            if row is not None and parent is not None:
                self._change(row, parent_id=parent.id)

    def _evaluation(
        self, uuid: str, task: BgTask, message: BgMessage, user: int | None, origin: str | None
    ) -> BgEvaluation:
        whose = user or task.assignee_id or next(iter(self._table(BgUser)))
        return self._put(
            BgEvaluation, uuid=uuid, task_id=task.id, message_id=message.id, user_id=whose, origin_uuid=origin
        )

    def _message_of(self, task: BgTask, uuid: str) -> BgMessage:
        """Return a message of the conversation of a task; if nobody has seen it, one of this name."""
        known = self._row(BgMessage, uuid)
        if known is not None and known.conversation_id == task.conversation_id:
            return known
        parts = ({"type": "text", "content": FILLER},)
        named = {"uuid": uuid if known is None else self._uuid("message", uuid, task.id)}
        return self._put(BgMessage, **named, conversation_id=task.conversation_id, role="assistant", parts=parts)

    def _annotations(self) -> None:
        exported = self._exported()
        told = {uuid: {**one, "reviewed": True} for uuid, (_, _, _, one) in exported.items()}
        told |= {uuid: {**told.get(uuid, {}), **facts} for uuid, facts in self.found.things["annotation"].items()}
        self._origins(told, exported)
        lost: list[str] = []
        for uuid in in_order(self.found.lists["annotation"], told, lambda uuid: told[uuid].get("created_at", LATEST)):
            evaluation = self._evaluation_of(uuid, told[uuid], exported.get(uuid))
            if evaluation is None or not self._annotation(uuid, told[uuid], evaluation):
                lost.append(uuid)
        for uuid in told:
            row, parent = (
                self._row(BgAnnotation, uuid),
                self._row(BgAnnotation, told[uuid].get("parent_labeling_annotation_id")),
            )
            if row is not None and parent is not None:
                self._change(row, parent_id=parent.id)
        if lost:
            self.remarks.append(
                f"{len(lost)} annotations of Blue Guardrails were left out: their words are not where they say"
            )

    def _origins(self, told: dict[str, Facts], exported: dict[str, Exported]) -> None:
        """Learn of which task and message evaluations are, from those of their annotations of which that is known."""
        self._known: dict[str, tuple[str | None, Exported | None]] = {}
        self._sizes: Counter[str] = Counter()  # how many annotations evaluations have
        self._given: Counter[str] = Counter()  # how many annotations tasks have
        for uuid, facts in told.items():
            evaluation = facts.get("evaluation_id")
            if evaluation is not None:
                task, export = self._known.get(evaluation, (None, None))
                self._sizes[evaluation] += 1
                self._known[evaluation] = task or facts.get("task_id"), export or exported.get(uuid)
                self._given[facts.get("task_id", "")] += 1

    def _evaluation_of(self, uuid: str, facts: Facts, export: Exported | None) -> BgEvaluation | None:
        name = facts.get("evaluation_id") or self._uuid("evaluation", *(export or (uuid,))[:3])
        known = self._row(BgEvaluation, name)
        if known is not None:
            return known
        task_id, other = self._known.get(name, (facts.get("task_id"), export))
        export = export or other
        task = self._row(BgTask, task_id) or self._task_for(export, facts, uuid)
        if task is None:
            return None
        message = self._row(BgMessage, export[2]) if export else None
        if message is None or message.conversation_id != task.conversation_id:
            message = self._filler(task.conversation_id)
        return self._evaluation(name, task, message, None, None)

    def _task_for(self, export: Exported | None, facts: Facts, uuid: str) -> BgTask | None:
        """Return a task in which an annotation may be: of its message, lane and project as far as they are known, with room for it."""
        project = self._row(BgProject, export[0] if export else facts.get("project_id"))
        message = self._row(BgMessage, export[2]) if export else None
        place = self._home("annotation", uuid)
        if facts.get("task_id"):
            return self._task_made_up(project, place, facts["task_id"])
        fitting = [
            task
            for task in self._table(BgTask).values()
            if (
                project.id == task.project_id
                if project
                else self._table(BgProject)[task.project_id].workspace_id == place
            )
            and (message is None or message.conversation_id == task.conversation_id)
            and (export is None or task.lane == export[1])
        ]
        room = (task for task in fitting if self._room(task) >= self._sizes[facts.get("evaluation_id") or ""])
        found = next(room, None) or next(iter(fitting), None)
        if found is not None:
            self._given[found.uuid] += self._sizes[facts.get("evaluation_id") or ""]
        return found or self._task_made_up(project, place)

    def _room(self, task: BgTask) -> int:
        """Return how many annotations a task can still have, by what was said of it."""
        told = self.found.things["task"].get(task.uuid, {}).get("annotation_count", MOST_MADE_UP)
        return int(told) - self._given[task.uuid]

    def _task_made_up(self, project: BgProject | None, place: int, uuid: str | None = None) -> BgTask | None:
        """Make a task, with a project if there is none, for an annotation of which nobody has seen anything else."""
        if project is None:
            project = self._project_made_up(self._uuid("project", len(self._table(BgProject)) + 1), place)
        used = [row.sequence_number for row in self._table(BgTask).values() if row.project_id == project.id]
        number = max(used, default=0) + 1
        conversation = self._conversation(self._uuid("conversation", project.uuid, number), project.workspace_id)
        told = {
            "sequence_number": number,
            "status": "pending",
            "created_at": str(self._begin),
            "updated_at": str(self._begin),
        }
        return self._task(uuid or self._uuid("task", project.uuid, number), told, project, conversation)

    def _annotation(self, uuid: str, facts: Facts, evaluation: BgEvaluation) -> bool:
        """Add an annotation; return whether its words are where it says."""
        if not self._fits(facts, evaluation):
            return False
        task = self._table(BgTask)[evaluation.task_id]
        project = self._table(BgProject)[task.project_id]
        made = project.created if "created_at" not in facts else moment(facts["created_at"])
        place = {
            "workspace_id": project.workspace_id,
            "project_id": project.id,
            "task_id": task.id,
            "evaluation_id": evaluation.id,
        }
        self._put(
            BgAnnotation, uuid=uuid, **place, origin_uuid=facts.get("origin_annotation_id"), status=facts["status"], label=facts["label"],
            text=facts["text"], start=facts["start_offset"], end=facts["end_offset"], part=facts["message_part_index"],
            explanation=facts["explanation"], reviewed=facts["reviewed"], created=made,
            updated=moment(facts["updated_at"]) if "updated_at" in facts else made,
        )  # fmt: skip
        return True

    def _fits(self, facts: Facts, evaluation: BgEvaluation) -> bool:
        """Whether the words of an annotation are where it says; in a message that was made up they are put there."""
        start, end, words, part = facts["start_offset"], facts["end_offset"], facts["text"], facts["message_part_index"]
        message = self._table(BgMessage)[evaluation.message_id]
        if not 0 <= start < end or end - start != len(words):
            return False
        text = text_at(message, part)
        if text is not None and text[start:end] == words:
            return True
        return message.uuid not in self._seen_messages and self._write(message, part, start, words)

    def _write(self, message: BgMessage, part: int | None, start: int, words: str) -> bool:
        """Put words at their place into a message that was made up; return whether nothing else was there already."""
        at = (first_text(message) or 0) if part is None else part
        if at > MOST_MADE_UP:
            return False
        parts = [dict(one) for one in message.parts]
        parts += [{"type": "text", "content": FILLER} for _ in range(at + 1 - len(parts))]
        taken = self._written.setdefault((message.id, at), {})
        if any(taken.get(start + number, letter) != letter for number, letter in enumerate(words)):
            return False
        taken |= {start + number: letter for number, letter in enumerate(words)}
        length = max(len(FILLER), max(taken) + 1)
        parts[at]["content"] = "".join(
            taken.get(place) or (FILLER + " ")[place % (len(FILLER) + 1)] for place in range(length)
        )
        self._change(message, parts=tuple(parts))
        return True

    def _uncounted(self) -> None:
        """Add annotations to tasks that say that they have more than were seen."""
        held = Counter(row.task_id for row in self._table(BgAnnotation).values())
        for uuid, facts in self.found.things["task"].items():
            task = self._row(BgTask, uuid)
            missing = min(facts.get("annotation_count", 0) - held[task.id if task else 0], MOST_MADE_UP)
            if task is not None and missing > 0:
                message = next(
                    row for row in self._table(BgMessage).values() if row.conversation_id == task.conversation_id
                )
                evaluation = self._evaluation(self._uuid("evaluation", uuid), task, message, None, None)
                for number in range(missing):
                    self._unseen_annotation(task, evaluation, number)
        if self.found.is_open("annotation") and all(kind != "annotation" for kind, _, _ in self.found.closed):
            self._one_more(next(reversed(self._table(BgAnnotation).values()), None))

    def _one_more(self, last: BgAnnotation | None) -> None:
        """Add an annotation like the last one, if the end of their list was not seen."""
        if last is not None:
            self._put(BgAnnotation, **{**msgspec.structs.asdict(last), "uuid": self._uuid("annotation", last.uuid)})

    def _unseen_annotation(self, task: BgTask, evaluation: BgEvaluation, number: int) -> None:
        project, message = self._table(BgProject)[task.project_id], self._table(BgMessage)[evaluation.message_id]
        text = text_at(message, None) or FILLER
        label: Any = project.label_schema[0]["name"] if project.label_schema else "label"
        place = {"start_offset": 0, "end_offset": len(text), "text": text, "message_part_index": None}
        told = {**place, "label": label, "status": "pending", "explanation": None, "reviewed": False}
        self._annotation(self._uuid("annotation", task.uuid, number), told, evaluation)
