"""The HITLs of a world that is being made, and their reviews."""

from functools import cached_property

from contract_tests.live.entities import Facts
from contract_tests.live.worldly.analyses import Analyses
from contract_tests.live.worldly.building import picked
from mock_server.studio.rows import Document, Hitl, Model, Project, Review, User
from mock_server.times import moment

OPEN = ("PENDING", "ASSIGNED")
FIELDS = ("task_id", "document_name", "page_num", "status", "label", "confidence_threshold")


class Reviews(Analyses):
    """Makes HITLs and reviews."""

    def _hitls(self) -> None:
        for row_id, facts in self._of("hitl"):
            if facts["project_id"] in self._table(Project):
                user, model = facts.get("assigned_user_id"), facts.get("model_id")
                self._put(
                    Hitl, row_id, **picked(facts, "project_id", "name", "description", "webhook_url"),
                    is_live=facts["is_live"] or row_id in self._must_be_live,
                    assigned_user_id=user if user in self._table(User) else None, model_id=model if model in self._table(Model) else None,
                    created=moment(facts["created_at"]), updated=moment(facts["updated_at"]),
                )  # fmt: skip
        spoken_of = {facts["hitl_id"]: facts.get("project_id") for _, facts in self._of("review")}
        for row_id, project in sorted(spoken_of.items()):
            if row_id not in self._table(Hitl) and project in self._table(Project):
                times = {"created": self._begin(), "updated": self._begin()}
                self._put(
                    Hitl,
                    row_id,
                    project_id=project,
                    name=f"HITL {row_id}",
                    is_live=row_id in self._must_be_live,
                    **times,
                )
        for row_id, facts in self._of("review"):
            self._review(row_id, facts)

    @cached_property
    def _must_be_live(self) -> set[int]:
        return {facts["hitl_id"] for _, facts in self._of("review") if facts["status"] in OPEN}

    def _review(self, row_id: int, facts: Facts) -> None:
        hitl, document = self._table(Hitl).get(facts["hitl_id"]), self._table(Document).get(facts["document_id"])
        if hitl is None or document is None or document.project_id != hitl.project_id:
            return
        data = facts.get("data") or {}
        self._put(
            Review, row_id, project_id=hitl.project_id, hitl_id=hitl.id, document_id=document.id, **picked(facts, *FIELDS),
            user_id=facts["user_id"] if facts.get("user_id") in self._table(User) else None, created=moment(facts["created"]),
            updated=moment(facts["updated"]), **picked(data, "value", "confidence"), boxes=tuple(data.get("boxes", ())),
        )  # fmt: skip
