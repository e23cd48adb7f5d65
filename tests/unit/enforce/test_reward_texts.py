"""What trainers hand over is read as text; what cannot be read is no text, and never an empty one."""

import pytest

from trimtab.enforce.rewards.texts import completion_text, prompt_messages
from trimtab.kinds import Message


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
            '{"to": "ü"}',
        ),
        ([{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": '{"a": 1}'}}]}], '{"a": 1}'),
        (None, None),
        (7, None),
        ([], None),
        ([{"role": "user", "content": "x"}], None),
        (["text"], None),
        ([{"role": "assistant", "content": [{"type": "image"}]}], None),
        ([{"role": "assistant", "content": 7}], None),
        ([{"role": "assistant", "content": "x", "tool_calls": "f"}], None),
        ([{"role": "assistant", "content": "x", "tool_calls": [{"function": "f"}]}], None),
        ([{"role": "assistant", "content": "x", "tool_calls": [{"function": {"arguments": {1j}}}]}], None),
    ],
)
def test_completions(completion, text):
    assert completion_text(completion) == text


@pytest.mark.parametrize(
    ("prompt", "messages"),
    [
        ("hello", (Message("user", "hello"),)),
        (
            [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
            (Message("system", "s"), Message("user", "u")),
        ),
        ([{"role": "developer", "content": "d"}], (Message("user", "d"),)),
        ([], (Message("user", ""),)),
        (None, (Message("user", ""),)),
        ([7], (Message("user", ""),)),
    ],
)
def test_prompts(prompt, messages):
    assert prompt_messages(prompt) == messages
