"""`trimtab scorecard`: products and teams by verdict and band, with everything that the score is made of."""

from pathlib import Path

import click

from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options


@click.command()
@click.argument("subject", default="", metavar="[SUBJECT]")
@click.option("--quarter", default="", metavar="2026-Q3", help="Of which quarter; the present one if left out.")
@click.option("--why", is_flag=True, help="Show for each product its metrics, why its band is what it is, and ways up.")
@click.option("--publish", is_flag=True, help="Record that these figures were published.")
@click.option("--by", default="", metavar="NAME", envvar="TRIMTAB_BY", help="Who publishes.")
@policy_option
@output_options
def scorecard(
    output: Output, *, subject: str, quarter: str, why: bool, publish: bool, by: str, policy: Path, ledger: str
) -> None:
    """Show who stands where: by verdict, then band, then business value; with SUBJECT all that one is made of.

    SUBJECT is a product or a team. Why its band is what it is, and what would honestly raise it, stands below.

    Exit codes: 0 all pass, 1 one fails, 3 one is inconclusive or has no score, and none fails.
    """
    from trimtab.cli.run import EXIT_CODES
    from trimtab.cli.showing import shown
    from trimtab.report.scorecard import scorecard_view

    asked = {"quarter": quarter, "subject": subject}
    result = shown(output, "scorecard", asked, policy=policy, ledger=ledger, by=by if publish else None)
    for part in scorecard_view(result, whole=why or bool(subject)):
        output.show(part)
    output.data(result)
    verdicts = {one["verdict"] for part in ("products", "teams") for one in result[part]}
    verdicts = verdicts or {one["verdict"] for one in result["vendors"]}
    worst = next((one for one in ("fail", "inconclusive", "pass") if one in verdicts), "inconclusive")
    click.get_current_context().exit(int(EXIT_CODES[worst]))
