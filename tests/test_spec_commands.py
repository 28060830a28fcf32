"""`studio-mock spec …`: what is printed and written, and the exit codes."""

import argparse
import json
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from mock_server import contract
from mock_server.spec.commands import add_commands


def command(*arguments: str) -> int:
    """Run a command line that has the commands of the contract only."""
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    args = parser.parse_args(["spec", *arguments])
    code: int = args.func(args)
    return code


def test_lint_says_what_it_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("lint", "control") == 0
    assert capsys.readouterr().out.startswith("control: no findings")


def test_lint_of_an_unknown_document_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("lint", "nonsense") == 2
    assert (
        "there is no document 'nonsense'; there are blue_guardrails, control, label_studio, studio"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("name", ["bundle.json", "bundle.yaml", "bundle.yml"])
@pytest.mark.parametrize(("version", "validator"), [("3.0", OpenAPIV30SpecValidator), ("3.1", OpenAPIV31SpecValidator)])
def test_a_bundle_is_one_valid_document(name: str, version: str, validator: type, tmp_path: Path) -> None:
    out = tmp_path / name
    assert command("bundle", "--openapi", version, "--out", str(out)) == 0
    document = (json.loads if name.endswith("json") else yaml.safe_load)(out.read_text("utf-8"))
    assert document["openapi"].startswith(version)
    assert list(validator(document).iter_errors()) == []
    assert "&id" not in out.read_text("utf-8")


def test_json_and_yaml_are_the_same(tmp_path: Path) -> None:
    for name in ("a.json", "a.yaml"):
        assert command("bundle", "--out", str(tmp_path / name)) == 0
    assert json.loads((tmp_path / "a.json").read_text()) == yaml.safe_load((tmp_path / "a.yaml").read_text())


def test_a_bundle_can_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("bundle", "--api", "control", "--out", "-") == 0
    assert json.loads(capsys.readouterr().out) == contract.load("control")


def test_an_unwritable_path_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "missing" / "bundle.json"
    assert command("bundle", "--out", str(out)) == 2
    assert capsys.readouterr().err == f"studio-mock: {out} cannot be written: No such file or directory\n"


def test_a_folder_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("bundle", "--out", str(tmp_path)) == 2
    assert "cannot be written: Is a directory" in capsys.readouterr().err


def test_an_unknown_document_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("bundle", "--api", "nonsense", "--out", "-") == 2
    assert "there is no document 'nonsense'" in capsys.readouterr().err


def test_an_unknown_version_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command("bundle", "--openapi", "2.0", "--out", "-")
    assert stopped.value.code == 2


def test_the_command_needs_a_subcommand() -> None:
    with pytest.raises(SystemExit) as stopped:
        command()
    assert stopped.value.code == 2
