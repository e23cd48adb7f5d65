"""A risk hunt in a terminal, and as data: what it yields, who was first, and what is probably still hidden."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from trimtab.decision.attacks import Replay
from trimtab.decision.hunting import Filed, Hunt, HuntResult, hunt_payload
from trimtab.kinds import Interval, Missing
from trimtab.report.attack_words import asking_again
from trimtab.report.figures import DASH
from trimtab.report.markup import visible

_MOST = 50  # findings listed
_CAVEAT = (
    "That holds if hunters worked apart and every flaw is as easy to find as another. Easy flaws are found by all and "
    "hard ones by nobody, so read it as the least: more may be hidden, and the upper end is no promise."
)
_UNREAD = "Findings are listed when the hunt is over: who reads them hunts no longer apart."


def hunt_view(
    hunt: Hunt, result: HuntResult, *, state: str, replays: Mapping[str, Replay] = MappingProxyType({})
) -> RenderableType:
    """The result in lines; the findings below once nobody hunts any more. `replays` are by finding."""
    lines = [
        Text.assemble((f"Hunt {hunt.hunt}", "bold"), f" of {visible(hunt.system)}: {_state(hunt, state)}"),
        Text(_findings(result)),
        Text(f"Severity  {_counts(result.by_severity)}"),
        Text(f"Hunters   {_counts(result.by_hunter)}"),
        Text(f"Yield     {_yield(result)}"),
        Text(f"Customers {_customers(result)}"),
        *_hidden(result),
    ]
    if hunt.twice:
        named = ", ".join(visible(one, limit=64) for one in hunt.twice[:10])
        lines.append(Text(f"Filed again under an id that was taken, and not counted: {named}.", style="yellow"))
    if state == "open":
        return Group(*lines, Text(_UNREAD, style="dim"))
    return Group(*lines, *([_table(hunt)] if hunt.findings else []), *_again(hunt, replays))


def hunt_data(
    hunt: Hunt, result: HuntResult, *, state: str, replays: Mapping[str, Replay] = MappingProxyType({})
) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "hunt": hunt.hunt,
        "system": hunt.system,
        "policy": hunt.policy,
        "state": state,
        "began": _moment(hunt.began),
        "ends": _moment(hunt.ends),
        "hours": hunt.opened.hours,
        "hunters": dict(hunt.opened.hunters),
        **hunt_payload(result),
        "twice": list(hunt.twice),
        "list": None if state == "open" else [_finding(one, replays) for one in hunt.findings],
    }


def _finding(one: Filed, replays: Mapping[str, Replay]) -> dict[str, Any]:
    filed = one.filed
    return {
        "finding": filed.finding,
        "flaw": one.flaw,
        "hunter": filed.hunter,
        "found_by": filed.found_by,
        "severity": filed.severity,
        "hazard": filed.hazard,
        "way": filed.way,
        "case": filed.case,
        "candidate": one.candidate,
        "run": filed.source,
        "replay": _command(one, replays) or None,
        "texts": dict(filed.texts),
        "excerpts": dict(filed.excerpts),
        "late": one.late,
        "borrowed": one.borrowed,
        "ruling": one.ruling,
        "counts": one.counts,
        "at": _moment(one.at),
    }


def _state(hunt: Hunt, state: str) -> str:
    if state == "open":
        return f"open until {_moment(hunt.ends)}"
    ended = hunt.closed_at if hunt.closed else hunt.ends
    return f"{state} since {_moment(ended)}"


def _findings(result: HuntResult) -> str:
    flaws = sum(result.by_severity.values())
    notes = [
        f"{number:,} {words}"
        for number, words in (
            (result.late, "came late"),
            (result.invalid, "refused"),
            (result.untriaged, "not triaged, and counted"),
        )
        if number
    ]
    noted = f" ({'; '.join(notes)})" if notes else ""
    return f"{_some(result.findings, 'finding')}{noted}; hunters found {_some(flaws, 'flaw')} in time"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{visible(name)} {number:,}" for name, number in counts.items())


def _yield(result: HuntResult) -> str:
    seen = result.per_hour
    return (
        f"{_two(seen.value)} an hour of one hunter ({_span(seen.interval)}): "
        f"{_some(seen.flaws, 'flaw')} that they found first, in {seen.hours:g} hours"
    )


def _customers(result: HuntResult) -> str:
    seen = result.customers
    if isinstance(seen, Missing):
        return f"no share: {seen.detail}"
    low, high = seen.interval.low, seen.interval.high
    return f"found {seen.value:.0%} of {_some(seen.count, 'flaw')} first ({low:.0%}{DASH}{high:.0%})"


def _hidden(result: HuntResult) -> list[Text]:
    seen = result.hidden
    if isinstance(seen, Missing):
        return [Text.assemble("Hidden    ", ("INSUFFICIENT", "yellow"), f" {seen.detail}")]
    name = "Chapman" if seen.method == "chapman" else "Chao"
    about = f"about {_two(seen.hidden)} more" if seen.hidden else "none by this estimate, which proves nothing"
    told = (
        f"{about} ({_span(seen.interval)}), by {name}, from {_some(seen.found, 'flaw')} of which "
        f"{seen.again:,} were found by more than one"
    )
    return [Text(f"Hidden    {told}"), Text(_CAVEAT, style="dim")]


def _table(hunt: Hunt) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("finding", "severity", "hazard", "by", "shown by", ""):
        table.add_column(title, overflow="fold")
    for one in hunt.findings[:_MOST]:
        filed = one.filed
        notes = [
            *(["customer"] if filed.found_by == "customer" else []),
            *(["late"] if one.late else []),
            *([one.ruling] if one.ruling == "invalid" else []),
            *(["another's run"] if one.borrowed else []),
            *([f"= {visible(one.flaw)}"] if one.flaw != filed.finding else []),
        ]
        shown = filed.case or filed.way
        cells = (filed.finding, filed.severity, filed.hazard, filed.hunter, shown)
        table.add_row(*(Text(visible(cell, limit=100)) for cell in cells), Text(", ".join(notes)))
    return table


def _again(hunt: Hunt, replays: Mapping[str, Replay]) -> list[Text]:
    rest = len(hunt.findings) - _MOST
    lines = [Text(f"and {rest:,} more; --json has all")] if rest > 0 else []
    commands = [command for one in hunt.findings if (command := _command(one, replays))]
    if commands:
        lines.append(Text("Try one again:", style="bold"))
        lines.append(Text(f"  {visible(commands[0], limit=4_000)}"))
    return lines


def _command(one: Filed, replays: Mapping[str, Replay]) -> str:
    """What asks the case of a finding again, as the run was made that has seen it; empty where nothing does."""
    replay = replays.get(one.filed.finding)
    return asking_again(replay, one.candidate, one.filed.case) if replay else ""


def _span(interval: Interval) -> str:
    if math.isinf(interval.high):
        return f"at least {_two(interval.low)}"
    return f"{_two(interval.low)}{DASH}{_two(interval.high)}"


def _two(number: float) -> str:
    """Two digits that say something, and no exponent: 200, not 2e+02."""
    return f"{Decimal(f'{number:.2g}'):,f}"


def _some(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _moment(time: int) -> str:
    return f"{datetime.fromtimestamp(time // 1_000_000, tz=UTC):%Y-%m-%d %H:%M:%S} UTC"
