"""`prove` tells a defect from a healthy stand-in; a few defects are caught here, all of them by `make prove`."""

import pytest

from contract_tests.defects.catalogue import FAMILIES, catalogue
from contract_tests.findings import Violation
from contract_tests.plan import PHASES
from contract_tests.prove import CHEAPEST_FIRST, Proof, healthy, line, main, prove, table

DEFECTS = {defect.name: defect for defect in catalogue()}
QUICK = ("laws", "roles", "statuses")  # the phases that take the least
CAUGHT_SOON = (
    "result-as-json-text",
    "deleted-with-a-body",
    "whoami-for-anybody",
    "annotations-of-another-organization",
    "minus-not-understood",
    "pending-and-flagged",
    "patch-empties-the-rest",
    "deleted-annotation-listed",
    "end-included",
    "claimed-and-still-pending",
    "token-of-the-account",
    "labels-of-ones-own",
    "only-a-detail",
    "no-challenge-for-keys",
    "models-for-nobody",
    "changed-by-looking",
    "skipped-and-gone",
)  # one of each family, most of them in the small APIs, where a run takes least
VIOLATION = Violation(check="response_schema", api="studio", message="The status\nis missing | here", phase="laws")
PROOF = Proof(name="a", family="fields", api="studio", long=0, violation=VIOLATION, requests=1234, seconds=1.5)


@pytest.mark.parametrize("name", CAUGHT_SOON)
def test_a_defect_of_each_family_is_caught(name: str) -> None:
    found = prove(DEFECTS[name], 0, QUICK)
    assert found.violation is not None
    assert found.requests > 0


def test_every_family_is_among_those_that_are_caught_here() -> None:
    assert {DEFECTS[name].family for name in CAUGHT_SOON} == set(FAMILIES)


@pytest.mark.parametrize("api", ["label_studio", "blue_guardrails"])
def test_the_healthy_stand_in_raises_no_alarm(api: str) -> None:
    assert healthy(api, 0, QUICK) == []


def test_what_is_known_is_not_found() -> None:
    defect = DEFECTS["deleted-with-a-body"]
    first = prove(defect, 0, QUICK).violation
    assert first is not None
    again = prove(defect, 0, QUICK, frozenset({first.key})).violation
    assert again is None or again.key != first.key


def test_every_phase_has_a_place_in_the_order() -> None:
    assert sorted(CHEAPEST_FIRST) == sorted(PHASES)


def test_a_proof_is_one_line_and_one_row() -> None:
    assert line(PROOF) == "caught  a: response_schema (laws) after 1234 requests: The status is missing | here"
    missed = Proof(name="b", family="lists", api="studio", long=200, violation=None, requests=9, seconds=2.0)
    assert line(missed) == "MISSED  b (lists), after 9 requests, 2 s"
    rows = table([PROOF, missed]).splitlines()
    assert rows[2] == "| a | fields | response_schema | laws | 1,234 | The status is missing \\| here |"
    assert rows[3].startswith("| b (200 examples) | lists | **missed** |")


def test_a_defect_that_there_is_not_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "nothing"]) == 2
    assert "there is no defect nothing" in capsys.readouterr().err
