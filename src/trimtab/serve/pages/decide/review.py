"""The quarterly review: the pack that `trimtab review` makes, as a page."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from trimtab.decision.agenda import Item as Recorded
from trimtab.decision.agenda import Review as Pack
from trimtab.decision.period import Period
from trimtab.errors import UsageError
from trimtab.report.review import review_markdown
from trimtab.serve.pages.decide.board import board
from trimtab.serve.pages.decide.board_values import Ask
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.coverage import covered_of
from trimtab.workspace.reviewing import review as made_of

_MOST_ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a section: of which system, and the first of the rows that it rests on."""

    words: str
    system: str
    at: int
    rows: tuple[int, ...]
    more_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the agenda; `nothing` is what it says without items."""

    name: str
    title: str
    nothing: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All of the page; `asks` are the decisions that the board page has of it, and `not_asked` what is not known.

    Where only a `part` of it was asked for, the others and the decisions are left out.
    """

    quarter: str
    over: bool
    part: str
    asks: tuple[Ask, ...]
    not_asked: tuple[str, ...]
    sections: tuple[Section, ...]
    empty: tuple[Section, ...]


def review(now: Snapshot, standing: Standing, asked: Mapping[str, str]) -> Review:
    """The pack of a quarter, or a part of it; of the last that has ended if none is named.

    Raises:
        UsageError: The quarter has not begun, or there is no such part.
    """
    whole, part = pack(now, asked), asked.get("part", "")
    period = Period.quarter(whole.quarter)
    made = tuple(
        Section(name=one.name, title=one.title, nothing=one.nothing, items=tuple(map(_item, one.items)))
        for one in whole.sections
        if part in ("", one.name)
    )
    if not made:
        raise UsageError(
            f"a review has no part {part!r}.", f"Its parts are {', '.join(o.name for o in whole.sections)}."
        )
    shown = None if part else board(now, standing, {"quarter": whole.quarter})
    return Review(
        quarter=whole.quarter,
        over=now.moment >= period.end - 1,
        part=part,
        asks=shown.asks if shown else (),
        not_asked=shown.not_asked if shown else (),
        sections=tuple(one for one in made if one.items),
        empty=tuple(one for one in made if not one.items),
    )


def markdown(now: Snapshot, asked: Mapping[str, str]) -> bytes:
    """The pack as `trimtab review --out` writes it."""
    return review_markdown(pack(now, asked)).encode()


def data(now: Snapshot, asked: Mapping[str, str]) -> bytes:
    """The same as JSON."""
    return orjson.dumps(pack(now, asked).payload(), option=orjson.OPT_INDENT_2) + b"\n"


# -- parts ---------------------------------------------------------------------------------


def pack(now: Snapshot, asked: Mapping[str, str]) -> Pack:
    """The pack of a quarter, made once."""
    # The moment of a snapshot may be the last one of a quarter, which is over for whoever looks from the next.
    quarter = asked.get("quarter", "") or Period.quarter_at(now.moment + 1).before().name
    return now.books.once(
        ("review", now.policy.digest, quarter, now.moment),
        lambda: made_of(
            now.ledger, now.policy, quarter=quarter, row=now.row, moment=now.moment, covered=covered_of(now)
        ),
    )


def _item(one: Recorded) -> Item:
    return Item(
        words=one.words,
        system=one.system,
        at=one.at,
        rows=one.rows[:_MOST_ROWS],
        more_rows=max(0, len(one.rows) - _MOST_ROWS),
    )
