"""Reports of a run: the terminal while it runs, and files for people and for other tools. Each is an `Observer`.

Secrets are hidden before anything is written (`redact`). A file that cannot be written ends the run with one clear line.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from contract_tests.brakes import Stop
from contract_tests.observer import Observer

if TYPE_CHECKING:
    from contract_tests.reports.told import Seen


class ReportFailed(Stop):
    """A report cannot be written; the message says which and why."""


def files(folder: Path, seen: "Seen") -> list[Observer]:
    """Return what writes every form of report into a folder; `seen` counts what is seen of the contracts. Raises ReportFailed."""
    from contract_tests.reports.har import Har
    from contract_tests.reports.html import Html
    from contract_tests.reports.junit import Junit
    from contract_tests.reports.ndjson import Ndjson
    from contract_tests.reports.sarif import Sarif

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportFailed(f"the folder for reports {folder} cannot be made: {error.strerror}") from None
    return [
        Ndjson(folder / "events.ndjson"),
        Har(folder / "traffic.har"),
        Junit(folder / "junit.xml"),
        Sarif(folder / "results.sarif"),
        Html(folder / "report.html", seen),
    ]
