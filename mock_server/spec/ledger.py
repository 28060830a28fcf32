"""The ledger of evidence, `spec/evidence.yaml`: what no source settles, what is served, what checks leave out."""

from pathlib import Path
from typing import Literal

import msgspec

from mock_server import contract
from mock_server.contract import ContractError

FILE = "evidence.yaml"
KINDS = ("contradiction", "inference")


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A doubt: what the sources say, what is likely, what is served and why; `operations` are operationIds or `all`."""

    id: str
    operations: list[str] | Literal["all"]
    kind: Literal["contradiction", "inference"]
    documented: str
    likely: str
    served: str
    why: str


class Exclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Schemathesis check left out for an operation: `status` is right there, though the check expects another."""

    operation: str
    check: str
    status: int
    why: str


class Ledger(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    rows: list[Row]
    exclusions: list[Exclusion]

    def of(self, operation: str) -> list[Row]:
        """Return the rows that name an operation."""
        return [row for row in self.rows if row.operations != "all" and operation in row.operations]

    def excluded(self, operation: str, check: str) -> frozenset[int]:
        """Return the statuses that a check has to let pass for an operation."""
        return frozenset(row.status for row in self.exclusions if (row.operation, row.check) == (operation, check))


def load(root: Path | None = None) -> Ledger:
    """Return the ledger of a folder of documents, by default the installed one. Raises ContractError."""
    path = (root or contract.spec_root()) / FILE
    try:
        return msgspec.convert(contract.read_yaml(path), Ledger)
    except msgspec.ValidationError as error:
        raise ContractError(f"{path}: {error}") from None


def sort_key(row_id: str, tag: str, order: list[str]) -> tuple[int, str]:
    """Return the rank of a row: those of all operations (no tag) first, then by tag in the given order, then by id."""
    return (order.index(tag) + 1 if tag in order else 0, row_id)
