"""The results as Markdown: what was measured, and the targets with what became of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import startup
from bench.results import Results, Series

AFTER_START = "after the start"
AFTER_READING = "after the reading rounds"
AFTER_POSTING = "after the posting rounds"
NOTHING = "\N{EN DASH}"
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Target:
    """A ratio that studio-mock is meant to reach: at least (`>=`) or at most (`<=`) `limit`."""

    title: str
    sign: str
    limit: float
    unit: str
    measured: Callable[[Results], float | None]

    def verdict(self, results: Results) -> str:
        """`pass`, `fail`, or a dash when it was not measured."""
        found = self.measured(results)
        if found is None:
            return NOTHING
        return "pass" if (found >= self.limit if self.sign == ">=" else found <= self.limit) else "fail"


TARGETS = [
    Target("get by id", ">=", 3, f"{TIMES} Prism", lambda results: results.speed_ratio("get", "prism")),
    Target("get by id", ">=", 0.4, f"{TIMES} bare", lambda results: results.speed_ratio("get", "bare")),
    Target("list of 100", ">=", 5, f"{TIMES} Prism", lambda results: results.speed_ratio("list", "prism")),
    Target("post 1 KB", ">=", 2.8, f"{TIMES} Prism", lambda results: results.speed_ratio("post", "prism")),
    Target("invalid post", ">=", 4, f"{TIMES} Prism", lambda results: results.speed_ratio("invalid", "prism")),
    Target("p99 of post 1 KB", "<=", 8, f"{TIMES} its median", lambda results: results.tail_ratio("post")),
    Target("start to first 200", "<=", 0.35, f"{TIMES} Prism's", lambda results: start_ratio(results, startup.HEALTH)),
    Target("resident memory", "<=", 0.6, f"{TIMES} Prism's", lambda results: results.memory_ratio(AFTER_READING)),
    Target("page of 100 of 100,000", "<=", 1.5, f"{TIMES} of 1,000", Results.worst_scale_ratio),
]


def markdown(results: Results) -> str:
    """The whole report."""
    parts = [_about(results), _cases(results), _starts(results), _memory(results), _scale(results), _targets(results)]
    return "\n\n".join(part for part in parts if part)


def start_ratio(results: Results, name: str) -> float | None:
    """A start relative to Prism's."""
    mine, prism = results.start(name), results.start(startup.PRISM)
    return mine / prism if mine is not None and prism else None


def targets_as_json(results: Results) -> list[dict[str, Any]]:
    """The targets for the JSON file."""
    return [
        {
            "target": f"{target.title} {target.sign} {target.limit:g} {target.unit}",
            "measured": target.measured(results),
            "verdict": target.verdict(results),
        }
        for target in TARGETS
    ]


def _about(results: Results) -> str:
    about = results.about
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    loads = f"load average {about['load_before']:.1f} before, {about['load_after']:.1f} after"
    text = f"{about['cpu']}; {versions}; {about['rounds']} round(s) of {about['seconds']} s; {loads}."
    return f"{text} Bytes: studio-mock / Prism / bare. Latency: studio-mock, median / p99 in ms."


def _cases(results: Results) -> str:
    head = ["case", "bytes", "studio-mock, requests/s", "Prism", "bare", f"{TIMES} Prism", f"{TIMES} bare", "latency"]
    rows = []
    for case, row in results.cases.items():
        series = [row.get(name) for name in ("studio-mock", "prism", "bare")]
        speeds = [_number(results.speed(case, name), ",.0f") for name in ("studio-mock", "prism", "bare")]
        ratios = [_number(results.speed_ratio(case, peer), ".2f") for peer in ("prism", "bare")]
        sizes = " / ".join(_number(one.bytes if one else None, ",d") for one in series)
        rows.append([results.titles[case], sizes, *speeds, *ratios, _latency(series[0])])
    return _table(head, rows)


def _starts(results: Results) -> str:
    head = ["start to first 200", "median", f"{TIMES} Prism's"]
    rows = [
        [name, _number(results.start(name), ".3f") + " s", _number(start_ratio(results, name), ".2f")]
        for name in sorted(results.starts, reverse=True)
    ]
    return _table(head, rows)


def _memory(results: Results) -> str:
    head = ["resident memory, MB", "studio-mock", "Prism", "bare", f"{TIMES} Prism's"]
    rows = []
    for moment, weights in results.memory.items():
        figures = [_number(weights.get(name), ".0f") for name in ("studio-mock", "prism", "bare")]
        rows.append([moment, *figures, _number(results.memory_ratio(moment), ".2f")])
    return _table(head, rows)


def _scale(results: Results) -> str:
    small, large = (f"of {results.scale_documents.get(world, 0):,}" for world in ("1,000", "100,000"))
    head = ["page of 100, median latency in ms", small, large, "ratio", "bytes"]
    rows = []
    for page, row in results.scale.items():
        latencies = [_number(series.p50_ms, ".2f") for series in row.values()]
        sizes = " / ".join(f"{series.bytes:,d}" for series in row.values())
        rows.append([page, *latencies, _number(results.scale_ratio(page), ".2f"), sizes])
    return _table(head, rows)


def _targets(results: Results) -> str:
    rows = [
        [
            target.title,
            f"{target.sign} {target.limit:g} {target.unit}",
            _number(target.measured(results), ".2f"),
            target.verdict(results),
        ]
        for target in TARGETS
    ]
    return _table(["target", "wanted", "measured", "verdict"], rows)


def _latency(series: Series | None) -> str:
    return f"{series.p50_ms:.2f} / {series.p99_ms:.2f}" if series else NOTHING


def _number(value: float | None, form: str) -> str:
    return NOTHING if value is None else format(value, form)


def _table(head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows])
