"""The projects of a world that is being made, with their classes, labels and models."""

from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID

from contract_tests.live.entities import Facts
from contract_tests.live.worldly.building import picked
from contract_tests.live.worldly.people import People
from mock_server.studio.rows import Label, Model, ModelClass, Project

OF_MODELS = (
    "uuid", "name", "display_name", "base", "language", "long_description", "short_description", "progress", "score", "status", "type",
    "project_id",
)  # fmt: skip
OF_PROJECTS = (
    "class", "label", "document", "group", "session", "tag", "task", "project permission", "model", "analysis", "hitl", "review",
)  # fmt: skip
"""Things that are of a project."""


class Projects(People):
    """Makes projects and what they have by name."""

    def _projects(self) -> None:
        told = {facts["project_id"]: facts for _, facts in self._of("session") if "project_id" in facts}
        for row_id, facts in self._of("project"):
            fields = picked(facts, "name", "type", "status", "external_id")
            home = facts.get("organization_id") or told.get(row_id, {}).get("organization_id") or self.home
            self._put(Project, row_id, **fields, organization_id=home, created=self._time(facts))
        spoken_of = {facts.get("project_id") for kind in OF_PROJECTS for _, facts in self._of(kind)}
        spoken_of |= self.found.places.get("project_id", {}).keys()
        for row_id in sorted({*filter(None, spoken_of)} - self._table(Project).keys()):
            known = told.get(row_id, {})
            around = self.found.places.get("project_id", {}).get(row_id, {})
            home = known.get("organization_id") or around.get("organization_id") or self.home
            kind = known.get("type", "ABSA")
            self._put(Project, row_id, name=f"Project {row_id}", type=kind, organization_id=home, created=self._begin())

    @cached_property
    def _labels_by_hitl(self) -> dict[int, Facts]:
        """The labels of models, as far as HITLs tell them: of a model of another kind they are all that is known."""
        told = [facts for _, facts in self._of("hitl") if facts.get("model_id") is not None and facts.get("labels")]
        return {facts["model_id"]: {"labels": tuple(facts["labels"])} for facts in told}

    def _named(self) -> None:
        for kind, name, fields in ((ModelClass, "class", ("example", "description")), (Label, "label", ())):
            newest = {(facts.get("project_id"), facts["name"]): row_id for row_id, facts in self._of(name)}
            for row_id, facts in self._of(name):
                place = facts.get("project_id"), facts["name"]
                if place[0] in self._table(Project) and newest[place] == row_id:  # an older one of the name has gone
                    self._put(kind, row_id, **picked(facts, "project_id", "name", *fields))
        for row_id, facts in self._of("project"):
            for told in facts.get("classes", ()):
                self._class(row_id, told)
            for told in facts.get("labels", ()):
                self._label(row_id, told)

    def _class(self, project_id: int, told: Any) -> int:
        """Return the id of a class of a project by its name, or by all of it."""
        return self._called(ModelClass, project_id, told)

    def _label(self, project_id: int, told: Any) -> int:
        return self._called(Label, project_id, told)

    def _called(self, kind: type[Any], project_id: int, told: Any) -> int:
        if isinstance(told, dict):
            known = self._table(kind).get(told["id"])
            if known is not None and known.project_id == project_id:
                return int(known.id)
            told = told["name"]
        if kind not in self._names:
            self._names[kind] = {(row.project_id, row.name): row.id for row in self._table(kind).values()}
        names = self._names[kind]
        if (project_id, told) not in names:
            names[project_id, told] = self._put(kind, project_id=project_id, name=told).id
        return names[project_id, told]

    def _models(self) -> None:
        for row_id, facts in self._of("model"):
            owner, detailed = self._person(facts.get("owner")), dict(self._labels_by_hitl.get(row_id, {}))
            if "metrics" in facts:
                detailed |= {"metrics": facts["metrics"], "demoset": tuple(facts.get("demoset", ()))}
                detailed |= {name: tuple(facts[name]) for name in ("classes", "labels") if facts.get(name) is not None}
            home = None if facts.get("project_id") is not None else facts.get("organization_id")
            project = self._table(Project).get(facts.get("project_id") or 0)
            fields = picked(facts, *OF_MODELS) | {
                "name": self._free(project.organization_id if project else home, facts["name"])
            }
            self._put(
                Model, row_id, **fields, **detailed, organization_id=home, owner_id=owner.id if owner else None, created=self._time(facts)
            )  # fmt: skip
        for kind in ("session", "analysis", "hitl", "model permission"):
            for _, facts in self._of(kind):
                if facts.get("model_id") is not None and facts["model_id"] not in self._table(Model):
                    self._referred_to_model(facts["model_id"], facts)

    def _free(self, workspace: int | None, name: str) -> str:
        """Return the name of a model, with a number behind it if another one of the workspace has it."""
        free = next(
            some
            for number in count(1)
            if (workspace, some := name if number == 1 else f"{name}-{number}") not in self._taken
        )
        self._taken.add((workspace, free))
        return free

    @cached_property
    def _taken(self) -> set[tuple[int | None, str]]:
        return set()

    def _referred_to_model(self, row_id: int, facts: Facts) -> None:
        """Add a model of which nothing is known but that something was done with it."""
        shown = facts.get("model_name") or facts.get("model") or f"Model {row_id}"
        labels = {"type": "LABEL", "labels": tuple(facts["labels"])} if isinstance(facts.get("labels"), dict) else {}
        named = {"uuid": str(UUID(int=row_id, version=4)), "name": f"model-{row_id}", "display_name": shown}
        fields = {"type": facts.get("type", "ABSA"), "project_id": facts.get("project_id"), **labels}
        self._put(Model, row_id, **named, **fields, created=self._begin())
