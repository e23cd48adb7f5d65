"""`trimtab monitor`: look at what is in production, once or again and again."""

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode, TrimtabError

if TYPE_CHECKING:
    from trimtab.report.look import Look

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def span(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Seconds of a length of time: a number and s, m, h or d."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", value.strip())
    if found is None or float(found[1]) <= 0:
        raise click.BadParameter(f"{value!r} is no length of time; write 5m, 90s, 1h or 7d.", ctx, param)
    return float(found[1]) * _SECONDS[found[2]]


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option("--require", default="", help="Let the exit code be of this candidate instead of the choice.")
@click.option(
    "--every", callback=span, metavar="TIME", help="Look again and again, so far apart, e.g. 5m; once, if left out."
)
@click.option("--no-suites", is_flag=True, help="Look at production only; measure nothing.")
@click.option(
    "--older-than", callback=span, metavar="TIME", help="Measure again when the last decision is older, e.g. 7d."
)
@click.option("--safety-fix", default="", metavar="WHY", help="What changed is a fix: low budgets do not hold it back.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for production.html, and for the reports of a run."
)
@output_options
def monitor(output: Output, *, policy: Path, every: float | None, **options: Any) -> None:
    """Look at a system in production: what its guard ruled, what is left of its error budgets, what has changed.

    Where weights, settings, guard, suites or POLICY are not those of the last decision, everything is measured again.
    Alarms are recorded in the ledger, and sent to whoever the policy names under `notify`. For a cron or CI job, or
    with --every as a process of its own.

    Exit codes: 0 nothing is wrong, 1 an alarm is open, a floor is not met or a release is held back, 2 usage or
    policy, 3 too little is known, 4 somebody or something could not be reached.
    """
    code = _once(output, policy, **options)
    while every is not None:
        time.sleep(every)
        try:
            code = _once(output, policy, **options)
        except TrimtabError as error:
            output.note(f"error {error}")  # the next look may find it mended
    click.get_current_context().exit(int(code))


def _once(output: Output, policy: Path, **options: Any) -> ExitCode:
    from trimtab.policy import load_policy

    load_policy(policy)  # a mistake is told before anything heavy is imported

    from trimtab.cli.progress import shown
    from trimtab.decision.hold import Lift
    from trimtab.report.files import write_look, write_reports
    from trimtab.report.look import as_data
    from trimtab.report.look_terminal import LookView
    from trimtab.workspace import Workspace
    from trimtab.workspace.monitor import look

    why = options["safety_fix"].strip()
    with (
        Workspace.open(policy, ledger=options["ledger"]) as workspace,
        shown(quiet=output.quiet or options["no_suites"]) as board,
    ):
        found = look(
            workspace,
            options["system"],
            suites=not options["no_suites"],
            lift=Lift(as_="safety-fix", why=why) if why else None,
            older_than=options["older_than"],
            require=options["require"],
            board=board,
        )
    output.show(LookView(found))
    if options["out"] is not None:
        written = [write_look(found, options["out"])]
        written += write_reports(found.report, options["out"]) if found.report else []
        output.show(f"[dim]Written: {', '.join(map(str, written))}[/]")
    output.data(as_data(found))
    return exit_code(found)


def exit_code(found: "Look") -> ExitCode:
    """What a look comes to as an exit code."""
    from trimtab.decision import Verdict

    if found.verdict is Verdict.FAIL:
        return ExitCode.FAIL
    if found.unsent or found.unknown:
        return ExitCode.UNAVAILABLE
    return ExitCode.PASS if found.verdict is Verdict.PASS else ExitCode.INCONCLUSIVE
