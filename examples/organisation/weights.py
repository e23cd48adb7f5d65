"""Who wanted other weights in the year, and what became of it; and the rule by which the score touches bonuses.

A proposal runs in the shadow for its quarter and is voted on in the next, so that each act belongs to another quarter.
"""

from collections.abc import Callable, Iterator
from functools import partial

from trimtab.decision.period import Period
from trimtab.decision.recalibration import day_of
from trimtab.decision.weight_sets import floor_of, from_told, target_of, told
from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft
from trimtab.policy import Policy
from trimtab.workspace.keeping import keep
from trimtab.workspace.publishing import publish
from trimtab.workspace.recalibrating import propose, run_shadow

DAY = 86_400_000_000  # microseconds
Act = tuple[int, Callable[[], object]]
"""When, and what is done then."""
_PROPOSED = {
    # By the quarter in which it is proposed: id, who, what asks for it, its source, why. The numbers stand below.
    "2025-Q4": (
        "RC-help-more", "care-lead", "customer-promise", "patients-council-2025-11",
        "Patients were promised answers that help, so performance is to weigh more.",
    ),
    "2026-Q2": (
        "RC-act", "privacy-officer", "law", "eu-ai-act:Art.73",
        "The Act asks for reports of serious incidents in time and for evidence that is not old.",
    ),
    "2026-Q3": (
        "RC-appetite", "finance-lead", "appetite", "appetite-2026-07",
        "The board accepts less loss from products inside the house, so how they are governed is to weigh more.",
    ),
}  # fmt: skip
_MOVED = {
    "2026-Q2": {"weight:high/safety/R04": 1.2, "weight:high/governance/P16": 1.3, "half-life:high/secret_leak": 270.0},
    "2025-Q4": {"pillar:high/performance": 0.34, "pillar:high/governance": 0.16},
    "2026-Q3": {"pillar:internal/governance": 0.12, "pillar:internal/performance": 0.38},
}
_VOTES = {  # in the order in which they are cast: what is decided takes no more votes
    "RC-help-more": {
        "care-lead": ("for", "Patients ask us for it every week."),
        "clinical-safety-lead": ("against", "What helps and harms is no help."),
        "privacy-officer": ("against", "Nothing in that promise asks for less of how we are governed."),
        "internal-auditor": ("against", "It would move what we were bad at to where it counts less."),
    },
    "RC-act": {
        "care-lead": ("against", "It makes us measure what we measured three months ago."),
        "clinical-safety-lead": ("for", "We were late twice this year."),
        "internal-auditor": ("for", "Old evidence counted too long."),
        "finance-lead": ("for", "A fine costs more than the work."),
    },
}


def recalibrated(ledger: Ledger, policy: Policy, quarter: Period) -> Iterator[Act]:
    """What happens about weights in a quarter: the vote on what ran in the shadow, then a proposal, then the rule."""
    before = quarter.before().name
    if before in _PROPOSED:
        id_ = _PROPOSED[before][0]
        yield quarter.start + 26 * DAY, lambda: run_shadow(ledger, policy, id_, by="internal-auditor")
        yield quarter.start + 27 * DAY, partial(_vote, ledger, policy, id_)
    if quarter.name in _PROPOSED:
        yield quarter.start + 30 * DAY, partial(_propose, ledger, policy, quarter)
    if quarter.name == "2025-Q4":
        yield (
            quarter.start + 40 * DAY,
            lambda: publish(ledger, policy, "incentive-rule", by="finance-lead", asked={"quarter": ""}),
        )


def _propose(ledger: Ledger, policy: Policy, quarter: Period) -> None:
    id_, by, reason, outside, what = _PROPOSED[quarter.name]
    values = {"recalibration": id_, "by": by, "reason": reason, "outside": outside, "what": what}
    propose(ledger, policy, _as_it_would_be(policy, quarter), values)


def _as_it_would_be(policy: Policy, quarter: Period) -> Policy:
    """A policy with the proposed set: that which is in force, with other numbers, and all that it asks written out."""
    assert policy.score is not None
    base = policy.score.sets[-1]
    asked = {
        f"{key}:{tier}/{name}": value
        for tier, spec in base.tiers.items()
        for name, metric in spec.metrics.items()
        for key, value in (
            ("floor", floor_of(policy, tier, name, metric.floor)),
            ("target", target_of(policy, tier, name, metric.target)),
        )
        if value is not None
    }
    begins = day_of(Period.quarter_at(quarter.end).end)
    made = from_told({**told(base), **asked, **_MOVED[quarter.name]}, begins=begins)
    return policy.model_copy(update={"score": policy.score.model_copy(update={"sets": (made,)})})


def _vote(ledger: Ledger, policy: Policy, id_: str) -> None:
    drafts = [
        Draft(kind="recalibration-vote", values={"recalibration": id_, "choice": choice, "what": what, "by": by})
        for by, (choice, what) in _VOTES.get(id_, {}).items()
    ]
    if drafts:
        keep(ledger, policy, drafts)
