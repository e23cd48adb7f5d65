"""What the commands that score data sets share: the policy, the system, the columns, the multipliers."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.errors import UsageError

if TYPE_CHECKING:
    from trimtab.workspace.score_rows import Scale


def scale_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options, and hand the command the `Scale` that they come to as `scale`."""

    @click.option("--policy", type=click.Path(path_type=Path), default=Path("trimtab.yaml"), show_default=True)
    @click.option("--system", default="", help="Whose reward; needed when the policy has several systems.")
    @click.option(
        "--prompt", default="", metavar="COLUMN", help="Where the prompt is, if not where TRL or OpenAI has it."
    )
    @click.option("--completion", default="", metavar="COLUMN", help="Where the completion is.")
    @click.option("--chosen", default="", metavar="COLUMN", help="Where the better completion of a pair is.")
    @click.option("--rejected", default="", metavar="COLUMN", help="Where the worse one is.")
    @click.option(
        "--task", default="", metavar="COLUMN", help="Task rewards; of pairs COLUMN_chosen and COLUMN_rejected."
    )
    @click.option(
        "--multiplier",
        "multipliers",
        multiple=True,
        metavar="COST=NUMBER",
        help="Weight of a soft cost; 1 if not given.",
    )
    @click.option("--processes", type=click.IntRange(0, 64), default=0, help="Side by side; as many as cores if 0.")
    @functools.wraps(command)
    def wrapped(
        *args: Any,
        policy: Path,
        system: str,
        prompt: str,
        completion: str,
        chosen: str,
        rejected: str,
        task: str,
        multipliers: tuple[str, ...],
        **kwargs: Any,
    ) -> None:
        from trimtab.enforce.rewards import Columns
        from trimtab.policy import load_policy
        from trimtab.workspace.score_rows import Scale, system_of

        if completion and (chosen or rejected):
            raise UsageError("--completion is of rows, --chosen and --rejected are of pairs.", "Name one kind.")
        given = dict(_multiplier(one) for one in multipliers)
        loaded = load_policy(policy)
        scale = Scale(
            policy=loaded,
            system=system_of(loaded, system),
            columns=Columns(prompt=prompt, completion=completion, chosen=chosen, rejected=rejected),
            task=task,
            multipliers=given,
        )
        command(*args, scale=scale, **kwargs)

    return wrapped


def _multiplier(given: str) -> tuple[str, float]:
    name, _, number = given.rpartition("=")
    try:
        return name, float(number)
    except ValueError:
        raise UsageError(
            f"--multiplier {given!r} is not COST=NUMBER.", "Write --multiplier over_refusal=2, say."
        ) from None


def said(scale: "Scale") -> str:
    """By what it was scored, for people."""
    return f"{scale.policy.systems[scale.system].reward} of {scale.system}, policy {scale.policy.digest[:19]}"
