"""KPIs in a terminal: a table of many, and the page of one. Shows what was read, and computes no new numbers."""

import math
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from trimtab.decision.kpis.page import KpiPage
from trimtab.decision.kpis.reading import KpiReading
from trimtab.decision.model import Verdict
from trimtab.kinds import Estimate, Missing
from trimtab.policy.kpi_catalogue import counters, kpi_catalogue
from trimtab.report.figures import DASH
from trimtab.report.markup import visible
from trimtab.report.words import SYMBOL, WORD

_STYLE = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.INCONCLUSIVE: "yellow"}
_PLAIN = {Verdict.PASS: "+", Verdict.FAIL: "x", Verdict.INCONCLUSIVE: "?"}
_NOTHING = {"nothing-recorded": "nothing recorded", "not-computed": "not computed by this version"}
_MOST_PLACES = 6
_MOST_LINKS = 8
_WIDE = 100  # columns from which a value and its interval stand on one line


class KpiTable:
    """What `trimtab kpi` prints. Give it to a rich console."""

    def __init__(self, readings: Sequence[KpiReading], *, period: str) -> None:
        self.readings = readings
        self.period = period

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One line for each reading, then what is known of nobody."""
        yield Text(f"KPIs of {self.period}", style="bold")
        known = [one for one in self.readings if isinstance(one.seen, Estimate)]
        if not known:
            yield Text("Nothing recorded: no KPI can be computed.")
            return
        table = self._table(known, narrow=False, ascii_only=options.ascii_only)
        if options.max_width < max(_WIDE, _least(table)):
            table = self._table(known, narrow=True, ascii_only=options.ascii_only)
        yield table
        yield from (Text(line, style="dim") for line in self._rest())

    def _table(self, known: Sequence[KpiReading], *, narrow: bool, ascii_only: bool) -> Table:
        table = Table(
            box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 0), collapse_padding=True, show_edge=not narrow
        )
        several = len({(one.scope, one.name) for one in self.readings}) > 1
        # Sums of money need the room of three columns: where there is little, what belongs together stands in one.
        whole = {"", "value", "floor", "target", "floor,\ntarget", "fresh", "fresh,\nsource", "id"}
        last = ("fresh,\nsource",) if narrow else ("fresh", "source")
        asked = ("floor,\ntarget",) if narrow else ("floor", "target")
        told = ("value", *asked, "was", "counter", *last)
        leasts = {"KPI": 15, "counter": 12, "source": 7}
        for name in ("", "id", "KPI", *(["of"] if several else []), *told):
            head = name if name != "id" else ""
            # rich makes the widest smaller, and then each as wide as its least again: so none may be widest by itself.
            most = leasts.get(name) if narrow else None
            table.add_column(head, no_wrap=name in whole, min_width=leasts.get(name), max_width=most, overflow="fold")
        for one in known:
            table.add_row(*_row(one, several=several, ascii_only=ascii_only, narrow=narrow))
        return table

    def _rest(self) -> Iterator[str]:
        for reason, words in (*_NOTHING.items(), ("", "too little is known")):
            ids = dict.fromkeys(
                one.kpi
                for one in self.readings
                if isinstance(one.seen, Missing)
                and (one.seen.reason == reason or (not reason and one.seen.reason not in _NOTHING))
            )
            ids = {kpi: None for kpi in ids if not self._known(kpi)}
            if ids:
                yield f"{words[0].upper()}{words[1:]}: {', '.join(ids)}."
        for one in self.readings:
            if one.unknown_systems and isinstance(one.seen, Estimate) and kpi_catalogue()[one.kpi].measured:
                yield f"{one.kpi} says nothing of {', '.join(one.unknown_systems)}: nothing was recorded of them."

    def _known(self, kpi: str) -> bool:
        return any(one.kpi == kpi and isinstance(one.seen, Estimate) for one in self.readings)


class KpiPageView:
    """What `trimtab kpi ID` prints. Give it to a rich console."""

    def __init__(self, page: KpiPage) -> None:
        self.page = page

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Definition, readings, history, counter, evidence, controls."""
        page, facts, first = self.page, self.page.facts, self.page.readings[0]
        symbol = (_PLAIN if options.ascii_only else SYMBOL)[first.verdict]
        yield Text(f"{facts.id} {facts.title}", style="bold")
        yield Text(facts.question)
        yield Text(f"{symbol} {WORD[first.verdict]}  {seen_text(first.seen, first)}", style=_STYLE[first.verdict])
        yield Text(first.why)
        yield from (Text(f"{head}: {said}") for head, said in self._facts() if said)
        yield Text("")
        yield self._readings(ascii_only=options.ascii_only)
        history = Table(box=SIMPLE_HEAD, pad_edge=False)
        for name in ("quarter", "value"):
            history.add_column(name)
        for name, seen in page.history.items():
            history.add_row(name, seen_text(seen, first))
        yield history
        for name, seen in page.details.items():
            yield Text(f"{visible(name)}: {_detail(seen, first, name)}")
        yield from self._evidence()

    def _facts(self) -> Iterator[tuple[str, str]]:
        facts, first = self.page.facts, self.page.readings[0]
        yield "how", facts.estimator
        yield "interval", facts.interval
        yield "from", ", ".join(facts.entries)
        yield "formula", f"version {facts.version}, pillar {first.pillar}{', veto' if first.veto else ''}"
        yield "asked", "; ".join(filter(None, (_target(first), _floor(first), f"at least {first.n_min:,} cases")))
        yield "owner", first.owner or "nobody: the policy does not name this KPI"
        yield "source", f"{first.source} ({first.independence})" if first.source else ""
        question = counters()[facts.counter].question if facts.counter in counters() else ""
        title = kpi_catalogue()[facts.counter].title if facts.counter in kpi_catalogue() else question
        share = facts.counter not in kpi_catalogue() or kpi_catalogue()[facts.counter].share
        yield "counter", f"{facts.counter} {title}: {_seen(first.counter_seen, share=share)}"

    def _readings(self, *, ascii_only: bool) -> Table:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for name in ("", "of", "value", "cases", "was", "fresh"):
            table.add_column(name)
        for one in self.page.readings:
            symbol = (_PLAIN if ascii_only else SYMBOL)[one.verdict]
            count = f"{one.seen.count:,}" if isinstance(one.seen, Estimate) else ""
            table.add_row(
                Text(symbol, style=_STYLE[one.verdict]),
                visible(whose(one)),
                seen_text(one.seen, one),
                count,
                _was(one),
                _fresh(one),
            )
        return table

    def _evidence(self) -> Iterator[Text]:
        page = self.page
        if not page.row_count:
            yield Text("evidence: none in the period", style="dim")
        else:
            shown = [f"row {row.seq:,}" if row.seq else f"run {row.id}" for row in page.rows]
            more = f", and {page.row_count - len(shown):,} older" if page.row_count > len(shown) else ""
            yield Text(f"evidence, the newest first: {', '.join(shown)}{more}", style="dim")
        links = list(page.links[:_MOST_LINKS])
        more = f", and {len(page.links) - len(links):,} more" if len(page.links) > len(links) else ""
        if links:
            yield Text(f"answers to: {', '.join(map(visible, links))}{more}", style="dim")


