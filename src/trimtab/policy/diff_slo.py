"""What events in production must come to under a new policy, and who hears of it."""

from collections.abc import Iterator

from trimtab.policy.change import Change, Effect, names_of, values_of
from trimtab.policy.model import Policy, Tier
from trimtab.policy.system_spec import SloSpec, SystemSpec


def slo_changes(where: str, old: SystemSpec, before: Tier, new: SystemSpec, after: Tier) -> Iterator[Change]:
    """Every difference between the objectives of a system."""
    both, gone, added = names_of(old.slo, new.slo)
    for name in both:
        yield from _tolerance(
            f"{where}.{name}", tolerated(old.slo[name], before, name), tolerated(new.slo[name], after, name)
        )
        yield from _slo(f"{where}.{name}", old.slo[name], new.slo[name])
    for name in gone:
        yield Change(where=f"{where}.{name}", effect="loosens", text="its events have no budget any more")
    for name in added:
        yield Change(where=f"{where}.{name}", effect="tightens", text="its events get a budget")


def tolerated(slo: SloSpec, tier: Tier, metric: str) -> float | None:
    """The share of bad events that is tolerated: the policy's word, else what the floor leaves; None without either."""
    if slo.good is not None:
        return round(1.0 - slo.good, 12)
    floor = tier.floors.get(metric)
    if floor is None:
        return None
    return floor.at_most if floor.at_most is not None else round(1.0 - floor.bound, 12)


def notify_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """Who hears of alarms no more, or as well."""
    both, gone, added = names_of(a.notify, b.notify)
    for name in both:
        old, new = set(a.notify[name].alarms), set(b.notify[name].alarms)
        if old != new:
            effect: Effect = "tightens" if old < new else "loosens"
            text = f"hears of {' and '.join(sorted(new))} instead of {' and '.join(sorted(old))}"
            yield Change(where=f"notify.{name}.alarms", effect=effect, text=text)
        yield from values_of(f"notify.{name}", a.notify[name], b.notify[name], skip={"alarms"})
    for name in gone:
        yield Change(where=f"notify.{name}", effect="loosens", text="hears of no alarm any more")
    for name in added:
        yield Change(where=f"notify.{name}", effect="tightens", text="hears of alarms as well")


def _tolerance(where: str, old: float | None, new: float | None) -> Iterator[Change]:
    if old is not None and new is not None and old != new:
        text = f"the share of events that may be bad, {old:g}, becomes {new:g}"
        yield Change(where=f"{where}.good", effect="tightens" if new < old else "loosens", text=text)


def _slo(where: str, old: SloSpec, new: SloSpec) -> Iterator[Change]:
    if old.severe_share != new.severe_share:
        effect: Effect = "tightens" if new.severe_share > old.severe_share else "loosens"
        text = f"{old.severe_share:g} becomes {new.severe_share:g}"
        yield Change(where=f"{where}.severe_share", effect=effect, text=text)
    for key in ("labels", "actions", "severe"):
        ours, theirs = set(getattr(old, key)), set(getattr(new, key))
        if ours == theirs:
            continue
        # No labels are all labels; of the others, none is none.
        wider = theirs > ours or (key == "labels" and not theirs)
        if key == "labels" and not ours:
            wider = False
        said = [" and ".join(sorted(names)) or "all of them" for names in (ours, theirs)]
        text = f"{said[0]} becomes {said[1]}" if key != "severe" else "another set of findings spends a share at once"
        yield Change(where=f"{where}.{key}", effect="tightens" if wider else "loosens", text=text)
    yield from values_of(where, old, new, skip={"good", "severe_share", "labels", "actions", "severe"})
