"""Rules of `score`: what is named exists, floors leave a scale, and sets of weights follow each other by quarters."""

from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.kpi_catalogue import kpi_catalogue
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote


def check_score(root: Part, gathered: Gathered) -> None:
    """Report everything wrong with what the score is made of."""
    score = root["score"]
    sets = list(score["sets"].items())
    for index, one in enumerate(sets):
        _after(one, sets[index - 1] if index else None, gathered)
        _set(one, root, gathered, last=index == len(sets) - 1, alone=len(sets) == 1)
    for name, part in score["value"].entries():
        if name not in root["systems"]:
            _unknown(part, "is not a system of this policy", name, root["systems"].names, gathered)
    if len(sets) > 1 and not list(score["voters"].items()):
        message = "has more than one entry, and nobody is named who votes: no later set can come into force"
        gathered.report(score["sets"].where, message, "Name `voters`.", key=True, warning=True)
    for voter in score["voters"].items():
        if voter.text and voter.text not in root["people"] and not gathered.full:
            message = f"{quote(voter.text)} is not listed under people"
            gathered.report(voter.where, message, nearest(voter.text, root["people"].names))


def _after(one: Part, before: Part | None, gathered: Gathered) -> None:
    begins, earlier = one["from"].text, before["from"].text if before else ""
    if begins and earlier and begins <= earlier:
        message = f"does not begin after the set before it, {quote(earlier)}"
        gathered.report(one["from"].where, message, "Keep old sets, and add new ones at the end.")


def _set(one: Part, root: Part, gathered: Gathered, *, last: bool, alone: bool) -> None:
    for name, tier in one["tiers"].entries():
        if name in root["tiers"]:
            for metric, part in tier["metrics"].entries():
                if alone or _stated(part, gathered):
                    _metric(metric, part, name, root, gathered, last=last)
        elif last:  # an old set may know a tier that is gone
            _unknown(tier, "is not a tier of this policy", name, root["tiers"].names, gathered)


def _unknown(part: Part, what: str, name: str, known: tuple[str, ...], gathered: Gathered) -> None:
    if not gathered.full:
        gathered.report(part.where, what, nearest(name, known), key=True)


def _stated(part: Part, gathered: Gathered) -> bool:
    """Whether a set that is not the only one says everything itself, so that an old period keeps its formula."""
    missing = [key for key in ("floor", "target") if key not in part]
    if missing:
        message = f"does not say its {' and '.join(missing)}, and there is more than one set"
        gathered.report(part.where, message, "Write what holds for its time: other numbers may hold later.", key=True)
    return not missing


def _metric(name: str, part: Part, tier: str, root: Part, gathered: Gathered, *, last: bool) -> None:
    stated = {key for key in ("floor", "target") if part[key].number is not None}
    kpi = kpi_catalogue().get(name)
    held = root["kpis"][name] if kpi else root["metrics"][name]
    if kpi is None and name not in root["metrics"]:
        if last:
            known = (*root["metrics"].names, *kpi_catalogue())
            _unknown(part, "is neither a metric of this policy nor a KPI of the catalogue", name, known, gathered)
        else:
            message = "is no metric of this policy any more, so it is missing in quarters that this set judges"
            gathered.report(part.where, message, "Keep the metric while they may be asked for.", key=True, warning=True)
        return
    if kpi and part["of"].text == "organisation" and "organisation" not in kpi.scopes:
        gathered.report(
            part["of"].where, "is not what this KPI can be read for", f"It is read for {', '.join(kpi.scopes)}."
        )
    if kpi is None and "of" in part:
        gathered.report(part["of"].where, "is for KPIs", "Remove it: a metric is of the product.", key=True)
    bounds = _bounds(held, tier) if kpi else root["tiers"][tier]["floors"][name]
    higher = kpi.better == "higher" if kpi else held["better"].text == "higher"
    asked = bounds["at_least" if higher else "at_most"].number
    floor = part["floor"].number if "floor" in stated else asked
    target = part["target"].number if "target" in stated else _target(held, tier)
    if floor is None or target is None:
        missing = "floor" if floor is None else "target"
        message = f"has no {missing} for tier {quote(tier)}, so nothing says what it is worth"
        gathered.report(part.where, message, f"Give it a `{missing}` here.", key=True)
        return
    ratio = kpi.share if kpi else (held["unit"].text or "ratio") == "ratio"
    if floor <= 0.0 or (ratio and floor >= 1.0):
        where = part["floor"].where if "floor" in stated else part.where
        message = f"has a floor of {floor:g}, which leaves no scale to measure by"
        gathered.report(where, message, "Give it a `floor` here that can be met and missed.")
    elif target < floor if higher else target > floor:
        where = part["target"].where if "target" in stated else part["floor"].where
        gathered.report(where, f"makes the target, {target:g}, less strict than the floor, {floor:g}")
    if last and asked is not None and "floor" in stated and (floor < asked if higher else floor > asked):
        message = f"is looser than the floor of tier {quote(tier)}, {asked:g}; verdicts are by that one"
        gathered.report(part["floor"].where, message, "Propose a set that asks for as much.", warning=True)


def _bounds(kpi: Part, tier: str) -> Part:
    own = kpi["tiers"][tier]["floor"]
    return own if own.value is not None else kpi["floor"]


def _target(held: Part, tier: str) -> float | None:
    own = held["tiers"][tier]["target"].number
    return own if own is not None else held["target"].number
