"""What mends a deviation: for each kind of it a function that changes the documents of a `Proposing` and notes that in a `Proposal`.

Each raises CannotEdit where a person has to look.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from contract_tests import evidence
from contract_tests.live import judging, shapes, yamledits
from contract_tests.live.judging import Finding, Judge
from contract_tests.live.likewise import as_texts
from contract_tests.live.moving import Move, move_of
from contract_tests.live.proposing import BY_HAND, Change, Proposal, Proposing, responses_of
from contract_tests.live.shapes import Pointer
from contract_tests.live.yamledits import CannotEdit, Keys
from mock_server.contract import Json, resolve
from mock_server.spec import ledger
from mock_server.spec.rules.shape import KEYS

SEEN = "Seen in recorded traffic; no source tells of it."
EXAMPLES = {"string": "text", "integer": 1, "number": 0.5, "boolean": True, "array": [], "object": {}}
WITHOUT_NUL = r"^[^\u0000]*$"  # what the contract asks of every text that is sent
TIME = "2026-03-02T08:30:00Z"
LAST_FIELD = "nothing that the contract promises is there: write the schema anew, and what answers with it"


def _add_field(proposing: Proposing, proposal: Proposal) -> None:
    finding = proposal.group.finding
    field = _shown(str(finding.detail["field"]))
    file, keys = proposing.place(proposal.group.api, (*finding.stands, "properties"))
    schema = described(finding.detail["schema"])
    if finding.direction == judging.REQUEST and schema.get("type") == "string":
        schema = {"type": "string", "pattern": WITHOUT_NUL, **schema}
    proposing.edit(
        proposal, file, keys, f"{field} is added to the fields",
        lambda text: yamledits.with_key(text, keys, field, schema),
    )  # fmt: skip


def _relax_required(proposing: Proposing, proposal: Proposal) -> None:
    finding = proposal.group.finding
    field = finding.detail["field"]
    file, keys = proposing.place(proposal.group.api, (*finding.stands, "required"))
    if len(finding.stands) == 3 and len(yamledits.value_at(proposing.text(file), keys)) == 1:
        raise CannotEdit(LAST_FIELD)
    proposing.edit(
        proposal, file, keys, f"{field} is not required any more",
        lambda text: yamledits.without_element(text, keys, field),
    )  # fmt: skip
    _forget_required(proposing, file, keys[:1])


def _forget_required(proposing: Proposing, file: str, keys: Keys) -> None:
    """Take away what the evidence of a schema says of required fields if it has none any more."""
    schema = yamledits.value_at(proposing.text(file), keys)
    told = schema.get("x-evidence") if isinstance(schema, dict) else None
    if not isinstance(told, dict) or "required" not in told:
        return
    if not any(_says_required({key: part for key, part in schema.items() if key != "x-evidence"})):
        at, name = ([*keys, "x-evidence"], "required") if len(told) > 1 else (keys, "x-evidence")
        proposing.after[file] = yamledits.without_key(proposing.text(file), at, name)


def _says_required(node: Any) -> Iterator[bool]:
    if isinstance(node, dict):
        yield "required" in node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _says_required(part)


def _change_type(proposing: Proposing, proposal: Proposal) -> None:
    finding = proposal.group.finding
    file, keys = proposing.place(proposal.group.api, finding.stands)
    seen = str(finding.detail["seen"])
    if seen == "null":
        proposing.edit(
            proposal, file, keys, "null is allowed",
            lambda text: yamledits.with_key(text, keys, "nullable", True, before=("description", "example")),
        )  # fmt: skip
        return
    if finding.place == "answer" and _is_list_of_page(proposing, proposal, seen):
        return
    old = yamledits.value_at(proposing.text(file), keys)
    kept = {key: old[key] for key in ("description", "nullable") if key in old}
    made = described(finding.detail["schema"])
    if seen == "string" and isinstance(old.get("example"), int) and "format" not in made:
        made["example"] = str(old["example"])
    new = {**made, **kept, "x-evidence": "observed"}
    proposing.edit(
        proposal, file, keys, f"the type is {seen}", lambda text: yamledits.with_value(text, keys, _ordered(new))
    )
    if finding.direction == judging.ANSWER and finding.stands[:2] == ("components", "schemas"):
        _stand_in_follows(proposing, proposal, old, seen)


def _stand_in_follows(proposing: Proposing, proposal: Proposal, old: Json, seen: str) -> None:
    """Let fixtures go by the type of before, and have the stand-in show numbers as texts if they are such."""
    from contract_tests.live.learning import keep_type, write_lessons  # which work on what is here

    finding, document = proposal.group.finding, proposing.judge(proposal).document
    if len(finding.stands) != 5 or "type" not in old:
        return
    keep_type(proposing, proposal, f"{finding.stands[2]}.{finding.stands[4]}", old)
    if seen == "string" and old["type"] in ("integer", "number"):
        write_lessons(proposing, proposal, list(as_texts(document, (str(finding.stands[2]), str(finding.stands[4])))))


def _is_list_of_page(proposing: Proposing, proposal: Proposal, seen: str) -> bool:
    """Propose a list in the place of a page with one list, where the elements are those of the page."""
    finding, judge = proposal.group.finding, proposing.judge(proposal)
    node: Any = judge.document
    for key in finding.stands:
        node = node[key] if isinstance(node, dict) else node[int(key)]
    lists = {name: part["items"] for name, part in node.get("properties", {}).items() if "items" in part}
    if seen != "array" or len(lists) != 1 or any("$ref" not in items for items in lists.values()):
        return False
    path, method = judge.own_place(str(finding.operation))
    at: Pointer = ("paths", path, method, "responses", str(finding.status), "content", "application/json")
    file, keys = proposing.place(proposal.group.api, (*at, "schema"))
    named = next(iter(lists.values()))["$ref"].rsplit("/", 1)[-1]
    source = proposing.sources(proposal.group.api).files_of_components["schemas", named]
    schema = {"type": "array", "items": {"$ref": f"../{source}#/{named}"}}
    proposing.edit(proposal, file, keys, f"a list of {named}", lambda text: yamledits.with_value(text, keys, schema))
    _example_follows(proposing, proposal, file, keys[:-1])
    _links_follow(proposing, proposal, file, keys[:-3], next(iter(lists)))
    _unused_goes(proposing, proposal)
    return True


def _example_follows(proposing: Proposing, proposal: Proposal, file: str, keys: Keys) -> None:
    """Let the example of a page become one of its list."""
    content = yamledits.value_at(proposing.text(file), keys)
    named = [part.get("value") for part in content.get("examples", {}).values()]
    page = next((one for one in (content.get("example"), *named) if isinstance(one, dict)), {})
    inner = _plain(next((part for part in page.values() if isinstance(part, list)), []))

    def change(text: str) -> str:
        for key in ("example", "examples"):
            text = yamledits.without_key(text, keys, key) if key in content else text
        return yamledits.with_key(text, keys, "example", inner)

    proposing.edit(proposal, file, keys, "its example is a list", change)


def _unused_goes(proposing: Proposing, proposal: Proposal) -> None:
    """Take away the schema of the page if nothing else refers to it."""
    stands, document = proposal.group.finding.stands, proposing.judge(proposal).document
    if stands[:2] != ("components", "schemas") or len(stands) != 3:
        return
    if json.dumps(document).count(f'"#/components/schemas/{stands[2]}"') == 1:
        file, keys = proposing.place(proposal.group.api, stands)
        proposing.edit(
            proposal, file, keys, f"{stands[2]} is of no use any more",
            lambda text: yamledits.without_key(text, keys[:-1], str(keys[-1])),
        )  # fmt: skip


def _links_follow(proposing: Proposing, proposal: Proposal, file: str, keys: Keys, name: str) -> None:
    """Let the links that lead into the list of a page lead into the list itself."""
    links = yamledits.value_at(proposing.text(file), keys).get("links", {})
    for link, told in links.items():
        for parameter, source in told.get("parameters", {}).items():
            if str(source).startswith(f"$response.body#/{name}/"):
                at = [*keys, "links", link, "parameters", parameter]
                new = str(source).replace(f"#/{name}/", "#/")
                proposing.after[file] = yamledits.with_value(proposing.text(file), at, new)


def _add_word(proposing: Proposing, proposal: Proposal) -> None:
    finding = proposal.group.finding
    word = finding.detail.get("value")
    if word is None or finding.stands[-1:] == ("parameters",):
        raise CannotEdit("look which values there are")
    file, keys = proposing.place(proposal.group.api, (*finding.stands, "enum"))
    proposing.edit(
        proposal, file, keys, f"{word} is one of the values", lambda text: yamledits.with_element(text, keys, word)
    )


def _drop_bound(proposing: Proposing, proposal: Proposal) -> None:
    finding = proposal.group.finding
    if finding.keyword not in ("format", "pattern"):
        raise CannotEdit("look which bounds there are")
    file, keys = proposing.place(proposal.group.api, finding.stands)
    proposing.edit(
        proposal, file, keys, f"no {finding.keyword} is promised",
        lambda text: yamledits.without_key(text, keys, finding.keyword),
    )  # fmt: skip


def _add_code(proposing: Proposing, proposal: Proposal) -> None:
    finding, judge = proposal.group.finding, proposing.judge(proposal)
    status, api = str(finding.detail["value"]), proposal.group.api
    path, method = judge.own_place(str(finding.operation))
    file, keys = proposing.place(api, ("paths", path, method, "responses"))
    common = proposing.response_for(api, status)
    response = (
        {"$ref": f"../responses.yaml#/{common['$ref'].rsplit('/', 1)[1]}"} if common else _response(judge, finding)
    )
    later = [code for code in yamledits.value_at(proposing.text(file), keys) if str(code) > status]
    proposing.edit(
        proposal, file, keys, f"{status} is listed",
        lambda text: yamledits.with_key(text, keys, status, response, before=later),
    )  # fmt: skip
    grade_code(proposing, proposal, file, [*keys[:-1], "x-evidence"], int(status))


def _response(judge: Judge, finding: Finding) -> Json:
    """Return what to say of a code that no operation has: an error is one like the others, anything else is described."""
    schema, media = finding.detail.get("schema"), str(finding.detail["media"] or "application/json")
    if schema is None:
        return {"description": SEEN}
    known = _error_schema(judge.document) if int(finding.detail["value"]) >= 400 else None
    if known is not None:
        source = evidence.sources(judge.api).files_of_components["schemas", known]
        return {"description": SEEN, "content": {media: {"schema": {"$ref": f"../{source}#/{known}"}}}}
    content = {
        "schema": {key: schema[key] for key in schema if key != "example"},
        "example": EXAMPLES[str(schema["type"])],
    }
    return {"description": SEEN, "content": {media: content}}


def _error_schema(document: Json) -> str | None:
    """Return the name of the schema that most errors have."""
    counted: Counter[str] = Counter()
    for status, node in responses_of(document):
        schema = resolve(document, node).get("content", {}).get("application/json", {}).get("schema", {})
        if status >= "400" and "$ref" in schema:
            counted[schema["$ref"].rsplit("/", 1)[-1]] += 1
    return counted.most_common(1)[0][0] if counted else None


def grade_code(proposing: Proposing, proposal: Proposal, file: str, keys: Keys, status: int) -> None:
    """Say that a code was observed."""
    told = yamledits.value_at(proposing.text(file), keys)
    codes = told.get("codes", {})

    def change(text: str) -> str:
        if "observed" in codes:
            return yamledits.with_element(text, [*keys, "codes", "observed"], status)
        if codes:
            return yamledits.with_key(text, [*keys, "codes"], "observed", [status])
        return yamledits.with_key(text, keys, "codes", {"observed": [status]})

    proposing.edit(proposal, file, keys, f"{status} is observed", change)


def _add_parameter(proposing: Proposing, proposal: Proposal) -> None:
    finding, judge = proposal.group.finding, proposing.judge(proposal)
    path, method = judge.own_place(str(finding.operation))
    file, keys = proposing.place(proposal.group.api, ("paths", path, method))
    schema = finding.detail["schema"]
    parameter = {
        "name": _shown(str(finding.detail["field"])),
        "in": "query",
        "description": "Seen in recorded traffic, and not refused; what it does was not seen.",
        "schema": schema,
        "example": EXAMPLES[schema["type"]],
        "x-evidence": "observed",
    }
    has_some = "parameters" in yamledits.value_at(proposing.text(file), keys)
    later = KEYS[KEYS.index("parameters") + 1 :]

    def change(text: str) -> str:
        if has_some:
            return yamledits.with_element(text, [*keys, "parameters"], parameter)
        return yamledits.with_key(text, keys, "parameters", [parameter], before=later)

    proposing.edit(proposal, file, keys, f"a parameter {parameter['name']}", change)


def _relax_header(proposing: Proposing, proposal: Proposal) -> None:
    finding = proposal.group.finding
    file, keys = proposing.place(proposal.group.api, (*finding.stands, "required"))
    proposing.edit(
        proposal, file, keys, f"{finding.detail['field']} is not required any more",
        lambda text: yamledits.with_value(text, keys, False),
    )  # fmt: skip


def _move(proposing: Proposing, proposal: Proposal) -> None:
    """Propose another path for an operation whose path was a guess, where the answers are those of that operation."""
    seen = proposal.group.finding.path
    if seen in proposing.moved:
        raise CannotEdit(f"it moves with {proposing.moved[seen]}")
    move = move_of(proposing.judge(proposal), proposal.group)
    if move is None:
        raise CannotEdit(BY_HAND[judging.UNKNOWN_PATH])
    proposing.moved[seen] = move.operation
    make_move(proposing, proposal, move)


def make_move(proposing: Proposing, proposal: Proposal, move: Move) -> None:
    """Let operations be at the path where they were seen, which may be the one that was guessed. Raises CannotEdit."""
    from contract_tests.live import learning  # which works on what is here

    if move.lost and len(move.methods) > 1:
        raise CannotEdit(f"{', '.join(move.methods)} move with it, and their path would have no {', '.join(move.lost)}")
    for lost in move.lost:
        left = [part[1:-1] for part in move.new.split("/") if part.startswith("{")]
        lesson = learning.found_by(proposal.group.api, move.operation, lost, left)
        learning.without_parameter(proposing, proposal, move.operation, move.old, lost)
        learning.write_lessons(proposing, proposal, [lesson])
    file = f"{proposal.group.api}/openapi.yaml"
    text = proposing.text(file)
    line = yamledits.line_of(text, ["paths", move.old])
    lines = text.splitlines(True)
    lines[line - 1] = (
        lines[line - 1].replace(f"{move.old}:", f"{move.new}:").split("  # inferred path")[0].rstrip() + "\n"
    )
    proposing.after[file] = "".join(lines)
    if move.new != move.old:
        proposal.changes.append(Change(file, line, f"{move.operation} moves from {move.old} to {move.new}"))
        _ledger_follows(proposing, proposal, move.old, move.new)
    reference = proposing.sources(proposal.group.api).raw["openapi.yaml"]["paths"][move.old]["$ref"]
    part, key = reference.split("#/")
    file = f"{proposal.group.api}/{part}"
    for method in move.methods:
        _grade_path(proposing, proposal, file, [key, method, "x-evidence"])


def _grade_path(proposing: Proposing, proposal: Proposal, file: str, keys: list[str | int]) -> None:
    """Say that a path was observed."""
    told = yamledits.value_at(proposing.text(file), keys)

    def change(text: str) -> str:
        if "path" in told:
            return yamledits.with_value(text, [*keys, "path"], "observed")
        return yamledits.with_key(text, keys, "path", "observed")

    proposing.edit(proposal, file, keys, "the path is observed", change)


def _ledger_follows(proposing: Proposing, proposal: Proposal, old: str, new: str) -> None:
    """Let the rows of the ledger name the new path."""
    text = proposing.text(ledger.FILE)
    at = next((at for at, line in enumerate(text.splitlines(), 1) if old in line), None)
    if at is not None:
        proposing.after[ledger.FILE] = text.replace(old, new)
        proposal.changes.append(Change(ledger.FILE, at, f"the ledger names {new}"))


MAKERS: dict[str, Callable[[Proposing, Proposal], None]] = {
    shapes.UNKNOWN_FIELD: _add_field,
    shapes.MISSING_FIELD: _relax_required,
    shapes.OTHER_TYPE: _change_type,
    shapes.UNKNOWN_VALUE: _add_word,
    shapes.OTHER_VALUE: _drop_bound,
    judging.UNKNOWN_CODE: _add_code,
    judging.UNKNOWN_PARAMETER: _add_parameter,
    judging.MISSING_HEADER: _relax_header,
    judging.UNKNOWN_PATH: _move,
}


def described(schema: Json) -> Json:
    """Return a schema of what was seen as the documents write one."""
    example = TIME if schema.get("format") == "date-time" else EXAMPLES.get(str(schema.get("type")), "text")
    return _ordered({**schema, "description": SEEN, "example": example, "x-evidence": "observed"})


def _ordered(schema: Json) -> Json:
    order = (
        "type",
        "format",
        "nullable",
        "properties",
        "items",
        "additionalProperties",
        "description",
        "example",
        "x-evidence",
    )
    return {key: schema[key] for key in sorted(schema, key=lambda key: order.index(key) if key in order else 0)}


def _shown(field: str) -> str:
    """Return a field that may be named. Raises CannotEdit for one that was hidden."""
    if field == "…":
        raise CannotEdit("the name looks like content: say that further fields are free, by additionalProperties")
    return field


def _plain(value: Any) -> Any:
    """Return a value of YAML with its times as the text that they are in JSON."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
