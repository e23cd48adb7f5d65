"""`trimtab redteam`: how a system does under attack, before anybody tunes it for speed."""

from pathlib import Path

import click

from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

_CALLS = 12  # messages in one attack of an attacker that adapts


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option("--candidate", "candidates", multiple=True, help="Attack only these candidates (repeatable).")
@click.option(
    "--technique",
    "techniques",
    multiple=True,
    help="An attack or a family of them, or a strategy (repeatable); default all.",
)
@click.option("--cases", type=click.IntRange(min=1, max=100_000), default=480, show_default=True, help="Per candidate.")
@click.option(
    "--depth", type=click.IntRange(1, 3), default=1, show_default=True, help="Techniques on top of one another."
)
@click.option("--adaptive", is_flag=True, help="Attackers that adapt to the answers, instead of fixed techniques.")
@click.option("--attacker", default="", help="Of --adaptive: one of `attackers`, `none`, or `embedded` (the default).")
@click.option(
    "--calls",
    type=click.IntRange(1, 1000),
    help="Of --adaptive: messages in one attack, 12 when left out.",
)
@click.option("--case", "only", multiple=True, help="Try single attacks again, by their id (repeatable).")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the draw.")
@click.option("--max-calls", type=click.IntRange(min=1), help="Stop asking after so many calls.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the reports; trimtab-redteam, or trimtab-again with --case, when left out.",
)
@click.option("--baseline", type=click.Path(path_type=Path), help="Also write it as one document: .html, .md or .pdf.")
@output_options
def redteam(
    output: Output,
    *,
    policy: Path,
    system: str,
    candidates: tuple[str, ...],
    techniques: tuple[str, ...],
    cases: int,
    depth: int,
    adaptive: bool,
    attacker: str,
    calls: int | None,
    only: tuple[str, ...],
    seed: int,
    max_calls: int | None,
    ledger: str,
    out: Path | None,
    baseline: Path | None,
) -> None:
    """Attack the candidates of POLICY by every technique installed, and show which families get through.

    With --adaptive, by strategies that see each answer before they send the next message.

    A baseline decides nothing: it has no floor. Give `attack_success` one in the policy to let `trimtab run` judge it.
    Exits 3 when an attack has no outcome, 0 otherwise.
    """
    from trimtab.policy import load_policy

    loaded = load_policy(policy)

    from rich.text import Text

    from trimtab.cli.baseline import write_baseline
    from trimtab.cli.progress import shown
    from trimtab.errors import PolicyError, UsageError
    from trimtab.report import redteam_data, redteam_view, replay_commands, unanswered, write_reports
    from trimtab.workspace import Workspace
    from trimtab.workspace.redteam import METRIC, attacking

    if baseline is not None:
        from trimtab.report.paper_files import form_of

        form_of(baseline)  # before anything is asked
    name = system or (next(iter(loaded.systems)) if len(loaded.systems) == 1 else "")
    if not name:
        raise UsageError("the policy has several systems.", f"Name one with --system: {', '.join(loaded.systems)}.")
    if adaptive and depth > 1:
        raise UsageError("--depth is for fixed techniques.", "Leave it out, or --adaptive.")
    if (attacker or calls) and not adaptive:
        raise UsageError("--attacker and --calls are for attackers that adapt.", "Add --adaptive.")
    attacked = attacking(
        loaded,
        name,
        cases=cases,
        techniques=techniques,
        depth=depth,
        only=only,
        seed=seed,
        calls=(calls or _CALLS) if adaptive else 0,
        attacker=attacker,
    )
    with Workspace.open(policy, ledger=ledger) as workspace, shown(quiet=output.quiet) as board:
        workspace.policy = attacked
        try:
            report = workspace.run(name, candidates=candidates, max_calls=max_calls, board=board)
        except PolicyError:
            if not only:
                raise
            why = f"there is no attack {only[0]!r} with this seed, this depth and these techniques."
            raise UsageError(why, "Use the whole command that stands beside it in the report.") from None
    # Trying one again must not take the place of the baseline that it is from.
    written = write_reports(report, out or Path("trimtab-again" if only else "trimtab-redteam"))
    if baseline is not None:
        write_baseline(report, baseline)
        written.append(baseline)
    for error in board.tally.unavailable.values():
        output.note(Text(f"warning {error}", style="yellow"))
    output.show(redteam_view(report, METRIC))
    if again := replay_commands(report, METRIC):
        output.show("[bold]Try again what got through:[/]")
        output.commands(*again)
    output.show(f"[dim]Written: {', '.join(map(str, written))}[/]")
    output.data(redteam_data(report, METRIC))
    missing = unanswered(report, METRIC)
    click.get_current_context().exit(int(ExitCode.INCONCLUSIVE if missing else ExitCode.PASS))
