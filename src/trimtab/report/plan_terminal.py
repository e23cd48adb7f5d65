"""The risk budget in the terminal: the plan and why, where requests stand, promised against realised."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from trimtab.decision.funding import Funding
from trimtab.report.money_charts import money


def plan_lines(figures: Mapping[str, Any]) -> list[RenderableType]:
    """A plan, what is funded, and what explains it."""
    pool, unit = figures["pool"], figures["currency"]
    parts: list[RenderableType] = [
        Text(figures["words"], style="bold"),
        Text(
            f"{money(pool['left'], unit)} for {figures['quarter']}: {money(pool['budgeted'])} budgeted, "
            f"{money(pool['returned'])} returned, {money(pool['granted'])} granted before.",
            style="dim",
        ),
        *[Text(f"Note: {one}.", style="yellow") for one in figures["notes"]],
    ]
    if figures["requests"]:
        parts += [Text(""), _requests(figures)]
    if figures["plan"] is not None:
        parts += [Text(""), *[Text(one) for one in reasons(figures)]]
    return parts


def reasons(figures: Mapping[str, Any]) -> list[str]:
    """Why the plan is as it is, a sentence for each reason."""
    why, unit = figures["why"], figures["currency"]
    found = []
    if why["shadow_price"] is not None:
        found.append(f"One more {unit} of budget would take {why['shadow_price']:.2f} {unit} off the loss of a year.")
    for side, words in (("less", "10 % less"), ("more", "10 % more")):
        near = why[side]
        if near is None:
            found.append(f"With {words} money the rules could not be kept.")
            continue
        moves = [
            f"{', '.join(near[key])} {verb}"
            for key, verb in (("enters", "would enter"), ("leaves", "would leave"))
            if near[key]
        ]
        said = " and ".join(moves) or "nothing would change"
        found.append(f"With {words} money {said}; {money(near['aim'], unit)} a year would be left.")
    for rule, price in sorted(why["rules"].items(), key=lambda one: (-one[1], one[0])):
        if price > why["noise"]:
            found.append(f"The rule that {rule} costs {money(price, unit)} of loss a year.")
        else:
            found.append(f"The rule that {rule} costs nothing.")
    spent, line = figures["plan"]["spent"], figures["gordon_loeb"]
    if spent > line:
        found.append(
            f"{money(spent, unit)} is more than 1/e of the expected loss, {money(line)} (Gordon & Loeb): look twice."
        )
    return found


def standing_lines(found: Iterable[Funding], unit: str) -> list[RenderableType]:
    """Where each request stands."""
    table = Table(box=None, pad_edge=False)
    for name in ("Request", "Team", "State", "asked", "released", "spent", "votes"):
        table.add_column(name, justify="right" if name.islower() else "left", overflow="fold")
    rows = list(found)
    for one in rows:
        votes = ""
        if one.plan:
            ours = sum(choice == "for" for choice in one.votes.values())
            votes = f"{ours} of {one.needed} needed"
        amounts = (money(part / 100.0) for part in (one.asked.amount, one.released, one.spent))
        table.add_row(one.asked.request, one.asked.team, one.state, *amounts, votes)
    return [table, Text(f"Amounts in {unit}.", style="dim")] if rows else [Text("Nobody asked for anything yet.")]


def settlement_lines(figures: Mapping[str, Any]) -> list[RenderableType]:
    """Promised against realised."""
    unit = figures["currency"]
    if not figures["requests"]:
        return [Text(f"Nothing was granted by the end of {figures['quarter']}.")]
    table = Table(box=None, pad_edge=False)
    for name in ("Request", "Team", "granted", "spent", "returns", "promised", "realised", "credit"):
        table.add_column(name, justify="right" if name.islower() else "left", overflow="fold")
    for one in figures["requests"]:
        table.add_row(
            one["request"],
            one["team"],
            money(one["granted"]),
            money(one["spent"]),
            money(one["returns"]) if one["returns"] is not None else "not due",
            money(one["promised"]),
            money(one["realised"]) if one["realised"] is not None else "not known",
            f"{one['credit']['factor']:.2f} ({one['credit']['claims']} claims)",
        )
    words = "Nobody said yet what any claim came to (`trimtab claim realised`)."
    if figures["told"]:
        told = f"Of {money(figures['promised'], unit)} a year that was promised {money(figures['realised'])} came true"
        words = f"{told}, as far as anybody said ({figures['told']} of {len(figures['requests'])} requests)."
    back = f"{money(figures['returns'], unit)} goes back to the pool." if figures["returns"] else "Nothing goes back."
    return [table, Text(""), Text(words), Text(back)]


def _requests(figures: Mapping[str, Any]) -> RenderableType:

    table = Table(box=None, pad_edge=False)
    for name in ("", "Request", "Team", "Category", "amount", "removes (after credit)", "worth"):
        table.add_column(name, justify="right" if name in {"amount", "worth"} else "left", overflow="fold")
    for one in sorted(figures["requests"], key=lambda one: (not one["chosen"], one["request"])):
        removes = ", ".join(f"{share:.0%} of {name}" for name, share in one["removes"].items())
        worth = one.get("worth")
        table.add_row(
            "[green]✓[/]" if one["chosen"] else "[red]✗[/]",
            one["request"],
            one["team"],
            one["category"],
            money(one["amount"]),
            removes,
            "" if worth is None else money(worth),
        )
    return table


def committee_lines(figures: Mapping[str, Any]) -> list[RenderableType]:
    """Who sits on the committee, and how they voted."""
    if not figures["members"]:
        return [Text(f"Nobody has a seat in {figures['quarter']}; `trimtab committee draw` fills them.")]
    table = Table(box=None, pad_edge=False)
    for name in ("Member", "Function", "Until", "votes", "approves", "severity", "absent", "recused"):
        table.add_column(name, justify="right" if name.islower() else "left", overflow="fold")
    for one in figures["members"]:
        table.add_row(
            one["member"],
            one["function"],
            one["until"] if one["seat"] else "no seat",
            str(one["votes"]),
            _share(one["approved"]),
            "" if one["severity"] is None else f"{one['severity']:+.2f}",
            str(one["absent"]),
            str(one["recused"]),
        )
    waits: Sequence[float] = figures["days_to_decision"]
    said = f"Grants took {waits[len(waits) // 2]:.1f} days in the middle." if waits else "Nothing was granted yet."
    by = [f"{name} {one['approved']:.0%} of {one['votes']}" for name, one in figures["functions"].items()]
    return [table, Text(""), *([Text(f"Approved, by function: {', '.join(by)}.")] if by else []), Text(said)]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"
