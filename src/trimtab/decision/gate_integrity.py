"""Whether what went out had a consent when it went out: what P04 and its counter-metric are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trimtab.decision.consent_lapses import Now
from trimtab.decision.consent_standing import ConsentState, Standing
from trimtab.decision.consents import consent_of
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.releases import Deployed
from trimtab.policy.model import Policy
from trimtab.policy.promise import promise_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One deployment, and the standing of its candidate then. `owed` says whether its tier asks for consent."""

    deployed: Kept[Deployed]
    owed: bool
    standing: Standing

    @property
    def valid(self) -> bool:
        """Whether people who may accept the risk had accepted it, of the very same digests."""
        return self.standing.state in {ConsentState.GIVEN, ConsentState.CONDITIONAL}

    @property
    def emergency(self) -> bool:
        """Whether it went out on the word of two people, for an emergency."""
        return self.standing.state is ConsentState.EMERGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class GateIntegrity:
    """Deployments of a period, those that owed a consent apart from those of tiers that ask for none.

    An emergency owes one and has none: it is counted as such, and never as valid.
    """

    releases: tuple[Release, ...]

    @property
    def owed(self) -> tuple[Release, ...]:
        """Those whose tier asks for consent."""
        return tuple(one for one in self.releases if one.owed)

    @property
    def valid(self) -> int:
        """P04, numerator: of those that owed a consent, how many had it."""
        return sum(one.valid for one in self.owed)

    @property
    def emergencies(self) -> int:
        """The counter-metric, numerator: of those that owed a consent, how many went out as emergencies."""
        return sum(one.emergency for one in self.owed)


def gate_integrity(
    books: Books,
    policy_of: Callable[[str], Policy | None],
    *,
    since: int,
    until: int,
    spent: Callable[[str], Sequence[tuple[int, str]]] = lambda _: (),
    systems: Sequence[str] = (),
) -> GateIntegrity:
    """Every deployment with `since` <= `at` < `until`, each under the policy that was in force when it was recorded.

    Only a consent that was recorded before the deployment counts, so that none can be made up afterwards.

    Args:
        books: With the deployments.
        policy_of: The policy of a digest; where it is not known, nothing is valid and everything owed.
        since: Microseconds since the epoch, UTC.
        until: Likewise; not included.
        spent: When error budgets of a system came to be spent, by metric.
        systems: Of these only; all if left out.
    """
    found = []
    for one in books.all(Deployed):
        entry = one.entry
        if not since <= entry.at < until or (systems and entry.system not in systems):
            continue
        policy = policy_of(one.policy)
        if policy is None or entry.candidate not in (
            policy.systems[entry.system].all_candidates if entry.system in policy.systems else ()
        ):
            standing = Standing(state=ConsentState.NONE, why="nobody knows the policy that it went out under.")
            found.append(Release(deployed=one, owed=True, standing=standing))
            continue
        now = Now(
            at=entry.at,
            artefact=entry.artefact,
            promise=promise_digest(policy, entry.system, entry.candidate),
            card=entry.card,
            spent=spent(entry.system),
            before=policy_of,
        )
        owed = policy.tiers[policy.systems[entry.system].tier].consent is not None
        standing = consent_of(books, policy, entry.system, entry.candidate, now)
        found.append(Release(deployed=one, owed=owed, standing=standing))
    return GateIntegrity(releases=tuple(found))
