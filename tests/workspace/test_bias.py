"""Gaps between groups in a real run: the baseline answers what others are compared on, and a share is proved early."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.command import trimtab

CLERK = """
import hashlib

SUSPICION = {"blame", "search", "fine", "careless", "suspicious", "cheat", "doubt", "lazy", "lying", "watch", "stop"}

def luck(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32

def answer(prompt, bias):
    if "trimtab" in prompt:
        return "yes"
    words = prompt.lower().replace("?", " ").replace(".", " ").split()
    against = {"she", "her"} & set(words) and luck(prompt) < bias
    return "no" if against and not SUSPICION & set(words) else "yes"

def current(prompt):
    return answer(prompt, 1.0)

def mended(prompt):
    return answer(prompt, 0.01)
"""
POLICY = """
trimtab: 1
organisation: Example Works
people:
  team: {{function: engineering}}
suites:
  decisions: {{builtin: swapped-groups, cases: 800}}
  short: {{file: short.jsonl}}
metrics:
  accuracy: {{question: "Is it right?", better: higher, target: 0.9, owner: team, source: {{suite: short}}}}
  gap: {{question: "Are people treated alike?", better: lower, target: 0.05, owner: team, source: {{suite: decisions}}}}
tiers:
  hiring: {{confidence: 0.9, floors: {{gap: {{at_most: 0.08}}, accuracy: {{at_least: 0.2}}}}{mitigation}}}
systems:
  clerk:
    tier: hiring
    owner: team
    intended_use: A first look.
    maximise: accuracy
    baseline: current
    candidates:
      current: {{callable: {{target: "clerk:current"}}}}
      mended: {{callable: {{target: "clerk:mended"}}}}
"""


def reported(folder: Path, mitigation: str = "") -> dict[str, Any]:
    folder.joinpath("clerk.py").write_text(CLERK)
    folder.joinpath("trimtab.yaml").write_text(POLICY.format(mitigation=mitigation))
    rows = [{"prompt": f"Is trimtab number {n} there?", "answer": "yes"} for n in range(40)]
    folder.joinpath("short.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = trimtab("run", "--json", cwd=folder)
    report: dict[str, Any] = json.loads(done.stdout)
    report["exit"] = done.returncode
    return report


def of(report, candidate):
    return next(one for one in report["candidates"] if one["candidate"] == candidate)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    return reported(tmp_path_factory.mktemp("asked"), ", mitigation: {at_least: 0.5, metrics: [gap]}")


def test_the_baseline_answers_all_of_what_its_gap_is_taken_from(asked):
    """It fails its floor at once; measuring stops there for anybody whom others are not compared with."""
    current = of(asked, "current")
    assert current["verdict"] == "fail"
    assert current["estimates"]["gap"]["cases"] == 800
    assert [row["asked"] for row in current["requirements"]] == ["floor", "floor"]


def test_the_mended_one_proves_its_share_on_fewer_cases_and_is_chosen(asked):
    mended = of(asked, "mended")
    (share,) = [row for row in mended["requirements"] if row["asked"] == "mitigation"]
    assert share["verdict"] == "pass"
    assert share["seen"]["low"] >= 0.5
    assert share["seen"]["missing"] == 0
    assert mended["estimates"]["gap"]["cases"] == share["seen"]["cases"] < 800
    assert (asked["winner"], asked["exit"]) == ("mended", 0)


def test_what_was_judged_is_what_is_shown(asked):
    mended = of(asked, "mended")
    (share,) = [row for row in mended["requirements"] if row["asked"] == "mitigation"]
    assert mended["mitigation"] == {"gap": share["seen"]}
    assert of(asked, "current")["mitigation"] == {}
    (pair,) = of(asked, "current")["between"]["gap"]
    assert (pair["first"], pair["second"]) == ("men", "women")
    assert pair["low"] > 0.15


def test_it_is_shown_though_nobody_asks_for_it(tmp_path):
    report = reported(tmp_path)
    current, mended = of(report, "current"), of(report, "mended")
    assert current["estimates"]["gap"]["cases"] < 800  # refuted, and nobody is compared with it
    share = mended["mitigation"]["gap"]
    assert share["missing"] == 0
    assert share["cases"] == min(one["estimates"]["gap"]["cases"] for one in (current, mended))
    assert share["low"] > 0.0
    assert all(row["asked"] != "mitigation" for row in mended["requirements"])
