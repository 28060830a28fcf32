"""The projects of a world that is being made, with their classes, labels and models."""

from typing import Any
from uuid import UUID

from contract_tests.live.worldly.building import picked
from contract_tests.live.worldly.people import People
from mock_server.studio.rows import Label, Model, ModelClass, Project

OF_MODELS = (
    "uuid", "name", "display_name", "base", "language", "long_description", "short_description", "progress", "score", "status", "type",
    "project_id",
)  # fmt: skip


class Projects(People):
    """Makes projects and what they have by name."""

    def _projects(self) -> None:
        places = {
            facts["project_id"]: facts.get("organization_id")
            for _, facts in self._of("session")
            if "project_id" in facts
        }
        for row_id, facts in self._of("project"):
            fields = picked(facts, "name", "type", "status", "external_id")
            home = facts.get("organization_id") or places.get(row_id) or self.home
            self._put(Project, row_id, **fields, organization_id=home, created=self._time(facts))
        kinds = ("class", "label", "document", "group", "session", "tag", "task", "project permission", "model")
        spoken_of = {facts.get("project_id") for kind in kinds for _, facts in self._of(kind)}
        spoken_of |= self.found.places.get("project_id", {}).keys()
        for row_id in sorted({*filter(None, spoken_of)} - self._table(Project).keys()):
            kind = next(
                (
                    facts["type"]
                    for _, facts in self._of("session")
                    if facts.get("project_id") == row_id and "type" in facts
                ),
                "ABSA",
            )
            home = places.get(row_id) or self.home
            self._put(Project, row_id, name=f"Project {row_id}", type=kind, organization_id=home, created=self._begin())

    def _named(self) -> None:
        for row_id, facts in self._of("class"):
            if facts.get("project_id") is not None:
                self._put(ModelClass, row_id, **picked(facts, "project_id", "name", "example", "description"))
        for row_id, facts in self._of("label"):
            if facts.get("project_id") is not None:
                self._put(Label, row_id, **picked(facts, "project_id", "name"))
        for row_id, facts in self._of("project"):
            for name in facts.get("classes", ()):
                self._class(row_id, name)
            for name in facts.get("labels", ()):
                self._label(row_id, name)

    def _class(self, project_id: int, told: Any) -> int:
        """Return the id of a class of a project by its name, or by all of it."""
        return self._called(ModelClass, project_id, told)

    def _label(self, project_id: int, told: Any) -> int:
        return self._called(Label, project_id, told)

    def _called(self, kind: type[Any], project_id: int, told: Any) -> int:
        if isinstance(told, dict):
            return int(told["id"])
        if kind not in self._names:
            self._names[kind] = {(row.project_id, row.name): row.id for row in self._table(kind).values()}
        names = self._names[kind]
        if (project_id, told) not in names:
            names[project_id, told] = self._put(kind, project_id=project_id, name=told).id
        return names[project_id, told]

    def _models(self) -> None:
        for row_id, facts in self._of("model"):
            owner, detailed = self._person(facts.get("owner")), {}
            if "metrics" in facts:
                detailed = {"metrics": facts["metrics"], "demoset": tuple(facts.get("demoset", ()))}
                detailed |= {name: tuple(facts[name]) for name in ("classes", "labels") if facts.get(name) is not None}
            home = None if facts.get("project_id") is not None else facts.get("organization_id")
            self._put(
                Model, row_id, **picked(facts, *OF_MODELS), **detailed, organization_id=home, owner_id=owner.id if owner else None,
                created=self._time(facts),
            )  # fmt: skip

        for _, facts in self._of("session"):
            model_id = facts.get("model_id")
            if model_id is not None and model_id not in self._table(Model):
                named = {
                    "uuid": str(UUID(int=model_id, version=4)),
                    "name": f"model-{model_id}",
                    "display_name": f"Model {model_id}",
                }
                self._put(
                    Model, model_id, **named, type=facts["type"], project_id=facts["project_id"], created=self._begin()
                )
