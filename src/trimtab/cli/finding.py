"""`trimtab finding`: what audits, hunts and tests found, until its fix is verified."""

import click

from trimtab.cli.cases import listing, showing
from trimtab.cli.entering import entering
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened

_STEPS = {
    "fix": "A fix was shipped.",
    "verify": "Somebody who does not owe the fix made sure that it holds.",
    "close": "Nothing is left to do.",
    "reopen": "The fix did not hold.",
}


@click.group()
def finding() -> None:
    """Record findings, and what becomes of them."""


finding.add_command(entering("open", FindingOpened, "Record a finding."))
for _step, _words in _STEPS.items():
    finding.add_command(entering(_step, FindingMoved, _words, fixed={"step": _step}, argument=True))
finding.add_command(listing("finding"))
finding.add_command(showing("finding"))
