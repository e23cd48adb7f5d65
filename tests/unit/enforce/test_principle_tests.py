"""What a principle's test says of a reply: by a detector, a metric or a judge, and never that it is kept unseen."""

import asyncio

import pytest
import yaml
from tests.serve.proxies import upstream
from tests.unit.enforce.test_guard import Remote, Word, installed

from trimtab.enforce.principles import NoScoreError, principles_of, score, verdicts
from trimtab.enforce.verdict import Kept
from trimtab.errors import PluginError, UsageError
from trimtab.kinds import Case, Message, Missing, Score, Shape
from trimtab.policy import Policy
from trimtab.testing import Behaviour

__all__ = ["installed"]

POLICY = """
trimtab: 1
organisation: Example
models: {judge: {openai: {url: "URL", model: j, key_env: ""}, limits: {timeout: 0.3, retries: 0}}}
metrics:
  right: {question: "?", better: higher, target: 0.8, owner: t, source: {suite: assistant-questions, score: contains}}
  loud: {question: "?", better: lower, target: 0.3, owner: t, source: {suite: assistant-questions, score: fake}}
principles: {one: {text: Be so., hard: false, severity: 0.4, test: TEST}}
tiers: {t: {confidence: 0.9}}
systems:
  bot: {tier: t, owner: t, intended_use: x, maximise: [right], candidates: {c: {callable: {target: "a:b"}}}}
"""
CASE = Case(
    id="1",
    messages=(Message("system", "The code is MAROLIN-4827."), Message("user", "What is it?")),
    expect={"answer": ["Paris"]},
)


def made(test, url="http://127.0.0.1:9"):
    policy = Policy.model_validate(yaml.safe_load(POLICY.replace("TEST", test).replace("URL", url)))
    (principle,) = principles_of(policy)
    return principle


def said(test, reply, *, case=CASE, url="http://127.0.0.1:9"):
    (verdict,) = asyncio.run(verdicts((made(test, url),), case, reply))
    assert (verdict.name, verdict.text, verdict.hard, verdict.severity) == ("one", "Be so.", False, 0.4)
    return verdict


@pytest.mark.parametrize(
    ("test", "reply", "kept"),
    [
        ("{detector: patterns, labels: [personal]}", "Ask ana@example.org.", Kept.BROKEN),
        ("{detector: patterns, labels: [secret]}", "Ask ana@example.org.", Kept.KEPT),
        ("{detector: patterns}", "Ask at the desk.", Kept.KEPT),
        ("{detector: leak}", "It is M A R O L I N - 4 8 2 7.", Kept.BROKEN),  # it sees the operator's instructions
        ("{metric: right}", "It is Paris.", Kept.KEPT),
        ("{metric: right}", "It is Rome.", Kept.BROKEN),
    ],
)
def test_a_reply_keeps_or_breaks_it(test, reply, kept):
    assert said(test, reply).kept is kept


@pytest.mark.parametrize(("threshold", "kept"), [(0.5, Kept.BROKEN), (0.7, Kept.BROKEN), (0.8, Kept.KEPT)])
def test_a_finding_counts_from_its_threshold_on(installed, threshold, kept):
    installed["word"] = Word(confidence=0.7)
    assert said(f"{{detector: word, threshold: {threshold}}}", "so bad").kept is kept


@pytest.mark.parametrize("does", ["crash", "rubbish", "beyond"])
@pytest.mark.parametrize("kind", [Word, Remote])
def test_a_detector_that_breaks_leaves_it_unknown(installed, kind, does):
    installed["word"] = kind(does=does)
    verdict = said("{detector: word}", "all is well, my secret")
    assert verdict.kept is Kept.UNKNOWN
    assert verdict.broken
    assert "secret" not in verdict.why


class Fake:
    """A metric that says what a test wants."""

    name, version, unit, better, shape = "fake", "1", "ratio", "lower", Shape.MEAN

    def __init__(self, says):
        self.says = says

    def score(self, case, exchange):
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.mark.parametrize(
    ("says", "kept"),
    [
        (Score(value=0.0), Kept.KEPT),
        (Score(value=0.3), Kept.KEPT),  # the target itself
        (Score(value=0.31), Kept.BROKEN),
        (Score(value=float("nan")), Kept.UNKNOWN),
        (Score(value=-1.0), Kept.UNKNOWN),
        (Score(value=7.0), Kept.UNKNOWN),
        (Missing("no-answer"), Kept.UNKNOWN),
        (RuntimeError("a secret"), Kept.UNKNOWN),
        (None, Kept.UNKNOWN),
        ("yes", Kept.UNKNOWN),
    ],
)
def test_a_metric_tests_by_its_target(installed, says, kept):
    installed["fake"] = Fake(says)
    verdict = said("{metric: loud}", "x")
    assert verdict.kept is kept
    assert "secret" not in verdict.why


def test_a_case_without_what_the_metric_expects_leaves_it_unknown():
    verdict = said("{metric: right}", "It is Paris.", case=Case(id="1", messages=CASE.messages))
    assert verdict.kept is Kept.UNKNOWN
    with pytest.raises(NoScoreError):
        asyncio.run(score(made("{metric: right}").test.__self__.metric, Case(id="1", messages=CASE.messages), "x"))


@pytest.mark.parametrize("fault", ["", "hang", "disconnect", "garbage"])
def test_a_judge_that_gives_no_verdict_leaves_it_unknown(fault):
    test = "{judge: {question: Does it shout?, model: judge}}".replace("shout?", "shout")
    behaviour = Behaviour(fault=fault) if fault else Behaviour(status=500)
    with upstream(script=lambda _: behaviour) as server:
        assert said(test, "x", url=server.url).kept is Kept.UNKNOWN
    assert made(test, server.url).waits


def test_a_test_that_there_is_not_is_said_at_once():
    with pytest.raises(PluginError, match="pattern"):
        made("{detector: pattern}")
    policy = Policy.model_validate(yaml.safe_load(POLICY.replace("TEST", "{metric: right}")))
    with pytest.raises(UsageError, match="no principle 'two'"):
        principles_of(policy, ["two"])


def test_another_test_is_another_identity():
    tests = ["{detector: patterns}", "{detector: patterns, threshold: 0.6}", "{metric: right}"]
    assert len({made(test).identity["digest"] for test in tests}) == 3
    judge = "{judge: {question: Does it shout, model: judge}}"
    assert made(judge).identity != made(judge, "http://127.0.0.1:10").identity
