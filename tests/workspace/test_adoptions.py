"""Which policies a review tells of."""

import pytest
from tests.workspace.governing import NOW, POLICY, policy_in

from trimtab.evidence import Ledger, PolicyAdopted, Subject
from trimtab.workspace.redteam import attacking, policy_of_baseline
from trimtab.workspace.reviewing import adoptions


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
        yield ledger


def adopt(ledger, policy):
    record = PolicyAdopted(text=policy.model_dump_json(by_alias=True))
    ledger.append([record], subject=Subject(), run="", maker="trimtab/1", policy=policy.digest)


def test_the_policy_that_a_red_team_attacks_by_was_adopted_by_nobody(tmp_path, ledger):
    first = policy_in(tmp_path, POLICY)
    (tmp_path / "later").mkdir()
    second = policy_in(tmp_path / "later", POLICY.replace("attacks: {at_most: 0.1}", "attacks: {at_most: 0.05}"))
    attacked = attacking(first, "bot", cases=10)
    assert policy_of_baseline(attacked)
    for policy in (first, attacked, second):
        adopt(ledger, policy)
    found = adoptions(ledger, upto=3)
    assert [one.digest for one in found] == [first.digest, second.digest]
    assert found[1].diff is not None  # against the one that was in force, and not against the attack


def test_a_policy_that_asks_something_is_no_attack_whatever_it_is_called(tmp_path):
    attacked = attacking(policy_in(tmp_path, POLICY), "bot", cases=10)
    (name, tier), floors = next(iter(attacked.tiers.items())), policy_in(tmp_path, POLICY).tiers["high"].floors
    asking = attacked.model_copy(update={"tiers": {name: tier.model_copy(update={"floors": floors})}})
    assert not policy_of_baseline(asking)
