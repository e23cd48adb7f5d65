"""`trimtab incident`: an incident from its opening to its verified end."""

import click

from trimtab.cli.cases import listing, showing
from trimtab.cli.entering import entering
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened

_STEPS = {
    "detect": "It was seen.",
    "contain": "The harm was stopped, whether or not its cause is known.",
    "fix": "A fix was shipped.",
    "verify": "Somebody made sure that the fix holds.",
    "close": "Nothing is left to do.",
    "reopen": "The fix did not hold, or it is there again.",
    "report": "It was reported to the authority that the law names.",
}


@click.group()
def incident() -> None:
    """Record incidents: when harm began, was detected, contained, fixed, and the fix verified."""


incident.add_command(entering("open", IncidentOpened, "Open an incident."))
for _step, _words in _STEPS.items():
    incident.add_command(entering(_step, IncidentMoved, _words, fixed={"step": _step}, argument=True))
incident.add_command(listing("incident"))
incident.add_command(showing("incident"))
