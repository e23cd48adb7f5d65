"""A look at a system in production, in a terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from trimtab.decision.error_budget import Budget, State
from trimtab.decision.model import Verdict
from trimtab.decision.production import Share
from trimtab.report.figures import DASH, count
from trimtab.report.look import Look
from trimtab.report.markup import visible
from trimtab.report.words import SYMBOL, WORD

_STYLE = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.INCONCLUSIVE: "yellow"}
_STATES = {
    State.UNKNOWN: "yellow",
    State.OPEN: "green",
    State.CONSENT: "yellow",
    State.FROZEN: "red",
    State.STOPPED: "red",
}
_PLAIN = {Verdict.PASS: "+", Verdict.FAIL: "x", Verdict.INCONCLUSIVE: "?"}
_NAME = 60
_SAID = 600


class LookView:
    """What `trimtab monitor` prints. Give it to a rich console."""

    def __init__(self, look: Look) -> None:
        self.look = look

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Verdict, budgets, what happened to texts, alarms, and what to do."""
        look = self.look
        symbol = (_PLAIN if options.ascii_only else SYMBOL)[look.verdict]
        yield Text(f"{symbol} {WORD[look.verdict]}  {headline(look)}", style=f"bold {_STYLE[look.verdict]}")
        yield Text(f"{_name(look.system)}, {_moment(look.at)}", style="dim")
        if look.budgets:
            yield _budgets(look.budgets)
        if look.shares:
            yield _shares(look)
        yield from (Text(line, style=style) for line, style in _lines(look))


def headline(look: Look) -> str:
    """What the look comes to, in a few words."""
    failing = [one for one in look.open if look.counts(one)]
    if failing:
        return f"{count(len(failing))} open alarm{'s' if len(failing) > 1 else ''}"
    if look.hold is not None:
        return f"{_name(look.hold.candidate)} is held back"
    if look.verdict is Verdict.FAIL:
        return "no candidate clears every floor"
    if look.decision is None and not look.budgets:
        return "nothing was measured yet"
    unknown = [metric for metric, budget in look.budgets.items() if budget.state is State.UNKNOWN]
    if unknown:
        whole = len(unknown) == len(look.budgets)
        return f"nothing is known of {'production' if whole else ', '.join(map(_name, unknown))}"
    if look.verdict is Verdict.INCONCLUSIVE:
        return "the last run decided nothing"
    if look.decision is None:
        return "production is as it should be"
    return "all is as it should be" if look.budgets else "the last run passes"


def _budgets(budgets: Mapping[str, Budget]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
    table.add_column("Budget")
    for title in ("Events", "Bad", "Allowed", "Spent", "Burn 1 h", "6 h", "3 days"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("State", no_wrap=True)
    for name, budget in budgets.items():
        shown = [f"{burn.long:.2g}{'!' if burn.counts else ''}" for burn in budget.burns]
        table.add_row(
            Text(_name(name)),
            count(budget.valid),
            count(budget.bad),
            f"{budget.allowed:,.4g}",
            f"{budget.spent:.0%}",
            *shown,
            Text(budget.state.value, style=_STATES[budget.state]),
        )
    return table


def _shares(look: Look) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
    table.add_column("In the last day")
    table.add_column("Texts", justify="right")
    table.add_column("Share", justify="right")
    table.add_column("95% interval", justify="right", style="dim")
    for share in look.shares:
        rate, ends = shown(share)
        table.add_row(Text(f"{share.side}: {visible(share.what, limit=_NAME)}"), count(share.texts), rate, ends)
    return table


def shown(share: Share) -> tuple[str, str]:
    """A share and its interval, as they are written."""
    ends = f"{share.interval.low * 100:.2g}{DASH}{share.interval.high * 100:.2g}%"
    return f"{share.texts / share.of:.2%}", ends


def _lines(look: Look) -> Iterator[tuple[str, str]]:
    if look.changes:
        yield f"Measured again: {visible('; '.join(look.changes), limit=_SAID)}.", ""
    for name, why in look.unknown.items():
        lost = f"{_name(name)} could not be started, so that nobody knows what it is"
        yield f"{lost}: {visible(why, limit=_SAID)}", "yellow"
    yield from _alarms(look)
    said = {one.alarm.why for one in look.open}
    for budget in look.budgets.values():
        if budget.state is not State.OPEN and budget.reason not in said:
            yield visible(budget.reason, limit=_SAID), _STATES[budget.state]
    if look.hold is not None:
        yield visible(look.hold.why, limit=_SAID), _STYLE[look.hold.verdict]
    if look.lifted:
        yield "Let go as a fix; the ledger holds what was said for it.", "dim"
    if look.sent:
        yield f"Sent: {count(look.sent)}.", "dim"
    for trouble, times in Counter(look.unsent).items():
        yield f"Not sent, and tried again next time ({count(times)}): {visible(trouble, limit=_SAID)}", "yellow"


def _alarms(look: Look) -> Iterator[tuple[str, str]]:
    for one in look.open:
        said = f"{one.alarm.level.upper()} {visible(one.alarm.why, limit=_SAID)} (since {_moment(one.time)})"
        yield said, "red" if look.counts(one) else "yellow"
    for alarm in look.ended:
        yield f"Over: {visible(alarm.why.removeprefix('It is over: '), limit=_SAID)}", "green"


def _name(text: str) -> str:
    return visible(text, limit=_NAME)


def _moment(time: int) -> str:
    return datetime.fromtimestamp(time / 1e6, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
