"""Every KPI of the example organisation, computed once more by somebody who has the rows, the policy and a calculator.

Each function begins with the definition as governance.md, section 3, has it. They are written to be read by an auditor,
not to be quick. `FIGURES` has them by KPI: given the year and a system (or "" for all), value and ends, or None.
"""

from collections.abc import Callable
from typing import Any

from tests.workspace.year_raw import (
    DAY,
    SHARE,
    Case,
    Figure,
    Year,
    bets,
    cases,
    census,
    exact,
    moment,
    per_unit,
    ratio,
    span,
    weighted_rate,
    within,
)

# -- outcomes ----------------------------------------------------------------------------------------------------------


def detection(year: Year, system: str) -> Figure:
    """R01: KM of t_d - t_s; P(<= limit). Unknown t_s: interval-censored from the last clean check."""
    spans = []
    for one in cases(year, "incident", system):
        known, seen = one.opened["started"], one.opened["detected"]
        if seen >= year.start:
            limit = _limit(year, one, "detect")
            spans.append(((seen - (known or seen)) / limit, (seen - (known or one.opened["clean"])) / limit, False))
    return within(spans)


def containment(year: Year, system: str) -> Figure:
    """R02: KM of t_c - t_d by severity: each in limits of its own."""
    spans = []
    for one in cases(year, "incident", system):
        done = one.first("contain")
        if not done or done >= year.start:
            took = ((done or year.end) - one.opened["detected"]) / _limit(year, one, "contain")
            spans.append((took, took, not done))
    return within(spans)


def canaries(year: Year, system: str) -> Figure:
    """R03: seeded canaries caught / seeded, by hazard; here all are of one."""
    return _of_all(year.counted("R03", system))


def remediation(year: Year, system: str) -> Figure:
    """R04: verified within limit / all whose limit fell in the period, open ones included."""
    return _in_time(
        year,
        [
            (one.opened["detected"] + _limit(year, one, "fix"), one.last("verify"))
            for one in cases(year, "incident", system)
        ],
    )


def error_budget(year: Year, system: str) -> Figure:
    """R05: B = (1 - SLO) N; remaining = 1 - bad/B, over 30 days, when the state of the budget last changed.

    Of several budgets that with the worst end counts, and all ends hold together.
    """
    changed = [row for row in year.rows["budget"] if row.at < year.end and system in ("", row.system)]
    last = {(row.system, row.data["metric"]): row.at for row in changed}
    found = []
    for (name, metric), at in last.items():
        slo = year.policy["systems"][name]["slo"][metric]
        window = [row.data for row in year.rows["rulings"] if row.system == name and at - 30 * DAY < row.at <= at]
        events = sum(one["count"] for record in window for one in record["rulings"])
        actions = slo.get("actions", ["mask", "block"])
        counted = (
            [one["texts"] for record in window for one in record["findings"] if one["label"].startswith("personal")]
            if "labels" in slo
            else [one["count"] for record in window for one in record["rulings"] if one["action"] in actions]
        )
        low, high = bets(sum(counted), events, level=1.0 - 0.05 / len(last))
        left = [1.0 - rate / (1.0 - slo["good"]) for rate in (sum(counted) / events, high, low)]
        found.append((left[1], left[0], left[2]))
    if not found:
        return None
    least, value, most = min(found)
    return value, least, most


def severe(year: Year, system: str) -> Figure:
    """R06: distinct S1+S2 incidents / exposure (10^6 uses)."""
    uses = sum(one["uses"] for one in year.of("exposure", system) if moment(one) >= year.start)
    return per_unit(_severe(year, system), uses / 1e6)


