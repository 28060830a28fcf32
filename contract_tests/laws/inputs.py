"""What the contract allows is taken and what it excludes is refused, at its bounds: lengths, ranges, enumerations, required fields."""

from collections.abc import Iterator
from typing import Any

from contract_tests.laws.makers import MAKERS, Recipe
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop
from mock_server.contract import Json, resolve

REFUSALS = {"studio": 400, "label_studio": 400, "blue_guardrails": 422}
WRONG_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (17, ["x"], {"x": 1}, True),
    "integer": ("seven", 1.5, ["1"], True),
    "number": ("seven", ["1"], True),
    "boolean": ("perhaps", 17, []),
    "array": ("text", {"x": 1}, 17),
    "object": ("text", 17, ["x"]),
}


def properties(document: Json, schema: Any) -> dict[str, Json]:
    """Return the properties of a schema by name, resolved, those of all its parts."""
    node = resolve(document, schema)
    found: dict[str, Json] = {}
    for key in ("allOf", "anyOf", "oneOf"):
        for part in node.get(key, ()):
            found = {**properties(document, part), **found}
    return {**found, **{name: resolve(document, inner) for name, inner in node.get("properties", {}).items()}}


def required(document: Json, schema: Any) -> set[str]:
    """Return the names that every valid object of a schema has."""
    node = resolve(document, schema)
    return set(node.get("required", ())).union(*(required(document, part) for part in node.get("allOf", ())))


def invalid(node: Json) -> Iterator[Any]:
    """Yield values that a schema of one property excludes."""
    kind = node.get("type")
    if not isinstance(kind, str) or node.keys() & {"anyOf", "oneOf", "allOf"}:
        return
    yield from WRONG_TYPES.get(kind, ())[:3]
    if not node.get("nullable"):
        yield None
    if "enum" in node:
        yield "NO_SUCH_WORD"
        yield str(node["enum"][0]).swapcase()
    if "maxLength" in node:
        yield "x" * (node["maxLength"] + 1)
    if node.get("minLength"):
        yield ""
    if "u0000" in str(node.get("pattern")) and "enum" not in node:
        yield "a\0b"
    if "minimum" in node:
        yield node["minimum"] - 1
    if "maximum" in node:
        yield node["maximum"] + 1
    if node.get("minItems"):
        yield []
    if node.get("format") in ("uuid", "date-time"):
        yield "neither"


def longest(node: Json) -> str | None:
    """Return the longest text that a schema allows, None where any length is right or more than the length counts."""
    if node.get("type") != "string" or "maxLength" not in node or node.get("format") or "enum" in node:
        return None
    return "x" * node["maxLength"] if node.get("pattern") in (None, r"^[^\u0000]*$", "^[^\\u0000]*$") else None


def _schema(lab: Workshop, operation: str) -> Any:
    body = resolve(lab.target.document, lab.target.addresses.by_id[operation].node.get("requestBody", {}))
    return body.get("content", {}).get("application/json", {}).get("schema")


def _refuse_invalid(lab: Workshop, operation: str, recipe: Recipe) -> None:
    """Send a valid body with one thing wrong at a time."""
    schema, valid, document = _schema(lab, operation), recipe.more.get("json"), lab.target.document
    if schema is None or not isinstance(valid, dict):
        return
    due = REFUSALS[lab.target.api]
    for name, node in properties(document, schema).items():
        for value in invalid(node):
            lab.scene()
            lab.refused(due, f"{name} is {_short(value)}", operation, recipe.path, json={**valid, name: value})
    for name in required(document, schema):
        lab.scene()
        body = {key: value for key, value in valid.items() if key != name}
        lab.refused(due, f"{name} is left out, which is required", operation, recipe.path, json=body)
    bodies: tuple[Any, ...] = ([], "text", 17)
    for wrong in bodies:
        lab.scene()
        lab.refused(due, f"the body is {wrong!r}, where an object is due", operation, recipe.path, json=wrong)
    broken = {"Content-Type": "application/json"}
    lab.refused(due, "the body is no JSON", operation, recipe.path, data=b'{"name": ', headers=broken)
    lab.refused(
        415,
        "the body is of a type that the operation does not take",
        operation,
        recipe.path,
        data=b"<a/>",
        headers={"Content-Type": "text/xml"},
    )


