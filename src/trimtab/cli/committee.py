"""`trimtab committee`: seats by a lottery that nobody can steer and anybody can repeat."""

from pathlib import Path

import click

from trimtab.cli.entering import entering, policy_option
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode
from trimtab.evidence.entries.committee import Absent, Recused

_by = click.option("--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who does it.")


@click.group()
def committee() -> None:
    """Draw the committee that decides on the risk budget, and show how it does."""


committee.add_command(entering("absent", Absent, "Record that a member was not there."))
committee.add_command(entering("recuse", Recused, "Record that a member does not vote on a request."))


@committee.command()
@click.option("--quarter", required=True, metavar="2027-Q1", help="The quarter that it will draw for.")
@click.option("--seed", default="", help="The seed; one is drawn if left out.")
@_by
@policy_option
@output_options
def commit(output: Output, *, quarter: str, seed: str, by: str, policy: Path, ledger: str) -> None:
    """Commit to a seed: its digest is recorded now, the seed is told with the draw. Keep it secret until then."""
    from trimtab.decision.lottery import commitment
    from trimtab.evidence import Ledger
    from trimtab.evidence.entries.reading import Draft
    from trimtab.policy import load_policy
    from trimtab.workspace.keeping import keep
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.seating import new_seed

    loaded, seed = load_policy(policy), seed or new_seed()
    values = {"quarter": quarter, "digest": commitment(seed), "by": by, "source": "command"}
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        receipt = keep(opened, loaded, [Draft(kind="seed-committed", values=values)])
    output.show(f"Committed to a seed for {quarter} (row {receipt.kept[0].seq:,}). Keep it to yourself until the draw:")
    output.commands(seed)
    output.data({"quarter": quarter, "digest": values["digest"], "seed": seed})


@committee.command()
@click.option("--quarter", required=True, metavar="2027-Q1", help="Which.")
@click.option("--seed", required=True, help="The one that was committed to.")
@click.option("--beacon", default="", help="Its public part, from where the policy says.")
@_by
@policy_option
@output_options
def draw(output: Output, *, quarter: str, seed: str, beacon: str, by: str, policy: Path, ledger: str) -> None:
    """Draw who sits on the committee, and publish the seed, everybody eligible and their lots.

    Exit codes: 0 drawn, 1 no committee keeps the rules; which of them is said.
    """
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.seating import seat

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        made, _ = seat(opened, loaded, quarter=quarter, seed=seed, beacon=beacon, by=by)
    output.data(dict(made.result))
    for why in made.result["why"]:
        output.show(f"No committee can be formed: {why}.", markup=False)
    if made.result["why"]:
        raise click.exceptions.Exit(int(ExitCode.FAIL))
    for one in made.result["seats"]:
        new = "new" if one["member"] in made.result["new"] else "stays"
        output.show(f"{one['member']} ({one['function']}), {new}, until {one['until']}", markup=False)
    passed = made.result["passed"]
    if passed:
        output.show(f"Passed over, since the rules could not be kept with them: {', '.join(passed)}", markup=False)


@committee.command()
@click.option("--quarter", default="", metavar="2027-Q1", help="Which; this one if left out.")
@policy_option
@output_options
def show(output: Output, *, quarter: str, policy: Path, ledger: str) -> None:
    """Show who has a seat, how members voted, how severe they are, and how long decisions take."""
    from rich.console import Group

    from trimtab.decision.committee_figures import committee_figures
    from trimtab.decision.period import Period
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.evidence.books import Books
    from trimtab.policy import load_policy
    from trimtab.report.plan_terminal import committee_lines
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        moment = opened.now()
        try:
            name = Period.quarter(quarter).name if quarter else Period.quarter_at(moment).name
        except ValueError as error:
            raise UsageError(f"{error}.", "") from None
        figures = committee_figures(loaded, Books.of(opened), quarter=name, asof=moment)
    output.data(figures)
    output.show(Group(*committee_lines(figures)))
