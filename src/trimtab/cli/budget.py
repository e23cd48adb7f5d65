"""`trimtab budget`: plan, vote, release, settle; all of it published to everybody who may read the ledger."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.entering import entering, policy_option
from trimtab.cli.output import Output, console, output_options
from trimtab.errors import ExitCode, UsageError
from trimtab.evidence.entries.funding import Voted

if TYPE_CHECKING:
    from trimtab.workspace.granting import Step

_by = click.option("--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who does it.")
_at = click.option("--at", default="", metavar="WHEN", help="As of when; now if left out.")


@click.group()
def budget() -> None:
    """Give the shared risk budget to what makes losses smallest, and follow the money."""


budget.add_command(entering("vote", Voted, "Vote on requests of an allocation, as somebody who may.", argument=True))


@budget.command()
@click.option("--quarter", default="", metavar="2027-Q1", help="Whose money; this quarter's if left out.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of simulated bad years.")
@_by
@_at
@policy_option
@output_options
def allocate(output: Output, *, quarter: str, seed: int, by: str, at: str, policy: Path, ledger: str) -> None:
    """Publish which requests the budget should fund, and why; the committee votes on it.

    Exit codes: 0 a plan, 1 no plan keeps every rule or none keeps the appetite.
    """
    from rich.console import Group

    from trimtab.decision.period import Period
    from trimtab.report.plan_terminal import plan_lines
    from trimtab.workspace.granting import allocate as allocated

    def work(opened: Any, loaded: Any, moment: int) -> Any:
        name = quarter or Period.quarter_at(moment).name
        with _waiting(output, "Solving"):
            return allocated(opened, loaded, quarter=name, by=by, seed=seed, now=moment)

    made, entry = _with(policy, ledger, at, work)
    figures = made.result
    output.data({**figures, "allocation": entry.allocation if entry else None})
    output.show(Group(*plan_lines(figures)))
    if entry is None:
        raise click.exceptions.Exit(int(ExitCode.FAIL))
    voters = ", ".join(entry.voters)
    if voters:
        output.show(f"\nPublished as {entry.allocation}. {voters} may vote: trimtab budget vote", markup=False)
    else:
        output.note("Nobody may vote on it: draw a committee with `trimtab committee draw`, then allocate again.")
    if figures["appetite"]["kept"] is False:
        raise click.exceptions.Exit(int(ExitCode.FAIL))


@budget.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the last plan's frontier (.svg).")
@policy_option
@output_options
def show(output: Output, *, out: Path | None, policy: Path, ledger: str) -> None:
    """Show where every request stands: asked, planned, granted, released, spent, settled."""
    from rich.console import Group

    from trimtab.decision.funding import fundings
    from trimtab.evidence.books import Books
    from trimtab.report.plan_terminal import standing_lines

    def work(opened: Any, loaded: Any, _: int) -> Any:
        if out is not None:
            _frontier(out, opened)
        return loaded.currency, list(fundings(Books.of(opened)))

    unit, found = _with(policy, ledger, "", work)
    output.data(
        [
            {
                "request": one.asked.request,
                "team": one.asked.team,
                "state": one.state,
                "amount": one.asked.amount,
                "released": one.released,
                "spent": one.spent,
                "allocation": one.plan.allocation if one.plan else None,
                "votes": dict(one.votes),
                "needed": one.needed,
                "tranches": [{"milestone": part.milestone, "amount": part.amount} for part in one.tranches],
            }
            for one in found
        ]
    )
    output.show(Group(*standing_lines(found, unit)))


@budget.command()
@click.argument("request", metavar="REQUEST")
@click.option("--milestone", default="", metavar="NAME", help="Only this one.")
@_by
@_at
@policy_option
@output_options
def release(output: Output, *, request: str, milestone: str, by: str, at: str, policy: Path, ledger: str) -> None:
    """Release the parts of a granted request whose milestones evidence says are reached.

    Exit codes: 0 all that was asked for is released, 1 a verdict is FAIL, 3 something is not decided.
    """
    from trimtab.workspace.granting import release as released

    def work(opened: Any, loaded: Any, moment: int) -> "list[Step]":
        return released(opened, loaded, request, by=by, milestone=milestone, now=moment)

    steps: list[Step] = _with(policy, ledger, at, work)
    output.data(
        [
            {
                "milestone": one.milestone,
                "amount": one.amount,
                "verdict": one.found.verdict.value,
                "why": one.found.why,
                "run": one.found.run,
                "released": one.released,
            }
            for one in steps
        ]
    )
    for one in steps:
        what = one.milestone or "the first part"
        done = "released" if one.released else f"not released ({one.found.verdict.value})"
        output.show(f"{what}: {one.amount / 100:,.2f} {done}: {one.found.why}", markup=False)
    if not steps:
        output.show("Nothing is left to release.")
    verdicts = {one.found.verdict.value for one in steps}
    code = ExitCode.FAIL if "fail" in verdicts else ExitCode.INCONCLUSIVE if "inconclusive" in verdicts else 0
    click.get_current_context().exit(int(code))


@budget.command()
@click.option("--quarter", default="", metavar="2026-Q4", help="Which; the one before this if left out.")
@_by
@_at
@policy_option
@output_options
def settle(output: Output, *, quarter: str, by: str, at: str, policy: Path, ledger: str) -> None:
    """Publish promised against realised of a quarter that is over, and return what was not spent to the pool."""
    from rich.console import Group

    from trimtab.decision.period import Period
    from trimtab.report.plan_terminal import settlement_lines
    from trimtab.workspace.granting import settle as settled

    def work(opened: Any, loaded: Any, moment: int) -> Any:
        name = quarter or Period.quarter_at(moment).before().name
        return settled(opened, loaded, quarter=name, by=by, now=moment)

    made, _ = _with(policy, ledger, at, work)
    output.data(dict(made.result))
    output.show(Group(*settlement_lines(made.result)))


def _with(policy: Path, ledger: str, at: str, work: Callable[[Any, Any, int], Any]) -> Any:
    """Do something with the ledger and the policy, at a moment."""
    from trimtab.evidence import Ledger
    from trimtab.evidence.entries.reading import moment
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        try:
            when = moment(at) if at else opened.now()
        except ValueError:
            raise UsageError(f"--at {at[:40]!r} is no moment.", "Write a day as 2026-03-01.") from None
        if when > opened.now():
            raise UsageError(f"--at {at[:40]} lies in the future.", "Leave it out for now.")
        return work(opened, loaded, when)


def _waiting(output: Output, what: str) -> Any:
    from contextlib import nullcontext

    return nullcontext() if output.quiet else console(stderr=True).status(what)


def _frontier(out: Path, opened: Any) -> None:
    from trimtab.report.curve import curve_alone
    from trimtab.report.money_charts import frontier_curve
    from trimtab.workspace.granting import last_plan

    made = last_plan(opened)
    drawn = frontier_curve(made.result) if made else None
    if out.suffix != ".svg" or drawn is None:
        raise UsageError(f"cannot draw {out}.", "Allocate first, and name a file that ends in .svg.")
    try:
        out.write_text(curve_alone(drawn), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}", "Choose another file.") from error
