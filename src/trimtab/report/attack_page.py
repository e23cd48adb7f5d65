"""The red team on the page: where attacks get through, what it may cost, what was covered, what would have helped."""

from collections.abc import Callable, Mapping, Sequence

from trimtab.decision.attacks import Baseline, ExpectedCost
from trimtab.kinds import Estimate
from trimtab.report.attack_coverage import coverage_part
from trimtab.report.attack_events import events_part, stops_part
from trimtab.report.attack_pursuits import pursuits_part
from trimtab.report.attack_words import (
    NO_COSTS,
    NOTHING_ASKED,
    ONE_GOAL,
    STEER_BY,
    Worst,
    assumptions,
    attacked,
    hazard,
    log_ends,
    money,
    money_span,
    per,
    worst,
    written,
)
from trimtab.report.charts import Axis, Bars, axis, axis_row, backdrop, interval_row, tick_places
from trimtab.report.figures import Figures, count
from trimtab.report.markup import Markup, element, visible
from trimtab.report.parts import column_heads, label
from trimtab.report.view import Report
from trimtab.report.words import name

_LONGEST = 60  # code points of a family


def attack_sections(report: Report) -> list[Markup]:
    """One section for each metric that counts attacks; none in most reports."""
    return [_section(report, baseline, number) for number, baseline in enumerate(report.attacks.values())]


def _section(report: Report, baseline: Baseline, number: int) -> Markup:
    anchor = f"red-team-{number + 1}" if number else "red-team"
    floor = report.floor(baseline.metric)
    asked = "" if floor else f" {NOTHING_ASKED}"
    of = f"What got through of the attacks of suite {name(baseline.suite)}, by {name(baseline.metric)}."
    about = f"{of}{asked} {ONE_GOAL}"
    kpis = [kpi for candidate in attacked(report) if (kpi := worst(report, baseline.metric, candidate))]
    # The candidate of which least is known to be safe is shown open; the others are one click away.
    opened = max(kpis, key=lambda kpi: kpi.at_most).candidate if kpis else ""
    families = {c: report.groups.get(c, {}).get(baseline.metric, {}) for c in attacked(report)}
    return element(
        "section",
        element("h2", "Red team" if not number else f"Red team: {name(baseline.metric)}", id=anchor),
        element("p", about, class_="about"),
        _kpis(report, baseline.metric, kpis),
        *_rates(report, baseline.metric, "By family of attack", families, opened=opened, called=_family),
        *_rates(report, baseline.metric, "By hazard", baseline.hazards, opened=opened, called=hazard),
        *pursuits_part(report, baseline),
        *_costs(report, baseline, opened),
        *coverage_part(baseline),
        *stops_part(report, baseline, opened),
        *events_part(report, baseline),
        aria_labelledby=anchor,
    )


def _family(text: str) -> str:
    return visible(text, limit=_LONGEST)


# -- rates -------------------------------------------------------------------------


def _kpis(report: Report, metric: str, kpis: Sequence[Worst]) -> Markup | None:
    if not kpis:
        return element("p", "Nothing is known: no attack has an outcome.", class_="alarm")
    figures = written(report, metric, [kpi.rate for kpi in kpis])
    bars = _bars(report, metric, [kpi.rate for kpi in kpis])
    rows = [
        _row(
            name(kpi.candidate),
            f"{visible(kpi.family, limit=_LONGEST)}, {cases_words(kpi.rate)}" if kpi.family else "all attacks together",
            _drawn(bars, kpi.rate, figures, kpi.candidate),
            ("In no family above", element("strong", figures.value(kpi.at_most))),
            ("Seen there", figures.value(kpi.rate.value)),
            ("Highest seen in", highest_words(kpi)),
        )
        for kpi in kpis
    ]
    caption = STEER_BY
    heads = ("Candidate", "Worst family, drawn", "In no family above", "Seen there", "Highest seen in")
    return _table(caption, heads, rows, _ticks(bars, figures))


