"""`studio-mock spec apply`: what a run has observed becomes part of the contract, by small changes of the documents that people can review.

Guesses that were seen to be right become `observed`, a guessed path moves to where its operation is, a shape becomes what was answered,
and the stand-in learns to answer so.

Not here: observing (`contract_tests.evidence`), what a deviation asks for (`proposing`), what becomes of lessons (`learning`), and how a
YAML file is changed (`yamledits`).
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from contract_tests.evidence import FORMAT
from contract_tests.live import judging, learning, yamledits
from contract_tests.live.deviations import Deviation
from contract_tests.live.drift import Drift, Group
from contract_tests.live.examples_follow import follow
from contract_tests.live.judging import ANSWER, Finding
from contract_tests.live.likewise import likewise
from contract_tests.live.mending import LAST_FIELD, grade_code, make_move
from contract_tests.live.moving import METHODS, Move
from contract_tests.live.parity.lessons import ERRORS, Riddle, Taught
from contract_tests.live.proposing import Change, Proposal, Proposing
from contract_tests.live.shapes import MISSING_FIELD, UNKNOWN_FIELD, Pointer
from contract_tests.live.yamledits import CannotEdit, Keys
from mock_server import contract
from mock_server.contract import ContractError, Json
from mock_server.pipeline.learned import Lesson
from mock_server.spec.lint import lint
from mock_server.spec.rules.evidence import PARTS

SEEN = "observed"
ELSEWHERE = (
    404,
    405,
)  # what is answered where there is nothing; of an operation whose path was never found it says nothing
Keyed = tuple[str, list[str | int]]


class NoEvidence(Exception):
    """A file is none of evidence, or of other documents; the message is one line."""


class Run(msgspec.Struct, kw_only=True):
    """What one run has observed, as `contract_tests.evidence.Observed` writes it."""

    api: str
    target: str = ""
    stand_in: bool = False
    date: str = ""
    statuses: dict[str, dict[int, int]] = {}
    fields: list[str] = []
    paths: dict[str, str] = {}
    deviations: list[Deviation] = []
    lessons: list[Taught] = []
    riddles: list[Riddle] = []

    def lessons_of(self, operation: str, status: int) -> list[Lesson]:
        """Return what was learned of the answers with a status."""
        return [one.lesson for one in self.lessons if (one.operation, one.lesson.of) == (operation, status)]


class Evidence(msgspec.Struct, kw_only=True):
    """A file of evidence."""

    format: str
    runs: list[Run]


class Applied(msgspec.Struct, kw_only=True):
    """What comes of a file: `changes`, `by_hand` what a person has to do, `patch` all changes as a diff, `files` by their new text."""

    changes: list[Change]
    by_hand: list[str]
    patch: str
    files: dict[str, str]


def read(path: Path) -> Evidence:
    """Return a file of evidence. Raises OSError, NoEvidence."""
    try:
        found = msgspec.yaml.decode(path.read_bytes(), type=Evidence, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as problem:
        raise NoEvidence(f"{path} is no evidence, as --write-evidence makes it: {_line(problem)}") from None
    if found.format != FORMAT:
        raise NoEvidence(f"{path} has the format {found.format!r}; this version reads {FORMAT!r}")
    return found


def apply(evidence: Evidence, root: Path | None = None) -> Applied:
    """Return what the documents of a folder become. Nothing is written. Raises NoEvidence, ContractError."""
    changes: list[Change] = []
    by_hand: list[str] = []
    known = {path.parent.name for path in (root or contract.spec_root()).glob("*/openapi.yaml")}
    for run in evidence.runs:
        if run.api not in known:
            raise NoEvidence(f"there is no document {run.api!r}; there are {', '.join(sorted(known))}")
        if run.stand_in:
            raise NoEvidence(
                "this was observed of the stand-in itself, which proves none of its own guesses: ask a deployment, with --url"
            )
    proposing = Proposing(Drift(sorted({run.api for run in evidence.runs})), root)
    for run in evidence.runs:
        raising = _Raising(proposing, run)
        raising.all()
        changes += raising.changes
        by_hand += raising.by_hand
    changes += follow(proposing, root or contract.spec_root())
    files = {file: text for file, text in proposing.after.items() if text != proposing.before[file]}
    return Applied(changes=changes, by_hand=by_hand, patch=proposing.patch(), files=files)


def problems(applied: Applied, root: Path) -> list[str]:
    """Return what the lint would find in the documents as they would become."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "spec"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".*"))
        write(applied, copy)
        try:
            return [
                str(found) for path in sorted(copy.glob("*/openapi.yaml")) for found in lint(path.parent.name, copy)
            ]
        except ContractError as problem:
            return [str(problem)]


def write(applied: Applied, root: Path) -> None:
    """Write the documents as they become. Raises OSError."""
    for file, text in applied.files.items():
        (root / file).write_text(text, "utf-8")