def _take_longest(lab: Workshop, operation: str, recipe: Recipe) -> None:
    schema, valid = _schema(lab, operation), recipe.more.get("json")
    if schema is None or not isinstance(valid, dict):
        return
    for name, node in properties(lab.target.document, schema).items():
        text = longest(node)
        if text is not None and name not in ("password", "email", "webhook_url", "class", "label", "source", "slug"):
            lab.scene()
            answer = lab.call(operation, recipe.path, json={**valid, name: text})
            taken = answer.status_code < 300 or answer.status_code == 409
            lab.expect(
                taken,
                f"{name} of {len(text)} characters, which the contract allows, is answered {answer.status_code}",
                operation,
            )


CHEAP = (
    "create_project",
    "create_class",
    "create_label",
    "create_document",
    "create_workspace",
    "create_group",
    "create_session",
    "create_segment_tag",
)


@law()
def invalid_bodies_are_refused(lab: Workshop) -> None:
    """A valid body with one thing wrong is refused with 400: a type, a length, a value out of bounds, a field that is missing."""
    for operation in (*CHEAP, "train_model", "create_analysis", "create_correction", "create_hitl", "invite_users"):
        _refuse_invalid(lab, operation, MAKERS[operation](lab))


@law()
def longest_names_are_taken(lab: Workshop) -> None:
    """The longest texts that the contract allows are taken."""
    for operation in CHEAP:
        _take_longest(lab, operation, MAKERS[operation](lab))


@law("label_studio")
def invalid_annotations_are_refused(lab: Workshop) -> None:
    """A valid body with one thing wrong is refused with 400."""
    _refuse_invalid(lab, "create_annotation", MAKERS["create_annotation"](lab))


@law("blue_guardrails")
def invalid_labeling_bodies_are_refused(lab: Workshop) -> None:
    """A valid body with one thing wrong is refused with 422."""
    for operation in ("create_labeling_project", "create_labeling_annotation"):
        _refuse_invalid(lab, operation, MAKERS[operation](lab))


@law(writes=False)
def invalid_parameters_are_refused(lab: Workshop) -> None:
    """A query parameter of the wrong type or with a word that is not in its list is refused with 400."""
    from contract_tests.laws.explore import Explorer

    explorer = Explorer(lab, per=1)
    for operation in lab.target.addresses:
        if operation.method != "GET":
            continue
        for path in explorer.paths(operation.operation_id)[:1]:
            for node in operation.parameters:
                schema = resolve(lab.target.document, node.get("schema", {})) if node["in"] == "query" else {}
                for value in _wrong(lab, schema):
                    lab.scene()
                    lab.refused(
                        400, f"{node['name']} is {value!r}", operation.operation_id, path, query={node["name"]: value}
                    )


def _wrong(lab: Workshop, schema: Json) -> Iterator[str]:
    kind = schema.get("type")
    if kind in ("integer", "number", "boolean"):
        yield "perhaps"
    if "enum" in schema:
        yield "no-such-word"
    if (
        kind == "array"
        and (items := resolve(lab.target.document, schema["items"]))
        and ("enum" in items or items.get("type") == "integer")
    ):
        yield "no-such-word"


