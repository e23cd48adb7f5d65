"""Who must agree to another policy, and where a proposal stands. Pure rules over two policies and the books.

Whoever bears a risk agrees before something else is promised of it: for each system of which the policy would promise
something else, its risk owner. Where something is loosened that is of no single system, everybody who owns risks.
Nobody agrees to what they propose themselves: in their place stand the others who own risks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from trimtab.evidence.books import Books
from trimtab.evidence.entries.proposals import PolicyAgreed, PolicyProposed
from trimtab.policy.diff import diff
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins
from trimtab.policy.promise import promise_digest

RISK_OWNER = "risk-owner"
State = Literal["open", "agreed", "objected", "in force", "overtaken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One proposal: what it says, its row, who agreed, who objects, and who has not spoken."""

    proposal: PolicyProposed
    seq: int
    state: State
    agreed: tuple[str, ...]
    objected: tuple[str, ...]
    waiting: tuple[str, ...]
    why: str


def moved(old: Policy, new: Policy) -> tuple[str, ...]:
    """Systems of which the new policy promises something else, or nothing."""
    return tuple(name for name in old.systems if _moved(old, new, name))


def must_agree(old: Policy, new: Policy, *, by: str, at: int) -> tuple[str, ...]:
    """Who must agree before a policy takes the place of another.

    Args:
        old: In force.
        new: Proposed.
        by: Who proposes it.
        at: Microseconds since the epoch, UTC; who has left by then is not asked.
    """
    owners = [name for name, one in old.people.items() if RISK_OWNER in one.roles and name != by]
    owners = [name for name in owners if not _gone(old, name, at)]
    systems = moved(old, new)
    found: set[str] = set()
    for name in systems:
        owner = old.systems[name].risk_owner or ""
        here = owner in old.people and owner != by and not _gone(old, owner, at)
        found |= {owner} if here else set(owners)
    places = tuple(f"systems.{name}" for name in systems)
    changes = diff(old, new)
    loosened = [one for one in changes.changes if one.effect in ("loosens", "removes")]
    if any(not one.where.startswith(places) for one in loosened) if places else loosened:
        found |= set(owners)
    return tuple(sorted(found))


def standing(books: Books, id_: str, in_force: str) -> Standing:
    """Where a proposal stands, with the digest of the policy that is in force.

    Raises:
        KeyError: There is none of this id.
    """
    kept = books.about(PolicyProposed, id_)
    if not kept:
        raise KeyError(id_)
    proposal, seq = kept[0].entry, kept[0].seq
    said = {one.entry.by: one.entry.choice for one in books.about(PolicyAgreed, id_)}
    agreed = tuple(name for name, choice in said.items() if choice == "agree")
    objected = tuple(name for name, choice in said.items() if choice == "object")
    waiting = tuple(name for name in proposal.must_agree if name not in said)
    state, why = _state(proposal, objected, waiting, in_force)
    return Standing(proposal=proposal, seq=seq, state=state, agreed=agreed, objected=objected, waiting=waiting, why=why)


def standings(books: Books, in_force: str) -> Iterator[Standing]:
    """Every proposal, the newest first."""
    for one in reversed(books.all(PolicyProposed)):
        yield standing(books, one.entry.proposal, in_force)


def _state(
    proposal: PolicyProposed, objected: tuple[str, ...], waiting: tuple[str, ...], in_force: str
) -> tuple[State, str]:
    if in_force == proposal.after:
        return "in force", "It is the policy that is in force."
    if objected:
        return "objected", f"{' and '.join(objected)} objects: change it, and propose that."
    if in_force != proposal.before:
        return "overtaken", "Another policy is in force than the one that it was compared with: propose it again."
    if waiting:
        return "open", f"It waits for {', '.join(waiting)}."
    return "agreed", "Everybody who must agree does. Put the file in place: the server does not write it."


def _moved(old: Policy, new: Policy, system: str) -> bool:
    if system not in new.systems:
        return True
    before, after = old.systems[system], new.systems[system]
    if before.risk_owner != after.risk_owner:
        return True
    return any(
        name not in after.all_candidates or promise_digest(old, system, name) != promise_digest(new, system, name)
        for name in before.all_candidates
    )


def _gone(policy: Policy, name: str, at: int) -> bool:
    left = policy.people[name].left
    return left is not None and at >= day_begins(left)
