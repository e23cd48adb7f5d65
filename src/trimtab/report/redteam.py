"""A red-team baseline in a terminal: success by family of attack, the worst family, and what to try again."""

from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from trimtab.decision.attacks import Baseline
from trimtab.decision.model import CandidateDecision
from trimtab.kinds import Estimate, Missing
from trimtab.report.attack_data import attacks_data
from trimtab.report.attack_pursuits import idle_writers, pursuits_table
from trimtab.report.attack_words import (
    NO_COSTS,
    frameworks,
    money_span,
    per,
    replay_command,
    stoppings,
    unstopped_words,
)
from trimtab.report.figures import count, fitting, unit_figures
from trimtab.report.markup import visible
from trimtab.report.sampling import looks
from trimtab.report.view import Report
from trimtab.report.words import missing_words, name, work

_AGAIN = 5  # of each candidate; the page has more


def redteam_view(report: Report, metric: str) -> RenderableType:
    """Families down, candidates across; below, the worst family of each and examples to try again."""
    families = _families(report, metric)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("family of attack", overflow="fold")
    for candidate in _attacked(report):
        table.add_column(name(candidate.candidate), justify="right", overflow="fold")
    rates = {c.candidate: report.groups.get(c.candidate, {}).get(metric, {}) for c in _attacked(report)}
    for family in families:
        table.add_row(visible(family, limit=60), *[_cell(report, metric, own.get(family)) for own in rates.values()])
    table.add_section()
    table.add_row("all together", *[_cell(report, metric, c.estimates.get(metric)) for c in _attacked(report)])
    lines = [Text.assemble((name(c.candidate), "bold"), f": {_worst(report, metric, c)}") for c in _attacked(report)]
    parts: list[RenderableType] = [table, *lines]
    baseline = report.attacks.get(metric)
    if baseline is not None:
        pursuits = pursuits_table(report, baseline)
        parts += [pursuits] if pursuits is not None else []
        parts += [*_costs(report, baseline), *_coverage(baseline), *_stops(report, baseline)]
    parts += [Text(said, style="yellow") for said in trouble(report, metric)]
    return Group(*parts, Text(f"Work  {work(report)}\nRun   {report.decision.run}", style="dim"))


def trouble(report: Report, metric: str) -> list[str]:
    """What makes less of the numbers: an early end, attacks without an outcome, further looks, a mute attacker."""
    said = []
    finished = report.finished
    if finished is None or finished.outcome != "complete":
        why = "was cut off" if finished is None else f"stopped early ({visible(finished.outcome, limit=40)})"
        said.append(f"The run {why}: attacks that were not made are missing, not held. Run the same again to go on.")
    lost = unanswered(report, metric)
    if lost:
        errors = finished.errors.items() if finished is not None else ()
        reasons = ", ".join(f"{visible(reason, limit=40)} {count(number)}" for reason, number in errors)
        said.append(
            f"{count(lost)} attacks have no outcome{f' (failed tries: {reasons})' if reasons else ''}; each counts as "
            "the worst that it could have been."
        )
    return [*said, *looks(report), *idle_writers(report)]


def _costs(report: Report, baseline: Baseline) -> list[Text]:
    costs = baseline.costs
    if costs is None:
        return [Text(NO_COSTS.replace("`", ""))] if report.policy.costs is None else []
    said = [f"{name(c)} {money_span(report, one.low, one.high)}" for c, one in costs.whole.items()]
    return [Text.assemble(("Expected cost ", "bold"), f"{per(costs)}: {'; '.join(said) or 'not stated'}")]


def _coverage(baseline: Baseline) -> list[Text]:
    if baseline.unknown:
        return [Text.assemble(("Coverage ", "bold"), f"is not known: {baseline.unknown}")]
    return [Text.assemble(("Coverage ", "bold"), f"{one.title}: {one}") for one in frameworks(baseline)]


