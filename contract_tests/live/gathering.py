"""What reads of a recording tell of the things of a Studio world: entities, recognised by the schemas of the contract and by paths.

Later answers go before earlier ones; what was deleted is gone. Not here: what rows become of it (`worldly`).
"""

from collections.abc import Iterator
from typing import Any

from contract_tests.live.disguising import Read
from contract_tests.live.shapes import COMPOSITION, Shapes
from mock_server.contract import Json, resolve

Facts = dict[str, Any]
TAGS = (
    "Users",
    "Workspaces",
    "Projects",
    "Classes",
    "Labels",
    "Documents",
    "Groups",
    "Labeling",
    "Models",
    "Types",
    "Monitoring",
)
"""Of the operations whose answers become a part of the world, or do not depend on it."""
KINDS = {
    "Project": "project", "ClonedProject": "project", "Model": "model", "DetailedModel": "model", "ModelClass": "class",
    "Label": "label", "LabelledDocument": "document", "Document": "document", "DocumentGroup": "group",
    "LabelingSession": "session", "LabelingSessionWithDocs": "session", "Workspace": "workspace", "Membership": "membership",
    "Permission": "workspace permission", "ProjectPermission": "project permission", "User": "user", "UserWithFlags": "user",
    "SignedInUser": "user", "UserPermissions": "user", "Task": "task", "ClassLabelTag": "tag",
}  # fmt: skip
PAGING = {"offset", "limit", "details"}
DELETED = {
    "project_id": "project", "class_id": "class", "label_id": "label", "document_id": "document", "group_id": "group",
    "annotation_id": "session", "tag_id": "tag", "model_id": "model",
}  # fmt: skip


class Gathering:
    """Takes answers in disguise and keeps what they say, by kind and id.

    `caller` is the id of the person whose token was used, if an answer tells; `within` keeps which documents were seen in which group
    and session, and which people in which workspace, as `(kind, id) -> ids in their order`.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self.things: dict[str, dict[int, Facts]] = {kind: {} for kind in {*KINDS.values(), "segment"}}
        self.within: dict[tuple[str, int], dict[int, None]] = {}
        self.caller: int | None = None
        self.left_out = 0  # entities that are not as the contract says
        self.places: dict[
            str, dict[int, Facts]
        ] = {}  # what paths of answers lead through, by parameter, with what is around it
        self.counts: dict[int, int] = {}  # how many documents a project has at the least, by the pages that were seen
        self.settled: set[int] = set()  # tags that are shown outside of their session, for somebody stands by them
        self.complete: set[tuple[str, int]] = set()  # documents and projects of which all such tags were seen

    def add(self, read: Read) -> None:
        """Take one."""
        node = read.operation.node
        if node["tags"][0] not in TAGS:
            return
        if read.method == "DELETE":
            self._delete(read)
            return
        response = resolve(self._shapes.document, node["responses"].get(str(read.status), {}))
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if schema is None or read.body is None:
            return
        around = _around(read)
        for name in ("project_id", "group_id", "organization_id"):
            if name in around:
                self.places.setdefault(name, {})[around[name]] = around
        for kind, value in self._found(schema, read.body):
            self._keep(kind, value, around)
        if isinstance(read.body, dict):
            self._keep_whole(read.operation.operation_id, read.body, around, set(read.query))

    def _keep_whole(self, name: str, body: Facts, around: Facts, query: set[str]) -> None:
        """Keep what an answer tells as a whole: how many there are, whether these are all, and who asks."""
        if name == "list_project_tags" and body.get("count") == body.get("total") and not query:
            self.complete.add(("project", around["project_id"]))
        if name == "list_documents" and query <= PAGING and isinstance(body.get("documents"), list):
            count = body.get("offset", 0) + len(body["documents"]) + bool(body.get("has_more"))
            self.counts[around["project_id"]] = max(count, self.counts.get(around["project_id"], 0))
        if name == "get_auth_status":
            self.caller = (body.get("user") or {}).get("id")

    def _found(self, schema: Json, value: Any) -> Iterator[tuple[str, Facts]]:
        """Yield kind and content of every entity in a value, outer ones first. Examples inside of models are none."""
        name = schema["$ref"].rsplit("/", 1)[-1] if "$ref" in schema else ""
        node = resolve(self._shapes.document, schema)
        if isinstance(value, dict) and name in KINDS:
            if self._shapes.holds(node, value):
                yield KINDS[name], value
            else:
                self.left_out += 1
            if KINDS[name] == "model":
                return
        for key in COMPOSITION[1:]:
            for part in node.get(key, ()):
                if self._shapes.fits(part, value):
                    yield from self._found(part, value)
                    return
        members = self._shapes.members(schema)
        for field, said in members.fields.items() if isinstance(value, dict) else ():
            if isinstance(value.get(field), dict | list):
                yield from self._found(said[-1][0], value[field])
        for element in value if isinstance(value, list) and members.items else ():
            yield from self._found(members.items[-1][0], element)

    def _keep(self, kind: str, value: Facts, around: Facts) -> None:
        known = self.things[kind].setdefault(value["id"], {})
        if kind == "project" and not (value.get("classes") or value.get("labels") or value.get("models")):
            value = {name: part for name, part in value.items() if name not in ("classes", "labels", "models")}
        known |= {name: part for name, part in around.items() if known.get(name) is None and name not in value}
        known |= value
        if kind == "tag" and "annotation_id" not in around:
            self.settled.add(value["id"])
        if kind == "user" and around.get("organization_id") is not None:
            self.within.setdefault(("workspace", around["organization_id"]), {})[value["id"]] = None
        if kind == "document":
            self._keep_document(value, around)

    def _keep_document(self, value: Facts, around: Facts) -> None:
        for name, kind in (("group_id", "group"), ("annotation_id", "session")):
            if around.get(name) is not None:
                self.within.setdefault((kind, around[name]), {})[value["id"]] = None
        for segment in value.get("segments") or ():
            for tag in segment.get("tags", ()):
                place = {
                    "document_id": value["id"],
                    "segment_id": segment["id"],
                    "project_id": around.get("project_id"),
                }
                known = self.things["tag"].setdefault(tag["id"], {})
                known |= {**tag, **place}
                if around.get("annotation_id") is not None:
                    known["annotation_id"] = around["annotation_id"]
                else:
                    self.settled.add(tag["id"])
            if "tags" in segment and around.get("annotation_id") is None:
                self.complete.add(("document", value["id"]))

    def is_undecided(self, tag_id: int) -> bool:
        """Whether a tag of a correction session was left out where all that somebody stands by were shown."""
        facts = self.things["tag"].get(tag_id, {})
        places = {("document", facts.get("document_id")), ("project", facts.get("project_id"))}
        return tag_id not in self.settled and bool(places & self.complete)

    def _delete(self, read: Read) -> None:
        """Forget what was deleted: the last thing in the path."""
        last = read.operation.path.rstrip("/").rsplit("/", 1)[-1]
        kind = DELETED.get(last[1:-1])
        value = read.values.get(last[1:-1], "")
        if kind is not None and value.isdecimal():
            self.things[kind].pop(int(value), None)


def _around(read: Read) -> Facts:
    """Return the ids that path and query name."""
    named = {
        **{name: text for name, text in read.query.items() if name in ("group_id", "annotation_id")},
        **read.values,
    }
    return {name: int(text) for name, text in named.items() if text.isdecimal()}
