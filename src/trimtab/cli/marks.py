"""`trimtab marks`: what people should mark, and what they marked."""

import csv
from dataclasses import replace
from pathlib import Path

import click

from trimtab.cli.output import Output, output_options

_ledger = click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
_run = click.option("--run", default="latest", show_default=True, help="The run whose replies are meant.")
_metric = click.option("--metric", required=True, help="A metric of the policy with `score: human-marks`.")


@click.group()
def marks() -> None:
    """List what people should mark, add what they marked to the evidence, and hold it against what judges said."""


@marks.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@_metric
@_run
@click.option("--cases", type=click.IntRange(1), default=50, show_default=True, help="Of each candidate.")
@click.option("--candidate", "candidates", multiple=True, help="All of the run unless given.")
@click.option(
    "--flagged", default="", help="Only what a review must read: cases that this metric scored 1 or its judges dispute."
)
@_ledger
@output_options
def sheet(
    output: Output,
    *,
    out: Path,
    metric: str,
    run: str,
    cases: int,
    candidates: tuple[str, ...],
    flagged: str,
    ledger: str,
) -> None:
    """Write OUT.csv: the first cases in the drawn order that nobody has marked yet, with a column for the mark.

    The ledger holds digests of replies, no texts: `trimtab suites show` shows the cases.
    """
    from trimtab.errors import UsageError
    from trimtab.workspace import Workspace
    from trimtab.workspace.marks import unmarked

    if out.exists():
        raise UsageError(f"{out} exists already.", "Choose another name: somebody may have marked in it.")
    with Workspace.open(None, ledger=ledger) as workspace:
        waiting = unmarked(workspace.recalled(run), metric, most=cases, candidates=candidates, flagged=flagged)
    try:
        with out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["candidate", "case", "mark", "reply"])
            writer.writerows([one.candidate, one.case, "", one.reply] for one in waiting)
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}).", "Choose another place.") from None
    output.show(
        f"{len(waiting):,} cases wait for a mark in {out}. Then: trimtab marks add {out} --metric {metric} --by NAME"
    )
    output.data({"file": str(out), "cases": len(waiting)})


@marks.command()
@click.argument("file", type=click.Path(path_type=Path))
@_metric
@_run
@click.option(
    "--by", required=True, metavar="NAME", envvar="TRIMTAB_BY", help="Who marked; listed under `people` of the policy."
)
@_ledger
@output_options
def add(output: Output, *, file: Path, metric: str, run: str, by: str, ledger: str) -> None:
    """Add the marks in FILE (CSV or JSON Lines with candidate, case and mark) and decide the run anew.

    Exit codes as of `trimtab report`.
    """
    from trimtab.cli.run import EXIT_CODES
    from trimtab.report import as_json, decision_view
    from trimtab.workspace import Workspace
    from trimtab.workspace.holding import consent_hold
    from trimtab.workspace.marks import add_marks

    with Workspace.open(None, ledger=ledger) as workspace:
        workspace.ledger.verify().raise_if_bad()
        named = workspace.recalled(run).run
        added = add_marks(workspace.ledger, named, file, metric=metric, by=by)
        output.note(f"{added:,} marks added.")
        decided = workspace.decide_again(named)
        decided = replace(decided, held=consent_hold(workspace.ledger, decided.policy, decided.decision))
    output.show(decision_view(decided))
    output.data(as_json(decided))
    click.get_current_context().exit(int(EXIT_CODES[decided.verdict.value]))


@marks.command()
@click.option("--metric", "metrics", multiple=True, required=True, help="A yes/no metric (two or more, of one suite).")
@_run
@_ledger
@output_options
def agreement(output: Output, *, metrics: tuple[str, ...], run: str, ledger: str) -> None:
    """Show how far metrics agree case by case: what people marked, what judges said.

    Exits 3 where no coefficient can be told, 0 otherwise: it decides nothing.
    """
    from trimtab.errors import ExitCode
    from trimtab.kinds import Missing
    from trimtab.report.agreement import agreement_data, agreement_view
    from trimtab.workspace import Workspace
    from trimtab.workspace.agreement import agreement as compared

    with Workspace.open(None, ledger=ledger) as workspace:
        workspace.ledger.verify().raise_if_bad()
        found = compared(workspace.ledger, workspace.recalled(run), metrics)
    output.show(agreement_view(found))
    output.data(agreement_data(found))
    known = any(not isinstance(seen, Missing) for seen in found.coefficients.values())
    click.get_current_context().exit(int(ExitCode.PASS if known else ExitCode.INCONCLUSIVE))