@law()
def strange_requests_are_refused(lab: Workshop) -> None:
    """JSON that is nested without end and NUL in a search are refused with 400."""
    at = {"project_id": lab.project("CLASSLABEL")}
    group = lab.group(at["project_id"], documents=[{"text": "One sentence."}])
    for operation in (
        "create_class",
        "create_label",
        "upload_classes",
        "create_document",
        "create_group",
        "create_session",
    ):
        lab.scene()
        headers = {"Content-Type": "application/json"}
        lab.refused(400, "JSON of 5,000 levels", operation, at, data=b"[" * 5000, headers=headers)
    for operation in ("list_documents", "list_group_documents"):
        lab.scene()
        lab.refused(400, "NUL in a search", operation, {**at, "group_id": group["id"]}, query={"search": "a\0b"})


@law()
def names_may_have_any_sign(lab: Workshop) -> None:
    """Projects, groups and sessions keep quotes, brackets, percent signs and emoji in their names."""
    at = {"project_id": lab.project()}
    for sign in ("O'Hara", 'a "b"', "<b>&amp;", "100 %", "semi; -- colon", "🛏️"):
        name = lab.unique(sign)
        lab.scene()
        project = lab.ok("create_project", json={"name": name, "type": "CLASS"})
        lab.later("delete_project", {"project_id": project["id"]})
        group = lab.ok("create_group", at, json={"name": name, "documents": []})
        session = lab.ok("create_session", at, json={"name": name, "document_ids": []})
        made = (("create_project", project), ("create_group", group), ("create_session", session))
        for operation, one in made:
            lab.expect(one["name"] == name, f"the name {name!r} is shown as {one['name']!r}", operation)


@law(writes=False)
def unknown_ids_are_not_found(lab: Workshop) -> None:
    """An id that nobody has answers 404, and so does a word where an id is due."""
    from contract_tests.laws.explore import Explorer

    me = lab.ok("get_auth_status")["user"]
    explorer = Explorer(lab, per=1)
    for operation in lab.target.addresses:
        name = operation.path.rstrip("/").rsplit("/", 1)[-1].strip("{}")
        if operation.method != "GET" or f"{{{name}}}" not in operation.path:
            continue
        for path in explorer.paths(operation.operation_id)[:1]:
            for value in (999_999_999, "word", 0, -1, 2**32, 2**63, "1.5"):
                if name == "user_id" and not me["is_superuser"]:
                    continue
                lab.scene()
                lab.refused(404, f"{name} is {value}", operation.operation_id, {**path, name: value})


def _unknown_methods(lab: Workshop) -> None:
    paths: dict[str, set[str]] = {}
    for operation in lab.target.addresses:
        paths.setdefault(operation.path, set()).add(operation.method)
    for template, known in sorted(paths.items()):
        path = "/".join("1" if part.startswith("{") else part for part in template.split("/"))
        for method in [one for one in ("DELETE", "PUT", "PATCH", "POST", "GET") if one not in known][:2]:
            lab.scene()
            answer = lab.target.send(method, path)
            lab.expect(
                answer.status_code == 405,
                f"{method} {template}, which there is not, is answered {answer.status_code}, due is 405",
            )
            allowed = {word.strip() for word in answer.headers.get("Allow", "").split(",")} - {"HEAD", "OPTIONS"}
            if answer.status_code == 405:
                lab.expect(allowed == known, f"Allow of {template} is {sorted(allowed)}, due is {sorted(known)}")


@law()
def unknown_methods_are_refused(lab: Workshop) -> None:
    """A method that a path does not have is refused with 405, and Allow says which it has."""
    _unknown_methods(lab)


@law("label_studio")
def unknown_methods_of_annotations_are_refused(lab: Workshop) -> None:
    """A method that a path does not have is refused with 405, and Allow says which it has."""
    _unknown_methods(lab)


@law("blue_guardrails")
def unknown_methods_of_labeling_are_refused(lab: Workshop) -> None:
    """A method that a path does not have is refused with 405, and Allow says which it has."""
    _unknown_methods(lab)


def _short(value: Any) -> str:
    told = repr(value)
    return told if len(told) < 40 else f"{told[:20]}… of {len(value)}"
