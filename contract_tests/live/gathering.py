"""What reads of a recording tell of the things of a Studio world: entities, recognised by the schemas of the contract and by paths.

Later answers go before earlier ones; what was deleted is gone. Not here: which schemas and paths these are (`entities`), what rows become
of it (`worldly`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.live.disguising import Read
from contract_tests.live.entities import (
    ALL_KINDS,
    DELETED,
    FLAT,
    HOLDERS,
    KINDS,
    LEADING,
    LONGEST,
    TAGS,
    WHOLE_LISTS,
    Facts,
    around,
    holders,
    id_of,
    schema_of,
)  # fmt: skip
from contract_tests.live.finding import Finder
from contract_tests.live.shapes import Shapes
from contract_tests.live.tables import Table, documents_in, spans_in, tags_in

OF_WHO = ("list_analyses", "create_analysis", "list_notifications", "get_notification", "change_notification")
OF_CALLERS = (
    "list_analyses",
    "get_analysis",
    "create_analysis",
)  # whose path names the workspace in which an analysis was started
PAGING = {"offset", "limit", "details"}
WHOLE = ("classes", "labels", "models")  # of a project, empty where no details were asked for
OF_DOCUMENTS = ("id", "text", "segments")  # what else is shown is an attribute that came with a document
Who = str  # whoever called, as far as a recording tells callers apart


class Gathering:
    """Takes answers in disguise and keeps what they say, by kind and id.

    `within` keeps which documents were seen in which group, session and analysis, and which people in which workspace, as
    `(kind, id) -> ids in their order`.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._finder = Finder(shapes, KINDS, FLAT)
        self.things: dict[str, dict[int, Facts]] = {kind: {} for kind in ALL_KINDS}
        self.within: dict[tuple[str, int], dict[int, None]] = {}
        self.callers: dict[Who, int | None] = {}  # everybody who called, with the id of the user if something tells it
        self.memberships: dict[Who, dict[int, Facts]] = {}
        self.several: set[Who] = set()  # who were several people, whom the recording does not tell apart
        self._listed: dict[str, set[int]] = {}  # what lists without pages had, by target
        self.places: dict[str, dict[int, Facts]] = {}  # what paths of answers lead through, with what is around it
        self.counts: dict[int, int] = {}  # how many documents a project has at the least, by the pages that were seen
        self.settled: set[int] = set()  # tags that are shown outside of their session, for somebody stands by them
        self.complete: set[tuple[str, int]] = set()  # documents and projects of which all such tags were seen
        self.pages: dict[int, dict[int, Facts]] = {}  # documents of analyses, by their place in the list
        self.loose: dict[int, dict[int, Facts]] = {}  # such whose place is not known, by their id
        self.spans: dict[tuple[int, int], list[Any]] = {}  # where the words of tags are, by session and segment
        self.said: dict[tuple[int, int], list[Any]] = {}  # what tags say, in the same places
        self.stars: dict[tuple[Who, int], bool] = {}
        self.clones: dict[int, int] = {}  # of which project a project is a clone

    @property
    def left_out(self) -> int:
        """How many things are not as the contract says."""
        return self._finder.left_out

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return not any(self.things.values()) and not self.memberships

    def times(self) -> Iterator[str]:
        """Yield every time at which something was made."""
        yield from (
            facts["created"] for some in self.things.values() for facts in some.values() if facts.get("created")
        )

    def add(self, read: Read) -> None:
        """Take one."""
        self._know(read)
        if read.operation.node["tags"][0] not in TAGS or read.operation.operation_id == "analyze":
            return
        if read.method == "DELETE":
            self._delete(read)
            return
        at = around(read.values)
        for name, row_id in {**_asked(read.query), **at}.items():
            if name in LEADING:
                self.places.setdefault(name, {}).setdefault(row_id, {}).update(at)
        if isinstance(read.body, Table):
            self._keep_table(read.body, at, read)
            return
        schema = schema_of(self._finder.shapes.document, read.operation.node, read.status)
        if schema is None or read.body is None:
            return
        for kind, value in self._finder.found(schema, read.body):
            self._keep(kind, value, at, read)
        if not self._finder.shapes.holds(schema, read.body):
            return
        if isinstance(read.body, dict):
            self._keep_whole(read, at)
        if isinstance(read.body, list) and read.operation.operation_id in WHOLE_LISTS:
            self._forget_gone(WHOLE_LISTS[read.operation.operation_id], read.target, read.body)

    def _know(self, read: Read) -> None:
        told = read.caller
        if read.operation.operation_id == "get_auth_status" and isinstance(read.body, dict):
            user = read.body.get("user")
            told = user["id"] if isinstance(user, dict) and type(user.get("id")) is int else told
        before = self.callers.setdefault(read.who, told)
        if told is not None and told != before:
            if before is not None:
                self.several.add(read.who)
            self.callers[read.who] = told

    def _keep_table(self, table: Table, at: Facts, read: Read) -> None:
        """Keep what a download tells: documents as far as they are not known, and what tags say and where their words are."""
        session = at.get("annotation_id")
        self.spans |= spans_in(table, session)
        self.said |= tags_in(table, session)
        if read.operation.operation_id not in ("download_group", "download_session"):
            return
        for told in documents_in(table):
            known = self.things["document"].get(told["id"], {})
            new = {
                name: value
                for name, value in told.items()
                if name in ("id", "text") or name not in known.get("meta", {})
            }
            if "segments" in known:
                new.pop("segments", None)
            self._keep("document", new, at, read)

    def _forget_gone(self, kind: str, target: str, shown: list[Facts]) -> None:
        """Forget what the same list had before, and no longer has."""
        now = {id_of(one) for one in shown if isinstance(one, dict) and ("id" in one or "review_id" in one)}
        if "?" not in target:
            for row_id in self._listed.get(target, set()) - now:
                self.things[kind].pop(row_id, None)
            self._listed[target] = now

    def _keep_whole(self, read: Read, at: Facts) -> None:
        """Keep what an answer tells as a whole: how many there are, whether these are all, and for whom."""
        name, body, query = read.operation.operation_id, read.body, set(read.query)
        if name == "list_project_tags" and "project_id" in at and body.get("count") == body.get("total") and not query:
            self.complete.add(("project", at["project_id"]))
        if (
            name == "list_documents"
            and "project_id" in at
            and query <= PAGING
            and isinstance(body.get("documents"), list)
        ):
            count = len(body["documents"]) and body.get("offset", 0) + len(body["documents"]) + bool(
                body.get("has_more")
            )
            self.counts[at["project_id"]] = max(count, self.counts.get(at["project_id"], 0))
        if name in ("star_model", "unstar_model") and "model_id" in at:
            self.stars[read.who, at["model_id"]] = name == "star_model"
        if name in ("list_models", "list_workspace_models") and "starred" in query:
            for model in body.get("models", ()):
                self.stars[read.who, model["id"]] = read.query["starred"] == "true"
        if name == "clone_project" and "project_id" in at:
            self.clones[body["id"]] = at["project_id"]
        if name == "list_analysis_documents" and "analysis_id" in at and isinstance(body.get("documents"), list):
            self._keep_page(at["analysis_id"], body["documents"], body.get("offset") if query <= PAGING else None)

    def _keep(self, kind: str, value: Facts, at: Facts, read: Read) -> None:
        name = read.operation.operation_id
        if kind == "document" and "analysis_id" in read.values:
            return  # of an analysis, and kept with it
        if kind == "user" and "id" not in value:
            value = {**value, "id": at.get("user_id", 0)}
        if kind == "membership":
            self.memberships.setdefault(read.who, {})[value["id"]] = value
            return
        if kind == "session" and "predicted_score" in value:
            value = _as_session(value)
        known = self.things[kind].setdefault(id_of(value), {})
        if kind == "project" and not any(value.get(field) for field in WHOLE):
            value = {field: part for field, part in value.items() if field not in WHOLE}
        if kind == "document":
            value = _with_meta(value, known.get("meta", {}))
        if kind == "analysis":
            value, at = self._of_analysis(value), at if name in OF_CALLERS else {**at, "organization_id": None}
        if name in OF_WHO:
            at = {**at, "who": read.who}
        known |= {field: part for field, part in at.items() if known.get(field) is None and field not in value}
        known |= value
        if kind == "tag" and "annotation_id" not in at:
            self.settled.add(value["id"])
        if kind == "user" and at.get("organization_id") is not None:
            self.within.setdefault(("workspace", at["organization_id"]), {})[value["id"]] = None
        if kind == "document":
            self._keep_document(value, at, read.query)

    def _of_analysis(self, value: Facts) -> Facts:
        """Keep the documents of an analysis, which are all it has, and return it without them."""
        if value.get("documents"):
            self._keep_page(value["id"], value["documents"], 0)
        return {field: part for field, part in value.items() if field != "documents"}

    def _keep_page(self, analysis_id: int, documents: list[Facts], offset: int | None) -> None:
        """Keep documents of an analysis; `offset` is the place of the first one, None if that is not known."""
        for number, document in enumerate(documents):
            if "id" in document:
                kept = self.loose if offset is None else self.pages
                place = document["id"] if offset is None else offset + number
                known = kept.setdefault(analysis_id, {}).setdefault(place, {})
                known |= _with_tags(document, known)

    def _keep_document(self, value: Facts, at: Facts, query: Mapping[str, str]) -> None:
        for holder in holders(at, query):
            self.within.setdefault(holder, {})[value["id"]] = None
        for segment in value.get("segments") or ():
            for tag in segment.get("tags", ()):
                self._keep_tag(tag, value["id"], segment["id"], at)
            if "tags" in segment and "annotation_id" not in at:
                self.complete.add(("document", value["id"]))

    def _keep_tag(self, tag: Facts, document_id: int, segment_id: int, at: Facts) -> None:
        known = self.things["tag"].setdefault(tag["id"], {})
        known |= {**tag, "document_id": document_id, "segment_id": segment_id, "project_id": at.get("project_id")}
        if "annotation_id" in at:
            known["annotation_id"] = at["annotation_id"]
        else:
            self.settled.add(tag["id"])

    def _delete(self, read: Read) -> None:
        """Forget what was deleted: the last thing in the path."""
        last = read.operation.path.rstrip("/").rsplit("/", 1)[-1]
        kind = DELETED.get(last[1:-1])
        value = read.values.get(last[1:-1], "")
        if kind is not None and value.isdecimal():
            self.things[kind].pop(int(value), None)


