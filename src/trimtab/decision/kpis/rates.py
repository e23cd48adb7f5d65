"""Severe incidents for so much use, and what is found only after release (R06, R07).

R06 is judged by a system's own count alone: drawn towards the others, a bad system would look better than it is. What
luck explains of the differences between systems is told beside it.
"""

from collections.abc import Callable, Iterator, Mapping

from trimtab.decision.incidents import Incident
from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.kpis.cases import SEVERE, findings_of, incidents_of, share, systems_of
from trimtab.errors import InsufficientEvidenceError
from trimtab.evidence.entries import ENTRIES
from trimtab.evidence.entries.counts import Exposure
from trimtab.kinds import Estimate, Missing
from trimtab.policy.spans import DAY
from trimtab.stats.counts import poisson_rate
from trimtab.stats.poisson import shrunk

MILLION = 1_000_000.0
FOLLOW_UP = 90 * DAY


def severe_rate(asked: Asked) -> Estimate | Missing:
    """R06: incidents of severity S1 and S2 that were detected in the period, per million uses."""
    uses = _uses(asked)
    if uses <= 0.0:
        return Missing("no-exposure", "nobody entered how much was used")
    events = _severe(asked)
    interval = poisson_rate(events, uses / MILLION, level=asked.level)
    count = max(round(uses), 1)
    return Estimate(value=events / (uses / MILLION), interval=interval, count=count, cases=count)


def severe_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Each system's rate, drawn towards that of all as far as its own count is luck."""
    if asked.system or asked.team or asked.severity:
        return {}
    ones = [asked.of("system", name) for name in asked.policy.systems]
    known = [(one.system, _severe(one), _uses(one)) for one in ones]
    used = [(name, events, uses) for name, events, uses in known if uses > 0.0]
    try:
        found = shrunk([one[1] for one in used], [one[2] / MILLION for one in used], level=asked.level)
    except InsufficientEvidenceError as error:
        return {"shrunk": Missing("too-little", str(error))}
    return {
        f"shrunk, {name}": Estimate(value=rate, interval=interval, count=round(uses), cases=round(uses))
        for (name, _, uses), rate, interval in zip(used, found.rates, found.intervals, strict=True)
    }


def escapes(asked: Asked) -> Estimate | Missing:
    """R07: what came after release, of all that was found of versions whose follow-up ended in the period.

    A version was released when the delivery feed says so; without that, when it was first heard of.
    """
    released = asked.once("releases", lambda: _releases(asked.of("organisation")))
    before = after = 0
    for release, at, is_before in _found(asked):
        begun = released.get(release)
        if begun is None or not asked.period.start <= begun + FOLLOW_UP < asked.end:
            continue
        before += is_before
        after += not is_before and at < begun + FOLLOW_UP
    return share(after, before + after, asked, detail="no version whose ninety days ended in the period")


def customers_first(asked: Asked) -> Estimate | Missing:
    """Of the findings of the period, those that customers came with."""
    opened = [one.opened for one in findings_of(asked) if one.opened.at >= asked.period.start]
    return share(sum(one.origin == "customer" for one in opened), len(opened), asked)


# -- parts ---------------------------------------------------------------------------------


def _severe(asked: Asked) -> int:
    cases = (one for one in incidents_of(asked) if one.opened.severity in SEVERE)
    return sum(asked.period.start <= _moment(one) < asked.end for one in cases)


def _moment(one: Incident) -> int:
    return one.detected or one.opened.at


def _uses(asked: Asked) -> float:
    """Uses in the period; of a stretch that lies across its ends, as much as lies within if uses are spread evenly."""
    grouped = asked.once("exposure", lambda: _exposures(asked.of("organisation")))
    if asked.system:
        return grouped.get(asked.system, 0.0)
    if asked.team:
        return sum(grouped.get(name, 0.0) for name in systems_of(asked.team, asked.policy))
    return sum(grouped.values())


def _exposures(asked: Asked) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for kept in asked.books.all(Exposure):
        one = kept.entry
        inside = min(one.at, asked.period.end) - max(one.since, asked.period.start)
        if inside > 0 and one.at <= asked.asof:
            found[one.system] = found.get(one.system, 0.0) + one.uses * inside / (one.at - one.since)
    return dict(sorted(found.items()))


def _found(asked: Asked) -> Iterator[tuple[tuple[str, str], int, bool]]:
    for finding in findings_of(asked):
        if finding.opened.release:
            opened = finding.opened
            yield (opened.system, opened.release), opened.at, opened.phase == "before"
    for incident in incidents_of(asked):
        if incident.opened.release:
            yield (incident.opened.system, incident.opened.release), _moment(incident), False


def _releases(asked: Asked) -> Mapping[tuple[str, str], int]:
    """When each version of a system was released."""
    found: dict[tuple[str, str], int] = {}
    feed = ENTRIES.get("deployed")
    for kept in asked.seen(feed) if feed else ():
        key = (kept.entry.system, kept.entry.candidate)
        found[key] = min(found.get(key, kept.entry.at), kept.entry.at)
    heard: dict[tuple[str, str], int] = {}
    for key, at, _ in _found(asked):
        heard[key] = min(heard.get(key, at), at)
    return {**heard, **found}


ESTIMATORS: Mapping[str, Estimator] = {"R06": severe_rate, "R07": escapes, "customers-first": customers_first}
DETAILS: Mapping[str, Callable[[Asked], dict[str, Estimate | Missing]]] = {"R06": severe_details}
