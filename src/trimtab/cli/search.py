"""`trimtab search`: settings between the values of a grid that are worth a test."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.workspace.search import Found

_SHOWN = 12


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system of the policy; needed when several have a grid.")
@click.option("--candidate", default="", help="Which candidate with a grid; needed when there are several.")
@click.option("--trials", type=click.IntRange(1, 1000), default=40, show_default=True, help="How many points to try.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the search.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Default: POLICY with .searched before .yaml."
)
@output_options
def search(
    output: Output, *, policy: Path, system: str, candidate: str, trials: int, seed: int, out: Path | None
) -> None:
    """Try settings between the least and the greatest values of a grid in POLICY, with its floors as constraints.

    Each trial is asked only the quarter of the cases that fixes the order in a choice from a grid. What is proposed is
    written to a policy of its own; `trimtab run` then tests it on the other cases, which the search has not seen.
    Nothing that a search saw is a verdict. Needs the extra `search` (Optuna).
    """
    from trimtab.workspace.search import search as look

    found = look(
        policy,
        system=system,
        candidate=candidate,
        trials=trials,
        seed=seed,
        out=out or policy.with_suffix(f".searched{policy.suffix}"),
    )
    output.show(_story(found))
    output.data(
        {
            "candidate": found.candidate,
            "policy": str(found.path),
            "trials": len(found.trials),
            "calls": found.calls,
            "proposed": [{"settings": dict(one.settings), "p": one.p, "merit": one.merit} for one in found.proposed],
        }
    )


def _story(found: "Found") -> str:
    from rich.markup import escape

    tried = f"Tried {len(found.trials)} points of {found.candidate} with {found.calls:,} calls"
    lines = [f"{tried}, on the cases that fix the order only. {len(found.proposed)} are worth a test:"]
    for one in found.proposed[:_SHOWN]:
        told = ", ".join(f"{path} {value}" for path, value in one.settings.items())
        lines.append(escape(f"  {told}"))
    lines.append(f"Written: {escape(str(found.path))}. None of them is certified; test them on the other cases:")
    lines.append(f"  trimtab run {escape(str(found.path))}")
    return "\n".join(lines)
