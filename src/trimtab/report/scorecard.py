"""Scorecards for the terminal, from what `decision.score_payload` says of them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import RenderableType

_MARKS = {"pass": "[green]PASS[/]", "inconclusive": "[yellow]INCONCLUSIVE[/]", "fail": "[red]FAIL[/]"}
_BADGES = {"self": "its own team", "other-team": "another team", "outside": "somebody outside"}


def scorecard_view(payload: Mapping[str, Any], *, whole: bool) -> Iterator["RenderableType"]:
    """The table of all subjects; `whole` adds for each product its metrics, why its band is what it is, and ways up."""
    yield from _head(payload)
    if payload["products"]:
        yield _products(payload)
    if payload["teams"]:
        yield _teams(payload)
    if payload["vendors"]:
        yield _vendors(payload)
    for product in payload["products"] if whole else ():
        yield from _product(product)
    for tier, found in payload["effective"].items():
        for one in found:
            if one["twofold"]:
                yield (
                    f"[yellow]{escape(one['metric'])} is meant to weigh {one['nominal']:.0%} of tier {escape(tier)}, "
                    f"and decides {one['effective']:.0%} of the differences there.[/]"
                )
    if payload["unscored"]:
        yield f"Not scored, as the weights do not name their tier: {escape(', '.join(payload['unscored']))}."


def _head(payload: Mapping[str, Any]) -> Iterator["RenderableType"]:
    weights = payload["weights"]
    yield (
        f"Scorecard of {payload['period']}, by the weights from {weights['from']} "
        f"(formula {weights['formula']}, {weights['digest'][7:19]})"
    )
    for line in weights["passed_over"]:
        yield f"[yellow]{escape(line)}[/]"
    if payload["published_otherwise"]:
        rows = ", ".join(f"{row:,}" for row in payload["published_otherwise"])
        yield f"[yellow]This quarter was published by other weights, floors or targets before: row {rows}.[/]"


def _products(payload: Mapping[str, Any]) -> "RenderableType":
    table = Table("product", "verdict", "band", "score", "rank", "P(band)", "capped by", box=None, pad_edge=False)
    for one in payload["products"]:
        rank = one["rank"]
        ranks = "" if rank is None else f"{_span(rank['low'], rank['high'])} of {rank['of']}"
        odds = "" if one["bands"] is None else " ".join(f"{b} {p:.0%}" for b, p in one["bands"].items() if p >= 0.005)
        table.add_row(
            escape(one["subject"]),
            _MARKS[one["verdict"]],
            one["band"] or "none",
            _points(one["score"]),
            ranks,
            odds,
            escape(", ".join(one["capped_by"])),
        )
    return table


def _teams(payload: Mapping[str, Any]) -> "RenderableType":
    table = Table("team", "verdict", "band", "score", "products", box=None, pad_edge=False)
    for one in payload["teams"]:
        products = escape(", ".join(one["systems"]))
        table.add_row(
            escape(one["subject"]), _MARKS[one["verdict"]], one["band"] or "none", _points(one["score"]), products
        )
    return table


def _vendors(payload: Mapping[str, Any]) -> "RenderableType":
    table = Table("vendor", "verdict", "band", "score", "caps", box=None, pad_edge=False)
    for one in payload["vendors"]:
        caps = escape(", ".join(one["caps"]))
        table.add_row(
            escape(one["subject"]), _MARKS[one["verdict"]], one["band"] or "none", _points(one["score"]), caps
        )
    return table


def _product(one: Mapping[str, Any]) -> Iterator["RenderableType"]:
    yield ""
    yield f"[bold]{escape(one['subject'])}[/], tier {escape(one['tier'])}, owner {escape(one['owner'])}"
    yield _metrics(one)
    sources: dict[str, list[str]] = {}
    for metric in one["metrics"]:
        badge = f" (word of {_BADGES[metric['independence']]})" if metric["low"] is not None else ""
        sources.setdefault(f"{metric['source']}{badge}", []).append(metric["metric"])
    for source, names in sources.items():
        yield f"{escape(', '.join(names))}: {escape(source)}"
    if one["means"] is not None:
        means = one["means"]
        yield (
            f"Without caps: arithmetic {means['arithmetic']:.1f}, geometric {means['geometric']:.1f}, "
            f"power -4 {means['power_-4']:.1f}. "
            f"If all that is missing were perfect: {_points(one['if_all_were_known'])}."
        )
    yield "Why this band:"
    for line in one["why"]:
        yield f"  {escape(line)}"
    if one["ways_up"]:
        yield "The cheapest honest ways up, if each comes out at its target:"
        for way in one["ways_up"]:
            gain = f"{way['gain']:+.1f}, to {way['score']:.1f}, {way['band']}"
            yield f"  {escape(way['metric'])}: {escape(way['what'])} ({gain})"
    yield f"Inputs: {one['digest'][7:19]}"


def _metrics(one: Mapping[str, Any]) -> "RenderableType":
    table = Table(box=None, pad_edge=False)
    table.add_column("metric", overflow="fold")  # where there is little room names are broken, and no figure is cut
    for name in ("verdict", "interval", "floor", "target", "u", "weight", "fresh"):
        table.add_column(name, no_wrap=True)
    pillar = ""
    for metric in one["metrics"]:
        if metric["pillar"] != pillar:
            pillar = metric["pillar"]
            whole = sum(other["weight"] for other in one["metrics"] if other["pillar"] == pillar)
            worth = one["pillars"].get(pillar)
            table.add_row(
                f"[bold]{pillar}[/]", "", "", "", "", "" if worth is None else f"{worth:.3f}", f"{whole:.3f}", ""
            )
        measured = metric["low"] is not None
        sign = "≥" if metric["better"] == "higher" else "≤"
        table.add_row(
            f"  {escape(metric['metric'])}{' (veto)' if metric['veto'] else ''}",
            _MARKS[metric["verdict"]],
            f"{_short(metric['low'])}..{_short(metric['high'])}" if measured else "missing",
            f"{sign} {_short(metric['floor'])}" if measured else "",
            f"{sign} {_short(metric['target'])}" if measured else "",
            f"{metric['utility']:.3f}",
            f"{metric['weight']:.3f}",
            f"{metric['fresh']:.0%}" if measured else "",
        )
    return table


def _points(score: float | None) -> str:
    return "none" if score is None else f"{score:.1f}"


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"
