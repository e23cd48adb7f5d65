"""The runs as a table and as a picture: what leaks and what the task pays, step by step, with the floor drawn in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import Any, Final

from records import BEST_SAFE
from trimtab.report.markup import Markup, element

SMOOTHED: Final = 5
"""Steps that a point of a line is the mean of."""

_SETTINGS = ("task", "trainer", "scale", "temperature", "start", "arm")
_USUAL = {"task": "completeness", "trainer": "grpo", "scale": "group", "temperature": 1.0}
_WIDTH, _HEIGHT, _GAP, _BETWEEN = 360, 190, 62, 76  # of a panel, and from one to the next, across and down
_LEFT, _TOP = 62, 78
_ARMS: Final = {  # colours that people of every colour vision tell apart, and a dash for print
    "task": ("the task alone", "#444444", "2 3"),
    "sum:0.25": ("weighted sum, 0.25", "#d55e00", "7 3"),
    "sum:1": ("weighted sum, 1", "#b07a00", "10 3 2 3"),
    "trimtab:floors": ("trimtab", "#0072b2", None),
}


def groups(results: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Trainings that differ by their seed only, with what they have in common."""
    trained = [run for run in results["runs"] if run["steps"]]

    def key(run: dict[str, Any]) -> tuple[Any, ...]:
        place = list(_ARMS).index(run["arm"]) if run["arm"] in _ARMS else len(_ARMS)
        return (*(run[name] for name in _SETTINGS[:-1]), place, run["arm"], run["steps"])

    for _, same in groupby(sorted(trained, key=key), key=key):
        runs = list(same)
        yield runs[0], runs


def table(results: dict[str, Any]) -> str:
    """A Markdown table: the mean over seeds, and the least and the most; after 120 steps where it says no other."""
    lines = [
        "| start | reward | seeds | unsafe | told | task score | refused |",
        "|---|---|---|---|---|---|---|",
    ]
    told: set[tuple[str, str]] = set()
    for one, runs in groups(results):
        start = one["start"]
        if (start, one["task"]) not in told:
            told.add((start, one["task"]))
            before = [r for r in results["runs"] if not r["steps"] and (r["start"], r["task"]) == (start, one["task"])]
            lines += [_line(start, "before training", before)] if before else []
        unusual = [f"{name} {one[name]}" for name, usual in _USUAL.items() if one[name] != usual]
        what = ", ".join([one["arm"], *unusual, *([f"{one['steps']} steps"] if one["steps"] != 120 else [])])
        lines.append(_line(start, what, runs))
        if "held_out_as_drawn" in one:
            drawn = [{"held_out": run["held_out_as_drawn"]} for run in runs]
            lines.append(_line(start, f"{what}, and asked at that", drawn))
    return "\n".join(lines)


def _line(start: str, what: str, runs: Sequence[dict[str, Any]]) -> str:
    held = [run["held_out"] for run in runs]
    shares = [_spread([one[name] for one in held], percent=True) for name in ("unsafe", "told", "refused")]
    score = _spread([one["task"] for one in held], percent=False)
    return f"| {start} | {what} | {len(runs)} | {shares[0]} | {shares[1]} | {score} | {shares[2]} |"


def _spread(values: Sequence[float], *, percent: bool) -> str:
    form = "{:.1%}" if percent else "{:.2f}"
    mean, low, high = (form.format(value) for value in (fmean(values), min(values), max(values)))
    return mean if low == high else f"{mean} ({low} to {high})"


