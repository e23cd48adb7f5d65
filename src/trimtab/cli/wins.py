"""`trimtab wins`: one-page tellings of what was kept from going wrong, and whether their numbers still hold."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.entering import policy_option, tell
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.workspace.wins import Told

_TEMPLATE = """\
# A win on one page. {name} stands for a figure; {name:percent}, {name:money}, {name:day}, {name:interval} and
# {name:percent-interval} say how it is written. `trimtab ledger show --json` shows what rows hold.
win: fewer-leaks
title: What it is about, in a few words
system: bot
risk: What could have gone wrong.
done: What we did.
numbers: From {before:percent-interval} to {after:percent-interval}.
money: What it is worth, as a range, and how far to trust that.
limits: What it does not show.
ask: What we ask next.
figures:
  # ROW:PATH; #fixed at the end for what stays as it was, whatever comes later.
  before: 12:candidates/current/estimates/leak#fixed
  after: 40:candidates/current/estimates/leak
"""


@click.group()
def wins() -> None:
    """Tell wins, their numbers bound to rows of the ledger, and see which sentences have become stale."""


@wins.command("new")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--template", is_flag=True, help="Print a file to begin with, and end.")
@click.option("--by", default="", metavar="NAME", envvar="TRIMTAB_BY", help="Who tells it: one of `people` or `teams`.")
@policy_option
@output_options
def new(output: Output, *, file: Path | None, template: bool, by: str, policy: Path, ledger: str) -> None:
    """Record the win that FILE (YAML) tells; one of the same id takes its place."""
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.wins import tell_win

    if template:
        click.echo(_TEMPLATE, nl=False)
        return
    if file is None:
        raise UsageError("no file is named.", "Begin with `trimtab wins new --template > win.yaml`.")
    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        receipt = tell_win(opened, loaded, file, by=by)
    tell(output, receipt)


@wins.command("list")
@policy_option
@output_options
def list_(output: Output, *, policy: Path, ledger: str) -> None:
    """List all wins, and how many sentences of each are stale."""
    from trimtab.report.wins import win_data, wins_table

    found = _told(policy, ledger)
    output.show(wins_table(found) if found else "No win was told.")
    output.data([win_data(one) for one in found])


@wins.command()
@click.argument("win")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the page to this file.")
@policy_option
@output_options
def show(output: Output, *, win: str, markdown: Path | None, policy: Path, ledger: str) -> None:
    """Show the page of WIN, stale sentences marked as such."""
    from trimtab.report.files import write_page
    from trimtab.report.wins import win_data, win_markdown, win_view

    one = _named(_told(policy, ledger), win)
    output.show(win_view(one))
    if markdown is not None:
        write_page(markdown, win_markdown(one))
        output.note(f"Wrote {markdown}.")
    output.data(win_data(one))


@wins.command()
@click.argument("win", default="")
@policy_option
@output_options
def check(output: Output, *, win: str, policy: Path, ledger: str) -> None:
    """Look whether the numbers of WIN, or of all, are still what evidence says.

    Exit codes: 0 they are, 1 a sentence is stale, 3 no win was told.
    """
    from trimtab.report.wins import STALE, win_data

    found = _told(policy, ledger)
    if win:
        found = [_named(found, win)]
    for one in found:
        for sentence in one.stale:
            output.show(f"{one.win.win}, {sentence.part}: {sentence.text}", markup=False)
            for said in sentence.stale:
                output.show(f"  {STALE}: {said}.", markup=False)
    stale = sum(len(one.stale) for one in found)
    if found:
        output.show(f"{stale} stale in {sum(len(one.sentences) for one in found)} sentences of {len(found)} wins.")
    else:
        output.show("No win was told.")
    output.data({"wins": [win_data(one) for one in found], "stale": stale})
    code = ExitCode.FAIL if stale else ExitCode.PASS if found else ExitCode.INCONCLUSIVE
    click.get_current_context().exit(int(code))


@wins.command()
@click.option("--since", required=True, metavar="2026-Q2", help="The first quarter of `after`.")
@click.option("--quarters", type=click.IntRange(2, 40), default=8, show_default=True, help="How many, up to this one.")
@click.option("--system", default="", help="Of this system only.")
@click.option("--publish", is_flag=True, help="Record them, so that a win can be bound to them.")
@click.option("--by", default="", metavar="NAME", envvar="TRIMTAB_BY", help="Who publishes.")
@policy_option
@output_options
def benefits(
    output: Output, *, since: str, quarters: int, system: str, publish: bool, by: str, policy: Path, ledger: str
) -> None:
    """Show incidents, downtime and what corrections cost, by quarter, before SINCE and from then on."""
    import time

    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.report.benefits import benefits_view
    from trimtab.workspace import publishing
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.reviewing import benefit_figures

    loaded = load_policy(policy)
    asked = {"since": since, "quarters": quarters, "system": system}
    if publish and by not in loaded.people and by not in loaded.teams:
        raise UsageError("nobody of the policy publishes them.", "Say who with --by: one of `people` or `teams`.")
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        if publish:
            made = publishing.publish(opened, loaded, "benefits", by=by, asked=asked)
            found, head = made.result, opened.head()
            output.note(f"Published as row {head.seq if head else 0:,}.")
        else:
            head = opened.head()
            found = benefit_figures(opened, loaded, asked, head.seq if head else 0, time.time_ns() // 1000)
    output.show(benefits_view(found, currency=loaded.currency))
    output.data(found)


def _told(policy: Path, ledger: str) -> "list[Told]":
    from trimtab.evidence import Ledger
    from trimtab.evidence.books import Books
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.wins import told_wins

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        return list(told_wins(opened, Books.of(opened), currency=loaded.currency))


def _named(found: "list[Told]", win: str) -> "Told":
    from trimtab.errors import UsageError

    one = next((one for one in found if one.win.win == win), None)
    if one is None:
        listed = ", ".join(one.win.win for one in found) or "none was told"
        raise UsageError(f"there is no win {win[:80]!r}.", f"Wins: {listed}.")
    return one
