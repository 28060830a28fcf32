"""The report for people: one page that needs nothing from elsewhere, in light and dark."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from contract_tests.check import Outcome
from contract_tests.coverage_html import fragment
from contract_tests.reports.told import Sections, Seen, write
from mock_server import __version__


class Html(Sections):
    """Writes the page after each target. Raises ReportFailed."""

    def __init__(self, path: Path, seen: Seen) -> None:
        super().__init__()
        self.path, self.seen = path, seen

    def finished(self, outcome: Outcome) -> None:
        """Write what is known by now."""
        super().finished(outcome)
        write(self.path, self.page())

    def page(self) -> str:
        """Return the page."""
        seen = Markup(fragment(self.seen.coverages))  # which escapes for itself
        count = sum(len(section.violations) for section in self.sections)
        page: str = _template().render(sections=self.sections, seen=seen, count=count, version=__version__)
        return page


def _template() -> Any:
    loader = PackageLoader("contract_tests.reports")
    return Environment(
        loader=loader, autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
    ).get_template("report.html")
