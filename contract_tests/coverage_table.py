"""Coverage for the terminal: a line for each operation, its statuses, and how much of its parameters and fields was seen.

What was never seen has a cross and not only another colour.
"""

from collections.abc import Iterator

from rich import box
from rich.table import Table
from rich.text import Text

from contract_tests.coverage import Coverage, Row, Share, summary

SEEN, NEVER, STRANGE = "green", "bold red", "yellow"
MOST_MISSING = 20


def table(coverage: Coverage, gaps_only: bool = False) -> Table:
    """Return a table with a line for each operation; `gaps_only` leaves out those of which every status was seen."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("operation", no_wrap=True)
    shown.add_column("statuses")
    shown.add_column("parameters", justify="right")
    shown.add_column("fields", justify="right")
    for row in coverage.rows.values():
        part = summary(row)
        if not gaps_only or part.statuses.seen < part.statuses.all or row.undocumented:
            shown.add_row(row.operation, statuses(row), _share(part.parameters), _share(part.fields))
    return shown


def headline(coverage: Coverage) -> str:
    """Return one line on all of it."""
    total = coverage.total()
    return (
        f"{coverage.api}: {total.statuses.seen} of {total.statuses.all} documented statuses seen ({total.statuses.percent} %), "
        f"{total.parameters.percent} % of what parameters can be, {total.fields.percent} % of what fields can be"
    )


def missing(coverage: Coverage, most: int = MOST_MISSING) -> Iterator[str]:
    """Yield a line for each documented status that was never seen, with how it is reached, and for each that is not documented."""
    lacking = coverage.missing()
    for one in lacking[:most]:
        yield f"never seen: {one}"
    if len(lacking) > most:
        yield f"and {len(lacking) - most} more that were never seen"
    for operation, status, count in coverage.undocumented():
        yield (
            f"not documented: {operation} {status}, seen {count} times"
            if count > 1
            else f"not documented: {operation} {status}"
        )


def statuses(row: Row) -> Text:
    """Return the statuses of an operation: behind a slash those of the second path, with a question mark those that are not documented."""
    shown = Text(" ").join(_status(status, count) for status, count in row.statuses.items())
    if row.second:
        shown.append(" / ")
        shown.append_text(Text(" ").join(_status(status, count) for status, count in row.second.items()))
    for status in row.undocumented:
        shown.append(f" {status}?", STRANGE)
    return shown


def _status(status: str, count: int) -> Text:
    return Text(status, SEEN) if count else Text(f"{status}✗", NEVER)


def _share(share: Share) -> Text:
    if not share.all:
        return Text("none", "dim")
    return Text(f"{share.seen}/{share.all}", SEEN if share.seen == share.all else "")
