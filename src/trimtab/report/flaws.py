"""What stands in the way of a release, one by one and each with a line of the policy, for tools that list problems.

Everything that did not pass is among them: where nothing is known, an empty list would look like success.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from trimtab._canonical import text_digest
from trimtab.decision.attacks import Success
from trimtab.decision.incidents import Finding
from trimtab.decision.model import CandidateDecision, Judgement, Verdict
from trimtab.policy.document import Place
from trimtab.report.markup import visible
from trimtab.report.view import Report, Requirement
from trimtab.report.words import headline, name, requirement

Level = Literal["error", "warning", "note"]

_LONGEST = 1000  # code points of a message
_LEVELS: dict[str, Level] = {"S1": "error", "S2": "error", "S3": "warning", "S4": "note"}

Locate = Callable[..., Place]
"""From a path of keys to its place in the policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One problem.

    `rule` names what was broken, `about` says in a sentence what that rule asks. `fingerprint` is the same whenever the
    same thing is wrong with the same candidate, whatever the run. `place` is a line of the policy.
    """

    rule: str
    about: str
    level: Level
    message: str
    fingerprint: str
    place: Place


def flaws(report: Report, findings: Sequence[Finding], locate: Locate) -> list[Flaw]:
    """Requirements that did not pass, attacks that got through, findings without a verified fix, and what holds it.

    Args:
        report: The decision.
        findings: Those that are open.
        locate: Where the policy says what.
    """
    found = [flaw for one in report.shown for flaw in _requirements(report, one, locate)]
    found += [flaw for metric in report.attacks for flaw in _breaches(report, metric, locate)]
    found += [_finding(report, one, locate) for one in findings]
    if report.verdict is not Verdict.PASS:
        found.insert(0, _undecided(report, locate))
    return found


def _undecided(report: Report, locate: Locate) -> Flaw:
    said = headline(report)
    system = report.decision.system
    return Flaw(
        rule="decision",
        about="A candidate clears every floor, and nothing holds it back.",
        level="error" if report.verdict is Verdict.FAIL else "warning",
        message=visible(f"{name(system)}: {said.title}. {said.why}", limit=_LONGEST),
        fingerprint=_fingerprint("decision", system),
        place=locate("systems", system),
    )


def _requirements(report: Report, candidate: CandidateDecision, locate: Locate) -> list[Flaw]:
    found = []
    for judged in candidate.judgements:
        if judged.verdict is Verdict.PASS:
            continue
        asked = requirement(report, Requirement(asked=judged.asked, metric=judged.metric))
        spec = report.metric(judged.metric)
        says = f"{name(candidate.candidate)}, {name(judged.metric)} {asked}: {judged.verdict.value}. {judged.reason}"
        found.append(
            Flaw(
                rule=f"{judged.asked}/{name(judged.metric)}",
                about=visible(spec.question if spec else judged.metric, limit=_LONGEST),
                level="error" if judged.verdict is Verdict.FAIL else "warning",
                message=visible(says, limit=_LONGEST),
                fingerprint=_fingerprint(judged.asked, judged.metric, candidate.candidate, report.decision.system),
                place=_place(report, judged, locate),
            )
        )
    return found


def _place(report: Report, judged: Judgement, locate: Locate) -> Place:
    """The line of what was asked."""
    tier = ("tiers", report.decision.tier)
    match judged.asked:
        case "floor":
            return locate(*tier, "floors", judged.metric)
        case "red-line":
            return locate("red_lines")
        case "gap":
            return locate("metrics", judged.metric, "gold")
    return locate(*tier, judged.asked)


def _breaches(report: Report, metric: str, locate: Locate) -> list[Flaw]:
    baseline = report.attacks[metric]
    place = locate("tiers", report.decision.tier, "floors", metric)
    if report.floor(metric) is None:
        place = locate("metrics", metric)
    found = []
    for candidate, successes in baseline.successes.items():
        found += [_breach(report, candidate, one, place) for one in successes]
        if unseen := baseline.unseen.get(candidate, 0):
            found.append(
                Flaw(
                    rule="breach",
                    about="No attack gets through.",
                    level="error",
                    message=f"{name(candidate)}: {unseen:,} more attacks got through; the ledger holds each.",
                    fingerprint=_fingerprint("breach", metric, candidate, "more"),
                    place=place,
                )
            )
    return found


def _breach(report: Report, candidate: str, success: Success, place: Place) -> Flaw:
    tried = success.tried
    how = name(tried.technique)
    hazard = f", about {name(tried.hazard)}" if tried.hazard else ""
    stopped = (
        f" It would have been stopped by {', '.join(map(name, success.stopped_by))}." if success.stopped_by else ""
    )
    return Flaw(
        rule=f"breach/{name(tried.family)}",
        about=f"No attack of the family {name(tried.family)} gets through.",
        level="error",
        # Digests only: what was said belongs in the report, and there only where the policy keeps it.
        message=visible(
            f"{name(candidate)}: an attack got through ({how}{hazard}), case {success.case}.{stopped}",
            limit=_LONGEST,
        ),
        fingerprint=_fingerprint("breach", success.case, candidate, report.decision.system),
        place=place,
    )


def _finding(report: Report, finding: Finding, locate: Locate) -> Flaw:
    opened = finding.opened
    control = f" ({opened.control})" if opened.control else ""
    owner = f" {opened.owner} owes its fix." if opened.owner else ""
    state = "its fix is not verified" if finding.fixed else "it is not fixed"
    return Flaw(
        rule=f"finding/{opened.severity}",
        about=f"No finding of severity {opened.severity} is open.",
        level=_LEVELS.get(opened.severity, "error"),
        message=visible(f"Finding {opened.finding}{control}: {opened.what} ({state}).{owner}", limit=_LONGEST),
        fingerprint=_fingerprint("finding", opened.finding),
        place=locate("systems", report.decision.system),
    )


def _fingerprint(*parts: str) -> str:
    return text_digest("\0".join(parts)).removeprefix("sha256:")
