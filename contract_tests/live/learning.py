"""What becomes of lessons: the documents say what the deployment answers, and `learned.yaml` has the stand-in answer so.

A guessed status gives way to the one that was seen, an answer of which no promised field was there is described anew, and a parameter that
a path has lost is found by another one. What somebody has learned before stays.

Not here: what was learned (`contract_tests.live.parity.lessons`), and guesses that were right (`applying`).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import yaml

from contract_tests.live import yamledits
from contract_tests.live.deviations import Deviation
from contract_tests.live.drift import Group
from contract_tests.live.from_examples import lessons_of
from contract_tests.live.mending import LAST_FIELD, described, grade_code
from contract_tests.live.parity.lessons import ERRORS, Taught
from contract_tests.live.proposing import Change, Proposal, Proposing
from contract_tests.live.shapes import MISSING_FIELD, UNKNOWN_FIELD
from contract_tests.live.traffic import Recorded
from contract_tests.live.yamledits import CannotEdit
from mock_server.app import APIS
from mock_server.contract import LEARNED, Json, operations, well_formed
from mock_server.pipeline.learned import UNSAID, Asked, Lesson, value_of

HEAD = """\
# How the stand-in answers where a deployment was seen to answer otherwise than its handlers do; `mock_server/pipeline/learned.py` says what
# each entry means, and `seen` how many answers have shown it. Written by `studio-mock spec apply`; taking an entry out brings back what the
# handlers answer. `kept` are schemas that no answer has any more, `before` are types of fields that have changed: handlers and
# fixtures still go by both.
"""
NO_CONTENT = 204
EMPTY = "It is done; the answer has no body."


def write_lessons(proposing: Proposing, proposal: Proposal, taught: Sequence[Taught]) -> None:
    """Add lessons to those of a document. Raises CannotEdit for an operation of which others are there already."""
    _change_table(proposing, proposal, taught)


def keep_type(proposing: Proposing, proposal: Proposal, field: str, schema: Json) -> None:
    """Write down of which type a field was before, for fixtures and handlers go by it."""
    told = {key: schema[key] for key in ("type", "format") if key in schema}
    _change_table(proposing, proposal, [], before={field: told})


def _change_table(
    proposing: Proposing, proposal: Proposal, taught: Sequence[Taught], kept: str = "", before: Json | None = None
) -> None:
    file = f"{proposal.group.api}/{LEARNED}"
    known = well_formed(yaml.safe_load(proposing.text(file, new=True)), Path(file))
    table: dict[str, list[Json]] = {ERRORS: known["errors"], **known["operations"]}
    schemas = [*known["kept"], *([kept] if kept else ())]
    types = {**(before or {}), **known["before"]}
    added: list[tuple[Taught, Json]] = []
    for one in taught:
        written = msgspec.to_builtins(one.lesson)
        own = table.setdefault(one.operation, [])
        if any({**old, "seen": 0} == {**written, "seen": 0} for old in own):
            continue
        if any(_subject(old) == _subject(written) for old in own):
            told = one.operation or "errors"
            raise CannotEdit(f"{LEARNED} says otherwise of {told}: take that out, and compare with the deployment anew")
        own.append(written)
        added.append((one, written))
    if added or kept or before:
        proposing.after[file] = _written(table, sorted(set(schemas)), types)
    for one, written in added:
        line = _line_of(proposing.after[file], one.operation, written)
        proposal.changes.append(Change(file, line, f"{one.operation or 'every error'} {one.lesson.told}"))


def _subject(written: Json) -> tuple[Any, ...]:
    names = ("of", "at", "drop", "is", "lost")
    return tuple(repr(written.get(name, ...)) for name in names)


def _written(table: dict[str, list[Json]], kept: Sequence[str], before: Json) -> str:
    lines = [HEAD]
    if before:
        lines += ["before:\n", *(f"  {field}: {_flow(schema)}\n" for field, schema in sorted(before.items()))]
    if kept:
        lines.append(f"kept: {_flow(list(kept))}\n")
    if table[ERRORS]:
        lines += ["errors:\n", *(f"  - {_flow(one)}\n" for one in table[ERRORS])]
    if len(table) > 1:
        lines.append("operations:\n")
    for operation in sorted(table.keys() - {ERRORS}):
        lines += [f"  {operation}:\n", *(f"    - {_flow(one)}\n" for one in table[operation])]
    return "".join(lines)


def _line_of(text: str, operation: str, written: Json) -> int:
    lines = text.splitlines()
    begin = lines.index(f"  {operation}:" if operation else "errors:")
    return next(at for at, line in enumerate(lines[begin:], begin + 1) if line.strip() == f"- {_flow(written)}")


def _flow(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False).strip()


def replace_code(proposing: Proposing, proposal: Proposal, place: tuple[str, list[str | int]], lesson: Lesson) -> None:
    """Let a status that was guessed give way to the one that was seen; one that a source tells of stays beside it. Raises CannotEdit."""
    file, keys = place
    old, new = str(lesson.of), str(lesson.status)
    told = yamledits.value_at(proposing.text(file), [*keys, "x-evidence"])
    responses = yamledits.value_at(proposing.text(file), [*keys, "responses"])
    if old not in responses or not _is_guess(told, int(old)):
        return
    at = [*keys, "responses"]
    if new in responses:
        proposing.edit(proposal, file, at, f"no {old} any more", lambda text: yamledits.without_key(text, at, old))
        _shared_goes(proposing, proposal, str(responses[old].get("$ref", "")))
    elif int(new) == NO_CONTENT:
        proposing.edit(
            proposal, file, at, f"{new} in the place of {old}",
            lambda text: yamledits.with_block(yamledits.with_name(text, at, old, new), [*at, new], {"description": EMPTY}),
        )  # fmt: skip
    else:
        proposing.edit(
            proposal, file, at, f"{new} in the place of {old}", lambda text: yamledits.with_name(text, at, old, new)
        )
    if int(old) in told.get("codes", {}).get("inferred", ()):
        proposing.edit(
            proposal, file, [*keys, "x-evidence"], f"{old} is no guess any more",
            lambda text: yamledits.without_element(text, [*keys, "x-evidence", "codes", "inferred"], int(old)),
        )  # fmt: skip
    if new not in responses:
        grade_code(proposing, proposal, file, [*keys, "x-evidence"], int(new))


def _shared_goes(proposing: Proposing, proposal: Proposal, reference: str) -> None:
    """Take away a shared response that no operation has any more."""
    api, (home, _, name) = proposal.group.api, reference.partition("#/")
    files = [str(path.relative_to(proposing.sources(api).root)) for path in proposing.sources(api).files]
    if not name or any(f"{home.rsplit('/', 1)[-1]}#/{name}'" in proposing.text(file) for file in files):
        return
    file = f"{api}/{home.rsplit('/', 1)[-1]}"
    proposing.edit(
        proposal,
        file,
        [name],
        f"no operation answers {name} any more",
        lambda text: yamledits.without_key(text, [], name),
    )


def _is_guess(told: Json, status: int) -> bool:
    grades = [grade for grade, codes in told.get("codes", {}).items() if status in codes]
    return (grades[0] if grades else told.get("grade")) == "inferred"


def describe_anew(
    proposing: Proposing,
    proposal: Proposal,
    place: tuple[str, list[str | int]],
    deviations: Sequence[Deviation] | Sequence[Group],
    lessons: Sequence[Lesson],
) -> None:
    """Describe an answer of which nothing was there that the contract promises. `place` is that of its JSON. Raises CannotEdit."""
    file, keys = place
    finding = deviations[0].finding
    home, at = proposing.place(proposal.group.api, finding.stands)
    old = yamledits.value_at(proposing.text(home), at)
    content = yamledits.value_at(proposing.text(file), keys)
    if not str(content.get("schema", {}).get("$ref", "")).endswith(f"#/{finding.stands[2]}"):
        raise CannotEdit(LAST_FIELD)  # what lacks everything is inside of the answer
    example = content.get("example") or {}
    schema, inline = _schema(old, deviations, lessons, example), [*keys, "schema"]
    proposing.edit(
        proposal, file, inline, "the answer is described anew", lambda text: yamledits.with_block(text, inline, schema)
    )
    proposing.edit(
        proposal, file, keys, "its example is as it is now",
        lambda text: yamledits.with_block(text, [*keys, "example"], _example(schema, example)),
    )  # fmt: skip
    _links_follow(proposing, file, keys[:-2], lessons)
    name = str(finding.stands[2])
    if _references(proposing.judge(proposal).document, name) == 1:
        _change_table(proposing, proposal, [], kept=name)


def describe_recorded(
    proposing: Proposing,
    proposal: Proposal,
    asked: tuple[str, int],
    groups: Sequence[Group],
    recorded: Sequence[Recorded],
) -> None:
    """Describe an answer anew, and have the stand-in answer so, by recorded traffic alone. Raises CannotEdit."""
    operation, status = asked
    lessons = lessons_of(proposing.judge(proposal), operation, status, recorded)
    lacking = {one.finding.detail["field"] for one in groups if one.finding.kind == MISSING_FIELD}
    if not lacking <= {lesson.drop for lesson in lessons}:
        raise CannotEdit(LAST_FIELD)
    path, method = proposing.judge(proposal).own_place(operation)
    at = ("paths", path, method, "responses", str(status), "content", "application/json")
    describe_anew(proposing, proposal, proposing.place(proposal.group.api, at), groups, lessons)
    write_lessons(proposing, proposal, [Taught(operation, lesson) for lesson in lessons])


def _schema(
    old: Json, deviations: Sequence[Deviation] | Sequence[Group], lessons: Sequence[Lesson], example: Json
) -> Json:
    """Return a schema without what was never there and with what was; what is taken from elsewhere has the example from there."""
    dropped = {lesson.drop for lesson in lessons}
    found = [one for one in deviations if one.finding.kind == UNKNOWN_FIELD]
    properties = {name: node for name, node in old.get("properties", {}).items() if name not in dropped}
    properties |= {str(one.finding.detail["field"]): described(one.finding.detail["schema"]) for one in found}
    for lesson in lessons:
        value = value_of(lesson.source, example, int(lesson.of or 0), Asked()) if lesson.source else UNSAID
        if lesson.at in properties and value is not UNSAID:
            properties[lesson.at] |= {"example": value}
    required = [name for name in old.get("required", ()) if name not in dropped]
    required += [str(one.finding.detail["field"]) for one in found if one.times == one.of]
    kept = {"type": "object", "x-evidence": "observed"}
    return {**kept, **({"required": required} if required else {}), "properties": properties}


def _example(schema: Json, old: Json) -> Json:
    example = {}
    for name, node in schema["properties"].items():
        if name in old or "example" in node:
            value = old.get(name, node.get("example"))
            example[name] = value.isoformat() if hasattr(value, "isoformat") else value
    return example


def _references(node: Any, schema: str) -> int:
    """Return how often a document refers to a schema."""
    if isinstance(node, dict):
        is_one = node.get("$ref") == f"#/components/schemas/{schema}"
        return is_one + sum(_references(part, schema) for part in node.values())
    return sum(_references(part, schema) for part in node) if isinstance(node, list) else 0


def _links_follow(proposing: Proposing, file: str, keys: list[str | int], lessons: Sequence[Lesson]) -> None:
    """Let links lead to where a field is now; those into what is not there any more go."""
    response = yamledits.value_at(proposing.text(file), keys)
    moved = {_pointer(str(one.source).removeprefix("here.")): f"/{one.at}" for one in lessons if one.source}
    gone = tuple(f"/{one.drop}" for one in lessons if one.drop)
    for name, link in response.get("links", {}).items():
        for parameter, source in link.get("parameters", {}).items():
            pointer = str(source).removeprefix("$response.body#")
            at = [*keys, "links", name, "parameters", parameter]
            if pointer in moved:
                new = f"$response.body#{moved[pointer]}"
                proposing.after[file] = yamledits.with_value(proposing.text(file), at, new)
            elif pointer.startswith(gone):
                proposing.after[file] = yamledits.without_key(proposing.text(file), [*keys, "links"], name)
                break


def _pointer(place: str) -> str:
    return "/" + place.replace("[0]", ".0").replace(".", "/")


def found_by(api: str, operation: str, lost: str, left: Sequence[str]) -> Taught:
    """Return the lesson by which a parameter that a path has lost is found. Raises CannotEdit if there is no way."""
    kinds = _kinds(api)
    for name in reversed(left):
        if name in kinds and lost in kinds[name].__struct_fields__:
            return Taught(operation, Lesson(lost=lost, by=name))
    raise CannotEdit(f"nothing in the path tells {lost}: its handler has to change as well")


def without_parameter(proposing: Proposing, proposal: Proposal, operation: str, path: str, lost: str) -> None:
    """Take a parameter out of the description of a path, and out of the links that lead there. Raises CannotEdit."""
    api, document = proposal.group.api, proposing.sources(proposal.group.api).document
    parameters = document["paths"][path].get("parameters", [])
    named = [document["components"]["parameters"][node["$ref"].rsplit("/", 1)[-1]]["name"] for node in parameters]
    if lost not in named:
        raise CannotEdit(f"{lost} is not described where the path is")
    file, key = proposing.sources(api).raw["openapi.yaml"]["paths"][path]["$ref"].split("#/")
    at = [key, "parameters"]
    proposing.edit(
        proposal, f"{api}/{file}", at, f"the path has no {lost}",
        lambda text: yamledits.without_place(text, at, named.index(lost)),
    )  # fmt: skip
    for where in _links_to(document, operation, lost):
        file, keys = proposing.place(api, where)
        proposing.after[file] = yamledits.without_key(proposing.text(file), keys, lost)


def _links_to(document: Json, operation: str, parameter: str) -> Iterator[tuple[str, ...]]:
    """Yield where the parameters of links stand that lead to an operation with a parameter."""
    for path, method, node, _ in operations(document):
        for status, response in node["responses"].items():
            for name, link in response.get("links", {}).items():
                if link.get("operationId") == operation and parameter in link.get("parameters", {}):
                    yield ("paths", path, method, "responses", status, "links", name, "parameters")


@cache
def _kinds(api: str) -> dict[str, Any]:
    module, name = APIS[api].split(":")
    kinds: dict[str, Any] = getattr(import_module(module), name).kinds
    return kinds


def is_another(document: Json, deviations: Sequence[Deviation] | Sequence[Group], stands: tuple[Any, ...]) -> bool:
    """Whether an answer lacks every field that the contract promises of a schema: it is another one, not a smaller one."""
    if len(stands) != 3 or stands[:2] != ("components", "schemas"):
        return False
    required = set(document["components"]["schemas"].get(stands[2], {}).get("required", ()))
    missing = (one.finding for one in deviations if one.finding.kind == MISSING_FIELD and one.finding.stands == stands)
    lacking = {finding.detail["field"] for finding in missing}
    return bool(lacking) and lacking >= required
