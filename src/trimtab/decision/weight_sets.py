"""Which weights a period is judged by, what a set of weights says in plain numbers, and how far two of them differ.

A set is told as one number for each thing that it says, by a name such as `weight:high/safety/leaks`, so that the
books can hold a proposal whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trimtab._canonical import digest
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins
from trimtab.policy.score_spec import WeightSet

MOST_MOVED = 0.2
"""By how much of itself a weight may move in one recalibration; and how much of a pillar may be new."""
_ROUNDING = 1e-9


def told(weights: WeightSet) -> dict[str, float]:
    """Everything that a set says, by name."""
    found: dict[str, float] = {"formula": float(weights.formula)}
    for tier, spec in weights.tiers.items():
        for pillar, weight in spec.pillars.items():
            found[f"pillar:{tier}/{pillar}"] = weight
        for name, metric in spec.metrics.items():
            found[f"weight:{tier}/{metric.pillar}/{name}"] = metric.weight
            found[f"half-life:{tier}/{name}"] = metric.half_life
            if metric.veto:
                found[f"veto:{tier}/{name}"] = 1.0
            if metric.of == "organisation":
                found[f"organisation:{tier}/{name}"] = 1.0
            for key, value in (("floor", metric.floor), ("target", metric.target)):
                if value is not None:
                    found[f"{key}:{tier}/{name}"] = value
    return found


def from_told(numbers: Mapping[str, float], *, begins: str) -> WeightSet:
    """The set that was told, from a day such as `2027-01-01` on.

    Raises:
        ValueError: It says nothing that a set could be.
    """
    tiers: dict[str, dict[str, dict[str, object]]] = {}
    details: dict[tuple[str, str], dict[str, object]] = {}
    try:
        for name, value in numbers.items():
            kind, _, rest = name.partition(":")
            tier, _, inner = rest.partition("/")
            if kind == "pillar":
                tiers.setdefault(tier, {"pillars": {}, "metrics": {}})["pillars"][inner] = value
            elif kind == "weight":
                pillar, _, metric = inner.partition("/")
                details.setdefault((tier, metric), {}).update(pillar=pillar, weight=value)
            elif kind == "organisation":
                details.setdefault((tier, inner), {})["of"] = kind
            elif kind in {"floor", "target", "half-life", "veto"}:
                given = bool(value) if kind == "veto" else value
                details.setdefault((tier, inner), {})[kind.replace("-", "_")] = given
            elif name != "formula":
                raise ValueError(f"{name[:60]!r} is nothing that a set of weights says")
        for (tier, metric), spec in details.items():
            tiers[tier]["metrics"][metric] = spec
        formula = numbers["formula"]
    except KeyError as error:
        raise ValueError(f"a set of weights without {error.args[0]!r}") from None
    return WeightSet.model_validate({"from": begins, "formula": int(formula), "tiers": tiers})


def digest_of(weights: WeightSet) -> str:
    """Of all that a set says, its beginning included."""
    return digest({"from": weights.from_, "numbers": told(weights)})


def asked_digest(policy: Policy, weights: WeightSet) -> str:
    """Of what a set asks for, wherever that is written: to state the floor of the tier changes nothing."""
    numbers = told(weights)
    for tier, spec in weights.tiers.items():
        for name, metric in spec.metrics.items():
            for key, value in (
                ("floor", floor_of(policy, tier, name, metric.floor)),
                ("target", target_of(policy, tier, name, metric.target)),
            ):
                if value is not None:
                    numbers[f"{key}:{tier}/{name}"] = value
    return digest({"from": weights.from_, "numbers": numbers})


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The set that a moment is judged by; `passed_over` are later ones that no vote put into force, with the reason."""

    weights: WeightSet
    digest: str
    passed_over: tuple[str, ...] = ()


