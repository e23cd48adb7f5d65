"""Tables: which column a place is the head of, what stands under it, and that a head speaks of its own rows only."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.builtin.detectors.patterns.tables import Tables, cells

DIGITS = re.compile("[0-9]+")
PHONES = PatternDetector(labels=("personal.phone",))
PLACES = PatternDetector(labels=("personal.geo",))


def under(text, name):
    here = Tables(text)
    head = here.head_at(text.index(name), name.__eq__)
    return [text[start:end] for start, end in here.under(head, DIGITS)] if head else None


@pytest.mark.parametrize("parter", ["\t", ";", "|", ","])
def test_what_stands_in_a_column_row_by_row(parter):
    text = "a,n,c\n1,2,3\n4,5,6\n7,8,9".replace(",", parter)
    assert (under(text, "a"), under(text, "n"), under(text, "c")) == (["1", "4", "7"], ["2", "5", "8"], ["3", "6", "9"])


def test_signs_in_quotes_part_no_cells():
    assert under('x,n\n"a, b",1\n"c",2\n', "n") == ["1", "2"]
    assert under('"x, y",n\n3,1\n', "n") == ["1"]


def test_rules_and_empty_cells_are_passed_over_and_words_end_a_table():
    assert under("| n | m |\n|---|---|\n| 1 | x |\n|  | x |\n| 2 | x |\n", "n") == ["1", "2"]
    assert under("n,m\n1,x\na,x\nb,x\nc,x\n2,x\n", "n") == ["1"]


@pytest.mark.parametrize(
    "text", ["n", "n,m", "n\nm", "n m\n1 2\n", "x,y n\n1,2\n", f"n,{'x' * 600}\n1,2\n", "n," * 80 + "m\n1,2\n"]
)
def test_what_is_no_head(text):
    assert under(text, "n") is None


def test_another_head_and_rows_of_another_form_end_a_table():
    assert under("n,m\n1,x\nn,m\n2,x\n", "n") == ["1"]
    assert under("n,m\n1,x\n2\n3,x\n", "n") == ["1"]
    assert under("n,m\n1,x\n2,x,y\n", "n") == ["1"]


def test_a_head_speaks_of_what_is_near_enough():
    rows = under("n,m\n" + "7,xxxxxxxxxxxxxxxxxxxxx\n" * 400, "n")
    assert 120 < len(rows) < 160


@given(st.text(alphabet='ab1,;|\t"\n ', max_size=120), st.integers(0, 119))
def test_what_is_found_stands_under_its_head(text, at):
    here = Tables(text)
    head = here.head_at(min(at, len(text)), lambda _: True)
    if head is None:
        return
    for start, end in here.under(head, DIGITS):
        low, high = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        row = cells(text, low, high if high >= 0 else len(text), head.parter)
        assert head.end < start
        assert len(row) == head.columns
        assert DIGITS.fullmatch(text[start:end])
        assert row[head.column][0] <= start < end <= row[head.column][1]


# -- what patterns make of them ------------------------------------------------------


def found(detector, text):
    return [text[one.start : one.end] for one in detector.find(text)]


def test_a_telephone_far_below_its_head():
    rows = "".join(f"{number},someone from here,9155501{number}\n" for number in range(100, 180))
    table = "id,name,desk_phone\n" + rows
    assert len(table) > 2_500
    assert len(found(PHONES, table)) == 80
    assert found(PHONES, table.replace("desk_phone", "desk_parts")) == []


def test_a_row_does_not_go_on_in_the_next():
    assert found(PHONES, "id,name,phone\n1,An,0803 555 0100\n101,Bo,0803 555 0101\n") == [
        "0803 555 0100",
        "0803 555 0101",
    ]
    assert found(PHONES, "call me on 0803 555\n0100, or tomorrow") == ["0803 555\n0100"]


@pytest.mark.parametrize("head", ["lat,lon", "latitude,longitude", "site_lat,site_lon", "lng,lat"])
def test_two_columns_side_by_side_are_a_place(head):
    table = f"site,{head},metres\nA7,64.128,-21.827,61.55\nA8,64.146,-21.942,12.25\n"
    assert found(PLACES, table) == ["64.128,-21.827", "64.146,-21.942"]


@pytest.mark.parametrize("head", ["ax,ay", "lat,ay", "ax,lon", "lat,lat"])
def test_other_fractions_in_a_table_are_none(head):
    assert (
        found(
            PLACES,
            f"ms,{head},{'what the board told of itself ' * 2}\n120,-0.0132,0.9987,0.0214\n140,-0.0129,0.9991,0.0209\n",
        )
        == []
    )


def test_degrees_beyond_the_earth_are_no_place():
    assert found(PLACES, "lat,lon\n91.5000,95.2500\n10.5000,180.5000\n") == []
