"""The year of the example organisation as bare lists, and the plain statistics that its figures are computed with again.

Nothing here or in `year_again` and `year_money` calls what the product computes with: rows are read by SQL and JSON, the
policy as YAML, and the statistics are SciPy's, or a sum.
"""

import itertools
import json
import math
import sqlite3
import warnings
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.stats import CensoredData, beta, binomtest, ecdf, gamma

SECOND = 1_000_000
HOUR, DAY = 3_600 * SECOND, 86_400 * SECOND
SHARE = {"S1": 8.0, "S2": 4.0, "S3": 2.0, "S4": 1.0}  # what a case of each severity weighs
_UNITS = {"h": HOUR, "d": DAY}
Figure = tuple[float, float, float] | None
"""Value, lower and upper end; None where there is no figure."""


@dataclass(frozen=True)
class Row:
    """A row of the ledger: what it holds, and of whom."""

    at: int
    system: str
    candidate: str
    run: str
    data: dict[str, Any]


@dataclass
class Year:
    """All rows by kind, oldest first, and the policy's own text; `start` to `end` is the quarter that is asked for."""

    rows: dict[str, list[Row]]
    policy: dict[str, Any]
    start: int = 0
    end: int = 0
    catalogue: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str, system: str = "") -> list[dict[str, Any]]:
        """What was entered of a kind and had happened before the end; of one system, or of all."""
        found = [row.data for row in self.rows.get(kind, [])]
        return [one for one in found if moment(one) < self.end and system in ("", one["system"])]

    def counted(self, kpi: str, system: str = "") -> list[dict[str, Any]]:
        """Counts for a KPI in the quarter."""
        return [one for one in self.of("counted", system) if one["kpi"] == kpi and moment(one) >= self.start]

    def inside(self, moment: int) -> bool:
        return self.start <= moment < self.end


def read_year(ledger: Path, folder: Path, catalogue: Path) -> Year:
    """Rows by SQL, the policy by YAML; lists of the included files are added to those of the first."""
    rows: dict[str, list[Row]] = {}
    asked = "SELECT c.kind, e.time, c.system, c.candidate, c.run, e.payload FROM evidence e JOIN context c ON c.id = e.context"
    with closing(sqlite3.connect(ledger)) as opened:
        for kind, *rest, payload in opened.execute(f"{asked} WHERE c.kind <> 'policy' ORDER BY e.seq"):
            at, system, candidate, run = rest
            rows.setdefault(kind, []).append(Row(at, system, candidate, run, json.loads(payload)))
    policy: dict[str, Any] = yaml.safe_load((folder / "trimtab.yaml").read_text("utf-8"))
    for name in policy["include"]:
        for key, value in yaml.safe_load((folder / name).read_text("utf-8")).items():
            if key == "systems":
                for system, more in value.items():
                    policy[key][system] |= more
            else:
                policy[key] = {**policy.get(key, {}), **value} if isinstance(value, dict) else value
    known = {one["id"]: one for one in json.loads(catalogue.read_text("utf-8"))["kpis"]}
    # A red-team baseline has a tier of its own in which nothing is asked, so that nothing is decided by it.
    rows["decision"] = [row for row in rows["decision"] if row.data["tier"] in policy["tiers"]]
    return Year(rows, policy, catalogue=known)


def moment(entry: dict[str, Any]) -> int:
    """When it happened; of what was counted over a stretch of time the last moment within."""
    at: int = entry["at"]
    return at - 1 if entry.get("since") else at


def span(text: str) -> int:
    return int(text[:-1]) * _UNITS[text[-1]]


@dataclass
class Case:
    """An incident or a finding with its steps; 0 for what did not happen."""

    opened: dict[str, Any]
    steps: list[dict[str, Any]]

    def first(self, step: str) -> int:
        return min((one["at"] for one in self.steps if one["step"] == step), default=0)

    def last(self, step: str) -> int:
        """When it was done since the case was last opened again."""
        again = max((one["at"] for one in self.steps if one["step"] == "reopen"), default=0)
        return min((one["at"] for one in self.steps if one["step"] == step and one["at"] >= again), default=0)


def cases(year: Year, kind: str, system: str) -> list[Case]:
    steps = year.of(f"{kind}-step")
    return [Case(one, [step for step in steps if step[kind] == one[kind]]) for one in year.of(kind, system)]


# -- statistics --------------------------------------------------------------------------------------------------------


