"""What money was to remove and what it came to, in money a year, each with how far it may be off.

A promise goes from the least to the most that was claimed. What came of it is the share that somebody else found, of
what the scenario costs a year by all that is known. How often its events happen is known only so far: that is its
interval, which moves the money of a promise alike, so that whether it was kept is told from both at the same loss.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.decision.credit import Claim
from trimtab.decision.funding import Funding
from trimtab.decision.loss_model import Calibrated
from trimtab.decision.model import Verdict
from trimtab.stats.clusters import Floats

LEVEL = 0.95
_ROUNDING = 1e-9
_DRAWS = 20_000  # of rates: the ends of intervals are then sure to a hundredth of their width


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Money a year: the middle, and the least and the most that it may be."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One granted request: its promise, and what came of it; None while nobody said.

    `verdict` is PASS if at least the least that was promised came of it, FAIL if less did.
    """

    funding: Funding
    promised: Span
    realised: Span | None
    verdict: Verdict


def promised_and_kept(
    found: Sequence[Funding], made: Sequence[Claim], scenarios: Mapping[str, Calibrated]
) -> tuple[Kept, ...]:
    """Every request that was granted, in the order given.

    Args:
        found: Requests.
        made: Every claim.
        scenarios: By name, as the loss model has them.
    """
    losses = {name: one.scenario.expected for name, one in scenarios.items()}
    kept = []
    for one in found:
        if not one.granted:
            continue
        own = [claim for claim in made if claim.made.request == one.asked.request]
        promise = Span(
            value=promised(one, losses),
            low=_claimed(one, losses, 0),
            high=_claimed(one, losses, 1),
        )
        came = _realised(own, scenarios, losses)
        verdict = Verdict.INCONCLUSIVE
        if came is not None:
            verdict = Verdict.PASS if came.value >= promise.low * (1.0 - _ROUNDING) else Verdict.FAIL
        kept.append(Kept(funding=one, promised=promise, realised=came, verdict=verdict))
    return tuple(kept)


def promised(one: Funding, losses: Mapping[str, float]) -> float:
    """Money a year, from the middle of each claimed range."""
    return math.fsum(
        losses[name] * (low + high) / 2.0 for name, (low, high) in one.asked.effects.items() if name in losses
    )


def realised(own: Sequence[Claim], losses: Mapping[str, float]) -> float | None:
    """Money a year; None while nobody said what any claim came to."""
    shares = removed(own, losses)
    if shares is None:
        return None
    return math.fsum(losses[scenario] * share for scenario, share in shares.items())


def removed(own: Sequence[Claim], losses: Mapping[str, float]) -> dict[str, float] | None:
    """By scenario, the share that claims came to together: what is left after each multiplies. None as `realised`."""
    told = [(claim.made.scenario, claim.realised) for claim in own if claim.realised is not None]
    if not told:
        return None
    found = {}
    for scenario in sorted({name for name, _ in told if name in losses}):
        left = math.prod(sorted(1.0 - share for name, share in told if name == scenario))
        found[scenario] = 1.0 - left
    return found


# -- parts ---------------------------------------------------------------------------------


def _claimed(one: Funding, losses: Mapping[str, float], end: int) -> float:
    return math.fsum(losses[name] * ends[end] for name, ends in one.asked.effects.items() if name in losses)


def _realised(own: Sequence[Claim], scenarios: Mapping[str, Calibrated], losses: Mapping[str, float]) -> Span | None:
    shares, value = removed(own, losses), realised(own, losses)
    if shares is None or value is None:
        return None
    total: Floats = np.zeros(_DRAWS)
    for name, share in shares.items():
        total += share * _year_of(scenarios[name])
    tail = (1.0 - LEVEL) / 2.0
    low, high = (float(end) for end in np.quantile(total, (tail, 1.0 - tail)))
    return Span(value=value, low=min(low, value), high=max(high, value))


def _year_of(one: Calibrated) -> Floats:
    """What a scenario costs in a year, over what its rate may be; the same numbers every time."""
    key = hashlib.sha256(f"trimtab promises 1\n{one.name}".encode()).digest()
    generator = np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16])))
    each = one.scenario.expected / one.rate.mean  # what an event costs on average
    drawn: Floats = generator.standard_gamma(one.rate.shape, _DRAWS) / one.rate.per * each
    return drawn
