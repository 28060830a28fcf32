"""The lint of the contract: runs the rules of `mock_server.spec.rules` over a document. It changes nothing."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from mock_server import contract
from mock_server.contract import ContractError
from mock_server.spec.document_files import Sources
from mock_server.spec.rules import EVERY, FOUNDATION, VENDOR, Rule


class Finding(msgspec.Struct, frozen=True, order=True):
    """A breach of a rule. `line` counts from 1 and is that of the operation, schema or row."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


def lint(name: str, root: Path | None = None, package: Path | None = None) -> list[Finding]:
    """Return what is wrong with the document `name`, in the order of the files.

    `root` is the folder of the documents, `package` that of the code; both default to the installed ones. Rules that
    need a document which can be read and bundled wait until it can. Raises ContractError if there is no such document.
    """
    root, package = root or contract.spec_root(), package or Path(contract.__file__).parent
    if not (root / name / "openapi.yaml").exists():
        known = sorted(path.parent.name for path in root.glob("*/openapi.yaml"))
        raise ContractError(f"there is no document {name!r}; there are {', '.join(known)}")
    sources = Sources(name, root, package)
    for rule in FOUNDATION:
        if found := _findings(sources, [rule]):
            return found
    return _findings(sources, [*EVERY, *(VENDOR if sources.is_vendor else ())])


def _findings(sources: Sources, rules: Iterable[Rule]) -> list[Finding]:
    found = [
        Finding(place.file, place.line, rule_name(rule), message) for rule in rules for place, message in rule(sources)
    ]
    return sorted(set(found))


def rule_name(rule: Rule) -> str:
    """Return the name under which findings of a rule are shown."""
    return rule.__name__.replace("_", "-")


def run(names: Sequence[str] = ()) -> int:
    """Print the findings of documents (all without names) and a summary; return 1 if there are any, else 0."""
    names = names or contract.names()
    found = sorted({finding for name in names for finding in lint(name)})
    for finding in found:
        print(finding)
    count = f"{len(found)} finding{'s' if len(found) != 1 else ''}"
    rules = len((*FOUNDATION, *EVERY, *VENDOR))
    print(f"{', '.join(names)}: {count if found else 'no findings'}; {rules} rules")
    return 1 if found else 0
