"""The analyses of a world that is being made, with the documents that they read and what was found in them."""

from typing import Any
from uuid import UUID

from contract_tests.live.entities import Facts
from contract_tests.live.worldly.building import picked
from contract_tests.live.worldly.sessions import Sessions
from contract_tests.live.worldly.texts import FILLER, MOST_MADE_UP
from mock_server import text as sentences
from mock_server.studio.rows import (
    Analysis,
    AnalysisDocument,
    Document,
    Found,
    Label,
    Model,
    ModelClass,
    Named,
    Project,
    Workspace,
)  # fmt: skip
from mock_server.times import moment

OWN = ("id", "text", "segments")
UNDER_WAY = "ANALYZING"
BEFORE = ("CREATED", "QUEUED", "STARTED", UNDER_WAY)


class Analyses(Sessions):
    """Makes analyses and what they have read."""

    def _analyses(self) -> None:
        for row_id in sorted({*self._seen_analyses()}):
            facts = self.found.things["analysis"].get(row_id)
            documents = self._read_by(row_id, facts or {})
            self._analysis(row_id, facts or _made_up(row_id, documents, self._about_analysis(row_id)), documents)
            self._documents_of(row_id, documents)
        self._settle_projects()

    def _seen_analyses(self) -> set[int]:
        """Return the ids of all analyses that are spoken of."""
        within = {place for kind, place in self.found.within if kind == "analysis"}
        return {
            *self.found.things["analysis"],
            *self.found.pages,
            *self.found.loose,
            *within,
            *self.found.places.get("analysis_id", {}),
        }

    def _about_analysis(self, row_id: int) -> Facts:
        return picked(self.found.places.get("analysis_id", {}).get(row_id, {}), "project_id")

    def _analysis(self, row_id: int, facts: Facts, documents: list[Facts]) -> None:
        model = self._table(Model).get(facts.get("model_id") or 0)
        project = facts.get("project_id") if facts.get("project_id") in self._table(Project) else None
        user_id = self._callers.get(facts["who"]) if "who" in facts else facts.get("user_id")
        home = facts.get("organization_id") if facts.get("organization_id") in self._table(Workspace) else None
        classes, labels = (
            _names(facts.get("classes", ()), documents, "class"),
            _names(facts.get("labels", ()), documents, "label"),
        )
        status = UNDER_WAY if facts["status"] in BEFORE else facts["status"]
        self._put(
            Analysis, row_id, **picked(facts, "uuid", "name", "description", "type"), model_id=model.id if model else None,
            project_id=model.project_id if model and project is None else project, organization_id=home, user_id=user_id,
            classes=self._named_as(ModelClass, classes), labels=self._named_as(Label, labels), status=status,
            progress=float(facts["progress"]), created=self._time(facts),
            finished=moment(facts["finished"]) if facts.get("finished") else None,
        )  # fmt: skip

    def _named_as(self, kind: type[ModelClass] | type[Label], told: list[Facts]) -> tuple[Named, ...]:
        """Return classes or labels as an analysis keeps them; those that only tags name get ids of their own."""
        return tuple(
            Named(one.get("id") or self._new_id(kind), one["name"], one.get("example"), one.get("description"))
            for one in told
        )

    def _read_by(self, row_id: int, facts: Facts) -> list[Facts]:
        """Return the documents of an analysis in their order; those that were not seen say so."""
        pages, loose = self.found.pages.get(row_id, {}), dict(self.found.loose.get(row_id, {}))
        for known in pages.values():
            for field, part in loose.pop(known["id"], {}).items():
                known.setdefault(field, part)
        last = max(pages, default=-1) + 1
        seen: list[Facts] = [pages.get(place, {}) for place in range(min(last, len(pages) + MOST_MADE_UP))] + [
            *loose.values()
        ]
        missing = min(facts.get("document_count", 0) - len(seen), MOST_MADE_UP)
        return seen + [{} for _ in range(missing)]

    def _documents_of(self, analysis_id: int, documents: list[Facts]) -> None:
        for facts in documents:
            text = facts.get("text", FILLER)
            given = facts.get("segments")
            spans = sentences.split(text)
            segments = (
                self._divided(text, given) if given is not None else tuple(self._segment(*span) for span in spans)
            )
            there = {part.id for part in segments}
            tags = [
                (part["id"], tag) for part in given or () if part.get("id") in there for tag in part.get("tags", ())
            ]
            self._put(
                AnalysisDocument, analysis_id=analysis_id, number=facts.get("id"), text=text, segments=segments,
                tags=tuple(Found(tag["id"], place, tag.get("class"), tag.get("label")) for place, tag in tags if "id" in tag),
                meta={name: value for name, value in facts.items() if name not in OWN},
            )  # fmt: skip

    def _settle_projects(self) -> None:
        """Let documents of projects name only analyses of their own project."""
        for document in list(self._table(Document).values()):
            if document.analysis_ids:
                for analysis_id in document.analysis_ids:
                    self._move_to(analysis_id, document.project_id)
                kept = tuple(
                    one for one in document.analysis_ids if self._table(Analysis)[one].project_id == document.project_id
                )
                self._change(document, analysis_ids=kept)

    def _move_to(self, analysis_id: int, project_id: int) -> None:
        analysis = self._table(Analysis)[analysis_id]
        if analysis.project_id is None:
            self._change(analysis, project_id=project_id)


def _made_up(row_id: int, documents: list[Facts], about: Facts) -> Facts:
    """Return what has to be said of an analysis of which only documents were seen."""
    named = {"uuid": str(UUID(int=row_id, version=4)), "name": f"Analysis {row_id}"}
    return {**named, **about, "status": "FINISHED", "progress": 100.0}


def _names(told: Any, documents: list[Facts], kind: str) -> list[Facts]:
    """Return the classes (or labels) of an analysis, and then those that only its tags name."""
    known = {one["name"]: one for one in told}
    for facts in documents:
        for part in facts.get("segments") or ():
            for tag in part.get("tags", ()):
                if tag.get(kind) and tag[kind] not in known:
                    known[tag[kind]] = {"name": tag[kind]}
    return list(known.values())
