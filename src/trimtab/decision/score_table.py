"""All scorecards of a period side by side: products, the teams that own them, vendors; and what the weights decide."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from trimtab.decision.model import Decision, Verdict
from trimtab.decision.period import Period
from trimtab.decision.readings import Seen, latest, readings_of, seen_in
from trimtab.decision.scorecard import BANDS, Band, Comparison, Scorecard, band_of, compare, score
from trimtab.decision.ways_up import Way, ways_up, why_band
from trimtab.decision.weight_sets import InForce
from trimtab.policy.model import Policy
from trimtab.stats.clusters import Floats
from trimtab.stats.composite import LEAST, composite, correlation_ratio

SEED = 0x5C0E
POPULATION = 2_000
_FEWEST = 3  # subjects below which nothing is said of effective weights
_TWOFOLD = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """All that a table is computed from, besides the policy.

    `kpis` are by system what other KPIs say of it. `vendors` are the cards of all vendors, `depends` by system those of
    them that it cannot do without. `losses` are by system and metric the yearly loss that mending it takes away.
    """

    policy: Policy
    in_force: InForce
    period: Period
    asof: int
    decisions: Sequence[Decision] = ()
    kpis: Mapping[str, Mapping[str, Seen]] = field(default_factory=dict)
    vendors: Mapping[str, Scorecard] = field(default_factory=dict)
    depends: Mapping[str, Sequence[str]] = field(default_factory=dict)
    losses: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def limits(self, system: str) -> dict[str, Band | None]:
        """By vendor that a system cannot do without, its band; None of one of which nothing is known."""
        return {f"vendor {name}": self.vendors[name].band for name in self.depends.get(system, ())}

    @property
    def end(self) -> int:
        """What happened from here on does not count."""
        return min(self.period.end, self.asof)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A product: its card, and how it stands among those that are held to the same."""

    system: str
    tier: str
    owner: str
    value: float
    card: Scorecard
    needed: Mapping[str, int | None]
    why: tuple[str, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team: the products that are its own, together.

    The score is the geometric mean of theirs, all alike, so that stating a high business value of one hides no other;
    one without a score counts as the worst. What caps a product caps the team.
    """

    team: str
    systems: tuple[str, ...]
    score: float | None
    band: Band | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """How much of the variance of scores a metric explains, against what it was meant to weigh."""

    metric: str
    nominal: float
    effective: float

    @property
    def twofold(self) -> bool:
        """Whether they differ by a factor of two or more."""
        least = 1e-12
        ratio = max(self.effective, least) / max(self.nominal, least)
        return not 1.0 / _TWOFOLD < ratio < _TWOFOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Scorecards of a period, in the order of (verdict, band, business value)."""

    given: Given
    rows: tuple[Row, ...]
    teams: tuple[Team, ...]
    comparisons: Mapping[str, Comparison]  # by tier
    effective: Mapping[str, tuple[Effective, ...]]  # by tier
    unscored: tuple[str, ...]  # systems of a tier that the weights say nothing of


def table(given: Given) -> Table:
    """Every product that the weights in force speak of, for one period."""
    policy, weights = given.policy, given.in_force.weights
    rows = [_row(given, name) for name, spec in policy.systems.items() if spec.tier in weights.tiers]
    by_tier: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda one: one.system):  # so that no order of the file decides a draw
        by_tier.setdefault(row.tier, []).append(row)
    return Table(
        given=given,
        rows=tuple(sorted(rows, key=_order)),
        teams=_teams(policy, rows),
        comparisons={tier: compare([one.card for one in found], seed=SEED) for tier, found in by_tier.items()},
        effective={tier: effective_weights([one.card for one in found]) for tier, found in by_tier.items()},
        unscored=tuple(name for name, spec in policy.systems.items() if spec.tier not in weights.tiers),
    )


def _order(row: Row) -> tuple[int, int, float, str]:
    verdicts = [Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL]
    bands = [*BANDS, None]
    return verdicts.index(row.card.verdict), bands.index(row.card.band), -row.value, row.system


