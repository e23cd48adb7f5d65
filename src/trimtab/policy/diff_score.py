"""What a new policy scores otherwise: a floor that fell, a veto that is gone, a bonus that asks less."""

from collections.abc import Iterator

from trimtab.policy.change import Change, Effect, names_of, shown, values_of
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.model import Policy
from trimtab.policy.score_spec import IncentiveSpec, ScoredMetric, TierScore


def score_changes(a: Policy, b: Policy) -> Iterator[Change]:
    """Every difference between what two policies say of the score."""
    if a.score is None or b.score is None:
        if a.score is not b.score:
            effect: Effect = "adds" if b.score else "loosens"
            yield Change(where="score", effect=effect, text="a score" if b.score else "nothing is scored any more")
        return
    old, new = {one.from_: one for one in a.score.sets}, {one.from_: one for one in b.score.sets}
    for begins in names_of(old, new)[1]:
        text = "the weights of old periods are not kept"
        yield Change(where=f"score.sets from {begins}", effect="loosens", text=text)
    for begins in names_of(old, new)[0]:
        earlier = begins not in {a.score.sets[-1].from_, b.score.sets[-1].from_}
        if earlier and old[begins] != new[begins]:
            text = "the weights of old periods are not as they were"
            yield Change(where=f"score.sets from {begins}", effect="loosens", text=text)
    last, latest = a.score.sets[-1], b.score.sets[-1]
    both, gone, added = names_of(last.tiers, latest.tiers)
    for name in both:
        at = (a.tiers.get(name), b.tiers.get(name))
        floors = [tier.floors if tier else {} for tier in at]
        was = {metric: floor.bound for metric, floor in floors[0].items()}
        now = {metric: floor.bound for metric, floor in floors[1].items()}
        yield from _tier(f"score.{name}", (a, was, last.tiers[name]), (b, now, latest.tiers[name]))
    for name in gone:
        yield Change(where=f"score.{name}", effect="loosens", text="its products are not scored any more")
    for name in added:
        yield Change(where=f"score.{name}", effect="tightens", text="its products are scored as well")
    yield from _incentives(a.score.incentives, b.score.incentives)
    yield from values_of("score", a.score, b.score, skip={"sets", "incentives", "persons"})
    yield from values_of("score.persons", a.score.persons, b.score.persons)


_Side = tuple[Policy, dict[str, float], TierScore]


def _tier(where: str, old: _Side, new: _Side) -> Iterator[Change]:
    both, gone, added = names_of(old[2].metrics, new[2].metrics)
    for name in both:
        yield from _metric(f"{where}.{name}", name, old, new)
    for name in gone:
        yield Change(where=f"{where}.{name}", effect="loosens", text="does not enter the score any more")
    for name in added:
        yield Change(where=f"{where}.{name}", effect="adds", text="enters the score")
    if old[2].pillars != new[2].pillars:
        said = [", ".join(f"{k} {v:g}" for k, v in one[2].pillars.items()) for one in (old, new)]
        yield Change(where=f"{where}.pillars", effect="changes", text=f"{said[0]} becomes {said[1]}")


def _metric(where: str, name: str, old: _Side, new: _Side) -> Iterator[Change]:
    was, now = old[2].metrics[name], new[2].metrics[name]
    if was.veto != now.veto:
        text = "is a veto" if now.veto else "is no veto any more"
        yield Change(where=f"{where}.veto", effect="tightens" if now.veto else "loosens", text=text)
    spec = new[0].metrics.get(name) or old[0].metrics.get(name)
    better = spec.better if spec else kpi_catalogue()[name].better if name in kpi_catalogue() else None
    for key in ("floor", "target"):
        before, after = getattr(was, key), getattr(now, key)
        if before == after:
            continue
        text = f"{shown(before)} becomes {shown(after)}"
        effect: Effect = "changes"
        if key == "floor":  # where nothing is said, the tier's counts
            before = before if before is not None else old[1].get(name)
            after = after if after is not None else new[1].get(name)
        elif spec is not None:
            before, after = (one if one is not None else spec.target for one in (before, after))
        if better is None or before is None or after is None:
            effect = "loosens"  # that it is as strict cannot be shown
        elif before != after:
            effect = "tightens" if (after > before) == (better == "higher") else "loosens"
        yield Change(where=f"{where}.{key}", effect=effect, text=text)
    if was.of != now.of:
        text = f"that of the {now.of} counts; that it is as strict cannot be shown"
        yield Change(where=f"{where}.of", effect="loosens", text=text)
    if was.half_life != now.half_life:
        effect = "tightens" if now.half_life < was.half_life else "loosens"
        text = f"{was.half_life:g} days becomes {now.half_life:g} days"
        yield Change(where=f"{where}.half_life", effect=effect, text=text)
    yield from values_of(where, was, now, skip=set(ScoredMetric.model_fields) - {"pillar", "weight"})


def _incentives(old: IncentiveSpec | None, new: IncentiveSpec | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not new:
            text = "bonuses rest on the score" if new else "bonuses do not rest on the score any more"
            yield Change(where="score.incentives", effect="tightens" if new else "loosens", text=text)
        return
    if old.safety_share != new.safety_share:
        effect: Effect = "tightens" if new.safety_share > old.safety_share else "loosens"
        text = f"{old.safety_share:.3g} becomes {new.safety_share:.3g}"
        yield Change(where="score.incentives.safety_share", effect=effect, text=text)
    if old.deadline_days != new.deadline_days:
        effect = "tightens" if new.deadline_days < old.deadline_days else "loosens"
        text = f"{old.deadline_days} becomes {new.deadline_days}"
        yield Change(where="score.incentives.deadline_days", effect=effect, text=text)
    if old.low != new.low:
        effect = "tightens" if new.low < old.low else "loosens"
        yield Change(where="score.incentives.low", effect=effect, text=f"{old.low:g} becomes {new.low:g}")
    yield from values_of("score.incentives", old, new, skip={"safety_share", "deadline_days", "low"})
