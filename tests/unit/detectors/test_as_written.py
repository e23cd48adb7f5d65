"""Cards, account numbers and telephone numbers as people and programs write them, and rows of numbers that are none."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.detectors.test_reach import PROSE, put_together, shown
from tests.unit.detectors.test_work import calls

from trimtab.builtin.detectors.patterns.detector import AHEAD, REACH, PatternDetector

DETECTOR = PatternDetector()
CARD, IBAN = "4539 5787 6362 1486", "DE89 3704 0044 0532 0130 00"

# What is between brackets of this kind is found whole.
STRESSED = [
    "My card number is **⟦4539** 5787 6362 1486⟧", "**⟦4539** 5787 6362 1486⟧", "card ⟦4539 **5787** 6362 1486⟧",
    "My card number is <b>⟦4539</b> 5787 6362 1486⟧", "card ⟦4539 <strong>5787</strong> 6362 1486⟧",
    'card ⟦4539 <span class="x">5787</span> <i>6362</i> 1486⟧', "My card number is ⟦4539 5787 6362 `1486⟧`",
    "My card number is **⟦4539** **5787** **6362** **1486⟧**", "My card number is *⟦4539* 5787 6362 1486⟧",
    "card ⟦4539 5787 __6362__ 1486⟧", "card ⟦4539 ~~5787~~ 6362 1486⟧ and <b>more</b> of `it`",
    '⟦4539 <span class="x">5787</span> <i>6362</i> 1486⟧', "<b>⟦4539</b> <b>5787</b> <b>6362</b> <b>1486⟧</b>",
    "IBAN: ⟦DE89 **3704** 0044 0532 0130 00⟧", "IBAN: ⟦DE89 <b>3704</b> 0044 0532 0130 00⟧",
    "phone ⟦+44 **20** 7946 0018⟧", "call ⟦+44 <b>20</b> 7946 0018⟧",
]  # fmt: skip
BEHIND_PLUS = [
    "+⟦4539578763621486⟧",
    "+⟦4539 5787 6362 1486⟧",
    "a,+⟦4539578763621486⟧,b",
    "-old\n+⟦4539-5787-6362-1486⟧",
]
OVER_LINES = [
    "⟦4539-5787-\n6362-1486⟧", "⟦45395787\n63621486⟧", "⟦4111 1111\n1111 1111⟧", "⟦4539-5787\n6362-1486⟧", "⟦453957\n8763621486⟧",
    "⟦4539 5787 6362\n1486⟧", "⟦4539 57\n87 6362 1486⟧", "See you there.\n⟦4539 5787\n6362 1486⟧\nBye", "> ⟦4539 5787\n> 6362 1486⟧",
    "⟦4539 5787\r\n6362 1486⟧\r\n", "⟦3782 822463\n10005⟧", "⟦DE89 3704 0044 0532\n0130 00⟧", "⟦DE89 3704 0044\n0532 0130 00⟧",
    "⟦GB29 NWBK 6016\n1331 9268 19⟧", "⟦GB29 NWBK\n6016 1331\n9268 19⟧", "> ⟦DE89 3704 0044 0532\n> 0130 00⟧", "⟦+44 20\n7946 0018⟧",
]  # fmt: skip
WIDE = [
    "⟦4539  5787  6362  1486⟧", "⟦4539   5787   6362   1486⟧", "⟦4539\t5787\t6362\t1486⟧", "⟦4539  5787 6362   1486⟧",
    "My card number is ⟦4539   5787   6362   1486⟧", "My card number is ⟦4539\t5787\t6362\t1486⟧",
    "My card number is   ⟦4539   5787   6362   1486⟧", "⟦3782  822463  10005⟧", "⟦4539  5787  6362  1486⟧\n⟦4111  1111  1111  1111⟧",
    "IBAN: ⟦DE89  3704  0044  0532  0130  00⟧", "⟦DE89\t3704\t0044\t0532\t0130\t00⟧",
]  # fmt: skip
ACCOUNTS = [
    "IBAN: ⟦DE89.3704.0044.0532.0130.00⟧", "⟦DE89/3704/0044/0532/0130/00⟧", "IBAN: ⟦DE89_3704_0044_0532_0130_00⟧",
    "IBAN: ⟦DE89:3704:0044:0532:0130:00⟧", "⟦DE89370400440532013000⟧EUR", "⟦GB29NWBK60161331926819⟧gbp,",
    "IBAN⟦DE89370400440532013000⟧", "iban⟦de89370400440532013000⟧", "IBAN⟦GB29 NWBK 6016 1331 9268 19⟧ ok",
]  # fmt: skip
WITH_MORE = [
    "⟦4539578763621486⟧/12-29", "⟦4539578763621486⟧/12", "⟦4539578763621486⟧/12/29", "⟦4539578763621486⟧-12", "⟦4539578763621486⟧:123",
    "⟦4539578763621486⟧:12/29 123", "⟦4539578763621486⟧.00", "⟦4539578763621486⟧EUR", "⟦4539 5787 6362 1486⟧/12-29",
    "my card is ⟦4539578763621486⟧/12-29", "my card is ⟦4539578763621486⟧EUR", "my card is ⟦4539578763621486⟧A", "my card is x⟦4539578763621486⟧",
]  # fmt: skip
CELLS = [
    "| ⟦4539 | 5787 | 6362 | 1486⟧ |", "⟦4539,5787,6362,1486⟧", '{"pan": ["⟦4539","5787","6362","1486⟧"]}',
    '{"pan": ["⟦4539", "5787", "6362", "1486⟧"]}', "⟦4539'5787'6362'1486⟧", "card parts: ⟦4539, 5787, 6362, 1486⟧", "⟦3782,822463,10005⟧",
    "name,card\n| ⟦4539 | 5787 | 6362 | 1486⟧ |\n| ⟦4111 | 1111 | 1111 | 1111⟧ |",
]  # fmt: skip
FOUND = [*STRESSED, *BEHIND_PLUS, *OVER_LINES, *WIDE, *ACCOUNTS, *WITH_MORE, *CELLS]


def masked(text):
    """The text with each place that is found in brackets, one within another or beside it as one."""
    found = sorted((one.start, one.end) for one in DETECTOR.find(text))
    for start, end in reversed(found):
        text = f"{text[:start]}⟦{text[start:end]}⟧{text[end:]}"
    return text


@pytest.mark.parametrize("text", FOUND)
def test_a_number_is_found_whole_however_its_groups_are_set_apart(text):
    plain = text.replace("⟦", "").replace("⟧", "")
    wanted = [
        len(part.replace("⟦", "").replace("⟧", "")) for part in (text[: text.index("⟦")], text[: text.rindex("⟧")])
    ]
    found = DETECTOR.find(plain)
    covered = {at for one in found for at in range(one.start, one.end)}
    digits = {at for at in range(*wanted) if plain[at].isdigit()}
    assert digits <= covered
    assert {one.noun for one in found} <= {"card", "iban", "phone"}
    assert len(found) == text.count("⟦")


QUIET = [
    # Tables, matrices and lists, of which some rows would be cards.
    "4539  5787  6362  1486\n1203  8891  4410  7716\n", "1203  8891  4410  7716\n4539  5787  6362  1486",
    "4539\t5787\t6362\t1486\n1203\t8891\t4410\t7716\n", "| Q1 | Q2 | Q3 | Q4 |\n|---|---|---|---|\n| 4539 | 5787 | 6362 | 1486 |\n",
    "| GDP | 4539 | 5787 | 6362 | 1486 |", "a,b,c,d\n4539,5787,6362,1486\n", "2019,4539,5787,6362,1486", "4539,5787,6362,1486,2019",
    "Total   4539   5787   6362   1486", "4539   5787   6362   1486   9904", "9904   4539   5787   6362   1486",
    "sizes = [4539, 5787, 6362, 1486]", "Mon  Tue  Wed  Thu\n4539  5787  6362  1486", '["Oslo","4539","5787","6362","1486"]',
    "4539  5787  6362  1487", "| 4539 | 5787 | 6362 | 1487 |", "1539,5787,6362,1487",
    # Columns, of which two numbers would be one card.
    "45395787\n63621486\n63621487", "11395787\n45395787\n63621486", "4539-5787-\n6362-1487", "45395787\n63621487",
    # Account numbers of which a digit is wrong, or which go on.
    "DE89.3704.0044.0532.0130.01", "part DE88/3704/0044/0532/0130/00", "DE89370400440532013001EUR", "DE89370400440532013000EURO5",
    "DE89 3704 0044 0532\n0130 0X", "XX89.3704.0044.0532.0130.00",
    # Cards of which a digit is wrong, and rows that begin with one.
    "4539578763621487/12-29", "+4539578763621487", "4539578763621487EUR", "4539578763621486ABCD", "a4539578763621486",
    "my card is x4539578763621487", "4539578763621486.25", "4539578763621486A",
    # No half of what is written as a card is a telephone.
    "Validating '4522 1885 0905 3252' (len=16) - rejected", "[INFO] 4522-1885-0905-3252", "Test 1: 4522 1885 0905 3252",
    # Stress that parts no number.
    "**12** 34", "use `8080` 443 or **3** 4 times", "<b>12</b> 30 <i>4</i>", "2 **3** 4", "+5 12\n2024-05-01 10:00", "+1 2\n3 4",
    "2024-05-01 12:00:00\n2024-05-02 12:00:00", "ISBN 978-3-16-148410-0\n978-0-306-40615-7", "v4.5.39\n4.5.40",
]  # fmt: skip


@pytest.mark.parametrize("text", QUIET)
def test_rows_of_numbers_that_are_nothing_personal_stay_as_they_are(text):
    assert DETECTOR.find(text) == []


def test_hardly_any_row_of_a_table_is_taken_for_a_card():
    dice = random.Random(8)
    for sign in ("  ", "\t", ",", " | ", '","', "   "):
        rows = [sign.join(str(dice.randint(1_000, 9_999)) for _ in range(4)) for _ in range(400)]
        assert len([one for one in DETECTOR.find("\n".join(rows)) if one.noun == "card"]) <= 2


PIECES = [
    "**1** ", "1 **1", "<b>1</b> ", "1 <b>1", "1 </b>1", "**1** <b>1</b> `1` ", "+1111 ", "+1 1\n1", "4111,", "4111  ", "4111\t", "4539 | 5787 | 6362 | 1486 | ",
    "4539  5787  6362  1486\n", '"4539",', "4539'5787'6362'", "4111-1111-\n", "4539 5787\n", "45395787\n63621486\n", "DE89.", "DE89  ", "DE89\n", "IBANDE89",
    "IBANDE89370400440532013000EUR", "DE89.3704.0044.0532.0130.00.", "4539578763621486/12-29 ", "4539578763621486EUR ", "x4539578763621486 ", "4522 1885 0905 3252, ",
    "card 4111   1111   1111   1111   ", "*1* 1111 ", "1 *~`_", "`1` **1",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_four_times_the_text_is_at_most_four_times_the_work(piece):
    calls(piece * 200)  # whatever is compiled or loaded once
    once, four_times = (calls(piece * (size // len(piece))) for size in (3_000, 12_000))
    assert four_times <= 4.3 * once + 200
    assert once <= 40 * 3_000


HITS = [text.replace("⟦", "").replace("⟧", "") for text in (*FOUND, *QUIET)]
WRITTEN = st.lists(
    st.tuples(
        st.sampled_from([*HITS, *PIECES]), st.sampled_from([" ", "  ", "\n", "", ", ", "\t", "**"]), st.integers(0, 80)
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=80)
@given(pieces=WRITTEN, cut=st.integers(AHEAD + 1, 3 * AHEAD))
def test_what_follows_changes_nothing_that_is_settled(pieces, cut):
    text = put_together(pieces, 4 * AHEAD)
    whole, begun = DETECTOR.find(text), DETECTOR.find(text[:cut])
    edge = cut - AHEAD
    assert shown(f for f in begun if f.end <= edge) == shown(f for f in whole if f.end <= edge)
    assert {f.start for f in begun if f.start < edge} == {f.start for f in whole if f.start < edge}


@pytest.mark.parametrize("text", HITS)
def test_what_stands_far_away_changes_nothing(text):
    found = [(label, start, end) for label, start, end, _ in shown(DETECTOR.find(text))]
    far = PROSE * (REACH // len(PROSE) + 1)
    for whole, by in ((f"{text}\n\n{far}", 0), (f"{far}\n\n{text}", len(far) + 2)):
        assert [(label, start - by, end - by) for label, start, end, _ in shown(DETECTOR.find(whole))] == found
