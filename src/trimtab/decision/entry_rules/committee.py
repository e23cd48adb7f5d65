"""Rules of the committee: one seed for each quarter, committed to before it draws, and one seat for each member."""

import re
from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, known_actor, there_is
from trimtab.decision.period import Period
from trimtab.decision.seats import members, number
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.committee import Absent, Recused, Seated, SeedCommitted
from trimtab.evidence.entries.funding import Allocated, Requested, Voted

_DIGEST = re.compile(r"[0-9a-f]{64}")


def _committed(entry: SeedCommitted, held: Held) -> Iterator[Doubt]:
    if held.policy.committee is None:
        yield Doubt("", "the policy has no `committee`", "Add one: its size, and who may be drawn.")
    try:
        Period.quarter(entry.quarter)
    except ValueError as error:
        yield Doubt("quarter", str(error), "")
    if not _DIGEST.fullmatch(entry.digest):
        yield Doubt("digest", "is no SHA-256 in hexadecimal", "`trimtab committee commit` makes it.")
    if any(one.entry.quarter == entry.quarter for one in held.books.all(SeedCommitted)):
        yield Doubt("quarter", f"somebody committed to a seed for {entry.quarter} before", "That one draws.")
    if any(one.entry.quarter == entry.quarter for one in held.books.all(Seated)):
        yield Doubt("quarter", f"the committee of {entry.quarter} was drawn", "Commit for a later quarter.")


def _seated(entry: Seated, held: Held) -> Iterator[Doubt]:
    yield from known_actor(entry.member, held, "member", at=min(entry.at, held.now))
    if number(entry.until) <= number(entry.quarter):
        yield Doubt("until", "is not after the first quarter", "Draw again.")
    elif entry.member in members(held.books, entry.quarter):
        yield Doubt("member", f"{entry.member} has a seat in {entry.quarter}", "Draw again.")


def _absent(entry: Absent, held: Held) -> Iterator[Doubt]:
    yield from _sits(entry.member, entry.at, held)


def _recused(entry: Recused, held: Held) -> Iterator[Doubt]:
    if entry.by != entry.member:  # or whoever wants the money would recuse those who are against it
        yield Doubt("by", f"{entry.by} is not {entry.member}, who would vote", "Let them say so themselves.")
    plans = [one.entry for one in held.books.all(Allocated) if entry.request in one.entry.chosen]
    if not plans or entry.member not in plans[-1].voters:
        yield from _sits(entry.member, entry.at, held)
    yield from there_is(Requested, entry.request, held, "request")
    if any(one.entry.by == entry.member and entry.request in one.entry.requests for one in held.books.all(Voted)):
        yield Doubt("member", f"{entry.member} voted on {entry.request}", "A vote stands.")


def _sits(member: str, at: int, held: Held) -> Iterator[Doubt]:
    quarter = Period.quarter_at(at).name
    if member not in (sitting := members(held.books, quarter)):
        yield Doubt("member", f"{member} has no seat in {quarter}", f"Members: {', '.join(sitting) or 'none'}.")


RULES: Mapping[type[Entry], Rule] = {
    SeedCommitted: _committed,
    Seated: _seated,
    Absent: _absent,
    Recused: _recused,
}
