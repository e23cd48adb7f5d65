"""The sentences of the board's page, for HTML, Markdown and the terminal alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trimtab.report.coverage import day
from trimtab.report.markup import visible
from trimtab.report.money_charts import money

NOTHING: Mapping[str, str] = {
    "products": "No product.",
    "vetoes": "No veto: every veto metric passes.",
    "regulation": "No report is due, and no date lies within a year.",
    "wins": "No win was told.",
    "asks": "None.",
}
"""What a panel says that has no lines."""
ABOUT_LAW = "Catalogue of {}; no legal advice."

_KINDS = {"appetite": "Loss", "consent": "Consent", "money": "Money", "weights": "Weights", "win": "Stated"}


def said_of(board: Mapping[str, Any]) -> tuple[str, str]:
    """The heading, and the line below it."""
    tiers, vetoes, loss = board["tiers"], board["vetoes"], board["loss"]
    asks = len(board["asks"])
    lede = f"{asks} decision{'' if asks == 1 else 's'} asked."
    if isinstance(loss, Mapping) and loss.get("verdict"):
        word = {"fail": "above", "pass": "within", "inconclusive": "perhaps above"}[loss["verdict"]]
        lede = f"The loss of a year is {word} what was accepted. {lede}"
    if isinstance(tiers, Mapping):
        return "Where products stand is not known", lede
    products = [one for tier in tiers for one in tier["products"]]
    passing = sum(one["verdict"] == "pass" for one in products)
    held = {one["system"] for one in vetoes}
    under = f"; {len(held)} held by a veto" if held else ""
    return f"{passing} of {len(products)} products pass{under}", lede


def not_known(part: Mapping[str, Any]) -> str:
    """Why a part is not there."""
    return f"Not known: {part['missing']}."


def product_words(one: Mapping[str, Any]) -> str:
    """A product's score; between which ends it lies while not all is known."""
    low, high = one["low"], one["high"]
    if low is None:
        return "no score"
    return f"{low:.0f}" if high is None or round(high) == round(low) else f"{low:.0f} to {high:.0f}"


def veto_words(one: Mapping[str, Any]) -> str:
    """What holds a product."""
    if one.get("low") is None or isinstance(one["low"], str) or isinstance(one.get("high"), str):
        return f"{one['system']}, {one['metric']}: {one['why']}"
    side = "at least" if one["better"] == "higher" else "at most"
    return (
        f"{one['system']}, {one['metric']}: {one['low']:.3g} to {one['high']:.3g}, must be {side} {one['floor']:.3g}."
    )


def loss_words(loss: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """The expected loss, and what stands beside it."""
    currency = loss["currency"]
    bad = f"{100.0 * (1.0 - loss['level']):.3g} %"
    tail = loss["cvar"]
    rows = [
        (f"Worst {bad} of years lose", money(tail["value"])),
        ("with other seeds", f"{money(tail['low'])} to {money(tail['high'])}"),
    ]
    for one in loss["appetite"]:
        if one["what"] == "point":
            name = f"Years above {money(one['loss'])}"
            rows.append((name, f"{one['seen']:.1%}, accepted {one['bound']:.1%}: {one['verdict']}"))
        else:
            name = "Accepted a year" if one["what"] == "expected" else "Accepted in bad years"
            rows.append((name, f"{money(one['bound'])}: {one['verdict']}"))
    if not loss["appetite"]:
        rows.append(("Accepted", "nobody said how much"))
    return money(loss["expected"], currency), rows


def money_words(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was given and spent, and what it did."""
    realised = money(found["realised"]) if found["told"] else "nobody said yet"
    return [
        (f"Budget of the {found['every']}", money(found["budget"])),
        ("Granted so far", money(found["granted"])),
        (f"Spent by {found['quarter']}", money(found["spent"])),
        ("Loss a year reduced", realised),
        ("of what was promised", money(found["promised"])),
        ("Requests that tell it", f"{found['told']} of {found['requests']}"),
    ]


def report_words(one: Mapping[str, Any]) -> str:
    """A report that the law wants."""
    state = "was due" if one["late"] else "is due"
    return f"{day(one['by'])}: the report on {one['incident']} of {one['system']} ({one['duty']}) {state}."


def date_words(one: Mapping[str, Any]) -> str:
    """A date of the law; it begins with the day already."""
    return str(one["what"])


def win_words(one: Mapping[str, Any]) -> str:
    """Its numbers, and its money."""
    return " ".join(text for text in (one["numbers"], one["money"]) if text)


def told_words(one: Mapping[str, Any]) -> str:
    """Whose win it is, and since when."""
    return f"told by {visible(one['by'], limit=60)} on {day(one['at'])}"


def findings_words(found: Mapping[str, Any]) -> str:
    """How many are open, and since when."""
    if not found["open"]:
        return "No finding is open."
    return f"{found['open']} open, {found['overdue']} overdue; the oldest for {found['oldest_days']:,} days."


def ask_words(one: Mapping[str, Any]) -> str:
    """A decision that is asked for; a statement is marked with its author."""
    who = f" (stated by {one['by']})" if one["statement"] else ""
    return f"{_KINDS.get(one['kind'], one['kind'])}: {one['what']}{who}"


def board_lines(board: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str]]]:
    """Every panel as a title and its lines."""
    yield "Products by tier", _lines(board["tiers"], lambda many: list(_tiers(many)))
    yield "Vetoes", _lines(board["vetoes"], lambda many: [f"{one['verdict']}: {veto_words(one)}" for one in many])
    yield "Loss against appetite", _lines(board["loss"], _loss)
    yield "Risk budget", _lines(board["money"], lambda one: [f"{name}: {value}" for name, value in money_words(one)])
    yield "Open findings by age", _lines(board["findings"], lambda one: list(_findings(one)))
    found = board["regulation"]
    yield "Regulation", [*map(report_words, found["reports"]), *map(date_words, found["dates"])]
    yield "Wins", [f"{one['title']}{' (stale)' if one['stale'] else ''}. {win_words(one)}" for one in board["wins"]]
    yield "Decisions asked", [*map(ask_words, board["asks"]), *(f"Not known: {one}" for one in board["not_asked"])]


def _lines(part: Any, made: Any) -> list[str]:
    return [not_known(part)] if isinstance(part, Mapping) and "missing" in part else list(made(part))


def _tiers(tiers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for tier in tiers:
        yield f"{tier['tier']}: band {tier['band'] or 'not known'}, {tier['verdict']}"
        for one in tier["products"]:
            yield f"{tier['tier']}, {one['system']}: band {one['band'] or '?'}, {product_words(one)}, {one['verdict']}"


def _loss(loss: Mapping[str, Any]) -> list[str]:
    expected, rows = loss_words(loss)
    return [f"Expected a year: {expected}", *(f"{name}: {value}" for name, value in rows)]


def _findings(found: Mapping[str, Any]) -> Iterator[str]:
    yield findings_words(found)
    for one in found["ages"]:
        told = ", ".join(f"{value} {name}" for name, value in one.items() if name != "age" and value)
        if told:
            yield f"{one['age']}: {told}"
