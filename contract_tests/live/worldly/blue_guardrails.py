"""What a recording tells of Blue Guardrails: projects, tasks, annotations, evaluations and exports. Not here: the rows (`labeling`)."""

from collections.abc import Iterator

from contract_tests.live.disguising import Read
from contract_tests.live.entities import Facts, schema_of
from contract_tests.live.finding import Finder
from contract_tests.live.shapes import Shapes

KINDS = {
    "ProjectDetail": "project", "Export": "export", "TaskListItem": "task", "TaskDetail": "task", "LabelingAnnotation": "annotation",
    "Evaluation": "evaluation",
}  # fmt: skip
CURSOR = "next_page_cursor"
LISTS = {"list_labeling_projects": "project", "list_labeling_tasks": "task", "list_labeling_annotations": "annotation"}
PAGING = ("limit", "cursor")
ASKED = ("project_id", "task_id")  # of which the annotations are that a list was asked for


class BlueGuardrails:
    """Takes answers in disguise and keeps what they say, by kind and UUID. `seen` says in which workspaces things were seen, by the
    name that `home` gives one; `lists` are the parts of lists in their order; `callers` those who called, each with a workspace."""

    def __init__(self, shapes: Shapes) -> None:
        self._finder = Finder(shapes, KINDS, numbers=False)
        self.things: dict[str, dict[str, Facts]] = {kind: {} for kind in KINDS.values()}
        self.seen: dict[tuple[str, str], dict[str, None]] = {}
        self.lists: dict[str, list[list[str]]] = {kind: [] for kind in LISTS.values()}
        self.callers: dict[str, str] = {}
        self.homes: dict[str, str | None] = {}  # with the UUID of each workspace, if a caller named it
        self.places: dict[str, str] = {}  # projects that paths and queries name, each with the workspace
        self.closed: list[
            tuple[str, str, dict[str, str]]
        ] = []  # lists that were seen to their end: kind, project and filters
        self._open: dict[str, tuple[str, str]] = {}  # cursors that nobody has followed, each with its list
        self._followed: set[str] = set()
        self._last: dict[str, str] = {}  # with which thing the page ends that leads to a cursor

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return not any(self.things.values()) and not self.places

    @property
    def left_out(self) -> int:
        """How many things are not as the contract says."""
        return self._finder.left_out

    def times(self) -> Iterator[str]:
        """Yield every time at which something was made or changed."""
        for some in self.things.values():
            yield from (
                facts[name] for facts in some.values() for name in ("created_at", "updated_at") if name in facts
            )

    def add(self, read: Read) -> None:
        """Take one."""
        home = read.home or read.who
        self.callers[read.who] = home
        self.homes[home] = read.home
        told = read.values.get("project_id") or read.query.get("project_id")
        if told:
            self.places[told] = home
        schema = schema_of(self._finder.shapes.document, read.operation.node, read.status)
        for kind, value in self._finder.found(schema, read.body) if schema is not None else ():
            self._keep(kind, value, home, read)
        listed = LISTS.get(read.operation.operation_id)
        if listed is not None and schema is not None and self._finder.shapes.holds(schema, read.body):
            self._keep_order(listed, read)

    def _keep(self, kind: str, value: Facts, home: str, read: Read) -> None:
        if kind == "export":
            key = value["project"]["id"]
            self.things["project"].setdefault(key, {}).update(_of_project(value["project"]))
            self._see("project", key, home)
        else:
            key = value["id"]
        known = self.things[kind].setdefault(key, {})
        if kind == "annotation":
            known |= {name: read.query[name] for name in ASKED if name in read.query}
        known |= value
        self._see(kind, key, home)
        for annotation in value.get("labeling_annotations", ()) if kind == "evaluation" else ():
            self.things["annotation"].setdefault(annotation["id"], {}).update(
                {**annotation, "task_id": value["task_id"]}
            )

    def _see(self, kind: str, key: str, home: str) -> None:
        self.seen.setdefault((kind, key), {})[home] = None

    def _keep_order(self, kind: str, read: Read) -> None:
        shown = [item["id"] for item in read.body["items"]]
        before = self._last.get(read.query.get("cursor", ""))
        self.lists[kind].append([before, *shown] if before is not None else shown)
        self._open.pop(read.query.get("cursor", ""), None)
        following = read.body.get(CURSOR)
        if shown and isinstance(following, str):
            self._last[following] = shown[-1]
            if following not in self._followed:
                self._open[following] = kind, read.values.get("project_id", "")
        elif read.query.get("cursor", "") in ("", *self._last):
            filters = {name: value for name, value in read.query.items() if name not in PAGING}
            self.closed.append((kind, read.values.get("project_id", ""), filters))
        self._followed.add(read.query.get("cursor", ""))

    def is_open(self, kind: str, project: str = "") -> bool:
        """Whether a list has more than was seen: of projects, of the tasks of a project, of annotations."""
        return (kind, project) in self._open.values() and (kind, project, {}) not in self.closed


def _of_project(shown: Facts) -> Facts:
    """Return what an export says of its project, as a project says it."""
    return {name: value for name, value in shown.items() if name != "created_by_name"}
