"""Coverage in the terminal and as HTML: nothing is left out, nothing comes from elsewhere, and colour is never all that tells."""

import re
from html.parser import HTMLParser
from io import StringIO

import msgspec
import pytest
from rich.console import Console

from contract_tests import coverage_html, coverage_table, evidence
from contract_tests.coverage import Coverage, Watcher, gaps, watching
from contract_tests.target import Target


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    """Two operations were called, and one of them gave a status that nobody has documented."""
    target = Target.in_process("studio")
    with watching(target) as watcher:
        target.call("list_types")
        target.call("list_projects", query={"details": "true"})
    row = watcher.coverage.rows["list_types"]
    return Coverage(
        "studio", {**watcher.coverage.rows, "list_types": msgspec.structs.replace(row, undocumented={"418": 2})}
    )


class Reader(HTMLParser):
    """Notes tags that are not closed in turn, and everything that is loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loaded += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(fragment: str) -> Reader:
    reader = Reader()
    reader.feed(fragment)
    return reader


def printed(coverage: Coverage, **more: bool) -> list[str]:
    out = StringIO()
    Console(file=out, width=200).print(coverage_table.table(coverage, **more))
    return out.getvalue().splitlines()


def test_every_operation_has_one_line_in_the_terminal(coverage: Coverage) -> None:
    lines = printed(coverage)
    for name in coverage.rows:
        assert sum(line.split()[:1] == [name] for line in lines) == 1, name


def test_what_was_never_seen_is_marked_without_colour(coverage: Coverage) -> None:
    (line,) = [line for line in printed(coverage) if line.split()[:1] == ["list_types"]]
    assert line.split()[1:5] == ["200", "401✗", "500✗", "418?"]


def test_operations_of_which_all_was_seen_can_be_left_out() -> None:
    coverage = Watcher("studio", Target.in_process("studio").document).coverage
    row = coverage.rows["get_health"]
    row.statuses = dict.fromkeys(row.statuses, 1)
    shown = {line.split()[0] for line in printed(coverage, gaps_only=True) if line.split()}
    assert "get_health" not in shown
    assert "get_info" in shown


def test_the_lines_of_what_is_missing_say_how_it_is_reached_and_how_many_more_there_are(coverage: Coverage) -> None:
    lines = list(coverage_table.missing(coverage, most=2))
    assert lines[0].startswith("never seen: register_user 200: is given ")
    assert lines[2] == f"and {len(coverage.missing()) - 2} more that were never seen"
    assert lines[3:] == ["not documented: list_types 418, seen 2 times"]


def test_every_gap_is_a_violation_for_who_requires_coverage(coverage: Coverage) -> None:
    found = gaps(coverage)
    assert len(found) == len(coverage.missing())
    assert len({violation.key for violation in found}) == len(found)
    assert found[0].message.startswith("documented 200 never seen: register_user 200")
    assert gaps(coverage.only([])) == []


def test_a_gap_is_not_said_to_break_or_refute_the_contract(coverage: Coverage) -> None:
    document = Target.in_process("studio").document
    assert all(evidence.of(gap, document, is_stand_in=True) is None for gap in gaps(coverage)[:20])


def test_the_fragment_is_well_formed_and_loads_nothing(coverage: Coverage) -> None:
    reader = read(coverage_html.fragment([coverage]))
    assert reader.open == []
    assert reader.loaded == []
    assert not reader.tags & {"script", "link", "img", "iframe", "html", "body"}
    assert "url(" not in coverage_html.STYLE


def test_the_fragment_tells_of_every_operation_in_words(coverage: Coverage) -> None:
    fragment = coverage_html.fragment([coverage])
    for row in coverage.rows.values():
        assert f">{row.operation}<" in fragment
    assert '<li class="seen">200: once</li>' in fragment
    assert '<li class="never">401: never</li>' in fragment
    assert '<li class="strange">418, not documented: 2 times</li>' in fragment
    assert "list_types 418, 2 times" in fragment


def test_every_colour_of_the_light_mode_has_one_for_the_dark(coverage: Coverage) -> None:
    light, dark = coverage_html.STYLE.split("@media")
    named = set(re.findall(r"(--coverage-[a-z-]+):", light))
    assert named
    assert named == set(re.findall(r"(--coverage-[a-z-]+):", dark))


def test_names_are_escaped() -> None:
    coverage = Watcher("studio", Target.in_process("studio").document).coverage
    row = msgspec.structs.replace(
        coverage.rows["get_health"], operation="<b>bold</b>", tag="<i>", parameters={"query.<u>": {"<s>": 0}}
    )
    fragment = coverage_html.fragment([Coverage("studio", {"<b>bold</b>": row})])
    assert not read(fragment).tags & {"b", "i", "u", "s"}
