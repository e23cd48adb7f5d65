"""What `list` and `show` say of incidents and findings: where each stands, what comes next, and what it cost."""

import json

import pytest
from tests.command import trimtab, usual
from tests.workspace.test_keeping import POLICY

STORY = """kind,incident,finding,severity,hazard,what,step,at,by,system,spend,instead_of,amount,category,owner
incident,INC-1,,S2,privacy,A name was shown.,,2026-03-02T09:00Z,care,bot,,,,,
incident-step,INC-1,,,,,detect,2026-03-02T09:00Z,care,,,,,,
incident-step,INC-1,,,,Masked.,fix,2026-03-03,ml-team,,,,,,
incident-step,INC-1,,,,,verify,2026-03-04,care,,,,,,
incident-step,INC-1,,,,It is back.,reopen,2026-03-05,care,,,,,,
incident,INC-2,,S1,privacy,Nobody saw it yet.,,2026-03-06,care,,,,,,
spend,INC-1,,,,,,2026-03-07,care,,A,,100.10,remedy,
spend,INC-1,,,,,,2026-03-08,care,,B,A,70.05,remedy,
finding,,F-1,S3,,Logs are kept.,,2026-03-07,care,bot,,,,,ml-team
finding-step,,F-1,,,,fix,2026-03-08,ml-team,,,,,,
finding-step,,F-1,,,,verify,2026-03-09,care,,,,,,
"""


@pytest.fixture
def house(tmp_path):
    (tmp_path / "q.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (tmp_path / "trimtab.yaml").write_text(POLICY)
    (tmp_path / "story.csv").write_text(STORY)
    assert trimtab("record", "story.csv", cwd=tmp_path).returncode == 0
    return tmp_path


def test_a_case_tells_where_it_stands_what_comes_next_and_what_it_cost(house):
    narrow = usual(COLUMNS="80")
    listed = trimtab("incident", "list", "--open", "--json", cwd=house)
    told = {one["incident"]: (one["state"], one["next"]) for one in json.loads(listed.stdout)}
    # A fix that did not hold does not count, and what nobody has seen comes next to be detected.
    assert told == {"INC-1": ("reopened, detected", "contain"), "INC-2": ("opened", "detect")}
    shown = trimtab("incident", "show", "INC-1", cwd=house, environment=narrow).stdout
    assert "2026-03-03 00:00  fix       ml-team (row 4): Masked." in shown
    assert "cost: 70.05 EUR (1 entered)" in shown  # the line that was wrong does not count
    assert "INC-1: reopened, detected. Next: trimtab incident contain INC-1" in shown
    assert "INC-2" not in trimtab("incident", "list", "--system", "bot", cwd=house).stdout
    assert "no open finding" in trimtab("finding", "list", "--open", cwd=house).stdout
    assert "F-1: verified. Next: trimtab finding close F-1" in trimtab("finding", "show", "F-1", cwd=house).stdout
    missing = trimtab("finding", "show", "INC-1", cwd=house)
    assert missing.returncode == 2
    assert "`trimtab finding list`" in missing.stderr
