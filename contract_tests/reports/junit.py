"""JUnit's XML, as CI servers read it: a suite for each API, a case for each operation."""

import re
from pathlib import Path
from xml.etree import ElementTree as xml

from contract_tests.check import Outcome
from contract_tests.reports.told import Section, Sections, Told, write

UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


class Junit(Sections):
    """Writes the file after each target. Raises ReportFailed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def finished(self, outcome: Outcome) -> None:
        """Write what is known by now."""
        super().finished(outcome)
        root = xml.Element("testsuites", name="studio-mock check")
        for section in self.sections:
            root.append(_suite(section))
        xml.indent(root)
        write(self.path, xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n")


def _suite(section: Section) -> xml.Element:
    outcome, violations = section.outcome, section.violations
    suite = xml.Element("testsuite", name=section.target.api)
    for operation in section.target.addresses:
        name = operation.operation_id
        if name in section.plan.operations:
            own = [told for told in violations if told.violation.operation == name]
            suite.append(
                _case(f"{section.target.api}.{operation.node['tags'][0]}", name, own, section.asked[name] == 0)
            )
    for told in violations:
        if told.violation.operation not in section.plan.operations:
            suite.append(_case(section.target.api, told.violation.check, [told], False))
    for remark in section.remarks:
        case = xml.SubElement(suite, "testcase", classname=section.target.api, name="left out")
        xml.SubElement(case, "skipped", message=_clean(remark))
    if outcome is not None and outcome.stopped:
        case = xml.SubElement(suite, "testcase", classname=section.target.api, name="run")
        xml.SubElement(case, "error", message=_clean(outcome.stopped))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    suite.set("time", f"{outcome.seconds:.3f}" if outcome else "0")
    return suite


def _case(classname: str, name: str, violations: list[Told], is_skipped: bool) -> xml.Element:
    case = xml.Element("testcase", classname=classname, name=name)
    for told in violations:
        failure = xml.SubElement(case, "failure", type=told.violation.check, message=_clean(told.violation.message))
        verdict = told.evidence.verdict if told.evidence else ""
        failure.text = _clean("\n".join([told.violation.message, verdict, "", *told.violation.story]))
    if is_skipped and not violations:
        xml.SubElement(case, "skipped", message="nothing was sent")
    return case


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
