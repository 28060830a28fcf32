"""The lint: a sound contract passes, a planted fault is found by its rule alone, the real documents are sound."""

import shutil
from pathlib import Path

import msgspec
import pytest

from mock_server import contract
from mock_server.contract import ContractError
from mock_server.spec.lint import Finding, lint, rule_name, run
from mock_server.spec.rules import EVERY, FOUNDATION, VENDOR

SAMPLE = Path(__file__).parent / "sample"


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault of faults.yaml, which says what the fields mean."""

    rule: str
    name: str
    file: str
    replace: str = ""
    by: str = ""
    add: str = ""
    line: str = ""

    def plant(self, sample: Path) -> None:
        """Put the fault into a copy of the sample."""
        if self.file == "everywhere":
            replace_everywhere(sample, self.replace, self.by)
        elif not (self.replace or self.add):
            (sample / self.file).unlink()
        else:
            text = (sample / self.file).read_text("utf-8")
            assert self.replace in text, f"{self.replace!r} is not in {self.file}"
            (sample / self.file).write_text(text.replace(self.replace, self.by, 1) + self.add, "utf-8")


FAULTS = msgspec.yaml.decode((SAMPLE / "faults.yaml").read_bytes(), type=list[Fault])


def replace_everywhere(sample: Path, old: str, new: str) -> None:
    """Replace a name in every file of a copy of the sample."""
    for path in (*sample.rglob("*.yaml"), *sample.rglob("*.py")):
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sound contract and its code."""
    return shutil.copytree(SAMPLE, tmp_path / "sample", ignore=shutil.ignore_patterns("__pycache__", "faults.yaml"))


def lint_copy(sample: Path, name: str = "library") -> list[Finding]:
    return lint(name, sample / "spec", sample / "code")


def test_a_sound_contract_has_no_findings(sample: Path) -> None:
    assert lint_copy(sample) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}: {fault.name}")
def test_a_fault_is_found_by_its_rule_alone(fault: Fault, sample: Path) -> None:
    fault.plant(sample)
    found = lint_copy(sample)
    assert {finding.rule for finding in found} == {fault.rule}, found
    lines = [Path(finding.file).read_text("utf-8").splitlines()[finding.line - 1] for finding in found]
    assert any(fault.line in line for line in lines), found
    assert all(finding.message for finding in found)


OVERRIDE = (
    "{name: project_id, in: path, required: true, description: Less., schema: {type: integer, minimum: 1}, example: 11}"
)
SEARCH = "      - $ref: '../parameters.yaml#/Search'\n"
SOUND = [
    Fault("", "an operation narrows", "spec/library/paths/books.yaml", SEARCH, f"      - {OVERRIDE}\n{SEARCH}"),
    Fault("", "no room for NUL", "spec/library/parameters.yaml", r"'^[^\u0000]*$'", "'^[a-z0-9 -]+$'"),
]


@pytest.mark.parametrize("change", SOUND, ids=lambda change: change.name)
def test_what_the_conventions_allow_is_no_fault(change: Fault, sample: Path) -> None:
    change.plant(sample)
    assert lint_copy(sample) == []


def test_a_document_can_have_another_status_for_what_is_invalid(sample: Path) -> None:
    Fault("", "", "spec/library/openapi.yaml", add="x-invalid-status: 422\n").plant(sample)
    told = {finding.message for finding in lint_copy(sample)}
    assert {message for message in told if "get_" in message} == {
        f"get_{name}book can answer 422 and does not list it" for name in ("", "newest_", "shared_")
    }
    assert "list_books lists 400 and takes nothing that could cause it" in told


def test_a_workspace_can_refuse(sample: Path) -> None:
    Fault("", "", "spec/library/roles.yaml", "{scope: account,", "{scope: workspace,").plant(sample)
    told = [finding.message for finding in lint_copy(sample)]
    assert told == ["get_shared_book can answer 403 and does not list it"]


def test_every_rule_has_a_fault_and_says_what_it_asks_for() -> None:
    rules = (*FOUNDATION, *EVERY, *VENDOR)
    assert {rule_name(rule) for rule in rules} == {fault.rule for fault in FAULTS}
    assert all((rule.__doc__ or "").strip().endswith(".") for rule in rules)


def test_a_missing_document_is_named() -> None:
    with pytest.raises(ContractError, match="no document 'tomes'; there are library"):
        lint("tomes", SAMPLE / "spec", SAMPLE / "code")


def test_the_own_document_needs_no_evidence(sample: Path) -> None:
    for folder in (sample / "spec", sample / "code"):
        (folder / "library").rename(folder / "control")
    (sample / "spec" / "evidence.yaml").unlink()
    (sample / "spec" / "control" / "roles.yaml").unlink()
    replace_everywhere(sample, "x-evidence", "x-other")
    assert {finding.rule for finding in lint_copy(sample, "control")} == {"keys-stand-in-order"}


@pytest.mark.parametrize("name", contract.names())
def test_the_real_documents_are_sound(name: str) -> None:
    assert [str(finding) for finding in lint(name)] == []


def test_findings_are_printed_with_file_line_and_rule(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Fault("", "", "spec/library/paths/monitoring.yaml", "    description: For whoever waits.\n").plant(sample)
    monkeypatch.setattr(contract, "spec_root", lambda: sample / "spec")
    monkeypatch.setattr(contract, "__file__", str(sample / "code" / "contract.py"))
    monkeypatch.chdir(sample)
    assert run() == 1
    finding, summary = capsys.readouterr().out.splitlines()
    expected = "spec/library/paths/monitoring.yaml:2: summary-and-description: get_health: a description is needed"
    assert finding == expected
    assert summary == f"library: 1 finding; {len(FOUNDATION + EVERY + VENDOR)} rules"


def test_no_findings_make_a_summary_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["control"]) == 0
    assert capsys.readouterr().out.startswith("control: no findings; ")
