"""`trimtab run`: measure, judge, choose."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.report import Report

EXIT_CODES = {"pass": ExitCode.PASS, "fail": ExitCode.FAIL, "inconclusive": ExitCode.INCONCLUSIVE}


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option("--candidate", "candidates", multiple=True, help="Measure only these candidates (repeatable).")
@click.option("--require", default="", help="Let the exit code be this candidate's verdict instead of the choice's.")
@click.option("--max-calls", type=click.IntRange(min=1), help="Stop asking after so many calls.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@click.option("--out", type=click.Path(path_type=Path), default="trimtab-report", help="Folder for the reports.")
@click.option("--safety-fix", default="", metavar="WHY", help="What changed is a fix: low budgets do not hold it back.")
@click.option("--fresh", is_flag=True, help="Start anew: resume nothing, use no reply of an earlier run.")
@output_options
def run(
    output: Output,
    *,
    policy: Path,
    system: str,
    candidates: tuple[str, ...],
    require: str,
    max_calls: int | None,
    ledger: str,
    out: Path,
    safety_fix: str,
    fresh: bool,
) -> None:
    """Measure every candidate on performance and safety at once, judge each floor of POLICY, choose.

    POLICY is trimtab.yaml unless given. A run that was interrupted goes on where it stopped. A completed one is
    not repeated from memory: endpoints are asked again, since another model may answer there; only replies of weights
    with a known digest are used again. Where the policy gives production error budgets, a change is held back while
    one of them is spent, unless it is a fix.
    """
    from trimtab.policy import load_policy

    load_policy(policy)  # a mistake is told before anything heavy is imported

    from rich.text import Text

    from trimtab.cli.progress import shown
    from trimtab.report import as_json, decision_view, write_reports
    from trimtab.workspace import Workspace

    with Workspace.open(policy, ledger=ledger) as workspace, shown(quiet=output.quiet) as board:
        report = workspace.run(
            system, candidates=candidates, require=require, max_calls=max_calls, fresh=fresh, board=board
        )
        # Only now: loading this before the run shows in the first latencies.
        from trimtab.decision.hold import Lift
        from trimtab.workspace.holding import hold_of

        lift = Lift(as_="safety-fix", why=safety_fix.strip()) if safety_fix.strip() else None
        held = hold_of(workspace, report.decision, lift=lift)
    written = write_reports(report, out)
    for error in board.tally.unavailable.values():
        output.note(Text(f"warning {error}", style="yellow"))  # the others were measured, so the run goes on
    output.show(decision_view(report))
    output.show(f"[dim]Written: {', '.join(map(str, written))}[/]")
    output.data({**as_json(report), **({"held": held.why} if held else {})})
    code = EXIT_CODES[_verdict(report, require)]
    if held is not None and (not require or require == held.candidate):
        output.show(Text(held.why, style="bold red"))
        if code is ExitCode.PASS:
            code = EXIT_CODES[held.verdict.value]
    click.get_current_context().exit(int(code))


def _verdict(report: "Report", require: str) -> str:
    """What the exit code speaks of: the choice, or one candidate."""
    if not require:
        return report.decision.verdict.value
    return next(c.verdict.value for c in report.decision.candidates if c.candidate == require)
