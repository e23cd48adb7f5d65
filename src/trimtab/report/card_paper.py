"""A card as a report: each sentence shown to be evidence or a statement, each gap left open."""

import math

from trimtab.decision.cards.card import Card, Measured, Part, Said
from trimtab.decision.model import Verdict
from trimtab.kinds import Missing
from trimtab.report.card_words import (
    KINDS,
    LEGEND,
    by_words,
    fill_words,
    gap_words,
    rows_words,
    standing_words,
    value_words,
)
from trimtab.report.charts import Bars, axis, backdrop, interval_row
from trimtab.report.markup import Markup, visible
from trimtab.report.paper import (
    Block,
    Cell,
    Gap,
    Head,
    Items,
    Line,
    Paper,
    Section,
    Statement,
    Table,
    Word,
    cell,
    words,
)


def card_paper(card: Card) -> Paper:
    """The whole card."""
    kind = KINDS[card.kind]
    origin = words(
        f"From the first {card.row:,} rows of the ledger, under policy ", Word(card.policy, "code"), ". ",
        standing_words(card),
    )  # fmt: skip
    return Paper(
        heading=f"{kind}: {card.title}",
        title=card.title,
        kind=kind,
        organisation=card.organisation,
        asof=card.asof,
        origin=origin,
        about=words(f"{LEGEND} {card.caution}".strip()),
        facts=(
            ("Sections filled", f"{len(card.parts) - len(card.gaps)} of {len(card.parts)}"),
            ("Gaps", str(len(card.gaps))),
            ("Statements without evidence", str(card.statements)),
            ("Rows of the ledger", f"{card.row:,}"),
        ),
        sections=tuple(_section(card, part) for part in card.parts),
    )


def _section(card: Card, part: Part) -> Section:
    blocks: list[Block] = [_statement(one) for one in part.said if one.statement]
    if shown := [_evidence(one) for one in part.said if not one.statement]:
        blocks.append(Items(lines=tuple(shown), evidence=True))
    if part.measured:
        blocks.append(_figures(card, part.measured))
    if not part.filled:
        blocks.append(Gap(why=gap_words(part), fill=fill_words(card, part)))
    return Section(name=part.name, title=part.title, blocks=tuple(blocks))


def _statement(said: Said) -> Statement:
    return Statement(text=said.text, by=by_words(said))


def _evidence(said: Said) -> Line:
    return Line(words=words(f"{said.text} ", Word(rows_words(said.rows), "rows")))


def _figures(card: Card, many: tuple[Measured, ...]) -> Table:
    judged = any(one.requirement for one in many)
    heads = [Head(title="Metric", share=23), Head(title="Interval, drawn", share=26), Head(title="Value", share=11)]
    heads.append(Head(title="Interval", share=23))
    if judged:
        heads += [Head(title="Required", share=17), Head(title="Verdict", share=16)]
    heads.append(Head(title="Rows", share=17))
    key = (
        "What is forbidden is hatched; the whole interval must lie outside of it."
        if judged
        else "What was seen, and between which ends it lies."
    )
    rows = tuple(_row(card, one, judged=judged) for one in many)
    return Table(heads=tuple(heads), rows=rows, key=key, plots=frozenset({1}))


def _row(card: Card, one: Measured, *, judged: bool) -> tuple[Cell, ...]:
    value, span = value_words(card, one)
    verdict = Verdict(one.verdict) if one.verdict else None
    cells = [
        Cell(
            words=words(visible(one.group or one.metric, limit=120)),
            beneath=f"group of {visible(one.metric, limit=80)}" if one.group else visible(one.suite, limit=80),
        ),
        Cell(drawn=_drawn(one, verdict, f"{one.metric}: {value}, {span}"), said=f"{one.metric}: {value}, {span}"),
        cell(value, "strong"),
        cell(span, "soft"),
    ]
    if judged:
        required = visible(one.requirement or "not asked", limit=120)
        cells += [cell(required), Cell(verdict=verdict, reason=one.reason) if verdict else cell("not judged")]
    return (*cells, cell(rows_words(one.rows), "soft"))


def _drawn(one: Measured, verdict: Verdict | None, said: str) -> Markup | None:
    if isinstance(one.seen, Missing) or not one.seen.known:
        return None
    seen, bound = one.seen, one.bound
    ends = [seen.value, seen.interval.low, seen.interval.high, *([bound] if bound is not None else [])]
    ratio = one.unit in ("ratio", "")
    scale = axis(ends, lowest=0.0 if ratio and min(ends) >= 0.0 else -math.inf, highest=1.0 if ratio else math.inf)
    above = "at least" not in one.requirement  # differences are taken so that more is worse
    bars = Bars(axis=scale, floor=bound, forbidden_above=above)
    return interval_row(scale, backdrop(bars), seen.interval, seen.value, verdict=verdict, label=said)
