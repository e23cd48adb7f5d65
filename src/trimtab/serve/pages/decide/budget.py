"""The risk budget: what the next unit of money buys, who asked for what, what was given, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trimtab.decision.avoided import changes
from trimtab.decision.credit import Claim, claims, credit
from trimtab.decision.funding import Funding, budget_period, fundings, pool
from trimtab.decision.loss_model import Calibrated, loss_model
from trimtab.decision.promises import promised_and_kept
from trimtab.decision.scenario_changes import seen_changes
from trimtab.evidence.entries.funding import Allocated
from trimtab.kinds import Missing
from trimtab.serve.pages.decide.funding_values import Promise, Request, promise_shown, request_shown
from trimtab.serve.pages.decide.plan_values import Plan, plan_shown
from trimtab.serve.pages.snapshot import Snapshot, Standing
from trimtab.serve.pages.values.money import Amount

_WAITING = {"planned": 0, "asked": 1, "granted": 2, "settled": 3, "withdrawn": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The money of a period, in the policy's currency; `left` is what a plan may still give."""

    period: str
    budgeted: float
    returned: float
    granted: float
    left: float
    released: float
    spent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A scenario that somebody claims to have made smaller, before and after by evidence, in money a year.

    `credit` scales what of the reduction counts.
    """

    scenario: str
    before: float
    after: float
    reduction: Amount
    credit: float
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Credibility:
    """How much of what a team claims counts, in [0, 1]: from `claims` that came out, of the team, a method or nobody.

    Single claims came to `least` up to `most` of what was said; null while none came out.
    """

    team: str
    owners: tuple[str, ...]
    factor: float
    start: float
    claims: int
    waiting: int
    basis: str
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskBudget:
    """All of the page; `nothing` says why there is none. What waits for somebody comes first."""

    quarter: str
    currency: str
    nothing: str
    title: str = ""
    pool: Pool | None = None
    plan: Plan | None = None
    requests: tuple[Request, ...] = ()
    promises: tuple[Promise, ...] = ()
    promised: float = 0.0
    realised: float = 0.0
    told: int = 0
    changes: tuple[Change, ...] = ()
    no_changes: str = ""
    owners: tuple[Credibility, ...] = ()


def risk_budget(now: Snapshot, _: Standing, asked: Mapping[str, str]) -> RiskBudget:
    """The budget of a quarter's period, its last plan, and every request there is."""
    policy, period = now.policy, now.period(asked.get("quarter", ""))
    if policy.budget is None:
        return RiskBudget(
            quarter=period.name,
            currency=policy.currency,
            nothing="The policy has no `budget`, so there is no money to give.",
        )
    found = list(fundings(now.books, asof=now.moment))
    made = claims(now.books, asof=now.moment)
    plan = last_plan_of(now, period.name)
    weighed = {one.request: one.why for one in plan.options if not one.chosen} if plan else {}
    shown = [request_shown(now, one, weighed) for one in found]
    scenarios = scenarios_of(now)
    kept = promised_and_kept(found, made, scenarios)
    told = [one for one in kept if one.realised is not None]
    moved, missing = _changes(now)
    money = _pool(now, period.start, found)
    return RiskBudget(
        quarter=period.name,
        currency=policy.currency,
        nothing="",
        title=_title(shown),
        pool=money,
        plan=plan,
        requests=tuple(sorted(shown, key=lambda one: (_WAITING.get(one.state, 9), -one.asked))),
        promises=tuple(promise_shown(one) for one in kept[::-1]),
        promised=sum(one.promised.value for one in told),
        realised=sum(one.realised.value for one in told if one.realised is not None),
        told=len(told),
        changes=moved,
        no_changes=missing,
        owners=tuple(_owners(found, made, policy.budget.credit)),
    )


def last_plan_of(now: Snapshot, quarter: str) -> Plan | None:
    """The last plan that lay before the committee for a quarter."""
    plans = [one for one in now.books.all(Allocated) if one.entry.quarter == quarter and one.entry.at <= now.moment]
    return plan_shown(now, plans[-1]) if plans else None


def scenarios_of(now: Snapshot) -> dict[str, Calibrated]:
    """The scenarios of the loss model as of the moment, by name."""
    if not now.policy.scenarios:
        return {}
    return {one.name: one for one in loss_model(now.policy, now.books, until=now.moment).scenarios}


# -- parts ---------------------------------------------------------------------------------


def _pool(now: Snapshot, start: int, found: Sequence[Funding]) -> Pool:
    assert now.policy.budget is not None
    budgeted, back, given = (part / 100.0 for part in pool(now.books, now.policy.budget, start, asof=now.moment))
    period = budget_period(now.policy.budget, start)
    own = [
        one
        for one in found
        if one.granted and one.plan and budget_period(now.policy.budget, now.period(one.plan.quarter).start) == period
    ]
    return Pool(
        period=period.name,
        budgeted=budgeted,
        returned=back,
        granted=given,
        left=max(budgeted + back - given, 0.0),
        released=sum(one.released for one in own) / 100.0,
        spent=sum(one.spent for one in own) / 100.0,
    )


def _changes(now: Snapshot) -> tuple[tuple[Change, ...], str]:
    found = changes(now.policy, now.books, end=now.moment + 1)
    if isinstance(found, Missing):
        return (), found.detail or found.reason
    return tuple(
        Change(
            scenario=one.name,
            before=one.before,
            after=one.after,
            reduction=Amount(value=one.reduction, low=one.low, high=one.high),
            credit=one.credit,
            claims=one.claims,
        )
        for one in seen_changes(found)
    ), ""


def _owners(found: Sequence[Funding], made: Sequence[Claim], start: float) -> Iterator[Credibility]:
    teams = {one.asked.team for one in found} | {one.made.team for one in made}
    for team in sorted(teams):
        own = [one for one in made if one.made.team == team]
        ratios = [one.realised / one.predicted for one in own if one.realised is not None and one.predicted > 0.0]
        after = credit(made, team=team, start=start)
        yield Credibility(
            team=team,
            owners=tuple(sorted({one.asked.owner for one in found if one.asked.team == team})),
            factor=after.factor,
            start=start,
            claims=after.claims,
            waiting=sum(one.realised is None for one in own),
            basis=after.basis,
            least=min(ratios, default=None),
            most=max(ratios, default=None),
        )


def _title(shown: Sequence[Request]) -> str:
    waits = sum(any(not vote.choice for vote in one.ballots) for one in shown if one.state == "planned")
    lost = sum(one.state == "planned" for one in shown) - waits
    stopped = sum(any(not part.at for part in one.tranches) for one in shown if one.state == "granted")
    if waits:
        return f"{waits} request{' waits' if waits == 1 else 's wait'} for votes"
    if lost:
        return f"{lost} planned request{'' if lost == 1 else 's'} found no majority"
    if stopped:
        return f"{stopped} granted request{' waits' if stopped == 1 else 's wait'} for evidence"
    return "no request waits for anybody" if shown else "nobody has asked for money"
