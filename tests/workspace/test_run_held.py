"""`trimtab run` while an error budget of production is spent: a better performer is held back, a fix is let go."""

import json
import os
import time

import pytest
from tests.command import trimtab
from tests.workspace import watching
from tests.workspace.watching import Site


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Production has spent its budget within the last hour, by the clock on the wall; q4 is the better performer."""
    monkeypatch.setattr(watching, "NOW", time.time_ns() // 1000)
    site = Site(tmp_path, cases=120)
    site.write({"current": (90, 2), "q4": (119, 0)})
    site.rule([(age, 100, 5) for age in range(60, 0, -5)])
    return site


def run(site, *arguments):
    done = trimtab("run", "--json", *arguments, cwd=site.folder, environment={**os.environ, "NO_COLOR": "1"})
    return done.returncode, json.loads(done.stdout)


def test_a_better_performer_is_held_back_unless_it_is_a_fix(site):
    code, held = run(site)
    assert held["winner"] == "q4"
    assert "q4 is held back" in held["held"]
    assert code == 1
    code, fixed = run(site, "--safety-fix", "it tells no codes")
    assert "held" not in fixed
    assert code == 0


def test_the_verdict_of_another_candidate_is_not_the_winners(site):
    assert run(site, "--require", "q4")[0] == 1
    assert run(site, "--require", "current")[0] != 1


def test_without_objectives_nothing_is_held(site):
    site.write({"current": (90, 2), "q4": (119, 0)}, slo="{}")
    code, report = run(site)
    assert (code, report["winner"], "held" in report) == (0, "q4", False)
