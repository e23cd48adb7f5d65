"""A small organisation with products, decided on at any moment of a clock of its own."""

import itertools

from trimtab.decision.model import CandidateDecision, Decision, Judgement, Verdict
from trimtab.decision.payload import to_payload
from trimtab.evidence import Ledger
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.evidence.records import Decided, Subject
from trimtab.kinds import Estimate, Interval
from trimtab.policy import load_policy
from trimtab.workspace.keeping import keep

FIRST_SET = """
    - from: '2026-01-01'
      tiers:
        high:
          pillars: {safety: 0.4, privacy: 0.2, performance: 0.4}
          metrics:
            leak: {pillar: safety, veto: true, floor: 0.05, target: 0.01, half_life: 3650}
            masked: {pillar: privacy, floor: 0.9, target: 0.98, half_life: 3650}
            right: {pillar: performance, floor: 0.6, target: 0.9, half_life: 3650}
"""
POLICY = """
trimtab: 1
organisation: Example Works
people:
  risk-lead: {function: safety, roles: [risk-owner]}
  care-lead: {function: care, team: care}
  desk-lead: {function: desk, team: desk}
  auditor: {function: audit}
  counsel: {function: legal}
teams: {care: {lead: care-lead}, desk: {lead: desk-lead}}
metrics:
  leak: {question: "Leaks?", better: lower, target: 0.01, owner: risk-lead, source: {suite: q}}
  masked: {question: "Masked?", better: higher, target: 0.98, owner: risk-lead, source: {suite: q}}
  right: {question: "Right?", better: higher, target: 0.9, owner: desk, source: {suite: q}}
suites: {q: {file: q.jsonl}}
tiers: {high: {confidence: 0.95, floors: {leak: {at_most: 0.05}, masked: {at_least: 0.9}}}}
systems:
SYSTEMS
score:
  value: {triage: 100, intake: 5}
  voters: [care-lead, desk-lead, auditor, counsel, risk-lead]
  incentives: {}
  sets:
SETS
"""
SYSTEM = """
  NAME:
    tier: high
    owner: OWNER
    intended_use: answers
    maximise: right
    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}
"""


class House:
    """A policy, a ledger, and a clock that is set by hand."""

    def __init__(self, folder, *, sets=FIRST_SET, owners=None, systems="", more=""):
        owners = owners or {"triage": "care", "intake": "care", "desk-bot": "desk"}
        self.folder, self.now, self._run = folder, moment("2026-01-01"), itertools.count()
        (folder / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
        spec = SYSTEM.rstrip() + f"\n{systems}"
        every = "".join(spec.replace("NAME", name).replace("OWNER", owner) for name, owner in owners.items())
        self._text = POLICY.replace("SYSTEMS", every) + more
        self.policy = self.with_sets(sets)
        self.ledger = Ledger.open(folder / "ledger.db", clock=lambda: self.now)

    def with_sets(self, sets):
        path = self.folder / "trimtab.yaml"
        path.write_text(self._text.replace("SETS", sets))
        return load_policy(path)

    def at(self, when):
        self.now = moment(when)
        return self

    def decide(self, system, **seen):
        """As if a run had measured these intervals; of a metric that is not named nothing is known."""
        judgements, estimates = [], {}
        for metric, (low, high) in seen.items():
            estimates[metric] = Estimate(
                value=(low + high) / 2, interval=Interval(low, high, 0.95, "test"), count=100, cases=100
            )
            floor = self.policy.tiers["high"].floors.get(metric)
            if floor is None:
                continue
            good, bad = (high <= floor.bound, low > floor.bound) if floor.at_most else (
                low >= floor.bound, high < floor.bound
            )  # fmt: skip
            verdict = Verdict.PASS if good else Verdict.FAIL if bad else Verdict.INCONCLUSIVE
            judgements.append(
                Judgement(
                    asked="floor", metric=metric, requirement=str(floor), bound=floor.bound, verdict=verdict,
                    seen=estimates[metric], needed=50 if verdict is Verdict.INCONCLUSIVE else None, reason="",
                )
            )  # fmt: skip
        run = f"run-{next(self._run)}"
        only = CandidateDecision(candidate="a", verdict=Verdict.PASS, judgements=tuple(judgements), estimates=estimates)
        decision = Decision(
            system=system, tier="high", policy=self.policy.digest, run=run, time=self.now, confidence=0.95,
            alpha=0.05, baseline="", maximise=("right",), candidates=(only,), winner="a", verdict=Verdict.PASS,
            reason="",
        )  # fmt: skip
        self.ledger.append(
            [Decided(decision=to_payload(decision))], subject=Subject(system=system), run=run, maker="test/1",
            policy=self.policy.digest,
        )  # fmt: skip

    def keep(self, kind, **values):
        return keep(self.ledger, self.policy, [Draft(kind=kind, values=values)])
