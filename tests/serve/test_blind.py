"""What a guard cannot read does not pass in the place of texts, and what is no text stays allowed."""

import orjson
import pytest

from trimtab.enforce.places import UnreadableError
from trimtab.serve import wire

HI = {"role": "user", "content": "hi"}


@pytest.mark.parametrize(
    "more",
    [
        {"messages": [{**HI, "images": ["aGVs"]}]},
        {"messages": [HI, {"role": "tool", "content": "x", "video": "aGVs"}]},
        {"images": ["aGVs"]},
        {"multimodal_data": ["aGVs"]},
        {"mm_data": {"image": "aGVs"}},
        {"prompt_ids": [1]},
        {"tokens": [1]},
        {"context": [1, 2, 3]},
        {"odd": {"deep": [{"er": [101, 7592, 102]}]}},
        {"odd": ["a text", 1, 2, 3]},
        {"odd": [[1, 2, 3]]},
        {"odd": [0.25, -1.5, 2.0]},
        {"messages": [{**HI, "odd": [1, 2, 3]}]},
    ],
    ids=str,
)
def test_what_nobody_can_read_is_refused(more):
    with pytest.raises(UnreadableError):
        wire.asked({"messages": [HI], **more})


@pytest.mark.parametrize(
    "more",
    [
        {"logit_bias": {"50256": -100, "50257": 1, "50258": 1}},
        {"logit_bias": [[15043, 1.0], [15044, False], [15045, -1.0]]},
        {"stop_token_ids": [1, 2, 3, 4]},
        {"allowed_token_ids": [1, 2, 3, 4]},
        {"size": [1024, 1024], "range": [0, 1]},
        {"flags": [True, False, True]},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"enum": [1, 2, 3]}}}},
        {"guided_json": {"properties": {"age": {"examples": [1, 2, 3]}}}},
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"default": [1, 2, 3]}}}]},
        {"messages": [{**HI, "images": [], "image": None}]},
        {"n": 1, "seed": 7, "temperature": 0.5},
    ],
    ids=str,
)
def test_numbers_that_are_no_texts_go_on(more):
    body = {"messages": [HI], **more}
    before = orjson.dumps(body)
    assert wire.asked(body)
    assert orjson.dumps(body) == before
