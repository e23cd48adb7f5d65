"""One request for money: what it promised, how a plan weighed it, who voted how, what released its parts, what came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.credit import Claim, claims
from trimtab.decision.funding import Funding, fundings
from trimtab.decision.promises import promised_and_kept
from trimtab.errors import UsageError
from trimtab.evidence.entries.funding import Allocated, ClaimRealised, MilestoneClaimed
from trimtab.policy.keys import nearest
from trimtab.serve.pages.decide.budget import scenarios_of
from trimtab.serve.pages.decide.funding_values import Line, Promise, Request, promise_shown, request_shown
from trimtab.serve.pages.decide.plan_values import Option, Plan, plan_shown
from trimtab.serve.pages.snapshot import Snapshot, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Which share of a scenario's loss it is to remove, from the least to the most; `loss` in money a year."""

    scenario: str
    about: str
    low: float
    high: float
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A claim that names the request: the range, and what somebody else found it came to; null while nobody did.

    Moments are microseconds since the epoch, UTC.
    """

    claim: str
    scenario: str
    low: float
    high: float
    at: int
    realised: float | None
    told_by: str
    evidence: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A line that was spent of it; `at` in microseconds since the epoch, UTC."""

    spend: str
    amount: float
    at: int
    by: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage:
    """All of the page."""

    currency: str
    one: Request
    liaison: str
    by: str
    needs: tuple[str, ...]
    method: str
    effects: tuple[Effect, ...]
    quarter: str
    plan: str
    plan_row: int
    option: Option | None
    promise: Promise | None
    claims: tuple[Claimed, ...]
    costs: tuple[Cost, ...]
    history: tuple[Line, ...]


def request(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> RequestPage:
    """One request.

    Raises:
        UsageError: There is none of this id.
    """
    name = asked["request"]
    found = {one.asked.request: one for one in fundings(now.books, asof=now.moment)}
    if name not in found:
        raise UsageError(f"there is no request {name[:60]!r}.", nearest(name, found))
    one = found[name]
    plan = _plan_on(now, name)
    option = next((made for made in plan.options if made.request == name), None) if plan else None
    weighed = {name: option.why} if option and not option.chosen else {}
    made = [claim for claim in claims(now.books, asof=now.moment) if claim.made.request == name]
    scenarios = scenarios_of(now)
    kept = promised_and_kept([one], made, scenarios)
    return RequestPage(
        currency=now.policy.currency,
        one=request_shown(now, one, weighed),
        liaison=one.asked.liaison,
        by=one.asked.by,
        needs=one.asked.needs,
        method=one.asked.method,
        effects=tuple(
            Effect(
                scenario=scenario,
                about=now.policy.scenarios[scenario].about if scenario in now.policy.scenarios else "",
                low=low,
                high=high,
                loss=scenarios[scenario].scenario.expected if scenario in scenarios else 0.0,
            )
            for scenario, (low, high) in one.asked.effects.items()
        ),
        quarter=plan.quarter if plan else "",
        plan=plan.allocation if plan else "",
        plan_row=plan.row if plan else 0,
        option=option,
        promise=promise_shown(kept[0]) if kept else None,
        claims=tuple(_claimed(now, claim) for claim in made),
        costs=tuple(
            Cost(spend=line.spend, amount=line.amount / 100.0, at=line.at, by=line.by, what=line.what)
            for line in one.lines
        ),
        history=tuple(sorted(_history(now, one), key=lambda line: line.at)),
    )


# -- parts ---------------------------------------------------------------------------------


def _plan_on(now: Snapshot, name: str) -> Plan | None:
    """The plan that funds it, or else the last one that looked at it."""
    plans = [one for one in now.books.all(Allocated) if one.entry.at <= now.moment]
    own = [one for one in plans if name in one.entry.chosen] or [one for one in plans if name in one.entry.refused]
    return plan_shown(now, own[-1]) if own else None


def _claimed(now: Snapshot, claim: Claim) -> Claimed:
    words = [one.entry for one in now.books.about(ClaimRealised, claim.made.claim) if one.entry.at <= now.moment]
    last = max(enumerate(words), key=lambda one: (one[1].at, one[0]))[1] if words else None
    low, high = claim.made.removes
    return Claimed(
        claim=claim.made.claim,
        scenario=claim.made.scenario,
        low=low,
        high=high,
        at=claim.made.at,
        realised=claim.realised,
        told_by=last.by if last else "",
        evidence=last.evidence if last else (),
        what=last.what if last else claim.made.what,
    )


def _history(now: Snapshot, one: Funding) -> Iterator[Line]:
    yield Line(words=f"asked for by {one.asked.by}", at=one.asked.at)
    for kept in now.books.all(Allocated):
        plan = kept.entry
        if plan.at <= now.moment and one.asked.request in plan.chosen:
            yield Line(words=f"planned in {plan.allocation}", at=plan.at)
        elif plan.at <= now.moment and one.asked.request in plan.refused:
            yield Line(words=f"left out of {plan.allocation}", at=plan.at)
    if one.granted:
        yield Line(words="granted by vote", at=one.granted)
    for part in one.tranches:
        what = f"milestone {part.milestone}" if part.milestone else "the first part"
        yield Line(words=f"{what} released by {part.by}", at=part.at)
    for kept_milestone in now.books.about(MilestoneClaimed, one.asked.request):
        said = kept_milestone.entry
        if said.at <= now.moment:
            shown = f" ({', '.join(said.evidence)})" if said.evidence else ""
            yield Line(words=f"{said.by} says that {said.milestone} is reached{shown}", at=said.at)
    if one.withdrawn:
        yield Line(words="withdrawn", at=one.withdrawn)
    if one.returned:
        yield Line(words=f"{one.returned.quarter} settled, the rest returned", at=one.returned.at)
