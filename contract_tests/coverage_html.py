"""Coverage as a fragment of HTML, to be put into a page: nothing is loaded from elsewhere, and there are no scripts.

Colours are CSS variables that begin with `--coverage-`; a page may set them, and without that they follow the reader's light or dark mode.
"""

from collections.abc import Iterable, Mapping
from html import escape

from contract_tests.coverage import Coverage, Row, Share, Summary, summary

SHOWN_AT_ONCE = 30  # of a list; a longer one is folded
STYLE = """
.coverage {
  color-scheme: light dark;
  --coverage-text: #1c2430; --coverage-quiet: #57606a; --coverage-line: #d0d7de; --coverage-back: #fff;
  --coverage-seen: #0a5427; --coverage-seen-back: #dcf3e3; --coverage-never: #8c1410; --coverage-never-back: #fbe4e1;
  --coverage-strange: #6b4800; --coverage-strange-back: #fdf0cf;
  color: var(--coverage-text); background: var(--coverage-back); font: 15px/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  .coverage {
    --coverage-text: #e6edf3; --coverage-quiet: #9da7b3; --coverage-line: #3d444d; --coverage-back: #0d1117;
    --coverage-seen: #8fe0ab; --coverage-seen-back: #10321d; --coverage-never: #ffb3aa; --coverage-never-back: #48140f;
    --coverage-strange: #f2cf7e; --coverage-strange-back: #3d2c05;
  }
}
.coverage table { border-collapse: collapse; width: 100%; }
.coverage caption { text-align: left; color: var(--coverage-quiet); padding: .4rem 0; }
.coverage th, .coverage td {
  text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--coverage-line);
}
.coverage th { font-weight: 600; overflow-wrap: break-word; }
.coverage tbody th { min-width: 11rem; }
.coverage td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.coverage summary { cursor: pointer; padding: .3rem 0; }
.coverage summary:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.coverage ul.seen-or-not { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem; margin: 0; padding: 0; }
.coverage ul.seen-or-not li { border-radius: .3rem; padding: 0 .4rem; font-size: .875em; overflow-wrap: anywhere; }
.coverage li.seen { color: var(--coverage-seen); background: var(--coverage-seen-back); }
.coverage li.never { color: var(--coverage-never); background: var(--coverage-never-back); }
.coverage li.strange { color: var(--coverage-strange); background: var(--coverage-strange-back); }
.coverage .quiet { color: var(--coverage-quiet); font-weight: 400; }
.coverage section { padding: 0 1rem 1rem; }
"""


def fragment(coverages: Iterable[Coverage]) -> str:
    """Return a section for each coverage, with one style for all."""
    sections = "\n".join(_section(coverage) for coverage in coverages)
    return f'<div class="coverage">\n<style>{STYLE}</style>\n{sections}\n</div>'


def _section(coverage: Coverage) -> str:
    total, name = coverage.total(), escape(coverage.api)
    return (
        f'<section aria-labelledby="coverage-{name}">\n'
        f'<h2 id="coverage-{name}">{name}: {total.statuses.seen} of {total.statuses.all} documented statuses seen</h2>\n'
        f"{_tags(coverage, total)}\n{_gaps(coverage)}\n{_operations(coverage)}\n</section>"
    )


def _tags(coverage: Coverage, total: Summary) -> str:
    rows = "".join(_summary(part.name, part) for part in coverage.by_tag())
    head = "".join(f'<th scope="col">{word}</th>' for word in ("Tag", "Statuses", "Parameters", "Body fields"))
    return (
        "<table><caption>What was seen of what is documented, by tag</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody><tfoot>{_summary('All', total)}</tfoot></table>"
    )


def _summary(name: str, part: Summary) -> str:
    cells = "".join(
        f'<td class="number">{_share(share)}</td>' for share in (part.statuses, part.parameters, part.fields)
    )
    return f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'


def _share(share: Share) -> str:
    if not share.all:
        return '<span class="quiet">none</span>'
    told = f"{share.seen} of {share.all}"
    return (
        f'<meter min="0" max="{share.all}" value="{share.seen}" aria-hidden="true"></meter> {told} ({share.percent} %)'
    )


def _gaps(coverage: Coverage) -> str:
    missing = [str(one) for one in coverage.missing()]
    strange = [f"{name} {status}, {_times(count)}" for name, status, count in coverage.undocumented()]
    return _list("Documented and never seen", missing) + _list("Seen and not documented", strange)


def _list(title: str, entries: list[str]) -> str:
    if not entries:
        return ""
    is_open = " open" if len(entries) <= SHOWN_AT_ONCE else ""
    items = "".join(f"<li>{escape(entry)}</li>" for entry in entries)
    return f"<details{is_open}><summary>{title}: {len(entries)}</summary><ul>{items}</ul></details>"


def _operations(coverage: Coverage) -> str:
    return "\n".join(
        f'<details><summary>{escape(part.name)} <span class="quiet">{part.statuses.seen} of {part.statuses.all} statuses</span></summary>'
        f"{_table(row for row in coverage.rows.values() if row.tag == part.name)}</details>"
        for part in coverage.by_tag()
    )


def _table(rows: Iterable[Row]) -> str:
    head = "".join(f'<th scope="col">{word}</th>' for word in ("Operation", "Statuses", "Parameters and body fields"))
    body = "".join(
        f'<tr><th scope="row">{escape(row.operation)}<br><span class="quiet">{escape(row.label)}</span></th>'
        f"<td>{_statuses(row)}</td><td>{_places(row)}</td></tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _statuses(row: Row) -> str:
    shown = _chips(row.statuses, row.undocumented)
    return f'{shown}<span class="quiet">by its second path</span>{_chips(row.second)}' if row.second else shown


def _places(row: Row) -> str:
    places = {**row.parameters, **row.fields}
    if not places:
        return '<span class="quiet">none</span>'
    part = summary(row)
    shown = part.parameters + part.fields
    entries = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_chips(counts)}</td></tr>' for name, counts in places.items()
    )
    return f"<details><summary>{shown.seen} of {shown.all}</summary><table><tbody>{entries}</tbody></table></details>"


def _chips(counts: Mapping[str, int], strange: Mapping[str, int] | None = None) -> str:
    chips = "".join(_chip("seen" if count else "never", name, count) for name, count in counts.items())
    chips += "".join(_chip("strange", f"{name}, not documented", count) for name, count in (strange or {}).items())
    return f'<ul class="seen-or-not">{chips}</ul>'


def _chip(kind: str, name: str, count: int) -> str:
    return f'<li class="{kind}">{escape(name)}: {_times(count)}</li>'


def _times(count: int) -> str:
    return f"{count} times" if count > 1 else "once" if count else "never"
