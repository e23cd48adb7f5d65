"""Rules of requests for money, and of the appetite: what is asked can be checked, and what is borne only shrinks."""

import math
import re
from collections.abc import Iterator, Mapping

from trimtab.decision.entry_rules.doubt import Doubt, Held, Rule, in_currency, known_actor, known_team, there_is
from trimtab.decision.funding import upfront
from trimtab.decision.proofs import Proof, proofs_of, read_proof
from trimtab.evidence.entries import Entry
from trimtab.evidence.entries.funding import AppetiteStated, Requested
from trimtab.policy.model import Policy
from trimtab.policy.money_spec import AppetiteSpec

_ROUNDING = 1e-9
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,2})?")
_NOT_ALL = "Nothing removes all of a loss."
_NO_BUDGET = "the policy has no `budget`", "Add one: what there is for each quarter or year, and its rules."


def _requested(entry: Requested, held: Held) -> Iterator[Doubt]:
    yield from in_currency(entry, held)
    yield from known_team(entry, held)
    if held.policy.budget is None:
        yield Doubt("", *_NO_BUDGET)
    for field in ("owner", "liaison"):
        name = getattr(entry, field)
        yield from known_actor(name, held, field, at=entry.at)
        if name in held.policy.teams:
            yield Doubt(field, f"{name} is a team", "Name one person who answers for it.")
    if entry.amount == 0:
        yield Doubt("amount", "asks for nothing", "Give an amount above 0.")
    if entry.due and entry.due <= entry.at:
        yield Doubt("due", "lies before it was asked for", "Say by when it will be done.")
    yield from _effects(entry, held)
    yield from _milestones(entry, held)
    for need in entry.needs:
        if need == entry.request:
            yield Doubt("needs", f"{need} cannot need itself", "Leave it out.")
        else:
            yield from there_is(Requested, need, held, "needs")


def _effects(entry: Requested, held: Held) -> Iterator[Doubt]:
    if not entry.effects:
        yield Doubt("effects", "name no scenario", "Say which share of which scenario's loss it removes.")
    for name, (low, high) in entry.effects.items():
        if name not in held.policy.scenarios:
            listed = ", ".join(list(held.policy.scenarios)[:12]) or "none"
            yield Doubt("effects", f"there is no scenario {name!r} in the policy", f"Its scenarios: {listed}.")
        if not 0.0 <= low <= high < 1.0:
            yield Doubt("effects", f"{low:g}..{high:g} of {name}: shares lie from 0 to below 1", _NOT_ALL)


def _milestones(entry: Requested, held: Held) -> Iterator[Doubt]:
    shares = entry.milestones.values()
    if any(not share > 0.0 for share in shares) or math.fsum(shares) > 1.0 + _ROUNDING:
        yield Doubt("milestones", "are shares above 0 that come to at most 1", "Correct them.")
        return
    most = held.policy.budget.upfront if held.policy.budget else 1.0
    if upfront(entry) > most + _ROUNDING:
        yield Doubt(
            "milestones",
            f"leave {upfront(entry):.0%} that waits for nothing, and the policy allows {most:.0%}",
            "Let more of it wait for milestones.",
        )
    try:
        proofs = proofs_of(entry.proofs)
    except ValueError as error:
        yield Doubt("proofs", str(error), "One for each milestone.")
        return
    for name in [name for name in entry.milestones if name not in proofs]:
        yield Doubt("proofs", f"say nothing of {name}", "Say what must pass, as NAME:metric/SYSTEM/METRIC.")
    for name, text in proofs.items():
        if name not in entry.milestones:
            yield Doubt("proofs", f"{name!r} is no milestone of this request", "Correct one of the two.")
        yield from _provable(name, read_proof(text), held.policy)


def _provable(name: str, proof: Proof, policy: Policy) -> Iterator[Doubt]:
    """What is to pass is asked for somewhere: nothing that nobody asks can pass."""
    if proof.system and proof.system not in policy.systems:
        yield Doubt("proofs", f"{name}: there is no system {proof.system!r} in the policy", "Correct it.")
    elif proof.kind == "kpi" and (proof.name not in policy.kpis or policy.kpis[proof.name].floor is None):
        what = f"{name}: the policy sets no floor for the KPI {proof.name!r}"
        yield Doubt("proofs", what, "Name one with a `floor` under `kpis`.")
    elif proof.kind == "metric":
        tier = policy.tiers[policy.systems[proof.system].tier]
        if proof.name not in tier.floors and proof.name not in policy.red_lines:
            what = f"{name}: nothing is asked of {proof.name!r} in the tier of {proof.system}"
            yield Doubt("proofs", what, "Name a metric with a floor there, or give it one.")


def _appetite(entry: AppetiteStated, held: Held) -> Iterator[Doubt]:
    person, budget = held.policy.people.get(entry.by), held.policy.budget
    if person is not None and "risk-owner" not in person.roles:
        yield Doubt("by", f"{entry.by} does not have the role risk-owner", "Let who bears the risk state it.")
    elif person is None and entry.by in held.policy.teams:
        yield Doubt("by", f"{entry.by} is a team", "Let a person with the role risk-owner state it.")
    if budget is None:
        yield Doubt("", *_NO_BUDGET)
        return
    if not (entry.expected or entry.bad_years or entry.points):
        yield Doubt("", "says nothing", "Give some of expected, bad-years, points.")
    yield from _looser(entry, budget.appetite)


def _looser(entry: AppetiteStated, promised: AppetiteSpec | None) -> Iterator[Doubt]:
    points = {}
    for name, chance in entry.points.items():
        if _AMOUNT.fullmatch(name) and float(name) > 0.0:
            points[float(name)] = chance
        else:
            yield Doubt("points", f"{name!r} is no amount above 0", "Write 1000000=0.05.")
        if not 0.0 < chance < 1.0:
            yield Doubt("points", f"{chance:g} is no chance between 0 and 1", "Write 1000000=0.05.")
    for field in ("expected", "bad_years"):
        bound, given = getattr(promised, field, None), getattr(entry, field) / 100.0
        if bound is not None and given > bound:
            yield Doubt(field, f"is more than the {bound:,.2f} of the policy", _LOOSER)
    for point in promised.points if promised else ():
        if points.get(point.loss, 0.0) > point.chance:
            yield Doubt(
                "points", f"{point.loss:,.12g} may be passed in {point.chance:g} of years by the policy", _LOOSER
            )


_LOOSER = "An appetite that is stated can only be smaller; a larger one takes a change of the policy."


RULES: Mapping[type[Entry], Rule] = {Requested: _requested, AppetiteStated: _appetite}
