"""What pages show of a run is what its report shows: the same sections, made by the same functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from trimtab.decision.model import Verdict
from trimtab.decision.moments import day as day_of
from trimtab.report.attack_page import attack_sections
from trimtab.report.charts import axis
from trimtab.report.history import Stretch
from trimtab.report.history import history as drawn_history
from trimtab.report.html import alarms, prose, sections
from trimtab.report.markup import Markup, join
from trimtab.report.safety import safety_section
from trimtab.report.view import Report
from trimtab.report.words import moment, share_words

_WIDEST = 1.6  # shares of a floor beyond this are drawn at the edge


def report_sections(report: Report) -> Markup:
    """All sections of a report below its head."""
    return join(section for section in sections(report) if section is not None)


def report_alarms(report: Report) -> Markup:
    """What a reader must know before anything else."""
    return join(alarms(report))


def attack_parts(report: Report) -> Markup:
    """What attacks came to, by family and hazard, what it may cost, what was covered, where it breaks."""
    return join(attack_sections(report))


def frontier(report: Report) -> Markup | None:
    """The candidates by performance and by how much of their tightest floor they use, with the table of it."""
    return safety_section(report)


def seconds(value: float) -> str:
    """A time that something took."""
    if value < 1.0:
        return f"{value * 1000:,.0f} ms"
    return f"{value:.1f} s" if value < 120.0 else f"{value / 60:,.0f} min"


def used_history(rows: Sequence[Any]) -> Markup:
    """How much of its tightest floor was used, run by run; what lies beyond the floor is hatched."""
    ends = [n for one in rows if one.seen.value is not None for n in (one.seen.value, one.seen.low, one.seen.high)]
    scale = axis([0.0, 1.0, 1.25, *(min(n, _WIDEST) for n in ends)], lowest=0.0, highest=_WIDEST)
    stretches = [
        Stretch(
            name=f"{one.candidate}, {day_of(one.at)[5:]}",
            value=None if one.seen.value is None else min(one.seen.value, _WIDEST),
            low=min(one.seen.low or 0.0, _WIDEST),
            high=min(one.seen.high or 0.0, _WIDEST),
            verdict=Verdict(one.verdict),
            words=f"{one.candidate}, {moment(one.at)}: {used_words(one.seen)} of the floor under {one.metric}",
        )
        for one in rows
    ]
    return drawn_history(
        scale,
        stretches,
        ticks=[share_words(tick) for tick in scale.ticks],
        floor=1.0,
        forbidden_above=True,
        target=None,
        label="Share of the tightest floor that was used, run by run, with intervals",
    )


def used_words(seen: Any) -> str:
    """A share of a floor with its ends."""
    if seen.value is None or seen.low is None or seen.high is None:
        return "not known"
    return f"{share_words(seen.value)} ({share_words(seen.low)} to {share_words(seen.high)})"


WORDS: Mapping[str, Any] = {
    "attack_parts": attack_parts,
    "frontier": frontier,
    "prose": prose,
    "report_alarms": report_alarms,
    "report_sections": report_sections,
    "seconds": seconds,
    "used_history": used_history,
    "used_words": used_words,
}
"""By the names that templates use."""
