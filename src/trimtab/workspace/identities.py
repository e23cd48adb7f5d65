"""What candidates are now: each is started for it, since only then are its weights known, and asked nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trimtab._canonical import digest
from trimtab.enforce import Guard, GuardScreen
from trimtab.errors import SystemUnavailableError
from trimtab.kinds import System, plugins
from trimtab.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """By candidate what it is, and why that is not known of those that could not be started."""

    known: Mapping[str, Mapping[str, Any]]
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def artefacts(self) -> dict[str, str]:
        """Digests, as a run records them."""
        return {name: digest(identity) for name, identity in self.known.items()}


def identities(policy: Policy, system: str, candidates: Sequence[str]) -> Identities:
    """What candidates of a system are now, as a run would record it."""
    return asyncio.run(_identities(policy, system, candidates))


async def _identities(policy: Policy, system: str, candidates: Sequence[str]) -> Identities:
    spec = policy.systems[system]
    known: dict[str, Mapping[str, Any]] = {}
    unknown: dict[str, str] = {}
    alike: dict[str, list[str]] = {}
    for name in candidates:
        alike.setdefault(spec.model_of(name), []).append(name)
    for names in alike.values():
        whole = spec.whole(names[0])
        try:
            started: System = plugins.make("systems", whole.plugin, **whole.with_)
            async with started:
                identity = dict(started.identity())
        except SystemUnavailableError as error:
            unknown |= dict.fromkeys(names, error.detail)
            continue
        for name in names:
            known[name] = identity
            if spec.whole(name).guard:
                screen = GuardScreen(Guard.from_policy(policy, system=system, candidate=name))
                known[name] = {**identity, "guard": screen.identity()}
    return Identities(known=known, unknown=unknown)
