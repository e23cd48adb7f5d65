"""Rules of `costs`: what is named exists."""

import re

from trimtab.policy.controls import catalogue
from trimtab.policy.include import Gathered
from trimtab.policy.keys import nearest
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote

_SEVERITY = re.compile(r"S[1-9]")


def check_costs(root: Part, gathered: Gathered) -> None:
    """Report severities without a cost, hazards that nobody knows, and systems that are not there."""
    costs = root["costs"]
    known = costs["incident"].names
    for hazard, severity in costs["hazards"].entries():
        if severity.text and _SEVERITY.fullmatch(severity.text) and severity.text not in known:
            message = f"{quote(severity.text)} has no cost under `incident`"
            gathered.report(severity.where, message, nearest(severity.text, known))
        if hazard != "other" and catalogue().hazard(hazard) is None and hazard.startswith("AILUM."):
            listed = [control.id for control in catalogue().of("mlcommons-ailuminate-1.0")]
            message = f"{quote(hazard)} is no hazard of MLCommons AILuminate"
            gathered.report(severity.where, message, nearest(hazard, listed), key=True)
    for name, part in costs["reputation"].entries():
        if name not in known:
            gathered.report(part.where, f"{quote(name)} has no cost under `incident`", nearest(name, known), key=True)
    for system, part in costs["attempts"].entries():
        if system not in root["systems"] and not gathered.full:
            gathered.report(
                part.where, "is not a system of this policy", nearest(system, root["systems"].names), key=True
            )
