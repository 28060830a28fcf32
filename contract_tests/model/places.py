"""Where the operations of a target are, and what their parameters and answers are ids of (see `contract_tests.kinds`)."""

import re
from collections.abc import Iterator
from functools import cache

from contract_tests import kinds
from contract_tests.addresses import Addresses
from mock_server.contract import Json

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
CURSOR = "cursor"  # the parameter, and the kind, of where a list goes on
SHOWN = {
    "list_session_documents": "annotation",
    "list_correction_documents": "correction",
    "transfer_project": "project",
    "clone_project": "project",
    "invite_users": "invitation",
    "assign_hitl": "hitl",
    "upload_session_file": "annotation",
    "connect_session_source": "annotation",
    "upload_classes": "class",
    "upload_classes_file": "class",
    "upload_labels_file": "label",
    "change_label_by_name": "label",
}  # what an answer shows where the last word of its path is another

kind_of_word = cache(lambda word: kinds.of_field("id", word) or word)
kind_of_field = cache(kinds.of_field)


def reference(name: str, value: object) -> str | None:
    """Return the kind that a field holds the number of without saying so in its name: `task`, `completed_by`."""
    return kinds.REFERENCES.get(name) if isinstance(value, int) and not isinstance(value, bool) else None


class Places:
    """The operations of a document."""

    def __init__(self, addresses: Addresses) -> None:
        self._operations = addresses.by_id
        self._kinds = {name: kinds.of_parameters(operation) for name, operation in self._operations.items()}
        self._shown = {name: SHOWN.get(name) or kinds.of_collection(one) for name, one in self._operations.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._operations)

    def method(self, operation: str) -> str:
        """Return the method of an operation, in capitals."""
        return self._operations[operation].method

    def tag(self, operation: str) -> str:
        """Return the tag of an operation."""
        tag: str = self._operations[operation].node["tags"][0]
        return tag

    def node(self, operation: str) -> Json:
        """Return an operation as the contract has it."""
        return self._operations[operation].node

    def path(self, operation: str) -> str:
        """Return the path template of an operation."""
        return self._operations[operation].path

    def beside(self, operation: str) -> list[str]:
        """Return the operations at the path of this one that need no body: itself, and reading."""
        path = self.path(operation)
        return [name for name, one in self._operations.items() if one.path == path and one.method in ("GET", "DELETE")]

    def of_parameter(self, operation: str, name: str) -> str | None:
        """Return the kind of thing that a path parameter names, None if it names none."""
        return self._kinds[operation].get(name)

    def of_answer(self, operation: str) -> str:
        """Return the kind of what an operation shows."""
        return self._shown[operation]
