"""How soon harm is detected, contained and put right, open cases included (R01, R02, R04, P10).

A case counts in every period at some moment of which it was still open, at its whole age: what is left open is not
forgotten with the quarter in which it began. Each case is measured in limits of its own severity, so that cases of
several severities make one curve: within the limit is within 1.
"""

from collections.abc import Callable, Mapping, Sequence

from trimtab.decision.incidents import Finding, Incident
from trimtab.decision.kpis.asked import Asked, Estimator
from trimtab.decision.kpis.cases import WEIGHTS, census, findings_of, incidents_of, limit_of, share
from trimtab.kinds import Estimate, Missing
from trimtab.policy.spans import DAY
from trimtab.stats.counts import poisson_rate
from trimtab.stats.durations import Duration, done_within, time_until

HOUR = 3_600_000_000
_LONG = 1e9  # limits, or hours: a beginning that nobody knows anything of
_MOST_UNKNOWN = 400  # cases with an unknown beginning, beyond which the curve is not drawn again for each moment
_NO_LIMITS = Missing("no-limits", "neither a tier nor the KPI has `limits` for the severities that there were")

Clock = Callable[[Incident, int], tuple[float, float, bool] | None]
"""(incident, end) -> least and most microseconds that it took, and whether it is open; None if it has not begun."""


def detection(asked: Asked) -> Estimate | Missing:
    """R01: the share detected within the limit of their severity."""
    return _within(asked, "R01", "detect", _to_detection)


def containment(asked: Asked) -> Estimate | Missing:
    """R02: the share contained within the limit of their severity."""
    return _within(asked, "R02", "contain", _to_containment)


def remediation(asked: Asked) -> Estimate | Missing:
    """R04: the share of incidents due in the period whose fix was verified in time."""
    return _in_time(asked, "R04", incidents_of(asked))


def closure(asked: Asked) -> Estimate | Missing:
    """P10: the share of findings due in the period whose fix was verified in time."""
    return _in_time(asked, "P10", findings_of(asked))


def reopened(asked: Asked) -> Estimate | Missing:
    """Of incidents that were fixed or opened again in the period, those whose fix did not hold."""
    return _reopened(asked, incidents_of(asked))


def reopened_findings(asked: Asked) -> Estimate | Missing:
    """Of findings that were fixed or opened again in the period, those whose fix did not hold."""
    return _reopened(asked, findings_of(asked))


def detection_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Median and nine tenths of the time to detection, in hours."""
    return _quantiles(asked, _to_detection)


def containment_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Median and nine tenths of the time to containment, in hours."""
    return _quantiles(asked, _to_containment)


def remediation_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Pace and debt of incidents."""
    return _pace(asked, incidents_of(asked))


def closure_details(asked: Asked) -> dict[str, Estimate | Missing]:
    """Pace and debt of findings, and how many have more time than the policy's limit gives."""
    limits = _Limits(asked, "P10", "fix")
    opened = [one.opened for one in findings_of(asked) if one.opened.at >= asked.period.start]
    held = [(one, limit) for one in opened if (limit := limits[one.system, one.severity]) is not None]
    longer = sum(one.due > one.at + limit for one, limit in held)
    return {**_pace(asked, findings_of(asked)), "due later than the limit": share(longer, len(held), asked)}


# -- parts ---------------------------------------------------------------------------------


def _to_detection(one: Incident, end: int) -> tuple[float, float, bool] | None:
    until = one.detected or end
    if one.started:
        took = float(max(until - one.started, 0))
        return took, took, not one.detected
    most = float(max(until - one.opened.clean, 0)) if one.opened.clean else _LONG * DAY
    return 0.0, most, not one.detected


def _to_containment(one: Incident, end: int) -> tuple[float, float, bool] | None:
    if not one.detected:
        return None
    took = float(max((one.contained or end) - one.detected, 0))
    return took, took, not one.contained


def _active(asked: Asked, clock: Clock) -> list[tuple[Incident, tuple[float, float, bool]]]:
    """Incidents that were in this stretch at some moment of the period."""
    found, end, start = [], asked.end, asked.period.start  # which are worked out, so not for each of many cases
    for one in incidents_of(asked):
        span = clock(one, end)
        ended = one.detected if clock is _to_detection else one.contained
        if span is not None and (not ended or ended >= start):
            found.append((one, span))
    return found


