"""The shared risk budget of the story: each quarter settled, asked for, drawn, planned, voted on and paid.

Seats, plans and tranches are made by the same calls that the commands make; nothing of them is written down here.
"""

from collections.abc import Iterator
from typing import Protocol

from story import DAY

from trimtab.decision.funding import fundings
from trimtab.decision.lottery import commitment
from trimtab.decision.period import Period
from trimtab.evidence import Ledger
from trimtab.evidence.books import Books
from trimtab.evidence.entries.funding import Allocated
from trimtab.evidence.entries.reading import Draft
from trimtab.policy import Policy
from trimtab.workspace.granting import allocate, publish_losses, release, settle
from trimtab.workspace.keeping import keep
from trimtab.workspace.seating import seat

_ASKED = (
    # team, owner, category, system whose decision releases the rest, amount, what it removes, what for
    (
        "care", "care-lead", "red-team", "triage", 24_000, "severe-harm=0.15..0.4 harm=0.05..0.2",
        "Have nurses attack triage for a month, and mend what they find.",
    ),
    (
        "safety", "privacy-officer", "privacy", "claims", 15_000, "data-leak=0.2..0.5",
        "Mask what customers write about themselves before it is kept.",
    ),
    (
        "platform", "platform-lead", "tooling", "search", 35_000, "nuisance=0.1..0.3",
        "Show in search which page an answer comes from.",
    ),
)  # fmt: skip
_CAME_TO = {"red-team": (0.55, 0.8, 0.65), "privacy": (0.9, 0.35, 0.8), "tooling": (0.5, 0.5, 0.5)}
"""Of the middle of what was promised, by quarter."""
_QUARTERS = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
_SAID = {
    "red-team": "The last round found what nobody had thought of.",
    "privacy": "The law asks for it, and it is cheap.",
    "tooling": "Staff lose an hour a week to pages that are not there any more.",
}


class Moved(Protocol):
    """The clock of the story."""

    def __call__(self) -> int: ...
    def set(self, moment: int) -> None: ...


def give_money(ledger: Ledger, policy: Policy, quarter: Period, clock: Moved, *, seed: int) -> None:
    """All that happens about money in the third week of a quarter."""
    before = quarter.before().name
    _tell_what_came_of_it(ledger, policy, before)
    settle(ledger, policy, quarter=before, by="finance-lead")
    drafts = []
    for number, (team, owner, category, system, amount, effects, what) in enumerate(_ASKED, 1):
        values = {
            "request": f"REQ-{quarter.name}-{number}",
            "amount": str(amount),
            "category": category,
            "team": team,
            "owner": owner,
            "liaison": owner,
            "effects": effects,
            "milestones": "shown=0.6",
            "proofs": f"shown:system/{system}",
            "what": what,
            "by": owner,
        }
        drafts.append(Draft(kind="request", values=values))
    secret = f"{seed}-{quarter.name}"
    digest = {"quarter": quarter.name, "digest": commitment(secret), "by": "internal-auditor"}
    keep(ledger, policy, [*drafts, Draft(kind="seed-committed", values=digest)])
    clock.set(clock() + 2 * DAY)
    seat(ledger, policy, quarter=quarter.name, seed=secret, by="internal-auditor")
    publish_losses(ledger, policy, years=20_000, by="finance-lead", record=True)
    _, plan = allocate(ledger, policy, quarter=quarter.name, by="finance-lead")
    if plan is not None and plan.chosen:
        keep(ledger, policy, [*_votes(ledger, plan)])
    _pay(ledger, policy)


def _votes(ledger: Ledger, plan: Allocated) -> Iterator[Draft]:
    """How members vote: mostly for, one of them away, one of them not on what they audited, and once too few for it."""
    categories = {one.asked.request: one.asked.category for one in fundings(Books.of(ledger))}
    first, second, third = plan.voters
    for request in plan.chosen:
        category = categories[request]
        choices = dict.fromkeys(plan.voters, ("for", _SAID[category]))
        if plan.quarter == "2026-Q1":
            del choices[first]
        if (plan.quarter, category) == ("2026-Q2", "red-team"):
            why = "I audited what the last one was spent on."
            yield Draft(kind="recused", values={"member": second, "request": request, "what": why, "by": second})
            del choices[second]
        if (plan.quarter, category) == ("2026-Q3", "tooling"):
            choices[first] = ("abstain", "I cannot tell whether a slow search harms anybody.")
            choices[second] = ("against", "A quarter of the budget for what a reminder would do.")
            choices[third] = ("for", "It pays for itself if half of it comes true.")
        for voter, (choice, what) in choices.items():
            values = {"allocation": plan.allocation, "requests": request, "choice": choice, "what": what, "by": voter}
            yield Draft(kind="vote", values=values)
    if plan.quarter == "2026-Q1":
        yield Draft(kind="absent", values={"member": first, "what": "On leave.", "by": first})


def _pay(ledger: Ledger, policy: Policy) -> None:
    """Release what evidence allows, spend nine tenths of it, and claim what was promised."""
    drafts = []
    for one in list(fundings(Books.of(ledger))):
        asked = one.asked
        if not one.granted or one.returned or one.released == asked.amount:
            continue
        if one.tranches:
            said = {"request": asked.request, "milestone": "shown", "by": asked.owner}
            what = "What was found is mended, and a new version was measured."
            keep(ledger, policy, [Draft(kind="milestone", values={**said, "what": what})])
        steps = release(ledger, policy, asked.request, by="finance-lead")
        released = sum(step.amount for step in steps if step.released)
        if released:
            spent = {
                "amount": f"{released * 0.009:.2f}",
                "category": asked.category,
                "request": asked.request,
                "team": asked.team,
                "by": "finance-lead",
            }
            drafts.append(Draft(kind="spend", values=spent))
        for scenario, (low, high) in asked.effects.items() if not one.tranches else ():
            claim = {
                "claim": f"{asked.request}-{scenario}",
                "scenario": scenario,
                "removes": [low, high],
                "team": asked.team,
                "request": asked.request,
                "by": asked.owner,
            }
            drafts.append(Draft(kind="claim", values=claim))
    if drafts:
        keep(ledger, policy, drafts)


def _tell_what_came_of_it(ledger: Ledger, policy: Policy, quarter: str) -> None:
    """An auditor says what the claims of a quarter came to."""
    told = []
    for one in fundings(Books.of(ledger)):
        if one.plan and one.granted and one.plan.quarter == quarter:
            for scenario, (low, high) in one.asked.effects.items():
                came = _CAME_TO[one.asked.category][_QUARTERS.index(quarter)]
                values = {
                    "claim": f"{one.asked.request}-{scenario}",
                    "removed": round(came * (low + high) / 2, 6),
                    "what": "Incidents of the quarter against those of the one before, by hand.",
                    "by": "internal-auditor",
                }
                told.append(Draft(kind="realised", values=values))
    if told:
        keep(ledger, policy, told)
