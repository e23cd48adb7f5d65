"""Wins: one page that tells what was kept from going wrong, its numbers bound to rows of the ledger."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.evidence.entries.entry import Entry, Form, said


@dataclass(frozen=True, slots=True, kw_only=True)
class WinTold(Entry):
    """A win, as a template: sentences with `{figures}`. A later one of the same id takes its place."""

    kind: ClassVar[str] = "win"
    about: ClassVar[str] = "win"

    win: str = said("Its id.", Form.NAME)
    title: str = said("What it is about, in a few words.", Form.WORDS)
    risk: str = said("What could have gone wrong.", Form.WORDS)
    done: str = said("What was done.", Form.WORDS)
    numbers: str = said(
        "The number before and after, with its interval, e.g. from {before} to {after:interval}.", Form.WORDS
    )
    money: str = said("What it is worth in money, as a range, and how far to trust that.", Form.WORDS)
    limits: str = said("What it does not show.", Form.WORDS)
    ask: str = said("What is asked for next.", Form.WORDS)
    figures: tuple[str, ...] = said(
        "Where each figure stands: NAME:ROW:PATH; with #fixed at its end it stays when there is newer evidence.",
        Form.NAMES,
        default=(),
    )
