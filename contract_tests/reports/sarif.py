"""SARIF 2.1.0, as code scanning reads it: each violation at the line of the contract that it breaks. And GitHub's annotations."""

import json
from pathlib import Path
from typing import Any

from contract_tests.check import Outcome
from contract_tests.reports.told import Sections, Told, write
from mock_server import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class Sarif(Sections):
    """Writes the file after each target. Raises ReportFailed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def finished(self, outcome: Outcome) -> None:
        """Write what is known by now."""
        super().finished(outcome)
        every = [told for section in self.sections for told in section.violations]
        remarks = [remark for section in self.sections for remark in section.remarks]
        whole = all(section.outcome is not None and section.outcome.stopped is None for section in self.sections)
        rules = sorted({told.violation.check for told in every})
        run = {
            "tool": {
                "driver": {
                    "name": "studio-mock",
                    "version": __version__,
                    "rules": [{"id": rule, "name": rule} for rule in rules],
                }
            },
            "columnKind": "unicodeCodePoints",
            "results": [_result(told, rules) for told in every],
            "invocations": [
                {"executionSuccessful": whole, "toolExecutionNotifications": [_note(one) for one in remarks]}
            ],
        }
        write(
            self.path,
            json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n",
        )


def _note(remark: str) -> dict[str, Any]:
    return {"level": "note", "message": {"text": remark}}


def _result(told: Told, rules: list[str]) -> dict[str, Any]:
    violation, evidence = told.violation, told.evidence
    result: dict[str, Any] = {
        "ruleId": violation.check,
        "ruleIndex": rules.index(violation.check),
        "level": "warning" if evidence is not None and evidence.grade == "inferred" else "error",
        "message": {
            "text": "\n".join([violation.message, *([evidence.verdict] if evidence else []), *violation.story])
        },
        "partialFingerprints": {"studioMock/v1": "/".join(str(part) for part in violation.key)},
        "properties": {
            "operation": violation.operation,
            "grade": evidence.grade if evidence else None,
            "times": told.times,
        },
    }
    if evidence is not None:
        region = {"startLine": evidence.line}
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": evidence.file}, "region": region}}]
    return result


class Annotations(Sections):
    """Prints the commands by which a job on GitHub marks lines of files."""

    def finished(self, outcome: Outcome) -> None:
        """Print those of a target."""
        super().finished(outcome)
        for told in self.sections[-1].violations:
            evidence = told.evidence
            level = "warning" if evidence is not None and evidence.grade == "inferred" else "error"
            place = f"file={_property(evidence.file)},line={evidence.line}," if evidence else ""
            title = _property(f"{told.violation.check}: {told.violation.operation or told.violation.api}")
            print(f"::{level} {place}title={title}::{_data(told.violation.message)}")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
