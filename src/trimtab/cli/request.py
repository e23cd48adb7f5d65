"""`trimtab request`: ask the shared risk budget for money; and what is claimed for it afterwards."""

import click

from trimtab.cli.entering import entering
from trimtab.evidence.entries.funding import (
    AppetiteStated,
    ClaimRealised,
    LossClaimed,
    MilestoneClaimed,
    Requested,
    RequestWithdrawn,
)


@click.group()
def request() -> None:
    """Ask the shared risk budget for money. `trimtab budget show` lists what was asked for."""


request.add_command(entering("open", Requested, "Ask for money: how much, for what, and what it removes."))
request.add_command(entering("withdraw", RequestWithdrawn, "Ask for it no more.", argument=True))

milestone = entering(
    "milestone", MilestoneClaimed, "Say that a milestone of a request is reached; evidence decides.", argument=True
)
appetite = entering("appetite", AppetiteStated, "State how much may be lost in a year, as who bears it.")


@click.group()
def claim() -> None:
    """Claim that a loss was made smaller, and say what claims came to."""


claim.add_command(entering("open", LossClaimed, "Claim that a share of a scenario's loss is gone."))
claim.add_command(
    entering(
        "realised", ClaimRealised, "Say what a claim came to, as somebody else than who claimed it.", argument=True
    )
)
