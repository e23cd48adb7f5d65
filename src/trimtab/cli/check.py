"""`trimtab check`: every mistake in a policy at once, or what it asks for."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, console, output_options
from trimtab.errors import ExitCode, Mistake

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from trimtab.policy import Candidate, Checked, Policy


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default=Path("trimtab.yaml"))
@click.option("--strict", is_flag=True, help="Let warnings fail, too.")
@output_options
def check(output: Output, policy: Path, *, strict: bool) -> None:
    """Report every mistake in POLICY (trimtab.yaml unless given) with line, column and what to write.

    A policy without mistakes is summed up, with what each floor costs to prove. Exits 2 when there are mistakes.
    """
    checked, have = _checked(policy)
    failed = checked.policy is None or (strict and bool(checked.warnings))
    if output.json:
        output.data(_data(checked, have, ok=not failed))
    else:
        for mistake in checked.mistakes:
            if not (output.quiet and mistake.warning and not strict):
                console().print(_line(mistake), soft_wrap=True)  # one line each, however narrow the terminal
        if checked.policy is not None:
            output.show(_summary(checked.policy, have))
        output.show(_verdict(checked, policy))
    if failed:
        raise click.exceptions.Exit(ExitCode.USAGE)


def _checked(path: Path) -> tuple["Checked", dict[str, int]]:
    """The policy, with the mistakes of the case files that it names, and how many cases each of these has."""
    from dataclasses import replace

    from trimtab.errors import PluginError, PolicyError
    from trimtab.measure.suites import load_suite
    from trimtab.policy import check_policy

    checked = check_policy(path)
    if checked.policy is None:
        return checked, {}
    found: list[Mistake] = []
    have: dict[str, int] = {}
    for name, spec in checked.policy.suites.items():
        if spec.python or spec.imported:
            continue  # somebody's code is run when it is measured, not when it is checked; results are read then
        try:
            suite = load_suite(name, spec, base=path.parent)
        except PolicyError as error:
            found += error.mistakes
            continue
        except PluginError:
            continue  # reported where it is named
        have[name] = len({case.independent_unit for case in suite.cases})
        if suite.lacking and spec.file:
            found.append(
                Mistake(
                    path=str(path),
                    line=0,
                    column=0,
                    where=f"suites.{name}",
                    message=f"has {len(suite.cases)} cases, and {spec.cases} are asked for",
                    suggestion=f"What is missing cannot be measured: add rows to {spec.file}, or lower `cases`.",
                    warning=True,
                )
            )
    found += _too_few(checked.policy, have, str(path))
    broken = any(not mistake.warning for mistake in found)
    return replace(checked, policy=None if broken else checked.policy, mistakes=(*checked.mistakes, *found)), have


def _too_few(policy: "Policy", have: dict[str, int], path: str) -> list[Mistake]:
    """Floors that as many cases as are asked for would prove, and as many independent ones as there are cannot."""
    from trimtab.policy import costs

    return [
        Mistake(
            path=path,
            line=0,
            column=0,
            where=f"tiers.{real.tier}.floors.{real.metric}",
            message=f"{real}; suite {real.suite} has {real.cases:,} independent ones among its cases",
            suggestion="Variants of one template count once: bring other templates, or accept a looser floor.",
            warning=True,
        )
        for real, hoped in zip(costs(policy, have=have), costs(policy), strict=True)
        if hoped.affordable and not real.affordable
    ]


def _line(mistake: Mistake) -> "Text":
    from rich.text import Text

    colour = "yellow" if mistake.warning else "red"
    place = f"{mistake.path}:{mistake.line}:{mistake.column}" if mistake.line else mistake.path
    text = Text.assemble(
        (place, "bold"),
        ": ",
        (f"{'warning' if mistake.warning else 'error'} {mistake.code}", colour),
        " ",
        (f"{mistake.where}: " if mistake.where else "", "bold"),
        mistake.message,
    )
    if mistake.suggestion:
        text.append(mistake.stop).append(f" {mistake.suggestion}", style="cyan")
    return text


def _verdict(checked: "Checked", policy: Path) -> "Text":
    from rich.text import Text

    errors, warnings = _count(len(checked.errors), "mistake"), _count(len(checked.warnings), "warning")
    if checked.policy is None:
        them = "it" if len(checked.errors) == 1 else "them"
        return Text(f"{errors}, {warnings}. Correct {them} and run `trimtab check` again.", style="red")
    return Text(f"{policy} is a policy: {errors}, {warnings}.", style="yellow" if checked.warnings else "green")


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _summary(policy: "Policy", have: dict[str, int]) -> "Group":
    """What each system is held to."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from trimtab.report.figures import Figures

    parts: list[Text | Table] = [Text(f"{policy.organisation}\n{policy.digest}", style="dim")]
    for name, system in policy.systems.items():
        candidates = ", ".join(
            f"{one} ({_points(spec)})" if spec.stands_for_many else one for one, spec in system.candidates.items()
        )
        parts.append(Text.assemble("\n", (name, "bold"), f" is held to tier {system.tier}"))
        parts.append(
            Text(
                f"  candidates  {candidates}\n"
                f"  baseline    {system.baseline or 'none'}\n"
                f"  maximise    {', '.join(system.maximise)}\n"
                f"  red lines   {', '.join(policy.red_lines) or 'none'}"
            )
        )
        if system.reward:
            parts.append(Text(_reward_line(policy, name)))
        parts.append(_floors(policy, name, have))
        parts += [Text(_gap_line(gap)) for gap in _gaps(policy, name)]
        regression = policy.tiers[system.tier].regression
        if regression:
            compared = ", ".join(regression.metrics) or "every floored 0/1 metric"
            margin = Figures(unit="points", places=0).bound(regression.margin)
            parts.append(Text(f"  no worse than the baseline by {margin}: {compared}"))
        mitigation = policy.tiers[system.tier].mitigation
        if mitigation:
            share = Figures(unit="ratio", places=0).bound(mitigation.at_least)
            parts.append(Text(f"  at least {share} of the baseline's gap gone: {', '.join(mitigation.metrics)}"))
    return Group(*parts)


