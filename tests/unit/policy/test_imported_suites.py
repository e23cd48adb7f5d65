"""A suite that another tool asks: nothing about asking, and a metric that looks for results."""

import pytest

from trimtab.policy import check_policy, costs

POLICY = """\
trimtab: 1
organisation: Example Works
people:
  team: {{function: engineering}}
suites:
  scan: {{{suite}}}
metrics:
  attacked:
    {{question: "Does an attack get through?", better: lower, target: 0.0005, owner: team,
     source: {{suite: {of}{source}}}}}
tiers:
  internal: {{confidence: 0.9, floors: {{attacked: {{at_most: 0.001}}}}}}
systems:
  bot:
    tier: internal
    owner: team
    intended_use: Sums.
    maximise: attacked
    candidates:
      q4: {{openai: {{url: "http://127.0.0.1:9/v1", model: m, key_env: ""}}}}
"""
GOOD = ", with: {better: lower}"


@pytest.fixture
def checked(tmp_path):
    def checked(suite="imported: garak", of="scan", source=GOOD):
        path = tmp_path / "trimtab.yaml"
        path.write_text(POLICY.format(suite=suite, of=of, source=source), encoding="utf-8")
        return check_policy(path)

    return checked


def test_it_is_a_source_of_its_own_and_nobody_knows_yet_how_many_cases_it_brings(checked):
    found = checked()
    assert not found.mistakes
    assert [(cost.imported, cost.affordable) for cost in costs(found.policy)] == [(True, True)]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"suite": "imported: garbage"}, "imported"),
        ({"suite": 'imported: ""'}, "give exactly one of builtin, file, python, imported"),
        ({"suite": "imported: garak, builtin: red-team"}, "give exactly one of builtin, file, python, imported"),
        ({"suite": "imported: garak, seed: 3"}, "is about asking, and another tool has asked already"),
        ({"suite": "imported: garak, rewrite: {}"}, "is about asking"),
        ({"suite": "imported: garak, score: exact-match"}, "scores replies, and results of"),
        ({"source": ", score: planted-leak"}, "scores replies, and results of"),
        ({"source": ""}, "must be `higher`"),
        ({"source": ", with: {better: lower, form: throughput}"}, "is not a choice here"),
        ({"source": ", with: {better: lower, form: p95, turned: true}"}, "can be turned"),
        ({"of": "red-team", "source": ", score: imported, with: {better: lower}"}, "and here replies are scored"),
    ],
)
def test_what_makes_no_sense_is_reported(given, says, checked):
    told = "\n".join(str(one) for one in checked(**given).mistakes if not one.warning)
    assert says in told
