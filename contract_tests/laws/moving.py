"""Copies and moves: whatever can be read in a project reads the same in its clone, and goes with the project to another workspace.

Not here: how long that takes and which statuses it has (`jobs`).
"""

from collections.abc import Callable, Iterator
from typing import Any

from contract_tests.laws.explore import Explorer
from contract_tests.laws.reading import plain
from contract_tests.laws.registry import law
from contract_tests.laws.tenants import full_project
from contract_tests.laws.workshop import TEXTS, Workshop, listed

OF_THE_COPY = {"demoset", "created", "updated", "created_at", "updated_at", "finished", "owner", "user_id"}
"""Fields in which a copy may differ: who made it, and when."""
NOT_COPIED = {"list_project_permissions", "list_hitl_reviews", "get_project"}


@law()
def clones_read_like_their_source(lab: Workshop) -> None:
    """Everything that can be read in a project reads the same in its clone, but for ids, times and names of models; it stays as it is."""
    project = full_project(lab)
    lab.documents(project, TEXTS[:2], channel="web", stars=4)
    before = dict(_read(lab, project, plain))
    made = lab.ok("clone_project", {"project_id": project}, json={})
    lab.later("delete_project", {"project_id": made["id"]})
    lab.settle()
    lab.until(lambda one: one["status"] == "CREATED", "get_project", {"project_id": made["id"]})
    source, clone = (dict(_read(lab, row_id, _anonymous)) for row_id in (project, made["id"]))
    for place, shown in source.items():
        same = clone.get(place) == shown
        lab.expect(same, f"a clone reads otherwise than its source: {_apart(shown, clone.get(place))}", place[0])
    for place, shown in _read(lab, project, plain):
        lab.expect(shown == before.get(place), "a project that was cloned reads otherwise than before", place[0])


@law()
def what_is_in_a_project_moves_with_it(lab: Workshop) -> None:
    """Where the lists behind a workspace show what is in a project, a transfer takes it from those of the first to those of the other."""
    project = full_project(lab)
    at = {"project_id": project}
    ids = {
        "list_projects": {project},
        "list_models": {one["id"] for one in lab.ok("list_project_models", at)},
        "list_analyses": {one["id"] for one in lab.every("list_project_analyses", at)},
    }
    home = next(one["id"] for one in lab.ok("get_auth_status")["organizations"] if one["is_default"])
    other = lab.ok("create_workspace", json={"name": lab.unique("Team")})["id"]
    lab.later("delete_workspace", {"organization_id": other})
    for here, away in ((home, other), (other, home)):
        lab.scene()
        for name, due in ids.items():
            lab.expect(due <= _behind(lab, here, name), "the list behind the workspace of a project lacks it", name)
            lab.expect(not due & _behind(lab, away, name), "the list behind another workspace shows it", name)
        lab.ok("transfer_project", at, json={"organization_id": away})
        lab.settle()


def _behind(lab: Workshop, workspace: int, name: str) -> set[int]:
    """Return the ids that a list shows behind a workspace."""
    operation = lab.target.addresses.by_id[name]
    query = {"limit": 1000} if "limit" in {one["name"] for one in operation.parameters} else {}
    shown = lab.target.send("GET", f"/organizations/{workspace}{operation.path}", query=query)
    return {one["id"] for one in listed(shown.json())}


def _read(lab: Workshop, project: int, show: Callable[[Any], Any]) -> Iterator[tuple[tuple[str, int], Any]]:
    """Yield what can be read in a project: the operation and the how manieth of its places, and what stands there."""
    explorer = Explorer(lab, per=2, project=project)
    for operation in lab.target.addresses:
        name = operation.operation_id
        if (
            operation.method != "GET"
            or "{project_id}" not in operation.path
            or name in NOT_COPIED
            or "download" in name
        ):
            continue
        more = {"details": "segments,tags,meta"} if "details" in {one["name"] for one in operation.parameters} else {}
        for number, path in enumerate(explorer.paths(name)):
            yield (name, number), show(lab.call(name, path, query=more))


def _anonymous(answer: Any) -> Any:
    return _without_ids(plain(answer))


def _without_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    is_model = "demoset" in value or "base" in value  # their names are unique in a workspace
    return {
        name: _without_ids(one)
        for name, one in value.items()
        if not _is_of_one(name) and not (is_model and name == "name")
    }


def _is_of_one(name: str) -> bool:
    return name in OF_THE_COPY or name in ("id", "uuid") or name.endswith(("_id", "_ids"))


def _apart(one: Any, other: Any) -> str:
    """Return where two values begin to differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        name = next((name for name in {**one, **other} if one.get(name) != other.get(name)), None)
        return f"{name}: {_apart(one.get(name), other.get(name))}" if name is not None else ""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next((_apart(*pair) for pair in zip(one, other, strict=True) if pair[0] != pair[1]), "")
    return f"{str(other)[:60]} and not {str(one)[:60]}"
