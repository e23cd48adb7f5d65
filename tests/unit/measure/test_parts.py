"""Parts of a suite share no cluster, hold everything together, and how often their cases were asked is counted."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trimtab.cli.probe import probe
from trimtab.errors import PolicyError
from trimtab.evidence import Ledger, RunStarted, Subject
from trimtab.measure.suites import load_suite
from trimtab.policy import check_policy
from trimtab.policy.metric_spec import SuiteSpec

POLICY = """\
trimtab: 1
organisation: E
people: {t: {function: e}}
suites: {own: {file: c.jsonl, cases: 60, part: PART}}
metrics: {a: {question: "?", better: higher, target: 1, owner: t, source: {suite: own}}}
tiers: {i: {confidence: 0.9, floors: {a: {at_least: 0.5}}}}
systems: {b: {tier: i, owner: t, intended_use: x, maximise: a, candidates: {c: {callable: {target: 'm:f'}}}}}
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"id": f"c{n}", "prompt": f"Sum {n}?", "answer": str(n), "cluster": f"k{n // 3}"} for n in range(180)]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "trimtab.yaml").write_text(POLICY.replace("PART", "1/3"), encoding="utf-8")
    return tmp_path


def part(place, number, of, **changes):
    spec = SuiteSpec(file="c.jsonl", cases=180, part=f"{number}/{of}", **changes)
    return load_suite("own", spec, base=place)


def test_parts_share_no_cluster_and_hold_everything(place):
    parts = [part(place, number, 4).cases for number in range(1, 5)]
    clusters = [{case.cluster for case in cases} for cases in parts]
    assert sum(map(len, parts)) == 180
    assert len(set().union(*clusters)) == sum(map(len, clusters)) == 60
    assert all(clusters)


def test_a_case_stays_in_its_part_whatever_the_seed_and_the_rest(place):
    before = {case.id for case in part(place, 2, 3).cases}
    rows = (place / "c.jsonl").read_text(encoding="utf-8").splitlines()
    (place / "c.jsonl").write_text("\n".join(rows[:90]) + "\n", encoding="utf-8")
    assert {case.id for case in part(place, 2, 3, seed=9).cases} == {one for one in before if int(one[1:]) < 90}


def test_a_part_of_a_generated_suite_has_about_as_many_cases_as_wanted():
    spec = SuiteSpec(builtin="assistant-questions", cases=100, part="1/2")
    assert len(load_suite("q", spec, base=Path()).cases) >= 80


def test_a_part_that_is_empty_or_none_is_a_mistake(place):
    (place / "c.jsonl").write_text('{"prompt": "One?", "answer": "1"}\n', encoding="utf-8")
    found = []
    for number in (1, 2):
        try:
            found.append(len(part(place, number, 2).cases))
        except PolicyError as error:
            found.append(str(error).count("no cases in part"))
    assert found == [1, 1]
    (place / "trimtab.yaml").write_text(POLICY.replace("PART", "4/3"), encoding="utf-8")
    assert any("there is no part 4 of 3" in str(one) for one in check_policy(place / "trimtab.yaml").errors)


def asked(place, order, *systems):
    with Ledger.open("e.db") as ledger:
        for number, system in enumerate(systems):
            started = RunStarted(
                candidates={}, suites={"own": {"cases": 60, "order": order, "version": "1", "seed": 0}}, metrics={},
                trimtab="", python="", machine="",
            )  # fmt: skip
            ledger.append([started], subject=Subject(system=system), run=f"r{number}", maker="t", policy="p")


def test_uses_are_counted_over_systems_and_end(place):
    spec = SuiteSpec(file="c.jsonl", cases=60, part="1/3")
    asked(place, load_suite("own", spec, base=place).order_digest, "b", "b", "other")
    asked(place, "sha256:another", "b")
    within = CliRunner().invoke(probe, ["uses", "--ledger", "e.db", "--at-most", "3", "--json"])
    assert within.exit_code == 0, within.output
    (one,) = json.loads(within.stdout)["suites"]
    assert (one["runs"], one["total"]) == ({"b": 2, "other": 1}, 3)
    spent = CliRunner().invoke(probe, ["uses", "--ledger", "e.db", "--at-most", "2"])
    assert spent.exit_code == 1
    assert "Used up: own" in spent.output
    (place / "trimtab.yaml").write_text(POLICY.replace("PART", "2/3"), encoding="utf-8")
    fresh = CliRunner().invoke(probe, ["uses", "--ledger", "e.db", "--at-most", "0", "--json"])
    assert json.loads(fresh.stdout)["suites"][0]["total"] == 0
