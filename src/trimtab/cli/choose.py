"""`trimtab choose`: the best that clears every floor, what that costs, and what would tell the first two apart."""

from dataclasses import replace
from pathlib import Path

import click

from trimtab.cli.output import Output, output_options


@click.command()
@click.argument("run", default="latest")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Also write the report files here.")
@output_options
def choose(output: Output, run: str, ledger: str, out: Path | None) -> None:
    """Show the choice of RUN on one page, recomputed from the ledger.

    Who wins and by which rule; the frontier of performance and safety; what each floor costs in performance, which is
    seen on these cases and no guarantee; how many further pairs would tell the first two apart. RUN is the latest
    decided one unless given.
    """
    from trimtab.cli.run import EXIT_CODES
    from trimtab.report import choice_json, choice_view, write_reports
    from trimtab.workspace import Workspace
    from trimtab.workspace.holding import consent_hold

    with Workspace.open(None, ledger=ledger) as workspace:
        shown = workspace.report(run)
        shown = replace(shown, held=consent_hold(workspace.ledger, shown.policy, shown.decision))
    if out is not None:
        written = write_reports(shown, out)
        output.note(f"[dim]Written: {', '.join(map(str, written))}[/]")
    output.show(choice_view(shown))
    output.data(choice_json(shown))
    click.get_current_context().exit(int(EXIT_CODES[shown.verdict.value]))
