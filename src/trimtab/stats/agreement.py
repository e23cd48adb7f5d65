"""How far several raters say the same of the same cases, beyond what chance alone would give.

Chance means something else in each coefficient, and they part ways when one
answer is rare: with 2 % of yes, two raters who agree on 96 % of cases may have a kappa near 0 and
an AC1 near 0.96. So all of them are shown, and the plain share of agreement with them.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from trimtab.errors import InsufficientEvidenceError
from trimtab.kinds import Estimate, Interval, Missing, Score, Shape
from trimtab.stats.clusters import Floats
from trimtab.stats.shapes import estimate

METHOD = "jackknife over clusters, approximate"
_NOTHING = 1e-12  # scatter that is rounding
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """One case: the cluster it belongs to, and what each rater said of it, None where a rater said nothing."""

    cluster: str
    said: tuple[Hashable | None, ...]


def shares(units: Sequence[Unit], *, level: float) -> Estimate:
    """The plain share of cases of which all raters said the same, of those that at least two have rated.

    Raises:
        InsufficientEvidenceError: No case was rated twice.

    Source:
        The exact interval of a rate: Clopper & Pearson (1934), over clusters Waudby-Smith & Ramdas (2024).
    """
    rated = _rated(units)
    outcomes: list[tuple[str, Score | Missing]] = [
        (unit.cluster, Score(value=float(len(set(_given(unit))) == 1))) for unit in rated
    ]
    found = estimate(Shape.RATE, outcomes, level=level)
    assert isinstance(found, Estimate)  # there are cases, and none is missing
    return found


def cohen_kappa(units: Sequence[Unit], *, level: float) -> Estimate:
    """Agreement of two raters, chance being that each answers as often as they do, by themselves.

    Args:
        units: Cases with two ratings each; those with fewer are left out.
        level: Nominal coverage of the interval, in (0, 1); reached approximately from some 50 clusters on.
            The high end is no lower than with one more cluster, of average size, of which all say the same.

    Returns:
        At most 1; 0 is chance. The interval is [-1, 1] where no scatter shows how far off the value might be.

    Raises:
        InsufficientEvidenceError: No case was rated twice, or everybody always said one and the same.
        ValueError: There are not two raters.

    Source:
        Cohen (1960), Educational and Psychological Measurement 20(1), 37-46;
        delete-one jackknife over clusters: Efron & Tibshirani (1993), sections 11.2 and 11.5,
        on the scale of Fisher (1921), Metron 1, 3-32.
    """
    if any(len(unit.said) != _FEWEST for unit in units):
        raise ValueError("Cohen's kappa is of two raters")
    answers = _answers(units)

    def counted(unit: Unit) -> Floats:
        table = np.zeros((len(answers), len(answers)))
        first, second = _given(unit)
        table[answers[first], answers[second]] = 1.0
        return table.ravel()

    def value(sums: Floats) -> float:
        table = sums.reshape(len(answers), len(answers)) / sums.sum()
        return _beyond(float(np.trace(table)), float(table.sum(axis=0) @ table.sum(axis=1)))

    return _jackknifed("kappa", units, counted, value, level)


def krippendorff_alpha(units: Sequence[Unit], *, level: float) -> Estimate:
    """Agreement of any number of raters, some of whom may have said nothing; answers are names without an order.

    Chance is that answers were dealt out anew among all ratings. Arguments, results and errors as of `cohen_kappa`,
    for any number of raters.

    Source:
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania.
    """
    answers = _answers(units)

    def counted(unit: Unit) -> Floats:
        of = _counts(unit, answers)
        ratings = of.sum()
        pairs: Floats = (np.outer(of, of) - np.diag(of)) / (ratings - 1.0)
        return pairs.ravel()

    def value(sums: Floats) -> float:
        table = sums.reshape(len(answers), len(answers))
        each, ratings = table.sum(axis=0), table.sum()
        by_chance = float((each * (each - 1.0)).sum() / (ratings * (ratings - 1.0)))
        return _beyond(float(np.trace(table) / ratings), by_chance)

    return _jackknifed("alpha", units, counted, value, level)


def gwet_ac1(units: Sequence[Unit], *, level: float) -> Estimate:
    """Agreement of any number of raters, chance being a guess where a case is hard; steady when one answer is rare.

    Arguments, results and errors as of `krippendorff_alpha`.

    Source:
        Gwet (2008), British Journal of Mathematical and Statistical Psychology 61(1), 29-48.
    """
    answers = _answers(units)

    def counted(unit: Unit) -> Floats:
        of = _counts(unit, answers)
        ratings = of.sum()
        same = float((of * (of - 1.0)).sum() / (ratings * (ratings - 1.0)))
        return np.array([1.0, same, *(of / ratings)])

    def value(sums: Floats) -> float:
        usual = sums[2:] / sums[0]
        by_chance = float((usual * (1.0 - usual)).sum()) / (len(answers) - 1)
        return _beyond(float(sums[1] / sums[0]), by_chance)

    return _jackknifed("AC1", units, counted, value, level)


COEFFICIENTS: Mapping[str, Callable[..., Estimate]] = {
    "kappa": cohen_kappa,
    "alpha": krippendorff_alpha,
    "ac1": gwet_ac1,
}
"""By the name under which each is shown; kappa is of two raters."""


def _beyond(seen: float, by_chance: float) -> float:
    return (seen - by_chance) / (1.0 - by_chance) if by_chance < 1.0 - _NOTHING else float("nan")


def _jackknifed(
    name: str, units: Sequence[Unit], counted: Callable[[Unit], Floats], value: Callable[[Floats], float], level: float
) -> Estimate:
    """A function of sums over cases, and of the same sums without one cluster after the other."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"out of range: {level=}")
    rated = _rated(units)
    by_cluster: dict[str, Any] = {}
    for unit in rated:
        by_cluster[unit.cluster] = by_cluster.get(unit.cluster, 0.0) + counted(unit)
    sums = np.array(list(by_cluster.values()))
    whole, count = sums.sum(axis=0), len(sums)
    found = value(whole)
    if np.isnan(found):
        raise InsufficientEvidenceError(f"answers to tell {name} from chance", have=1, need=2, next_step=_MORE)
    low, high = _ends(sums, value, level)
    # A rare answer that raters share may not have come up, and without it nothing scatters: as if it had, once.
    raters = max(_FEWEST, round(sum(len(_given(unit)) for unit in rated) / len(rated)))
    for answer in _answers(units):
        shared = counted(Unit("", (answer,) * raters)) * (len(rated) / count)
        high = max(high, _ends(np.vstack([sums, shared]), value, level)[1])
    interval = Interval(_digits(low), _digits(high), level, METHOD)
    return Estimate(value=_digits(found), interval=interval, count=count, cases=len(rated))