def _reward_line(policy: "Policy", system: str) -> str:
    """The reward in training: what no task reward outweighs, and what is held to a rate."""
    from trimtab.report.figures import Figures

    written = Figures(unit="ratio", places=0)
    reward = _reward(policy, system)
    hard = [f"never {', '.join(reward['hard'])}"] if reward["hard"] else []
    held = [f"{name} in at most {written.bound(rate)}" for name, rate in reward["soft"].items()]
    return f"  in training {'; '.join([*hard, *held])} (reward {reward['name']})"


def _reward(policy: "Policy", system: str) -> dict[str, Any]:
    """What a system's reward counts: hard checks, and soft costs with the rate of failures that is accepted."""
    from trimtab.policy.reward_rules import accepted

    name = policy.systems[system].reward or ""
    reward = policy.rewards[name]
    soft = {cost.name: accepted(policy, system, cost) or 0.0 for cost in reward.soft}
    return {"name": name, "hard": [check.name for check in reward.hard], "soft": soft}


def _gaps(policy: "Policy", system: str) -> list[dict[str, Any]]:
    """What is held against somebody else's word, and how many cases on which both agree would prove it."""
    from trimtab.decision import alpha_of
    from trimtab.decision.gaps import marks_to_prove
    from trimtab.stats import share_of_look

    spec = policy.systems[system]
    tier = policy.tiers[spec.tier]
    rests = {*tier.floors, *policy.red_lines, *spec.maximise, *(tier.regression.metrics if tier.regression else ())}
    alpha = alpha_of(tier, spec) * share_of_look(1)
    return [
        {
            "metric": name,
            "against": metric.gold.metric,
            "at_most": metric.gold.gap_at_most,
            "needed": marks_to_prove(metric.gold, alpha=alpha),
        }
        for name, metric in policy.metrics.items()
        if name in rests and metric.gold is not None
    ]


def _gap_line(gap: dict[str, Any]) -> str:
    from trimtab.report.figures import Figures

    bound = Figures(unit="points", places=0).bound(gap["at_most"])
    proof = f"{gap['needed']:,} or more cases of each candidate on which both agree" if gap["needed"] else "nothing"
    return f"  {gap['metric']} may be at most {bound} better than {gap['against']} says: proved by {proof}"


def _points(spec: "Candidate") -> str:
    """A grid in words."""
    from trimtab.policy.settings import size

    if spec.points:
        return f"{len(spec.points):,} candidates"
    return f"{size(spec.grid):,} candidates: {' x '.join(spec.grid)}"


def _floors(policy: "Policy", system: str, have: dict[str, int]) -> "Table":
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from trimtab.policy import costs
    from trimtab.report.figures import Figures

    table = Table(box=box.SIMPLE_HEAD, pad_edge=True)
    for heading in ("metric", "must be", "target", "proved by"):
        table.add_column(heading, overflow="fold")
    for cost in costs(policy, have=have):
        if cost.system != system:
            continue
        metric, floor = policy.metrics[cost.metric], policy.tiers[cost.tier].floors[cost.metric]
        written = Figures(unit=metric.unit, places=0, currency=policy.currency)
        side = "at least" if floor.at_least is not None else "at most"
        if cost.unknown:
            proof = f"[red]nothing: nobody knows how often the detector {escape(cost.unknown)} errs[/]"
        elif not cost.provable:
            proof = "[red]nothing: no number of cases is enough[/]"
        elif cost.needed is None:
            proof = f"{cost.cases:,} cases of {cost.suite}"
        else:
            colour = "green" if cost.affordable else "yellow"
            proof = f"[{colour}]{cost.needed:,} or more cases, {escape(cost.proof)}[/]; "
            proof += f"{cost.suite} is imported" if cost.imported else f"{cost.suite} has {cost.cases:,}"
        asked, target = written.bound(floor.bound), written.bound(metric.target)
        table.add_row(cost.metric, escape(f"{side} {asked}"), escape(target), proof)
    return table


def _data(checked: "Checked", have: dict[str, int], *, ok: bool) -> dict[str, Any]:
    from dataclasses import asdict

    data: dict[str, Any] = {"ok": ok, "mistakes": [asdict(mistake) for mistake in checked.mistakes]}
    if checked.policy is None:
        return data

    from trimtab.policy import costs

    policy = checked.policy
    systems = {
        name: {
            "tier": system.tier,
            "confidence": policy.tiers[system.tier].confidence,
            "candidates": list(system.all_candidates),
            "baseline": system.baseline,
            "maximise": list(system.maximise),
            "reward": _reward(policy, name) if system.reward else None,
            "floors": [
                {
                    "metric": cost.metric,
                    "requirement": cost.requirement,
                    "suite": cost.suite,
                    "cases": cost.cases,
                    "needed": cost.needed,
                    "provable": cost.provable,
                    "affordable": cost.affordable,
                }
                for cost in costs(policy, have=have)
                if cost.system == name
            ],
            "gaps": _gaps(policy, name),
        }
        for name, system in policy.systems.items()
    }
    return {**data, "digest": policy.digest, "red_lines": list(policy.red_lines), "systems": systems}
