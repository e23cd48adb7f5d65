"""`trimtab pairs`: what is kept teaches what the policy wants, and whatever is dropped has its reason."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.command import trimtab
from tests.workspace.test_score import CLEAN, LEAK, NO, POLICY, lines, write

from trimtab.errors import UsageError
from trimtab.policy import Policy
from trimtab.workspace.pair_balance import Balance
from trimtab.workspace.pair_rules import PairRules
from trimtab.workspace.pairs import sift_pairs
from trimtab.workspace.score_rows import Scale

SCALE = Scale(policy=Policy.model_validate(json.loads(json.dumps(POLICY)), strict=False), system="bot")
THINGS = [
    "a red lamp for the hall", "two chairs of oak", "the blue kettle", "some garden hose", "a map of the coast",
    "one pair of boots", "a box of nails", "the winter coat", "a clock for the wall", "four green plates",
]  # fmt: skip


def pair(number, chosen, rejected, **more):
    """Pairs about different things, so that none is like another."""
    thing = THINGS[number % len(THINGS)]
    return {
        "prompt": f"When does {thing} arrive?",
        "chosen": f"{thing}: {chosen}",
        "rejected": f"{thing}? {rejected}",
        **more,
    }


def sift(place, rows, *, scale=SCALE, **rules):
    return sift_pairs(
        scale, write(place / "a.jsonl", rows), place / "o.jsonl", PairRules(**rules), processes=1, force=True
    )


@pytest.mark.parametrize(
    ("chosen", "rejected", "reason"),
    [
        (CLEAN, LEAK, ""),
        (CLEAN, NO, ""),  # the refusal costs
        (CLEAN, "Ask somebody else.", ""),  # a tie: whoever preferred one is believed
        (LEAK, CLEAN, "chosen-unsafe"),
        (LEAK, f"{LEAK} Or to bo@example.org.", "both-unsafe"),
        (NO, CLEAN, "wrong-way"),
    ],
)
def test_what_is_kept_and_why_not(tmp_path, chosen, rejected, reason):
    row = pair(0, chosen, rejected)
    if NO in (chosen, rejected):
        row = {"prompt": "q", "chosen": chosen, "rejected": rejected}
    done = sift(tmp_path, [row])
    assert dict(done.dropped) == ({reason: 1} if reason else {})
    assert lines(tmp_path / "o.jsonl") == ([] if reason else [row])
    assert done.exit_code == (3 if reason else 0)


sides = st.sampled_from([CLEAN, LEAK, NO, "Ask somebody else.", f"{LEAK} {NO}"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(sides, sides, st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5), st.booleans())
def test_no_kept_pair_prefers_what_is_unsafe_or_worse(tmp_path_factory, drawn, flip):
    place = tmp_path_factory.mktemp("pairs")
    rows = [
        {
            "prompt": f"When does {THINGS[at]} arrive?",
            "chosen": one,
            "rejected": other,
            "pay_chosen": paid,
            "pay_rejected": less,
        }
        for at, (one, other, paid, less) in enumerate(drawn)
    ]
    scale = Scale(policy=SCALE.policy, system="bot", task="pay")
    done = sift(place, rows, scale=scale, flip=flip, ties=False)
    rewards = scale.rewards()
    for row in lines(place / "o.jsonl"):
        scored = rewards.score(
            [row["prompt"]] * 2, [row["chosen"], row["rejected"]], task=[row["pay_chosen"], row["pay_rejected"]]
        )
        assert not scored.unsafe[0]
        assert scored.rewards[0] - scored.rewards[1] >= 0.05 - 1e-12
    assert done.kept + sum(done.dropped.values()) == len(rows)


def test_what_is_the_wrong_way_round_is_turned_with_all_that_belongs_to_it(tmp_path):
    row = pair(1, LEAK, CLEAN, id=7, score_chosen=1.0, score_rejected=4.0)
    done = sift(tmp_path, [row], flip=True)
    turned = {**row, "chosen": row["rejected"], "rejected": row["chosen"], "score_chosen": 4.0, "score_rejected": 1.0}
    assert lines(tmp_path / "o.jsonl") == [turned]
    assert (done.kept, done.flipped) == (1, 1)


def test_two_safe_completions_must_differ_by_the_margin(tmp_path):
    rows = [
        pair(0, CLEAN, "Soon.", pay_chosen=0.5, pay_rejected=0.4),
        pair(1, CLEAN, "Soon.", pay_chosen=0.5, pay_rejected=0.48),
        pair(2, CLEAN, "Soon.", pay_chosen=0.5, pay_rejected=0.5),
        pair(3, CLEAN, "Soon.", pay_chosen=0.1, pay_rejected=0.9),
        pair(4, CLEAN, LEAK, pay_chosen=0.0, pay_rejected=1.0),  # no task reward outweighs a leak
    ]
    scale = Scale(policy=SCALE.policy, system="bot", task="pay", multipliers={"refusal": 0.0})
    done = sift(tmp_path, rows, scale=scale, ties=False)
    assert dict(done.dropped) == {"no-difference": 1, "too-close": 1, "wrong-way": 1}
    assert lines(tmp_path / "o.jsonl") == [rows[0], rows[4]]


def test_length_likeness_and_sameness(tmp_path):
    rows = [
        pair(0, CLEAN, "No."),
        pair(1, CLEAN, f"{CLEAN} {LEAK}"),
        pair(1, CLEAN, f"{CLEAN} {LEAK} "),
        {"prompt": "q", "chosen": CLEAN, "rejected": CLEAN},
    ]
    done = sift(tmp_path, rows, length_ratio=1.5)
    assert dict(done.dropped) == {"length": 1, "near-duplicate": 1, "same": 1}
    assert lines(tmp_path / "o.jsonl") == [rows[1]]


def test_a_long_prompt_that_all_share_makes_no_duplicates(tmp_path):
    rules = {"role": "system", "content": " ".join(f"Rule {one} is kept." for one in range(500))}
    rows = [
        {**pair(at, CLEAN, LEAK), "prompt": [rules, {"role": "user", "content": f"When does {thing} arrive?"}]}
        for at, thing in enumerate(THINGS)
    ]
    assert sift(tmp_path, rows).kept == len(rows)


def test_what_could_not_be_looked_at_is_no_pair_either_way(tmp_path):
    image = [{"role": "assistant", "content": [{"type": "image"}]}]
    said = [{"role": "assistant", "content": CLEAN}]
    done = sift(
        tmp_path,
        [{"prompt": "q", "chosen": said, "rejected": image}, {"prompt": "q", "chosen": image, "rejected": said}],
    )
    assert dict(done.dropped) == {"unchecked": 2}
    assert done.exit_code == 3


def test_examples_for_kto_from_pairs_and_from_rows(tmp_path):
    done = sift(tmp_path, [pair(0, CLEAN, LEAK), pair(1, LEAK, CLEAN)], kto=True, flip=True)
    assert [row["label"] for row in lines(tmp_path / "o.jsonl")] == [True, False, False, True]
    assert all(set(row) == {"prompt", "completion", "label"} for row in lines(tmp_path / "o.jsonl"))
    assert not any(row["label"] and "ana@" in row["completion"] for row in lines(tmp_path / "o.jsonl"))
    assert (done.kept, done.written, done.wanted) == (2, 4, 2)
    rows = [
        {"prompt": "a", "completion": CLEAN},
        {"prompt": "b", "completion": LEAK},
        {"prompt": "c", "completion": NO},
        {"prompt": "d", "completion": f"{LEAK} today", "label": True},
        {"prompt": "e", "completion": "The whole thing is lost.", "label": False},
        {"messages": [{"role": "user", "content": "f"}, {"role": "assistant", "content": "It is on its way by sea."}]},
    ]
    done = sift(tmp_path, rows, kto=True)
    assert [row["label"] for row in lines(tmp_path / "o.jsonl")] == [True, False, False, True]
    assert dict(done.dropped) == {"costly": 1, "wrong-way": 1}


def test_what_few_readers_of_json_can_write_is_written(tmp_path):
    odd = b'{"prompt": "\\ud800 q", "chosen": "Write to ana@example.org", "rejected": "All is well.", "n": 123456789012345678901234}'
    sift(tmp_path, [odd + b"\n"], flip=True)
    (row,) = lines(tmp_path / "o.jsonl")
    assert row == {**json.loads(odd), "chosen": "All is well.", "rejected": "Write to ana@example.org"}


def test_a_file_without_pairs_is_a_mistake(tmp_path):
    with pytest.raises(UsageError, match="holds no pairs"):
        sift(tmp_path, [{"prompt": "a", "completion": CLEAN}])
    with pytest.raises(UsageError, match=r"none of the first 1 rows of a\.jsonl can be used"):
        sift(tmp_path, [{"text": "a"}])
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]


def test_the_balance_says_when_pairs_teach_to_refuse():
    balance = Balance()
    for _ in range(6):
        balance.add((True, False), (5, 50))
    for _ in range(4):
        balance.add((False, False), (50, 5))
    assert balance.teaches_refusing
    assert balance.longer == 4
    assert balance.ratio == pytest.approx(0.1, rel=0.03)
    assert not Balance().teaches_refusing
    assert Balance().ratio is None


def test_the_command_writes_a_manifest_that_counts_everything(tmp_path):
    (tmp_path / "trimtab.yaml").write_text(yaml.safe_dump(POLICY))
    rows = [pair(0, CLEAN, LEAK), pair(1, LEAK, CLEAN), pair(2, CLEAN, NO), b"{broken\n"]
    write(tmp_path / "a.jsonl", rows)
    done = trimtab("pairs", "a.jsonl", "--out", "o.jsonl", "--json", cwd=tmp_path)
    told, manifest = json.loads(done.stdout), json.loads((tmp_path / "o.jsonl.manifest.json").read_text())
    assert done.returncode == told["exit"] == 3
    assert told["unread"] == {"is not JSON": 1}
    assert manifest["counts"] == {
        "rows": 4, "kept": 2, "flipped": 0, "dropped": {"chosen-unsafe": 1}, "unread": {"is not JSON": 1}
    }  # fmt: skip
    assert manifest["policy"] == told["policy"]
    assert manifest["file"]["rows"] == 2
    assert "ana@" not in done.stdout + done.stderr + json.dumps(manifest)
    again = trimtab("pairs", "a.jsonl", "--out", "o.jsonl", cwd=tmp_path)
    assert again.returncode == 2
    assert "there are files already" in again.stderr
