"""Coverage as OSCAL assessment results (JSON), so that tools of auditors can read it.

One result for each system, with a finding for each control and an observation for each piece of evidence. OSCAL knows
two states of an objective; ours stands beside it as a property, and whatever is not shown is not satisfied.

Source: NIST, Open Security Controls Assessment Language, assessment results model, versions 1.1.
"""

import re
import uuid
from collections.abc import Iterable
from typing import Any

import orjson

from trimtab.decision.control_state import AUDIT, COVERED, Answer, Cell, State
from trimtab.report.coverage import STATE_WORDS, Covered, instant

OSCAL_VERSION = "1.1.3"
NAMESPACE = "https://trimtab.example/oscal/1"
"""Of our properties, and of the identifiers, which are the same whenever the same is exported again.

It is a name and no address; older readers of OSCAL take no `urn:`.
"""

_IDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
_UNFIT = re.compile(r"[^\w.-]+")
_FIRST = re.compile(r"[^\W\d]")


def assessment_results(covered: Covered, *, system: str = "") -> dict[str, Any]:
    """The document; only of `system` if one is named."""
    moment = instant(covered.coverage.moment)
    of = (covered.organisation, covered.policy, str(covered.row), moment)
    plan, ledger = _id("policy", covered.policy), _id("ledger", *of)
    systems = (system,) if system else covered.coverage.systems
    return {
        "assessment-results": {
            "uuid": _id("document", *of, *covered.frameworks, *systems),
            "metadata": {
                "title": f"Controls against evidence, {_line(covered.organisation)}",
                "last-modified": moment,
                "version": f"row {covered.row}",
                "oscal-version": OSCAL_VERSION,
                "remarks": f"Made by trimtab {covered.version} from its ledger. Facts, no legal advice.",
            },
            "import-ap": {"href": f"#{plan}", "remarks": "The policy says beforehand what is measured and asked."},
            "results": [_result(covered, one, ledger) for one in systems],
            "back-matter": {
                "resources": [
                    {"uuid": plan, "title": "Policy", "description": f"The policy with digest {covered.policy}."},
                    {
                        "uuid": ledger,
                        "title": "Ledger",
                        "description": f"The ledger of evidence up to row {covered.row}; `trimtab ledger verify`.",
                    },
                ]
            },
        }
    }


def results_text(covered: Covered) -> str:
    """The document as it is written into a file."""
    return orjson.dumps(assessment_results(covered), option=orjson.OPT_INDENT_2).decode() + "\n"


def objective(control: str) -> str:
    """A control's link as an OSCAL token: a letter or underscore, then letters, digits, `.`, `-` and `_`."""
    fit = _UNFIT.sub("-", control).strip("-")
    return fit if _FIRST.match(fit) else f"_{fit}"


def _result(covered: Covered, system: str, ledger: str) -> dict[str, Any]:
    cells = [one for one in covered.coverage.cells if one.system == system]
    rows = {row for cell in cells for row in cell.rows}
    used = [one for one in covered.answers if one.row in rows and one.subject in (system, "")]
    component = _id("system", covered.organisation, system)
    starts = [one.at for one in used]
    result: dict[str, Any] = {
        "uuid": _id("result", covered.policy, str(covered.row), str(covered.coverage.moment), system),
        "title": _line(system),
        "description": f"Controls of {', '.join(covered.frameworks)} against the evidence on {_line(system)}.",
        "start": instant(min(starts, default=covered.coverage.moment)),
        "end": instant(covered.coverage.moment),
        "local-definitions": {
            "components": [
                {
                    "uuid": component,
                    "type": "software",
                    "title": _line(system),
                    "description": "An AI system of the policy.",
                    "status": {"state": "operational"},
                }
            ]
        },
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": objective(one.control)} for one in cells]},
            ]
        },
        "findings": [_finding(covered, one, used) for one in cells],
    }
    if used:
        result["observations"] = [_observation(one, system, component, ledger) for one in _once(used, system)]
    return result


def _finding(covered: Covered, cell: Cell, used: Iterable[Answer]) -> dict[str, Any]:
    control = covered.catalogue.controls[cell.control]
    shown = cell.state in COVERED
    reason = "pass" if shown else "fail" if cell.state is State.NOT_MET else "other"
    target: dict[str, Any] = {
        "type": "objective-id",
        "target-id": objective(cell.control),
        "title": _line(f"{control.id} {control.title}"),
        "status": {"state": "satisfied" if shown else "not-satisfied", "reason": reason, "remarks": cell.words},
    }
    if cell.state is State.NOT_APPLICABLE:
        target["implementation-status"] = {"state": "not-applicable", "remarks": cell.words}
    finding: dict[str, Any] = {
        "uuid": _id(
            "finding", covered.policy, str(covered.row), str(covered.coverage.moment), cell.system, cell.control
        ),
        "title": _line(f"{control.id}: {STATE_WORDS[cell.state]}"),
        "description": cell.words,
        "props": [
            {"name": "state", "ns": NAMESPACE, "value": str(cell.state)},
            *[{"name": "applies-from", "ns": NAMESPACE, "value": one.day} for one in cell.applies.dates],
        ],
        "target": target,
    }
    sources = {*control.metrics, *cell.passed, *cell.failed, *cell.undecided, *cell.expired}
    related = [
        one
        for one in _once(used, cell.system)
        if one.row in cell.rows and one.source in sources and one.control in (cell.control, "")
    ]
    if related:
        finding["related-observations"] = [{"observation-uuid": _of(one, cell.system)} for one in related]
    return finding


def _observation(answer: Answer, system: str, component: str, ledger: str) -> dict[str, Any]:
    observation: dict[str, Any] = {
        "uuid": _of(answer, system),
        "title": _line(f"{answer.source}: {answer.verdict}"),
        "description": answer.words or str(answer.verdict),
        "methods": ["TEST" if not answer.control else "EXAMINE"],
        "types": ["control-objective"] if answer.way == AUDIT else ["finding"],
        "subjects": [{"subject-uuid": component, "type": "component"}],
        "relevant-evidence": [{"href": f"#{ledger}", "description": f"Row {answer.row} of the ledger."}],
        "collected": instant(answer.at),
    }
    if answer.valid_until is not None:
        observation["expires"] = instant(answer.valid_until)
    return observation


def _once(answers: Iterable[Answer], system: str) -> list[Answer]:
    """Each piece of evidence once; a document that answers several controls is one for each of them."""
    return list({_of(one, system): one for one in answers}.values())


def _of(answer: Answer, system: str) -> str:
    return _id("observation", system, str(answer.row), str(answer.at), answer.subject, answer.control, answer.source)


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_IDS, "\x1f".join(parts)))


def _line(text: str) -> str:
    return " ".join(text.split()) or "unnamed"
