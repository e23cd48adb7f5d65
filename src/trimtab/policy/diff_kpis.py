"""What KPIs ask under a new policy, and how long each step of an incident may take."""

from collections.abc import Iterator

from trimtab.policy.change import Change, Effect, names_of, shown, values_of
from trimtab.policy.floor import Floor
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.kpi_spec import KpiSpec, KpiTier
from trimtab.policy.model import Policy, Tier
from trimtab.policy.spans import STEPS, LimitSpec, microseconds

_INDEPENDENCE = ("self", "other-team", "outside")


def kpi_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """Every difference between the KPIs of two policies."""
    both, gone, new = names_of(a.kpis, b.kpis)
    for name in both:
        yield from _kpi(name, a.kpis[name], b.kpis[name])
    for name in gone:
        yield Change(where=f"kpis.{name}", effect="loosens", text="is asked no more")
    for name in new:
        yield Change(where=f"kpis.{name}", effect="tightens", text="is asked as well")


def limit_changes(where: str, old: Tier, new: Tier) -> Iterator[Change]:
    """Every difference between how long two tiers let each step take."""
    yield from _limits(f"{where}.limits", old.limits, new.limits)


def _kpi(name: str, old: KpiSpec, new: KpiSpec) -> Iterator[Change]:
    where = f"kpis.{name}"
    yield from _target(f"{where}.target", name, old.target, new.target)
    yield from _floor(f"{where}.floor", old.floor, new.floor)
    yield from _tiers(where, name, old, new)
    before, after = old.source.independence, new.source.independence
    if before != after:
        further = _INDEPENDENCE.index(after) > _INDEPENDENCE.index(before)
        text = f"{before} becomes {after}"
        yield Change(where=f"{where}.source.independence", effect="tightens" if further else "loosens", text=text)
    yield from values_of(f"{where}.source", old.source, new.source, skip={"independence"})
    facts = kpi_catalogue()[name]
    yield from _number(f"{where}.n_min", old.n_min or facts.n_min, new.n_min or facts.n_min, more_is_stricter=True)
    for key in ("half_life", "cadence"):
        spans = [getattr(one, key) or getattr(facts, key) for one in (old, new)]
        if spans[0] != spans[1]:
            long, then = map(microseconds, spans)
            effect: Effect = "changes" if long == then else "loosens" if then > long else "tightens"
            yield Change(where=f"{where}.{key}", effect=effect, text=f"{spans[0]} becomes {spans[1]}")
    veto = [facts.veto if one.veto is None else one.veto for one in (old, new)]
    if veto[0] != veto[1]:
        text = "becomes a veto" if veto[1] else "is a veto no more"
        yield Change(where=f"{where}.veto", effect="tightens" if veto[1] else "loosens", text=text)
    if old.metrics != new.metrics:
        fewer = [one for one in old.metrics if one not in new.metrics]
        text = f"{', '.join(old.metrics) or 'no metric'} becomes {', '.join(new.metrics) or 'no metric'}"
        yield Change(where=f"{where}.metrics", effect="loosens" if fewer else "tightens", text=text)
    yield from _limits(f"{where}.limits", old.limits, new.limits)
    told = {"target", "floor", "tiers", "source", "n_min", "half_life", "cadence", "veto", "metrics", "limits"}
    yield from values_of(where, old, new, skip=told)


def _tiers(where: str, name: str, old: KpiSpec, new: KpiSpec) -> Iterator[Change]:
    for tier in {**old.tiers, **new.tiers}:
        before, after = old.tiers.get(tier, KpiTier()), new.tiers.get(tier, KpiTier())
        at = f"{where}.tiers.{tier}"
        # What a tier does not say is what is asked of all.
        if before.target != after.target:
            first, then = before.target, after.target
            yield from _target(
                f"{at}.target", name, old.target if first is None else first, new.target if then is None else then
            )
        if before.floor != after.floor:
            yield from _floor(f"{at}.floor", before.floor or old.floor, after.floor or new.floor)


def _target(where: str, name: str, old: float, new: float) -> Iterator[Change]:
    if old != new:
        higher = kpi_catalogue()[name].better == "higher"
        effect: Effect = "tightens" if (new > old) == higher else "loosens"
        yield Change(where=where, effect=effect, text=f"{old:g} becomes {new:g}")


def _floor(where: str, old: Floor | None, new: Floor | None) -> Iterator[Change]:
    if old == new:
        return
    loosens = new is None or (old is not None and old.loosened_by(new))
    text = f"{shown(None) if old is None else old} becomes {shown(None) if new is None else new}"
    yield Change(where=where, effect="loosens" if loosens else "tightens", text=text)


def _number(where: str, old: float, new: float, *, more_is_stricter: bool) -> Iterator[Change]:
    if old != new:
        effect: Effect = "tightens" if (new > old) == more_is_stricter else "loosens"
        yield Change(where=where, effect=effect, text=f"{old:g} becomes {new:g}")


def _limits(where: str, old: dict[str, LimitSpec], new: dict[str, LimitSpec]) -> Iterator[Change]:
    for severity in sorted({*old, *new}):
        for step in STEPS:
            before = old[severity].of(step) if severity in old else None
            after = new[severity].of(step) if severity in new else None
            said = [getattr(one[severity], step) if severity in one else None for one in (old, new)]
            if said[0] == said[1]:
                continue
            loosens = after is None or (before is not None and after > before)
            effect: Effect = "changes" if before == after else "loosens" if loosens else "tightens"
            text = f"{shown(said[0])} becomes {shown(said[1])}"
            yield Change(where=f"{where}.{severity}.{step}", effect=effect, text=text)
