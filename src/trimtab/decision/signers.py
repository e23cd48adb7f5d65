"""Who may sign what, and whether a signature is theirs: by the people, roles and keys of a policy."""

from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.decision.entry_rules.sides import sides_of
from trimtab.errors import SignatureError
from trimtab.evidence.ssh_signatures import verify
from trimtab.kinds.public_key import PublicKey
from trimtab.policy.consent_spec import ConsentSpec
from trimtab.policy.model import Policy
from trimtab.policy.people import day_begins

FALLBACK_ROLES = ("risk-owner",)
"""Who may consent where a tier does not say: to a release while an error budget is low, say."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why somebody's word does not count here, and what to do."""

    what: str
    next_step: str = ""


def roles_of(spec: ConsentSpec | None) -> tuple[str, ...]:
    """Roles that may consent."""
    return spec.roles if spec is not None else FALLBACK_ROLES


def may_accept(name: str, policy: Policy, system: str) -> bool:
    """Whether somebody has one of the roles that the tier of a system asks for."""
    person = policy.people.get(name)
    spec = policy.systems.get(system)
    tier = policy.tiers.get(spec.tier) if spec is not None else None
    return person is not None and tier is not None and bool(set(person.roles) & set(roles_of(tier.consent)))


def gone(name: str, policy: Policy, at: int) -> bool:
    """Whether somebody had left by a moment."""
    person = policy.people.get(name)
    return person is not None and person.left is not None and at >= day_begins(person.left)


def same_side(name: str, requester: str, policy: Policy) -> bool:
    """Whether somebody stands on the side of whoever asks: the same person, or of a team that either is of or leads.

    Under whichever name it was asked: a team that asks in the name of one of its people is the team that asks.
    """
    return bool(sides_of(name, policy) & sides_of(requester, policy))


def keys_of(name: str, policy: Policy, recorded: int) -> tuple[PublicKey, ...]:
    """The keys that somebody could sign with at the moment at which a signature was recorded.

    A revoked key is good for what was recorded before its day, whatever the signature itself says of its age. The day
    may lie before the consent, which then falls.
    """
    person = policy.people.get(name)
    if person is None:
        return ()
    never = {_parsed(one.key) for one in person.revoked if recorded >= day_begins(one.since)}
    known = [_parsed(key) for key in (person.key, *(one.key for one in person.revoked))]
    return tuple(key for key in known if key is not None and key not in never)


def flaw_of_signature(signature: str, statement: bytes, name: str, policy: Policy, *, recorded: int) -> Flaw | None:
    """What is wrong with a signature that somebody is said to have made; None when it is theirs.

    Raises:
        MissingPackageError: `cryptography` is not installed, so nobody can tell.
    """
    person = policy.people.get(name)
    if person is None:
        return Flaw(
            f"{name} is not listed under people of the policy, so nobody can tell whether it is their signature"
        )
    keys = keys_of(name, policy, recorded)
    if not keys:
        why = "their key is revoked" if person.key or person.revoked else "no key of theirs is in the policy"
        return Flaw(f"{name} cannot sign: {why}", f"Give people.{name} a `key`.")
    try:
        verify(signature, statement, keys)
    except SignatureError as error:
        revoked = [one.key for one in person.revoked if day_begins(one.since) <= recorded]
        if _by(signature, statement, revoked):
            return Flaw(f"the key of {name} that signed is revoked", "Sign with the one that is in the policy.")
        return Flaw(f"the signature is not one of {name}: {error.detail}", error.next_step)
    return None


def _parsed(key: str) -> PublicKey | None:
    """None for what is no key: an old policy may come from the ledger, where nobody has checked it again."""
    try:
        return PublicKey.parse(key)
    except ValueError:
        return None


def _by(signature: str, statement: bytes, keys: list[str]) -> bool:
    try:
        verify(signature, statement, [key for key in map(_parsed, keys) if key is not None])
    except SignatureError:
        return False
    return True


def flaws_of_acceptance(name: str, policy: Policy, system: str, *, requester: str, at: int) -> Iterator[Flaw]:
    """Why somebody may not accept the risk of a system that somebody else asks to release."""
    if name not in policy.people:
        yield Flaw(
            f"{name!r} is not listed under people of the policy", "A person accepts risk; a team or a feed cannot."
        )
        return
    if gone(name, policy, at):
        yield Flaw(f"{name} left on {policy.people[name].left}", "Ask whoever has taken over.")
    if not may_accept(name, policy, system):
        spec = policy.tiers[policy.systems[system].tier].consent
        wanted = " or ".join(roles_of(spec))
        yield Flaw(f"{name} has not the role {wanted}, which this system asks for", "Ask somebody who has it.")
    if same_side(name, requester, policy):
        yield Flaw(
            f"{name} asks for it, or belongs to the team that does", "Whoever asks never decides: let another sign."
        )
