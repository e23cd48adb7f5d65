"""`trimtab report`: a decision again, from the ledger alone."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.report import Report


@click.command()
@click.argument("run", default="latest")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Also write the report files here.")
@click.option("--markdown", "summary", default="", metavar="FILE", help="Write the summary here; - prints only it.")
@click.option(
    "--against", default="", metavar="LEDGER", help="Tell in the summary what is new since its last decision."
)
@click.option("--sarif", default="", metavar="FILE", help="Write what did not pass as SARIF, for code hosts.")
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="Write its red-team baseline here: .html, .md or .pdf."
)
@click.option("--code-quality", "quality", default="", metavar="FILE", help="Write it as GitLab's code quality report.")
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    default="trimtab.yaml",
    help="Whose lines --sarif and --code-quality name. Default: trimtab.yaml.",
)
@output_options
def report(
    output: Output,
    run: str,
    *,
    ledger: str,
    out: Path | None,
    summary: str,
    against: str,
    sarif: str,
    baseline: Path | None,
    quality: str,
    policy: Path,
) -> None:
    """Recompute the decision of RUN from the ledger, compare it with the one recorded, and show it.

    Neither the policy file nor the models are needed. RUN is the latest decided one unless given.
    """
    from trimtab.cli.run import EXIT_CODES
    from trimtab.errors import UsageError
    from trimtab.report import as_json, decision_view, write_reports
    from trimtab.workspace import Workspace
    from trimtab.workspace.flawed import flaws_of
    from trimtab.workspace.holding import consent_hold

    if against and not summary:
        raise UsageError("--against tells differences in the summary.", "Name a file for it with --markdown.")
    with Workspace.open(None, ledger=ledger) as workspace:
        shown = workspace.report(run)
        shown = replace(shown, held=consent_hold(workspace.ledger, shown.policy, shown.decision))
        found = flaws_of(workspace.ledger, shown, policy) if sarif or quality else []
    if out is not None:
        written = write_reports(shown, out)
        output.note(f"[dim]Written: {', '.join(map(str, written))}[/]")
    if baseline is not None:
        from trimtab.cli.baseline import write_baseline

        write_baseline(shown, baseline)
    if sarif:
        from trimtab.report.sarif import sarif as as_sarif

        _write(sarif, as_sarif(shown, found))
    if quality:
        from trimtab.report.code_quality import code_quality

        _write(quality, code_quality(found))
    if summary:
        from trimtab.report.markdown import markdown

        text = markdown(shown, against=_earlier(against, shown) if against else None)
        _write(summary, text.encode()) if summary != "-" else click.echo(text, nl=False)
    if summary != "-":
        output.show(decision_view(shown))
        output.data(as_json(shown))
    click.get_current_context().exit(int(EXIT_CODES[shown.verdict.value]))


def _earlier(ledger: str, shown: "Report") -> "Report | None":
    """The last decision on the same system in another ledger; none where it holds none."""
    from trimtab.workspace import Workspace
    from trimtab.workspace.changes import last_decision
    from trimtab.workspace.holding import consent_hold

    with Workspace.open(None, ledger=ledger) as workspace:
        row = last_decision(workspace.ledger, shown.decision.system)
        if row is None:
            return None
        base = workspace.report(row.run)
        return replace(base, held=consent_hold(workspace.ledger, base.policy, base.decision))


def _write(path: str, content: bytes) -> None:
    from trimtab.report.files import write_file

    write_file(Path(path), content)
