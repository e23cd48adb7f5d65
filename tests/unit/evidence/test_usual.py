"""What is read at once is read as one by one: nothing passes that parsing would refuse."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab._canonical import canonical, parse
from trimtab.evidence import Observation
from trimtab.evidence.row import score_in
from trimtab.evidence.usual import usual_scores
from trimtab.kinds import Missing, Score


def text_of(outcome, **more):
    made = Observation(metric="m", suite="s", case="c-1", cluster="t", order=7, outcome=outcome, **more)
    return canonical(made.payload()).decode()


USUAL = {
    text_of(Score(value=1.0)): 1.0,
    text_of(Score(value=0.0), reply="sha256:ab"): 0.0,
    text_of(Score(value=-12.25, group="g"), excerpt="[NAME] said {né}"): -12.25,
    text_of(Score(value=1 / 3)): 1 / 3,
    text_of(Missing("timeout")): None,
    text_of(Missing("error", "HTTP 500", "g"), reply="sha256:ab"): None,
}


def agrees(texts):
    """Whether they were read at once; if so, as parsing them gives it."""
    scores = usual_scores(texts)
    if scores is None:
        return False
    values = [parse(text) for text in texts]  # raises what is not canonical
    assert all(type(value) is dict for value in values)
    assert scores == [score_in(value) for value in values]
    assert len(scores) == len(texts)
    return True


def test_usual_observations_are_read_at_once():
    assert usual_scores(list(USUAL)) == list(USUAL.values())


# Each stands for a kind of character; "\x85" and "\u2028" end lines for some.
OTHERS = [
    *'"{}[]:,.\\+-019aeEn ',
    "\n",
    "\r",
    "\t",
    "\0",
    "\x1f",
    "\x7f",
    "\x85",
    "é",
    "\u2028",
    "\ue000",
    "😀",
    "\ud800",
]


@pytest.mark.parametrize("text", USUAL)
def test_every_change_of_a_character_is_judged_as_by_parsing(text):
    read = 0
    for at in range(len(text) + 1):
        for other in OTHERS:
            read += agrees([text[:at] + other + text[at:]])
            read += agrees([text[:at] + other + text[at + 1 :]])
        read += agrees([text[:at] + text[at + 1 :]])
        read += agrees([text[:at], text[at:]])
        read += agrees([text, text[:at], text[at:], text])
    assert read > 20  # another letter in a name is usual as well


NUMBERS = (
    "0 -0 0.0 -0.0 1.0 1.50 01 00.5 .5 5. +1 1e3 1E3 1e-7 0.0000001 0.00001 0.001 0.1 -0.1 NaN null true 1_0 "
    "0.30000000000000004 0.30000000000000003 0.3333333333333333 0.33333333333333333 "
    "999999999999999 1000000000000000 9007199254740993 1234567890123456.5 123456789012345.67"
)


@pytest.mark.parametrize("number", [*NUMBERS.split(), '"1"', "1" * 400, "0." + "1" * 400, "0." + "0" * 400 + "1"])
def test_numbers_are_judged_as_by_parsing(number):
    for text in (text_of(Score(value=5.0)), text_of(Score(value=5.0), reply="r")):
        agrees([text.replace('"value":5', f'"value":{number}')])
        agrees([text.replace('"order":7', f'"order":{number}')])


def test_payloads_that_only_together_look_usual_are_not_read():
    whole = next(iter(USUAL))
    assert usual_scores([f"{whole}\n{whole}"]) is None
    assert usual_scores([f"{whole}\n{whole}", ""]) is None
    assert usual_scores([f"{whole}\nx"]) is None
    assert usual_scores([f"x\n{whole}"]) is None
    assert usual_scores([whole, whole[:20], whole[20:]]) is None
    assert usual_scores([whole.replace("c-1", 'c"'), whole.replace("c-1", '"c')]) is None


@given(
    st.lists(
        st.sampled_from(sorted(USUAL)) | st.builds(json.dumps, st.dictionaries(st.text(), st.integers() | st.text())),
        min_size=1,
    )
)
def test_mixed_with_others_all_are_left_to_parsing(texts):
    assert agrees(texts) == (set(texts) <= USUAL.keys())