def _ends(sums: Floats, value: Callable[[Floats], float], level: float) -> tuple[float, float]:
    """Ends of the jackknife of a function of sums, one row for each cluster; -1 and 1 where nothing scatters."""
    whole, count = sums.sum(axis=0), len(sums)
    found = value(whole)
    if count < _FEWEST or abs(found) >= 1.0:
        return -1.0, 1.0
    distinct, of = np.unique(sums, axis=0, return_inverse=True)  # cases that stand alone make few different rows
    without = np.array([value(whole - one) for one in distinct])[of.ravel()]
    # Where only one cluster holds the other answer, nothing is known without it.
    error = float(np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum()))
    if not error > _NOTHING:
        return -1.0, 1.0
    # On Fisher's scale, where a coefficient near 1 is less lopsided; found is below 1, as there is scatter.
    reach = float(stdtrit(count - 1, (1.0 + level) / 2.0)) * error / (1.0 - found**2)
    middle = float(np.arctanh(found))
    return float(np.tanh(middle - reach)), float(np.tanh(middle + reach))


_MORE = "Mark more cases: `trimtab marks sheet`."


def _rated(units: Sequence[Unit]) -> list[Unit]:
    rated = [unit for unit in units if len(_given(unit)) >= _FEWEST]
    if not rated:
        raise InsufficientEvidenceError("cases rated twice", have=0, need=1, next_step=_MORE)
    return rated


def _given(unit: Unit) -> list[Hashable]:
    return [one for one in unit.said if one is not None]


def _answers(units: Sequence[Unit]) -> dict[Hashable, int]:
    """A place for each answer that stands beside another rating of the same case."""
    known = dict.fromkeys(one for unit in _rated(units) for one in _given(unit))
    if len(known) < _FEWEST:
        raise InsufficientEvidenceError("different answers", have=len(known), need=_FEWEST, next_step=_MORE)
    return {answer: place for place, answer in enumerate(known)}


def _counts(unit: Unit, answers: Mapping[Hashable, int]) -> Floats:
    return np.bincount([answers[one] for one in _given(unit)], minlength=len(answers)).astype(np.float64)


def _digits(number: float) -> float:
    return float(f"{number:.12g}")