def _stops(report: Report, baseline: Baseline) -> list[Text]:
    lines = []
    for candidate in _attacked(report):
        told = baseline.successes.get(candidate.candidate, ())
        best = sorted(stoppings(told), key=lambda one: -one.stopped)[:3]
        said = ", ".join(f"{visible(one.who, limit=60)} {count(one.stopped)}" for one in best if one.stopped)
        if told:
            rest = f" (most: {said})" if said else ""
            lines.append(Text.assemble((name(candidate.candidate), "bold"), f": {unstopped_words(told)}{rest}"))
    return lines


def replay_commands(report: Report, metric: str) -> list[str]:
    """Commands that try again some of what got through, of each candidate."""
    baseline = report.attacks.get(metric)
    if baseline is None:
        return []
    return [
        visible(command, limit=400)
        for candidate in _attacked(report)
        for one in baseline.successes.get(candidate.candidate, ())[:_AGAIN]
        if (command := replay_command(baseline, candidate.candidate, one.case))
    ]


def unanswered(report: Report, metric: str) -> int:
    """Attacks without an outcome, which are no attacks that failed."""
    found = [c.estimates.get(metric, Missing("not-measured")) for c in _attacked(report)]
    return sum(seen.missing if isinstance(seen, Estimate) else 1 for seen in found)


def redteam_data(report: Report, metric: str) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "run": report.decision.run,
        "policy": report.decision.policy,
        "red_team": attacks_data(report, report.attacks[metric]) if metric in report.attacks else None,
        "system": report.decision.system,
        "candidates": {
            c.candidate: {
                "all": _values(c.estimates.get(metric)),
                "families": {
                    family: _values(seen) for family, seen in report.groups.get(c.candidate, {}).get(metric, {}).items()
                },
                "no_family_above": max(
                    (s.interval.high for s in report.groups.get(c.candidate, {}).get(metric, {}).values()), default=None
                ),
                "worst_family": next(iter(report.groups.get(c.candidate, {}).get(metric, {})), None),
                "got_through": [
                    row.case
                    for row in report.examples.get(c.candidate, {}).get(metric, ())
                    if not row.why.startswith("no answer")
                ],
            }
            for c in _attacked(report)
        },
    }


def _attacked(report: Report) -> list[CandidateDecision]:
    """The candidates of this run; the policy may name others."""
    return [c for c in report.candidates if c.candidate in report.started.candidates]


def _families(report: Report, metric: str) -> list[str]:
    """Worst first, by the worst candidate."""
    high: dict[str, float] = {}
    for metrics in report.groups.values():
        for family, seen in metrics.get(metric, {}).items():
            high[family] = max(high.get(family, 0.0), seen.interval.high)
    return sorted(high, key=lambda family: -high[family])


def _cell(report: Report, metric: str, seen: Estimate | Missing | None) -> str:
    if seen is None:
        return "-"
    if isinstance(seen, Missing):
        return f"no data: {missing_words(seen)}"
    written = fitting(unit_figures(report, metric), [seen], [])
    gone = f", {count(seen.missing)} missing" if seen.missing else ""
    return f"{written.value(seen.value)} ({written.span(seen.interval)}){gone}"


def _worst(report: Report, metric: str, candidate: CandidateDecision) -> str:
    rates = report.groups.get(candidate.candidate, {}).get(metric, {})
    if not rates:
        whole = candidate.estimates.get(metric, Missing("not-measured"))
        return "nothing is known" if isinstance(whole, Missing) else f"{_cell(report, metric, whole)} over all attacks"
    family, seen = next(iter(rates.items()))
    least, widest = max(rates.items(), key=lambda item: (item[1].interval.high, -item[1].interval.low))
    written = fitting(unit_figures(report, metric), [seen, widest], [])
    return (
        f"worst family {visible(family, limit=60)}, {written.value(seen.value)}; in no family do more than "
        f"{written.value(widest.interval.high)} succeed (least is known of {visible(least, limit=60)})"
    )


def _values(seen: Estimate | Missing | None) -> dict[str, Any] | None:
    if seen is None or isinstance(seen, Missing):
        return None
    return {
        "value": seen.value,
        "low": seen.interval.low,
        "high": seen.interval.high,
        "goals": seen.count,
        "attacks": seen.cases,
        "missing": seen.missing,
    }
