"""A decision in plain sentences, the same in every format."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from trimtab.decision import headroom
from trimtab.decision.headroom import Used
from trimtab.decision.model import Asked, CandidateDecision, Judgement, Verdict
from trimtab.kinds import NOT_IMPORTED, Estimate, Missing
from trimtab.report.figures import SHARE, Figures, about, count, duration, figures, unit_figures
from trimtab.report.markup import visible
from trimtab.report.view import Report, Requirement

SYMBOL: Mapping[Verdict, str] = MappingProxyType({Verdict.PASS: "✓", Verdict.FAIL: "✕", Verdict.INCONCLUSIVE: "?"})
WORD: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.PASS: "Pass", Verdict.FAIL: "Fail", Verdict.INCONCLUSIVE: "Inconclusive"}
)

GLOSSARY: Mapping[str, str] = MappingProxyType(
    {
        "system": "The AI product under test.",
        "candidate": "One version of the system: a model, a quantisation, a prompt.",
        "baseline": "The candidate in production, with which the others are compared.",
        "metric": "Measures one thing, one case at a time.",
        "target": "The number aimed at.",
        "floor": "The minimum accepted. It may be a lower bound (at least) or an upper bound (at most).",
        "red line": "An event that must never happen: one confirmed event fails, whatever the rate.",
        "regression": "How much worse a candidate is than the baseline on the same cases.",
        "mitigation": "What share of the baseline's gap between groups is gone, on the same cases.",
        "gap": "How much better a metric says that a candidate is than those do whose word counts.",
        "pass": "The whole interval is on the accepted side of the floor.",
        "hopeless": "Not refuted, and far from proved: a candidate well within the floor would hardly look like it.",
        "look": "Measuring a system on cases that it was measured on before. All looks share one error budget.",
        "fail": "The whole interval is on the forbidden side of the floor.",
        "inconclusive": "The evidence does not decide. It counts as not passed.",
        "interval": "The values that the evidence leaves plausible. Its worse end decides, not its middle.",
        "independent cases": "Cases that do not share a template or a person; variants of one count once.",
        "missing": "Cases without a score. They are counted as the worst that they could have been, on both ends.",
        "margin": "How much worse than the baseline the policy tolerates.",
        "tier": "A risk class: the floors that apply, and how surely they must be proved.",
        "digest": "A fingerprint (SHA-256). Whatever changes, changes it.",
        "ledger": "The append-only record of everything measured; each row carries a hash of the one before.",
    }
)

KIND: Mapping[Asked, str] = MappingProxyType(
    {"floor": "", "red-line": "red line: ", "regression": "regression: ", "mitigation": "mitigation: ", "gap": "gap: "}
)
"""What stands before a requirement that is no plain floor."""

_WHY_MISSING: Mapping[str, str] = MappingProxyType(
    {
        "not-measured": "not measured",
        "no-cases": "no cases",
        "timeout": "every case timed out",
        "budget": "the budget ended first",
        "interrupted": "the run was interrupted",
        "no-baseline": "there is no baseline",
        "judges-disagree": "judges disagree",
        "order-decides": "the judge says otherwise the other way round",
        NOT_IMPORTED: "nothing imported",
        "no-baseline-gap": "the baseline's gap is not clearly above zero",
        "takes-no-side": "some answers take no side",
        "no-sides": "no answer takes a side",
    }
)


_PERCENT = Figures(unit="ratio", places=0)
_TENTHS = Figures(unit="ratio", places=1)
_NAME = 80  # code points; policies allow no longer names, but a ledger may have been tampered with
_REASON = 1000


def name(text: str) -> str:
    """A name as it may be shown inside a sentence, a cell or a chart."""
    return visible(text, limit=_NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The decision in one line, why, and what would change it."""

    verdict: Verdict
    title: str
    why: str
    changes: tuple[str, ...]


