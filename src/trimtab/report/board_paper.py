"""What a board is shown, as a report of panels that fit on one page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trimtab.decision.board import WORST_FIRST
from trimtab.decision.model import Verdict
from trimtab.report.board_words import (
    ABOUT_LAW,
    NOTHING,
    ask_words,
    date_words,
    findings_words,
    loss_words,
    money_words,
    not_known,
    product_words,
    report_words,
    said_of,
    told_words,
    veto_words,
    win_words,
)
from trimtab.report.markup import visible
from trimtab.report.paper import (
    Block,
    Cell,
    Head,
    Items,
    Line,
    Pairs,
    Paper,
    Section,
    Table,
    Text,
    Width,
    Word,
    cell,
    ticked,
    words,
)
from trimtab.report.paper import Gap as Missing

_MOST = 6  # lines of a panel: more do not fit on the page
_MOST_PRODUCTS = 12
_MOST_ASKS = 10
_LONGEST = 260
_ALL = "`trimtab board --json`"


def board_paper(board: Mapping[str, Any]) -> Paper:
    """The whole page: a heading, and a panel for each question."""
    title, lede = said_of(board)
    tiers, vetoes, loss = board["tiers"], board["vetoes"], board["loss"]
    return Paper(
        heading=f"Board, {board['quarter']}: {board['organisation']}",
        title=title,
        lede=lede,
        organisation=board["organisation"],
        kind=f"Board, {visible(board['quarter'], limit=20)}",
        asof=board["asof"],
        origin=words(
            f"From the first {board['row']:,} rows of the ledger, under policy ", Word(board["policy"], "code"), "."
        ),
        panels=True,
        sections=(
            _panel("Products by tier", tiers, _tiers, "half"),
            _panel("Vetoes", vetoes, _vetoes, "half"),
            _panel("Loss against appetite", loss, _loss, "third"),
            _panel("Risk budget", board["money"], lambda one: [Pairs(rows=tuple(money_words(one)))], "third"),
            _panel("Open findings by age", board["findings"], _findings, "third"),
            _panel("Regulation", board["regulation"], _regulation, "half"),
            _panel("Wins", board["wins"], _wins, "half"),
            _panel("Decisions asked", board, _asks, "full"),
        ),
    )


def _panel(title: str, data: Any, made: Callable[[Any], Sequence[Block]], width: Width) -> Section:
    gone = isinstance(data, Mapping) and "missing" in data
    blocks = (Missing(why=not_known(data)),) if gone else tuple(made(data))
    return Section(name=title.lower().replace(" ", "-"), title=title, blocks=blocks, width=width)


def _tiers(tiers: Sequence[Mapping[str, Any]]) -> list[Block]:
    rows, total = [], sum(len(tier["products"]) for tier in tiers)
    for tier in tiers:
        for place, one in enumerate(sorted(tier["products"], key=lambda one: WORST_FIRST.index(one["verdict"]))):
            rows.append(
                (
                    cell("" if place else visible(tier["tier"], limit=40)),
                    cell(one["band"] or "?", "band"),
                    cell(visible(one["system"], limit=40)),
                    cell(product_words(one)),
                    Cell(verdict=Verdict(one["verdict"])),
                )
            )
    if not rows:
        return [Text(words=words(NOTHING["products"]))]
    heads = (Head(title="Tier"), Head(title="Band"), Head(title="Product"), Head(title="Score", number=True))
    table = Table(heads=(*heads, Head(title="Verdict")), rows=tuple(rows[:_MOST_PRODUCTS]))
    return [table, *_more(total, _MOST_PRODUCTS, "`trimtab scorecard`")]


def _vetoes(vetoes: Sequence[Mapping[str, Any]]) -> list[Block]:
    shown = [Line(words=_cut(veto_words(one)), verdict=Verdict(one["verdict"])) for one in vetoes]
    return _list(shown, NOTHING["vetoes"])


def _loss(loss: Mapping[str, Any]) -> list[Block]:
    expected, rows = loss_words(loss)
    verdict = Verdict(loss["verdict"]) if loss["verdict"] else None
    return [Text(words=words(expected, " expected a year "), tone="big", verdict=verdict), Pairs(rows=tuple(rows))]


def _findings(found: Mapping[str, Any]) -> list[Block]:
    late = findings_words(found)
    if not found["open"]:
        return [Text(words=words(late))]
    names = [name for name in found["ages"][0] if name != "age"]
    heads = (Head(title="Age"), *[Head(title=name, number=True) for name in names])
    rows = [(cell(one["age"]), *[cell(str(one[name] or "\N{MIDDLE DOT}")) for name in names]) for one in found["ages"]]
    return [Text(words=words(late), tone="late" if found["overdue"] else ""), Table(heads=heads, rows=tuple(rows))]


def _regulation(found: Mapping[str, Any]) -> list[Block]:
    shown = [Line(words=_cut(report_words(one), late=one["late"])) for one in found["reports"][:_MOST]]
    shown += [Line(words=_cut(date_words(one))) for one in found["dates"][: _MOST - len(shown)]]
    about = Text(words=words(ABOUT_LAW.format(found["catalogue"])), tone="about")
    return [*_list(shown, NOTHING["regulation"]), about]


def _wins(wins: Sequence[Mapping[str, Any]]) -> list[Block]:
    shown = []
    for one in wins:
        stale = Word(" (stale)" if one["stale"] else "", "late")
        said = _cut(f". {win_words(one)} ")
        title = Word(visible(one["title"], limit=120), "strong")
        shown.append(Line(words=words(title, stale, *said, Word(told_words(one), "soft"))))
    return _list(shown, NOTHING["wins"])


def _asks(board: Mapping[str, Any]) -> list[Block]:
    shown = [Line(words=_cut(ask_words(one))) for one in board["asks"]]
    gone = [Missing(why=visible(not_known({"missing": one}), limit=_LONGEST)) for one in board["not_asked"]]
    return [*_list(shown, NOTHING["asks"], most=_MOST_ASKS, columns=2), *gone]


def _list(shown: Sequence[Line], nothing: str, *, most: int = _MOST, columns: int = 1) -> list[Block]:
    if not shown:
        return [Text(words=words(nothing))]
    return [Items(lines=tuple(shown[:most]), columns=columns), *_more(len(shown), most, _ALL)]


def _more(total: int, most: int, where: str) -> list[Block]:
    return [Text(words=ticked(f"{total - most} more: {where}."), tone="about")] if total > most else []


def _cut(text: str, *, late: bool = False) -> tuple[Word, ...]:
    return words(Word(visible(text, limit=_LONGEST), "late" if late else ""))
