"""What pages on error budgets draw: how a budget went down, how quickly it goes, in which state it was when."""

from collections.abc import Mapping, Sequence
from typing import Any

from trimtab.decision.model import Verdict
from trimtab.decision.moments import day as day_of
from trimtab.report.burn_down import Course, burn_down, percent
from trimtab.report.markup import Markup, element
from trimtab.report.state_course import Spell, state_course

STATES: Mapping[str, tuple[str, str]] = {
    "budget unknown": ("inconclusive", "?"),
    "budget open": ("pass", "✓"),
    "budget consent": ("inconclusive", "!"),
    "budget frozen": ("fail", "✕"),
    "budget stopped": ("fail", "✕"),
    "open alarm": ("fail", "!"),
}
"""How a state is marked."""


def burned(budget: Any) -> Markup:
    """The line of a budget through its window."""
    return burn_down(
        Course(
            points=[(one.minute, one.left) for one in budget.line],
            consent=budget.consent_below,
            label=f"{budget.system}, {budget.metric}: {percent(budget.left.value or 0.0)} of the budget of "
            f"{budget.days} days is left",
        )
    )


def burn_bar(rate: float, limit: float, *, counts: bool) -> Markup:
    """A burn rate against what it may be, up to twice of that: the line in the middle."""
    used = min(rate / limit, 2.0) * 50.0
    parts = [
        element("rect", x=0, y=6, width="100%", height=8, rx=4, class_="track"),
        element("rect", x=0, y=6, width=f"{used:.1f}%", height=8, rx=4, class_=f"used {'bad' if counts else 'good'}"),
        element("line", x1="50%", x2="50%", y1=1, y2=19, class_="floor"),
    ]
    label = f"{rate:.3g} of at most {limit:g}"
    return element("svg", element("title", label), *parts, class_="clock", role="img", width="100%", height=20)


def states_of(states: Sequence[Any], metric: str) -> Markup:
    """In which state a budget was, and for how long."""
    own = [one for one in states if one.metric == metric]
    spells = [
        Spell(
            state=one.state,
            verdict=Verdict(one.verdict),
            begun=one.at,
            ended=one.until,
            words=f"{one.state} from {day_of(one.at)} to {day_of(one.until)}: {one.reason}",
        )
        for one in own
    ]
    return state_course(spells, label=f"{metric}: {', then '.join(one.state for one in own)}")


WORDS: Mapping[str, Any] = {"burn_bar": burn_bar, "burned": burned, "percent": percent, "states_of": states_of}
"""By the names that templates use."""
