"""`trimtab run`: measure, judge, choose."""

from dataclasses import replace
from pathlib import Path

import click

from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

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
    one of them is spent, unless it is a fix. Where the tier asks for consent, there is no pass without one.
    """
    from trimtab._optional import need
    from trimtab.policy import load_policy

    loaded = load_policy(policy)  # a mistake is told before anything heavy is imported
    if any(tier.consent is not None for tier in loaded.tiers.values()):
        need("cryptography", extra="sign")  # nobody wants to hear after hours of measuring that it is missing

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
        held = hold_of(workspace, report.decision, lift=lift, candidate=require)
    report = replace(report, held=held)
    written = write_reports(report, out)
    for error in board.tally.unavailable.values():
        output.note(Text(f"warning {error}", style="yellow"))  # the others were measured, so the run goes on
    output.show(decision_view(report))
    output.show(f"[dim]Written: {', '.join(map(str, written))}[/]")
    output.data(as_json(report))
    if held is not None and (not require or require == held.candidate) and not report.holds:
        output.show(Text(held.why, style="bold red"))
    click.get_current_context().exit(int(EXIT_CODES[report.verdict_of(require).value]))
