"""Seats the committee: by the seed that was committed to, published so that anybody can draw again."""

import secrets
from dataclasses import dataclass

from trimtab.decision.lottery import commitment
from trimtab.decision.period import Period
from trimtab.decision.seats import seed_refused
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.committee import Seated, SeedCommitted
from trimtab.evidence.published import Published
from trimtab.policy import Policy
from trimtab.workspace.keeping import keep_computed
from trimtab.workspace.publishing import Replayed, check_actor, publish, replay_row, row_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawChecked:
    """A draw as it was published, held against what was committed to and drawn again.

    `committed` is the first commitment to a seed of the quarter, None where there is none; `matches` says that the
    published seed is that one, `again` what came out when it was drawn once more.
    """

    row: int
    made: Published
    committed: Kept[SeedCommitted] | None
    matches: bool
    again: Replayed


def seat(
    ledger: Ledger, policy: Policy, *, quarter: str, seed: str, by: str, beacon: str = ""
) -> tuple[Published, list[Seated]]:
    """Draw the committee of a quarter by the seed that was committed to, publish how, and seat its new members.

    The clock is that of the ledger, so that nobody draws before the notice is over.

    Raises:
        UsageError: The seed is not one that others would trust, the quarter was drawn, or no committee keeps the rules.
    """
    moment = ledger.now()
    spec = policy.committee
    if spec is None:
        raise UsageError("the policy has no `committee`.", "Add one: its size, and who may be drawn.")
    try:
        Period.quarter(quarter)
    except ValueError as error:
        raise UsageError(f"{error}.", "") from None
    check_actor(ledger, policy, by, moment)
    books = Books.of(ledger)
    if any(one.entry.quarter == quarter for one in books.all(Seated)):
        raise UsageError(f"the committee of {quarter} was drawn.", "`trimtab committee show` tells it.")
    if against := seed_refused(books, spec, quarter, seed=seed, beacon=beacon, moment=moment):
        raise UsageError(f"{against}.", "A draw that its organiser could have chosen is none.")
    asked = {"quarter": quarter, "seed": seed, "beacon": beacon}
    made = publish(ledger, policy, "committee", by=by, asked=asked, now=moment)
    if made.result["why"]:
        return made, []
    row = row_of(ledger, made)
    until = {one["member"]: one["until"] for one in made.result["seats"]}
    seats = [
        Seated(at=moment, by=by, source="trimtab", quarter=quarter, until=until[name], member=name, published=row)
        for name in made.result["new"]
    ]
    if seats:
        keep_computed(ledger, policy, seats, now=moment)
    return made, seats


def draw_of(ledger: Ledger, books: Books, quarter: str) -> DrawChecked | None:
    """The draw of a quarter, checked by doing it again; None where nobody was drawn.

    Raises:
        LedgerAlteredError: A row is not what was hashed.
    """
    seats = [one.entry for one in books.all(Seated) if one.entry.quarter == quarter]
    if not seats:
        return None
    at = seats[0].published
    found = next(iter(ledger.records(after=at - 1, upto=at)), None)
    made = found[1] if found else None
    if found is None or not isinstance(made, Published):
        return None
    kept = next((one for one in books.all(SeedCommitted) if one.entry.quarter == quarter and one.seq < at), None)
    matches = kept is not None and kept.entry.digest == commitment(str(made.result.get("seed", "")))
    return DrawChecked(row=at, made=made, committed=kept, matches=matches, again=replay_row(ledger, found[0]))


def new_seed() -> str:
    """One that nobody can try out: 16 random bytes in hexadecimal."""
    return secrets.token_hex(16)
