"""Vendors, the board and courses in a policy: every mistake has its line, and what loosens is seen as that."""

import pytest

from trimtab.policy import diff

ADDED = """\
vendors:
  north:
    services: [a model]
    owner: safety-lead
    tier: high
    critical: true
    fee: 1000
    cap: 500
    met: 0.8
    asks: [owasp-llm-2026:LLM02, eu-ai-act:Art.12]
    sla:
      - {metric: R04, floor: 0.9, slope: 2}
liaison:
  - {priority: Fast, safety: Careful, owner: safety-lead, requirement: eu-ai-act:Art.12, metrics: [R08]}
learning:
  courses:
    ai-literacy: {pass: 0.8}
    red-lines: {roles: [ward], valid_days: 365}
  roles:
    ward: {functions: [safety]}
"""


@pytest.fixture
def whole(base):
    return base.replace("    budget: {calls: 5000}\n", "    budget: {calls: 5000}\n    vendors: [north]\n") + ADDED


@pytest.mark.parametrize(
    ("old", "new", "where", "word"),
    [
        ("vendors: [north]", "vendors: [nroth]", "systems.assistant.vendors[0]", "Did you mean `north`"),
        ("owner: safety-lead\n    tier: high\n    critical", "owner: x\n    tier: high\n    critical", "vendors.north.owner", "people"),
        ("tier: high\n    critical", "tier: hihg\n    critical", "vendors.north.tier", "Did you mean `high`"),
        ("critical: true\n", "critical: true\n    reassess: yearly\n", "vendors.north", "quarterly"),
        ("    fee: 1000\n", "", "vendors.north", "fee"),
        ("cap: 500", "cap: 1001", "vendors.north", "more than the `fee`"),
        ("met: 0.8", "met: 0", "vendors.north.met", "more than 0"),
        ("met: 0.8", "system: assistant", "vendors.north.system", "cannot rest on the vendor"),
        ("eu-ai-act:Art.12]", "eu-ai-act:Art.999]", "vendors.north.asks[1]", "neither a control"),
        ("[owasp-llm-2026:LLM02, eu-ai-act:Art.12]", "[iso-42001-2023:A.10.3]", "vendors.north.asks", "protects people"),
        ("metric: R04", "metric: R05", "vendors.north.sla[0].metric", ""),
        ("metric: R04", "metric: secret_leak", "vendors.north.sla[0].metric", "no `system`"),
        ("floor: 0.9, slope: 2", "floor: 90, slope: 2", "vendors.north.sla[0].floor", "between 0 and 1"),
        ("slope: 2}", "slope: -2}", "vendors.north.sla[0].slope", "more than 0"),
        ("slope: 2}", "slope: 2, bonus: {beyond: 0.8, amount: 1}}", "vendors.north.sla[0].bonus.beyond", "worse"),
        ("slope: 2}\n", "slope: 2}\n      - {metric: R04, floor: 0.5, slope: 1}\n", "vendors.north.sla[1].metric", "already"),
        ("metrics: [R08]", "metrics: [R99]", "liaison[0].metrics[0]", "neither a metric"),
        ("safety: Careful", "safety: ''", "liaison[0].safety", ""),
        ("metrics: [R08]}\n", "metrics: [R08]}\n  - {priority: ' fast', safety: x, owner: safety-lead}\n", "liaison[1].priority", "already"),
        ("ai-literacy:", "ai-litracy:", "learning.courses.ai-litracy", "no title"),
        ("roles: [ward]", "roles: [wrad]", "learning.courses.red-lines.roles[0]", "Did you mean `ward`"),
        ("functions: [safety]", "functions: [safty]", "learning.roles.ward.functions[0]", "Did you mean `safety`"),
        ("pass: 0.8", "pass: 0.8, topics: [x]", "learning.courses.ai-literacy.topics[0]", "no topic"),
        ("valid_days: 365", "valid_days: 30", "learning.courses.red-lines.valid_days", ""),
    ],
)  # fmt: skip
def test_each_mistake_has_its_place(folder, whole, old, new, where, word):  # noqa: PLR0917
    assert whole.count(old) == 1
    found = [one for one in folder.check(whole.replace(old, new)).mistakes if not one.warning]
    hit = next(one for one in found if one.where == where)
    assert hit.line > 0
    assert word in f"{hit.message} {hit.suggestion}"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("vendors: [north]", "vendors: []", "systems.assistant.vendors"),
        ("critical: true", "reassess: quarterly", "vendors.north.critical"),
        ("cap: 500", "cap: 400", "vendors.north.cap"),
        ("met: 0.8", "met: 0.7", "vendors.north.met"),
        (", eu-ai-act:Art.12]", "]", "vendors.north.asks"),
        ("floor: 0.9", "floor: 0.8", "vendors.north.sla.R04.floor"),
        ("slope: 2", "slope: 1", "vendors.north.sla.R04.slope"),
        ("pass: 0.8", "pass: 0.7", "learning.courses.ai-literacy.pass"),
        ("valid_days: 365", "valid_days: 400", "learning.courses.red-lines.valid_days"),
        ("    ai-literacy: {pass: 0.8}\n", "", "learning.courses.ai-literacy"),
        ("functions: [safety]", "about: nobody", "learning.roles.ward.functions"),
    ],
)
def test_what_loosens_one_way_tightens_the_other(folder, whole, old, new, where):
    was, now = folder.load(whole), folder.load(whole.replace(old, new))
    assert (where, "loosens") in [(one.where, one.effect) for one in diff(was, now).changes]
    assert (where, "tightens") in [(one.where, one.effect) for one in diff(now, was).changes]


def test_a_policy_that_says_nothing_of_them_is_what_it_was(folder, base, whole):
    assert folder.load(base + "vendors: {}\nliaison: []\n").digest == folder.load(base).digest
    assert folder.load(whole).digest != folder.load(base).digest
    assert "loosens" in [one.effect for one in diff(folder.load(whole), folder.load(base)).changes]


def test_a_course_that_nobody_here_owes_is_a_warning(folder, whole):
    found = folder.check(whole.replace("ai-literacy: {pass: 0.8}", "reviewing: {}"))
    assert [one.where for one in found.warnings if "nobody here is" in one.message] == ["learning.courses.reviewing"]