def _within(asked: Asked, kpi: str, step: str, clock: Clock) -> Estimate | Missing:
    active, cases = _active(asked, clock), []
    limits = _Limits(asked, kpi, step)
    for one, (least, most, is_open) in active:
        limit = limits[one.opened.system, one.opened.severity]
        if limit is not None:
            cases.append(Duration(least / limit, most / limit, is_open))
    if not cases:
        return _NO_LIMITS if active else Missing("nothing-recorded")
    return done_within(cases, 1.0, level=asked.level)


class _Limits(dict[tuple[str, str], int | None]):
    """How long a step may take by system and severity, looked up once for each."""

    def __init__(self, asked: Asked, kpi: str, step: str) -> None:
        super().__init__()
        self._asked = (asked.policy, kpi, step)

    def __missing__(self, key: tuple[str, str]) -> int | None:
        policy, kpi, step = self._asked
        self[key] = limit_of(policy, kpi, step, system=key[0], severity=key[1])
        return self[key]


def _deadlines(asked: Asked, kpi: str) -> Mapping[int, int | None]:
    """By row, when a case had, or has, to be put right; None where nobody said."""
    limits = _Limits(asked, kpi, "fix")
    found: dict[int, int | None] = {}
    for case in incidents_of(asked) if kpi == "R04" else findings_of(asked):
        if isinstance(case, Finding) and case.opened.due:
            found[case.seq] = case.opened.due
            continue
        begun = (case.detected if isinstance(case, Incident) else 0) or case.opened.at
        limit = limits[case.opened.system, case.opened.severity]
        found[case.seq] = None if limit is None else begun + limit
    return found


def _in_time(asked: Asked, kpi: str, cases: Sequence[Incident | Finding]) -> Estimate | Missing:
    known = asked.once(f"due {kpi}", lambda: _deadlines(asked.of("organisation"), kpi))
    deadlines = [(case, known[case.seq]) for case in cases]
    fell = [(case, at) for case, at in deadlines if at is not None and asked.period.start <= at < asked.end]
    done = sum(bool(case.verified) and case.verified <= at for case, at in fell)
    none = bool(cases) and all(at is None for _, at in deadlines)
    return _NO_LIMITS if none else share(done, len(fell), asked, nothing="none-due" if cases else "nothing-recorded")


def _reopened(asked: Asked, cases: Sequence[Incident | Finding]) -> Estimate | Missing:
    moved = [case for case in cases if asked.period.start <= max(case.since, case.fixed) < asked.end]
    return share(sum(case.reopened > 0 for case in moved), len(moved), asked)


def _quantiles(asked: Asked, clock: Clock) -> dict[str, Estimate | Missing]:
    spans = [span for _, span in _active(asked, clock)]
    cases = [Duration(least / HOUR, most / HOUR, is_open) for least, most, is_open in spans]
    if sum(least != most for least, most, _ in spans) > _MOST_UNKNOWN:
        none = Missing("too-many-unknown", f"more than {_MOST_UNKNOWN} incidents began nobody knows when")
        return {"median hours": none, "p90 hours": none}
    return {
        name: time_until(cases, part, level=asked.level) for name, part in (("median hours", 0.5), ("p90 hours", 0.9))
    }


def _pace(asked: Asked, cases: Sequence[Incident | Finding]) -> dict[str, Estimate | Missing]:
    if not cases:
        return {"fixes per open day": Missing("nothing-recorded"), "debt": Missing("nothing-recorded")}
    start, end = asked.period.start, asked.end
    open_days, fixes, debt = 0.0, 0, 0.0
    for case in cases:
        begun = (case.detected if isinstance(case, Incident) else 0) or case.opened.at
        ended = case.verified or end
        open_days += max(min(ended, end) - max(begun, start), 0) / DAY
        fixes += case.verified >= start and bool(case.verified)
        if case.open:
            debt += WEIGHTS[case.opened.severity] * max(end - begun, 0) / DAY
    pace: Estimate | Missing = Missing("none-open")
    if open_days > 0.0:
        interval = poisson_rate(fixes, open_days, level=asked.level)
        pace = Estimate(value=fixes / open_days, interval=interval, count=len(cases), cases=len(cases))
    return {"fixes per open day": pace, "debt": census(debt, len(cases), asked)}


ESTIMATORS: Mapping[str, Estimator] = {
    "R01": detection,
    "R02": containment,
    "R04": remediation,
    "P10": closure,
    "reopened": reopened,
    "reopened-findings": reopened_findings,
}
DETAILS: Mapping[str, Callable[[Asked], dict[str, Estimate | Missing]]] = {
    "R01": detection_details,
    "R02": containment_details,
    "R04": remediation_details,
    "P10": closure_details,
}