def _least(table: Table) -> int:
    """How many columns a table takes at least. rich would have it that whatever has a space can be broken there."""
    widths = [1]
    for column in table.columns:
        said = [str(column.header), *map(str, column.cells)]
        words = said if column.no_wrap else [word for one in said for word in one.split()]
        widths.append(1 + max(column.min_width or 0, *map(cell_len, [*words, ""])))
    return sum(widths)


def whose(one: KpiReading) -> str:
    """Of whom a reading is."""
    return one.name or "organisation"


def seen_text(seen: Estimate | Missing, one: KpiReading) -> str:
    """A value with its interval, in the unit of a KPI, rounded so that it stays on its side of the floor."""
    return _seen(seen, share=one.share, bound=None if one.floor is None else one.floor.bound)


# -- parts ---------------------------------------------------------------------------------


def _row(one: KpiReading, *, several: bool, ascii_only: bool, narrow: bool) -> list[Text | str]:
    symbol = (_PLAIN if ascii_only else SYMBOL)[one.verdict]
    title = kpi_catalogue()[one.kpi].title.partition(" (")[0]
    aim = "" if one.target is None else f"{_bound(one.target, one)}, {'met' if one.met else 'missed'}"
    floor = _short_floor(one, ascii_only=ascii_only)
    fresh, source = "" if one.fresh is None else f"{one.fresh:.0%}", one.independence.replace("-", " ")
    return [
        Text(symbol, style=_STYLE[one.verdict]),
        one.kpi,
        title,
        *([visible(whose(one))] if several else []),
        _stacked(seen_text(one.seen, one)) if narrow else seen_text(one.seen, one),
        *(["\n".join(filter(None, (floor, _broken(aim, 11))))] if narrow else [floor, aim]),
        _was(one).replace(", ", "\n") if narrow else _was(one),
        _counter(one),
        *([f"{fresh} {source}".strip().replace(" ", "\n")] if narrow else [fresh, source]),
    ]