def highest_words(kpi: Worst) -> str:
    """In which family most got through."""
    if kpi.seen:
        return visible(kpi.seen, limit=_LONGEST)
    return "nothing got through" if kpi.family else "one family only"


def _rates(
    report: Report,
    metric: str,
    title: str,
    rates: Mapping[str, Mapping[str, Estimate]],
    *,
    opened: str,
    called: Callable[[str], str],
) -> list[Markup]:
    shown = [(candidate, rates[candidate]) for candidate in attacked(report) if rates.get(candidate)]
    if not shown:
        return []
    return [element("h3", title), *[_fold(report, metric, title, *one, opened, called) for one in shown]]


def _fold(  # noqa: PLR0917  # one candidate of `_rates`
    report: Report,
    metric: str,
    title: str,
    candidate: str,
    rates: Mapping[str, Estimate],
    opened: str,
    called: Callable[[str], str],
) -> Markup:
    figures = written(report, metric, list(rates.values()))
    bars = _bars(report, metric, list(rates.values()))
    rows = [
        _row(
            called(group),
            "",
            _drawn(bars, rate, figures, called(group)),
            ("Succeed", element("strong", figures.value(rate.value))),
            ("Interval", figures.span(rate.interval)),
            ("Attacks", cases_words(rate)),
        )
        for group, rate in rates.items()
    ]
    first, rate = next(iter(rates.items()))
    heads = (title.removeprefix("By ").capitalize(), "Interval, drawn", "Succeed", "Interval", "Attacks")
    table = _table(f"{title}, worst first", heads, rows, _ticks(bars, figures))
    said = f"worst: {called(first)} {figures.value(rate.value)} ({figures.span(rate.interval)})"
    return folded(candidate, said, table, opened=candidate == opened)


def cases_words(rate: Estimate) -> str:
    """How many attacks at how many goals."""
    gone = f", {count(rate.missing)} without outcome" if rate.missing else ""
    attacks, goals = ("attack" if rate.cases == 1 else "attacks"), ("goal" if rate.count == 1 else "goals")
    return f"{count(rate.cases)} {attacks}, {count(rate.count)} {goals}{gone}"


# -- costs -------------------------------------------------------------------------


def _costs(report: Report, baseline: Baseline, opened: str) -> list[Markup]:
    head = element("h3", "What it may cost")
    costs = baseline.costs
    if costs is None:
        why = NO_COSTS if report.policy.costs is None else "The cases are not known, so no cost can be given."
        return [head, element("p", _code(why), class_="about")]
    tables = {"family": costs.families, "hazard": costs.hazards}
    every = [one for table in tables.values() for rows in table.values() for one in rows.values()]
    if not every and not costs.whole:
        return [head, element("p", _code(assumptions(report, costs)[-1]), class_="about")]
    scale = _money_axis([*costs.whole.values(), *every])
    folds = []
    for candidate in attacked(report):
        rows = (
            [_cost_row(report, scale, "all attacks as asked", costs.whole[candidate])]
            if candidate in costs.whole
            else []
        )
        rows += [
            _cost_row(report, scale, f"{hazard(key) if kind == 'hazard' else visible(key, limit=_LONGEST)}", one, kind)
            for kind, table in tables.items()
            for key, one in sorted(table.get(candidate, {}).items(), key=lambda item: -item[1].high)
        ]
        if rows:
            heads = ("If every attempt were", "Expected cost, drawn", "Expected cost", "Success rate", "One success")
            caption = f"Expected cost {per(costs)}; the scale goes in powers of ten"
            whole = costs.whole.get(candidate)
            said = money_span(report, whole.low, whole.high) if whole else ""
            folds.append(
                folded(
                    candidate,
                    said,
                    _table(caption, heads, rows, _money_ticks(report, scale)),
                    opened=candidate == opened,
                )
            )
    notes = element("ul", *[element("li", _code(line)) for line in assumptions(report, costs)])
    return [head, *folds, element("p", "What these figures rest on:", class_="about"), notes]


