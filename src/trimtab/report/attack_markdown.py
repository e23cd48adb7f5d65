"""A red-team run in Markdown: the same facts as on the page, in fewer words."""

from collections.abc import Callable, Mapping

from trimtab.decision.attacks import Baseline
from trimtab.kinds import Estimate
from trimtab.report.attack_pursuits import pursuits_markdown
from trimtab.report.attack_words import (
    NO_COSTS,
    STAND_IN,
    STATE,
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
from trimtab.report.escaped import coded, line, named, plain
from trimtab.report.figures import DASH, count
from trimtab.report.markup import visible
from trimtab.report.view import Report

_EVENTS = 10  # of each candidate; report.json has all


def attack_lines(report: Report) -> list[str]:
    """Sections to stand between others; none in most reports. Each can be left out alone if all is too long."""
    return [section for baseline in report.attacks.values() for section in _sections(report, baseline)]


def _sections(report: Report, baseline: Baseline) -> list[str]:
    metric = baseline.metric
    families = {c: report.groups.get(c, {}).get(metric, {}) for c in attacked(report)}
    return [
        f"**Red team: {named(metric)}**",
        _kpis(report, metric),
        _rates(report, metric, "Family of attack", families, lambda text: visible(text, limit=60)),
        _rates(report, metric, "Hazard", baseline.hazards, hazard),
        *([told] if (told := pursuits_markdown(report, baseline)) else []),
        _costs(report, baseline),
        _coverage(baseline),
        _stops(report, baseline),
        _events(report, baseline),
    ]


def _kpis(report: Report, metric: str) -> str:
    lines = [line(["Candidate", "In no family above", "Seen there", "Highest seen in"]), line(["---"] * 4)]
    for candidate in attacked(report):
        kpi = worst(report, metric, candidate)
        if kpi is None:
            lines.append(line([named(candidate), "nothing is known", DASH, DASH]))
            continue
        figures = written(report, metric, [kpi.rate])
        above = f"**{figures.value(kpi.at_most)}**" + (f" ({plain(kpi.family)})" if kpi.family else "")
        lines.append(
            line(
                [
                    named(candidate),
                    above,
                    figures.value(kpi.rate.value),
                    plain(kpi.seen) or ("nothing got through" if kpi.family else DASH),
                ]
            )
        )
    return "\n".join(lines)


def _rates(
    report: Report,
    metric: str,
    head: str,
    rates: Mapping[str, Mapping[str, Estimate]],
    called: Callable[[str], str],
) -> str:
    names = list(dict.fromkeys(group for own in rates.values() for group in own))
    if not names:
        return ""
    candidates = attacked(report)
    figures = written(report, metric, [rate for own in rates.values() for rate in own.values()])
    lines = [line([head, *map(named, candidates)]), line(["---"] * (1 + len(candidates)))]
    high = {name: max(own[name].interval.high for own in rates.values() if name in own) for name in names}
    for name in sorted(names, key=lambda one: -high[one]):
        cells = [
            f"{figures.value(rate.value)} ({figures.span(rate.interval)})"
            if (rate := rates.get(candidate, {}).get(name))
            else DASH
            for candidate in candidates
        ]
        lines.append(line([plain(called(name)), *cells]))
    return "\n".join(lines)


def _costs(report: Report, baseline: Baseline) -> str:
    costs = baseline.costs
    if costs is None:
        return (
            plain(NO_COSTS, code=True)
            if report.policy.costs is None
            else "No cost can be given: the cases are unknown."
        )
    lines = [f"**Expected cost {plain(per(costs))}**", ""]
    lines += [line(["Candidate", "All attacks as asked", "Dearest family", "Dearest hazard"]), line(["---"] * 4)]
    for candidate in attacked(report):
        whole = costs.whole.get(candidate)
        cells = [money_span(report, whole.low, whole.high) if whole else DASH]
        for table, called in ((costs.families, str), (costs.hazards, hazard)):
            rows = table.get(candidate, {})
            dearest = max(rows, key=lambda key: rows[key].high, default=None)
            known = rows[dearest] if dearest is not None else None
            cells.append(
                f"{plain(called(dearest))}: {money_span(report, known.low, known.high)}" if known and dearest else DASH
            )
        lines.append(line([named(candidate), *cells]))
    return "\n".join([*lines, "", *[f"- {plain(one, code=True)}" for one in assumptions(report, costs)]])


def _coverage(baseline: Baseline) -> str:
    if baseline.unknown:
        return f"**Coverage:** nothing is known of it: {plain(baseline.unknown)}."
    lines = ["**Coverage**, read off the cases that have an outcome:", ""]
    for framework in frameworks(baseline):
        lines.append(f"- {plain(framework.title)}: {framework}.")
        for state in ("tested", "stand-in", "not-asked", "no-attack"):
            ids = [row.control.id for row in framework.rows if row.state == state]
            if ids:
                lines.append(f"  - {STATE[state]}: {plain(', '.join(ids))}")
    return "\n".join([*lines, "", plain(STAND_IN)])


def _stops(report: Report, baseline: Baseline) -> str:
    lines = []
    for candidate in attacked(report):
        told = baseline.successes.get(candidate, ())
        if told:
            said = [f"{plain(one.who)} {count(one.stopped)} of {count(one.of)}" for one in stoppings(told)]
            lines.append(f"- {named(candidate)}: {unstopped_words(told)}. Would have stopped: {', '.join(said)}.")
    return "\n".join(["**What would have stopped them**", "", *lines]) if lines else ""


def _events(report: Report, baseline: Baseline) -> str:
    lines = []
    for candidate in attacked(report):
        told = baseline.successes.get(candidate, ())
        for one in told[:_EVENTS]:
            command = replay_command(baseline, candidate, one.case) or one.case
            hazards = f", {plain(hazard(one.tried.hazard))}" if one.tried.hazard else ""
            head = f"{named(candidate)}: {plain(one.tried.technique)} ({plain(one.tried.family)}{hazards})"
            lines.append(f"- {head}. {plain(stopped_words(one))} {coded(command)}")
        rest = len(told) - len(told[:_EVENTS]) + baseline.unseen.get(candidate, 0)
        if rest > 0:
            lines.append(f"- {named(candidate)}: {count(rest)} more are in report.json.")
    if not lines:
        return ""
    return "<details><summary>What got through, one by one</summary>\n\n" + "\n".join(lines) + "\n\n</details>"