@dataclass(frozen=True, slots=True)
class _Panel:
    """One of the four drawings: which curve, where, and the line that it is read against."""

    what: str
    left: int
    top: int
    title: str
    mark: float
    words: str
    longest: int

    @property
    def bottom(self) -> int:
        return self.top + _HEIGHT

    def x(self, step: float) -> float:
        return self.left + _WIDTH * step / self.longest

    def y(self, value: float) -> float:
        return self.bottom - _HEIGHT * value

    def points(self, steps: Iterable[tuple[int, float]]) -> str:
        return " ".join(f"{self.x(step):.1f},{self.y(value):.1f}" for step, value in steps)

    def number(self, value: float) -> str:
        return f"{value:.0%}" if self.what == "unsafe" else f"{value:.2f}"

    def frame(self) -> Iterator[Markup]:
        """Title, lines and numbers of both axes."""
        yield _text(self.left, self.top - 9, self.title, font_weight="bold")
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = self.y(tick)
            yield element("line", x1=self.left, x2=self.left + _WIDTH, y1=y, y2=y, stroke="#e4e4e4")
            yield _text(self.left - 7, y + 4, self.number(tick), text_anchor="end")
        for step in range(0, self.longest + 1, max(1, self.longest // 4)):
            yield _text(self.x(step), self.bottom + 17, str(step), text_anchor="middle")
        yield _text(self.left + _WIDTH / 2, self.bottom + 33, "step", text_anchor="middle")

    def line(self, name: str, runs: Sequence[dict[str, Any]]) -> Iterator[Markup]:
        """One arm: the mean over its seeds, and a band from the lowest to the highest."""
        _, colour, dash = _ARMS[name]
        columns = list(zip(*(_smooth(run["curves"][self.what]) for run in runs), strict=True))
        low, mean, high = (
            [(step, pick(column)) for step, column in enumerate(columns, 1)] for pick in (min, fmean, max)
        )
        yield element("polygon", points=self.points([*high, *reversed(low)]), fill=colour, fill_opacity=0.14)
        yield element(
            "polyline", points=self.points(mean), fill="none", stroke=colour, stroke_width=2.2, stroke_dasharray=dash
        )

    def reference(self) -> Iterator[Markup]:
        """The floor, or the best that there is without a leak."""
        y, red = self.y(self.mark), "#b00020"
        yield element("line", x1=self.left, x2=self.left + _WIDTH, y1=y, y2=y, stroke=red, stroke_width=1.6)
        label = f"{self.words} {self.number(self.mark)}"
        yield _text(self.left + _WIDTH - 4, y - 5, label, text_anchor="end", fill=red)


def plot(results: dict[str, Any]) -> str:
    """An SVG of all usual runs: a column for each start, above what leaks, below what the task pays."""
    drawn = [(one, runs) for one, runs in groups(results) if all(one[name] == usual for name, usual in _USUAL.items())]
    drawn = [(one, runs) for one, runs in drawn if one["arm"] in _ARMS]
    starts = list(dict.fromkeys(one["start"] for one, _ in drawn))
    width = _LEFT + max(1, len(starts)) * (_WIDTH + _GAP)
    height = _TOP + 2 * (_HEIGHT + _BETWEEN)
    parts = [
        element("title", "Share of replies that leak, and task score, over the steps of training, by reward"),
        element("rect", width=width, height=height, fill="#ffffff"),
        *_legend(dict.fromkeys(one["arm"] for one, _ in drawn)),
    ]
    for column, start in enumerate(starts):
        here = [(one, runs) for one, runs in drawn if one["start"] == start]
        left, below = _LEFT + column * (_WIDTH + _GAP), _TOP + _HEIGHT + _BETWEEN
        longest = max(one["steps"] for one, _ in here)
        floor = float(results["floors"]["contact_told"])
        leaks, score = f"{start} start: share of replies that leak", f"{start} start: task score"
        for panel in (
            _Panel("unsafe", left, _TOP, leaks, floor, "floor: at most", longest),
            _Panel("task", left, below, score, BEST_SAFE, "best without a leak:", longest),
        ):
            parts += [*panel.frame(), *(mark for one, runs in here for mark in panel.line(one["arm"], runs))]
            parts += panel.reference()
    return element(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        font_family="system-ui, sans-serif",
        font_size=12,
        role="img",
    )


def _legend(names: Iterable[str]) -> Iterator[Markup]:
    x = _LEFT
    for name in names:
        words, colour, dash = _ARMS[name]
        yield element("line", x1=x, x2=x + 30, y1=22, y2=22, stroke=colour, stroke_width=2.5, stroke_dasharray=dash)
        yield _text(x + 36, 26, words)
        x += 60 + 7 * len(words)
    note = f"Lines: mean over seeds of the last {SMOOTHED} steps; bands: from the lowest to the highest seed."
    yield _text(_LEFT, 48, note, fill="#555555")


def _smooth(values: Sequence[float]) -> list[float]:
    return [fmean(values[max(0, n - SMOOTHED + 1) : n + 1]) for n in range(len(values))]


def _text(x: float, y: float, words: str, **more: Any) -> Markup:
    return element("text", words, x=round(x, 1), y=round(y, 1), **{"fill": "#222222", **more})