def _asked(query: Mapping[str, str]) -> Facts:
    """Return what a query asks for by id, as paths call it."""
    return {
        name: int(query[name]) for name in HOLDERS if query.get(name, "").isdecimal() and len(query[name]) <= LONGEST
    }


def _with_tags(value: Facts, known: Facts) -> Facts:
    """Return a document of an analysis; if it is shown without tags, with those that are known."""
    before = {part["id"]: part["tags"] for part in known.get("segments") or () if part.get("tags")}
    if not before or "segments" not in value or any("tags" in part for part in value["segments"]):
        return value
    return {**value, "segments": [{**part, "tags": before.get(part["id"], [])} for part in value["segments"]]}


def _with_meta(value: Facts, known: Facts) -> Facts:
    """Return a document with its attributes, and those that are known already, apart from what every document has."""
    meta = {field: part for field, part in value.items() if field not in OF_DOCUMENTS}
    return {**{field: value[field] for field in OF_DOCUMENTS if field in value}, "meta": {**known, **meta}}


def _as_session(value: Facts) -> Facts:
    """Return a correction session as sessions are shown everywhere else, with the name of its model beside."""
    model = value.get("model") or {}
    rest = {field: part for field, part in value.items() if field != "model"}
    return {**rest, "model_id": model.get("id"), "model_name": model.get("display_name")}
