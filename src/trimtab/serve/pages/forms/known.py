"""What of the policy somebody may know who fills in a form: everything, or what has to do with their systems."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.policy import Policy
from trimtab.policy.people import day_begins
from trimtab.serve.pages.access.person import Person as Looking

_APART = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Names of the policy, in its order."""

    systems: tuple[str, ...]
    people: tuple[str, ...]
    teams: tuple[str, ...]
    vendors: tuple[str, ...]
    scenarios: tuple[str, ...]

    def of(self, field: str) -> tuple[str, ...] | None:
        """What a field may name; None where it names nothing of the policy."""
        by_field: Mapping[str, tuple[str, ...]] = {
            "owner": (*self.people, *self.teams),
            "member": self.people,
            "liaison": self.people,
            "team": self.teams,
            "vendor": self.vendors,
            "scenario": self.scenarios,
            "effects": self.scenarios,
        }
        return by_field.get(field)


def known_to(person: Looking, policy: Policy, *, now: int) -> Known:
    """What somebody may know at a moment, in microseconds since the epoch, UTC; nobody is offered who has left.

    Whoever sees some systems knows who answers for these and whose risk they are, the teams of those and their own,
    the people of these teams, and the vendors and the scenarios of these systems.
    """
    listed = policy.people.items()
    here = tuple(name for name, one in listed if one.left is None or now < day_begins(one.left))
    if person.systems is None:
        return Known(
            systems=tuple(policy.systems),
            people=here,
            teams=tuple(policy.teams),
            vendors=tuple(policy.vendors),
            scenarios=tuple(policy.scenarios),
        )
    systems = {name: one for name, one in policy.systems.items() if person.within(name)}
    named = {person.name, *(name for one in systems.values() for name in (one.owner, one.risk_owner) if name)}
    leading = {team for team, one in policy.teams.items() if one.lead in named}
    teams = leading | {name for name in named if name in policy.teams}
    teams |= {team for name in named if name in policy.people and (team := policy.people[name].team)}
    people = named | {one.lead for name, one in policy.teams.items() if name in teams and one.lead}
    people |= {name for name, one in listed if one.team in teams}
    rested_on = {vendor for one in systems.values() for vendor in one.vendors}
    return Known(
        systems=tuple(systems),
        people=tuple(name for name in here if name in people),
        teams=tuple(name for name in policy.teams if name in teams),
        vendors=tuple(name for name, one in policy.vendors.items() if name in rested_on or one.system in systems),
        scenarios=tuple(name for name, one in policy.scenarios.items() if one.system in systems),
    )


def named_in(value: Any) -> Iterator[str]:
    """The names in what was written into a field: one, or those of its parts."""
    if isinstance(value, Mapping):
        yield from map(str, value)
    elif isinstance(value, str):
        yield from (part.partition("=")[0] for part in _APART.split(value.strip()) if part)
