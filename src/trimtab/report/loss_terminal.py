"""The loss model in the terminal: what a year may cost, against the appetite, and where each number comes from."""

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from trimtab.report.money_charts import money

_BAR = 24
_MARKS = {"pass": "✓", "fail": "✗", "inconclusive": "?"}
_COLOURS = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


def loss_lines(figures: Mapping[str, Any]) -> list[RenderableType]:
    """What to print, top to bottom."""
    unit = figures["currency"]
    bad, worst = f"{1.0 - figures['level']:.3g}", f"{100.0 * (1.0 - figures['level']):.3g} %"
    var, cvar = figures["var"], figures["cvar"]
    parts: list[RenderableType] = [
        Text(f"{money(figures['expected'], unit)} a year is lost on average (computed, not simulated).", style="bold"),
        Text(f"A share {bad} of years loses more than {money(var['value'], unit)} ({_ends(var)})."),
        Text(f"The worst {worst} of years lose {money(cvar['value'], unit)} on average ({_ends(cvar)})."),
        Text(
            f"{figures['years']:,} simulated years, seed {figures['seed']}; in brackets what another seed may say.",
            style="dim",
        ),
        *_appetite(figures),
        Text(""),
        _curve(figures),
        Text(""),
        _scenarios(figures),
    ]
    parts += [Text(""), *[Text(line) for line in loss_notes(figures)]]
    return parts


def loss_notes(figures: Mapping[str, Any]) -> list[str]:
    """Sentences that stand below the tables."""
    unit, correction = figures["currency"], figures["correction"]
    found = []
    for one in figures["red_lines"]:
        said = " (no severity is said of it: as the worst that is priced)" if one["assumed"] else ""
        found.append(
            f"One failure of the red line {one['metric']} costs {money(one['low'])} to {money(one['high'], unit)}, "
            f"{money(one['mean'])} on average, as an {one['severity']}{said}."
        )
    by = ", ".join(f"{name} {money(amount)}" for name, amount in correction["by"].items())
    if correction["lines"]:
        found.append(f"Putting failures right cost {money(correction['total'], unit)} in the last year: {by}.")
    else:
        found.append("What putting failures right cost is not known: no cost line of the last year (`trimtab spend`).")
    for one in figures["experts"]:
        if one["ranges"]:
            widened = f"; ranges of {one['by']} are widened {one['factor']:.2f} times" if one["factor"] > 1.0 else ""
            found.append(f"{one['hits']} of {one['ranges']} losses lay in a 90 % range of {one['by']}{widened}.")
    if figures["uncounted"]:
        found.append(
            f"{figures['uncounted']} incidents lie outside of any recorded exposure and count for no rate "
            "(`trimtab exposure`)."
        )
    found.append(
        f"Two published models of security spending never justify more than 1/e of it, {money(figures['gordon_loeb'])} "
        "a year (Gordon & Loeb): a line to be wary above, no rule."
    )
    return found


def _appetite(figures: Mapping[str, Any]) -> list[RenderableType]:

    unit = figures["currency"]
    if not figures["appetite"]:
        return [Text("The policy names no appetite, so nothing says whether that is too much.", style="yellow")]
    words = {
        "expected": lambda one: f"on average at most {money(one['bound'], unit)}",
        "bad-years": lambda one: f"in bad years at most {money(one['bound'], unit)} on average",
        "point": lambda one: (
            f"more than {money(one['loss'], unit)} in at most {one['bound']:.3g} of years: {one['seen']:.3g} do"
        ),
    }
    return [
        Text(f"{_MARKS[one['verdict']]} {words[one['what']](one)}", style=_COLOURS[one["verdict"]])
        for one in figures["appetite"]
    ]


def _curve(figures: Mapping[str, Any]) -> RenderableType:
    asked = {one["loss"]: one for one in figures["appetite"] if one["what"] == "point"}
    table = Table(box=None, pad_edge=False)
    table.add_column(f"More than ({figures['currency']})", justify="right", no_wrap=True)
    table.add_column("share of years", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("appetite")
    for one in figures["exceedance"]:
        said = Text("")
        if point := asked.get(one["loss"]):
            verdict = point["verdict"]
            said = Text(f"{_MARKS[verdict]} at most {point['bound']:.3g}", style=_COLOURS[verdict])
        table.add_row(money(one["loss"]), f"{one['value']:.4f}", "█" * round(one["value"] * _BAR), said)
    return table


def _scenarios(figures: Mapping[str, Any]) -> RenderableType:
    table = Table(box=None, pad_edge=False)
    table.add_column("Scenario", overflow="fold")
    table.add_column("a year", justify="right", no_wrap=True)
    table.add_column("how often, what one costs, and where that comes from")
    for one in figures["scenarios"]:
        rate, loss = one["rate"], one["loss"]
        often = f"{rate['low']:.3g} to {rate['high']:.3g} events a year ({rate_origin(one)})"
        cost = f"{money(loss['low'])} to {money(loss['high'])} each ({loss_origin(one)})"
        table.add_row(one["name"], money(one["expected"]), Text(f"{often}\n{cost}"))
    return table


def rate_origin(one: Mapping[str, Any]) -> str:
    """Where a rate comes from."""
    rate, by = one["rate"], f" by {one['stated_by']}" if one["stated_by"] else ""
    wider = f", widened {one['widened']:.2f} times" if one["widened"] > 1.0 else ""
    if rate["years"] == 0.0:
        return f"stated{by}{wider}"
    years = f"{rate['years']:.2g}"
    return f"stated{by}{wider}, {rate['events']} in {years} year{'' if years == '1' else 's'} of use"


def loss_origin(one: Mapping[str, Any]) -> str:
    """Where the cost of one event comes from."""
    loss = one["loss"]
    second = one["secondary"]
    more = f"; {money(second['mean'])} on top in {second['chance']:.0%} of them" if second else ""
    if loss["from"] == "pooled":
        return f"{loss['losses']} own loss{'' if loss['losses'] == 1 else 'es'}, {loss['pull']:.0%} drawn to all{more}"
    return f"stated, {loss['losses']} known{more}"


def _ends(one: Mapping[str, float]) -> str:
    return f"{money(one['low'])} to {money(one['high'])}"
