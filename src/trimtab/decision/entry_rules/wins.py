"""Rules of wins: the whole template is filled, and no number is typed that evidence should give."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule
from trimtab.decision.wins import trouble, win_of
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.wins import WinTold


def _win(entry: WinTold, held: Held) -> Iterator[Doubt]:
    try:
        win = win_of(entry)
    except ValueError as error:
        yield Doubt("figures", str(error), "Write NAME:ROW:PATH, as after:41:candidates/q4/estimates/leak.")
        return
    for said in trouble(win, {}):
        what, _, next_step = said.partition(". ")
        yield Doubt("", what, next_step)
    for name, one in win.figures.items():
        if not 0 < one.row <= held.books.upto:
            yield Doubt("figures", f"{name} is of row {one.row}, which the ledger does not have", "Correct the row.")


RULES: Mapping[type[Entry], Rule] = {WinTold: _win}
