"""Performance against safety: the candidates as points, the forbidden region beside them, the numbers below."""

import math
from dataclasses import replace

from trimtab.decision.headroom import Used
from trimtab.decision.model import CandidateDecision
from trimtab.kinds import Estimate, Missing
from trimtab.report.charts import Plane, Point, axis, scatter, tick_places
from trimtab.report.figures import DASH, Figures, figures
from trimtab.report.markup import Markup, element, escape
from trimtab.report.parts import chip, column_heads, key, label, pair, row_head, term
from trimtab.report.view import Report, seen
from trimtab.report.words import missing_words, name, share_words, tightest

_WIDEST = 1.6  # shares of a floor beyond this are drawn at the edge, with the number in words
_LABEL = 16  # code points beside a point, on a phone
_NAMED = 6  # points
_MOST = 40  # candidates in one picture
_PERCENT = Figures(unit="ratio", places=0)


def safety_section(report: Report) -> Markup | None:
    """The scatter of the candidates, and the table it is drawn from."""
    aim = report.decision.maximise[0]
    edge = {s.candidate for s in report.tradeoff.standings if s.frontier} if report.tradeoff else set()
    drawable = report.candidates
    if len(drawable) > _MOST:  # many points of a grid: those that were tested, and those that nobody beats
        tested = {c.candidate for c in report.shown}
        drawable = tuple(c for c in drawable if c.candidate in tested | edge) or drawable
    placed = [(c, tightest(report, c), seen(c, aim)) for c in drawable]
    if not any(used for _, used, _ in placed):
        return None
    written = figures(report, aim)
    better = report.better(aim)
    about = element(
        "p",
        "Each candidate by ",
        element("b", aim),
        f" ({better} is better, drawn upwards) and by how much of its tightest ",
        term("floor"),
        " it uses up: 0% is flawless, 100% is the floor itself, and beyond it lies what the policy forbids. "
        "Lines show the intervals.",
        class_="about",
    )
    drawn_all = [_point(report, c, used, known, written) for c, used, known in placed]
    points = [
        point and replace(point, frontier=c.candidate in edge)
        for point, (c, _, _) in zip(drawn_all, placed, strict=True)
    ]
    # Long or many names hide the marks beside them, so points then get the number of their row in the table.
    numbered = len(placed) > _NAMED or any(len(point.label) > _LABEL for point in points if point)
    numbers = [str(number) if numbered else "" for number in range(1, len(placed) + 1)]
    drawn = [replace(p, label=number or p.label) for p, number in zip(points, numbers, strict=True) if p]
    chart = _scatter(report, drawn, written, aim) if drawn else None
    rows = [_safety_row(report, *row, written, number=number) for row, number in zip(placed, numbers, strict=True)]
    table = element(
        "table",
        element("caption", "The same in numbers", _left_out(report, len(drawable))),
        element("thead", column_heads("Candidate", aim, "Tightest floor", "Used of it", "Verdict")),
        element("tbody", *rows, role="rowgroup"),
        class_="numbers-table",
        role="table",
    )
    title = element("h2", "Performance against safety", id="safety")
    return element("section", title, about, chart, table, aria_labelledby="safety")


def _left_out(report: Report, drawn: int) -> str:
    rest = len(report.candidates) - drawn
    return f"; {rest:,} more candidates were neither tested nor on the frontier" if rest else ""


def _point(
    report: Report, candidate: CandidateDecision, used: Used | None, known: Estimate | Missing, written: Figures
) -> Point | None:
    if used is None or isinstance(known, Missing) or not known.known or not math.isfinite(used.value):
        return None
    sentence = (
        f"{name(candidate.candidate)}: {written.value(known.value)}, uses {share_words(used.value)} "
        f"of the floor under {used.metric}, {candidate.verdict}"
    )
    far = f" at {share_words(used.value)}" if used.value > _WIDEST else ""
    return Point(
        label=f"{name(candidate.candidate)}{far}",
        x=used.value,
        x_ends=(used.best, used.worst),
        y=known.value,
        y_ends=(known.interval.low, known.interval.high),
        verdict=candidate.verdict,
        winner=candidate.candidate == report.winner,
        sentence=sentence,
    )


def _scatter(report: Report, points: list[Point], written: Figures, aim: str) -> Markup:
    across = [min(n, _WIDEST) for p in points for n in (p.x, *p.x_ends)]
    ratio = report.unit(aim) == "ratio"
    x = axis([0.0, 1.0, 1.25, *across], lowest=0.0, highest=_WIDEST)
    ends = (0.0, 1.0) if ratio else (-math.inf, math.inf)
    y = axis([n for p in points for n in (p.y, *p.y_ends)], lowest=ends[0], highest=ends[1], room=0.12)
    ticks = replace(written, places=tick_places(y.ticks, scale=written.scale))
    plane = Plane(
        x=x,
        y=y,
        up=report.better(aim) == "higher",
        x_ticks=[_PERCENT.value(tick) for tick in x.ticks],
        y_ticks=[ticks.value(tick) for tick in y.ticks],
        limit=1.0,
    )
    described = f"Scatter of {len(points)} candidates: {aim} against the share of the tightest floor used. Table below."
    legend = element(
        "figcaption",
        element("span", "share of the tightest floor used →", class_="axis-name"),
        key("tint", "forbidden by the floors"),
        key("dot", "passes"),
        key("hollow", "inconclusive"),
        key("cross", "fails"),
        key("ring", "chosen") if report.winner else None,
        key("frontier", "frontier: nobody is as good in both") if any(point.frontier for point in points) else None,
        class_="key",
    )
    upwards = element("p", f"{aim} ↑ better", class_="axis-name")
    return element("figure", upwards, element("div", scatter(plane, points, label=described), class_="plane"), legend)


def _safety_row(
    report: Report,
    candidate: CandidateDecision,
    used: Used | None,
    known: Estimate | Missing,
    written: Figures,
    *,
    number: str,
) -> Markup:
    aim = report.decision.maximise[0]
    if isinstance(known, Missing):
        performance: object = f"no data: {missing_words(known)}"
    else:
        performance = pair(written.value(known.value), written.span(known.interval))
    if used is None:
        tightest_floor, share = DASH, escape(DASH)
    else:
        tightest_floor, share = used.metric, pair(share_words(used.value), f"at worst {share_words(used.worst)}")
    return element(
        "tr",
        row_head(report, candidate, number=number),
        _labelled(aim, performance),
        _labelled("Tightest floor", tightest_floor),
        _labelled("Used of it", share),
        _labelled("Verdict", chip(candidate.verdict)),
        role="row",
    )


def _labelled(heading: str, content: object) -> Markup:
    return element("td", label(heading), element("span", content), role="cell")
