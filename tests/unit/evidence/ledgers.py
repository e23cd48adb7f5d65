"""Records and ledgers for the tests of evidence."""

from itertools import count
from typing import Any

from trimtab.evidence import Decided, Ledger, Observation, RunFinished, RunStarted, Subject
from trimtab.kinds import Missing, Score

START = 1_700_000_000_000_000
DAY = 86_400_000_000
BY: dict[str, Any] = {"run": "run-1", "maker": "exact-match/1", "policy": "sha256:" + "b" * 64}
SUBJECT = Subject(system="assistant", candidate="current", artefact="sha256:" + "a" * 64)


def observation(number=0, metric="accuracy", value=1.0, **more):
    outcome = value if isinstance(value, Missing) else Score(value=value, **more)
    return Observation(
        metric=metric, suite="questions", case=f"case-{number}", cluster="t", order=number, outcome=outcome
    )


def started(run="run-1"):
    return RunStarted(candidates={"current": "x"}, suites={}, metrics={}, trimtab="0", python="3", machine="m")


def finished(outcome="complete"):
    return RunFinished(outcome=outcome, calls=3, cached=1, tokens=9, errors={"timeout": 1})


def ticking(step=1):
    """A clock that moves by `step` microseconds at each look."""
    ticks = count(START, step)
    return lambda: next(ticks)


def small_ledger(path):
    """A little of everything: two runs, two metrics, two days, missing cases, a decision, checkpoints."""
    with Ledger.open(path, clock=ticking(DAY // 3)) as ledger:
        ledger.append([started()], subject=Subject(system="assistant"), **BY)
        ledger.append([observation(n, value=v) for n, v in enumerate((0.25, 1.0, 0.1))], subject=SUBJECT, seed=7, **BY)
        ledger.append([observation(3, value=Missing("timeout")), observation(4, "leak", 1e-7)], subject=SUBJECT, **BY)
        ledger.append([finished()], subject=Subject(system="assistant"), **BY)
        decided = Decided(decision={"verdict": "inconclusive", "winner": "", "é": [1, None, True]})
        ledger.append([decided], subject=Subject(system="assistant"), durable=True, **BY)
        ledger.append([started()], subject=Subject(system="assistant"), **{**BY, "run": "run-2"})
        ledger.checkpoint()
    return path