class _Raising:
    """Makes the changes for one run, each on what those before have left."""

    def __init__(self, proposing: Proposing, run: Run) -> None:
        self.proposing, self.run = proposing, run
        self.changes: list[Change] = []
        self.by_hand: list[str] = []
        self._codes: dict[str, set[int]] = {}  # those that have taken the place of a guess
        self.document = proposing.sources(run.api).document
        self._operations = {
            node["operationId"]: (path, method) for path, method, node, _ in contract.operations(self.document)
        }

    def all(self) -> None:
        """Make every change. Shapes come first: what was not as the contract says is no guess that was right."""
        for one in self.run.lessons:
            if one.lesson.status is not None:
                self._try(one.operation, self._code, one.lesson)
        for deviation in self.run.deviations:
            if not self._is_replaced(deviation.finding):
                self._shape(deviation)
        for stands in dict.fromkeys(one.finding.stands for one in self.run.deviations):
            self._anew(stands)
        for operation, path in self.run.paths.items():
            self._try(operation, self._path, path)
        for operation, statuses in self.run.statuses.items():
            self._try(operation, self._grades, statuses)
        for field in self.run.fields:
            self._try(field, self._field, None)
        lessons = [*self.run.lessons, *likewise(self.document, self.run.lessons, self.run.statuses)]
        for operation in dict.fromkeys(one.operation for one in lessons):
            self._try(operation, self._learn, [one for one in lessons if one.operation == operation])
        for riddle in self.run.riddles:
            self.by_hand.append(f"{riddle.operation or 'every error'}: {riddle.place or 'the answer'}: {riddle.told}")

    def _shape(self, deviation: Deviation) -> None:
        seen = Counter({(one.operation, one.status): one.times for one in deviation.seen})
        group = Group(self.run.api, deviation.finding, deviation.times, deviation.of, seen)
        proposal = self.proposing.propose(group)
        self.changes += proposal.changes
        if proposal.by_hand:
            self.by_hand.append(f"{deviation.finding.operation}: {deviation.finding.told}: {proposal.by_hand}")

    def _is_replaced(self, finding: Finding) -> bool:
        """Whether what was seen is no change of an answer, but another one: a status in the place of one, or a body."""
        if finding.kind == judging.UNKNOWN_CODE:
            return int(finding.detail["value"]) in self._codes.get(str(finding.operation), ())
        return finding.kind in (MISSING_FIELD, UNKNOWN_FIELD) and learning.is_another(
            self.document, self.run.deviations, finding.stands
        )

    def _code(self, proposal: Proposal, operation: str, lesson: Lesson) -> None:
        file, keys = self._at(operation)
        learning.replace_code(self.proposing, proposal, (file, keys[:-1]), lesson)
        if proposal.changes:
            self._codes.setdefault(operation, set()).add(int(lesson.status or 0))

    def _anew(self, stands: Pointer) -> None:
        """Describe the answers anew that lack all that a schema promises, if it is known how the stand-in comes to answer so."""
        if not learning.is_another(self.document, self.run.deviations, stands):
            return
        some = [one for one in self.run.deviations if one.finding.stands == stands]
        for operation, status in dict.fromkeys((seen.operation, seen.status) for one in some for seen in one.seen):
            lessons = self.run.lessons_of(operation, status)
            if lessons:
                self._try(operation, self._describe, (status, some, lessons))
            else:
                self.by_hand.append(f"{operation} answers {status} with something else than {stands[2]}: {LAST_FIELD}")

    def _describe(self, proposal: Proposal, operation: str, told: tuple[int, list[Deviation], list[Lesson]]) -> None:
        status, deviations, lessons = told
        path, method = self._operations[operation]
        at = ("paths", path, method, "responses", str(status), "content", "application/json")
        learning.describe_anew(self.proposing, proposal, self.proposing.place(self.run.api, at), deviations, lessons)

    def _learn(self, proposal: Proposal, operation: str, taught: list[Taught]) -> None:
        if operation != ERRORS and operation not in self._operations:
            raise CannotEdit("the contract has no such operation")
        learning.write_lessons(self.proposing, proposal, taught)

    def _try(self, what: str, make: Any, told: Any) -> None:
        """Make a change as a whole, or none of it."""
        before, proposal = dict(self.proposing.after), Proposal(self._group(what))
        try:
            make(proposal, what, told)
            self.changes += proposal.changes
        except CannotEdit as problem:
            self.proposing.after = before
            self.by_hand.append(f"{what}: {problem}")

    def _group(self, what: str) -> Group:
        path, method = self._operations.get(what, ("", ""))
        finding = Finding(
            direction=ANSWER,
            kind=SEEN,
            operation=what,
            method=method,
            path=path,
            status=0,
            place="",
            told="it was observed",
        )
        return Group(self.run.api, finding)

    def _at(self, operation: str) -> Keyed:
        """Return file and keys of the evidence of an operation. Raises CannotEdit."""
        if operation not in self._operations:
            raise CannotEdit("the contract has no such operation")
        path, method = self._operations[operation]
        file, keys = self.proposing.place(self.run.api, ("paths", path, method))
        return file, [*keys, "x-evidence"]

    def _told(self, keyed: Keyed) -> Json:
        value: Json = yamledits.value_at(self.proposing.text(keyed[0]), keyed[1])
        return value

    def _path(self, proposal: Proposal, operation: str, path: str) -> None:
        """Let a guessed path be the one where the operation was found."""
        told = self._told(self._at(operation))
        if told.get("path", told["grade"]) != "inferred":
            return
        old = self._operations[operation][0]
        lost = tuple(name for name in _parameters(old) if name not in _parameters(path))
        if len(lost) != len(_parameters(old)) - len(_parameters(path)):
            raise CannotEdit(
                f"it moves from {old} to {path}, which has other parameters: its handler has to change as well"
            )
        methods = tuple(method for method in METHODS if method in self.document["paths"][old])
        make_move(self.proposing, proposal, Move(operation, old, path, methods, lost))

    def _grades(self, proposal: Proposal, operation: str, statuses: dict[int, int]) -> None:
        """Raise what was guessed of an operation and was seen: its codes, and its answer if there was nothing else in it."""
        at = self._at(operation)
        is_there = any(status < 300 for status in statuses)
        seen = [status for status in statuses if is_there or status not in ELSEWHERE]
        if self._told(at)["grade"] == "inferred" and is_there:
            self._raise_operation(proposal, at, operation)
        for status in seen:
            if status in self._told(at).get("codes", {}).get("inferred", ()):
                self._change(
                    proposal,
                    at,
                    f"{status} is no guess any more",
                    lambda text, status=status: yamledits.without_element(text, [*at[1], "codes", "inferred"], status),
                )
                if self._told(at)["grade"] != SEEN:
                    grade_code(self.proposing, proposal, *at, status)
        if is_there and self._told(at).get("response") == "inferred" and not self._deviates(operation):
            self._change(
                proposal,
                at,
                "the answer is observed",
                lambda text: yamledits.with_value(text, [*at[1], "response"], SEEN),
            )

    def _raise_operation(self, proposal: Proposal, at: Keyed, operation: str) -> None:
        """Raise an operation that was all guessed; what was not seen of it stays a guess."""
        path, method = self._operations[operation]
        told = self._told(at)
        listed = {int(code) for code in self.document["paths"][path][method]["responses"] if code.isdigit()}
        graded = {int(code) for codes in told.get("codes", {}).values() for code in codes}
        self._change(
            proposal, at, "the operation is observed", lambda text: yamledits.with_value(text, [*at[1], "grade"], SEEN)
        )
        rest = {"inferred": sorted(listed - graded)}
        if "codes" not in told:
            self._change(proposal, at, "", lambda text: yamledits.with_key(text, at[1], "codes", rest))
        elif rest["inferred"]:
            self._change(
                proposal, at, "", lambda text: yamledits.with_key(text, [*at[1], "codes"], "inferred", rest["inferred"])
            )
        for part in PARTS:
            if part not in told and self._deviates(operation) and part == "response":
                self._change(
                    proposal,
                    at,
                    "",
                    lambda text, part=part: yamledits.with_key(text, at[1], part, "inferred", before=("codes",)),
                )

    def _deviates(self, operation: str) -> bool:
        return any(
            one.operation == operation and one.status < 300 for found in self.run.deviations for one in found.seen
        )

    def _field(self, proposal: Proposal, field: str, _: None) -> None:
        """Raise a guessed field of a schema that was seen."""
        name, *rest = field.split(".")
        file, keys = self.proposing.place(self.run.api, ("components", "schemas", name))
        text = self.proposing.text(file)
        found = _field_at(yamledits.value_at(text, keys), rest, keys)
        if found is not None and yamledits.value_at(text, found).get("x-evidence") == "inferred":
            at = (file, [*found, "x-evidence"])
            self._change(proposal, at, f"{field} is observed", lambda text: yamledits.with_value(text, at[1], SEEN))

    def _change(self, proposal: Proposal, at: Keyed, told: str, change: Any) -> None:
        self.proposing.edit(proposal, *at, told, change)
        if not told:
            proposal.changes.pop()


def _field_at(node: Any, names: list[str], keys: Keys) -> list[str | int] | None:
    """Return the keys of a field in a schema or in the parts that it consists of, None if it is not there."""
    if not names:
        return list(keys)
    name, *rest = names
    if not isinstance(node, dict):
        return None
    if name == "[]":
        return _field_at(node.get("items"), rest, [*keys, "items"])
    if name in node.get("properties", {}):
        return _field_at(node["properties"][name], rest, [*keys, "properties", name])
    parts = (_field_at(part, names, [*keys, "allOf", at]) for at, part in enumerate(node.get("allOf", ())))
    return next((found for found in parts if found is not None), None)


def _parameters(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:200]
