"""`trimtab liaison`: what the business wants beside what safety asks, and what nothing ties together."""

from pathlib import Path

import click

from trimtab.cli.as_of import as_of_option
from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode


@click.command()
@click.option("--strict", is_flag=True, help="Exit with 1 where there are gaps.")
@as_of_option
@policy_option
@output_options
def liaison(output: Output, *, strict: bool, as_of: int | None, policy: Path, ledger: str) -> None:
    """Show the liaison board, and what is tied to nothing.

    Each line has a priority in the words of the business and of safety, what measures it, what stands against it, and
    who keeps the two together.
    """
    from rich.table import Table
    from rich.text import Text

    from trimtab.decision.liaison import board
    from trimtab.workspace.standings import see

    seen = see(policy, ledger, before=as_of)
    found = board(seen.policy, seen.books, end=seen.end)
    table = Table("the business wants", "safety asks", "shown by", "open", "owner", box=None, pad_edge=False)
    for line in found.lines:
        asked = "\n".join([line.safety, *(link for link, _ in line.requirements)])
        metrics = "\n".join(name for name, _, _ in line.metrics) or "nothing"
        against = "\n".join(one.opened.finding for one in line.findings) or "none"
        table.add_row(*map(Text, (line.priority, asked, metrics, against, line.owner)))
    output.show(table if found.lines else "The policy has no liaison board.")
    for gap in found.gaps:
        output.show(f"Gap: {gap.what} {gap.name}: {gap.why}.", markup=False)
    output.data(found.payload())
    if strict and (found.gaps or not found.lines):
        click.get_current_context().exit(int(ExitCode.FAIL))
