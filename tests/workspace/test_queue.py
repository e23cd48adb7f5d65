"""What waits for a person is there until it is handled, and says what handles it."""

import pytest
from tests.workspace.governing import DAY, NOW, POLICY, enter, policy_in

from trimtab.decision import CandidateDecision, Decision, Verdict, to_payload
from trimtab.evidence import Decided, Ledger
from trimtab.evidence.records import Escalated, Observation, Subject
from trimtab.kinds import NOT_MARKED, Estimate, Interval, Missing, Score
from trimtab.workspace.hunt import open_hunt, triage
from trimtab.workspace.hunt_filing import Filing, file_finding
from trimtab.workspace.kpis import gather_evidence
from trimtab.workspace.queue import waiting

READ = POLICY.replace("metrics:\n", "metrics:\n" + """\
  people: {question: "Bad?", better: lower, target: 0.1, owner: ml-team, source: {suite: q, score: human-marks, with: {better: lower}}}
  cruelty:
    {question: "Cruel?", better: lower, target: 0.1, owner: ml-team, source: {suite: q, score: detector-rate, with: {detector: toxicity}}, reviewed_by: people}
""", 1)  # fmt: skip


class Clock:
    moment = NOW - 10 * DAY

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as opened:
        yield opened


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


def queue(ledger, policy, *, moment=NOW):
    head = ledger.head()
    return waiting(ledger, policy, gather_evidence(ledger), row=head.seq if head else 0, moment=moment)


def hold(ledger, policy, **more):
    facts = {"guard": "sha256:0", "side": "output", "text": "sha256:ab", "chars": 9, "why": "confidence 0.4 below 0.8"}
    record = Escalated(**{**facts, "about": "request-7", **more})
    return ledger.append([record], subject=Subject(system="bot"), run="", maker="guard/1", policy=policy.digest).seq


def test_nothing_waits_in_an_empty_ledger(ledger, policy):
    assert queue(ledger, policy) == []


def test_a_held_text_waits_until_somebody_notes_what_they_decided_on_its_row(ledger, policy, clock):
    first, second = hold(ledger, policy), hold(ledger, policy, about="request-8")
    one, other = queue(ledger, policy)
    assert (one.kind, one.id, one.system, one.row, one.since) == ("held text", "request-7", "bot", first, clock())
    assert "confidence 0.4 below 0.8" in one.why
    assert f"--on row:{first} " in one.command
    clock.moment += DAY
    enter(ledger, policy, "note", on=f"row:{first}", what="Sent on.", by="safety-lead", at=clock() - 1)
    assert [left.row for left in queue(ledger, policy)] == [second]
    enter(ledger, policy, "note", on="R04", what="Of something else.", by="safety-lead", at=clock() - 1)
    assert [left.row for left in queue(ledger, policy)] == [other.row]


def test_a_note_from_before_a_text_was_held_handles_nothing(ledger, policy, clock):
    about = {"what": "Always right.", "by": "safety-lead", "at": clock() - 1}
    seq = enter(ledger, policy, "note", on="row:1", **about)
    enter(ledger, policy, "note", on=f"row:{seq + 2}", **about)
    assert hold(ledger, policy) == seq + 2
    assert len(queue(ledger, policy)) == 1


def test_a_finding_of_a_hunt_waits_from_its_end_until_it_is_ruled_on(ledger, policy, clock):
    hunt = open_hunt(ledger, policy, "bot", hours=4, hunters=("internal-auditor",)).hunt
    filing = Filing(hunter="internal-auditor", severity="S2", hazard="x", command="ask", finding="H-1", what="It told.")
    file_finding(ledger, hunt, filing)
    assert queue(ledger, policy, moment=clock()) == []  # it goes on, and nobody may rule yet
    ends, clock.moment = clock() + DAY // 6, clock() + DAY
    (one,) = queue(ledger, policy)
    assert (one.kind, one.id, one.system, one.since) == ("finding of a hunt", "H-1", "bot", ends)
    assert one.command == f"trimtab hunt triage H-1 --hunt {hunt} --valid"
    triage(ledger, hunt, "H-1", by="safety-lead", ruling="invalid")
    assert queue(ledger, policy) == []