def escapes(year: Year, system: str) -> Figure:
    """R07: found after release / (before + after), by release, 90-day follow-up: of those whose follow-up ended."""
    found = [
        ((one["system"], one["release"]), one["at"], one.get("phase") == "before")
        for kind in ("finding", "incident")
        for one in year.of(kind)
        if one["release"]
    ]
    heard: dict[Any, int] = {}
    for version, at, _ in found:
        heard[version] = min(at, heard.get(version, at))
    assert not {(one["system"], one["candidate"]) for one in year.of("deployed")} & heard.keys()
    over = {one for one, at in heard.items() if year.inside(at + 90 * DAY) and system in ("", one[0])}
    before = sum(early for version, _, early in found if version in over)
    after = sum(not early and at < heard[version] + 90 * DAY for version, at, early in found if version in over)
    return exact(after, before + after)


def worst_of(kpi: str) -> Callable[[Year, str], Figure]:
    """R08, R09, R10, R12, R13, R14: a share; of several measurements or counts the one with the worst end."""

    def figure(year: Year, system: str) -> Figure:
        lower = kpi in ("R08", "R14")
        found = [_in_production(year, one, kpi) for one in ([system] if system else year.policy["systems"])]
        apart = [system] if system else [*year.policy["systems"], None]
        beside = {"R09": "false-blocks", "R10": "leaks", "R13": "wrong-unescalated"}.get(kpi)
        for one in apart:
            of_one = [count for count in year.counted(kpi) if count["system"] == (one or "")]
            found.append(_of_all([count for count in of_one if count["stratum"] != beside]))
        known = [one for one in found if one is not None]
        if not known:
            return None
        return max(known, key=lambda one: (one[2], one)) if lower else min(known, key=lambda one: (one[1], one))

    return figure


def fairness(year: Year, system: str) -> Figure:
    """R11: max_g |m_g - m_ref| over groups; all groups' intervals hold at once."""
    found = []
    for name in [system] if system else year.policy["systems"]:
        groups = [one for one in year.counted("R11") if one["system"] == name]
        if groups:
            ends = [exact(one["hits"], one["of"], 1.0 - 0.05 / len(groups)) for one in groups]
            known = [end for end in ends if end]
            value = max(one[0] for one in known) - min(one[0] for one in known)
            low = max(0.0, max(one[1] for one in known) - min(one[2] for one in known))
            high = max(one[2] - two[1] for one in known for two in known if one is not two)
            found.append((value, min(low, value), high))
    return max(found, key=lambda one: one[2]) if found else None


# -- practice ----------------------------------------------------------------------------------------------------------


def turnaround(year: Year, system: str) -> Figure:
    """P02: KM of complete request -> decision, within what the tier allows."""
    decided = {one["consent"]: one["at"] for one in reversed(year.of("consent-decided"))}
    spans = []
    for one in year.of("consent-requested", system):
        tier = year.policy["tiers"][year.policy["systems"][one["system"]]["tier"]]
        over = decided.get(one["consent"])
        if over is None or over >= year.start:
            took = ((over or year.end) - one["at"]) / span(tier["consent"]["decide_within"])
            spans.append((took, took, over is None))
    return within(spans)


def gate(year: Year, system: str) -> Figure:
    """P04: deployments with valid consent on the same digests / all: signed twice, unexpired, no S1 and no budget spent since."""
    asked = {one["consent"]: one for one in year.of("consent-requested")}
    signed = {one["consent"]: row.at for row in year.rows["consent-signed"] if (one := row.data)}
    harm = [(row.at, row.data["system"]) for row in year.rows["incident"] if row.data["severity"] == "S1"]
    harm += [(row.at, row.system) for row in year.rows["budget"] if row.data["budget"]["state"] == "stopped"]

    def valid(out: dict[str, Any]) -> bool:
        return any(
            one["decision"] != "refuse"
            and asked[one["consent"]]["artefact"] == out["artefact"]
            and signed.get(one["consent"], out["at"] + 1) <= out["at"] < one["expires"]
            and not any(one["at"] < at <= out["at"] and who == out["system"] for at, who in harm)
            for one in year.of("consent-decided")
        )

    gone = [one for one in year.of("deployed", system) if year.inside(one["at"])]
    return census(sum(map(valid, gone)) / len(gone)) if gone else None


