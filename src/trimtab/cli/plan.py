"""`trimtab plan`: what a run will cost, before it is made."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from rich.console import Group

    from trimtab.policy import Policy
    from trimtab.workspace.forecast import Foresight


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system of the policy; all when left out.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@output_options
def plan(output: Output, *, policy: Path, system: str, ledger: str) -> None:
    """Say how many calls a candidate of POLICY will take to decide: a good one, one at the floor, a bad one.

    Nothing is asked. What the baseline was last measured at, and what a call took, is read from the ledger if
    there is one; else the targets of the policy stand in.
    """
    from trimtab.errors import UsageError
    from trimtab.policy import load_policy
    from trimtab.workspace.forecast import foresee, open_if_there
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    if system and system not in loaded.systems:
        raise UsageError(f"there is no system {system!r} in the policy.", f"It has: {', '.join(loaded.systems)}.")
    kept = open_if_there(ledger or DEFAULT_LEDGER)
    try:
        names = [system] if system else list(loaded.systems)
        found = [foresee(loaded, policy.parent, system=name, ledger=kept) for name in names]
    finally:
        if kept is not None:
            kept.close()
    for one in found:
        output.show(_shown(loaded, one))
    output.data({"systems": [_data(one) for one in found]})


_HEADING = ": independent cases until each floor is decided, on average (in brackets: 9 of 10 runs within)"


def _shown(policy: "Policy", seen: "Foresight") -> "Group":
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from trimtab.decision.costs import SCENES
    from trimtab.report.figures import Figures, duration

    ahead = seen.forecast
    table = Table(box=box.SIMPLE_HEAD, pad_edge=True)
    table.add_column("floor", overflow="fold")
    table.add_column("a good one is at", justify="right")
    for words in SCENES.values():
        table.add_column(words, justify="right", overflow="fold")
    for one in ahead.floors:
        written = Figures(unit=policy.metrics[one.metric].unit, places=2, currency=policy.currency)
        cells = [_cell(one.scenes.get(scene)) for scene in SCENES]
        table.add_row(
            f"{one.metric}: {_floor(policy, one.metric, one.floor.bound, at_most=one.floor.at_most is not None)}",
            f"{written.value(one.expected)} ({one.source})",
            *cells,
        )
    number = len(seen.candidates)
    if not ahead.sequential:
        sampling = policy.tiers[policy.systems[ahead.system].tier].sampling
        asks = (
            "every case is asked" if sampling == "fixed" else "cases are asked where most fail, until the budget ends"
        )
        lines = [f"The tier says `sampling: {sampling}`: {asks}, {ahead.everything:,.0f} calls for each candidate."]
        return Group(Text.assemble((ahead.system, "bold")), Text("\n".join([*lines, *_further(policy, seen)])))
    lines = []
    for scene, words in SCENES.items():
        calls = ahead.calls[scene]
        took = f", about {duration(calls * seen.per_call.seconds)}" if seen.per_call.seconds is not None else ""
        tokens = calls * (seen.per_call.tokens if seen.per_call.tokens is not None else seen.longest)
        exact = "" if seen.per_call.tokens is not None else "at most "
        lines.append(f"  {words:26} {calls:9,.0f} calls, {exact}{tokens:,.0f} tokens{took}")
    each = "of each candidate, whatever they are like" if number > 1 else "whatever it is like"
    lines.append(f"A fixed design takes {ahead.everything:,.0f} calls {each}.")
    if number > 1:
        lines.append(f"If all {number} candidates are good: about {number * ahead.calls['good']:,.0f} calls.")
    lines += _further(policy, seen)
    return Group(
        Text.assemble((ahead.system, "bold"), _HEADING),
        table,
        Text("Calls for one candidate, all its suites together; the last two stop with the first floor that says so"),
        Text("\n".join(lines)),
    )


def _further(policy: "Policy", seen: "Foresight") -> list[str]:
    lines = []
    if seen.look > 1:
        lines.append(f"It will be look {seen.look} at the same cases, and looks share one error budget.")
    if seen.money:
        dearest = max(seen.money.values())
        lines.append(f"Money: at most {dearest:,.2f} {policy.currency} for a good candidate.")
    return lines


def _cell(seen: Any) -> str:
    if seen is None:
        return "all of its suite"
    ends = {"proved": seen.proved, "refuted": seen.refuted, "hopeless": seen.hopeless, "undecided": seen.undecided}
    most = max(ends, key=lambda name: ends[name])
    return f"{seen.mean:,.0f} ({seen.often:,}), {most} {ends[most]:.0%}"


def _floor(policy: "Policy", metric: str, bound: float, *, at_most: bool) -> str:
    from trimtab.report.figures import Figures

    written = Figures(unit=policy.metrics[metric].unit, places=0, currency=policy.currency)
    return f"{'at most' if at_most else 'at least'} {written.bound(bound)}"


def _data(seen: "Foresight") -> dict[str, Any]:
    from dataclasses import asdict

    ahead = seen.forecast
    return {
        "system": ahead.system,
        "candidates": list(seen.candidates),
        "alpha": ahead.alpha,
        "look": seen.look,
        "floors": [
            {
                "metric": one.metric,
                "suite": one.suite,
                "requirement": str(one.floor),
                "expected": one.expected,
                "source": one.source,
                "scenes": {scene: asdict(ahead) for scene, ahead in one.scenes.items()},
            }
            for one in ahead.floors
        ],
        "calls": dict(ahead.calls),
        "fixed": ahead.everything,
        "tokens_per_call": seen.per_call.tokens,
        "tokens_per_case_at_most": seen.longest,
        "seconds_per_call": seen.per_call.seconds,
        "money_at_most": seen.money,
    }
