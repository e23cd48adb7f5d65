"""Who accepted the risk of which release in the year, under a signature, and what went out with and without one.

The keys are made from names, so that the year is the same for everybody. Nobody should make one like this.
"""

import hashlib
import random
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trimtab.decision.period import Period
from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft
from trimtab.evidence.ssh_keys import SigningKey
from trimtab.policy import Policy
from trimtab.workspace import consenting
from trimtab.workspace.consent_facts import winner
from trimtab.workspace.keeping import keep

DAY = 86_400_000_000  # microseconds
_RISK = "It may tell a secret to somebody who asks long enough, and refuse a few who mean no harm."
_FIRST, _SECOND = "clinical-safety-lead", "privacy-officer"
NEXT = "2026-Q4"
AGAIN = Period.quarter(NEXT).start - 15 * 3_600_000_000
"""When consent to triage, which an incident took away, is asked for again: nobody has decided when the year ends."""
Act = tuple[int, Callable[[], object]]
"""When, and what is done then."""


def key_of(name: str) -> SigningKey:
    """The key of somebody of the organisation; the public one stands in its policy."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"example {name}".encode()).digest()))


def releases(ledger: Ledger, policy: Policy, quarter: Period, seed: int) -> list[Act]:
    """What is asked, signed and let out in a quarter, in order; the runs of the quarter have been made."""
    acts: list[Act] = []
    for system, spec in policy.systems.items():
        candidate, _ = winner(ledger, system)
        if policy.tiers[spec.tier].consent is None or not candidate:
            continue
        dice = random.Random(f"{seed}/{quarter.name}/{system}")
        begun = quarter.start + dice.randint(9, 14) * DAY
        urgent = (quarter.name, system) == ("2026-Q3", "scribe")
        early = (quarter.name, system) == ("2026-Q2", "scribe")
        acts += _release(ledger, policy, system, candidate, begun, dice=dice, early=early)
        if urgent:
            acts += _emergency(ledger, policy, system, candidate, begun - DAY)
    if quarter.holds(AGAIN):
        told = {"by": "care", "what": "What INC-011 came of is mended.", "id_": f"triage-v4-{NEXT}"}
        acts.append((AGAIN, lambda: consenting.request(ledger, policy, "triage", "v4", **told)))
    return sorted(acts, key=lambda one: one[0])


def _release(
    ledger: Ledger, policy: Policy, system: str, candidate: str, begun: int, *, dice: random.Random, early: bool
) -> Iterator[Act]:
    """Asked for by the team, decided within a week, signed a second time the day after, and let out the next."""
    id_ = f"{system}-{candidate}-{Period.quarter_at(begun).name}"
    team = policy.systems[system].owner
    wait = dice.randint(1, 7)
    strict = dice.random() < 0.5

    def decide() -> None:
        moment = ledger.now()
        conditions = {"red-team": (moment + 20 * DAY, "Have it attacked by another team.")} if strict else ""
        unsigned = consenting.decision(
            ledger, policy, id_, by=_FIRST, decision="conditions" if strict else "accept", risk=_RISK,
            loss="5000..80000", expires=moment + 100 * DAY, conditions=conditions,
        )  # fmt: skip
        consenting.signed(ledger, policy, unsigned, key_of(_FIRST))

    def met() -> None:
        told = {
            "consent": id_,
            "condition": "red-team",
            "by": _SECOND,
            "system": system,
            "what": "Nothing got through.",
        }
        keep(ledger, policy, [Draft(kind="consent-met", values=told)])

    decided = begun + wait * DAY
    yield begun, lambda: consenting.request(ledger, policy, system, candidate, by=team, what="It is better.", id_=id_)
    yield decided, decide
    yield (
        decided + DAY,
        lambda: consenting.signed(ledger, policy, consenting.second(ledger, id_, by=_SECOND), key_of(_SECOND)),
    )
    yield (begun if early else decided + 2 * DAY) + 1, lambda: _deploy(ledger, policy, system, candidate, "")
    if strict:
        yield decided + 10 * DAY, met


def _emergency(ledger: Ledger, policy: Policy, system: str, candidate: str, begun: int) -> Iterator[Act]:
    """The version before answers nobody, so two people let this one go."""

    def declare() -> None:
        why = "The version in production answers nobody."
        unsigned = consenting.emergency(ledger, policy, system, candidate, by="claims-lead", what=why)
        id_ = consenting.signed(ledger, policy, unsigned, key_of("claims-lead")).ids[0]
        again = consenting.second(ledger, id_, by="platform-lead")
        consenting.signed(ledger, policy, again, key_of("platform-lead"))

    yield begun, declare
    yield begun + 1, lambda: _deploy(ledger, policy, system, candidate, "urgent")


def _deploy(ledger: Ledger, policy: Policy, system: str, candidate: str, how: str) -> None:
    values = {
        "deployment": "-".join(filter(None, (system, candidate, Period.quarter_at(ledger.now()).name, how))),
        "system": system,
        "candidate": candidate,
        "artefact": winner(ledger, system)[1],
        "by": "hook:delivery",
    }
    keep(ledger, policy, [Draft(kind="deployed", values=values)])
