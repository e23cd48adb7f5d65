"""A small organisation whose books are written down directly, and what is asked of it."""

import functools
import tempfile
from pathlib import Path
from typing import Any

from trimtab.decision.kpis import table
from trimtab.decision.kpis.asked import Asked
from trimtab.decision.period import Period
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.counts import Counted, Exposure
from trimtab.evidence.entries.findings import FindingMoved, FindingOpened
from trimtab.evidence.entries.incidents import IncidentMoved, IncidentOpened
from trimtab.policy import check_policy, load_policy

# What is asserted of an estimate is that it is one.
estimate_kpi: Any = table.estimate_kpi
details_of: Any = table.details_of

HOUR = 3_600_000_000
DAY = 24 * HOUR
QUARTER = Period.quarter("2026-Q3")
START, END = QUARTER.start, QUARTER.end

POLICY = """
trimtab: 1
organisation: Example Health
people: {safety-lead: {function: safety, team: care}}
teams: {care: {lead: safety-lead}, search: {}}
suites: {q: {file: q.jsonl}, r: {file: q.jsonl}}
metrics:
  accuracy: {question: "Right?", better: higher, target: 0.9, owner: care, source: {suite: q}}
  attack: {question: "Through?", better: lower, target: 0.01, owner: care, source: {suite: q}}
  inject: {question: "Through?", better: lower, target: 0.01, owner: care, source: {suite: r}}
tiers:
  high:
    confidence: 0.95
    floors: {accuracy: {at_least: 0.5}}
    limits:
      S1: {detect: 1h, contain: 4h, fix: 7d}
      S2: {detect: 1d, contain: 2d, fix: 14d}
  low: {confidence: 0.9, floors: {accuracy: {at_least: 0.5}}}
systems:
  bot: {tier: high, owner: care, intended_use: x, maximise: accuracy, baseline: a,
    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}}
  aid: {tier: high, owner: search, intended_use: x, maximise: accuracy,
    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}}
kpis:
  R01: {target: 0.95, floor: {at_least: 0.5}, owner: care,
    source: {system: pager, custodian: care, independence: other-team}}
  R06: {target: 1, floor: {at_most: 20}, owner: safety-lead, n_min: 1, weight: 3,
    source: {system: ledger, custodian: search, independence: other-team},
    tiers: {high: {floor: {at_most: 10}}}}
  R08: {target: 0.01, floor: {at_most: 0.05}, owner: care, metrics: [attack, inject],
    source: {system: ledger, custodian: care, independence: outside}}
  P05: {target: 0.9, floor: {at_least: 0.2}, owner: care,
    source: {system: ledger, custodian: care, independence: other-team}}
"""


def checked(text=POLICY):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
        (Path(folder) / "t.yaml").write_text(text)
        return check_policy(Path(folder) / "t.yaml")


@functools.cache
def policy():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
        (Path(folder) / "t.yaml").write_text(POLICY)
        return load_policy(Path(folder) / "t.yaml")


def asked(entries, *, period=QUARTER, asof=END + 400 * DAY, **more):
    kept = [Kept(one, seq, one.at) for seq, one in enumerate(entries, 1)]
    return Asked(books=Books(kept, upto=len(kept)), policy=policy(), period=period, asof=asof, **more)


def incident(name, at, **given):
    values = {"severity": "S1", "hazard": "privacy", "what": "x", "by": "care", "system": "bot"}
    return IncidentOpened(incident=name, at=at, **{**values, **given})


def step(name, what, at):
    return IncidentMoved(incident=name, step=what, at=at, by="care")


def finding(name, at, **given):
    values = {"severity": "S1", "what": "x", "by": "care", "system": "bot"}
    return FindingOpened(finding=name, at=at, **{**values, **given})


def move(name, what, at):
    return FindingMoved(finding=name, step=what, at=at, by="care")


def counted(kpi, hits, of, *, at=START + DAY, **given):
    values = {"by": "care", "system": "bot", "since": at - HOUR, "independence": "other-team"}
    return Counted(kpi=kpi, hits=hits, of=of, at=at, **{**values, **given})


def exposure(uses, *, since=START, at=END - HOUR, system="bot"):
    return Exposure(uses=uses, since=since, at=at, system=system, by="care")
