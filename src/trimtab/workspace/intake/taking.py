"""Takes what was delivered into the books: whole, once, or not at all with the reason.

Nothing is kept beside the books. A delivery that comes before what it rests on is refused and not held back: a second
store of half-finished news could disagree with the ledger, and would hold more of the payload than its template takes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trimtab.errors import EntryError, Mistake
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries import Entry, described
from trimtab.evidence.entries.entry import Form
from trimtab.measure.redact import mask_words
from trimtab.policy import Policy
from trimtab.workspace.intake.hooks import Hook
from trimtab.workspace.intake.templates import become
from trimtab.workspace.keeping import keep

_TRIES = 20  # others may write in between; each time the books are read on


class Outcome(StrEnum):
    """What became of a delivery."""

    KEPT = "kept"
    KNOWN = "known"  # it is in the books
    NOTHING = "nothing"  # the template means nothing by it
    CLASH = "clash"  # it does not fit the books as they are now: too early, or too late
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a delivery, and why."""

    outcome: Outcome
    kept: tuple[Kept[Entry], ...] = ()
    mistakes: tuple[Mistake, ...] = ()


class Taker:
    """Takes deliveries for one ledger, one after the other. Books are read on, and not anew each time."""

    def __init__(self, ledger: Ledger, policy: Policy, *, mask: Callable[[str], str] = mask_words) -> None:
        self._ledger, self._policy, self._mask = ledger, policy, mask
        self._books = Books()

    def take(self, hook: Hook, payload: Any, *, now: int | None = None) -> Taken:
        """One delivery.

        Args:
            hook: Which way it came; its signature was checked.
            payload: As JSON reads it.
            now: Microseconds since the epoch, UTC; the ledger's clock if left out.

        Raises:
            LedgerError: The ledger cannot be read or written; nothing was recorded.
        """
        now = self._ledger.now() if now is None else now
        try:
            made = become(hook.template, payload, by=hook.by, now=now, set_=hook.set_, mask=self._mask)
        except EntryError as error:
            return Taken(outcome=Outcome.REFUSED, mistakes=error.mistakes)
        if not made:
            return Taken(outcome=Outcome.NOTHING)
        for attempt in range(_TRIES):
            self._books.catch_up(self._ledger)
            upto = self._books.upto
            new = [draft for draft, entry in made if not known(entry, self._books)]
            if not new:
                return Taken(outcome=Outcome.KNOWN)
            try:
                receipt = keep(self._ledger, self._policy, new, now=now, mask=self._mask, books=self._books)
            except EntryError as error:
                if attempt < _TRIES - 1 and self._books.upto > upto:
                    continue  # somebody wrote meanwhile, and perhaps the same
                return Taken(outcome=Outcome.CLASH if error.clash else Outcome.REFUSED, mistakes=error.mistakes)
            return Taken(outcome=Outcome.KEPT, kept=receipt.kept)
        raise AssertionError  # the last attempt returns


def known(entry: Entry, books: Books) -> bool:
    """Whether an entry is in the books. Words do not count: a later detector may mask more of the same text."""
    before = books.about(type(entry), entry.id) if entry.id else books.all(type(entry))
    told = [one.name for one in described(type(entry)) if one.form is not Form.WORDS]
    told.insert(0, "at")  # it nearly always differs
    return any(all(getattr(one.entry, name) == getattr(entry, name) for name in told) for one in before)
