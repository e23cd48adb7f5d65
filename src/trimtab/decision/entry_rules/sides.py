"""Who stands on whose side: nobody is independent of what their own team is judged by."""

from trimtab.policy.model import Policy


def sides_of(name: str, policy: Policy) -> frozenset[str]:
    """A name, and the teams that it stands for: that it is of, leads, or is."""
    person = policy.people.get(name)
    led = {team for team, spec in policy.teams.items() if spec.lead == name}
    own = {person.team} if person is not None and person.team else set()
    return frozenset({name, *led, *own} - {""})


def owns(name: str, system: str, policy: Policy) -> bool:
    """Whether somebody is of those who own a system, or any system at all if none is named."""
    specs = [policy.systems[system]] if system in policy.systems else [] if system else policy.systems.values()
    mine = sides_of(name, policy)
    return any(mine & sides_of(spec.owner, policy) for spec in specs)