def exact(hits: int, of: int, level: float = 0.95) -> Figure:
    """A share with Clopper and Pearson's interval."""
    if not of:
        return None
    found = binomtest(hits, of).proportion_ci(level, method="exact")
    return hits / of, float(found.low), float(found.high)


def census(value: float) -> Figure:
    return value, value, value


def per_unit(events: int, units: float) -> Figure:
    """A rate with Garwood's interval."""
    low = gamma.ppf(0.025, events) / units if events else 0.0
    return events / units, float(low), float(gamma.ppf(0.975, events + 1) / units)


def ratio(first: int, second: int) -> Figure:
    """One count per another, by the share that the first is of both."""
    share = exact(first, first + second)
    if share is None:
        return None
    low, high = (end / (1.0 - end) if end < 1.0 else math.inf for end in share[1:])
    return first / max(second, 1), low, high


def within(spans: Sequence[tuple[float, float, bool]]) -> Figure:
    """Share over within 1, by Kaplan and Meier: (least, most, open) of each; ends over all that unknowns may have been.

    Every unknown is put at each of its two ends in turn, and between them at 1: the worst and the best curve bound all.
    """
    if not spans:
        return None
    corners = [{low, high, *((1.0,) if low < 1.0 < high else ())} for low, high, _ in spans]
    found = []
    for times in itertools.product(*corners):
        over = [time for time, (_, _, is_open) in zip(times, spans, strict=True) if not is_open]
        still = [time for time, (_, _, is_open) in zip(times, spans, strict=True) if is_open]
        if over or max(still) >= 1.0:
            found.append(_one_curve(over, still))
    if not found:
        return None
    worst, best = min(found), max(found)
    return worst[0], min(worst[1], worst[0]), max(best[2], best[0])


def _one_curve(over: list[float], still: list[float]) -> tuple[float, float, float]:
    everyone = len(over) + len(still)
    if not [time for time in over if time <= 1.0]:
        followed = sum(time >= 1.0 for time in [*over, *still])
        return 0.0, 0.0, float(beta.ppf(0.975, 1, followed)) if followed else 1.0
    curve = ecdf(CensoredData(uncensored=over, right=still)).sf
    left = float(curve.evaluate(1.0))
    if left == 0.0:
        assert len(over) == everyone, "an open case before the last one ended needs a rule of its own"
        return 1.0, float(beta.ppf(0.025, everyone, 1)), 1.0
    with warnings.catch_warnings(action="ignore"):  # beyond the last case there is none, and none is asked for
        ends = curve.confidence_interval(0.95, method="log-log")
    low, high = (1.0 - float(end.evaluate(1.0)) for end in (ends.high, ends.low))
    return 1.0 - left, low, 1.0 if max([*over, *still]) < 1.0 else high


def weighted_rate(events: Sequence[float], waiting: Sequence[float], units: float) -> Figure:
    """Weights of events per unit, by Fay and Feuer; what nobody has ruled on is in the upper end alone."""
    low_mean, low_square = sum(events), sum(one * one for one in events)
    every = [*events, *waiting, max(SHARE.values())]
    mean, square = sum(every), sum(one * one for one in every)
    low = gamma.ppf(0.025, low_mean**2 / low_square, scale=low_square / low_mean) if events else 0.0
    high = gamma.ppf(0.975, mean**2 / square, scale=square / mean)
    return low_mean / units, float(low) / units, float(high) / units


def bets(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Ends of a rate that hold at whatever moment one looks: the means against which bets have not won, at 95 %, forty times.

    24 bold and 16 timid stakes, of which the timid share what the mean allows (docs/methods.md).
    """
    bold = 1.0 - 1.0 / np.geomspace(1.05, 150.0, 24)
    timid = np.geomspace(5e-4, 0.05, 16)

    def lost(mean: float, ones: int) -> bool:
        part = 0.90 if mean <= 0.1 else 0.15 if mean <= 0.9 else 0.02
        logs = np.concatenate([
            np.log(share / len(stakes)) + ones * np.log1p(stakes * (1.0 / mean - 1.0)) + (trials - ones) * np.log1p(-stakes)
            for stakes, share in ((bold, 1.0 - part), (timid, part))
        ])  # fmt: skip
        return bool(np.logaddexp.reduce(logs) >= math.log(2.0 / (1.0 - level)))

    def least(ones: int) -> float:
        low, high = 1e-12, 1.0
        for _ in range(60):  # halve what is left; means below the answer are refuted
            middle = (low + high) / 2.0
            low, high = (middle, high) if lost(middle, ones) else (low, middle)
        return low

    return least(hits), 1.0 - least(trials - hits)
