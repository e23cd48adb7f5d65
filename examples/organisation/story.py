"""What happens in the year, drawn from a seed: incidents, findings, near misses, use, money and counts.

Nothing here knows how a figure is computed. The tests compute the organisation's KPIs from these lists by other means.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import Any

from assurance import audits, counts, documents
from partners import answers_and_figures, courses_taken
from things import entered

from trimtab.decision.period import Period
from trimtab.evidence.entries.reading import Draft

QUARTERS = tuple(Period.quarter(name) for name in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"))
END = QUARTERS[-1].end
HOUR = 3_600_000_000
DAY = 24 * HOUR
TEAM_OF = {
    "triage": "care",
    "letters": "care",
    "scribe": "care",
    "claims": "claims",
    "search": "platform",
    "coding": "platform",
}
_USES = {"triage": 40_000, "letters": 12_000, "claims": 30_000, "search": 60_000, "coding": 25_000, "scribe": 18_000}
_EVERY = {"triage": 26, "letters": 40, "claims": 30, "search": 60, "coding": 45, "scribe": 40}  # days between incidents
_HAZARDS = ("privacy", "wrong-advice", "unfair-refusal", "outage", "injection")
_COST = {"S1": (40_000, 160_000), "S2": (8_000, 40_000), "S3": (1_500, 8_000), "S4": (200, 1_500)}
_DUE = {"S1": 14, "S2": 30, "S3": 60, "S4": 90}  # days


@dataclass(frozen=True, slots=True)
class Told:
    """Something that is entered: when it is recorded, and as which drafts (all or none of them)."""

    recorded: int
    drafts: tuple[Draft, ...]


@dataclass(slots=True)
class Story:
    """The year as drawn; `told` in the order of recording."""

    seed: int
    told: list[Told] = field(default_factory=list)

    @classmethod
    def drawn(cls, seed: int = 2026) -> "Story":
        """The same for the same seed, whatever the machine."""
        story = cls(seed)
        for part in (
            _use,
            _incidents,
            _findings,
            _near_misses,
            _counts,
            _prevention,
            _registry,
            _vendors,
            _training,
            _assurance,
            _steadied,
        ):
            dice = random.Random(f"{seed}/{part.__name__}")
            story.told += [one for one in part(dice) if one.recorded < END]
        story.told.sort(key=lambda one: one.recorded)
        return story

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The values of every draft of a kind, in the order of recording."""
        return [dict(one.values) for told in self.told for one in told.drafts if one.kind == kind]


def _said(recorded: int, *drafts: tuple[str, dict[str, Any]]) -> Told:
    return Told(recorded, tuple(Draft(kind=kind, values=values) for kind, values in drafts))


