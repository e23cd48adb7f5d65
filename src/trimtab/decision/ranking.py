"""In which order candidates are preferred, once they clear everything; it says nothing of whether they do."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trimtab.decision.floors import outcomes_of
from trimtab.decision.headroom import share_used
from trimtab.decision.model import Measurements
from trimtab.decision.weights import PERFORMANCE, SAFETY, score
from trimtab.kinds import Better
from trimtab.policy.model import Floor
from trimtab.stats import point_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Prefers by the tier's weights, if it has any, then by the metrics of `maximise` in their order.

    What a candidate is worth in a metric counts missing cases as the worst
    they could have been, so that breaking a case never improves it. `better`
    and `units` are of every metric that is maximised, floored or weighed.
    """

    measurements: Measurements
    maximise: Sequence[str]
    better: Mapping[str, Better]
    units: Mapping[str, str]
    floors: Mapping[str, Floor]
    weights: Mapping[str, float]
    baseline: str
    finished_first: bool = True  # whoever was not measured to the end comes last, however it looks by now
    _known: dict[tuple[str, str], float] = field(default_factory=dict, init=False, repr=False)  # they take a while

    def ordered(self, names: Sequence[str]) -> list[str]:
        """The most preferred first. The baseline goes before others that are level with it, then the names decide."""
        scores = self.scores(names)
        return sorted(
            names,
            key=lambda name: (
                self.finished_first and self.short(name),
                -scores.get(name, 0.0),
                *(-self.merit(name, metric) for metric in self.maximise),
                name != self.baseline,
                name,
            ),
        )

    def short(self, name: str) -> bool:
        """Whether it was not measured to the end: it was out, or somebody else was surely better."""
        return not all(self.measurements.whole(name, metric) for metric in self.maximise)

    def merit(self, name: str, metric: str) -> float:
        """The more, the better; minus infinity when nothing is known."""
        key = (name, metric)
        if key not in self._known:
            self._known[key] = self._merit(name, metric)
        return self._known[key]

    def scores(self, names: Sequence[str]) -> dict[str, float]:
        """The weighted score of each; none without weights."""
        if not self.weights:
            return {}
        return {name: round(score(parts, self.weights), 12) for name, parts in self.parts(names).items()}

    def parts(self, names: Sequence[str]) -> dict[str, dict[str, float]]:
        """What is weighed of each candidate, as numbers from 0 to 1.

        A ratio is itself, or its rest where lower is better; any other metric is
        compared with the best of these candidates. Performance is the
        first metric of `maximise`; safety the geometric mean of what is left of each floor.
        """
        found: dict[str, dict[str, float]] = {name: {} for name in names}
        for weighed in self.weights:
            if weighed == SAFETY:
                for name in names:
                    found[name][weighed] = self._safety(name)
                continue
            metric = self.maximise[0] if weighed == PERFORMANCE else weighed
            values = {name: self._value(name, metric) for name in names}
            for name in names:
                found[name][weighed] = self._goodness(metric, values[name], list(values.values()))
        return found

    def _merit(self, name: str, metric: str) -> float:
        value = self._value(name, metric)
        merit = value if self.better.get(metric, "higher") == "higher" else -value
        return -math.inf if math.isnan(merit) else float(f"{merit:.12g}")

    def _value(self, name: str, metric: str) -> float:
        """The worse end of what missing cases leave possible; NaN when nothing is known."""
        shape = self.measurements.shapes.get(metric)
        trials = self.measurements.trials.get(name, {}).get(metric, ())
        if shape is None or not trials:
            return math.nan
        low, high = point_range(shape, outcomes_of(trials))
        return low if self.better.get(metric, "higher") == "higher" else high

    def _goodness(self, metric: str, value: float, beside: Sequence[float]) -> float:
        up = self.better.get(metric, "higher") == "higher"
        if self.units.get(metric) == "ratio":
            return value if up else 1.0 - value
        known = [one for one in beside if math.isfinite(one) and one > 0.0]
        if not known or not value > 0.0:
            return 0.0 if up or math.isnan(value) else 1.0
        return value / max(known) if up else min(known) / value

    def _safety(self, name: str) -> float:
        left = {}
        for metric, floor in self.floors.items():
            used = share_used(floor, self._value(name, metric), ratio=self.units.get(metric) == "ratio")
            left[metric] = 0.0 if math.isnan(used) else 1.0 - min(used, 1.0)
        return score(left, dict.fromkeys(left, 1.0)) if left else 1.0
