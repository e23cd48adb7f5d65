"""Rows of data sets as TRL and OpenAI write them: what a model would learn to say is the completion, all of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.enforce.rewards import Columns, NoSampleError, sample_of, turned
from trimtab.enforce.rewards.texts import completion_text

ASK = [{"role": "user", "content": "How?"}]
YES = [{"role": "assistant", "content": "So."}]
NO = [{"role": "assistant", "content": "No."}]


@pytest.mark.parametrize(
    ("row", "prompt", "sides"),
    [
        ({"prompt": "How?", "completion": "So."}, "How?", ["So."]),
        ({"prompt": ASK, "completion": YES, "label": True}, ASK, [YES]),
        ({"messages": [*ASK, *YES]}, ASK, [YES]),
        ({"messages": [{"role": "system", "content": "Be."}, *ASK, *YES], "tools": []}, None, [YES]),
        ({"prompt": "How?", "chosen": "So.", "rejected": "No."}, "How?", ["So.", "No."]),
        ({"prompt": ASK, "chosen": YES, "rejected": NO}, ASK, [YES, NO]),
        ({"chosen": [*ASK, *YES], "rejected": [*ASK, *NO]}, ASK, [YES, NO]),
        ({"chosen": "Tell me how. So.", "rejected": "Tell me how. No."}, "Tell me how.", [" So.", " No."]),
        ({"input": {"messages": ASK}, "preferred_output": YES, "non_preferred_output": NO}, ASK, [YES, NO]),
    ],
)
def test_formats_of_trl_and_openai_are_read(row, prompt, sides):
    sample = sample_of(row)
    assert [said for _, said in sample.sides] == sides
    assert prompt is None or sample.prompt == prompt
    assert sample.paired == (len(sides) == 2)


def test_of_a_conversation_every_turn_of_the_assistant_counts():
    messages = [*ASK, {"role": "assistant", "content": "first"}, *ASK, {"role": "assistant", "content": "second"}]
    assert completion_text(sample_of({"messages": messages}).sides[0][1]) == "first\nsecond"


def test_half_of_an_address_is_never_taken_for_the_prompt():
    sample = sample_of({"chosen": "Write to ana@example.org", "rejected": "Write to ana@example.net"})
    assert [said for _, said in sample.sides] == [" ana@example.org", " ana@example.net"]


def test_columns_of_other_names_are_named():
    row = {"question": "How?", "good": "So.", "bad": "No.", "answer": "Yes."}
    named = sample_of(row, Columns(prompt="question", completion="answer"))
    assert (named.prompt, named.sides) == ("How?", (("completion", "Yes."),))
    pair = sample_of(row, Columns(prompt="question", chosen="good", rejected="bad"))
    assert pair.sides == (("chosen", "So."), ("rejected", "No."))


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"prompt": "How?"},
        {"completion": "So."},
        {"prompt": None, "completion": "So."},
        {"prompt": "How?", "completion": None},
        {"prompt": "How?", "completion": 3},
        {"prompt": ["How?"], "completion": "So."},
        {"messages": []},
        {"messages": "How?"},
        {"messages": ASK},
        {"prompt": "How?", "chosen": "So."},
        {"chosen": "So.", "rejected": NO},
        {"input": "How?", "preferred_output": YES, "non_preferred_output": NO},
        {"input": {"messages": ASK}, "preferred_output": YES},
    ],
)
def test_what_is_none_says_why_without_quoting(row):
    with pytest.raises(NoSampleError) as found:
        sample_of(row)
    assert "How" not in str(found.value)
    assert "So" not in str(found.value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "messages"]), inner)
    ),
    max_leaves=6,
)
KEYS = ["prompt", "completion", "messages", "chosen", "rejected", "input", "preferred_output", "non_preferred_output"]


@given(st.dictionaries(st.sampled_from(KEYS), anything, max_size=4))
def test_any_row_is_a_sample_or_says_that_it_is_none(row):
    try:
        sample = sample_of(row)
    except NoSampleError:
        return
    for _, said in sample.sides:
        completion_text(said)


def test_turning_a_pair_turns_what_belongs_to_it():
    row = {"prompt": "p", "chosen": "c", "rejected": "r", "score_chosen": 2, "score_rejected": 1, "rejected_by": "x"}
    other = turned(row)
    assert other == {**row, "chosen": "r", "rejected": "c", "score_chosen": 1, "score_rejected": 2}
    assert turned(other) == row
    assert turned({"preferred_output": YES, "non_preferred_output": NO})["preferred_output"] == NO
    assert turned({"good": 1, "bad": 2}, Columns(chosen="good", rejected="bad")) == {"good": 2, "bad": 1}