def _months() -> Iterator[tuple[int, int]]:
    for quarter in QUARTERS:
        begun = datetime.fromtimestamp(quarter.start // 1_000_000, UTC)
        inner = [datetime(begun.year, begun.month + step, 1, tzinfo=UTC) for step in (1, 2)]
        yield from pairwise([quarter.start, *(int(one.timestamp()) * 1_000_000 for one in inner), quarter.end])


def _use(dice: random.Random) -> Iterator[Told]:
    for number, (start, end) in enumerate(_months()):
        for system, uses in _USES.items():
            many = round(uses * (1 + 0.05 * number) * dice.uniform(0.9, 1.1))
            down = round(dice.expovariate(1 / 1.5), 2)
            values = {"system": system, "uses": many, "since": start, "at": end, "down": down, "by": TEAM_OF[system]}
            # Of the last month nobody can know before it is over: it is recorded a moment before.
            last = end == END
            yield _said(min(end + HOUR, END - HOUR), ("exposure", {**values, "at": end - 2 * HOUR if last else end}))


def _incidents(dice: random.Random) -> Iterator[Told]:
    number = 0
    for system, days in _EVERY.items():
        at = QUARTERS[0].start
        while True:
            at += round(dice.expovariate(1 / days) * DAY)
            if at >= END - 4 * DAY:
                break
            number += 1
            yield from _one_incident(dice, f"INC-{number:03}", system, at)


def _one_incident(dice: random.Random, name: str, system: str, started: int) -> Iterator[Told]:
    severity = dice.choices(("S1", "S2", "S3", "S4"), (1, 3, 7, 9))[0]
    hazard, team = dice.choice(_HAZARDS), TEAM_OF[system]
    lag = {"S1": 5, "S2": 18, "S3": 40, "S4": 60}[severity]
    detected = started + round(dice.lognormvariate(0.0, 0.9) * lag * HOUR)
    opened = {
        "incident": name,
        "severity": severity,
        "hazard": hazard,
        "system": system,
        "team": team,
        "by": team,
        "at": detected,
        "detected": detected,
        "what": f"{hazard.replace('-', ' ').capitalize()} in {system}, seen by whoever read the reply.",
        "found_by": dice.choices(("monitoring", "staff", "customer"), (5, 3, 2))[0],
        "duty": "serious" if severity == "S1" else "none",
    }
    # Of a fifth nobody knows when the harm began: it was not there at the last look.
    unknown = dice.random() < 0.2
    opened |= {"clean": started - dice.randint(1, 72) * HOUR} if unknown else {"started": started}
    yield _said(detected + HOUR // 2, ("incident", opened))
    steps = [("contain", 0.15 * lag), ("fix", 3 * lag), ("verify", 1.5 * lag)]
    at, by = detected, team
    for step, hours in steps:
        at += round(dice.lognormvariate(0.0, 0.7) * hours * HOUR) + HOUR
        if dice.random() < {"contain": 0.02, "fix": 0.08, "verify": 0.06}[step]:
            return  # it is left lying: such cases stay open, and count
        by = "clinical-safety-lead" if step == "verify" else team
        moved = {"incident": name, "step": step, "at": at, "by": by, "what": f"{step} of {name}."}
        yield _said(at + HOUR // 2, ("incident-step", moved))
        if step == "contain" and severity == "S1" and dice.random() < 0.8:
            report = {"incident": name, "step": "report", "at": at + 6 * DAY, "by": "privacy-officer"}
            yield _said(at + 6 * DAY + HOUR, ("incident-step", report))
        if step == "fix":
            yield from _cost(dice, name, severity, system, at)
    if dice.random() < 0.06:
        again = at + dice.randint(3, 30) * DAY
        yield _said(
            again + HOUR,
            ("incident-step", {"incident": name, "step": "reopen", "at": again, "by": "internal-auditor"}),
        )


def _cost(dice: random.Random, name: str, severity: str, system: str, at: int) -> Iterator[Told]:
    low, high = _COST[severity]
    whole = low * (high / low) ** dice.random()
    for category, share in (("labour", 0.5), ("remedy", 0.3), ("downtime", 0.2)):
        values = {
            "spend": f"{name}-{category}",
            "amount": f"{whole * share:.2f}",
            "category": category,
            "incident": name,
            "system": system,
            "team": TEAM_OF[system],
            "by": "finance-lead",
            "at": at + 5 * DAY,
        }
        yield _said(at + 6 * DAY, ("spend", values))


def _findings(dice: random.Random) -> Iterator[Told]:
    number = 0
    for quarter in QUARTERS:
        for system, team in TEAM_OF.items():
            for _ in range(dice.choice((1, 1, 2, 3))):
                number += 1
                name, at = f"F-{number:03}", quarter.start + dice.randint(5, 80) * DAY + number * HOUR
                severity = dice.choices(("S1", "S2", "S3", "S4"), (1, 4, 8, 7))[0]
                opened = {
                    "finding": name,
                    "severity": severity,
                    "what": f"{dice.choice(('A log', 'A test', 'A limit', 'An instruction'))} of {system} is missing.",
                    "origin": dice.choice(("audit", "hunt", "test")),
                    "owner": team,
                    "by": "internal-auditor",
                    "system": system,
                    "phase": dice.choices(("before", "after"), (3, 2))[0],
                    "release": f"{system}-{quarter.name.lower()}",
                    "due": at + _DUE[severity] * DAY,
                    "at": at,
                }
                yield _said(at + HOUR, ("finding", opened))
                fixed = at + round(dice.lognormvariate(-0.4, 0.6) * _DUE[severity] * DAY)
                if dice.random() < 0.88:
                    step = {"finding": name, "step": "fix", "at": fixed, "by": team}
                    yield _said(fixed + HOUR, ("finding-step", step))
                    if dice.random() < 0.9:
                        seen = fixed + dice.randint(1, 6) * DAY
                        step = {"finding": name, "step": "verify", "at": seen, "by": "internal-auditor"}
                        yield _said(seen + HOUR, ("finding-step", step))


def _near_misses(dice: random.Random) -> Iterator[Told]:
    at, number = QUARTERS[0].start, 0
    while (at := at + round(dice.expovariate(1 / 4.0) * DAY)) < END - DAY:
        number += 1
        system = dice.choice(sorted(TEAM_OF))
        values = {
            "near_miss": f"NM-{number:03}",
            "severity": dice.choices(("S1", "S2", "S3", "S4"), (1, 3, 5, 6))[0],
            "hazard": dice.choice(_HAZARDS),
            "what": f"A reply of {system} was stopped before anybody read it.",
            "stopped_by": "The guard.",
            "system": system,
            "team": TEAM_OF[system],
            "by": TEAM_OF[system],
            "at": at,
        }
        yield _said(at + HOUR, ("near-miss", values))


def _counts(dice: random.Random) -> Iterator[Told]:
    """Counts that other teams keep, once a quarter: seeded canaries, escalations, logs, lineage and the like."""
    kept = {
        "R03": (60, 0.88),
        "R13": (120, 0.93),
        "P06": (80, 0.9),
        "P08": (150, 0.92),
        "P12": (100, 0.97),
        "P15": (50, 0.85),
    }
    for quarter in QUARTERS:
        at = quarter.end - 3 * DAY
        for kpi, (many, share) in kept.items():
            for system in sorted(TEAM_OF) if kpi == "R03" else ("",):
                hits = sum(dice.random() < share for _ in range(many))
                values = {
                    "kpi": kpi,
                    "hits": hits,
                    "of": many,
                    "since": quarter.start,
                    "at": at,
                    "system": system,
                    "by": "internal-auditor",
                    "independence": "other-team",
                    "origin": f"audit-log:{kpi.lower()}",
                }
                yield _said(at + HOUR, ("counted", values))


def _prevention(dice: random.Random) -> Iterator[Told]:
    for quarter in QUARTERS:
        for category, most in (("audit", 18_000), ("red-team", 30_000), ("privacy", 15_000), ("tooling", 25_000)):
            at = quarter.start + dice.randint(20, 70) * DAY
            values = {
                "spend": f"{category}-{quarter.name.lower()}",
                "amount": f"{dice.uniform(0.4, 1.0) * most:.2f}",
                "category": category,
                "team": "safety",
                "by": "finance-lead",
                "at": at,
                "what": f"{category} of the quarter",
            }
            yield _said(at + DAY, ("spend", values))


def _registry(_: random.Random) -> Iterator[Told]:
    for recorded, kind, values in entered(QUARTERS, TEAM_OF):
        yield _said(recorded, (kind, {**values, "at": recorded}))


def _vendors(dice: random.Random) -> Iterator[Told]:
    for recorded, drafts in answers_and_figures(dice, QUARTERS):
        yield _said(recorded, *drafts)


def _training(dice: random.Random) -> Iterator[Told]:
    for recorded, drafts in courses_taken(dice, QUARTERS):
        yield _said(recorded, *drafts)


def _assurance(dice: random.Random) -> Iterator[Told]:
    parts = (counts(dice, QUARTERS), audits(dice, QUARTERS, TEAM_OF), documents(dice, QUARTERS, TEAM_OF))
    for recorded, kind, values in chain.from_iterable(parts):
        yield _said(recorded, (kind, values))


def _steadied(_: random.Random) -> Iterator[Told]:
    """What a team claims of its own accord: search has a second machine to fall back on since the last quarter."""
    at = QUARTERS[-1].start + 6 * DAY
    values = {
        "claim": "search-second-machine",
        "scenario": "slow-search",
        "removes": "0.2..0.5",
        "team": "platform",
        "by": "platform-lead",
        "at": at,
    }
    yield _said(at + HOUR, ("claim", values))