def headline(report: Report) -> Headline:
    """What to do, in words."""
    decision, why = report.decision, visible(report.decision.reason, limit=_REASON)
    if report.ledger.verified is False:
        why = "The ledger was altered after it was written, so its evidence proves nothing."
        return Headline(verdict=report.verdict, title="No decision: the ledger does not verify", why=why, changes=())
    if report.held is not None and report.holds:
        held = report.held
        waits = held.verdict is Verdict.INCONCLUSIVE
        title = f"{name(held.candidate)} waits for consent" if waits else f"Hold {name(held.candidate)} back"
        return Headline(verdict=report.verdict, title=title, why=visible(held.why, limit=_REASON), changes=())
    if report.winner:
        kept = report.winner == decision.baseline
        title = f"Keep {name(report.winner)}" if kept else f"Ship {name(report.winner)}"
        changes = _challengers(report)
    elif report.verdict is Verdict.FAIL:
        title = "Ship none: no candidate clears every floor"
        changes = [line for c in report.shown for line in _obstacles(report, c)]
    elif not any(c.judgements for c in report.candidates):
        title = f"{'Red-team baseline' if report.attacks else 'Measured'}: there is no floor, so nothing is decided"
        known = _baseline(report)
        why = known or why
        changes = [] if known else [line for c in report.shown for line in _obstacles(report, c)]
    else:
        title = "Not enough evidence to decide"
        open_first = sorted(report.shown, key=lambda c: c.verdict is Verdict.FAIL)
        changes = [line for c in open_first for line in _obstacles(report, c)]
    changes += [report.untold] if report.untold else []
    return Headline(verdict=report.verdict, title=title, why=why, changes=tuple(changes))


def next_step(report: Report) -> str:
    """What the reader does now."""
    if report.ledger.verified is False:
        return "Restore the ledger from a copy; `trimtab ledger verify` names the first bad row."
    if report.holds:
        return "Ship nothing yet: what is missing is said above."
    if report.winner:
        kept = report.winner == report.decision.baseline
        shipped = (
            f"Ship {name(report.winner)}, and name run `{name(report.decision.run)}` where you record the release."
        )
        return f"Keep {name(report.winner)} in production." if kept else shipped
    if report.verdict is Verdict.FAIL:
        return "Mend a candidate or add another to the policy, then run `trimtab run` again."
    if not any(c.judgements for c in report.candidates):
        if report.attacks:
            return (
                "Mend where it breaks, then give `attack_success` a floor in the policy: `trimtab run` will judge it."
            )
        return "Give what was measured a floor in the policy, and `trimtab run` will judge it."
    if any(c.verdict is not Verdict.FAIL for c in report.candidates) and all(
        c.verdict is Verdict.FAIL or any(j.hopeless for j in c.judgements) for c in report.candidates
    ):
        return "Mend a candidate: more of the same cases would hardly prove that one of these is good enough."
    if report.finished is not None and report.finished.outcome == "budget":
        return "Run the same command again, which goes on where it stopped, or raise the budget."
    steps = _more_cases(report)
    if steps:
        said = _joined(steps)
        return f"{said[0].upper()}{said[1:]} and run `trimtab run` again."
    return "See what is missing, mend it and run `trimtab run` again."


def requirement(report: Report, row: Requirement) -> str:
    """A requirement in the units of the report: "at most 2%"."""
    bounds = [j for c in report.candidates for j in c.judgements if (j.asked, j.metric) == (row.asked, row.metric)]
    if row.asked == "red-line":
        return "no event at all"
    if row.asked == "regression":
        margin = unit_figures(report, row.metric, difference=True).bound(bounds[0].bound)
        return f"at most {margin} worse than {name(report.decision.baseline) or 'the baseline'}"
    if row.asked == "mitigation":
        share = SHARE.bound(bounds[0].bound)
        return f"at least {share} of the gap of {name(report.decision.baseline) or 'the baseline'} gone"
    if row.asked == "gap":
        bound = unit_figures(report, row.metric, difference=True).bound(bounds[0].bound)
        spec = report.metric(row.metric)
        return f"at most {bound} better than {name(spec.gold.metric) if spec and spec.gold else 'its gold'} says"
    floor = report.floor(row.metric)
    if floor is None:  # judged under a requirement that the tier no longer names: the judgement's own words
        return bounds[0].requirement
    written = figures(report, row.metric) if report.unit(row.metric) == "seconds" else unit_figures(report, row.metric)
    return f"{side(report, row.metric)} {written.bound(floor.bound)}"


def unmeasured(report: Report) -> str:
    """What becomes of cases that were not asked when a run ended before its time."""
    if report.started.sampling != "fixed":
        return "What was not asked proves nothing; what was asked before counts."
    return "What was not measured counts as missing."