def _stacked(seen: str) -> str:
    """A value above its interval, and a long interval on two lines."""
    value, bracket, ends = seen.partition(" [")
    return f"{value}\n{_broken(bracket.strip() + ends)}" if bracket else value


def _broken(words: str, longest: int = 13) -> str:
    """What is longer stands on two lines, or it would leave the other columns no room."""
    return words.replace(", ", ",\n") if len(words) > longest else words


def _seen(seen: Estimate | Missing, *, share: bool, bound: float | None = None) -> str:
    if isinstance(seen, Missing):
        return _NOTHING.get(seen.reason, seen.reason.replace("-", " "))
    value, low, high = (_number(one, share=share, bound=bound) for one in (seen.value, *_ends(seen)))
    # The unit is said once.
    ends = f"{low.removesuffix(' %')}, {high.removesuffix(' %')}"
    return value if seen.interval.low == seen.interval.high else f"{value} [{ends}]"


def _ends(seen: Estimate) -> tuple[float, float]:
    return seen.interval.low, seen.interval.high


def _number(number: float, *, share: bool, bound: float | None = None) -> str:
    if math.isinf(number):
        return "unbounded"
    scale, suffix = (100.0, " %") if share else (1.0, "")
    places = 1 if share or abs(number) >= 10.0 or number == 0.0 else 3
    # What is just below a floor must not be shown as the floor.
    while bound is not None and places < _MOST_PLACES and number != bound:
        if f"{number * scale:.{places}f}" != f"{bound * scale:.{places}f}":
            break
        places += 1
    return f"{number * scale:,.{places}f}{suffix}"


def _detail(seen: Estimate | Missing, one: KpiReading, name: str) -> str:
    plain = any(word in name for word in ("hours", "per open day", "debt", "per 1,000"))
    return _seen(seen, share=one.share and not plain)


def _floor(one: KpiReading) -> str:
    if one.floor is None:
        return ""
    return f"{one.side.replace('_', ' ')} {_bound(one.floor.bound, one)}"


def _short_floor(one: KpiReading, *, ascii_only: bool) -> str:
    if one.floor is None:
        return ""
    higher = one.better == "higher"
    sign = (">=" if higher else "<=") if ascii_only else "≥" if higher else "≤"
    return f"{sign} {_bound(one.floor.bound, one)}"


def _target(one: KpiReading) -> str:
    if one.target is None:
        return ""
    met = "" if one.met is None else ", met" if one.met else ", not met"
    return f"target {_bound(one.target, one)}{met}"


def _bound(number: float, one: KpiReading) -> str:
    return f"{number * 100:g} %" if one.share else f"{number:,.12g}"


def _was(one: KpiReading) -> str:
    """The quarter before; a difference is called one where the intervals have nothing in common."""
    if isinstance(one.before, Missing):
        return ""
    was = _number(one.before.value, share=one.share)
    if isinstance(one.seen, Missing):
        return was
    up = one.seen.interval.low > one.before.interval.high
    down = one.seen.interval.high < one.before.interval.low
    if not (up or down):
        return was
    return f"{was}, {'better' if up == (one.better == 'higher') else 'worse'} now"


def _counter(one: KpiReading) -> str:
    facts = kpi_catalogue().get(one.counter)
    share = facts is None or facts.share
    seen = one.counter_seen
    if isinstance(seen, Missing):
        return f"{one.counter} {DASH}"
    return f"{one.counter} {_number(seen.value, share=share)}"


def _fresh(one: KpiReading) -> str:
    if one.fresh is None or one.age is None:
        return ""
    days = f"{one.age:,.0f} day{'' if round(one.age) == 1 else 's'}"
    return f"{one.fresh:.0%} ({days}{', overdue' if one.overdue else ''})"
