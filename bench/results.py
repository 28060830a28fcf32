"""What was measured, as data: medians over rounds, ratios, and the JSON file. Knows neither wrk nor Markdown."""

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench.wrk import Run


@dataclass
class Series:
    """The runs of one contender in one case, and the size of its answer in bytes."""

    bytes: int
    runs: list[Run] = field(default_factory=list)

    @property
    def requests_per_second(self) -> float:
        """Median over the rounds."""
        return median(run.requests_per_second for run in self.runs)

    @property
    def p50_ms(self) -> float:
        """Median over the rounds of the median latency."""
        return median(run.p50_ms for run in self.runs)

    @property
    def p99_ms(self) -> float:
        """Median over the rounds of the 99th percentile."""
        return median(run.p99_ms for run in self.runs)

    def as_json(self) -> dict[str, Any]:
        """Medians first, then every run."""
        medians = {"requests_per_second": self.requests_per_second, "p50_ms": self.p50_ms, "p99_ms": self.p99_ms}
        return {"bytes": self.bytes, "median": medians, "runs": [asdict(run) for run in self.runs]}


@dataclass
class Results:
    """Everything that one benchmark found out; a part that was not asked for, or whose peer is missing, is absent."""

    about: dict[str, Any] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    cases: dict[str, dict[str, Series]] = field(default_factory=dict)
    """case → contender → runs"""
    starts: dict[str, list[float]] = field(default_factory=dict)
    """what was awaited → seconds"""
    memory: dict[str, dict[str, float]] = field(default_factory=dict)
    """moment → contender → MB"""
    scale: dict[str, dict[str, Series]] = field(default_factory=dict)
    """page → world → runs"""
    scale_documents: dict[str, int] = field(default_factory=dict)
    """world → documents in the list that is paged"""

    def speed(self, case: str, contender: str) -> float | None:
        """Requests per second."""
        series = self.cases.get(case, {}).get(contender)
        return series.requests_per_second if series else None

    def speed_ratio(self, case: str, peer: str) -> float | None:
        """How many times as fast as a peer studio-mock is."""
        return ratio(self.speed(case, "studio-mock"), self.speed(case, peer))

    def start(self, name: str) -> float | None:
        """Median seconds to the first 200."""
        return median(self.starts[name]) if name in self.starts else None

    def memory_ratio(self, moment: str) -> float | None:
        """Resident memory relative to Prism's."""
        weights = self.memory.get(moment, {})
        return ratio(weights.get("studio-mock"), weights.get("prism"))

    def tail_ratio(self, case: str) -> float | None:
        """The 99th percentile relative to the median of studio-mock's latency."""
        series = self.cases.get(case, {}).get("studio-mock")
        return ratio(series.p99_ms, series.p50_ms) if series else None

    def scale_ratio(self, page: str) -> float | None:
        """Median latency of a page in the large world relative to the small one."""
        small, large = self.scale[page].values()
        return ratio(large.p50_ms, small.p50_ms)

    def worst_scale_ratio(self) -> float | None:
        """The largest of the pages' ratios."""
        ratios = [found for page in self.scale if (found := self.scale_ratio(page)) is not None]
        return max(ratios, default=None)

    def as_json(self) -> dict[str, Any]:
        """The content of the JSON file, without the targets."""
        return {
            "about": self.about,
            "cases": {case: {who: series.as_json() for who, series in row.items()} for case, row in self.cases.items()},
            "start_seconds": {name: {"median": median(times), "all": times} for name, times in self.starts.items()},
            "memory_mb": self.memory,
            "scale_documents": self.scale_documents,
            "scale": {page: {who: series.as_json() for who, series in row.items()} for page, row in self.scale.items()},
        }


def ratio(one: float | None, other: float | None) -> float | None:
    """`one / other`, or None when a side is unknown or zero."""
    return one / other if one is not None and other else None
