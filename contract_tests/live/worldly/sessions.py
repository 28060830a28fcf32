"""The labeling sessions of a world that is being made, with their marks and tags, and tasks that are over."""

from typing import Any

from contract_tests.live.gathering import Facts
from contract_tests.live.worldly.building import picked
from contract_tests.live.worldly.texts import MOST_MADE_UP, Texts
from mock_server.studio.rows import Document, Group, Model, Session, SessionDocument, Tag
from mock_server.times import moment
from mock_server.world import Job

MOST_SEGMENTS = 400  # that are added to come to a progress
TASK_OVER = ("FINISHED", "FAILED")


class Sessions(Texts):
    """Makes sessions, tags and tasks."""

    def _sessions(self) -> None:
        for row_id, facts in self._of("session"):
            project = facts["project_id"]
            held = self._held(row_id, facts)
            total = sum(len(document.segments) for document in held)
            free = total - len(self._undecided(row_id))
            done = min(free, round(total * float(facts.get("progress", 0)) / 100))
            user, group, model = facts.get("user_id"), facts.get("document_group_id"), facts.get("model_id")
            self._put(
                Session, row_id, **picked(facts, "uuid", "name", "description", "mode", "status", "project_id"), user_id=user,
                class_ids=tuple(self._class(project, told) for told in facts.get("classes", ())),
                label_ids=tuple(self._label(project, told) for told in facts.get("labels", ())),
                document_group_id=group if group in self._table(Group) else None,
                model_id=model if model in self._table(Model) else None,
                segments_total=total, segments_done=done, created=self._time(facts),
                finished=moment(facts["finished"]) if facts.get("finished") else None,
            )  # fmt: skip
            self._hold(row_id, held, done)

    def _held(self, session_id: int, facts: Facts) -> list[Document]:
        """Return the documents of a session: those that were seen in it, then as many others as it says that it has."""
        documents = self._table(Document)
        known = self.found.within.get(("session", session_id), {})
        seen = [documents[row_id] for row_id in known if row_id in documents]
        group = facts.get("document_group_id")
        own = [row for row in documents.values() if row.project_id == facts["project_id"] and row.id not in known]
        more = sorted(own, key=lambda row: (group not in row.group_ids, row.id))
        found = [*seen, *more[: max(0, facts.get("document_count", 0) - len(seen))]]
        missing = min(facts.get("document_count", 0) - len(found), MOST_MADE_UP)
        if missing > 0:
            there = sum(len(row.segments) for row in found)
            first = _segments_for(float(facts.get("progress", 0)), there + missing) - there - missing + 1
            found += [self._filler(facts["project_id"], 1 if at else first) for at in range(missing)]
        return sorted(found, key=lambda row: row.id)

    def _hold(self, session_id: int, held: list[Document], done: int) -> None:
        left, undecided = done, self._undecided(session_id)
        for document in held:
            marked = [part.id for part in document.segments if part.id not in undecided][: max(0, left)]
            left -= len(marked)
            whole = self._begin() if marked and len(marked) == len(document.segments) else None
            marks = dict.fromkeys(marked, self._begin())
            self._put(SessionDocument, session_id=session_id, document_id=document.id, marks=marks, annotated=whole)

    def _tags(self) -> None:
        held = {(row.session_id, row.document_id) for row in self._table(SessionDocument).values()}
        for row_id, facts in self._of("tag"):
            document = self._table(Document).get(facts.get("document_id") or 0)
            segments = {part.id for part in document.segments} if document else set()
            session = facts.get("annotation_id")
            if (
                document is None
                or facts["segment_id"] not in segments
                or (session and (session, document.id) not in held)
            ):
                continue
            project = document.project_id
            in_correction = session is not None and self._table(Session)[session].mode == "CORRECTION"
            self._put(
                Tag, row_id, project_id=project, session_id=session, document_id=document.id, segment_id=facts["segment_id"],
                class_id=self._class(project, facts["class"]) if facts.get("class") else None,
                label_id=self._label(project, facts["label"]) if facts.get("label") else None, created=self._begin(),
                **(self._judged(row_id) if in_correction else {}),
            )  # fmt: skip

    def _judged(self, tag_id: int) -> dict[str, Any]:
        """Return how far a tag of a correction session is."""
        return {"origin": "MODEL", "status": "CORRECTING"} if self.found.is_undecided(tag_id) else {"origin": "ADDED"}

    def _undecided(self, session_id: int) -> set[int]:
        """Return the segments of a session in which something is undecided, so that they are not marked."""
        tags = [(row_id, facts) for row_id, facts in self._of("tag") if facts.get("annotation_id") == session_id]
        return {facts["segment_id"] for row_id, facts in tags if self.found.is_undecided(row_id)}

    def _tasks(self) -> None:
        for row_id, facts in self._of("task"):
            if facts["status"] in TASK_OVER:
                created, finished = moment(facts["created"]), moment(facts["finished"] or facts["created"])
                self._put(
                    Job, row_id, kind=facts["type"], subject=facts["project_id"], project_id=facts["project_id"], created=created,
                    due=finished, finished=moment(facts["finished"]) if facts["finished"] else None, status=facts["status"],
                )  # fmt: skip


def _segments_for(progress: float, least: int) -> int:
    """Return the smallest number of segments, `least` at the least, of which a whole number is that progress in percent."""
    fitting = (
        total
        for total in range(least, least + MOST_SEGMENTS)
        if round(100 * round(total * progress / 100) / total, 1) == progress
    )
    return next(fitting, least)
