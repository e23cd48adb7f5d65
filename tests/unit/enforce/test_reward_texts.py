"""What trainers hand over is read as text; what cannot be read is no text, and never an empty one."""

import json
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.enforce.rewards.texts import completion_texts, prompt_messages
from trimtab.kinds import Message

DEEP: list[Any] = reduce(lambda inner, _: [inner], range(9999), [])


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("plain", "plain"),
        ("", ""),
        ([{"role": "assistant", "content": "one"}], "one"),
        ({"role": "assistant", "content": "one"}, "one"),
        ([{"role": "assistant", "content": None}], ""),
        ([{"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}], "a\nb"),
        ([{"role": "assistant", "content": "a"}, {"role": "tool", "content": "ana@example.org"}], "a"),
        (
            [
                {
                    "role": "assistant",
                    "content": "",
                    "tool_calls": [{"function": {"name": "f", "arguments": {"to": "ü"}}}],
                }
            ],
            'f\n{"to": "ü"}',
        ),
        ([{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": '{"a": 1}'}}]}], 'f\n{"a": 1}'),
        ([{"role": "assistant", "content": "b", "reasoning_content": "a", "tool_calls": None}], "a|b"),  # Qwen 3
        ([{"role": "assistant", "thinking": "a"}], "a|"),  # gpt-oss, cut off while it thinks
        ([{"role": "assistant", "content": None, "refusal": "no"}], "no"),
        ([{"role": "assistant", "function_call": {"name": "f", "arguments": "x"}}], "f\nx"),
        (
            [{"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": {"z": {"y": "x"}}}]}],
            'z: {"y": "x"}',
        ),
        (
            [{"role": "assistant", "tool_calls": [{"type": "custom", "custom": {"input": "x"}}]}],
            'custom: {"input": "x"}',
        ),
        ([{"role": "assistant", "tool_calls": [{"name": "f", "arguments": {"to": 'a\n"b"'}}]}], 'f\n{"to": "a\n"b""}'),
        (
            [{"role": "assistant", "tool_calls": [{"name": "f", "arguments": '{"to": "a\\nb\\u0040c"}'}]}],
            'f\n{"to": "a\nb@c"}',
        ),
        ([{"from": "gpt", "value": "x"}], "gpt\nx"),
        ([{"role": "assistant", "content": "12", "weight": 1, "prefix": True, "images": [], "id": "m-1"}], "12"),
        (
            [{"role": "assistant", "tool_calls": [{"name": "f", "arguments": {"at": "C:\\new"}}]}],
            'f\n{"at": "C:\\new"}',
        ),
        ([{"role": "assistant", "content": "a"}, {"role": "model", "content": "b"}], "a\nb"),
        ([{"role": "assistant", "content": "a"}, {"role": None, "content": "b"}], "a\nb"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "a", "image": None}]}], "a"),
        (None, None),
        (7, None),
        ([], None),
        ([{"role": "user", "content": "x"}], None),
        (["text"], None),
        ([{"role": "assistant"}], None),
        ([{}], None),
        ([{"role": "assistant", "content": [{"type": ["text"], "text": "x"}]}], None),
        ([{"role": "assistant", "content": [{"type": "image"}]}], None),
        ([{"role": "assistant", "content": [{"type": "image", "text": "x", "image": "data"}]}], None),
        ([{"role": "assistant", "content": [{"type": "thinking", "thinking": "x"}]}], None),
        ([{"role": "assistant", "content": "x", "images": [object()]}], None),
        (
            [
                {
                    "role": "assistant",
                    "tool_calls": [{"function": {"arguments": DEEP}}],
                }
            ],
            None,
        ),
        ([{"role": "assistant", "content": 7}], None),
        ([{"role": "assistant", "content": "x", "tool_calls": "f"}], None),
        ([{"role": "assistant", "content": "x", "tool_calls": [{"function": "f"}]}], None),
        ([{"role": "assistant", "content": "x", "tool_calls": [{"function": {"arguments": {1j}}}]}], None),
    ],
)
def test_completions(completion, text):
    texts = completion_texts(completion)
    assert (None if texts is None else "|".join(texts)) == text


@pytest.mark.parametrize(
    ("prompt", "messages"),
    [
        ("hello", (Message("user", "hello"),)),
        (
            [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
            (Message("system", "s"), Message("user", "u")),
        ),
        ([{"role": "developer", "content": "d"}], (Message("system", "d"),)),
        (
            [{"role": "system", "content": [{"type": "text", "text": "s"}, {"type": "image", "image": "data"}]}],
            (Message("system", "s"),),
        ),
        (np.array([{"role": "system", "content": "s"}]), (Message("system", "s"),)),  # as verl's data sets have them
        ([], (Message("user", ""),)),
        (None, (Message("user", ""),)),
        ([7], (Message("user", ""),)),
    ],
)
def test_prompts(prompt, messages):
    assert prompt_messages(prompt) == messages


PLANTED = "ana@example.org"
NAMES = st.sampled_from(
    ["content", "text", "type", "id", "name", "arguments", "function", "tool_calls", "thinking", "x"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "said", "text", "function", PLANTED]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
CALLS = st.lists(st.dictionaries(NAMES, VALUES, max_size=3), min_size=1, max_size=2)
MESSAGES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=3) | st.fixed_dictionaries({"tool_calls": CALLS})


@given(st.lists(MESSAGES, min_size=1, max_size=3), st.data())
def test_wherever_a_model_writes_it_is_read_or_none_of_it_is(messages, data):
    for message in messages:
        message["role"] = data.draw(st.sampled_from(["assistant", "model", None, "tool"]))
    models = [message for message in messages if message["role"] != "tool"]
    texts = completion_texts(messages)
    assert texts is None or "\n".join(texts).count(PLANTED) == json.dumps(models).count(PLANTED)
    assert models or texts is None
