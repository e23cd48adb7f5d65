"""The scenarios of a policy, held against what the books saw: rates by counted incidents, losses by cost lines.

- A rate is a stated range, taken as a gamma variable, updated by the incidents counted while exposure was recorded. A
  time without recorded exposure says nothing: neither that there were incidents nor that there were none.
- What an event costs is a stated range, until the costs of enough incidents are known; then losses relative to the
  middle of their stated range are pooled over scenarios, so that a scenario with one loss learns from the others.
- Whoever stated ranges is scored by the losses that came: of nine in ten hit, nothing changes; of fewer, the ranges are
  widened.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trimtab.decision.loss_scenarios import incident_scenario
from trimtab.decision.loss_seen import Seen, seen_by, stated_loss
from trimtab.errors import InsufficientEvidenceError
from trimtab.evidence.books import Books
from trimtab.policy.model import Policy
from trimtab.policy.money_spec import ScenarioSpec
from trimtab.stats.expert_ranges import Record, record
from trimtab.stats.loss import Scenario
from trimtab.stats.poisson import GammaRate
from trimtab.stats.pooling import pooled
from trimtab.stats.severity import Lognormal, Severity, Spliced, from_range

YEAR = 31_557_600_000_000  # microseconds of 365.25 days
MOST_WIDENED = 3.0
"""Times: beyond it a wider range is no knowledge any more, and its mean runs away."""
_WIDEST = math.log(5e6)
LEAST_FREE = 8
"""Losses beyond one of each scenario from which the scatter of losses is told; with fewer, stated ranges stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """A scenario as it is simulated, and where each of its numbers comes from.

    `events` were counted in `years` of recorded exposure. `losses` are the costs of its incidents that are known
    to the end. `rate_stated` and `loss_stated` are the policy's, before they were widened by `factor`.
    """

    name: str
    spec: ScenarioSpec
    scenario: Scenario
    rate: GammaRate
    rate_stated: tuple[float, float]
    events: int
    years: float
    loss_stated: tuple[float, float]
    losses: int
    loss_from: Literal["stated", "pooled"]
    factor: float
    pull: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LossModel:
    """All scenarios in the policy's order, and how good the ranges of those who stated them were."""

    scenarios: tuple[Calibrated, ...]
    records: Mapping[str, Record]
    uncounted: int  # incidents outside of recorded exposure

    @property
    def drawn(self) -> tuple[Scenario, ...]:
        """What is simulated."""
        return tuple(one.scenario for one in self.scenarios)


def loss_model(
    policy: Policy,
    books: Books,
    *,
    since: int = 0,
    until: int,
    known: int | None = None,
    seen: Seen | None = None,
) -> LossModel:
    """What the policy states and the books saw, moments in microseconds since the epoch, UTC.

    Args:
        policy: Its scenarios.
        books: What was recorded.
        since: Rates are told from [since, until).
        until: See above.
        known: Costs of incidents count up to here, and so does the record of those who stated ranges; `until` if
            left out. What an event costs is no matter of the window in which its rate is told, so models of two
            windows with one `known` differ in their rates alone.
        seen: What the books saw up to `known`, for whoever wants several windows of it.
    """
    seen = seen or seen_by(policy, books, until if known is None else known)
    records, pools = _records(policy, seen), _pooled(seen)
    found = []
    matched: set[str] = set()
    counted: set[str] = set()
    for name, spec in policy.scenarios.items():
        factor = min(records[spec.stated_by].factor, MOST_WIDENED) if spec.stated_by else 1.0
        inside, covered = seen.window(name, spec.system or "", since, until)
        matched |= {event.incident for event in seen.events[name] if since <= event.at < until}
        counted |= inside
        counts = spec.severity is not None or spec.hazard != ""
        years = covered / YEAR if counts else 0.0
        rate = GammaRate.from_range(*_widened(spec.rate, factor)).updated(len(inside), years)
        scenario = _scenario(policy, name, rate, factor, pools[name][0] if name in pools else None)
        found.append(
            Calibrated(
                name=name,
                spec=spec,
                scenario=scenario,
                rate=rate,
                rate_stated=spec.rate,
                events=len(inside),
                years=years,
                loss_stated=seen.stated[name],
                losses=len(seen.losses[name]),
                loss_from="pooled" if name in pools else "stated",
                factor=factor,
                pull=pools[name][1] if name in pools else 0.0,
            )
        )
    return LossModel(scenarios=tuple(found), records=records, uncounted=len(matched - counted))


# -- parts ---------------------------------------------------------------------------------


def _records(policy: Policy, seen: Seen) -> dict[str, Record]:
    """By whoever stated ranges: each loss against the range that nine of ten should lie in."""
    outcomes: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for name, spec in policy.scenarios.items():
        if spec.stated_by:
            outcomes[spec.stated_by] += [(*seen.stated[name], loss) for loss in seen.losses[name]]
    return {by: record(rows) for by, rows in outcomes.items()}


def _pooled(seen: Seen) -> dict[str, tuple[Lognormal, float]]:
    """Losses by scenario as pooled, with the pull to the middle; none while too few are known.

    What is pooled are losses over the middle of their stated range: a leak and an outage differ in size, and
    what they have in common is by how much the ranges were off.
    """
    middle = {name: math.sqrt(low * high) for name, (low, high) in seen.stated.items() if low > 0.0}
    relative = {name: [loss / middle[name] for loss in seen.losses[name]] for name in middle}
    if sum(max(len(losses) - 1, 0) for losses in relative.values()) < LEAST_FREE:
        return {}
    try:
        found = pooled(relative)
    except InsufficientEvidenceError:
        return {}
    return {
        name: (Lognormal(one.mu + math.log(middle[name]), one.sigma), found.pull[name])
        for name, one in found.severities.items()
    }


def _widened(given: tuple[float, float], factor: float) -> tuple[float, float]:
    low, high = given
    if factor == 1.0 or not 0.0 < low < high:
        return given
    # No wider than there is a gamma rate of.
    centre, half = math.sqrt(low) * math.sqrt(high), min(math.log(high / low) * factor, _WIDEST) / 2.0
    return centre * math.exp(-half), centre * math.exp(half)


def _scenario(policy: Policy, name: str, rate: GammaRate, factor: float, pool: Lognormal | None) -> Scenario:
    spec = policy.scenarios[name]
    second, chance = None, 0.0
    if spec.secondary is not None:
        second, chance = from_range(*_widened(spec.secondary.loss, factor)), spec.secondary.chance
    elif spec.loss is None:
        assert policy.costs is not None
        plain = incident_scenario(policy.costs, spec.severity or "", rate, name=name)
        second, chance = plain.secondary, plain.secondary_chance
    loss: Severity = pool or from_range(*_widened(stated_loss(policy, spec), factor))
    if spec.tail is not None and isinstance(loss, Lognormal):
        loss = Spliced(loss, spec.tail.start, spec.tail.index)
    return Scenario(name=name, rate=rate, loss=loss, secondary=second, secondary_chance=chance, shocked=spec.shocked)
