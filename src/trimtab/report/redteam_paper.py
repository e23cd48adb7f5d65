"""A red-team baseline as a report: what got through by family and hazard, what it may cost, and what was covered."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from trimtab.decision.attacks import Baseline
from trimtab.kinds import Estimate
from trimtab.report.attack_events import STOPPED_BY
from trimtab.report.attack_page import cases_words, highest_words
from trimtab.report.attack_pursuits import PURSUED, PURSUITS, pursuits_rows
from trimtab.report.attack_words import (
    NO_COSTS,
    NOTHING_ASKED,
    ONE_GOAL,
    STAND_IN,
    STATE,
    STEER_BY,
    assumptions,
    attacked,
    frameworks,
    hazard,
    money_span,
    per,
    replay_command,
    stopped_words,
    stoppings,
    unstopped_words,
    worst,
    written,
)
from trimtab.report.charts import Bars, axis, backdrop, interval_row
from trimtab.report.figures import DASH, Figures, count
from trimtab.report.markup import visible
from trimtab.report.paper import (
    Block,
    Cell,
    Head,
    Items,
    Line,
    Paper,
    Section,
    Table,
    Text,
    Title,
    Word,
    cell,
    lines,
    ticked,
    words,
)
from trimtab.report.redteam import trouble
from trimtab.report.view import Report
from trimtab.report.words import name, work

_EVENTS = 12  # of each candidate; report.json has all
_LONGEST = 60  # code points of a family
_WORST = (
    Head(title="Candidate", share=30), Head(title="Worst family, drawn", share=26),
    Head(title="In no family above", share=15), Head(title="Seen there", share=12),
    Head(title="Highest seen in", share=20),
)  # fmt: skip
_RATES = (
    Head(title="Interval, drawn", share=26), Head(title="Succeed", share=12),
    Head(title="Interval", share=16), Head(title="Attacks", share=24),
)  # fmt: skip


def redteam_paper(report: Report, metric: str) -> Paper:
    """The baseline of one metric that counts attacks.

    Raises:
        KeyError: The run has no attacks under this metric.
    """
    baseline = report.attacks[metric]
    decision, who = report.decision, attacked(report)
    succeeded = sum(len(baseline.successes.get(c, ())) + baseline.unseen.get(c, 0) for c in who)
    parts = (
        ("worst", "In no family above", _worst(report, metric)),
        (
            "families",
            "By family of attack",
            _rates(report, metric, "Family of attack", _families(report, metric), _family),
        ),
        ("hazards", "By hazard", _rates(report, metric, "Hazard", baseline.hazards, hazard)),
        ("pursuits", "Attackers that adapt", _pursuits(report, baseline)),
        ("costs", "What it may cost", _costs(report, baseline)),
        ("coverage", "What was covered", _coverage(baseline)),
        ("stops", "What would have stopped them", _stops(report, baseline)),
        ("events", "What got through", _events(report, baseline)),
    )
    return Paper(
        heading=f"Red-team baseline: {decision.system}",
        title=decision.system,
        kind="Red-team baseline",
        organisation=report.policy.organisation,
        asof=decision.time,
        origin=words(
            "Run ", Word(decision.run, "name"), f" of suite {name(baseline.suite)}, counted by {name(metric)}, under "
            "policy ", Word(decision.policy, "code"), f". {work(report)}.",
        ),
        about=words(" ".join([ONE_GOAL, *([] if report.floor(metric) else [NOTHING_ASKED]), *trouble(report, metric)])),
        facts=(
            ("Candidates attacked", count(len(who))),
            ("Families of attack", count(len({one for own in _families(report, metric).values() for one in own}))),
            ("Attacks that got through", count(succeeded)),
        ),
        sections=tuple(Section(name=n, title=title, blocks=tuple(blocks)) for n, title, blocks in parts if blocks),
    )  # fmt: skip


def _families(report: Report, metric: str) -> Mapping[str, Mapping[str, Estimate]]:
    return {c: report.groups.get(c, {}).get(metric, {}) for c in attacked(report)}


def _family(text: str) -> str:
    return visible(text, limit=_LONGEST)


def _worst(report: Report, metric: str) -> list[Block]:
    kpis = [kpi for candidate in attacked(report) if (kpi := worst(report, metric, candidate))]
    if not kpis:
        return [Text(words=words("Nothing is known: no attack has an outcome."), tone="late")]
    figures = written(report, metric, [kpi.rate for kpi in kpis])
    bars = _bars(report, metric, [kpi.rate for kpi in kpis])
    rows = [
        (
            Cell(
                words=words(name(kpi.candidate)),
                beneath=f"{_family(kpi.family)}, {cases_words(kpi.rate)}" if kpi.family else "all attacks together",
            ),
            _drawn(bars, kpi.rate, figures, kpi.candidate),
            cell(figures.value(kpi.at_most), "strong"),
            cell(figures.value(kpi.rate.value)),
            cell(highest_words(kpi), "soft"),
        )
        for kpi in kpis
    ]
    return [Table(heads=_WORST, rows=tuple(rows), caption=STEER_BY, plots=frozenset({1}))]


def _rates(
    report: Report, metric: str, head: str, rates: Mapping[str, Mapping[str, Estimate]], called: Callable[[str], str]
) -> list[Block]:
    made: list[Block] = []
    shown = [(candidate, rates[candidate]) for candidate in attacked(report) if rates.get(candidate)]
    for candidate, own in shown:
        figures, bars = written(report, metric, list(own.values())), _bars(report, metric, list(own.values()))
        rows = [
            (
                cell(called(group)),
                _drawn(bars, rate, figures, called(group)),
                cell(figures.value(rate.value), "strong"),
                cell(figures.span(rate.interval), "soft"),
                cell(cases_words(rate), "soft"),
            )
            for group, rate in own.items()
        ]
        made += [Title(text=name(candidate))] if len(shown) > 1 else []
        made.append(
            Table(
                heads=(Head(title=head, share=28), *_RATES),
                rows=tuple(rows),
                caption="Worst first.",
                plots=frozenset({1}),
            )
        )
    return made


def _pursuits(report: Report, baseline: Baseline) -> list[Block]:
    rows = [tuple(map(cell, cells)) for cells in pursuits_rows(report, baseline)]
    if not rows:
        return []
    heads = tuple(
        Head(title=title, share=share) for title, share in zip(PURSUITS, (20, 24, 14, 14, 12, 18), strict=True)
    )
    return [Text(words=words(PURSUED), tone="about"), Table(heads=heads, rows=tuple(rows))]


def _costs(report: Report, baseline: Baseline) -> list[Block]:
    costs = baseline.costs
    if costs is None:
        unknown = "The cases are not known, so no cost can be given."
        return [Text(words=ticked(NO_COSTS if report.policy.costs is None else unknown), tone="about")]
    rows = []
    for candidate in attacked(report):
        whole = costs.whole.get(candidate)
        cells = [cell(name(candidate)), cell(money_span(report, whole.low, whole.high) if whole else DASH)]
        for grouped, called in ((costs.families, _family), (costs.hazards, hazard)):
            own = grouped.get(candidate, {})
            dearest = max(own, key=lambda key: own[key].high, default=None)
            shown = DASH if dearest is None else money_span(report, own[dearest].low, own[dearest].high)
            cells.append(Cell(words=words(shown), beneath=called(dearest) if dearest is not None else ""))
        rows.append(tuple(cells))
    heads = ("Candidate", "All attacks as asked", "Dearest family", "Dearest hazard")
    table = Table(
        heads=tuple(Head(title=one, share=25) for one in heads),
        rows=tuple(rows),
        caption=f"Expected cost {per(costs)}.",
    )
    notes = Items(lines=tuple(Line(words=ticked(one)) for one in assumptions(report, costs)))
    return [table, Text(words=words("What these figures rest on:"), tone="about"), notes]


def _coverage(baseline: Baseline) -> list[Block]:
    if baseline.unknown:
        return [Text(words=words(f"Nothing is known of the coverage: {baseline.unknown}."), tone="late")]
    made: list[Block] = []
    for framework in frameworks(baseline):
        states = [(state, [row.control.id for row in framework.rows if row.state == state]) for state in STATE]
        told = [f"{STATE[state]}: {', '.join(ids)}" for state, ids in states if ids and state != "not-by-asking"]
        made += [Title(text=framework.title), Text(words=words(f"{framework}."))]
        made += [Items(lines=lines(told))] if told else []
    return [*made, Text(words=words(STAND_IN), tone="about")]


def _stops(report: Report, baseline: Baseline) -> list[Block]:
    found = []
    for candidate in attacked(report):
        told = baseline.successes.get(candidate, ())
        if told:
            said = [f"{visible(one.who, limit=80)} {count(one.stopped)} of {count(one.of)}" for one in stoppings(told)]
            line = f": {unstopped_words(told)}. Would have stopped: {', '.join(said)}."
            found.append(Line(words=words(Word(name(candidate), "strong"), line)))
    return [Text(words=words(STOPPED_BY), tone="about"), Items(lines=tuple(found))] if found else []


def _events(report: Report, baseline: Baseline) -> list[Block]:
    found = [line for candidate in attacked(report) for line in _told(baseline, candidate)]
    return [Items(lines=tuple(found))] if found else []


def _told(baseline: Baseline, candidate: str) -> Iterator[Line]:
    told = baseline.successes.get(candidate, ())
    for one in told[:_EVENTS]:
        hazards = f", {hazard(one.tried.hazard)}" if one.tried.hazard else ""
        what = f": {one.tried.technique} ({one.tried.family}{hazards}). {stopped_words(one)} "
        again = replay_command(baseline, candidate, one.case) or one.case
        yield Line(words=words(Word(name(candidate), "strong"), visible(what, limit=400), Word(again, "code")))
    rest = len(told) - len(told[:_EVENTS]) + baseline.unseen.get(candidate, 0)
    if rest > 0:
        yield Line(words=words(Word(name(candidate), "strong"), f": {count(rest)} more are in report.json."))


# -- pieces ------------------------------------------------------------------------


def _bars(report: Report, metric: str, rates: Sequence[Estimate]) -> Bars:
    floor = report.floor(metric)
    ends = [n for rate in rates for n in (rate.interval.low, rate.interval.high)]
    bound = floor.bound if floor else None
    shown = [0.0, *ends, *([bound] if bound is not None else [])]
    return Bars(axis=axis(shown, lowest=0.0, highest=1.0), floor=bound)


def _drawn(bars: Bars, rate: Estimate, figures: Figures, title: str) -> Cell:
    said = f"{visible(title, limit=_LONGEST)}: {figures.value(rate.value)}, {figures.span(rate.interval)}"
    return Cell(
        drawn=interval_row(bars.axis, backdrop(bars), rate.interval, rate.value, verdict=None, label=said), said=said
    )
