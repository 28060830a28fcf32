"""Reading is the same each time, changes nothing, and has the defaults that the contract says."""

from typing import Any

from contract_tests.laws.explore import Explorer
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop, listed
from mock_server.contract import resolve

CLOCKS = {"created_ago", "last_activity"}  # which say how long ago something was


def _read_everything(lab: Workshop, per: int = 2) -> None:
    """Whatever is read twice is the same both times, and the same again after everything else was read."""
    explorer = Explorer(lab, per)
    seen: list[tuple[str, dict[str, Any], Any]] = []
    for operation, path in explorer.reads():
        lab.scene()
        first, second = (lab.call(operation, path) for _ in range(2))
        same = first.status_code == second.status_code and plain(first) == plain(second)
        lab.expect(same, "two reads in a row, with nothing in between, differ", operation)
        lab.expect(
            first.status_code == 200 or "download" in operation,
            f"what a list shows answers {first.status_code}",
            operation,
        )
        seen.append((operation, path, plain(first)))
    for operation, path, entries in explorer.lists():
        lab.scene()
        same = _without_clocks(listed(lab.ok(operation, path))) == _without_clocks(entries)
        lab.expect(same, "a list that nothing was done to is another one than when it was first read", operation)
    lab.settle(1)  # so that what a read would note the time of is seen
    for operation, path, before in seen:
        lab.scene()
        for _ in range(2):
            lab.expect(
                plain(lab.call(operation, path)) == before, "after nothing but reads it is read differently", operation
            )


def _default_parameters(lab: Workshop) -> None:
    """A parameter that is left out counts as its documented default."""
    for operation_id, path in Explorer(lab, per=1).reads():
        operation = lab.target.addresses.by_id[operation_id]
        for node in operation.parameters:
            default = resolve(lab.target.document, node.get("schema", {})).get("default")
            if node["in"] != "query" or default is None:
                continue
            lab.scene()
            told = str(default).lower() if isinstance(default, bool) else default
            without, explicit = lab.call(operation_id, path), lab.call(operation_id, path, query={node["name"]: told})
            same = plain(without) == plain(explicit)
            lab.expect(
                same, f"without {node['name']} the answer is not that of its documented default {told}", operation_id
            )


def _every_value(lab: Workshop) -> None:
    for operation_id, path in Explorer(lab).reads():
        for node in lab.target.addresses.by_id[operation_id].parameters:
            schema = resolve(lab.target.document, node.get("schema", {})) if node["in"] == "query" else {}
            for value in _values(lab, schema):
                lab.scene()
                answer = lab.call(operation_id, path, query={node["name"]: value})
                taken = answer.status_code < 300 or answer.status_code == 409
                lab.expect(
                    taken,
                    f"{node['name']}={value}, which is documented, is answered {answer.status_code}",
                    operation_id,
                )


def _values(lab: Workshop, schema: Any) -> list[str]:
    if schema.get("type") == "boolean":
        return ["true", "false"]
    if schema.get("type") == "array":
        inner = _values(lab, resolve(lab.target.document, schema["items"]))
        return [*inner, ",".join(inner)] if inner else []
    return [str(word) for word in schema.get("enum", ()) if word is not None]


@law(writes=False)
def every_documented_value_is_taken(lab: Workshop) -> None:
    """Each value that the contract lists for a parameter is taken, in every place, and changes the answer as it says."""
    _every_value(lab)


@law("blue_guardrails", writes=False)
def every_documented_value_of_labeling_is_taken(lab: Workshop) -> None:
    """Each value that the contract lists for a parameter is taken, in every place, and changes the answer as it says."""
    _every_value(lab)


@law(writes=False)
def reading_twice_gives_the_same(lab: Workshop) -> None:
    """Whatever is read twice is the same both times, and the same again after everything else was read."""
    _read_everything(lab)


@law(writes=False)
def parameters_have_their_defaults(lab: Workshop) -> None:
    """A parameter that is left out counts as its documented default."""
    _default_parameters(lab)


@law("label_studio", writes=False)
def reading_annotations_twice_gives_the_same(lab: Workshop) -> None:
    """Whatever is read twice is the same both times, and the same again after everything else was read."""
    _read_everything(lab)


@law("blue_guardrails", writes=False)
def reading_labeling_twice_gives_the_same(lab: Workshop) -> None:
    """Whatever is read twice is the same both times, and the same again after everything else was read."""
    _read_everything(lab, per=6)  # drafts come first: there is little to read in them


@law("blue_guardrails", writes=False)
def labeling_parameters_have_their_defaults(lab: Workshop) -> None:
    """A parameter that is left out counts as its documented default."""
    _default_parameters(lab)


def plain(answer: Any) -> Any:
    """Return what an answer says, without words that tell the time; files as their bytes."""
    try:
        return _without_clocks(answer.json())
    except ValueError:
        media = answer.headers.get("Content-Type", "")
        return (
            answer.content if "sheet" not in media else len(answer.content) // 64
        )  # a workbook tells when it was made


def _without_clocks(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_clocks(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _without_clocks(inner) for key, inner in value.items() if key not in CLOCKS | {"next_page_cursor"}}
    return value


@law()
def looking_at_a_session_begins_nothing(lab: Workshop) -> None:
    """A session that was just created is the same the first and the second time that it is read."""
    project = lab.project()
    lab.documents(project)
    made = lab.ok("create_session", {"project_id": project}, json={"name": "Not begun"})
    path = {"project_id": project, "annotation_id": made["id"]}
    first, second = lab.ok("get_session", path), lab.ok("get_session", path)
    told = f"a session that was {first['status']} is {second['status']} after somebody looked at it"
    lab.expect(not lab.target.can_advance or first == second, told, "get_session")
