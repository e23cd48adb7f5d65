"""`trimtab kpi`: what the organisation is steered by, computed from the ledger."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.decision.period import Period


@click.command()
@click.argument("kpi", default="", metavar="[ID]")
@click.option("--quarter", default="", metavar="2026-Q3", help="Over which; the one we are in if left out.")
@click.option("--system", default="", help="Of this system.")
@click.option("--team", default="", help="Of this team.")
@click.option("--all", "every", is_flag=True, help="Every KPI of the catalogue, and every system and team.")
@click.option("--publish", is_flag=True, help="Record what is shown, so that it can be computed again to the digit.")
@click.option("--by", default="", metavar="NAME", envvar="TRIMTAB_BY", help="Who publishes: of people or teams.")
@policy_option
@output_options
def kpi(
    output: Output,
    *,
    kpi: str,
    quarter: str,
    system: str,
    team: str,
    every: bool,
    publish: bool,
    by: str,
    policy: Path,
    ledger: str,
) -> None:
    """Show the KPIs of the policy, with their intervals; with ID all there is to tell of one.

    What nobody recorded is shown as that: an empty ledger has no figures, no zero and no hundred.
    """
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.policy.kpi_catalogue import kpi_catalogue
    from trimtab.report.kpis import KpiPageView, KpiTable
    from trimtab.workspace.kpis import gather_evidence, read_kpis, read_page
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.publishing import publish as record

    loaded = load_policy(policy)
    if publish and by not in {*loaded.people, *loaded.teams}:
        raise UsageError(
            f"--by: {by[:60]!r} is not listed under people or teams." if by else "--publish needs --by.",
            f"One of {', '.join([*loaded.people, *loaded.teams][:12])}.",
        )
    ids = [kpi] if kpi else list(kpi_catalogue()) if every else []
    # A ledger that is named and not there is a slip, and not one in which nothing was recorded.
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        now = opened.now()
        period = _period(quarter, now)
        if publish:
            asked = {"quarter": period.name, "ids": ids, "system": system, "team": team}
            made = record(opened, loaded, "kpi", by=by, asked=asked, now=now)
            output.note(f"Published as of row {made.row:,}, by {made.by}.")
        evidence = gather_evidence(opened)
    if kpi:
        page = read_page(evidence, loaded, kpi, period, asof=now, system=system, team=team)
        output.show(KpiPageView(page))
        output.data(page.payload())
        return
    scopes: tuple[Any, ...] = ("organisation", "system", "team", "severity")
    if not (every or system or team or output.json):
        scopes = scopes[:1]
    readings = read_kpis(evidence, loaded, period, asof=now, ids=ids, scopes=scopes, system=system, team=team)
    output.show(KpiTable(readings, period=period.name))
    output.data({"quarter": period.name, "row": evidence.upto, "kpis": [one.payload() for one in readings]})


def _period(quarter: str, now: int) -> "Period":
    from trimtab.decision.period import Period
    from trimtab.errors import UsageError

    try:
        period = Period.quarter(quarter) if quarter else Period.quarter_at(now)
    except ValueError as error:
        raise UsageError(f"--quarter: {error}.", "For example: --quarter 2026-Q3.") from None
    if period.start < 0:
        raise UsageError(f"--quarter: {period.name} lies before 1970, where no ledger reaches.", "Name a later one.")
    return period