def no_floor(report: Report, metric: str) -> str:
    """What is said of a metric of which nothing was asked."""
    return "maximised, no floor" if metric in report.decision.maximise else "no floor"


def work(report: Report) -> str:
    """What the run cost, and how much of it went wrong."""
    finished = report.finished
    if finished is None:
        return "cut off before its end"
    failed = [f"{count(number)} {visible(reason, limit=_NAME)}" for reason, number in finished.errors.items()]
    return (
        f"{_some(finished.calls, 'call')}, {count(finished.cached)} from the cache, {_some(finished.tokens, 'token')}, "
        f"{duration(finished.seconds)}; failed tries, repeated where that may help: {', '.join(failed) or 'none'}"
    )


def _some(number: int, noun: str) -> str:
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def side(report: Report, metric: str) -> str:
    """Which way the metric's floor points."""
    floor = report.floor(metric)
    return "at least" if floor is not None and floor.at_least is not None else "at most"


def missing_words(missing: Missing) -> str:
    """Why nothing is known, for people."""
    return _WHY_MISSING.get(missing.reason) or name(missing.reason)


def needs(judged: Judgement) -> str:
    """How many further cases would probably decide; empty when that is not the question."""
    if judged.verdict is not Verdict.INCONCLUSIVE or judged.needed is None:
        return ""
    return f"{'hopeless:' if judged.hopeless else 'needs'} ~{about(judged.needed)} more"


def moment(time: int) -> str:
    """A moment in microseconds since the epoch, to the minute, UTC."""
    stamp = datetime.fromtimestamp(time / 1e6, tz=UTC)
    return f"{stamp.day} {stamp:%B %Y, %H:%M} UTC"


def tightest(report: Report, candidate: CandidateDecision) -> Used | None:
    """The floor of which the candidate uses up most; None when no floor has an estimate."""
    units = {metric: report.unit(metric) for metric in report.tier.floors}
    return headroom.tightest(candidate.judgements, report.tier.floors, units)


def untested(report: Report, candidate: CandidateDecision) -> bool:
    """Whether it is a point of a grid that the test did not come to."""
    return report.decision.rule == "pareto" and candidate.candidate not in report.decision.tested


def share_words(number: float) -> str:
    """A share of a floor that is used up, as a percentage; what is far beyond is said to be."""
    if math.isnan(number):
        return "unknown"
    if math.isinf(number) or number >= 10.0:
        return "over 1,000%" if number > 10.0 or math.isinf(number) else "1,000%"
    return _PERCENT.value(number)


def _baseline(report: Report) -> str:
    """What a red-team run says of each candidate that was attacked: the worst that its worst family may come to."""
    said = []
    for metric in report.attacks:
        for candidate in report.started.candidates:
            rates = report.groups.get(candidate, {}).get(metric, {}).values()
            if rates:
                at_most = _TENTHS.value(max(rate.interval.high for rate in rates))
                said.append(f"{at_most} at {name(candidate)}")
    return f"In no family of attacks do more succeed than {'; '.join(said)}." if said else ""


def _obstacles(report: Report, candidate: CandidateDecision, *, shown: int = 2) -> list[str]:
    """What stands between a candidate and PASS, in one line; only the failures if it has any."""
    blocking = [j for j in candidate.judgements if j.verdict is candidate.verdict]
    if candidate.verdict is Verdict.PASS:
        return []
    if untested(report, candidate) and blocking and candidate.verdict is Verdict.INCONCLUSIVE:
        return [f"{name(candidate.candidate)}: {visible(blocking[0].reason, limit=_REASON)}"]
    if not blocking:
        return [f"{name(candidate.candidate)}: no floor was set for it, so nothing is proved."]
    rest = len(blocking) - shown
    said = [_obstacle(report, j) for j in blocking[:shown]]
    if rest > 0:
        said.append(f"{rest} more of its requirements {'is' if rest == 1 else 'are'} not met.")
    return [f"{name(candidate.candidate)}: {' '.join(said)}"]


