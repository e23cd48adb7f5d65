"""`trimtab revise`: examples to train on, made by a constitution that corrects."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.line_progress import progress_line
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.cli.line_progress import Say
    from trimtab.workspace.rates import Work
    from trimtab.workspace.revise import Examples


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--policy", type=click.Path(path_type=Path), default=Path("trimtab.yaml"), show_default=True)
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option("--candidate", default="", help="Who answers where IN has no reply; the baseline if left out.")
@click.option("--reviser", default="", help="One of `models` or a candidate; who answers if left out.")
@click.option("--principle", "principles", multiple=True, help="A principle of the policy (repeatable); default all.")
@click.option("--kind", type=click.Choice(["pairs", "sft"]), default="pairs", show_default=True)
@click.option("--format", "form", type=click.Choice(["trl", "openai"]), default="trl", show_default=True)
@click.option("--benign", is_flag=True, help="With --kind sft: take replies that break nothing, too.")
@click.option("--rounds", type=click.IntRange(1, 20), default=3, show_default=True, help="Of critique and revision.")
@click.option("--task", default="", help="A metric of the policy that no revision may make worse.")
@click.option("--judge", default="", help="Another model, which compares revision and reply, in both orders.")
@click.option(
    "--margin",
    type=click.FloatRange(0.0, 2.0),
    default=0.0,
    show_default=True,
    help="By how much the system's training reward must be higher, where it has one.",
)
@click.option(
    "--shortest",
    type=click.FloatRange(0.0, 1.0),
    default=0.5,
    show_default=True,
    help="Words of a revision, as a share of the reply's, at least.",
)
@click.option("--longest", type=click.FloatRange(1.0), default=2.0, show_default=True, help="The same, at most.")
@click.option(
    "--alike",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.8,
    show_default=True,
    help="Share of words in a row that near-duplicates have in common.",
)
@click.option("--calls", type=click.IntRange(min=1), default=None, help="Calls to models, at most.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Ledger that gets a row for each reply, by digest.")
@click.option("--fresh", is_flag=True, help="Ask everything anew, whatever was answered before.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@output_options
def revise(
    output: Output, *, source: Path, out: Path, policy: Path, ledger: str, fresh: bool, force: bool, **given: Any
) -> None:
    """Have replies corrected by the policy's principles, and write what can be trained on to OUT.jsonl.

    IN is JSON Lines of {"prompt": "..."} or {"messages": [...]}, with "reply" where there is one. A pair is kept only
    if the revision is better by the tests, breaks nothing hard, does not refuse what the reply answered, is of similar
    length, and is no worse on the task. Beside OUT.jsonl lie OUT.lineage.jsonl and OUT.manifest.json: where each row
    came from, what was dropped and why, and how often each principle was broken before and after. The same answers
    give the same bytes; after a kill, only what was not answered is asked.

    Exits 3 when nothing was kept, or --calls were used up before the rows were.
    """
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.example_files import LINEAGE
    from trimtab.workspace.revise import make_examples
    from trimtab.workspace.revised_rows import record_revisions
    from trimtab.workspace.wanted import Wanted, system_of

    wanted = Wanted(policy=load_policy(policy), **{**given, "principles": tuple(given["principles"])})
    # Both before the work, so that a wrong path or name costs none.
    system = system_of(wanted) if ledger else ""
    opened = Ledger.open(ledger) if ledger else None
    try:
        with progress_line(output) as tell:
            made = make_examples(source, out, wanted, force=force, fresh=fresh, listen=lambda work: tell(_so_far(work)))
        recorded = 0
        if opened is not None:
            lineage = out.with_suffix(LINEAGE)
            recorded = record_revisions(lineage, opened, policy=wanted.policy, system=system)
    finally:
        if opened is not None:
            opened.close()
    _show(output, made, recorded)
    output.data({**made.manifest, "paths": [str(path) for path in made.paths], "used_up": made.used_up})
    short = made.used_up or not made.work.kept
    click.get_current_context().exit(int(ExitCode.INCONCLUSIVE if short else ExitCode.PASS))


def _show(output: Output, made: "Examples", recorded: int) -> None:
    from rich.table import Table

    work = made.work
    table = Table("principle", "broken before", "broken after", box=None)
    for name, rate in work.rates.items():
        if rate.trials:
            before, after = rate.intervals()
            unseen = f", {rate.unseen:,} could not be seen" if rate.unseen else ""
            table.add_row(
                name,
                f"{rate.before / rate.trials:.1%} ({before.low:.1%} to {before.high:.1%})",
                f"{rate.after / rate.trials:.1%} ({after.low:.1%} to {after.high:.1%}){unseen}",
            )
    output.show(table)
    gone = ", ".join(f"{number:,} {reason}" for reason, number in sorted(work.dropped.items())) or "none"
    output.show(
        f"{work.kept:,} examples of {work.done:,} rows, {work.revised:,} of them revised. Dropped: {gone}.",
        markup=False,
    )
    cached = f", {work.tally.cached:,} answers were kept from before" if work.tally.cached else ""
    output.show(f"{work.tally.calls:,} calls{cached}.")
    if made.used_up:
        output.show("The calls were used up before the rows were. Run it again with more; what was said is kept.")
    output.show(f"Written: {', '.join(path.name for path in made.paths)}.", markup=False)
    if recorded:
        output.show(f"{recorded:,} rows are in the ledger.")


def _so_far(work: "Work") -> "Say":
    return lambda taken: (
        f"{work.done:,} of {work.rows:,} rows, {work.kept:,} kept, {work.tally.calls:,} calls, "
        f"{work.done / taken * 60:,.0f} rows a minute"
    )
