"""Whether approvals are decided in time, and whether nothing goes out without one (P02, P04 and their counters)."""

from collections.abc import Callable, Iterator, Mapping

from trimtab.decision.error_budget import State
from trimtab.decision.gate_integrity import GateIntegrity, Release, gate_integrity
from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.kpis.cases import census
from trimtab.evidence.books import Kept
from trimtab.evidence.entries.consents import ConsentDecided, ConsentRequested, ConsentWithdrawn
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.kinds import Estimate, Missing
from trimtab.policy.model import Policy
from trimtab.policy.spans import microseconds
from trimtab.stats.durations import Duration, done_within, time_until

_HOUR = 3_600_000_000  # microseconds
_NO_LIMIT = Missing("no-limits", "no tier with requests says by `decide_within` how long a decision may take")


def turnaround(asked: Asked) -> Estimate | Missing:
    """P02: the share decided within what their tier allows, of requests that waited at some moment of the period."""
    waits = list(_waits(asked))
    cases = []
    for request, took, is_open in waits:
        limit = _limit(asked.policy, request.entry.system)
        if limit is not None:
            cases.append(Duration(took / limit, took / limit, is_open))
    if not cases:
        return _NO_LIMIT if waits else Missing("nothing-recorded")
    return done_within(cases, 1.0, level=asked.level)


def turnaround_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Median and nine tenths of the time to a decision, in hours."""
    cases = [Duration(took / _HOUR, took / _HOUR, is_open) for _, took, is_open in _waits(asked)]
    return {
        name: time_until(cases, part, level=asked.level) for name, part in (("median hours", 0.5), ("p90 hours", 0.9))
    }


def integrity(asked: Asked) -> Estimate | Missing:
    """P04: of deployments that owed a consent, those that had a valid one on the same digests when they went out."""
    owed = _owed(asked)
    if not owed:
        return Missing("nothing-recorded", "nothing that owes a consent was reported as deployed")
    return census(sum(one.valid for one in owed) / len(owed), len(owed), asked)


def emergency_share(asked: Asked) -> Estimate | Missing:
    """Of the same deployments, those that went out as emergencies."""
    owed = _owed(asked)
    if not owed:
        return Missing("nothing-recorded")
    return census(sum(one.emergency for one in owed) / len(owed), len(owed), asked)


def after_approval(asked: Asked) -> Estimate | Missing:
    """Of approvals of the period, those after which an incident of the system was opened before they expired."""
    given = [one.entry for one in asked.within(ConsentDecided) if one.entry.decision != "refuse"]
    if not given:
        return Missing("nothing-recorded")
    opened = [one.entry for one in asked.of("organisation").seen(IncidentOpened)]
    followed = sum(
        any(one.system in {entry.system, ""} and entry.at < one.at < entry.expires for one in opened) for entry in given
    )
    return census(followed / len(given), len(given), asked)


# -- parts ---------------------------------------------------------------------------------


def _waits(asked: Asked) -> Iterator[tuple[Kept[ConsentRequested], float, bool]]:
    """Requests that waited at some moment of the period: how long by its end, and whether they still do.

    One that was withdrawn waited so long at least, and nobody knows how long it would have taken.
    """
    end = asked.end
    for request in asked.seen(ConsentRequested):
        id_, begun = request.entry.consent, request.entry.at
        decided = _first(asked, ConsentDecided, id_)
        withdrawn = _first(asked, ConsentWithdrawn, id_)
        over = min(one for one in (decided, withdrawn, end) if one is not None)
        if over >= asked.period.start:
            yield request, float(max(over - begun, 0)), decided is None or over < decided


def _first(asked: Asked, kind: type[ConsentDecided] | type[ConsentWithdrawn], id_: str) -> int | None:
    """When it was first said, and on record: nobody could go by a decision that was not handed in yet."""
    said = (max(one.entry.at, one.time) for one in asked.books.about(kind, id_) if one.entry.at < asked.end)
    return min((at for at in said if at < asked.end), default=None)


def _limit(policy: Policy, system: str) -> int | None:
    spec = policy.systems.get(system)
    asks = policy.tiers[spec.tier].consent if spec is not None else None
    return microseconds(asks.decide_within) if asks is not None and asks.decide_within is not None else None


def _owed(asked: Asked) -> tuple[Release, ...]:
    found = asked.once("gate", lambda: _gate(asked))
    return tuple(one for one in found.owed if asked.system in ("", one.deployed.entry.system))


def _gate(asked: Asked) -> GateIntegrity:
    def spent(system: str) -> list[tuple[int, str]]:
        stopped = (one for one in asked.budgets if one.budget.get("state") == State.STOPPED.value)
        return [(one.time, one.metric) for one in stopped if one.system == system]

    def policy_of(digest: str) -> Policy | None:
        return asked.policy if digest == asked.policy.digest else asked.policies(digest)

    return gate_integrity(asked.books, policy_of, since=asked.period.start, until=asked.end, spent=spent)


ESTIMATORS: Mapping[str, Estimator] = {
    "P02": turnaround,
    "P04": integrity,
    "after-approval": after_approval,
    "emergency-share": emergency_share,
}
DETAILS: Mapping[str, Callable[[Asked], dict[str, Estimate | Missing]]] = {"P02": turnaround_details}
