"""A promise is the part of a policy that concerns one candidate: it changes with that, and with nothing else."""

import copy

import pytest
from tests.unit.decision.consenting import person, policy

from trimtab.policy import Policy
from trimtab.policy.consent_spec import ConsentSpec
from trimtab.policy.consents import consent_changes
from trimtab.policy.diff import diff
from trimtab.policy.promise import promise, promise_digest

BASE = policy(
    suites={"s": {"python": "a:b", "score": "exact-match"}, "t": {"python": "a:c", "score": "exact-match"}},
    guards={
        "standard": {"output": [{"detector": "patterns", "action": "mask"}]},
        "other": {"input": [{"detector": "patterns", "action": "mask"}]},
    },
).model_dump(mode="json", by_alias=True)


def changed(*changes):
    data = copy.deepcopy(BASE)
    for path, value in changes:
        holder = data
        *steps, last = path.split(".")
        for step in steps:
            holder = holder[step]
        holder[last] = value
    return Policy.model_validate(data)


def same(*changes):
    return promise_digest(changed(*changes), "bot", "q4") == promise_digest(changed(), "bot", "q4")


OWN = "systems.bot.candidates.q4"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("tiers.high.confidence", 0.9),
        ("tiers.high.floors", {}),
        ("tiers.high.floors.leak.at_most", 0.03),
        ("tiers.high.regression", {"margin": 0.1}),
        ("tiers.high.sampling", "fixed"),
        ("tiers.high.actions", {"personal": "block"}),
        ("red_lines", ["leak"]),
        ("metrics.leak.source", {"suite": "t"}),
        ("metrics.leak.judged_by", "right"),
        ("metrics.right.target", 0.8),
        ("suites.s.cases", 10),
        ("suites.s.part", "1/2"),
        ("systems.bot.intended_use", "anything"),
        ("systems.bot.maximise", ["leak"]),
        ("systems.bot.slo", {"leak": {"good": 0.9}}),
        ("systems.bot.guard", "standard"),
        (f"{OWN}.guard", "standard"),
        (f"{OWN}.generation", {"temperature": 0.5}),
        (f"{OWN}.with", {"target": "bots:other"}),
        (f"{OWN}.set", {"generation.top_p": 0.5}),
    ],
)
def test_what_concerns_the_candidate_changes_its_promise(path, value):
    assert not same((path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("organisation", "Another"),
        ("people.newcomer", person("engineer")),
        ("teams.new", {}),
        ("suites.t.cases", 10),
        ("guards.other.refusal", "No."),
        ("tiers.low", {"confidence": 0.8}),
        ("tiers.high.weights", {"performance": 0.5, "safety": 0.5}),
        ("tiers.high.consent.valid_days", 10),
        ("metrics.leak.owner", "ml"),
        ("metrics.leak.question", "Does it?"),
        ("systems.bot.owner", "engineer"),
        ("systems.bot.baseline", "q4"),
        ("systems.bot.candidates.current.guard", "standard"),
        (f"{OWN}.about", "quick"),
        (f"{OWN}.limits", {"concurrency": 2}),
        (f"{OWN}.price", {"input": 1.0}),
    ],
)
def test_what_does_not_concern_it_leaves_it_alone(path, value):
    assert same((path, value))


def test_a_guard_counts_where_it_stands_and_only_there():
    guarded = (f"{OWN}.guard", "standard")
    mine = promise_digest(changed(guarded), "bot", "q4")
    assert promise_digest(changed(guarded, ("guards.standard.refusal", "No.")), "bot", "q4") != mine
    assert promise_digest(changed(guarded, ("guards.other.refusal", "No.")), "bot", "q4") == mine


def test_a_floor_at_nothing_is_a_floor():
    assert promise(changed(("tiers.high.floors.leak.at_most", 0.0)), "bot", "q4")["tier"]["floors"] == {
        "leak": {"at_most": 0.0}
    }


def test_a_promise_is_the_same_from_the_ledger_as_from_the_file():
    read = Policy.model_validate_json(changed().model_dump_json(by_alias=True))
    assert promise_digest(read, "bot", "q4") == promise_digest(
        policy(suites=BASE["suites"], guards=BASE["guards"]), "bot", "q4"
    )


def test_the_digest_of_a_policy_without_consents_is_what_it_was():
    data = {**BASE, "tiers": {"high": {**BASE["tiers"]["high"], "consent": None}}}
    without = Policy.model_validate(data)
    bare = copy.deepcopy(data)
    del bare["tiers"]["high"]["consent"]
    for one in bare["people"].values():
        del one["revoked"]
    assert Policy.model_validate(bare).digest == without.digest


def test_a_consent_that_asks_less_is_seen_as_a_loosening():
    strict = ConsentSpec(roles=("risk-owner",), valid_days=30, second=True)
    for looser in (
        None,
        strict.model_copy(update={"second": False}),
        strict.model_copy(update={"valid_days": 60}),
        strict.model_copy(update={"roles": ("risk-owner", "engineer")}),
    ):
        assert {one.effect for one in consent_changes("c", strict, looser)} == {"loosens"}
        assert {one.effect for one in consent_changes("c", looser, strict)} == {"tightens"}
    none = changed(("tiers.high.consent", None))
    assert diff(changed(), none).overall == "loosens"
    assert diff(none, changed()).overall == "tightens"
