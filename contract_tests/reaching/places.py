"""What there is at a target of which nobody has told: ids for path parameters, of what the run has made or as lists show them.

Not here: the stand-in with the world of the examples, whose ids the contract names.
"""

from collections.abc import Iterable
from typing import Any

from contract_tests import kinds
from contract_tests.reaching.recipe import OutOfReach
from contract_tests.target import Target
from mock_server.contract import Json

ONLY = {
    "list_models": {"public": "false"}
}  # what of a list will do: strangers are not refused where everybody may look
WHO = "get_auth_status"  # says who calls, and in which workspaces


class Places:
    """Finds values of path parameters. A list is asked once; who may write only to what is their own gets that alone."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lists: dict[str, Any] = {}

    def of(self, name: str, needed: Iterable[str]) -> Json:
        """Return values for path parameters of an operation. Raises OutOfReach for one of which nothing is known."""
        operation = self.target.addresses.by_id[name]
        values: Json = {}
        prefix = ""
        for part in operation.path.split("/")[1:]:
            if part.startswith("{"):
                values[part[1:-1]] = self._value(kinds.of_parameters(operation).get(part[1:-1]), prefix, bool(values))
                prefix += f"/{values[part[1:-1]]}"
            else:
                prefix += f"/{part}"
        return {name: values[name] for name in needed}

    def _value(self, kind: str | None, prefix: str, within: bool) -> Any:
        if kind is None:
            raise OutOfReach(f"nothing is known below {prefix}")
        is_root = self.target.writes == "own" and not within  # what lies in something of one's own is found there
        found = self._own(kind) if is_root else self._listed(kind, prefix)
        if found is None:
            raise OutOfReach(f"no {kind} is known")
        return found

    def _own(self, kind: str) -> Any:
        ids = self.target.wire.guard.created.ids(kind)
        return ids[0] if ids else self.target.home.get(kind)

    def _listed(self, kind: str, prefix: str) -> Any:
        if kind in ("workspace", "user") and WHO in self.target.addresses.by_id:
            return self._about_caller(kind)
        if prefix not in self._lists:
            operation, _ = self.target.addresses.find("GET", prefix)
            query = ONLY.get(operation.operation_id) if operation else None
            self._lists[prefix] = self.target.send("GET", prefix, query=query) if operation else None
        return _first_id(self._lists[prefix], prefix.rsplit("/", 1)[-1])

    def _about_caller(self, kind: str) -> Any:
        if WHO not in self._lists:
            self._lists[WHO] = self.target.call(WHO)
        told = _json(self._lists[WHO])
        rows = told.get("organizations") if kind == "workspace" else [told.get("user")]
        return next((row.get("id") for row in rows or () if isinstance(row, dict)), None)


def _first_id(answer: Any, name: str) -> Any:
    """Return the id of the first element of a list, or of that of this name, or the only one, in an answer; None if there is none."""
    content = _json(answer)
    if isinstance(content, dict):
        lists = [part for part in content.values() if isinstance(part, list)]
        content = content.get(name, lists[0] if len(lists) == 1 else [])
    first = content[0] if isinstance(content, list) and content else None
    return first.get("id") if isinstance(first, dict) else None


def _json(answer: Any) -> Any:
    """Return the content of an answer that is good, else an empty one."""
    if answer is None or answer.status_code != 200:
        return {}
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict | list) else {}
