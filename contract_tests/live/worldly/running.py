"""The jobs of a world that is being made: tasks that are over, and what goes on, with the time at which it will be over.

A job stands at the end of the recording where it stood when it was last seen; when it is due follows from how far it was. Not here: what
such a job does at its end (the domain).
"""

from datetime import datetime, timedelta
from typing import Any

from contract_tests.live.entities import Facts
from contract_tests.live.worldly.reviews import Reviews
from mock_server.studio.domain import training
from mock_server.studio.domain.analyses import BEGINNINGS
from mock_server.studio.rows import Analysis, Group, Model, Project, Session
from mock_server.times import moment
from mock_server.world import Job

OVER = ("FINISHED", "FAILED")
RECENT = timedelta(hours=1)  # a model that is older and not trained is not being trained
SOON = timedelta(seconds=2)
TASKS = {"GROUP": "PROCESSING", "CLONE": "CLONING"}  # the status of what a task of this kind works on
LEARNED: Facts = {
    "metrics": {
        **dict.fromkeys(("precision", "recall", "f1")),
        **dict.fromkeys(("support", "train_segments", "test_segments"), 0),
        "classes": {},
        "labels": {},
    }
}  # what a training comes to of which nobody has seen the end
HARDLY = 0.0004  # share of a job that is shown as 0 percent
STATUS_SHARES = {"CREATED": 0.05, "QUEUED": 0.15, "STARTED": 0.25}  # of the job of an analysis


class Running(Reviews):
    """Makes jobs."""

    def _jobs(self) -> None:
        for row_id, facts in self._of("task"):
            if facts.get("project_id") in self._table(Project):
                self._task(row_id, facts)
        for row_id, facts in self._of("analysis"):
            if facts["status"] in (*STATUS_SHARES, "ANALYZING") and row_id in self._table(Analysis):
                self._start(
                    "ANALYSIS", row_id, self._table(Analysis)[row_id].project_id, self._time(facts), _share_of(facts)
                )
        for row in [*self._table(Session).values()]:
            self._preparing(row)
        for group in [*self._table(Group).values()]:
            if group.status == TASKS["GROUP"] and not self._is_worked_on("GROUP", group.id):
                self._start("GROUP", group.id, group.project_id, group.created, 0.5, payload=_nothing("GROUP"))
        self._trainings()

    def _task(self, row_id: int, facts: Facts) -> None:
        kind, project = facts["type"], facts["project_id"]
        if facts["status"] in OVER:
            created, finished = moment(facts["created"]), moment(facts["finished"] or facts["created"])
            self._put(
                Job, row_id, kind=kind, subject=project, project_id=project, created=created, due=finished,
                finished=finished if facts["finished"] else None, status=facts["status"],
            )  # fmt: skip
            return
        subject = self._subject(kind, project)
        if subject is None or facts["status"] != "STARTED":
            self.remarks.append(
                f"task {row_id}, a {kind} that is {facts['status']}, was left out: nobody could end it here"
            )
            return
        share = max(float(facts["progress"]) / 100, HARDLY)
        self._start(
            kind,
            subject,
            project,
            moment(facts["created"]),
            share,
            row_id,
            _nothing(kind, self.found.clones.get(project)),
        )

    def _subject(self, kind: str, project: int) -> int | None:
        """Return what a task that goes on works on; None if nothing fits."""
        if kind in ("UPLOAD", "TRANSFER"):
            return project
        if kind == "CLONE":
            return project if self.found.clones.get(project) in self._table(Project) else None
        waiting = [
            row.id for row in self._table(Group).values() if (row.project_id, row.status) == (project, TASKS.get(kind))
        ]
        free = [row_id for row_id in waiting if not self._is_worked_on(kind, row_id)]
        return free[0] if kind == "GROUP" and free else None

    def _is_worked_on(self, kind: str, subject: int) -> bool:
        return any(
            (job.kind, job.subject, job.status) == (kind, subject, "STARTED") for job in self._table(Job).values()
        )

    def _preparing(self, row: Session) -> None:
        """Start the jobs of a correction session of which the documents or the tags are not there yet."""
        if row.mode == "CORRECTION" and row.status in ("SAMPLING", "PREDICTING"):
            if row.status == "SAMPLING":
                self._start("SAMPLING", row.id, row.project_id, row.created, 0.5, payload={"sample_size": 20})
            self._start("CORRECTION", row.id, row.project_id, row.created, 0.3)

    def _trainings(self) -> None:
        """Let models that are being trained be so until it is over."""
        for row_id, facts in self._of("model"):
            gone, model = _trained_for(facts), self._table(Model)[row_id]
            if gone is not None and (model.status == "TRAINING" or self.now - model.created < RECENT):
                created = self.now - timedelta(seconds=gone)
                self._change(model, status="TRAINING", progress=0.0)
                due = created + timedelta(seconds=training.SECONDS)
                fields = {"subject": row_id, "project_id": model.project_id, "created": created, "due": due}
                self._put(Job, kind="TRAINING", **fields, payload=LEARNED)

    def _start(
        self, kind: str, subject: int, project: int | None, created: datetime, share: float, row_id: int | None = None, payload: Any = None
    ) -> None:  # fmt: skip
        """Add a job of which this share is over now."""
        gone = max(self.now - created, timedelta(0))
        due = created + gone / share if gone else self.now + SOON
        fields = {"subject": subject, "project_id": project, "created": created, "due": due, "payload": payload}
        self._put(Job, row_id, kind=kind, **fields)


def _nothing(kind: str, source: int | None = None) -> Any:
    """Return the payload of a job that has nothing left to do but to end, or to clone a project."""
    return {"GROUP": {"drafts": [], "document_ids": []}, "UPLOAD": [], "CLONE": {"source_id": source}}.get(kind)


def _share_of(facts: Facts) -> float:
    """Return which share of the job of an analysis is over, by its status and its progress."""
    begun = BEGINNINGS[-1][0]
    return STATUS_SHARES.get(facts["status"], begun + (1 - begun) * float(facts["progress"]) / 100)


def _trained_for(facts: Facts) -> float | None:
    """Return for how many seconds a model has been trained, by its status and its progress; None if it is not."""
    whole = training.SECONDS - training.TRAINING_AFTER
    begun = {"CREATED": training.QUEUED_AFTER / 2, "QUEUED": (training.QUEUED_AFTER + training.TRAINING_AFTER) / 2}
    if facts.get("status") == "TRAINING":
        return training.TRAINING_AFTER + whole * float(facts.get("progress") or 0) / 100
    return begun.get(facts.get("status", ""))