def freshness(year: Year, system: str) -> Figure:
    """P05: sum of w 2^(-age/half-life) / sum of w, over the KPIs of the policy; w is 1 here."""
    held = [one for one in year.policy["kpis"] if one != "P05"]
    kept = 0.0
    for kpi in held:
        facts = year.catalogue[kpi]
        moments = [at for kind in facts["entries"] for at in _moments(year, kind, kpi, system)]
        if year.policy["kpis"][kpi].get("metrics"):
            moments += [row.at for row in year.rows["decision"] if row.at < year.end and system in ("", row.system)]
        if moments:
            kept += 2.0 ** (-(year.end - max(moments)) / span(facts["half_life"]))
    return census(kept / len(held))


def explained(year: Year, system: str) -> Figure:
    """P08: decisions that owe an explanation and have one / those owing."""
    return _of_all(year.counted("P08", system))


def training(year: Year, _: str) -> Figure:
    """P09: in role, in date and passed a quiz 30 days later / in role: of every course that is owed."""
    from partners import COURSES_OF  # type: ignore[import-not-found]  # the story's own list of who owes what

    entries = year.of("training")

    def held(person: str, course: str) -> bool:
        mine = [one for one in entries if (one["person"], one["course"]) == (person, course)]
        done = next((one["at"] for one in mine if one["step"] == "completed"), 0)
        days = year.policy["learning"]["courses"][course].get("valid_days", 365)
        later = [
            (one["at"], one["score"]) for one in mine if one["step"] != "completed" and one["at"] >= done + 30 * DAY
        ]
        return bool(done and year.end - done <= days * DAY and later and max(later)[1] >= 0.8)

    keeping = sum(all(held(person, course) for course in owed) for person, owed in COURSES_OF.items())
    return exact(keeping, len(COURSES_OF))


def closure(year: Year, system: str) -> Figure:
    """P10: as R04 for audit findings."""
    return _in_time(year, [(one.opened["due"], one.last("verify")) for one in cases(year, "finding", system)])


