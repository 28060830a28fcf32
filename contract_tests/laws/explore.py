"""What can be read on a target: for every operation that reads, paths that lead to something.

Ids come from lists, the first ones of each; nothing is created.
"""

from collections.abc import Iterator
from typing import Any

from contract_tests.laws.workshop import Workshop, listed

Path = dict[str, Any]
SOURCES: dict[str, tuple[str, ...]] = {  # path parameter → the lists that tell its values, the most particular first
    "project_id": ("list_projects", "list_labeling_projects"),
    "annotation_id": ("list_sessions", "list_labeling_annotations"),
    "correction_id": ("list_corrections",),
    "group_id": ("list_groups",),
    "document_id": ("list_session_documents", "list_correction_documents", "list_group_documents", "list_documents"),
    "class_id": ("list_classes",),
    "label_id": ("list_labels",),
    "tag_id": ("list_segment_tags", "list_project_tags"),
    "model_id": ("list_project_models", "list_models"),
    "analysis_id": ("list_analyses",),
    "hitl_id": ("list_hitls",),
    "notification_id": ("list_user_notifications", "list_notifications"),
    "key_id": ("list_keys",),
    "project_id_or_slug": ("list_labeling_projects",),
}
ABOUT_ME = {"user_id", "organization_id"}


class Explorer:
    """Finds paths for operations. `per` is how many values of a parameter are followed at each place."""

    def __init__(self, lab: Workshop, per: int = 2, project: int | None = None) -> None:
        self.lab, self.per, self.project = lab, per, project
        self._lists: dict[tuple[str, tuple[tuple[str, Any], ...]], list[Any]] = {}

    def reads(self) -> Iterator[tuple[str, Path]]:
        """Yield every operation that reads, with the paths that lead to something."""
        for operation in self.lab.target.addresses:
            if operation.method == "GET":
                for path in self.paths(operation.operation_id):
                    yield operation.operation_id, path

    def paths(self, operation_id: str) -> list[Path]:
        """Return paths of an operation; none if nothing that it could be about is known."""
        operation = self.lab.target.addresses.by_id[operation_id]
        names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
        found: list[Path] = [{}]
        for name in names:
            found = [{**path, name: value} for path in found for value in self._values(name, path, operation.path)]
        return found[: self.per * 3]

    def _values(self, name: str, path: Path, template: str) -> list[Any]:
        if name in ABOUT_ME:
            return self._about_me(name)
        if name == "project_id" and self.project is not None:
            return [self.project]
        if name == "id":
            return self._of_label_studio(template)
        if name == "segment_id":
            return self._segments(path)
        return self._listed(name, path)

    def _listed(self, name: str, path: Path) -> list[Any]:
        by_id = self.lab.target.addresses.by_id
        for source in SOURCES.get(name, ()):
            if source not in by_id:
                continue
            wanted = [part["name"] for part in by_id[source].parameters if part["in"] == "path"]
            if all(part in path for part in wanted):
                rows = self._list(source, {part: path[part] for part in wanted})
                return [row["id"] for row in rows][: self.per]
        return []

    def _list(self, operation: str, path: Path) -> list[Any]:
        key = (operation, tuple(sorted(path.items())))
        if key not in self._lists:
            self._lists[key] = listed(self.lab.ok(operation, path))
        return self._lists[key]

    def lists(self) -> Iterator[tuple[str, Path, list[Any]]]:
        """Yield the lists that were read, with their paths and what they had when they were first read."""
        for (operation, path), entries in self._lists.items():
            if any(operation in sources for sources in SOURCES.values()):
                yield operation, dict(path), entries

    def _about_me(self, name: str) -> list[Any]:
        key = ("get_auth_status", ())
        if key not in self._lists:
            self._lists[key] = [self.lab.ok("get_auth_status")]
        me = self._lists[key][0]
        return [me["user"]["id"]] if name == "user_id" else [one["id"] for one in me["organizations"]][: self.per]

    def _segments(self, path: Path) -> list[Any]:
        kind = "annotation_id" if "annotation_id" in path else "correction_id"
        source = "list_session_documents" if kind == "annotation_id" else "list_correction_documents"
        at = {"project_id": path["project_id"], kind: path[kind]}
        shown = self.lab.ok(source, at, query={"details": "segments", "limit": 20})
        return [
            part["id"] for one in shown["documents"] if one["id"] == path.get("document_id") for part in one["segments"]
        ][: self.per]

    def _of_label_studio(self, template: str) -> list[Any]:
        """Annotations that can be read, or the tasks that they are of."""
        key = ("annotations", ())
        if key not in self._lists:
            answers = [self.lab.call("get_annotation", {"id": row_id}) for row_id in range(1, 8)]
            self._lists[key] = [answer.json() for answer in answers if answer.status_code == 200]
        field = "task" if "/tasks/" in template else "id"
        return list(dict.fromkeys(one[field] for one in self._lists[key]))[: self.per]
