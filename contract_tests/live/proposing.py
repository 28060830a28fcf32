"""What to change in the contract so that it says what was seen: small changes of the documents, each with a row of the ledger where a
source has said otherwise. A person reads and applies them; nothing is written here but a patch.

Not here: what was seen (`drift`), what mends which kind of deviation (`mending`), and how a YAML file is changed (`yamledits`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

import msgspec
import yaml

from contract_tests.live import judging, yamledits
from contract_tests.live.drift import Drift, Group
from contract_tests.live.judging import Judge
from contract_tests.live.shapes import Pointer
from contract_tests.live.yamledits import CannotEdit, Keys
from mock_server import contract
from mock_server.contract import Json, operations, resolve
from mock_server.spec import ledger
from mock_server.spec.document_files import Sources

BY_HAND = {
    judging.UNKNOWN_METHOD: "an operation has to be written",
    judging.UNKNOWN_PATH: "an operation has to be written",
    judging.MISSING_PARAMETER: "look whether the parameter is required at all",
    judging.BROKEN: "look at what was answered",
    judging.UNKNOWN_MEDIA: "say what the other media type holds",
}


class Change(msgspec.Struct, frozen=True):
    """A change of one line or a few: `file` below the folder of the documents, `line` before the change, `told` what is done."""

    file: str
    line: int
    told: str


class Proposal(msgspec.Struct):
    """What to do about one deviation: `changes`, or what has to be done `by_hand`; `rows` are those of the ledger that tell of it,
    `row` a new one."""

    group: Group
    changes: list[Change] = []
    by_hand: str = ""
    rows: tuple[str, ...] = ()
    row: Json | None = None


class Proposing:
    """Makes proposals, one after the other, each on the documents as those before have left them.

    `root` is the folder of the documents, by default the installed one.
    """

    def __init__(self, drift: Drift, root: Path | None = None) -> None:
        self._drift = drift
        self._root = root or contract.spec_root()
        self._sources: dict[str, Sources] = {}
        self.before: dict[str, str] = {}
        self.after: dict[str, str] = {}
        self.moved: dict[str, str] = {}  # operations by the path that was seen of them
        self.groups: list[Group] = []  # all deviations, where they are known from the beginning
        self._anew: dict[tuple[str, Pointer], Proposal] = {}
        self._common = {api: _common_responses(judge.document) for api, judge in drift.judges.items()}

    def propose(self, group: Group) -> Proposal:
        """Return what to do about a deviation."""
        from contract_tests.live import learning, mending  # which work on what is here

        proposal = Proposal(group, [], rows=self._rows(group))
        kept = dict(self.after)
        try:
            if learning.is_another(self.judge(proposal).document, self._beside(group), group.finding.stands):
                self._describe_anew(proposal)
                return proposal
            make = mending.MAKERS.get(group.finding.kind)
            if make is None:
                raise CannotEdit(BY_HAND.get(group.finding.kind, "change it by hand"))
            make(self, proposal)
            self._tell_ledger(proposal)
        except CannotEdit as problem:
            self.after = kept  # also what was begun
            proposal.changes, proposal.row, proposal.by_hand = [], None, str(problem)
        return proposal

    def _beside(self, group: Group) -> list[Group]:
        """Return the deviations in answers of the same schema, itself included."""
        return [one for one in self.groups if (one.api, one.finding.stands) == (group.api, group.finding.stands)]

    def _describe_anew(self, proposal: Proposal) -> None:
        """Describe an answer of which nothing was there that is promised, and have the stand-in answer so: once for all its fields."""
        from contract_tests.live import learning  # which works on what is here

        group = proposal.group
        key = (group.api, group.finding.stands)
        if key not in self._anew:
            self._anew[key] = proposal
            for operation, status in sorted({seen for one in self._beside(group) for seen in one.seen}):
                recorded = self._drift.answers.get((group.api, operation, status), [])
                learning.describe_recorded(self, proposal, (operation, status), self._beside(group), recorded)
        elif self._anew[key].by_hand:
            raise CannotEdit(self._anew[key].by_hand)
        else:
            proposal.changes = self._anew[key].changes[:1]

    def patch(self) -> str:
        """Return everything that was proposed as one unified diff, for `git apply` or `patch -p1` where `spec` lies."""
        parts: list[str] = []
        for file, text in sorted(self.after.items()):
            old, new = self.before[file].splitlines(True), text.splitlines(True)
            parts += unified_diff(old, new, f"a/spec/{file}" if old else "/dev/null", f"b/spec/{file}")
        return "".join(parts)

    def text(self, file: str, new: bool = False) -> str:
        """Return a file of the documents as it is so far; one that may be `new` is empty if it is not there. Raises CannotEdit."""
        if file not in self.after:
            path = self._root / file
            try:
                self.before[file] = self.after[file] = "" if new and not path.exists() else path.read_text("utf-8")
            except OSError:
                raise CannotEdit(f"there is no {file}") from None
        return self.after[file]

    def edit(self, proposal: Proposal, file: str, keys: Keys, told: str, change: Callable[[str], str]) -> None:
        """Change a file and note it. Raises CannotEdit."""
        text = self.text(file)
        line = yamledits.line_of(text, keys)
        self.after[file] = change(text)
        proposal.changes.append(Change(file, line, told))

    def place(self, api: str, stands: Pointer) -> tuple[str, list[str | int]]:
        """Return the file, below the folder of the documents, and the keys in it of a part of a bundled document. Raises CannotEdit."""
        sources = self.sources(api)
        if stands[:1] == ("paths",) and len(stands) > 2:
            reference = sources.raw["openapi.yaml"]["paths"][stands[1]]["$ref"]
            file, key = reference.split("#/")
            return f"{api}/{file}", [key, *stands[2:]]
        if stands[:1] == ("components",) and len(stands) > 2:
            file = sources.files_of_components.get((str(stands[1]), str(stands[2])), "")
            if file:
                return f"{api}/{file}", list(stands[2:])
        raise CannotEdit("the contract does not say where")

    def sources(self, api: str) -> Sources:
        """Return the files of a contract as they were before."""
        if api not in self._sources:
            self._sources[api] = Sources(api, self._root, Path(contract.__file__).parent)
        return self._sources[api]

    def judge(self, proposal: Proposal) -> Judge:
        """Return the contract that a proposal is about."""
        return self._drift.judges[proposal.group.api]

    def response_for(self, api: str, status: str) -> Json | None:
        """Return what operations of an API mostly answer with a status, None if none does."""
        return self._common[api].get(status)

    def _rows(self, group: Group) -> tuple[str, ...]:
        found = ledger.load(self._root)
        return tuple(dict.fromkeys(row.id for name in group.operations[:3] for row in found.of(name)))

    def _tell_ledger(self, proposal: Proposal) -> None:
        """Add a row for what contradicts a source."""
        finding = proposal.group.finding
        known = [name for name in proposal.group.operations if name in self.judge(proposal).addresses.by_id]
        if finding.is_more or finding.grade not in ("documented", "vendor-client") or not known:
            return
        proposal.row = _row(
            proposal.group, known, {row["id"] for row in yamledits.value_at(self.text(ledger.FILE), ["rows"])}
        )
        at = self._row_before(proposal.group.api, known[0], proposal.row["id"])
        lines = yaml.safe_dump(
            [proposal.row], sort_keys=False, allow_unicode=True, width=150, default_flow_style=None, indent=2
        ).splitlines(True)
        added = "".join(f"  {line}" for line in lines)
        told = f"a row {proposal.row['id']} in the ledger"
        self.edit(
            proposal, ledger.FILE, ["rows", at], told, lambda text: yamledits.with_text_after(text, ["rows", at], added)
        )

    def _row_before(self, api: str, operation: str, row_id: str) -> int:
        """Return the row of the ledger after which a new one has its place. Raises CannotEdit."""
        document = self._drift.judges[api].document
        tags = {node["operationId"]: str(node["tags"][0]) for _, _, node, _ in operations(document)}
        order = [tag["name"] for tag in document.get("tags", ())]
        key = ledger.sort_key(row_id, tags[operation], order)
        rows = yamledits.value_at(self.text(ledger.FILE), ["rows"])
        firsts = [(at, row["id"], row["operations"]) for at, row in enumerate(rows) if row["operations"] != "all"]
        own = [(at, name, some[0]) for at, name, some in firsts if some[0] in tags]
        earlier = [at for at, name, first in own if ledger.sort_key(name, tags[first], order) < key]
        if not earlier:
            raise CannotEdit("the ledger has no place for a row")
        return max(earlier)


def _row(group: Group, known: Sequence[str], taken: set[str]) -> Json:
    finding = group.finding
    field = str(finding.detail.get("field") or finding.detail.get("value") or finding.place.rsplit(".", 1)[-1])
    words = f"seen-{finding.kind}-{known[0]}-{field}".lower()
    row_id = "-".join("".join(char if char.isalnum() else " " for char in words).split())
    while row_id in taken:
        row_id += "-too"
    share = f"{group.times} of {group.of} recorded exchanges"
    return {
        "id": row_id,
        "operations": sorted(known[:8], key=lambda name: name != known[0]),
        "kind": "contradiction",
        "documented": f"Otherwise: {finding.told}.",
        "likely": "What was seen.",
        "served": "What was seen.",
        "why": f"{share} have it so.",
    }


def _common_responses(document: Json) -> dict[str, Json]:
    """Return, by status, the shared response that most operations have."""
    counted: dict[str, Counter[str]] = {}
    for status, node in responses_of(document):
        if "$ref" in node and resolve(document, node):
            counted.setdefault(status, Counter())[node["$ref"]] += 1
    return {status: {"$ref": names.most_common(1)[0][0]} for status, names in counted.items()}


def responses_of(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield status and response of every operation, references not followed."""
    for _, _, node, _ in operations(document):
        yield from node["responses"].items()
