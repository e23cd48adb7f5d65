"""Rules of `vendors`: what is named exists, what is promised can be measured, and the questions cover what protects."""

from collections.abc import Sequence

from trimtab.policy.controls import catalogue
from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.part import Part
from trimtab.policy.pillars import PROTECTED, pillar_of_control
from trimtab.policy.secrecy import quote
from trimtab.policy.vendor_spec import ASKED, SLA_KPIS


def asked_of(asks: Sequence[str]) -> tuple[str, ...]:
    """The links of all controls that a questionnaire holds, each once; a framework stands for all of its controls."""
    known = catalogue()
    found: dict[str, None] = {}
    for one in asks or ASKED:
        for link in [control.link for control in known.of(one)] or [one]:
            found[link] = None
    return tuple(found)


def check_vendors(root: Part, gathered: Gathered) -> None:
    """Report everything wrong with the vendors, and systems that rest on vendors who are not there."""
    vendors, systems = root["vendors"], root["systems"]
    actors = (*root["people"].names, *root["teams"].names)
    for name, vendor in vendors.entries():
        _known(vendor["owner"], actors, "is not listed under people or teams", gathered)
        _known(vendor["tier"], root["tiers"].names, "is not a tier of this policy", gathered)
        if _known(vendor["system"], systems.names, "is not a system of this policy", gathered):
            _measured(name, vendor, systems[vendor["system"].text], gathered)
        _asks(vendor["asks"], gathered)
        _clauses(vendor, root, gathered)
        if vendor["critical"].value is True and not _needed(name, systems):
            message = "is critical, and no system names it under `vendors`, so it caps nothing"
            gathered.report(vendor["critical"].where, message, "Name it where products rest on it.", warning=True)
    for _, system in systems.entries():
        for named in system["vendors"].items():
            _known(named, vendors.names, "is not a vendor of this policy", gathered)


def _measured(name: str, vendor: Part, system: Part, gathered: Gathered) -> None:
    tier, theirs = vendor["tier"].text, system["tier"].text
    if tier and theirs and tier != theirs:
        message = f"is {quote(tier)}, and their system is in tier {quote(theirs)}"
        gathered.report(vendor["tier"].where, message, "Hold both to the same floors.")
    if name in [named.text for named in system["vendors"].items()]:
        message = "is the vendor's own API, which cannot rest on the vendor"
        gathered.report(vendor["system"].where, message, "Take the vendor out of its `vendors`.")


def _needed(name: str, systems: Part) -> bool:
    return any(named.text == name for _, system in systems.entries() for named in system["vendors"].items())


def _asks(asks: Part, gathered: Gathered) -> None:
    known, wrong = catalogue(), False
    for one in asks.items():
        if not one.text or one.text in known.frameworks or known.find(one.text) is not None:
            continue
        wrong = True
        message = f"{quote(one.text)} is neither a control of the catalogue nor a framework"
        hint = (known.doubt(one.text) or ("", ""))[1] or nearest(one.text, known.frameworks)
        gathered.report(one.where, message, hint)
    named = [one.text for one in asks.items() if one.text]
    if named and not wrong and not any(pillar_of_control(link) in PROTECTED for link in asked_of(named)):
        message = "asks for nothing that protects people: no control about safety, privacy or fairness"
        gathered.report(asks.where, message, "Add one, such as owasp-llm-2026:LLM02.", key=True)


def _clauses(vendor: Part, root: Part, gathered: Gathered) -> None:
    seen: set[str] = set()
    metrics = root["metrics"]
    for clause in vendor["sla"].items():
        name = clause["metric"].text
        if name in seen:
            gathered.report(clause["metric"].where, f"{quote(name)} has a clause already", "Keep one of the two.")
        seen.add(name)
        if not name:
            continue
        if name not in SLA_KPIS:
            if not _known(clause["metric"], metrics.names, "is neither R01, R04, P08 nor a metric here", gathered):
                continue
            if not vendor["system"].text:
                message = f"{quote(name)} is measured by our suites, and the vendor has no `system`"
                gathered.report(clause["metric"].where, message, "Name the system that is their API.")
        higher = name in SLA_KPIS or metrics[name]["better"].text == "higher"
        share = name in SLA_KPIS or (metrics[name]["unit"].text or "ratio") == "ratio"
        for part in (clause["floor"], clause["bonus"]["beyond"]):
            if share and part.number is not None and not 0.0 <= part.number <= 1.0:
                gathered.report(part.where, "must lie between 0 and 1: the metric is a share")
        floor, beyond = clause["floor"].number, clause["bonus"]["beyond"].number
        if floor is not None and beyond is not None and (beyond < floor if higher else beyond > floor):
            message = "pays a bonus for what is worse than the floor"
            gathered.report(clause["bonus"]["beyond"].where, message, f"Write {'more' if higher else 'less'}.")


def _known(part: Part, names: Sequence[str], what: str, gathered: Gathered) -> bool:
    """Report a name that is not there; an absent one is somebody else's to report."""
    if part.text and part.text not in names and not gathered.full:
        gathered.report(part.where, f"{quote(part.text)} {what}", nearest(part.text, names))
    return part.text in names
