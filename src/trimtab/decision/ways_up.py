"""Why a score is what it is, and what would honestly raise it: evidence that is missing, old or too little, and fixes.

Nothing here proposes to leave a metric out, to weigh it otherwise or to judge by less.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trimtab.decision.model import Verdict
from trimtab.decision.scorecard import BAND_CAPS, Band, Reading, Scorecard, Worth, score
from trimtab.policy.score_spec import Pillar

Kind = Literal["measure", "measure-again", "measure-more", "fix", "vendor"]
_SHOWN = 5
_NOTICED = 0.05  # of a point


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One honest step: what the score would be if the metric came out at its target, fresh and undoubted.

    Of `kind` vendor, `metric` names what the subject depends on, and the score is that with the next better band of it.
    `needed` is how many further trials that takes, None where nobody can say. `loss_reduced` is the yearly loss that
    it would take away, None where that was not estimated.
    """

    kind: Kind
    metric: str
    score: float
    gain: float
    band: Band
    needed: int | None
    loss_reduced: float | None
    what: str


def ways_up(
    card: Scorecard,
    weights: Mapping[Pillar, float],
    *,
    limits: Mapping[str, Band | None],
    needed: Mapping[str, int | None],
    losses: Mapping[str, float] | None = None,
) -> tuple[Way, ...]:
    """The steps that lift the score most: by loss reduced where that is known, then by points, then by trials.

    Args:
        card: As it stands.
        weights: Of the pillars.
        limits: Bands of what it depends on, as `score` has them.
        needed: By metric, further trials that would probably decide it.
        losses: By metric, the yearly loss that mending it would take away.
    """
    readings = [worth.reading for worth in card.worths]
    found = []
    for worth in card.worths:
        # At 1 and fresh nothing is left to gain, but for a verdict that stands against it.
        if worth.low >= 1.0 and worth.verdict is Verdict.PASS:
            continue
        reading = worth.reading
        better = [_mended(one) if one is reading else one for one in readings]
        risen = score(card.subject, better, weights, limits=limits)
        assert risen.score is not None
        assert risen.band is not None
        before = card.score or 0.0
        loss = (losses or {}).get(reading.metric)
        if risen.score - before < _NOTICED and not loss:
            continue  # a cap holds it down, and this is not what lifts it
        kind = _kind(worth)
        further = needed.get(reading.metric)
        found.append(
            Way(
                kind=kind,
                metric=reading.metric,
                score=risen.score,
                gain=risen.score - before,
                band=risen.band,
                needed=further if kind != "fix" else None,
                loss_reduced=loss,
                what=_what(kind, reading, further),
            )
        )
    found += [way for name, band in limits.items() if (way := _of_vendor(card, weights, limits, name, band))]
    return tuple(sorted(found, key=_order)[:_SHOWN])


def why_band(card: Scorecard) -> tuple[str, ...]:
    """Sentences that say where the points went, and what caps the score."""
    if card.score is None:
        return ("Nothing at all was measured, so there is no score.",)
    found = []
    vetoes = {one.reading.metric: one for one in card.worths if one.reading.veto}
    for name in card.capped_by:
        if name in vetoes:
            found.append(f"{name} is a veto and {_stands(vetoes[name])}: the score is {card.cap:g} at most.")
        else:
            found.append(f"It depends on {name}: the score is {card.cap:g} at most.")
    if not card.capped_by:
        found.append("No veto caps it.")
    lost = [(float(-np.log(one.low)) * one.weight, one) for one in card.worths if one.low < 1.0]
    whole = sum(amount for amount, _ in lost)
    for amount, one in sorted(lost, key=lambda pair: (-pair[0], pair[1].reading.metric))[:3]:
        share = amount / whole
        found.append(
            f"{one.reading.metric} takes {share:.0%} of what is lost: it is worth {one.low:.2f} of 1. {one.why}"
        )
    if not lost:
        found.append("Every metric is at its target.")
    return tuple(found)


def _of_vendor(
    card: Scorecard, weights: Mapping[Pillar, float], limits: Mapping[str, Band | None], name: str, band: Band | None
) -> Way | None:
    """What the next band of something that caps the score would bring; None where that lifts nothing by itself."""
    better = [one for one, most in BAND_CAPS.items() if most > BAND_CAPS[band or "D"]]
    if not better or card.score is None:
        return None
    risen = score(card.subject, [worth.reading for worth in card.worths], weights, limits={**limits, name: better[-1]})
    assert risen.score is not None
    assert risen.band is not None
    if risen.score - card.score < _NOTICED:
        return None
    return Way(
        kind="vendor",
        metric=name,
        score=risen.score,
        gain=risen.score - card.score,
        band=risen.band,
        needed=None,
        loss_reduced=None,
        what="assess it: nothing is known of it" if band is None else f"bring it from band {band} to {better[-1]}",
    )


def _kind(worth: Worth) -> Kind:
    if worth.reading.low is None:
        return "measure"
    if worth.verdict is Verdict.FAIL:
        return "fix"
    if worth.verdict is Verdict.INCONCLUSIVE:
        return "measure-more"
    return "measure-again" if worth.reading.age > worth.reading.half_life else "fix"


def _what(kind: Kind, reading: Reading, needed: int | None) -> str:
    aim = f"{'at least' if reading.better == 'higher' else 'at most'} {reading.target:g}"
    if kind == "measure":
        return "measure it: nothing is known"
    if kind == "measure-again":
        return f"measure it again: what is known is {reading.age:.0f} days old"
    if kind == "measure-more":
        if reading.independence == "self" and reading.veto and reading.judged is not Verdict.INCONCLUSIVE:
            return "let somebody else measure it: its own word lifts no veto"
        return (
            f"measure more: some {needed:,} further trials decide it" if needed else "measure more, or bring it clear"
        )
    return f"bring it to {aim}"


def _mended(reading: Reading) -> Reading:
    independence = "other-team" if reading.independence == "self" else reading.independence
    return replace(reading, low=reading.target, high=reading.target, age=0.0, judged=None, independence=independence)


def _stands(worth: Worth) -> str:
    if worth.reading.low is None:
        return "was never measured"
    return "fails" if worth.verdict is Verdict.FAIL else "is not decided"


def _order(way: Way) -> tuple[float, float, float, str]:
    further = float(way.needed) if way.needed is not None else float("inf")
    return -(way.loss_reduced or 0.0), -round(way.gain, 9), further, way.metric
