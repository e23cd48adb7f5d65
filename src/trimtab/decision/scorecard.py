"""A score of safety first: what each metric is worth, what vetoes cap, and in which band a subject stands.

Pure, over readings that somebody took from the ledger. Performance enters through its own pillar only and lifts no
veto; what is missing is taken for the worst at the low end and for the best at the high end, so that a score never
rises because a metric went missing. `trimtab.stats.composite` has the arithmetic and its sources.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from trimtab.decision.model import Verdict
from trimtab.kinds import Better
from trimtab.policy.score_spec import LEAST_PROTECTED, PROTECTED, Pillar
from trimtab.stats.composite import LEAST, Robustness, composite, faded, freshness, power_mean, robustness, utility

__all__ = [
    "BANDS",
    "BAND_CAPS",
    "UNDECIDED_CAP",
    "VETO_CAP",
    "Band",
    "Comparison",
    "Independence",
    "Pillar",
    "Reading",
    "Scorecard",
    "Worth",
    "band_of",
    "compare",
    "ordered",
    "score",
]

Band = Literal["A", "B", "C", "D"]
Independence = Literal["self", "other-team", "outside"]

BANDS: Mapping[Band, float] = {"A": 85.0, "B": 70.0, "C": 50.0, "D": 0.0}
"""The lower end of each."""
VETO_CAP = 49.0
UNDECIDED_CAP = 69.0
"""Of a veto that is measured and not decided. One that was never measured caps as one that failed, or it would pay not
to measure."""
BAND_CAPS: Mapping[Band, float] = {"A": 100.0, "B": 84.0, "C": UNDECIDED_CAP, "D": VETO_CAP}
"""The most that a product scores which depends on something of this band."""
_STRICT = (Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL)
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known of one metric of a subject, and what is asked of it.

    `low` and `high` are the ends of its interval, None where nothing was measured. `share` says that the metric lies
    in [0, 1]; any other has 0 as its best or worst and no upper end. `age` and `half_life` are in days. A veto caps the
    score; what the subject says of itself (`independence`) may fail a veto and not clear it. `judged` is the verdict of
    whoever judged it before, which may be stricter than the interval (an independent judge who does not agree, an event
    beyond a red line) and is never lifted. `source` says where it was read.
    """

    metric: str
    pillar: Pillar
    weight: float
    better: Better
    target: float
    floor: float
    low: float | None
    high: float | None
    share: bool = True
    veto: bool = False
    age: float = 0.0
    half_life: float = 180.0
    independence: Independence = "other-team"
    judged: Verdict | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if not self.weight > 0.0:
            raise ValueError(f"{self.metric}: a weight is above 0")
        if (self.low is None) != (self.high is None):
            raise ValueError(f"{self.metric}: an interval has both ends or none")
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise ValueError(f"{self.metric}: the interval [{self.low}, {self.high}] has no values")
        strict = self.target >= self.floor if self.better == "higher" else self.target <= self.floor
        if not strict:
            raise ValueError(f"{self.metric}: the target is less strict than the floor")
        if not (0.0 < self.floor < math.inf if self.better == "higher" or not self.share else 0.0 <= self.floor < 1.0):
            raise ValueError(f"{self.metric}: a floor of {self.floor:g} asks nothing, or leaves no scale to measure by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a reading comes to; `low` and `high` are its utility as known, and if what is missing were perfect.

    `favourable` is its utility at the other end of its interval, 1 of what is missing; `fresh` how much of its worth
    its age has left, in [0, 1].
    """

    reading: Reading
    verdict: Verdict
    low: float
    high: float
    weight: float  # effective: of its pillar, times its share of that
    why: str
    favourable: float = 1.0
    fresh: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """The score of a subject, and all that it was made of.

    `score` is the one to go by; `high` what it would be if all that is missing were perfect. Both are None where
    nothing at all was measured: an empty installation has no score. `cap` is what vetoes and whatever it depends on
    leave, `capped_by` names them.
    """

    subject: str
    score: float | None
    high: float | None
    band: Band | None
    verdict: Verdict
    cap: float
    capped_by: tuple[str, ...]
    pillars: Mapping[Pillar, float]
    worths: tuple[Worth, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Metrics of which nothing was measured."""
        return tuple(worth.reading.metric for worth in self.worths if worth.reading.low is None)

    def payload(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "subject": self.subject,
            "score": self.score,
            "high": self.high,
            "band": self.band,
            "verdict": str(self.verdict),
            "cap": self.cap,
            "capped_by": list(self.capped_by),
            "pillars": dict(self.pillars),
            "missing": list(self.missing),
            "metrics": [
                {
                    "metric": worth.reading.metric,
                    "pillar": worth.reading.pillar,
                    "verdict": str(worth.verdict),
                    "utility": worth.low,
                    "weight": worth.weight,
                    "why": worth.why,
                }
                for worth in self.worths
            ],
        }


def score(
    subject: str,
    readings: Sequence[Reading],
    weights: Mapping[Pillar, float],
    *,
    limits: Mapping[str, Band | None] | None = None,
) -> Scorecard:
    """The scorecard of one subject.

    Args:
        subject: A product, a team, a vendor.
        readings: One for each metric that its tier asks for, measured or not; their order does not matter.
        weights: Of the pillars, >= 0, adding up to 1; those of safety, privacy and fairness at least to 0.5.
        limits: By name, the band of what it depends on, such as a vendor; None of one that was never assessed, which
            caps like the worst.

    Raises:
        ValueError: Weights are outside their range, a pillar with a weight has no metric or one without has some, or
            a metric is named twice.
    """
    _check(readings, weights)
    shares = _effective(readings, weights)
    worths = tuple(
        sorted(
            (_worth(reading, shares[reading.metric]) for reading in readings),
            key=lambda worth: (list(weights).index(worth.reading.pillar), worth.reading.metric),
        )
    )
    vetoes = [one for one in worths if one.reading.veto and one.verdict is not Verdict.PASS]
    failed = tuple(one.reading.metric for one in vetoes if one.verdict is Verdict.FAIL)
    worst = failed or tuple(one.reading.metric for one in vetoes if one.reading.low is None)
    by_veto = VETO_CAP if worst else UNDECIDED_CAP if vetoes else 100.0
    depends = {name: BAND_CAPS[band or "D"] for name, band in (limits or {}).items()}
    cap = min([by_veto, *depends.values()])
    weakest = tuple(sorted(name for name, most in depends.items() if most == cap < 100.0))
    verdict = _of_all(worths)
    pillars = {
        pillar: float(
            np.exp(sum(one.weight * np.log(one.low) for one in worths if one.reading.pillar == pillar) / whole)
        )
        for pillar, whole in weights.items()
        if whole > 0.0
    }
    known = any(one.reading.low is not None for one in worths)
    low = min(cap, _composite(worths, "low")) if known else None
    most = min([VETO_CAP if failed else 100.0, *(BAND_CAPS[band] for band in (limits or {}).values() if band)])
    high = min(most, _composite(worths, "high")) if known else None
    return Scorecard(
        subject=subject,
        score=low,
        high=high,
        band=None if low is None else band_of(low),
        verdict=verdict,
        cap=cap,
        capped_by=((worst or tuple(one.reading.metric for one in vetoes)) if by_veto == cap else ()) + weakest,
        pillars=pillars if known else {},
        worths=worths,
    )


def band_of(score: float) -> Band:
    """A from 85, B from 70, C from 50, D below."""
    return next(band for band, end in BANDS.items() if score >= end)


def ordered(cards: Sequence[Scorecard], value: Mapping[str, float]) -> list[Scorecard]:
    """By verdict, then band, then business value: what is safe enough first, and among equals what is worth more.

    Args:
        cards: Of several subjects.
        value: Business value of each, in one unit.
    """
    verdicts = [Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL]
    bands = [*BANDS, None]
    return sorted(cards, key=lambda card: (verdicts.index(card.verdict), bands.index(card.band), -value[card.subject]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several scorecards of the same metrics side by side, and how much of that the weights decide."""

    subjects: tuple[str, ...]
    metrics: tuple[str, ...]
    robustness: Robustness
    arithmetic: tuple[float, ...]  # without caps, to see what they and the geometric mean are for
    geometric: tuple[float, ...]
    worst_heavy: tuple[float, ...]  # power mean with p = -4


def compare(cards: Sequence[Scorecard], *, seed: int, draws: int = 10_000) -> Comparison:
    """Robustness of the scores of subjects that are held to the same metrics with the same weights.

    Raises:
        ValueError: They are not, or there is none.
    """
    if not cards:
        raise ValueError("nobody to compare")
    metrics = tuple(worth.reading.metric for worth in cards[0].worths)
    weights = np.array([worth.weight for worth in cards[0].worths])
    for card in cards:
        same = tuple(worth.reading.metric for worth in card.worths) == metrics
        if not same or not np.allclose([worth.weight for worth in card.worths], weights):
            raise ValueError(f"{card.subject} is held to other metrics or weights than {cards[0].subject}")
    utilities = np.array([[worth.low for worth in card.worths] for card in cards])
    caps = np.array([card.cap for card in cards])
    return Comparison(
        subjects=tuple(card.subject for card in cards),
        metrics=metrics,
        robustness=robustness(utilities, weights, caps, list(BANDS.values()), seed=seed, draws=draws),
        arithmetic=tuple(map(float, power_mean(utilities, weights, 1.0))),
        geometric=tuple(map(float, composite(utilities, weights))),
        worst_heavy=tuple(map(float, power_mean(utilities, weights, -4.0))),
    )


# -- parts ---------------------------------------------------------------------------------


def _check(readings: Sequence[Reading], weights: Mapping[Pillar, float]) -> None:
    if not all(0.0 <= weight <= 1.0 for weight in weights.values()) or abs(sum(weights.values()) - 1.0) > _ROUNDING:
        raise ValueError("weights of pillars are at least 0 and add up to 1")
    if sum(weights.get(pillar, 0.0) for pillar in PROTECTED) < LEAST_PROTECTED - _ROUNDING:
        raise ValueError("safety, privacy and fairness together weigh at least 0.5")
    names = [reading.metric for reading in readings]
    if len(set(names)) < len(names):
        raise ValueError("a metric is named twice")
    held = {reading.pillar for reading in readings}
    weighed = {pillar for pillar, weight in weights.items() if weight > 0.0}
    if held != weighed:
        odd = min(held ^ weighed)
        raise ValueError(f"the pillar {odd} has {'metrics and no weight' if odd in held else 'a weight and no metric'}")


def _effective(readings: Sequence[Reading], weights: Mapping[Pillar, float]) -> dict[str, float]:
    whole = {pillar: sum(one.weight for one in readings if one.pillar == pillar) for pillar in weights}
    return {one.metric: weights[one.pillar] * one.weight / whole[one.pillar] for one in readings}


def _worth(reading: Reading, weight: float) -> Worth:
    if reading.low is None or reading.high is None:
        why = "Nothing was measured: the worst is assumed."
        return Worth(reading=reading, verdict=Verdict.INCONCLUSIVE, low=LEAST, high=1.0, weight=weight, why=why)
    verdict, why = _verdict(reading, reading.low, reading.high)
    ends = (reading.low, reading.high) if reading.better == "higher" else (reading.high, reading.low)
    worth, favourable = (_utility(reading, end) for end in ends)
    return Worth(
        reading=reading,
        verdict=verdict,
        low=worth,
        high=worth,
        weight=weight,
        why=why,
        favourable=favourable,
        fresh=freshness(reading.age, reading.half_life),
    )


def _utility(reading: Reading, number: float) -> float:
    value, target, floor = (_upward(reading, one) for one in (number, reading.target, reading.floor))
    value = value if math.isfinite(value) else target  # as good as can be
    return utility(faded(value, floor, age=reading.age, half_life=reading.half_life), target, floor)


def _verdict(reading: Reading, low: float, high: float) -> tuple[Verdict, str]:
    found, why = _by_interval(reading, low, high)
    if reading.judged is not None and _STRICT.index(reading.judged) > _STRICT.index(found):
        return reading.judged, f"It was judged {reading.judged}, and by the interval alone it would be {found}."
    return found, why


def _by_interval(reading: Reading, low: float, high: float) -> tuple[Verdict, str]:
    upward = reading.better == "higher"
    floor = f"the floor of {reading.floor:g}"
    if (low >= reading.floor) if upward else (high <= reading.floor):
        if reading.veto and reading.independence == "self":
            return Verdict.INCONCLUSIVE, f"It clears {floor} by its own word, which lifts no veto."
        return Verdict.PASS, f"The whole interval clears {floor}."
    if (high < reading.floor) if upward else (low > reading.floor):
        return Verdict.FAIL, f"No part of the interval clears {floor}."
    return Verdict.INCONCLUSIVE, f"The interval lies on both sides of {floor}."


def _upward(reading: Reading, number: float) -> float:
    """A number on a scale on which more is better and 0 is the worst.

    A share that should be small is reflected; any other quantity that should be small becomes its reciprocal against
    the floor, so that twice the floor is half as good as the floor.
    """
    if reading.better == "higher":
        return max(0.0, number)
    if reading.share:
        return min(1.0, max(0.0, 1.0 - number))
    return reading.floor / max(number, 1e-12 * reading.floor)


def _of_all(worths: Sequence[Worth]) -> Verdict:
    found = {worth.verdict for worth in worths}
    for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        if verdict in found:
            return verdict
    return Verdict.PASS


def _composite(worths: Sequence[Worth], end: Literal["low", "high"]) -> float:
    utilities = [[worth.low if end == "low" else worth.high for worth in worths]]
    return float(composite(utilities, [worth.weight for worth in worths])[0])
