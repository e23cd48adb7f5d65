"""Rules of `kpis`: each is one of the catalogue, and what is asked of it makes sense."""

from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.kpi_catalogue import KpiFacts, kpi_catalogue
from trimtab.policy.links import check_links
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote


def check_kpis(root: Part, gathered: Gathered) -> None:
    """Report every KPI that is none, that is bounded on the wrong side, or that names what is not there."""
    known = kpi_catalogue()
    for name, kpi in root["kpis"].entries():
        facts = known.get(name)
        if facts is None:
            if not gathered.full:
                gathered.report(kpi.where, "is no KPI of the catalogue", nearest(name, known), key=True)
            continue
        _asked(kpi, kpi["target"], facts, gathered)
        for tier, held in kpi["tiers"].entries():
            if tier not in root["tiers"] and not gathered.full:
                message = "is not a tier of this policy"
                gathered.report(held.where, message, nearest(tier, root["tiers"].names), key=True)
            _asked(held, held["target"] if "target" in held else kpi["target"], facts, gathered)
            _no_looser(held["target"], kpi["target"], facts, gathered)
        for metric in kpi["metrics"].items():
            _measures(metric, root["metrics"], facts, gathered)
        check_links(kpi["links"], gathered)
        for actor in (kpi["owner"], kpi["source"]["custodian"]):
            _listed(actor, root, gathered)
        veto = kpi["veto"].value if isinstance(kpi["veto"].value, bool) else facts.veto
        if veto and kpi["source"]["independence"].text == "self":
            message = "is the word of whoever is judged, which can fail a veto and never lift it"
            gathered.report(kpi["source"]["independence"].where, message, "Let others count it.", warning=True)


def _asked(held: Part, target: Part, facts: KpiFacts, gathered: Gathered) -> None:
    floor = held["floor"]
    for side, fits in (("at_most", "lower"), ("at_least", "higher")):
        bound = floor[side].number
        if bound is None:
            continue
        if facts.better != fits:
            other = "at_least" if side == "at_most" else "at_most"
            message = f"bounds {facts.id} on the wrong side: {facts.better} is better for it"
            gathered.report(floor[side].where, message, f"Write `{other}`.", key=True)
        elif target.number is not None and _looser(target.number, bound, facts):
            message = f"is stricter than the target of {facts.id}, {target.number:g}"
            gathered.report(floor[side].where, message, "A target is at least as strict as its floor.")
        _in_range(floor[side], facts, gathered)
    _in_range(held["target"], facts, gathered)


def _no_looser(tier: Part, base: Part, facts: KpiFacts, gathered: Gathered) -> None:
    if tier.number is not None and base.number is not None and _looser(tier.number, base.number, facts):
        gathered.report(tier.where, f"is looser than the target of all, {base.number:g}", "Tighten it only.")


def _in_range(part: Part, facts: KpiFacts, gathered: Gathered) -> None:
    if facts.share and part.number is not None and not 0.0 <= part.number <= 1.0 and facts.id != "R05":
        hint = f"Write `{part.number / 100:g}` for {part.number:g} %." if 1.0 < part.number <= 100.0 else ""
        gathered.report(part.where, f"must lie between 0 and 1, and is {quote(part.value)}", hint)


def _measures(metric: Part, metrics: Part, facts: KpiFacts, gathered: Gathered) -> None:
    if not metric.text:
        return
    if not facts.measured:
        message = f"{facts.id} is not computed from metrics"
        gathered.report(metric.where, message, "It is computed from the books: take `metrics` out.")
    elif metric.text not in metrics:
        if not gathered.full:
            message = f"{quote(metric.text)} is not a metric of this policy"
            gathered.report(metric.where, message, nearest(metric.text, metrics.names))
    elif (better := metrics[metric.text]["better"].text) and better != facts.better:
        message = f"of {quote(metric.text)} {better} is better, and of {facts.id} {facts.better}"
        gathered.report(metric.where, message, "Name a metric that points the same way.")


def _listed(actor: Part, root: Part, gathered: Gathered) -> None:
    names = (*root["people"].names, *root["teams"].names)
    if actor.text and actor.text not in names and not gathered.full:
        message = f"{quote(actor.text, actor.where)} is not listed under people or teams"
        gathered.report(actor.where, message, nearest(actor.text, names), warning=True)


def _looser(number: float, than: float, facts: KpiFacts) -> bool:
    return number < than if facts.better == "higher" else number > than