def _obstacle(report: Report, judged: Judgement) -> str:
    asked = requirement(report, Requirement(asked=judged.asked, metric=judged.metric))
    if judged.asked == "mitigation":
        return _unmitigated(report, judged)
    if isinstance(judged.seen, Missing):
        why = judged.seen.detail if judged.seen.reason == NOT_IMPORTED else ""
        return f"{judged.metric} must be measured ({visible(why, limit=_REASON) or missing_words(judged.seen)})."
    written = figures(report, judged.metric, asked=judged.asked)
    measured = f"{written.value(judged.seen.value)} ({written.span(judged.seen.interval)})"
    if judged.asked == "red-line":
        return f"{judged.metric} is a red line: one event fails, and it was seen in {measured}."
    if judged.verdict is Verdict.FAIL:
        return f"{judged.metric} is {measured} and must be {asked}."
    if judged.hopeless:
        more = f"; proving it would take about {about(judged.needed)} more cases" if judged.needed is not None else ""
        return f"{judged.metric} is {measured} and must be {asked}, which there was no hope to prove{more}."
    if judged.needed is not None:
        return (
            f"{judged.metric} is {measured} and must be {asked}; "
            f"about {about(judged.needed)} more independent cases would probably decide."
        )
    return f"{judged.metric} is {measured} and must be {asked}; more of the same cases cannot decide it."


def _unmitigated(report: Report, judged: Judgement) -> str:
    of = f"of the gap of {name(report.decision.baseline) or 'the baseline'} in {judged.metric}"
    asked = f"at least {SHARE.bound(judged.bound)} must be"
    more = f"; about {about(judged.needed)} more independent cases would probably decide" if judged.needed else ""
    if isinstance(judged.seen, Missing):
        return f"What share {of} is gone cannot be said ({missing_words(judged.seen)}), and {asked}{more}."
    written = figures(report, judged.metric, asked="mitigation")
    return f"{written.value(judged.seen.value)} ({written.span(judged.seen.interval)}) {of} is gone, and {asked}{more}."


def _challengers(report: Report) -> list[str]:
    """What could overturn a PASS: the winner's own tightest floor, and those that did not clear theirs."""
    lines = []
    winner = next((c for c in report.candidates if c.candidate == report.winner), None)
    used = tightest(report, winner) if winner else None
    if winner and used and math.isfinite(used.worst):
        row = Requirement(asked="floor", metric=used.metric)
        judged = next(j for j in winner.judgements if j.asked == "floor" and j.metric == used.metric)
        assert isinstance(judged.seen, Estimate)
        lines.append(
            f"{name(winner.candidate)}: its tightest floor is {used.metric}, {requirement(report, row)}; "
            f"the evidence says {figures(report, used.metric).span(judged.seen.interval)}."
        )
    for candidate in report.shown:
        if candidate is not winner:
            lines += _obstacles(report, candidate)
    return lines


def _more_cases(report: Report) -> list[str]:
    """What to do, in the imperative, so that the suites that would help have more cases."""
    short = {
        spec.source.suite
        for c in report.shown
        for j in c.judgements
        if j.verdict is Verdict.INCONCLUSIVE
        and j.needed is not None
        and isinstance(j.seen, Estimate)
        and j.seen.known
        and (spec := report.metric(j.metric))
    }
    raised = sorted(suite for suite in short if not _exhausted(report, suite))
    steps = [f"raise `cases` of {_joined(raised)} in the policy"] if raised else []
    for suite in sorted(short.difference(raised)):
        source = report.policy.suites.get(suite)
        if source and source.run:
            steps.append(f"have {name(source.imported)} ask more for {name(suite)}: raise what its `run` asks")
        elif source and source.imported:
            steps.append(f"import more results of {name(source.imported)} for {name(suite)}")
        elif source and source.file:
            steps.append(f"add rows to {name(source.file)} (all that {name(suite)} has were asked)")
        else:
            steps.append(f"find more cases for {name(suite)} (all that it has were asked)")
    return steps


def _exhausted(report: Report, suite: str) -> bool:
    """Whether every case that the suite has was asked for: raising `cases` would then bring none."""
    spec, had = report.policy.suites.get(suite), report.started.suites.get(suite, {}).get("cases")
    return spec is not None and (bool(spec.imported) or (isinstance(had, int) and had < spec.cases))


def _joined(texts: list[str]) -> str:
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
