"""Gives money: publishes plans, releases tranches by verdicts, settles quarters, seats committees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.decision.allocation import GAP
from trimtab.decision.entry_rules.doubt import Held
from trimtab.decision.entry_rules.money import of_team
from trimtab.decision.funding import Funding, funding_of
from trimtab.decision.kpis.reading import read
from trimtab.decision.model import Verdict
from trimtab.decision.period import Period
from trimtab.decision.plan_of_money import owner_left
from trimtab.decision.proofs import Proven, proofs_of, proven, read_proof
from trimtab.decision.seats import members
from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.funding import Allocated, MoneyReturned, TrancheReleased
from trimtab.evidence.published import Published
from trimtab.policy import Policy
from trimtab.policy.people import day_begins
from trimtab.stats.loss import YEARS
from trimtab.workspace.keeping import keep_computed
from trimtab.workspace.kpis import KpiEvidence, gather_evidence
from trimtab.workspace.money import losses
from trimtab.workspace.publishing import check_actor, publish, row_of

RISK_OWNER = "risk-owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of a request's money: what evidence says of it, and whether it was released now."""

    milestone: str  # empty for the first part
    amount: int  # hundredths
    found: Proven
    released: bool


def publish_losses(
    ledger: Ledger, policy: Policy, *, seed: int = 0, years: int = YEARS, by: str = "", record: bool = False
) -> Mapping[str, Any]:
    """What failures may cost, from what the ledger holds now; with `record`, as figures that `by` publishes.

    Raises:
        UsageError: The policy names no scenario, or nobody is named who publishes.
    """
    asked, moment = {"seed": seed, "years": years}, ledger.now()
    if record:
        check_actor(ledger, policy, by, moment)
        return publish(ledger, policy, "loss", by=by, asked=asked, now=moment).result
    head = ledger.head()
    return losses(ledger, policy, asked, head.seq if head else 0, moment)


def last_plan(ledger: Ledger) -> Published | None:
    """The last plan that was published and lay before the committee."""
    plans = Books.of(ledger).all(Allocated)
    return plan_of(ledger, plans[-1].entry) if plans else None


def plan_of(ledger: Ledger, plan: Allocated) -> Published | None:
    """An allocation as it was published; None where its row holds something else."""
    made = next((record for _, record in ledger.records(after=plan.published - 1, upto=plan.published)), None)
    return made if isinstance(made, Published) else None


def allocate(
    ledger: Ledger,
    policy: Policy,
    *,
    quarter: str,
    by: str,
    seed: int = 0,
    gap: float = GAP,
    now: int | None = None,
) -> tuple[Published, Allocated | None]:
    """Publish the plan of a quarter, and lay it before those who vote; None where no plan keeps the rules.

    Raises:
        UsageError: Nobody may do that, or there is no budget.
    """
    moment = now if now is not None else ledger.now()
    check_actor(ledger, policy, by, moment)
    asked = {"quarter": quarter, "seed": seed, "gap": gap}
    made = publish(ledger, policy, "allocation", by=by, asked=asked, now=moment)
    plan = made.result["plan"]
    if plan is None:
        return made, None
    books = Books.of(ledger)
    voters = _voters(policy, books, quarter, moment)
    chosen = tuple(plan["chosen"])
    entry = Allocated(
        at=moment,
        by=by,
        source="trimtab",
        allocation=f"{quarter}-{1 + sum(one.entry.quarter == quarter for one in books.all(Allocated))}",
        quarter=quarter,
        published=row_of(ledger, made),
        inputs=made.result["inputs"],
        seed=seed,
        gap=plan["gap"],
        solver=plan["solver"],
        pool=round(made.result["pool"]["left"] * 100),
        chosen=chosen,
        refused=tuple(one["request"] for one in made.result["requests"] if not one["chosen"]),
        voters=voters,
        recused=tuple(f"{name}:{voter}" for name in chosen for voter in voters if _asks(policy, books, name, voter)),
    )
    keep_computed(ledger, policy, [entry], now=moment)
    return made, entry


def release(
    ledger: Ledger,
    policy: Policy,
    request: str,
    *,
    by: str,
    milestone: str = "",
    now: int | None = None,
) -> list[Step]:
    """Release what evidence allows of a granted request: its first part, and each milestone whose proof passes.

    Args:
        ledger: With the decisions that milestones wait for.
        policy: In force.
        request: Which one.
        by: Who releases.
        milestone: Only this one; all that are not released if left out.
        now: Microseconds since the epoch, UTC.

    Raises:
        UsageError: There is no such request or milestone, it is settled, or its owner left.
        EntryError: Its money may not move; nothing was released.
        LedgerAlteredError: The ledger does not verify; money leaves only on what is whole.
    """
    moment = now if now is not None else ledger.now()
    ledger.verify().raise_if_bad()
    evidence = gather_evidence(ledger)
    books = evidence.books
    found = _payable(policy, books, request, moment)
    if milestone and milestone not in found.asked.milestones:
        listed = ", ".join(found.asked.milestones) or "none"
        raise UsageError(f"{request} has no milestone {milestone!r}.", f"It has {listed}.")
    proofs = proofs_of(found.asked.proofs)
    steps = steps_left(evidence, policy, found, moment=moment, milestone=milestone)
    entries = [
        TrancheReleased(
            at=moment,
            by=by,
            source="trimtab",
            request=request,
            milestone=one.milestone,
            amount=one.amount,
            proof=proofs.get(one.milestone, ""),
            run=one.found.run,
        )
        for one in steps
        if one.released
    ]
    if entries:
        keep_computed(ledger, policy, entries, now=moment)
    return steps


