"""In which state something was, and for how long: one bar through time, laid out as in `charts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from trimtab.decision.model import Verdict
from trimtab.report.charts import Axis
from trimtab.report.markup import Markup, element

_HEIGHT = 34
_FOOT = 28
_MONTH = 2_629_800  # seconds
_LETTER = 1.15  # percent of the width of a wide page that a letter takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A state from one moment to another, in microseconds since the epoch, UTC; `words` say it."""

    state: str
    verdict: Verdict
    begun: int
    ended: int
    words: str


def state_course(spells: Sequence[Spell], *, label: str) -> Markup:
    """The bar: plain where all is well, half as high where somebody must be asked, hatched where it is not accepted."""
    first, last = spells[0].begun, max(spells[-1].ended, spells[0].begun + 1)
    across = Axis(float(first), float(last), ())
    parts: list[Markup] = [element("title", label)]
    for one in spells:
        x, width = across.at(one.begun), across.at(one.ended) - across.at(one.begun)
        top = 10 if one.verdict is Verdict.INCONCLUSIVE else 0
        box = {"x": f"{x:.2f}%", "y": top, "width": f"{max(width, 0.2):.2f}%", "height": _HEIGHT - top}
        kind = {Verdict.PASS: "spell good", Verdict.FAIL: "tint"}.get(one.verdict, "spell asks")
        drawn = [element("rect", **box, class_=kind)]
        if one.verdict is Verdict.FAIL:
            drawn.append(element("rect", **box, fill="url(#hatch)"))
        if width > _LETTER * len(one.state):
            place = {"x": f"{x:.2f}%", "dx": 8, "y": _HEIGHT - 10}
            drawn.append(element("text", one.state, **place, class_="name"))
        parts.append(element("g", element("title", one.words), *drawn))
    parts.append(element("line", class_="tick", x1=0, x2="100%", y1=_HEIGHT, y2=_HEIGHT))
    for moment in _ticks(first, last):
        x = across.at(moment)
        parts.append(element("line", class_="tick", x1=f"{x:.2f}%", x2=f"{x:.2f}%", y1=_HEIGHT, y2=_HEIGHT + 5))
        anchor = "end" if x > 95.0 else "start" if x < 3.0 else "middle"
        said = datetime.fromtimestamp(moment / 1e6, tz=UTC).strftime("%Y-%m")
        parts.append(element("text", said, x=f"{x:.2f}%", y=_HEIGHT + 21, text_anchor=anchor))
    return element("svg", *parts, class_="spells", role="img", width="100%", height=_HEIGHT + _FOOT, aria_label=label)


def _ticks(first: int, last: int) -> list[int]:
    """The first days of months, at most five or so of them."""
    months = max(1, round((last - first) / 1e6 / _MONTH))
    step = next((step for step in (1, 2, 3, 6) if months / step <= 5), 12)
    begun = datetime.fromtimestamp(first / 1e6, tz=UTC)
    found: list[int] = []
    year, month = begun.year, begun.month
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        moment = int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1_000_000
        if moment > last:
            return found
        if (month - 1) % step == 0:
            found.append(moment)