def _row(given: Given, system: str) -> Row:
    spec = given.policy.systems[system]
    card, needed = card_of(given, system)
    limits = given.limits(system)
    weights = given.in_force.weights.tiers[spec.tier].pillars
    ways = ways_up(card, weights, limits=limits, needed=needed, losses=given.losses.get(system))
    assert given.policy.score is not None
    return Row(
        system=system,
        tier=spec.tier,
        owner=spec.owner,
        value=given.policy.score.value.get(system, 0.0),
        card=card,
        needed=needed,
        why=why_band(card),
        ways=ways,
    )


def card_of(given: Given, system: str) -> tuple[Scorecard, Mapping[str, int | None]]:
    """The card of a product, and by metric how many further trials would probably decide it."""
    tier = given.policy.systems[system].tier
    scored = given.in_force.weights.tiers[tier]
    decision = latest(given.decisions, system, before=given.period.end, asof=given.asof)
    seen = {**(seen_in(given.policy, decision, system) if decision else {}), **given.kpis.get(system, {})}
    readings = readings_of(given.policy, tier, scored, seen, at=given.end)
    card = score(system, readings, scored.pillars, limits=given.limits(system))
    return card, {name: one.needed for name, one in seen.items()}


def teams_of(policy: Policy) -> dict[str, list[str]]:
    """By team, the systems that it or somebody of it owns."""
    found: dict[str, list[str]] = {}
    for name, spec in policy.systems.items():
        person = policy.people.get(spec.owner)
        team = spec.owner if spec.owner in policy.teams else person.team if person else None
        if team:
            found.setdefault(team, []).append(name)
    return found


def _teams(policy: Policy, rows: Sequence[Row]) -> tuple[Team, ...]:
    by_system = {row.system: row for row in rows}
    found = []
    for team, systems in sorted(teams_of(policy).items()):
        own = [by_system[name] for name in systems if name in by_system]
        if own:
            found.append(together(team, own))
    return tuple(found)


def together(team: str, rows: Sequence[Row]) -> Team:
    """The products of a team as one."""
    ordered = sorted(rows, key=lambda row: row.system)
    verdicts = {row.card.verdict for row in ordered}
    worst = next(one for one in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS) if one in verdicts)
    found: float | None = None
    if any(row.card.score is not None for row in ordered):
        logs = [math.log(max(row.card.score or 0.0, 100.0 * LEAST)) for row in ordered]
        mean = math.exp(math.fsum(logs) / len(logs))
        found = min([mean, *(row.card.cap for row in ordered)])
    return Team(
        team=team,
        systems=tuple(row.system for row in ordered),
        score=found,
        band=None if found is None else band_of(found),
        verdict=worst,
    )


def effective_weights(cards: Sequence[Scorecard]) -> tuple[Effective, ...]:
    """The correlation ratio of the score on each metric, over these subjects and what is not known of them.

    Every subject counts alike. Within its interval a metric may be anywhere, which stands for what the next
    measurement could say; caps are left out, since they are no weights. Empty of fewer than three subjects of which
    something is known.

    Source:
        Paruolo, Saisana & Saltelli (2013), JRSS-A 176(3), 609-634.
    """
    cards = [card for card in cards if card.score is not None]
    if len(cards) < _FEWEST:
        return ()
    nominal = np.array([worth.weight for worth in cards[0].worths])
    ends: Floats = np.array(
        [[(worth.low, max(worth.low, worth.favourable)) for worth in card.worths] for card in cards]
    )
    generator = np.random.Generator(np.random.Philox(SEED))
    who = np.arange(POPULATION) % len(cards)
    drawn = generator.random((POPULATION, len(nominal)))
    utilities = ends[who, :, 0] + drawn * (ends[who, :, 1] - ends[who, :, 0])
    scores = composite(utilities, nominal)[None, :]
    ratios = np.array([correlation_ratio(scores, utilities[:, at])[0] for at in range(len(nominal))])
    whole = ratios.sum()
    shares = ratios / whole if whole > 0.0 else ratios
    return tuple(
        Effective(metric=worth.reading.metric, nominal=float(a), effective=float(b))
        for worth, a, b in zip(cards[0].worths, nominal, shares, strict=True)
    )