def in_force(
    policy: Policy, adopted: Mapping[str, int], start: int, *, first: WeightSet | None = None
) -> InForce | None:
    """The set for a period that begins at `start`; None where the policy has none by then.

    Args:
        policy: Its first set needs no vote.
        adopted: Digests of sets that were voted for before they began, and until when each holds; 0 for always.
        start: Of the period, microseconds since the epoch, UTC.
        first: The first set of the policy as it was before the period, where that is known: the one that needs no vote.
    """
    sets: Sequence[WeightSet] = policy.score.sets if policy.score else ()
    plain = first or (sets[0] if sets else None)
    needs_none = digest_of(plain) if plain else ""
    later = [one for one in sets if digest_of(one) != needs_none]
    found: WeightSet | None = None
    over: list[str] = []
    for one in sorted([*([plain] if plain and sets else []), *later], key=lambda one: day_begins(one.from_)):
        if day_begins(one.from_) > start:
            break
        made = digest_of(one)
        if made != needs_none and made not in adopted:
            over.append(f"The weights from {one.from_} are not in force: no vote before that day adopted {made[:19]}.")
        elif made != needs_none and 0 < adopted[made] <= start:
            over.append(f"The weights from {one.from_} asked less for a time, and that time is over.")
        else:
            found, over = one, []
    if found is None:
        return None
    return InForce(weights=found, digest=digest_of(found), passed_over=tuple(over))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One thing that a new set says otherwise. `allowed` is empty where it may; else it says why it may not.

    `loosens` says that less is asked.
    """

    name: str
    old: float | None
    new: float | None
    allowed: str = ""
    loosens: bool = False


def moved(policy: Policy, old: WeightSet, new: WeightSet) -> tuple[Moved, ...]:
    """Every difference, tier by tier; whether the caps of a recalibration are kept.

    Weights of pillars, and shares of metrics within their pillar among those that both sets have, move by a fifth of
    themselves at most. What is new in a pillar takes a fifth of it at most. A metric that leaves (or changes its
    pillar), a veto that is lifted, a floor or target that asks less, evidence that may be older: all loosen.
    """
    found: list[Moved] = []
    for tier in {**old.tiers, **new.tiers}:
        if tier not in old.tiers:
            found.append(Moved(name=tier, old=None, new=1.0))
        elif tier not in new.tiers:
            found.append(Moved(name=tier, old=1.0, new=None, loosens=True))
        else:
            found += _pillars(tier, old, new)
            found += _shares(tier, old, new)
            found += _asked(policy, tier, old, new)
    return tuple(found)


def _pillars(tier: str, old: WeightSet, new: WeightSet) -> Iterator[Moved]:
    was, now = old.tiers[tier].pillars, new.tiers[tier].pillars
    for pillar in {**was, **now}:
        a, b = was.get(pillar, 0.0), now.get(pillar, 0.0)
        if a == b:
            continue
        name = f"pillar:{tier}/{pillar}"
        # A pillar that is new has no weight to move from; it takes as little as a new metric may.
        far = abs(b - a) > MOST_MOVED * a + _ROUNDING if a else b > MOST_MOVED + _ROUNDING
        yield Moved(name=name, old=a, new=b, allowed=_too_far(a, b) if far else "")


def _shares(tier: str, old: WeightSet, new: WeightSet) -> Iterator[Moved]:
    was, now = old.tiers[tier].metrics, new.tiers[tier].metrics
    for pillar in new.tiers[tier].pillars:
        before = {name: one.weight for name, one in was.items() if one.pillar == pillar}
        after = {name: one.weight for name, one in now.items() if one.pillar == pillar}
        both = [name for name in before if name in after]
        fresh = sum(weight for name, weight in after.items() if name not in before)
        whole = sum(after.values())
        if before and fresh > MOST_MOVED * whole + _ROUNDING:
            why = f"{fresh / whole:.0%} of the pillar would be new, and {MOST_MOVED:.0%} may be"
            yield Moved(name=f"weight:{tier}/{pillar}", old=None, new=fresh / whole, allowed=why)
        for name in both:
            a = before[name] / sum(before[one] for one in both)
            b = after[name] / sum(after[one] for one in both)
            if abs(b - a) > _ROUNDING:
                far = abs(b - a) > MOST_MOVED * a + _ROUNDING
                yield Moved(name=f"weight:{tier}/{pillar}/{name}", old=a, new=b, allowed=_too_far(a, b) if far else "")


def _too_far(old: float, new: float) -> str:
    if not old:
        return f"a new pillar takes {MOST_MOVED:.0%} at most, and this one {new:.0%}"
    return f"moves by {abs(new - old) / old:.0%} of itself, and {MOST_MOVED:.0%} is allowed"


def _asked(policy: Policy, tier: str, old: WeightSet, new: WeightSet) -> Iterator[Moved]:
    was, now = old.tiers[tier].metrics, new.tiers[tier].metrics
    for name, a in was.items():
        b = now.get(name)
        if b is None or b.pillar != a.pillar:
            yield Moved(name=f"weight:{tier}/{a.pillar}/{name}", old=a.weight, new=None, loosens=True)
            if b is None:
                continue
        if a.veto != b.veto:
            at = f"veto:{tier}/{name}"
            yield Moved(name=at, old=float(a.veto), new=float(b.veto), loosens=a.veto)
        if a.of != b.of:  # neither is stricter for everybody
            at = f"organisation:{tier}/{name}"
            yield Moved(name=at, old=float(a.of == "organisation"), new=float(b.of == "organisation"), loosens=True)
        if a.half_life != b.half_life:
            yield Moved(
                name=f"half-life:{tier}/{name}", old=a.half_life, new=b.half_life, loosens=b.half_life > a.half_life
            )
        for key, x, y in (
            ("floor", floor_of(policy, tier, name, a.floor), floor_of(policy, tier, name, b.floor)),
            ("target", target_of(policy, tier, name, a.target), target_of(policy, tier, name, b.target)),
        ):
            if x != y:
                yield Moved(name=f"{key}:{tier}/{name}", old=x, new=y, loosens=_looser(policy, name, x, y))


def floor_of(policy: Policy, tier: str, metric: str, stated: float | None) -> float | None:
    """What scores 0.5: what the set states, else the floor of the tier or of the KPI; None where nobody says so."""
    if stated is not None:
        return stated
    kpi = policy.kpis.get(metric)
    if kpi is not None:
        own = kpi.tiers[tier].floor if tier in kpi.tiers else None
        floor = own or kpi.floor
    else:
        floor = policy.tiers[tier].floors.get(metric) if tier in policy.tiers else None
    return None if floor is None else floor.bound


def target_of(policy: Policy, tier: str, metric: str, stated: float | None) -> float | None:
    """What scores 1: what the set states, else the target of the metric or the KPI; None where nobody says so."""
    if stated is not None:
        return stated
    kpi, spec = policy.kpis.get(metric), policy.metrics.get(metric)
    if kpi is not None:
        own = kpi.tiers[tier].target if tier in kpi.tiers else None
        return kpi.target if own is None else own
    return spec.target if spec else None


def _looser(policy: Policy, metric: str, old: float | None, new: float | None) -> bool:
    """That it is as strict must be shown: of what nobody knows nothing says which way is good."""
    spec, kpi = policy.metrics.get(metric), kpi_catalogue().get(metric)
    better = spec.better if spec else kpi.better if kpi else None
    if better is None or old is None or new is None:
        return True
    return new < old if better == "higher" else new > old