def steps_left(
    evidence: KpiEvidence, policy: Policy, found: Funding, *, moment: int, milestone: str = ""
) -> list[Step]:
    """What evidence says of each part of a request that is not released yet; `released` says that it may be.

    Args:
        evidence: Up to the moment.
        policy: In force.
        found: The request.
        moment: Microseconds since the epoch, UTC.
        milestone: Only this one of its milestones; the first part and all of them if left out.
    """
    proofs = proofs_of(found.asked.proofs)

    def kpi(name: str, system: str) -> tuple[Verdict, str]:
        """Over the time since the grant is on record: what was good before is not this request's work."""
        asked = evidence.asked(policy, Period(found.recorded, moment, "since the grant"), asof=moment)
        seen = read(name, asked.of("system", system) if system else asked)
        return seen.verdict, f"{name}: {seen.why}"

    steps = []
    for name in (milestone,) if milestone else ("", *found.asked.milestones):
        if found.share(name) == 0 or any(one.milestone == name for one in found.tranches):
            continue
        shown = _first(found)
        if name and found.granted:
            shown = proven(read_proof(proofs[name]), evidence.decisions, after=found.recorded, kpi=kpi)
        free = bool(found.granted) and shown.verdict is Verdict.PASS
        steps.append(Step(milestone=name, amount=found.share(name), found=shown, released=free))
    return steps


def settle(
    ledger: Ledger, policy: Policy, *, quarter: str, by: str, now: int | None = None
) -> tuple[Published, list[MoneyReturned]]:
    """Publish promised against realised of a quarter that is over, and return what was not spent.

    Raises:
        UsageError: The quarter is not over, or nobody may do that.
    """
    moment = now if now is not None else ledger.now()
    check_actor(ledger, policy, by, moment)
    made = publish(ledger, policy, "settlement", by=by, asked={"quarter": quarter}, now=moment)
    back = [
        MoneyReturned(
            at=moment,
            by=by,
            source="trimtab",
            request=row["request"],
            quarter=quarter,
            amount=round(row["returns"] * 100),
        )
        for row in made.result["requests"]
        if row["returns"] is not None
    ]
    if back:
        keep_computed(ledger, policy, back, now=moment)
    return made, back


# -- parts ---------------------------------------------------------------------------------


def _voters(policy: Policy, books: Books, quarter: str, moment: int) -> tuple[str, ...]:
    """The committee of a quarter; without one in the policy, those who own risks. Nobody who left."""
    names = (
        members(books, quarter)
        if policy.committee is not None
        else tuple(sorted(name for name, one in policy.people.items() if RISK_OWNER in one.roles))
    )
    return tuple(
        name
        for name in names
        if (person := policy.people.get(name)) and (person.left is None or moment < day_begins(person.left))
    )


def _asks(policy: Policy, books: Books, request: str, voter: str) -> bool:
    asked = funding_of(books, request).asked
    held = Held(books=books, policy=policy, now=0)
    return voter in (asked.by, asked.owner, asked.liaison) or of_team(voter, asked.team, held)


def _payable(policy: Policy, books: Books, request: str, moment: int) -> Funding:
    """A request of which money may still be released, and somebody answers for."""
    try:
        found = funding_of(books, request)
    except KeyError:
        raise UsageError(f"there is no request {request!r}.", "`trimtab budget show` lists them.") from None
    if found.withdrawn or found.returned:
        raise UsageError(f"{request} is {found.state}: no more money of it is released.", "Ask anew.")
    if day := owner_left(policy, found, moment):
        what = f"{found.asked.owner}, who answers for {request}, left on {day}: nobody does now."
        raise UsageError(what, "Withdraw it, and ask anew with another owner.")
    return found


def _first(found: Funding) -> Proven:
    if found.granted:
        return Proven(verdict=Verdict.PASS, why="waits for nothing but the grant")
    votes = f"{sum(choice == 'for' for choice in found.votes.values())} of {found.needed} votes for it"
    return Proven(verdict=Verdict.INCONCLUSIVE, why=f"not granted: {votes if found.plan else 'no plan funds it'}")
