"""`trimtab recalibrate`: propose other weights, run them in the shadow, vote."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.entering import entering, policy_option, tell
from trimtab.cli.output import Output, output_options
from trimtab.evidence.entries.recalibration import REASONS, PointsGiven, RecalibrationVoted

if TYPE_CHECKING:
    from trimtab.decision.recalibration import Standing


@click.group()
def recalibrate() -> None:
    """Change the weights of the score: propose, run in the shadow for a quarter, vote, begin at a later quarter."""


recalibrate.add_command(entering("vote", RecalibrationVoted, "Vote on a proposal, or sign it.", argument=True))
recalibrate.add_command(entering("points", PointsGiven, "Share out 100 points among what is to be weighed."))


@recalibrate.command()
@click.argument("weights", type=click.Path(path_type=Path))
@click.option("--id", "id_", default=None, help="Of the proposal; drawn if left out.")
@click.option("--reason", type=click.Choice(REASONS), default=None, help="What asks for it.  [required]")
@click.option("--outside", default=None, metavar="NAME", help="The article, contract or statement.  [required]")
@click.option("--what", default=None, metavar="TEXT", help="What changes and why.  [required]")
@click.option("--until", default=None, metavar="WHEN", help="When what is asked less of ends, if anything is.")
@click.option("--by", default=None, envvar="TRIMTAB_BY", metavar="NAME", help="Who proposes.  [required]")
@policy_option
@output_options
def propose(output: Output, *, weights: Path, id_: str | None, policy: Path, ledger: str, **values: str | None) -> None:
    """Propose the newest weights of WEIGHTS, a policy file as it would be."""
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.recalibrating import propose as propose_weights

    loaded, new = load_policy(policy), load_policy(weights)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=not ledger) as opened:
        receipt = propose_weights(opened, loaded, new, {"recalibration": id_, **values})
    tell(output, receipt)


@recalibrate.command()
@click.argument("recalibration", metavar="ID")
@click.option("--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who records it when its quarter is over.")
@policy_option
@output_options
def shadow(output: Output, *, recalibration: str, by: str, policy: Path, ledger: str) -> None:
    """Run a proposal beside the weights in force: its quarter, then the four before."""
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.recalibrating import run_shadow

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        ran = run_shadow(opened, loaded, recalibration, by=by)
    for line in _report(ran.report):
        output.show(line, markup=False)
    if ran.recorded:
        output.note("[dim]Recorded: members may vote whose own products change no band.[/]")
    else:
        output.note(f"[dim]A look beforehand: it is recorded when {ran.quarter.name} is over, or was already.[/]")
    output.data({"recorded": ran.recorded, **ran.report})


@recalibrate.command()
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@output_options
def show(output: Output, *, ledger: str) -> None:
    """Show every proposal and what became of it, newest first."""
    from trimtab.evidence import Ledger
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.recalibrating import proposals

    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        found = proposals(opened)
    for one in found:
        for line in _standing(one):
            output.show(line, markup=False)
    if not found:
        output.show("Nothing was proposed yet.")
    output.data([_data(one) for one in found])


@recalibrate.command()
@click.argument("tier")
@click.option("--quarter", default="", metavar="2026-Q3", help="Of which quarter; the present one if left out.")
@policy_option
@output_options
def agreed(output: Output, *, tier: str, quarter: str, policy: Path, ledger: str) -> None:
    """Show what the points of all members come to for TIER: the median of each, made to add up to 1."""
    from trimtab.decision.recalibration import agreed_points
    from trimtab.evidence import Ledger
    from trimtab.evidence.books import Books
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.scorecards import quarter_of

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        period = quarter_of(quarter, opened.now())
        found = agreed_points(Books.of(opened), loaded, tier, period)
    for name, weight in found.items():
        output.show(f"{name}: {weight:.3f}", markup=False)
    if not found:
        output.show(f"Nobody gave points for {tier} in {period.name}.", markup=False)
    output.data({"tier": tier, "quarter": period.name, "weights": found})


def _standing(one: "Standing") -> Iterator[str]:
    from trimtab.decision.recalibration import day_of

    proposal = one.proposal
    yield (
        f"{proposal.recalibration}: {one.state.replace('-', ' ')}. From {day_of(proposal.effective)}, "
        f"by {proposal.by}, since {proposal.reason} ({proposal.outside}) asks for it. {one.why}"
    )
    yield f"  For it {len(one.votes_for)} of {one.needed} needed, against it {len(one.votes_against)}."
    if one.recused:
        yield f"  Do not vote, as their own products change band: {', '.join(one.recused)}."
    if one.looser:
        signed = f"signed by {one.signed_by}" if one.signed_by else "not signed by a risk owner yet"
        yield f"  It asks for less until {day_of(proposal.until)}; {signed}."


def _data(one: "Standing") -> dict[str, Any]:
    return {
        **one.proposal.payload(),
        "state": one.state,
        "why": one.why,
        "may_vote": list(one.may),
        "recused": list(one.recused),
        "for": list(one.votes_for),
        "against": list(one.votes_against),
        "needed": one.needed,
        "signed_by": one.signed_by,
        "loosens": one.looser,
    }


def _report(report: Mapping[str, Any]) -> Iterator[str]:
    for change in report["changes"]:
        old, new = (f"{value:g}" if value is not None else "nothing" for value in (change["old"], change["new"]))
        mark = " (asks for less)" if change["loosens"] else ""
        yield f"{change['name']}: {old} becomes {new}{mark}{'; ' + change['refused'] if change['refused'] else ''}"
    for quarter in report["quarters"]:
        tau = "unknown" if quarter["kendall"] is None else f"{quarter['kendall']:.2f}"
        yield f"{quarter['quarter']}: {quarter['subjects']} products, Kendall tau {tau}"
        for one in quarter["bands"]:
            yield f"  {one['system']} ({one['team'] or 'no team'}): band {one['old']} becomes {one['new']}"
        for one in quarter["team_bands"]:
            yield f"  team {one['team']}: band {one['old']} becomes {one['new']}"
        for name in ("winners", "losers"):
            said = [f"{one['system']} ({one['team'] or 'no team'}) {one['by']:+.1f}" for one in quarter[name]]
            if said:
                yield f"  {name}: {', '.join(said)}"
    for line in report["like_last_year"]:
        yield f"Looks like last year and a bit: {line}"
