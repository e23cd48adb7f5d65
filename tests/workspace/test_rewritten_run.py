"""A run holds a metric against its own rewrite, and says so where the wording alone was learned."""

import pytest

PLAIN = "source: {{suite: questions}}}}"
GOLD = """source: {{suite: questions}}, gold: {{metric: fresh, gap_at_most: 0.2}}}}
  fresh:
    {{question: "Right in other words?", better: higher, target: 0.9, owner: team, source: {{suite: other}}}}"""
SUITE = "  planted: {{file: planted.jsonl"
OTHER = "  other: {{file: questions.jsonl, score: contains, cases: 500, rewrite: {{seed: 4, ways: [WAY]}}}}\n"


def policy(monkeypatch, way):
    from tests.workspace import conftest

    text = conftest.POLICY.replace(PLAIN, GOLD, 1).replace(SUITE, OTHER.replace("WAY", way) + SUITE, 1)
    assert "fresh" in text
    assert "rewrite" in text
    monkeypatch.setattr(conftest, "POLICY", text)


def gaps(decided):
    return {
        candidate["candidate"]: (one["verdict"], one["seen"])
        for candidate in decided["candidates"]
        for one in candidate["requirements"]
        if one["asked"] == "gap"
    }


@pytest.mark.slow
def test_a_score_that_survives_other_words_passes(place, monkeypatch):
    policy(monkeypatch, "spacing")
    place.write(cases=60)
    found = gaps(place.decided())
    assert {verdict for verdict, _ in found.values()} == {"pass"}
    assert place.trimtab("report", "--json", "--quiet").returncode in {0, 1, 3}


MODEL = """\
import re

def reply(prompt):
    known = re.search(r"What is (\\d+) \\+ (\\d+)", prompt)  # learned by heart, capital letter and all
    said = re.search("say: (.*)", prompt)
    return f"The answer is {int(known[1]) + int(known[2])}." if known else said[1] if said else "No idea."
"""


@pytest.mark.slow
def test_a_score_of_the_wording_fails(place, monkeypatch):
    from tests.workspace import conftest

    policy(monkeypatch, "case")
    for url, name in (("url", "m-current"), ("second", "m-next")):
        asked = f'openai: {{{{url: "{{{url}}}", model: {name}, key_env: "{{key_env}}"}}}}'
        assert asked in conftest.POLICY
        monkeypatch.setattr(conftest, "POLICY", conftest.POLICY.replace(asked, 'callable: {{target: "model:reply"}}'))
    (place.folder / "model.py").write_text(MODEL, encoding="utf-8")
    place.write(cases=60)
    decided = place.decided()
    found = gaps(decided)
    assert all(seen["value"] > 0.9 for _, seen in found.values()), found
    assert {verdict for verdict, _ in found.values()} == {"fail"}
    assert decided["winner"] in {"", None}
