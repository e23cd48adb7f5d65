"""The normal form of texts is what the reference page says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.builtin.metrics.reading import choose, names, normalise, words


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Cat, a dog!", "cat dog"),
        ("Don\N{RIGHT SINGLE QUOTATION MARK}t", "dont"),
        ("twenty-one", "21"),
        ("Twenty one thirty", "21 30"),
        ("twenty ten", "20 10"),
        ("1,234,567.50", "1234567.5"),
        ("1,2,3", "1 2 3"),
        ("007", "7"),
        ("-0.0", "-0"),
        ("7-5", "7 5"),
        ("= -5", "-5"),
        ("H₂O", "h 2 o"),
        ("ﬁne", "fine"),
        ("STRASSE straße", "strasse strasse"),
        ("a", "a"),
        ("  ", ""),
    ],
)
def test_normal_form(text, normal):
    assert normalise(text) == normal


@given(st.text(st.characters(), max_size=60))
def test_the_normal_form_is_its_own_normal_form(text):
    once = normalise(text)
    again = normalise(once)
    assert normalise(again) == again
    assert {word for word in again.split() if not word.isdigit()} <= set(once.split())


@given(st.lists(st.sampled_from(["red", "green", "wine", "no", "yes"]), unique=True, min_size=2), st.data())
def test_an_option_alone_is_chosen_however_it_is_dressed(options, data):
    place = data.draw(st.integers(0, len(options) - 1))
    dress = data.draw(st.sampled_from(["{}", "{}.", " {}\n", "**{}**", "I choose {}!", '"{}"', "It is {}, I think"]))
    assert choose(dress.format(options[place].upper()), options) == place


@given(st.integers(-999, 999), st.integers(1000, 9999))
def test_a_number_is_named_wherever_it_stands(answer, other):
    assert names(f"It is {answer}.", str(answer))
    assert not names(f"It is {answer} or {other}.", str(answer))
    assert names(f"It is {answer}, not {other}.", str(answer))
    assert names(f"{other} - {other - answer} = {answer}", str(answer), asked=f"{other} - {other - answer}")


def test_words_of_a_text_end_somewhere():
    assert len(words("word " * 100_000)) <= 4_000
