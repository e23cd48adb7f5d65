"""Rules of proposals, shadow runs, votes and points: caps are kept, and nobody votes on a band of their own."""

from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, there_is
from trimtab.decision.recalibration import POINTS, against, electorate, may_sign, owns, shadow_quarters, standing
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.recalibration import (
    PointsGiven,
    RecalibrationProposed,
    RecalibrationShadowed,
    RecalibrationVoted,
)


def _proposed(entry: RecalibrationProposed, held: Held) -> Iterator[Doubt]:
    for field, what, next_step in against(entry, held.books, held.policy, held.now):
        yield Doubt(field, what, next_step)


def _shadowed(entry: RecalibrationShadowed, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(RecalibrationProposed, entry.recalibration, held, "recalibration")):
        yield from missing
        return
    proposal = held.books.about(RecalibrationProposed, entry.recalibration)[0].entry
    quarter = shadow_quarters(proposal)[0]
    if entry.quarter != quarter.name:
        yield Doubt("quarter", f"is not the one in which it was proposed, {quarter.name}", "Run it again.")
    elif held.books.about(RecalibrationShadowed, entry.recalibration):
        yield Doubt("recalibration", f"{entry.recalibration} has run in the shadow", "Members vote on it.")
    elif (entry.may, entry.recused) != electorate(held.policy, entry.moves, held.now):
        yield Doubt("may", "is not who may vote by the policy", "Run it again.")
    elif not entry.may:
        yield Doubt("may", "is nobody: it moves products of every member", "Name more `score.voters`.")
    elif held.now < quarter.end:
        yield Doubt("quarter", f"{quarter.name} is not over", "Run it in the shadow to its end, then record it.")


def _voted(entry: RecalibrationVoted, held: Held) -> Iterator[Doubt]:
    if missing := list(there_is(RecalibrationProposed, entry.recalibration, held, "recalibration")):
        yield from missing
        return
    found = standing(held.books, entry.recalibration, held.now)
    if found.state in {"adopted", "refused", "too-late"}:
        yield Doubt("recalibration", f"{entry.recalibration} is {found.state.replace('-', ' ')}", "Propose another.")
    elif entry.choice == "sign":
        if not found.looser:
            yield Doubt("choice", "asks for no signature: nothing is asked less of", "Vote for it or against it.")
        elif not may_sign(held.policy, entry.by, found.proposal):
            yield Doubt("by", "is no risk owner, or proposed it", "Somebody else with the role risk-owner signs.")
    elif found.shadow is None:
        yield Doubt("recalibration", "has not run in the shadow yet", "`trimtab recalibrate shadow` does so.")
    elif entry.by in found.recused:
        own = ", ".join(sorted(owns(held.policy, entry.by) & set(found.shadow.moves)))
        yield Doubt("by", f"{entry.by} does not vote: it changes the band of {own}", "Others do.")
    elif entry.by not in found.may:
        yield Doubt("by", f"{entry.by} is none of those who may vote", "Its members do.")
    elif entry.by in (*found.votes_for, *found.votes_against):
        yield Doubt("by", f"{entry.by} has voted", "A vote stands.")


def _points(entry: PointsGiven, held: Held) -> Iterator[Doubt]:
    if entry.tier not in held.policy.tiers:
        yield Doubt("tier", f"there is no tier {entry.tier!r} in the policy", f"It has {', '.join(held.policy.tiers)}.")
    if not entry.points or min(entry.points.values()) < 0.0 or abs(sum(entry.points.values()) - POINTS) > 1e-6:
        yield Doubt("points", f"do not share out {POINTS:g} points", "None is below 0, and they add up to 100.")
    if held.policy.score is None or entry.by not in held.policy.score.voters:
        yield Doubt("by", f"{entry.by} is none of `score.voters`", "Its members share out points.")


RULES: Mapping[type[Entry], Rule] = {
    RecalibrationProposed: _proposed,
    RecalibrationShadowed: _shadowed,
    RecalibrationVoted: _voted,
    PointsGiven: _points,
}
