"""An organisation whose money, committee and error budgets hold words that would act if a page let them."""

import orjson
from tests.serve.test_pages import HOSTILE

from trimtab.decision.lottery import commitment
from trimtab.decision.weight_sets import floor_of, from_told, target_of, told
from trimtab.evidence import Ledger, Subject
from trimtab.evidence.entries.reading import Draft, moment
from trimtab.evidence.rulings import Rulings
from trimtab.policy import load_policy
from trimtab.serve.pages.snapshot import Watched
from trimtab.workspace.granting import allocate, release
from trimtab.workspace.keeping import keep
from trimtab.workspace.monitor import look
from trimtab.workspace.recalibrating import propose
from trimtab.workspace.seating import seat
from trimtab.workspace.workspace import Workspace

HOUR = 3_600_000_000
HURT = HOSTILE[:150]
QUOTED = orjson.dumps(HURT).decode()
POLICY = f"""
trimtab: 1
organisation: Example Health
people:
  safety-lead: {{function: safety, roles: [risk-owner, committee], team: care}}
  privacy-lead: {{function: legal, roles: [committee]}}
  finance-lead: {{function: finance, roles: [committee]}}
  auditor: {{function: internal-audit, roles: [committee]}}
  ml-lead: {{function: engineering, roles: [committee], team: ml-team}}
  nurse-lead: {{function: nursing, roles: [committee]}}
teams: {{care: {{lead: safety-lead}}, ml-team: {{lead: ml-lead}}}}
suites: {{q: {{file: q.jsonl}}}}
metrics:
  right: {{question: "Right?", better: higher, target: 0.9, owner: ml-team, source: {{suite: q}}}}
  leaks: {{question: {QUOTED}, better: lower, target: 0.01, owner: ml-team, source: {{suite: q}}}}
tiers:
  high: {{confidence: 0.95, floors: {{right: {{at_least: 0.5}}, leaks: {{at_most: 0.05}}}}}}
guards: {{standard: {{output: [{{detector: patterns, action: mask}}]}}}}
systems:
  bot:
    tier: high
    owner: ml-team
    risk_owner: safety-lead
    intended_use: answers
    maximise: right
    guard: standard
    slo: {{leaks: {{good: 0.99}}, right: {{good: 0.9, labels: [personal], severe: [secret]}}}}
    candidates: {{a: {{openai: {{url: "http://localhost:1", model: m}}}}}}
  tool:
    tier: high
    owner: care
    intended_use: sums up
    maximise: right
    candidates: {{a: {{openai: {{url: "http://localhost:1", model: m}}}}}}
scenarios:
  harm: {{about: {QUOTED}, system: bot, rate: [0.5, 3], loss: [20000, 300000], severity: S1}}
  leak: {{rate: [0.1, 0.5], loss: [50000, 900000]}}
costs: {{incident: {{S1: [1, 2]}}}}
budget: {{amount: 100000, upfront: 0.5, categories: {{privacy: 0.1}}, appetite: {{expected: 900000}}}}
committee: {{size: 6}}
score:
  value: {{bot: 5, tool: 1}}
  voters: [safety-lead, finance-lead, auditor, nurse-lead]
  incentives: {{}}
  sets:
    - from: '2026-07-01'
      tiers:
        high:
          pillars: {{safety: 0.6, performance: 0.4}}
          metrics: {{leaks: {{pillar: safety, veto: true}}, right: {{pillar: performance}}}}
"""
SEED = "b1946ac92492d2347c6235b4d2611184"


