"""Why a verdict fell, in five sentences for somebody who is no statistician."""

import math
from dataclasses import dataclass

from trimtab.decision.model import CandidateDecision, Judgement, Verdict
from trimtab.kinds import Estimate, Missing, Shape
from trimtab.report.figures import about, count, figures
from trimtab.report.markup import visible
from trimtab.report.sampling import sequential
from trimtab.report.view import Report, Requirement
from trimtab.report.words import missing_words, name, requirement, untested
from trimtab.stats import share_of_look, units_to_prove

_ORDER = (
    "From a grid those along the order are tested and nobody else, until the first that is not certified; that is what "
    "keeps many candidates from finding a lucky one among them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One verdict and its story, a sentence each."""

    candidate: str
    metric: str
    asked: str
    verdict: Verdict
    sentences: tuple[str, ...]


def explain(report: Report, *, candidate: str = "", metric: str = "") -> list[Explanation]:
    """The verdicts of a candidate (all if none is named), on a metric (all if none is named)."""
    return [
        Explanation(
            candidate=one.candidate,
            metric=judged.metric,
            asked=judged.asked,
            verdict=judged.verdict,
            sentences=_sentences(report, one, judged),
        )
        for one in report.candidates
        if candidate in ("", one.candidate)
        for judged in sorted(one.judgements, key=lambda judged: judged.verdict is not Verdict.FAIL)
        if metric in ("", judged.metric)
    ]


def _sentences(report: Report, candidate: CandidateDecision, judged: Judgement) -> tuple[str, ...]:
    if untested(report, candidate) and judged.verdict is Verdict.INCONCLUSIVE:
        return (
            _question(report, judged),
            _observation(report, candidate, judged),
            visible(judged.reason),
            _ORDER,
            "For a verdict of its own, write it out as a candidate in a policy without a grid.",
        )
    return tuple(
        sentence
        for sentence in (
            _question(report, judged),
            _observation(report, candidate, judged),
            _conclusion(report, judged),
            _why_there(report, judged),
            _what_else(report, judged),
        )
        if sentence
    )


def _question(report: Report, judged: Judgement) -> str:
    spec = report.metric(judged.metric)
    asked = requirement(report, Requirement(asked=judged.asked, metric=judged.metric))
    question = f"“{spec.question}”" if spec else judged.metric
    sure = f"{report.decision.confidence * 100:.4g}%"
    if judged.asked == "red-line":
        return f"The question is {question}, and the policy allows {asked}: it is a red line."
    return f"The question is {question}, the policy asks for {asked}, and it wants to be {sure} sure of the choice."


def _observation(report: Report, candidate: CandidateDecision, judged: Judgement) -> str:
    known = judged.seen
    if isinstance(known, Missing):
        return f"Of {name(candidate.candidate)} nothing is known here: {missing_words(known)}."
    written = figures(report, judged.metric, asked=judged.asked)
    drawn = ", asked in an order that was drawn and recorded before" if sequential(report) else ""
    cases = f"{count(known.cases)} cases ({count(known.count)} of them independent)"
    cases = f"{count(known.cases)} independent cases" if known.cases == known.count else cases
    gone = f"; {count(known.missing)} had no score and count as the worst they could have been" if known.missing else ""
    if not known.known:
        return f"{name(candidate.candidate)} was asked {cases}{drawn}, and none has a score."
    if judged.asked == "regression":
        return (
            f"On the same {cases}, {name(candidate.candidate)} differs from "
            f"{name(report.decision.baseline)} by {written.value(known.value)}{gone}."
        )
    if judged.asked == "mitigation":
        theirs, shown = name(report.decision.baseline), written.value(known.value)
        return f"On the same {cases}, {shown} of the gap of {theirs} is gone in {name(candidate.candidate)}{gone}."
    if judged.asked == "gap":
        spec = report.metric(judged.metric)
        gold = name(spec.gold.metric) if spec and spec.gold else "those whose word counts"
        shown = written.value(known.value)
        who = name(candidate.candidate)
        return f"On the same {cases}, the metric makes {who} look better than {gold} by {shown}{gone}."
    return f"{name(candidate.candidate)} was asked {cases}{drawn}, and shows {written.value(known.value)}{gone}."


def _conclusion(report: Report, judged: Judgement) -> str:
    known = judged.seen
    if isinstance(known, Missing):
        return "Silence proves nothing, so it does not pass."
    written = figures(report, judged.metric, asked=judged.asked)
    span = written.span(known.interval)
    if judged.asked == "red-line":
        return {
            Verdict.PASS: "No event was seen, so it passes; how rare events are is for a floor to say.",
            Verdict.FAIL: "One event would have been enough, so it fails.",
            Verdict.INCONCLUSIVE: "It cannot be told whether there was an event, so it does not pass.",
        }[judged.verdict]
    if judged.unconfirmed:
        return f"On its own word, {span}, it would pass; but nobody independent confirms it, so it does not."
    if judged.asked == "gap" and judged.verdict is Verdict.FAIL and known.interval.low <= judged.bound:
        return f"These cases alone, {span}, would not refute it; with those of earlier runs they do, so it fails."
    if judged.verdict is Verdict.PASS:
        return f"The truth may lie anywhere in {span}, all of it on the accepted side, so it passes."
    if judged.verdict is Verdict.FAIL:
        return f"The truth may lie anywhere in {span}, all of it on the forbidden side, so it fails."
    if not known.known:
        return "Silence proves nothing, so it does not pass and is not failed."
    where = f"anywhere in {span}" if math.isfinite(known.interval.high) and math.isfinite(known.interval.low) else span
    return f"The truth may lie {where}; that neither proves nor refutes what is asked, so it stays open."


def _why_there(report: Report, judged: Judgement) -> str:
    if judged.asked == "red-line" or isinstance(judged.seen, Missing):
        return ""
    if judged.unconfirmed:
        return "A detector that guards what it judges, or a judge whom another contradicts, proves nothing alone."
    wrong = report.decision.alpha * share_of_look(judged.look)
    odds = f"one time in {about(round(1 / wrong))}"
    look = f", at look {judged.look} of the system at these cases" if judged.look > 1 else ""
    number = len(report.candidates)
    shared = f" with {number} candidates to choose from{look}" if number > 1 else look
    if judged.verdict is Verdict.INCONCLUSIVE and judged.hopeless:
        return "Measuring stopped because a candidate well within the floor would hardly look like this."
    if judged.verdict is Verdict.PASS:
        held = " at whatever moment one looks" if sequential(report) else ""
        return (
            f"A candidate that breaks this would pass less than {odds}{held}, which is what the policy allows{shared}."
        )
    if judged.verdict is Verdict.FAIL:
        return "A candidate that meets this would hardly ever look so bad, even with all that is asked of it counted."
    return f"Luck alone could make it look like this: the policy lets luck decide at most {odds}{shared}."


def _what_else(report: Report, judged: Judgement) -> str:
    if judged.unconfirmed and judged.needed is None:
        return "Name an independent judge in the policy (`judged_by`), or take the detector out of the guard."
    if judged.verdict is Verdict.INCONCLUSIVE:
        if judged.needed is not None:
            return f"About {about(judged.needed)} further independent cases like these would probably decide."
        if isinstance(judged.seen, Missing) or judged.seen.missing:
            return "More cases like these would not decide it: see what is missing."
        return "More cases like these would not decide it."
    floor = report.floor(judged.metric)
    rate = report.started.metrics.get(judged.metric, {}).get("shape") == Shape.RATE.value
    if judged.asked != "floor" or floor is None or not rate or not 0.0 < floor.bound < 1.0:
        return ""
    alpha = report.decision.alpha * share_of_look(judged.look)
    least = units_to_prove(floor.bound, side="at_most" if floor.at_most is not None else "at_least", alpha=alpha)
    if sequential(report) and least is not None and isinstance(judged.seen, Estimate):
        return f"Without a single failure {count(least)} independent cases would prove it; every failure asks for more."
    return ""
