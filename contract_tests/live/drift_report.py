"""Drift as people read it, a paragraph for each deviation, and as JSON. What is shown of traffic are names, types and counts."""

from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape

from contract_tests.live.drift import Drift, Group
from contract_tests.live.examples_follow import follow
from contract_tests.live.proposing import Proposal, Proposing
from contract_tests.reports.terminal import COLOURS
from mock_server import contract
from mock_server.contract import Json

FORMAT = "studio-mock drift 1"


class Told:
    """What is told of all deviations: each with its evidence and what to do about it."""

    def __init__(self, drift: Drift) -> None:
        """Work it out. Raises NotOurs."""
        self.drift = drift
        proposing = Proposing(drift)
        proposing.groups = drift.groups()
        self.proposals = [proposing.propose(group) for group in proposing.groups]
        self.examples = follow(proposing, contract.spec_root())
        self.patch = proposing.patch()

    @property
    def remarks(self) -> list[str]:
        """What could not be read or was left out, in sentences."""
        drift = self.drift
        found = [remark for recording in drift.files for remark in recording.remarks]
        for name, host in drift.foreign_hosts():
            known = host.known.total()
            found.append(
                f"{host.count} exchanges with {name} are left out: the contract knows {known or 'none'} of them"
            )
        if drift.elsewhere:
            found.append(f"{drift.elsewhere} exchanges are left out: pages, files, preflights, or with another host")
        if drift.refused:
            found.append(f"{drift.refused} requests were not as the contract says and were refused, as they should be")
        if self.examples:
            found.append(f"{len(self.examples)} examples follow the types that have changed; the patch has them")
        if drift.beyond:
            found.append(f"{drift.beyond} further deviations are not told: there are too many kinds of them")
        return found

    def json(self) -> Json:
        """Return everything as JSON."""
        drift = self.drift
        return {
            "format": FORMAT,
            "files": [{"path": str(one.path), "exchanges": one.count, "whole": one.is_whole} for one in drift.files],
            "judged": drift.judged,
            "refused": drift.refused,
            "remarks": self.remarks,
            "drift": [self._json(proposal) for proposal in self.proposals],
            "patch": self.patch,
        }

    def _json(self, proposal: Proposal) -> Json:
        group, finding = proposal.group, proposal.group.finding
        told = self.drift.judges[group.api].evidence(finding)
        return {
            "api": group.api,
            "direction": finding.direction,
            "kind": finding.kind,
            "operation": finding.operation,
            "method": finding.method,
            "path": finding.path,
            "place": finding.place,
            "told": finding.told,
            "grade": finding.grade or None,
            "times": group.times,
            "of": group.of,
            "operations": group.operations,
            "statuses": group.statuses,
            "contract": {"file": told.file, "line": told.line, "pointer": [str(part) for part in finding.stands]},
            "verdict": told.verdict if finding.grade else None,
            "seen": finding.detail,
            "rows": list(proposal.rows),
            "proposal": {
                "changes": [
                    {"file": f"spec/{one.file}", "line": one.line, "told": one.told} for one in proposal.changes
                ],
                "row": proposal.row,
                "by_hand": proposal.by_hand or None,
            },
        }


def show(told: Told, out: TextIO, *, patched: str | None = None, quiet: bool = False) -> None:
    """Print it. `patched` names the file that the patch was written to."""
    console = Console(file=out, highlight=False, soft_wrap=True)
    for number, proposal in enumerate(told.proposals, 1):
        _one(console, told.drift, number, proposal)
    if not quiet:
        for remark in told.remarks:
            console.print(f"  [dim]{escape(remark)}[/]")
    console.print(_last(told, patched))


def _one(console: Console, drift: Drift, number: int, proposal: Proposal) -> None:
    group, finding = proposal.group, proposal.group.finding
    name = finding.operation or f"{finding.method} {finding.path}"
    grade = f" [{COLOURS[finding.grade]}]({finding.grade})[/]" if finding.grade else ""
    console.print(f"[bold]{number}. {escape(name)}[/]  [dim]{finding.direction}: {finding.kind}[/]{grade}")
    console.print(f"   {escape(finding.told)}")
    console.print(f"   {escape(_frequency(group))}")
    if finding.grade:
        console.print(f"   [dim]{escape(drift.judges[group.api].evidence(finding).verdict)}[/]")
    for change in proposal.changes:
        console.print(f"   [green]+[/] spec/{escape(change.file)}:{change.line}: {escape(change.told)}")
    if proposal.by_hand:
        console.print(f"   [yellow]by hand:[/] {escape(proposal.by_hand)}")
    console.print()


def _frequency(group: Group) -> str:
    share = f"{group.times:,} of {group.of:,} exchanges"
    others = [name for name in group.operations if name != group.finding.operation] if group.finding.operation else []
    more = f", also of {', '.join(others[:3])}" if others else ""
    return (
        f"{share}{more}{f' and {len(others) - 3} more' if len(others) > 3 else ''}; answered {_listed(group.statuses)}"
    )


def _listed(statuses: list[int]) -> str:
    return ", ".join(map(str, statuses))


def _last(told: Told, patched: str | None) -> str:
    count, drift = len(told.proposals), told.drift
    found = f"[red]{count} deviation{'s' if count > 1 else ''}[/]" if count else "[green]no drift[/]"
    done = sum(bool(proposal.changes) for proposal in told.proposals)
    files: Any = len(drift.files)
    parts = [
        found,
        f"{drift.judged:,} exchanges judged of {sum(one.count for one in drift.files):,} in {files} file{'s' if files > 1 else ''}",
    ]
    if count:
        where = f"written to {escape(patched)}" if patched else "--patch FILE writes it"
        parts.append(f"a patch mends {done} ({where})" if done else "none can be mended by a patch")
    return "; ".join(parts)