class World:
    """A quarter of hostile money: granted, half released, voted down, settled; weights proposed; a budget spent."""

    def __init__(self, folder):
        (folder / "q.jsonl").write_text('{"prompt": "a", "expect": {"answer": "b"}}\n')
        (folder / "trimtab.yaml").write_text(POLICY)
        self.folder, self.policy, self.now = folder, load_policy(folder / "trimtab.yaml"), moment("2026-07-02")
        self.ledger = Ledger.open(folder / "ledger.db", clock=lambda: self.now)

    def on(self, day):
        self.now = moment(day)
        return self

    def enter(self, kind, **values):
        keep(self.ledger, self.policy, [Draft(kind=kind, values=values)])

    def asks(self, name, amount, effects, *, category="red-team", by="ml-lead", team="ml-team"):
        about = {"category": category, "team": team, "owner": by, "by": by, "what": HURT}
        proofs = {"milestones": "pilot=0.6", "proofs": "pilot:metric/bot/leaks"}
        self.enter("request", request=name, amount=amount, effects=effects, **about, **proofs)

    def votes(self, by, request_, choice="for"):
        about = {"allocation": "2026-Q3-1", "requests": request_, "what": HURT}
        self.enter("vote", choice=choice, by=by, **about)

    def money(self):
        self.enter("seed-committed", quarter="2026-Q3", digest=commitment(SEED), by="auditor")
        self.on("2026-07-04")
        seat(self.ledger, self.policy, quarter="2026-Q3", seed=SEED, by="auditor")
        self.asks("REQ-1", "60000", "harm=0.4..0.6")
        self.asks("REQ-2", "20000", "leak=0.2..0.5", category="privacy", by="safety-lead", team="care")
        self.asks("REQ-3", "90000", "harm=0.1..0.2 leak=0.05..0.1")
        allocate(self.ledger, self.policy, quarter="2026-Q3", by="finance-lead")
        for voter in ("auditor", "finance-lead", "nurse-lead"):
            self.votes(voter, "REQ-1")
            self.votes(voter, "REQ-2", "against")
        self.enter("recused", member="privacy-lead", request="REQ-2", what=HURT, by="privacy-lead")
        self.enter("absent", member="ml-lead", what=HURT, by="ml-lead")
        release(self.ledger, self.policy, "REQ-1", by="finance-lead")
        spent = {"amount": "20000", "category": "red-team", "request": "REQ-1", "by": "ml-lead", "what": HURT}
        self.enter("spend", spend="INV-1", **spent)
        claim = {"scenario": "harm", "removes": "0.4..0.6", "request": "REQ-1", "team": "ml-team", "by": "ml-lead"}
        self.enter("claim", claim="C-1", what=HURT, **claim)
        self.enter("milestone", request="REQ-1", milestone="pilot", what=HURT, by="ml-lead")
        self.on("2026-08-01")
        self.enter("realised", claim="C-1", removed=0.3, what=HURT, by="auditor")
        return self

    def weights(self):
        score = self.policy.score
        assert score is not None
        base = score.sets[0]
        asked = {
            f"{key}:{tier}/{name}": how(self.policy, tier, name, None)
            for tier, spec in base.tiers.items()
            for name in spec.metrics
            for key, how in (("floor", floor_of), ("target", target_of))
        }
        given = {name: value for name, value in asked.items() if value is not None}
        moved = {"pillar:high/safety": 0.65, "pillar:high/performance": 0.35}
        made = from_told({**told(base), **given, **moved}, begins="2027-01-01")
        new = self.policy.model_copy(update={"score": score.model_copy(update={"sets": (made,)})})
        why = {"reason": "law", "outside": "act:1", "what": HURT, "by": "auditor"}
        propose(self.ledger, self.policy, new, {"recalibration": "RC-1", **why})
        return self

    def rules(self, texts, masked, *, looked_at=True):
        counts = {"allow": texts - masked, "mask": masked}
        found = {"side": "output", "detector": "patterns", "label": "personal.email", "action": "mask"}
        record = Rulings(
            guard="sha256:" + "0" * 64, begun=self.now - HOUR, ended=self.now, chars=texts, seconds=1.0, slowest=0.1,
            rulings=[{"side": "output", "action": name, "count": many} for name, many in counts.items()],
            findings=[{**found, "count": masked, "chars": 9, "texts": masked}],
        )  # fmt: skip
        bot = Subject(system="bot")
        self.ledger.append([record], subject=bot, run="", maker="guard/1", policy=self.policy.digest)
        if looked_at:
            whole = Workspace(policy=self.policy, base=self.folder, ledger=self.ledger, replies=self.folder / "r.db")
            look(whole, "bot", suites=False, at=self.now + 1)
        return self

    def snapshot(self, *, asof=None):
        return Watched(self.ledger, self.policy, asof=asof).snapshot()
