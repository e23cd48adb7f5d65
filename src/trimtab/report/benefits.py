"""Quarters side by side: what went wrong, for how long, and what putting it right cost."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_SIDES = ("before", "after")


def benefits_view(found: Mapping[str, Any], *, currency: str) -> RenderableType:
    """The table of quarters, then the means of both sides."""
    table = Table("quarter", "incidents", "severe", "hours down", f"corrections, {currency}", box=None, pad_edge=False)
    for one in found["quarters"]:
        down = "not reported" if one["down_hours"] is None else f"{one['down_hours']:,.1f}"
        table.add_row(one["name"], str(one["incidents"]), str(one["severe"]), down, f"{one['correction'] / 100:,.2f}")
    lines = [Text(_side(name, found[name], currency)) for name in _SIDES]
    return Group(table, *lines, Text("These figures do not show why they changed.", style="dim"))


def _side(name: str, side: Mapping[str, Any], currency: str) -> str:
    rate = side["incidents"]
    said = (
        f"{name.capitalize()}, a quarter: incidents {rate['value']:.3g} ({rate['low']:.3g} to {rate['high']:.3g}, "
        f"{rate['level'] * 100:g} % interval)"
    )
    down = "" if side["down_hours"] is None else f", {side['down_hours']:,.1f} hours down"
    return f"{said}{down}, corrections {side['correction'] / 100:,.2f} {currency}."
