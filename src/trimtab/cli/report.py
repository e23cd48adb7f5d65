"""`trimtab report`: a decision again, from the ledger alone."""

from pathlib import Path

import click

from trimtab.cli.output import Output, output_options


@click.command()
@click.argument("run", default="latest")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Also write the report files here.")
@output_options
def report(output: Output, run: str, ledger: str, out: Path | None) -> None:
    """Recompute the decision of RUN from the ledger, compare it with the one recorded, and show it.

    Neither the policy file nor the models are needed. RUN is the latest decided one unless given.
    """
    from trimtab.cli.run import EXIT_CODES
    from trimtab.report import as_json, decision_view, write_reports
    from trimtab.workspace import Workspace

    with Workspace.open(None, ledger=ledger) as workspace:
        shown = workspace.report(run)
    if out is not None:
        written = write_reports(shown, out)
        output.note(f"[dim]Written: {', '.join(map(str, written))}[/]")
    output.show(decision_view(shown))
    output.data(as_json(shown))
    click.get_current_context().exit(int(EXIT_CODES[shown.decision.verdict.value]))
