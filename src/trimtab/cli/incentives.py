"""`trimtab incentives`: what the score does to bonuses, single persons if the policy shows them, raters, appeals."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from trimtab.cli.entering import entering, policy_option
from trimtab.cli.output import Output, output_options
from trimtab.evidence.entries.ratings import AppealAnswered, Appealed, Rated


@click.group()
def incentives() -> None:
    """Show what the score does to bonuses. People decide; whoever is concerned may appeal."""


incentives.add_command(entering("appeal", Appealed, "Appeal against a figure."))
incentives.add_command(entering("answer", AppealAnswered, "Decide on an appeal.", argument=True))
incentives.add_command(entering("rate", Rated, "Rate a request, a design or a review."))

_quarter = click.option("--quarter", default="", metavar="2026-Q3", help="The present one if left out.")
_by = click.option("--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who publishes, or asks.")


@incentives.command()
@click.option("--quarter", default="", metavar="2026-Q3", help="From which quarter on; the next one if left out.")
@_by
@policy_option
@output_options
def rule(output: Output, *, quarter: str, by: str, policy: Path, ledger: str) -> None:
    """Publish the rule of the policy: it counts for quarters that begin after this."""
    from trimtab.cli.showing import shown

    found = shown(output, "incentive-rule", {"quarter": quarter}, policy=policy, ledger=ledger, by=by)
    output.show(f"From {found['quarter']} on: {_rule(found)}", markup=False)
    output.data(found)


@incentives.command()
@_quarter
@click.option("--publish", is_flag=True, help="Record that these figures were published.")
@_by
@policy_option
@output_options
def show(output: Output, *, quarter: str, publish: bool, by: str, policy: Path, ledger: str) -> None:
    """Show every team's multiplier, and how it comes about."""
    from rich.table import Table

    from trimtab.cli.showing import shown

    asked = {"quarter": quarter}
    found = shown(output, "incentives", asked, policy=policy, ledger=ledger, by=by if publish else None)
    if not found["counts"]:
        note = f"[yellow]No rule was published before {found['quarter']} began, so none of this counts for it.[/]"
        output.show(note)
    table = Table("team", "multiplier", "score", "why", box=None, pad_edge=False)
    for one in found["teams"]:
        g = "people decide" if one["multiplier"] is None else f"{one['multiplier']:.3f}"
        table.add_row(one["team"], g, "none" if one["score"] is None else f"{one['score']:.1f}", one["why"])
    state = "" if found["final"] else ", as it stands; the quarter is not over"
    output.show(f"{found['quarter']}{state}. {_rule(found['rule'])}", markup=False)
    output.show(table)
    output.data(found)


@incentives.command()
@click.argument("name")
@_quarter
@_by
@policy_option
@output_options
def person(output: Output, *, name: str, quarter: str, by: str, policy: Path, ledger: str) -> None:
    """Show what NAME controls: reports, fixes in time and verified, reviews, hunts. Off unless the policy says so."""
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.incentives import person_figures
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        found = person_figures(opened, loaded, quarter, name=name, by=by)
    fixes, training = found["fixes"], found["training"]
    output.show(f"{name}, {found['quarter']}: sums of what was recorded. A human decides, and you may appeal.")
    output.show(f"Reports {found['reports']}, reviews {found['reviews']}, findings of hunts {found['hunts']}.")
    output.show(f"Courses known a month later: {training['retained']} of {training['owed']} owed.")
    line = f"Fixes verified in time: {fixes['in_time']} of {fixes['owed']}. {fixes['place'].capitalize()}"
    if fixes["share"] is None:
        output.show(f"{line}: at least {found['least']} are needed, and others to compare with.")
    else:
        output.show(f"{line}; shrunk {fixes['share']:.0%}, {fixes['low']:.0%} to {fixes['high']:.0%}.")
    output.show(f"Rows: {', '.join(map(str, found['rows'])) or 'none'}.", markup=False)
    output.data(found)


@incentives.command()
@click.argument("scale")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@output_options
def raters(output: Output, *, scale: str, ledger: str) -> None:
    """Show how severe those who rated on SCALE are, and what was rated without that."""
    from dataclasses import asdict

    from rich.table import Table

    from trimtab.evidence import Ledger
    from trimtab.workspace.incentives import severities
    from trimtab.workspace.location import DEFAULT_LEDGER

    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        found = severities(opened, scale)
    design = found.design
    if not design.sound:
        output.show(
            f"[yellow]{design.twice:.0%} were rated twice or more (all should be), {design.anchors:.0%} by everybody "
            "(a fifth should be).[/]"
        )
    table = Table("rater", "shift", "error", "ratings", box=None, pad_edge=False)
    for one in found.severities:
        table.add_row(one.rater, f"{one.shift:+.2f}", f"{one.error:.2f}", str(one.ratings))
    output.show(table)
    rated = Table("rated", "adjusted", "plain mean", "ratings", box=None, pad_edge=False)
    for thing in found.adjusted:
        rated.add_row(thing.of, f"{thing.points:.2f}", f"{thing.raw:.2f}", str(thing.ratings))
    output.show(rated)
    output.data(asdict(found))


@incentives.command()
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@output_options
def appeals(output: Output, *, ledger: str) -> None:
    """Show every appeal, and what was decided."""
    from dataclasses import asdict

    from trimtab.decision.persons import appeals as all_appeals
    from trimtab.evidence import Ledger
    from trimtab.evidence.books import Books
    from trimtab.workspace.location import DEFAULT_LEDGER

    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        found = all_appeals(Books.of(opened))
    for one in found:
        decided = f"{one.answer} by {one.answered_by}: {one.why}" if one.answer else "waits for an answer"
        output.show(f"{one.appeal}, by {one.by}, of {one.figure}: {one.what} ({decided})", markup=False)
    if not found:
        output.show("Nobody has appealed.")
    output.data([asdict(one) for one in found])


def _rule(rule: Mapping[str, Any]) -> str:
    return (
        f"{rule['low']:g} at a score of {rule['from']:g} to {rule['high']:g} from {rule['to']:g} on, on "
        f"{rule['safety_share']:.0%} of each bonus; 0 while a veto stands {rule['deadline_days']} days or more."
    )
