"""What counts of a sequential run: whole clusters of the finished beginning, whatever else the ledger holds."""

from typing import Any

import pytest

from trimtab.evidence.records import Looked, Observation, RunStarted
from trimtab.kinds import Missing, Row, Score
from trimtab.workspace.recall import Recalled


def recalled(sampling, rows):
    started = RunStarted(
        candidates={"a": "", "b": ""},
        suites={"s": {"cases": 10, "order": "", "version": "", "seed": 0}},
        metrics={"m": {"suite": "s", "shape": "rate", "better": "lower"}},
        trimtab="0",
        python="3",
        machine="m",
        sampling=sampling,
    )
    found = Recalled(run="r", system="sys", policy_digest="p", started=started)
    for candidate, order, cluster, outcome in rows:
        found.take(
            candidate,
            Observation(metric="m", suite="s", case=f"c{order}", cluster=cluster, order=order, outcome=outcome),
        )
    return found


def counted(sampling, rows):
    seen = recalled(sampling, [("a", order, cluster, outcome) for order, cluster, outcome in rows])
    return [trial.case for trial in seen.measurements().trials["a"]["m"]]


GOOD = Score(value=0.0)


@pytest.mark.parametrize(
    ("rows", "cases"),
    [
        ([(0, "x", GOOD), (1, "y", GOOD), (2, "z", GOOD)], ["c0", "c1", "c2"]),
        ([(0, "x", GOOD), (2, "z", GOOD), (3, "u", GOOD)], ["c0"]),  # 1 has not ended: nothing behind it counts
        ([(1, "y", GOOD), (2, "z", GOOD)], []),
        ([(0, "x", GOOD), (1, "y", Missing("budget")), (2, "z", GOOD)], ["c0"]),
        ([(0, "x", GOOD), (1, "y", GOOD), (2, "y", Missing("budget"))], ["c0"]),  # half a cluster is no unit
        ([(0, "x", GOOD), (1, "y", GOOD), (3, "y", GOOD)], ["c0"]),
        ([(0, "x", GOOD), (1, "y", Missing("timeout")), (2, "z", GOOD)], ["c0", "c1", "c2"]),  # asked, and broken
    ],
)
def test_only_the_finished_beginning_counts(rows, cases):
    assert counted("sequential", rows) == cases
    assert counted("fixed", rows) == [f"c{order}" for order, _, _ in rows]


def test_the_order_in_which_answers_were_recorded_does_not_matter():
    rows = [(2, "z", GOOD), (0, "x", Score(value=1.0)), (1, "y", GOOD)]
    assert counted("sequential", rows) == ["c0", "c1", "c2"]


def test_looks_reach_the_decision_by_metric():
    seen = recalled("sequential", [])
    row = Row(
        seq=1, time=0, kind="look", system="sys", candidate="a", artefact="", metric="", run="r", maker="", policy="",
        seed=0, payload="", prev=b"", hash=b"",
    )  # fmt: skip
    seen.note(row, Looked(suite="s", sketch=("0" * 16,), number=3))
    assert seen.measurements().looks == {"a": {"m": 3}}
    assert seen.measurements().planned == {"m": 10}


def test_changes_against_the_baseline_look_at_what_counts_alone():
    bad = Score(value=1.0, group="east")
    rows: list[Any] = [("a", n, f"k{n}", GOOD) for n in range(6)]
    rows += [("b", 0, "k0", GOOD), ("b", 1, "k1", bad), ("b", 2, "k2", Missing("timeout")), ("b", 4, "k4", bad)]
    found = recalled("sequential", rows).changed("a")
    assert [(row.case, row.outcome, worse) for row, worse in found["b"]["m"]] == [("c1", bad, True)]
    assert "a" not in found
