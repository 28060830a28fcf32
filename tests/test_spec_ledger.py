"""The ledger of evidence as the tests of the server read it."""

from pathlib import Path

import pytest
from schemathesis.checks import CHECKS, load_all_checks

from mock_server import contract
from mock_server.contract import ContractError
from mock_server.spec import ledger

SAMPLE = Path(__file__).parent / "sample" / "spec"


def test_the_ledger_is_read() -> None:
    read = ledger.load(SAMPLE)
    assert [row.id for row in read.rows] == ["tokens", "newest-path", "shared-answer"]
    assert read.of("get_newest_book") == [read.rows[1]]
    assert read.excluded("create_book", "positive_data_acceptance") == {400}
    assert read.excluded("create_book", "not_a_server_error") == frozenset()


def test_the_real_ledger_is_read() -> None:
    read = ledger.load()
    assert read.of("mark_page")
    assert {row.kind for row in read.rows} == {"contradiction", "inference"}
    assert 400 in read.excluded("reset_password", "positive_data_acceptance")


@pytest.mark.parametrize("exclusion", ledger.load().exclusions, ids=lambda row: f"{row.operation} {row.check}")
def test_exclusions_name_checks_that_there_are(exclusion: ledger.Exclusion) -> None:
    load_all_checks()
    assert exclusion.check in {check.__name__ for check in CHECKS.get_all()}


def test_every_file_upload_has_an_exclusion() -> None:
    document = contract.load("studio")
    uploads = {
        operation["operationId"]
        for _, _, operation, _ in contract.operations(document)
        if "multipart/form-data" in contract.resolve(document, operation.get("requestBody", {})).get("content", {})
    }
    excluded = {row.operation for row in ledger.load().exclusions if row.check == "positive_data_acceptance"}
    assert uploads and uploads <= excluded


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rows: []\n", "exclusions"),
        ("rows: [{id: a}]\nexclusions: []\n", "operations"),
        ("rows: []\nexclusions: []\nmore: 1\n", "more"),
        ("[]\n", "a map was expected"),
    ],
)
def test_a_ledger_of_another_form_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "evidence.yaml").write_text(text)
    with pytest.raises(ContractError, match=reason):
        ledger.load(tmp_path)


def test_a_missing_ledger_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"evidence\.yaml is missing"):
        ledger.load(tmp_path)
