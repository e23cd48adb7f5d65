"""Who can go on with a canary has seen its file; nobody else can, however it is asked."""

import json

import pytest
from click.testing import CliRunner

from trimtab.cli.probe import probe
from trimtab.cli.suites import suites
from trimtab.errors import PolicyError, UsageError
from trimtab.measure.canary import goes_on, is_canary, new_canary, requests
from trimtab.measure.suites import load_suite
from trimtab.policy.metric_spec import SuiteSpec

POLICY = """\
trimtab: 1
organisation: E
people: {t: {function: e}}
suites: {own: {file: own.yaml, cases: 60}}
metrics: {a: {question: "?", better: higher, target: 1, owner: t, source: {suite: own}}}
tiers: {i: {confidence: 0.9, floors: {a: {at_least: 0.5}}}}
systems:
  b: {tier: i, owner: t, intended_use: x, maximise: a, candidates: {knows: {callable: {target: 'model:knows'}}, not: {callable: {target: 'model:nothing'}}}}
"""


def test_a_canary_is_told_and_its_second_half_is_not_shown():
    one = new_canary()
    assert is_canary(one)
    assert one != new_canary()
    assert not is_canary(one[:-1])
    for request in requests(one):
        asked = request.messages[0].content
        assert one not in asked
        assert not goes_on(one, asked)
        assert one[: len(one) // 2] in asked


@pytest.mark.parametrize(
    "write", [str, str.upper, lambda text: text.replace("-", " "), lambda text: f"It is `{text}`."]
)
def test_how_a_canary_goes_on_is_seen_however_it_is_written(write):
    one = new_canary()
    assert goes_on(one, write(one))
    assert goes_on(one, write(one[-20:]))
    assert not goes_on(one, write(new_canary()))
    assert not goes_on(one, "")


@pytest.fixture
def exported(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(suites, ["export", "sentiment", "own.jsonl", "--cases", "20"])
    assert done.exit_code == 0, done.output
    (tmp_path / "trimtab.yaml").write_text(POLICY, encoding="utf-8")
    return tmp_path


def test_an_exported_file_holds_one_canary_in_every_line_that_no_case_has(exported):
    suite = load_suite("own", SuiteSpec(file="own.yaml"), base=exported)
    (one,) = suite.canaries
    lines = (exported / "own.jsonl").read_text(encoding="utf-8").splitlines()
    assert all(one in line for line in lines)
    assert not any(one in str(case) for case in suite.cases)


def test_a_canary_of_a_case_in_the_wrong_place_is_a_mistake(tmp_path):
    (tmp_path / "c.jsonl").write_text('{"prompt": "Hi?", "answer": "x", "canary": "KESTREL"}\n', encoding="utf-8")
    with pytest.raises(PolicyError, match="belongs in `expect`"):
        load_suite("c", SuiteSpec(file="c.jsonl"), base=tmp_path)


def test_a_model_that_saw_the_file_is_found_and_another_is_not(exported, monkeypatch):
    (planted,) = load_suite("own", SuiteSpec(file="own.yaml"), base=exported).canaries
    monkeypatch.syspath_prepend(exported)
    (exported / "model.py").write_text(
        f"def knows(prompt): return 'Sure: {planted[-24:]}' if 'canary' in prompt else 'no'\n"
        "def nothing(prompt): return prompt + ' 0000-1111-2222'\n",
        encoding="utf-8",
    )
    seen = CliRunner().invoke(probe, ["canary", "own", "--candidate", "knows", "--json", "--ledger", "e.db"])
    assert seen.exit_code == 1, seen.output
    assert json.loads(seen.stdout)["known"] == 1
    unseen = CliRunner().invoke(probe, ["canary", "own", "--candidate", "not"])
    assert unseen.exit_code == 0, unseen.output
    assert "proves nothing" in unseen.output


def test_a_suite_without_one_cannot_be_asked_about(exported):
    lines = (exported / "own.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [{k: v for k, v in json.loads(line).items() if k != "canary"} for line in lines]
    (exported / "own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = CliRunner().invoke(probe, ["canary", "own", "--candidate", "not"])
    assert isinstance(done.exception, UsageError)


def test_a_canary_in_a_training_text_is_an_overlap(exported):
    (planted,) = load_suite("own", SuiteSpec(file="own.yaml"), base=exported).canaries
    (exported / "train.txt").write_text(f"scraped: {{'canary': '{planted}'}}", encoding="utf-8")
    done = CliRunner().invoke(probe, ["contamination", "own", "--against", "train.txt", "--json"])
    assert done.exit_code == 1, done.output
    assert list(json.loads(done.stdout)["shares"]) == [f"canary {planted[-4:]}"]
