"""`trimtab watch`: does a measure still say what those say whose word counts?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from rich.table import Table

    from trimtab.kinds import Better
    from trimtab.workspace.watch import Watching

_STYLE = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--gap",
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    required=True,
    help="Mean by which the measure may flatter.",
)
@click.option(
    "--better", type=click.Choice(["higher", "lower"]), default="higher", show_default=True, help="Way that is good."
)
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 1.0, max_open=True),
    default=0.95,
    show_default=True,
    help="Probability with which a verdict is right, however often anybody looks.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write a page with the chart here.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Record the result in this ledger too.")
@output_options
def watch(
    output: Output, *, file: Path, gap: float, better: "Better", confidence: float, out: Path | None, ledger: str
) -> None:
    """Judge the gap between a measure and people, or an independent judge, from step to step.

    FILE holds rows of step (a checkpoint, a week), proxy (what the measure says, 0 to 1) and gold (what those say whose
    word counts), in the order of the steps; with a column case, a case that comes again in a later step is not bet on
    again. FAIL (exit code 1) when the gap is above --gap, or has grown beyond it; INCONCLUSIVE (3) when the last step
    does not prove it smaller.
    """
    from trimtab.cli.run import EXIT_CODES
    from trimtab.report.files import write_page
    from trimtab.workspace.watch import watch as watched

    done = watched(file, gap=gap, better=better, confidence=confidence, ledger=ledger)
    verdict = done.judged.verdict.value
    if out is not None:
        output.note(f"[dim]Written: {write_page(out, _page(done))}[/]")
    output.show(_table(done))
    if done.slope is not None:
        output.show(f"The gap changes by {done.slope:+.1%} a step over the last five. That is to look at, no test.")
    output.show(f"[{_STYLE[verdict]}]{verdict.upper()}[/] {done.judged.reason}")
    if done.recorded:
        output.show("Recorded in the ledger.")
    output.data(_data(done))
    click.get_current_context().exit(int(EXIT_CODES[verdict]))


def _page(done: "Watching") -> str:
    from trimtab.report.steps import StepRow, steps_page

    rows = [
        StepRow(name=step.name, cases=step.cases, proxy=step.proxy, gold=step.gold, gap=step.gap) for step in done.steps
    ]
    return steps_page(rows, done.judged, slope=done.slope)


def _table(done: "Watching") -> "Table":
    from rich.table import Table

    from trimtab.kinds import Estimate

    table = Table("step", "cases", "measure", "gold", "flatters by", "interval", box=None, pad_edge=False)
    for step in done.steps:
        gap = step.gap
        value, ends = ("", "")
        if isinstance(gap, Estimate):
            value, ends = f"{gap.value:+.1%}", f"{gap.interval.low:+.1%} to {gap.interval.high:+.1%}"
        table.add_row(step.name, f"{step.cases:,}", f"{step.proxy:.1%}", f"{step.gold:.1%}", value, ends)
    return table


def _data(done: "Watching") -> dict[str, Any]:
    from dataclasses import asdict

    judged = done.judged
    return {
        "verdict": judged.verdict.value,
        "reason": judged.reason,
        "bound": judged.bound,
        "needed": judged.needed,
        "slope": done.slope,
        "steps": [asdict(step) for step in done.steps],
        "recorded": done.recorded,
    }
