"""What was learned of a deployment: how operations answer where their handlers answer otherwise, as `learned.yaml` of a document says.

A lesson is about the answers with one status (`of`) of one operation, or about the bodies of all errors. It says one thing:

- `{of: 409, status: 400}`: another status. 204 takes the body away.
- `{of: 200, drop: user}`: a field is not there.
- `{of: 200, at: email, from: here.user.email}`: a field is taken from elsewhere; `{of: 200, at: page, value: 1}`: it is always that.
- `{of: 201, at: status, is: STARTED, value: CREATED}`: one value is another.
- `{lost: project_id, by: task_id}`: the path has no such parameter any more; it is that of the row which the other one names.

Places are names joined by dots, with `[]` for every entry of a list; '' is the whole body. A source is `status` (the number of the
answer), `here.PLACE` (beside the field, before anything was changed), `body`, `body.PLACE`, `path.NAME` or `query.NAME` (of the request),
where `[0]` is the first entry of a list; and `count(SOURCE)` or `first(SOURCE)`: how many entries a list has, and its first one; a list
that has none stays. `text(SOURCE)` is a number as a text.

`studio-mock spec apply` and the patches of `studio-mock drift` write them.

Not here: how they are found (`contract_tests.live.parity.lessons`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from mock_server.contract import ContractError, Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import status_name
from mock_server.pipeline.reply import Reply

FIELD, ERRORS = "x-learned", "x-learned-errors"  # in a bundled document: of an operation, and of the whole
FUNCTION = re.compile(r"(count|first|text)\((.+)\)")
ROOTS = ("here", "body", "path", "query")
NO_CONTENT = 204
UNSAID = msgspec.UNSET


class Lesson(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that was learned, see above. `seen` is how many answers have shown it."""

    of: int | None = None
    status: int | None = None
    drop: str | None = None
    at: str | None = None
    source: str | None = msgspec.field(default=None, name="from")
    is_: Any = msgspec.field(default=UNSAID, name="is")
    value: Any = UNSAID
    lost: str | None = None
    by: str | None = None
    seen: int = 0

    @property
    def told(self) -> str:
        """What is learned, in words."""
        if self.status is not None:
            return f"answers {self.status} where it answered {self.of}"
        if self.lost is not None:
            return f"finds {self.lost} by {self.by}"
        if self.drop is not None:
            return f"has no {self.drop}"
        shown = self.source if self.value is UNSAID else msgspec.json.encode(self.value).decode()
        before = "" if self.is_ is UNSAID else f" where it was {msgspec.json.encode(self.is_).decode()}"
        return f"has {shown} as {self.at}{before}"


class Asked(msgspec.Struct, frozen=True):
    """What a request has said."""

    path: Mapping[str, Any] = {}
    query: Mapping[str, Any] = {}
    body: Any = None


class Lessons:
    """Those of one operation: `own`, and `errors` of all operations."""

    def __init__(self, own: list[Lesson], errors: list[Lesson]) -> None:
        self._statuses = {lesson.of: lesson.status for lesson in own if lesson.status is not None}
        self._lost = [(lesson.lost, lesson.by) for lesson in own if lesson.lost is not None]
        self._bodies: dict[int | None, list[Lesson]] = {}
        for lesson in own:
            if lesson.drop is not None or lesson.at is not None:
                self._bodies.setdefault(lesson.of, []).append(lesson)
        self._errors = errors

    def find(self, call: Call) -> None:
        """Fill in the parameters that the path has lost; what is not there has an id that nothing has."""
        for lost, by in self._lost:
            row = call.tx.get(call.api.kinds[by], call.path[str(by)])
            call.path[str(lost)] = getattr(row, str(lost), None) or 0

    def answered(self, reply: Reply, call: Call) -> Reply:
        """Return what is answered in the place of what the handler answers."""
        status, lessons = self._statuses.get(reply.status), self._bodies.get(reply.status)
        if status is None and lessons is None:
            return reply
        return changed(reply, status or reply.status, lessons or [], Asked(call.path, call.query, call.body))

    def refused(self, reply: Reply) -> Reply:
        """Return what is answered in the place of a refusal."""
        status, lessons = self._statuses.get(reply.status), [*self._bodies.get(reply.status, ()), *self._errors]
        return changed(reply, status or reply.status, lessons, Asked()) if status or lessons else reply


def changed(reply: Reply, status: int, lessons: list[Lesson], asked: Asked) -> Reply:
    """Return an answer with another status and body. What is no JSON keeps its body."""
    if status == NO_CONTENT:
        return Reply(status, b"", b"", reply.headers)
    if not reply.media.startswith(b"application/json"):
        return Reply(status, reply.body, reply.media, reply.headers)
    before = msgspec.json.decode(reply.body) if reply.body else {}
    after = msgspec.json.decode(reply.body) if reply.body else {}
    if isinstance(after, dict) and after.get("status") == status_name(reply.status):
        after["status"] = status_name(status)  # what an answer says of itself
    for lesson in lessons:
        if lesson.at == "":
            after = _instead(lesson, before, after, status, asked)
        else:
            _change(lesson, before, after, status, asked)
    return Reply.json(status, after, reply.headers)


