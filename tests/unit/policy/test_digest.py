"""The digest is the identity of what is promised, not of how it is written."""

import random

import pytest
import yaml

from trimtab.policy import Policy


def shuffled(value, dice):
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: shuffled(value[key], dice) for key in keys}
    return [shuffled(item, dice) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(5))
def test_order_of_keys_comments_and_layout_do_not_count(folder, base, seed):
    data = shuffled(yaml.safe_load(base), random.Random(seed))
    flow = yaml.safe_dump(data, sort_keys=False, default_flow_style=seed % 2 == 0, width=40 + 30 * seed)
    lines = [f"{line}  # a note" if line.endswith("}") else line for line in flow.splitlines()]
    assert folder.load("# a comment\n\n" + "\n".join(lines)).digest == folder.load(base).digest


def test_writing_a_default_out_does_not_count(folder, base):
    assert folder.load(base.replace("currency: EUR\n", "")).digest == folder.load(base).digest
    assert folder.load(base.replace("target: 2\n", "target: 2.0\n")).digest == folder.load(base).digest


def test_red_lines_are_a_set(folder, base):
    one, other_order, twice = (
        folder.load(base.replace("[hijack]", lines)).digest
        for lines in ("[hijack, secret_leak]", "[secret_leak, hijack]", "[secret_leak, hijack, hijack]")
    )
    assert one == other_order == twice


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def other(value):
    if isinstance(value, str):
        return f"{value}x"
    if value is None:
        return "x"
    return value + 1 if isinstance(value, int) and not isinstance(value, bool) else value + 0.001


def test_every_single_value_counts(folder, base):
    """Each leaf of the file is changed in turn, on the values, so that no rule about them is in the way."""
    data = yaml.safe_load(base)
    seen = {Policy.model_validate(data).digest}
    count = 0
    for path, value in leaves(data):
        if path == ("trimtab",):
            continue
        changed = yaml.safe_load(base)
        inner = changed
        for step in path[:-1]:
            inner = inner[step]
        choices = {"better": {"lower": "higher", "higher": "lower"}, "currency": {"EUR": "USD"}}
        inner[path[-1]] = choices.get(path[-1], {}).get(value) or other(value)
        seen.add(Policy.model_validate(changed).digest)
        count += 1
    assert count > 50
    assert len(seen) == count + 1


def test_what_is_stored_reads_back_as_the_same_policy(folder, base):
    policy = folder.load(base)
    again = Policy.model_validate(policy.model_dump(mode="json", by_alias=True))
    assert again == policy
    assert again.digest == policy.digest


def test_a_policy_is_frozen(folder, base):
    policy = folder.load(base)
    with pytest.raises(ValueError, match="frozen"):
        policy.organisation = "Another"