def _cost_row(report: Report, scale: Axis, title: str, one: ExpectedCost, kind: str = "") -> Markup:
    said = f"{title}: {money_span(report, one.low, one.high)}"
    figures = Figures(unit="ratio", places=1)
    drawn = interval_row(scale, element("g"), log_ends(one.low, one.high), float("nan"), verdict=None, label=said)
    return _row(
        title,
        f"{kind}, {' and '.join(one.severities)}" if kind else f"{' and '.join(one.severities)}",
        drawn,
        ("Expected cost", element("strong", money_span(report, one.low, one.high))),
        ("Success rate", figures.span(one.rate.interval)),
        ("One success", money_span(report, *one.one)),
    )


def _money_axis(costs: Sequence[ExpectedCost]) -> Axis:
    ends = [end for one in costs for end in (log_ends(one.low, one.high).low, log_ends(one.low, one.high).high)]
    top = max(1.0, float(int(max(ends)) + 1))
    step = 1.0 if top <= 6.0 else 2.0
    return Axis(0.0, top, tuple(step * n for n in range(int(top / step) + 1)))


def _money_ticks(report: Report, scale: Axis) -> Markup:
    shown = [f"{'' if tick else '≤ '}{money(report, 10.0**tick)}" for tick in scale.ticks]
    return axis_row(Bars(axis=scale), shown)


# -- pieces ------------------------------------------------------------------------


def folded(candidate: str, said: str, *inside: object, opened: bool) -> Markup:
    """One candidate's part, folded behind its name and what is most to say of it."""
    summary = element(
        "summary", element("span", name(candidate), class_="metric"), " ", element("span", said, class_="quiet")
    )
    return element("details", summary, *inside, open="open" if opened else None)


def _bars(report: Report, metric: str, rates: Sequence[Estimate]) -> Bars:
    floor = report.floor(metric)
    ends = [n for rate in rates for n in (rate.interval.low, rate.interval.high)]
    bound = floor.bound if floor else None
    shown = [*ends, *([bound] if bound is not None else [])]
    return Bars(axis=axis([0.0, *shown], lowest=0.0, highest=1.0), floor=bound)


def _drawn(bars: Bars, rate: Estimate, figures: Figures, title: str) -> Markup:
    said = f"{visible(title, limit=_LONGEST)}: {figures.value(rate.value)}, {figures.span(rate.interval)}"
    return interval_row(bars.axis, backdrop(bars), rate.interval, rate.value, verdict=None, label=said)


def _ticks(bars: Bars, figures: Figures) -> Markup:
    places = tick_places(bars.axis.ticks, scale=figures.scale)
    plain = Figures(unit=figures.unit, places=places)
    return axis_row(bars, [plain.value(tick) for tick in bars.axis.ticks])


def _row(title: str, beneath: str, drawn: Markup, *cells: tuple[str, object]) -> Markup:
    head = element(
        "th",
        element("span", title, class_="metric"),
        element("span", beneath, class_="asked") if beneath else None,
        scope="row",
        role="rowheader",
    )
    told = [element("td", label(heading), element("span", content), role="cell") for heading, content in cells]
    return element("tr", head, element("td", drawn, class_="plot", role="cell"), *told, role="row")


def _table(caption: str, heads: Sequence[str], rows: Sequence[Markup], ticks: Markup) -> Markup:
    cells = (element("td", role="cell"), element("td", ticks, class_="plot", role="cell"))
    rest = element("td", colspan=len(heads) - 2, role="cell")
    return element(
        "table",
        element("caption", caption),
        element("thead", column_heads(*heads)),
        element("tbody", *rows, role="rowgroup"),
        element("tfoot", element("tr", *cells, rest, role="row", aria_hidden="true")),
        class_="attacks",
        role="table",
    )


def _code(text: str) -> Markup:
    """Text in which what stands in backticks is code."""
    pieces = text.split("`")
    return element("span", *[element("code", piece) if n % 2 else piece for n, piece in enumerate(pieces)])