def _change(lesson: Lesson, before: Any, after: Any, status: int, asked: Asked) -> None:
    names = (lesson.drop or lesson.at or "").replace("[]", ".[]").strip(".").split(".")
    for old, new in _holders(before, after, names[:-1]):
        if lesson.drop is not None:
            new.pop(names[-1], None)
        elif lesson.is_ is not UNSAID:
            if names[-1] in old and same(old[names[-1]], lesson.is_):
                new[names[-1]] = lesson.value
        else:
            value = lesson.value if lesson.source is None else value_of(lesson.source, old, status, asked)
            if value is not UNSAID:
                new[names[-1]] = value


def _instead(lesson: Lesson, before: Any, after: Any, status: int, asked: Asked) -> Any:
    """Return what is answered in the place of a whole body."""
    value = lesson.value if lesson.source is None else value_of(lesson.source, before, status, asked)
    return after if value is UNSAID else value


def _holders(before: Any, after: Any, names: list[str]) -> Iterator[tuple[Json, Json]]:
    """Yield the objects that a place leads to, before any lesson and now."""
    if not names:
        if isinstance(before, dict) and isinstance(after, dict):
            yield before, after
    elif names[0] == "[]":
        if isinstance(before, list) and isinstance(after, list):
            for old, new in zip(before, after, strict=False):
                yield from _holders(old, new, names[1:])
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _holders(before.get(names[0]), after.get(names[0]), names[1:])


def value_of(source: str, here: Any, status: int, asked: Asked) -> Any:
    """Return what a source leads to, UNSET if it leads nowhere."""
    if source == "status":
        return status
    function = FUNCTION.fullmatch(source)
    if function:
        value = value_of(function[2], here, status, asked)
        if function[1] == "text":
            return str(value) if type(value) in (int, float) else UNSAID
        if not isinstance(value, list):
            return UNSAID
        return len(value) if function[1] == "count" else next(iter(value), value)
    root, *names = source.replace("[0]", ".[0]").split(".")
    value = {"here": here, "body": asked.body, "path": asked.path, "query": asked.query}[root]
    for name in names:
        if name == "[0]" and isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, Mapping) and name in value:
            value = value[name]
        else:
            return UNSAID
    return value


def same(value: Any, other: Any) -> bool:
    """Whether two JSON values are the same; true is not 1."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def fault_of(lesson: Lesson) -> str | None:
    """Return what is wrong with a lesson, None if nothing is."""
    kinds = [lesson.status, lesson.drop, lesson.at, lesson.lost]
    if sum(one is not None for one in kinds) != 1:
        return "it says one thing: status, drop, at or lost"
    if lesson.at is not None and (lesson.source is None) == (lesson.value is UNSAID):
        return "what is at a place is taken `from` somewhere, or is a `value`"
    if (lesson.lost is None) != (lesson.by is None):
        return "what is lost is found `by` another parameter"
    if lesson.source is not None and not _is_source(lesson.source):
        return f"{lesson.source} is no source; there are status, {', '.join(ROOTS)}, count(…), first(…) and text(…)"
    return None


def _is_source(source: str) -> bool:
    function = FUNCTION.fullmatch(source)
    return _is_source(function[2]) if function else source == "status" or re.split(r"[.\[]", source)[0] in ROOTS


def read(told: Any, where: str) -> list[Lesson]:
    """Return lessons from how they are written. Raises ContractError naming what is wrong."""
    try:
        lessons = msgspec.convert(told, list[Lesson])
    except msgspec.ValidationError as problem:
        raise ContractError(f"what was learned of {where} cannot be read: {problem}") from None
    for lesson in lessons:
        if (fault := fault_of(lesson)) is not None:
            raise ContractError(f"what was learned of {where} cannot be read: {fault}")
    return lessons


def status_of(node: Json, status: int) -> int:
    """Return what an operation answers where its handler answers with a status."""
    return next((one["status"] for one in node.get(FIELD, ()) if "status" in one and one["of"] == status), status)


def has_another_body(node: Json) -> bool:
    """Whether an operation answers with another body than its handler: what knows that one may not understand it."""
    return any("at" in one or "drop" in one for one in node.get(FIELD, ()))


def lessons_of(node: Json, document: Json) -> Lessons | None:
    """Return what was learned of an operation, None if nothing. Raises ContractError."""
    own, errors = node.get(FIELD, []), document.get(ERRORS, [])
    if not own and not errors:
        return None
    return Lessons(read(own, str(node.get("operationId"))), read(errors, "errors"))
