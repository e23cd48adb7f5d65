"""`trimtab impact`: what an incident did to business."""

from pathlib import Path

import click

from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options


@click.command()
@click.argument("incident", metavar="INCIDENT")
@policy_option
@output_options
def impact(output: Output, *, incident: str, policy: Path, ledger: str) -> None:
    """Show what an incident did to revenue, churn, trust and downtime: before and after, against units it did not meet.

    Exit codes: 0 something is known, 3 nothing is.
    """
    from trimtab.decision.business import UNITS, effects
    from trimtab.decision.payload import seen_payload
    from trimtab.errors import ExitCode, UsageError
    from trimtab.evidence import Ledger
    from trimtab.evidence.books import Books
    from trimtab.kinds import Estimate
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER

    load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        books, now = Books.of(opened), opened.now()
    try:
        found = effects(books, incident, end=now)
    except KeyError:
        raise UsageError(
            f"there is no incident {incident[:60]!r} in the books.", "`trimtab incident open` enters one."
        ) from None
    for what, seen in found.items():
        if isinstance(seen, Estimate):
            ends = seen.interval
            said = f"{seen.value:+,.4g} [{ends.low:+,.4g}, {ends.high:+,.4g}] {UNITS[what]}, from {seen.count} units"
        else:
            said = seen.detail or seen.reason
        output.show(f"{what}: {said}", markup=False)
    output.data({what: {**seen_payload(seen), "unit": UNITS[what]} for what, seen in found.items()})
    if not any(isinstance(seen, Estimate) for seen in found.values()):
        output.show("Enter figures of units that it met, and of others, with `trimtab business`.", markup=False)
    known = any(isinstance(seen, Estimate) for seen in found.values())
    click.get_current_context().exit(int(ExitCode.PASS if known else ExitCode.INCONCLUSIVE))