def logged(year: Year, system: str) -> Figure:
    """P12: sampled uses with a complete log / sampled; retention test passed, else at most what it brought back."""
    tests = [one for one in year.of("counted", system) if (one["kpi"], one["stratum"]) == ("P12", "retention")]
    sampled = [one for one in year.counted("P12", system) if one["stratum"] != "retention"]
    if not tests or not sampled:
        return None
    last, of = tests[-1], sum(one["of"] for one in sampled)
    return exact(min(sum(one["hits"] for one in sampled), of * last["hits"] // last["of"]), of)


def hunting(year: Year, _: str) -> Figure:
    """P13: valid new findings per 100 hunter-hours, severity-weighted."""
    valid: list[float] = []
    waiting: list[float] = []
    hours = 0.0
    for closed in year.rows["hunt-closed"]:
        if year.inside(closed.at):
            opened = next(row.data for row in year.rows["hunt-opened"] if row.run == closed.run)
            hours += sum(closed.data["spent"].get(name, opened["hours"]) for name in opened["hunters"])
            ruled = {row.data["finding"]: row.data["ruling"] for row in year.rows["hunt-triaged"]}
            for filed in (row.data for row in year.rows["hunt-filed"] if row.run == closed.run):
                ruling = ruled.get(filed["finding"], "")
                (valid if ruling == "valid" else waiting if not ruling else []).append(SHARE[filed["severity"]])
    return weighted_rate(valid, waiting, hours / 100.0)


def reporting(year: Year, system: str) -> Figure:
    """P14: near misses reported / severe incidents."""
    near = sum(year.inside(one["at"]) for one in year.of("near-miss", system))
    return ratio(near, _severe(year, system))


def overseen(year: Year, system: str) -> Figure:
    """P15: seeded errors the overseer caught / seeded; overrides and drills are told beside it."""
    return _of_all([one for one in year.counted("P15", system) if one["stratum"] not in ("overrides", "stop-drill")])


def statutory(year: Year, system: str) -> Figure:
    """P16: share inside the clock (15/10/2 days), of clocks that ran out or were stopped in the period."""
    settled = []
    for one in cases(year, "incident", system):
        days = {"serious": 15, "death": 10, "widespread": 2}.get(one.opened["duty"])
        if days is not None:
            due, told = one.opened["detected"] + days * DAY, one.first("report")
            over = told if told and told <= due else due
            if year.inside(over):
                settled.append(over == told)
    return census(sum(settled) / len(settled)) if settled else None


# -- parts -------------------------------------------------------------------------------------------------------------


def _limit(year: Year, one: Case, step: str) -> int:
    tier = year.policy["systems"][one.opened["system"]]["tier"]
    return span(year.policy["tiers"][tier]["limits"][one.opened["severity"]][step])


def _severe(year: Year, system: str) -> int:
    found = year.of("incident", system)
    return sum(one["severity"] in ("S1", "S2") and year.inside(one["detected"]) for one in found)


def _in_time(year: Year, due: list[tuple[int, int]]) -> Figure:
    fell = [(at, done) for at, done in due if year.inside(at)]
    return exact(sum(0 < done <= at for at, done in fell), len(fell))


def _of_all(counts: list[dict[str, Any]]) -> Figure:
    return exact(sum(one["hits"] for one in counts), sum(one["of"] for one in counts))


def _in_production(year: Year, system: str, kpi: str) -> Figure:
    """Of the last run that was decided: what the baseline scored, at the level that its looks have left."""
    spec = year.policy["kpis"][kpi]
    decided = [row for row in year.rows["decision"] if row.system == system and row.at < year.end]
    if not spec.get("metrics") or not decided:
        return None
    [metric], run = spec["metrics"], decided[-1].run
    suite = year.policy["metrics"][metric]["source"]["suite"]
    who = decided[-1].data["baseline"]
    scores = [
        row.data["value"]
        for row in year.rows["observation"]
        if (row.run, row.candidate, row.data["suite"]) == (run, who, suite)
    ]
    look = next(
        row.data["number"]
        for row in year.rows["look"]
        if (row.run, row.candidate, row.data["suite"]) == (run, who, suite)
    )
    tier = year.policy["tiers"][year.policy["systems"][system]["tier"]]
    compared = len({row.candidate for row in year.rows["look"] if row.run == run})
    alpha = (1.0 - tier["confidence"]) / compared / (look * (look + 1))
    return exact(sum(scores), len(scores), 1.0 - 2.0 * alpha)


def _moments(year: Year, kind: str, kpi: str, system: str) -> list[int]:
    """When evidence of a kind was made."""
    if kind in ("budget", "hunt-closed"):
        return [row.at for row in year.rows[kind] if row.at < year.end and system in ("", row.system)]
    if kind == "counted":
        return [moment(one) for one in year.of(kind, system) if one["kpi"] == kpi]
    if kind == "decision":
        return []  # counts where the policy names a metric
    if kind in ("incident-step", "finding-step"):
        opener = kind.removesuffix("-step")
        whose = {row.data[opener]: row.data["system"] for row in year.rows[opener]}
        return [one["at"] for one in year.of(kind) if system in ("", whose[one[opener]])]
    return [moment(one) for one in year.of(kind, system)]


FIGURES: dict[str, Callable[[Year, str], Figure]] = {
    "R01": detection,
    "R02": containment,
    "R03": canaries,
    "R04": remediation,
    "R05": error_budget,
    "R06": severe,
    "R07": escapes,
    **{kpi: worst_of(kpi) for kpi in ("R08", "R09", "R10", "R12", "R13", "R14")},
    "R11": fairness,
    "P02": turnaround,
    "P04": gate,
    "P05": freshness,
    "P08": explained,
    "P09": training,
    "P10": closure,
    "P12": logged,
    "P13": hunting,
    "P14": reporting,
    "P15": overseen,
    "P16": statutory,
}
