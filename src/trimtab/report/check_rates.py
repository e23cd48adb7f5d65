"""The checks of a reward over a data set, in a terminal."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from trimtab.decision.check_rates import CheckRate
from trimtab.decision.model import Verdict
from trimtab.report.figures import Figures, count, fitting
from trimtab.report.markup import visible
from trimtab.report.words import SYMBOL, WORD

_STYLE = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.INCONCLUSIVE: "yellow"}


def rates_table(rates: Sequence[CheckRate]) -> Table:
    """A line for each check: how much was bad of how many, the rate with its interval, the bound, the verdict."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", overflow="fold")
    for name in ("bad", "of", "rate", "interval", "accepted"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for one in rates:
        verdict = Text(f"{SYMBOL[one.verdict]} {WORD[one.verdict]}", style=_STYLE[one.verdict])
        rate, span = _seen(one)
        accepted = "none" if one.at_most is None else f"at most {Figures(unit='ratio', places=0).bound(one.at_most)}"
        table.add_row(visible(one.check, limit=60), f"{one.bad:,.10g}", count(one.of), rate, span, accepted, verdict)
    return table


def _seen(one: CheckRate) -> tuple[str, str]:
    seen = one.estimate
    if seen is None:
        return "unknown", "no row that it is for"
    figures = fitting(Figures(unit="ratio", places=0), [seen], [one.at_most] if one.at_most is not None else [])
    return figures.value(seen.value), figures.span(seen.interval)
