"""A small organisation for tests of governance: two systems, two teams, an auditor, and decisions as runs make them."""

import contextlib

from click.testing import CliRunner

from trimtab.cli import app
from trimtab.decision import CandidateDecision, Decision, Judgement, Verdict, to_payload
from trimtab.errors import TrimtabError
from trimtab.evidence import Decided
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.evidence.records import Subject
from trimtab.kinds import Estimate, Interval
from trimtab.policy import load_policy
from trimtab.workspace.keeping import keep

POLICY = """
trimtab: 1
organisation: Example Health
people:
  safety-lead: {function: safety, roles: [risk-owner], team: care}
  internal-auditor: {function: audit, roles: [auditor]}
  ml-lead: {function: ml, team: ml-team}
teams: {care: {lead: safety-lead}, ml-team: {}}
metrics:
  accuracy: {question: "Right?", better: higher, target: 0.9, owner: ml-team, source: {suite: q}}
  attacks:
    question: "Does an attack get through?"
    better: lower
    target: 0.01
    owner: ml-team
    source: {suite: q}
    links: ["owasp-llm-2026:LLM01", "nist-ai-rmf-1.0:MEASURE 2.7", "eu-ai-act:Art.50"]
suites: {q: {file: q.jsonl}}
tiers:
  high: {confidence: 0.95, floors: {accuracy: {at_least: 0.5}, attacks: {at_most: 0.1}}}
  low: {confidence: 0.9, floors: {accuracy: {at_least: 0.5}}}
systems:
  bot:
    tier: high
    owner: ml-team
    risk_owner: safety-lead
    intended_use: answers
    maximise: accuracy
    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}
  tool:
    tier: low
    owner: ml-team
    risk_owner: safety-lead
    intended_use: sums up
    maximise: accuracy
    candidates: {a: {openai: {url: "http://localhost:1", model: m}}}
"""
DAY = 86_400_000_000
NOW = moment("2026-11-20")


def policy_in(folder, text=POLICY):
    (folder / "q.jsonl").write_text('{"prompt": "a", "expect": {"answer": "b"}}\n')
    (folder / "trimtab.yaml").write_text(text)
    return load_policy(folder / "trimtab.yaml")


def rate(value, low, high):
    return Estimate(value=value, interval=Interval(low, high, 0.95, "exact"), count=100, cases=100)


def decide(ledger, policy, verdict, *, system="bot", run="r1", value=0.01, time=NOW, metric="attacks"):
    """Record a decision of a run as it would be: one candidate, one floor."""
    seen = rate(value, value / 2, value * 2)
    judged = Judgement(
        asked="floor", metric=metric, requirement="at most 0.1", bound=0.1, verdict=verdict, seen=seen, needed=None,
        reason="It was seen.",
    )  # fmt: skip
    one = CandidateDecision(candidate="a", verdict=verdict, judgements=(judged,), estimates={metric: seen})
    decision = Decision(
        system=system, tier="high", policy=policy.digest, run=run, time=time, confidence=0.95, alpha=0.05, baseline="",
        maximise=("accuracy",), candidates=(one,), winner="a" if verdict is Verdict.PASS else "", verdict=verdict,
        reason="because",
    )  # fmt: skip
    row = ledger.append(
        [Decided(decision=to_payload(decision))],
        subject=Subject(system=system), run=run, maker="test", policy=policy.digest, durable=True,
    )  # fmt: skip
    return row.seq


def command(folder, *words):
    """Run a command there in this process: its exit code, and what it printed. Errors of ours raise."""
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, [*words, "--ledger", "ledger.db"], catch_exceptions=True)
    if isinstance(done.exception, TrimtabError):
        return int(done.exception.exit_code), str(done.exception)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def enter(ledger, policy, kind, *, now=NOW, **values):
    given = {"by": "internal-auditor", "at": "2026-11-01", **values}
    return keep(ledger, policy, [Draft(kind=kind, values=given)], now=now).kept[0].seq
