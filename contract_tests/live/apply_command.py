"""`studio-mock spec apply`: from arguments to changed documents and an exit code. Every way to fail ends in one line.

Not here: what changes (`applying`).
"""

import argparse
import sys

from contract_tests.live import applying
from contract_tests.live.applying import Applied, NoEvidence
from mock_server import contract
from mock_server.contract import ContractError

MOST = 3  # findings of the lint that are shown


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say and return the exit code: 0 done, 1 something is left to do by hand, 2 could not be done."""
    try:
        root = args.spec or contract.spec_root()
        applied = applying.apply(applying.read(args.file), root)
        broken = applying.problems(applied, root)
        if broken:
            more = f" and {len(broken) - MOST} more" if len(broken) > MOST else ""
            return _failed(f"nothing is changed, for the lint would find: {'; '.join(broken[:MOST])}{more}")
        if not args.dry_run:
            applying.write(applied, root)
    except (NoEvidence, ContractError) as problem:
        return _failed(str(problem))
    except OSError as problem:
        return _failed(f"{problem.filename or 'a file'} cannot be read or written: {problem.strerror or problem}")
    _tell(applied, args.dry_run)
    return 1 if applied.by_hand else 0


def _tell(applied: Applied, is_dry: bool) -> None:
    if is_dry:
        print(applied.patch, end="")
    for change in () if is_dry else applied.changes:
        print(f"spec/{change.file}:{change.line}: {change.told}")
    for told in applied.by_hand:
        print(f"by hand: {told}", file=sys.stderr if is_dry else sys.stdout)
    if not is_dry:
        count = len(applied.changes)
        print(
            f"{count or 'no'} change{'s' * (count != 1)} in {len(applied.files)} files, {len(applied.by_hand)} to do by hand"
        )


def _failed(message: str) -> int:
    print(f"studio-mock: {' '.join(message.split())}", file=sys.stderr)
    return 2