def test_a_fix_waits_until_it_is_verified_and_again_when_it_did_not_hold(ledger, policy, clock):
    at = clock()
    about = {"finding": "F-1"}
    enter(
        ledger,
        policy,
        "finding",
        **about,
        severity="S2",
        what="x",
        owner="ml-team",
        system="bot",
        by="internal-auditor",
        at=at - 9,
    )
    assert queue(ledger, policy) == []  # nothing is to be verified yet
    enter(ledger, policy, "finding-step", **about, step="fix", by="ml-lead", at=at - 7)
    (one,) = queue(ledger, policy)
    assert (one.kind, one.id, one.since, one.command) == ("fix", "F-1", at - 7, "trimtab finding verify F-1")
    assert queue(ledger, policy, moment=at - 8) == []
    enter(ledger, policy, "finding-step", **about, step="verify", by="internal-auditor", at=at - 5)
    assert queue(ledger, policy) == []


def test_an_appeal_waits_for_an_answer_and_tells_nobody_who_made_it(ledger, policy, clock):
    at = clock()
    enter(ledger, policy, "appeal", appeal="A-1", figure="R04", what="Not mine.", by="ml-lead", at=at - 5)
    (one,) = queue(ledger, policy)
    assert (one.kind, one.id) == ("appeal", "A-1")
    assert "ml-lead" not in repr(one)
    assert "Not mine." not in repr(one)
    enter(ledger, policy, "appeal-answer", appeal="A-1", answer="upheld", what="So it is.", by="safety-lead", at=at - 1)
    assert queue(ledger, policy) == []


def measured(ledger, policy, rows):
    """A run of the metrics `cruelty` and `people`: (metric, case, score, or why there is none)."""
    subject = Subject(system="bot", candidate="a", artefact="sha256:1")
    seen = Estimate(value=0.5, interval=Interval(0.1, 0.9, 0.95, "exact"), count=4, cases=4, missing=1)
    one = CandidateDecision(
        candidate="a",
        verdict=Verdict.INCONCLUSIVE,
        judgements=(),
        estimates={"cruelty": seen, "people": Missing(NOT_MARKED)},
    )
    decision = Decision(
        system="bot", tier="high", policy=policy.digest, run="r1", time=ledger.now(), confidence=0.95, alpha=0.05,
        baseline="", maximise=("accuracy",), candidates=(one,), winner="", verdict=Verdict.INCONCLUSIVE, reason="because",
    )  # fmt: skip
    observed = [
        Observation(metric=metric, suite="q", case=case, cluster=case, order=place,
                    outcome=Missing(said) if isinstance(said, str) else Score(value=said))
        for place, (metric, case, said) in enumerate(rows)
    ]  # fmt: skip
    more = {"subject": subject, "run": "r1", "maker": "test", "policy": policy.digest}
    ledger.append(observed, **more)
    ledger.append([Decided(decision=to_payload(decision))], **more)


ROWS = [
    ("cruelty", "c1", 1.0),
    ("cruelty", "c2", "judges-disagree"),
    ("cruelty", "c3", 0.0),
    ("cruelty", "c4", 1.0),
    *(("people", f"c{n}", NOT_MARKED) for n in (1, 2, 3)),
    ("people", "c4", 0.0),
]


def test_what_judges_flag_or_dispute_waits_until_it_was_read(ledger, tmp_path):
    policy = policy_in(tmp_path, READ)
    measured(ledger, policy, ROWS)
    (one,) = queue(ledger, policy)
    # c1 was flagged and c2 is disputed; c3 is clean, and c4 was read.
    assert (one.kind, one.id, one.count) == ("flagged replies", "cruelty", 2)
    assert one.command.endswith("--metric people --flagged cruelty")
    marks = [
        Observation(metric="people", suite="q", case=case, cluster=case, order=place, outcome=Score(value=0.0))
        for place, case in enumerate(("c1", "c2"))
    ]
    subject = Subject(system="bot", candidate="a", artefact="sha256:1")
    ledger.append(marks, subject=subject, run="r1", maker="person/safety-lead", policy=policy.digest)
    assert queue(ledger, policy) == []


def test_a_dispute_that_nobody_is_named_to_read_says_so(ledger, tmp_path):
    policy = policy_in(tmp_path, READ.replace(", reviewed_by: people", ""))
    measured(ledger, policy, ROWS)
    found = {one.kind: one for one in queue(ledger, policy)}
    assert found["dispute"].count == 1
    assert "reviewed_by" in found["dispute"].why
    assert found["replies to mark"].count == 3


def test_what_has_waited_longest_comes_first(ledger, policy, clock):
    rows = []
    for _ in range(3):
        rows.append(hold(ledger, policy))
        clock.moment += DAY
    assert [one.row for one in queue(ledger, policy)] == rows
