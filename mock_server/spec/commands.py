"""The commands `studio-mock spec …`: the lint, the bundle, the coverage and applying what was observed.

Each sets `func`, which returns the exit code.
"""

import argparse
import sys
from pathlib import Path

from mock_server import contract
from mock_server.contract import ContractError, Json


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `spec lint`, `spec bundle` and `spec coverage` to a command line."""
    spec = subparsers.add_parser("spec", help="check and bundle the contract")
    commands = spec.add_subparsers(required=True, metavar="COMMAND")
    lint = commands.add_parser("lint", help="check the documents by their rules; exit code 1 if there are findings")
    lint.add_argument("names", nargs="*", metavar="NAME", help="documents to check (default: all)")
    lint.set_defaults(func=_lint)
    bundle = commands.add_parser("bundle", help="write a document as one self-contained file")
    bundle.add_argument("--api", default="studio", metavar="NAME", help="which document (default %(default)s)")
    bundle.add_argument(
        "--openapi", choices=("3.0", "3.1"), default="3.0", help="version to write (default %(default)s)"
    )
    bundle.add_argument(
        "--out", required=True, metavar="FILE", help="file to write, - for standard output; YAML if it ends in .yaml"
    )
    bundle.set_defaults(func=_bundle)
    coverage = commands.add_parser(
        "coverage", help="compare a document with a list of operations; exit code 1 if something is missing unexplained"
    )
    coverage.add_argument("file", type=Path, metavar="FILE", help="the list, in YAML")
    coverage.add_argument("--api", default="studio", metavar="NAME", help="which document (default %(default)s)")
    coverage.set_defaults(func=_coverage)
    _add_apply(commands)


def _add_apply(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    text = (
        "Let the documents say what a run has observed (`--write-evidence` of check and parity): guesses that were right become observed, "
        "guessed paths move, shapes follow the answers. Exit code 0: done; 1: something is left to do by hand; 2: could not be done."
    )
    apply = commands.add_parser("apply", help="let the documents say what was observed", description=text)
    apply.add_argument("file", type=Path, metavar="EVIDENCE", help="a file of --write-evidence")
    apply.add_argument("--spec", type=Path, metavar="DIR", help="the folder of the documents (default: those in use)")
    apply.add_argument("--dry-run", action="store_true", help="change nothing; print the change, for git apply")
    apply.set_defaults(func=_apply)


def _lint(args: argparse.Namespace) -> int:
    from mock_server.spec.lint import run

    try:
        return run(args.names)
    except ContractError as error:
        return _failed(str(error))


def _bundle(args: argparse.Namespace) -> int:
    if args.api not in contract.names():
        return _unknown(args.api)
    try:
        document = contract.load(args.api)
    except ContractError as error:
        return _failed(str(error))
    if args.openapi == "3.1":
        from mock_server.spec.openapi31 import upgraded

        document = upgraded(document)
    return _write(_text(document, args.out), args.out)


def _coverage(args: argparse.Namespace) -> int:
    from mock_server.spec.coverage import run

    if args.api not in contract.names():
        return _unknown(args.api)
    try:
        return run(args.file, args.api)
    except (ContractError, OSError, UnicodeDecodeError) as error:
        return _failed(str(error))


def _apply(args: argparse.Namespace) -> int:
    from contract_tests.live.apply_command import run

    return run(args)


def _text(document: Json, out: str) -> str:
    if Path(out).suffix not in (".yaml", ".yml"):
        return contract.dumps(document)
    import yaml

    class Plain(yaml.SafeDumper):
        """No anchors: every reader of OpenAPI copes without them."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    text: str = yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)
    return text


def _write(text: str, out: str) -> int:
    if out == "-":
        sys.stdout.write(text)
        return 0
    try:
        Path(out).write_text(text, "utf-8")
    except OSError as error:
        return _failed(f"{out} cannot be written: {error.strerror}")
    return 0


def _unknown(name: str) -> int:
    return _failed(f"there is no document {name!r}; there are {', '.join(contract.names())}")


def _failed(message: str) -> int:
    print(f"studio-mock: {message}", file=sys.stderr)
    return 2
