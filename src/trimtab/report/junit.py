"""JUnit XML for CI systems: one test suite per candidate, one test case per requirement.

FAIL is a failure and INCONCLUSIVE an error, not a skip: CI systems show skipped
tests as green, and silence must not look like success. The first suite holds
the decision itself, which alone says whether a candidate may ship.
"""

import re
from xml.etree import ElementTree as ET  # written here, never parsed

from trimtab.decision.model import Judgement, Verdict
from trimtab.kinds import Missing
from trimtab.report.figures import figures
from trimtab.report.markup import visible
from trimtab.report.view import Report, Requirement
from trimtab.report.words import headline, missing_words, needs, next_step, requirement

# Everything that XML 1.0 cannot hold even when escaped.
_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 1000  # code points of a name


def junit(report: Report) -> bytes:
    """The file, UTF-8 with an XML declaration."""
    root = ET.Element("testsuites", name=_fit(f"trimtab {report.decision.system}"))
    said = headline(report)
    system = report.decision.system
    decided = _suite(root, f"{system}: decision", report)
    lines = "\n".join([said.why, *said.changes, next_step(report)])
    _case(decided, system, "a candidate clears every floor", report.verdict, message=said.title, details=lines)
    for candidate in report.candidates:
        suite = _suite(root, f"{system}: {candidate.candidate}", report)
        where = f"{system}.{candidate.candidate}"
        for judged in candidate.judgements:
            name, details = _details(report, judged)
            _case(suite, where, name, judged.verdict, message=f"{name}: {judged.reason}", details=details)
        told = {j.verdict for j in candidate.judgements}
        if (candidate.verdict not in told and candidate.verdict is not Verdict.PASS) or not told:
            # A candidate that nothing was asked of would otherwise be an empty, and so a green, suite.
            verdict = candidate.verdict if told else Verdict.INCONCLUSIVE
            _case(suite, where, "all requirements", verdict, message="not every requirement was judged", details="")
    _add_up(root)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _suite(root: ET.Element, name: str, report: Report) -> ET.Element:
    suite = ET.SubElement(root, "testsuite", name=_fit(name))
    facts = ET.SubElement(suite, "properties")
    for key, value in (("run", report.decision.run), ("policy", report.decision.policy), ("head", report.ledger.head)):
        ET.SubElement(facts, "property", name=key, value=_fit(value))
    return suite


def _case(suite: ET.Element, where: str, name: str, verdict: Verdict, *, message: str, details: str) -> None:
    case = ET.SubElement(suite, "testcase", classname=_fit(where), name=_fit(name), time="0")
    if verdict is Verdict.PASS:
        ET.SubElement(case, "system-out").text = _fit(details)
        return
    tag = "failure" if verdict is Verdict.FAIL else "error"
    ET.SubElement(case, tag, type=str(verdict), message=_fit(message)).text = _fit(details)


def _details(report: Report, judged: Judgement) -> tuple[str, str]:
    """Name of the test case, and the numbers behind its verdict."""
    asked = requirement(report, Requirement(asked=judged.asked, metric=judged.metric))
    kind = "" if judged.asked == "floor" else f"{judged.asked}: "
    name = f"{judged.metric} {kind}{asked}"
    if isinstance(judged.seen, Missing):
        return name, f"no data: {missing_words(judged.seen)}"
    written = figures(report, judged.metric, asked=judged.asked)
    known = judged.seen
    lines = [
        f"{written.value(known.value)}, interval {written.span(known.interval)}",
        f"{known.count} independent of {known.cases} cases, {known.missing} missing",
        needs(judged),
    ]
    return name, "\n".join(line for line in lines if line)


def _add_up(root: ET.Element) -> None:
    """Write the counts that readers of the format expect."""
    totals = {"tests": 0, "failures": 0, "errors": 0}
    for suite in root.iter("testsuite"):
        found = {
            "tests": len(suite.findall("testcase")),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
        }
        for key, number in found.items():
            suite.set(key, str(number))
            totals[key] += number
        suite.set("skipped", "0")
    for key, number in totals.items():
        root.set(key, str(number))


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", visible(text, limit=_LONGEST))
