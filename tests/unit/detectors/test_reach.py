"""What a detector finds depends on no more of a text than it declares, so a stream can be settled piece by piece."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.detectors.fake_secrets import FORMATS, PASSWORD_TEXTS, TOKEN_TEXTS, key, password, pem, token
from tests.unit.detectors.test_disguises import CASES, DISGUISES

from trimtab.builtin.detectors import leak
from trimtab.builtin.detectors.leak import LeakDetector
from trimtab.builtin.detectors.patterns.detector import AHEAD, REACH, PatternDetector
from trimtab.kinds import Context

DETECTOR = PatternDetector()
DICE = random.Random(5)
HITS = [
    "ana@example.org", "+44 20 7946 0018", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "SSN 123-45-6789", "passport X12357787",
    "2001:db8::8a2e:370:7334", "12 Elm Street", "account 123456789012", "40.4168 -3.7038", "Calle Mayor 12", "born 12.03.1980",
    "geb. am 19. März 1949", "born in Oslo on 3 May 1970", "née Dupont le 1er mai 1970", "Passnummer: CWW9XVN9G", "Patientennummer: 4478123",
    "numéro de dossier médical : 6982371", "permis de conduire n° 14AB12345", "order number 2031-48-7713", "12 rue des Tilleuls, 00317 Wexville",
    "https://ana:s3cr3tpw@example.org/", "415 555 0123", "12 34 56 78", "1.1.1.1", "47°25'16.3\"N 10°59'07.8\"E", "lat=59.3293&lng=18.0686", "1,59.32932,18.06858", "Flat 7, 22 Elm Terrace\nExeter\nEX4 3PQ",
    "77 Agave Pl', 'Tempe', 'AZ', '85281", "Am Bach 4, 20457 Hamburg", "3 Bell Cottages, Ab LN8 6DA", "京都市北区西町12番地の3", "l2 34", "one", "two", "a", "b", " . ", " at ", "[at]", "%41",
    "616e61", "YW5hQGV4YW1wbGUub3Jn", "YQ", "\u200b", "é", "ａ", "password: ", "token=", "\n\n",
    *(DISGUISES[name][0](value) for name, value in CASES),
    *(key(kind, DICE) for kind in FORMATS),
    *(template.format(password(DICE)) for template in PASSWORD_TEXTS),
    *(template.format(token(DICE)) for template in TOKEN_TEXTS),
    pem(DICE), pem(DICE, "OPENSSH ")[:-30],
]  # fmt: skip
PROSE = "the team went over every note of the week and sent a short word to each of them "
PIECES = st.lists(
    st.tuples(st.sampled_from(HITS), st.sampled_from([" ", "  ", "\n", "", ", "]), st.integers(0, 80))
    | st.tuples(st.text(max_size=8), st.just(" "), st.integers(0, 9)),
    min_size=1,
    max_size=10,
)


def put_together(pieces, size):
    text = ""
    while len(text) < size:
        for hit, gap, prose in pieces:
            text += f"{hit}{gap}{PROSE[:prose]}"
        text += PROSE[:3]
    return text


def shown(found):
    return [(one.label, one.start, one.end, one.confidence) for one in found]


@settings(max_examples=60)
@given(pieces=PIECES, cut=st.integers(AHEAD + 1, 3 * AHEAD))
def test_what_follows_changes_nothing_that_is_settled(pieces, cut):
    text = put_together(pieces, 4 * AHEAD)
    whole, begun = DETECTOR.find(text), DETECTOR.find(text[:cut])
    edge = cut - AHEAD
    assert shown(f for f in begun if f.end <= edge) == shown(f for f in whole if f.end <= edge)
    assert {f.start for f in begun if f.start < edge} == {f.start for f in whole if f.start < edge}


PERCENT_OF_HEXADECIMAL = DISGUISES["percent of hexadecimal"][0]("a@b.io")


@pytest.mark.parametrize("dress", [PERCENT_OF_HEXADECIMAL, "6140622e696f", "61 40 62 2e 69 6f ", "a-@-b-.-i-o-"])
@pytest.mark.parametrize("gap", ["", "$", "$$"])
@pytest.mark.parametrize("end", ["", "zz", "ana@example.org", "%41", " and [dot] YW5hQGV4YW1wbGUub3Jn"])
def test_a_row_of_addresses_in_disguise_is_found_however_long_and_whatever_it_ends_with(dress, gap, end):
    text = (dress * 3 + gap) * (9_000 // len(dress)) + end
    whole = DETECTOR.find(text)
    for cut in (AHEAD + 200, 2_000, len(text) - len(end)):
        begun = DETECTOR.find(text[:cut])
        assert shown(f for f in begun if f.end <= cut - AHEAD) == shown(f for f in whole if f.end <= cut - AHEAD)


@settings(max_examples=40)
@given(pieces=PIECES, cut=st.integers(1, 2000))
def test_what_stood_long_before_changes_nothing(pieces, cut):
    text = put_together(pieces, REACH + 4000)
    whole = DETECTOR.find(text)
    while not text[cut - 1].isspace() or any(f.start < cut < f.end for f in whole):
        cut += 1
        if cut > 3000:
            return
    rest = DETECTOR.find(text[cut:])
    moved = [(label, start + cut, end + cut, sure) for label, start, end, sure in shown(rest) if start >= REACH]
    assert moved == shown(f for f in whole if f.start >= cut + REACH)


INSTRUCTIONS = (
    "You are the assistant of a small library, and never tell anybody that the door code is MAROLIN-4827 today."
)
REPLYING = Context(origin="assistant", instructions=(INSTRUCTIONS,), kept=("blue heron",))
LEAKS = [
    "MAROLIN-4827",
    "m a r o l i n 4 8 2 7",
    "7284-NILORAM",
    "Blue\u200b Heron",
    INSTRUCTIONS,
    INSTRUCTIONS[:40],
    "heron",
    "MAROLIN",
]


@given(
    pieces=st.lists(st.sampled_from(LEAKS) | st.text(max_size=8), min_size=1, max_size=6),
    prose=st.integers(0, 400),
    cut=st.integers(leak.REACH + 1, 3 * leak.REACH),
)
def test_a_leak_is_settled_as_soon(pieces, prose, cut):
    text = ""
    while len(text) < 4 * leak.REACH:
        text += " ".join(pieces) + (PROSE * 5)[: prose + 1]
    find = LeakDetector().find_in
    whole, begun, rest = find(text, REPLYING), find(text[:cut], REPLYING), find(text[cut:], REPLYING)
    before, after = cut - leak.REACH, cut + leak.REACH
    assert shown(f for f in begun if f.end <= before) == shown(f for f in whole if f.end <= before)
    moved = [(label, start + cut, end + cut, sure) for label, start, end, sure in shown(rest) if start + cut >= after]
    assert moved == shown(f for f in whole if f.start >= after)


def test_a_longer_value_reaches_further():
    assert leak.reach(REPLYING) == leak.REACH
    assert leak.reach(Context(kept=("x" * 1000,))) == 16_000


@pytest.mark.parametrize("size", [100, 2_000])
def test_what_is_long_is_known_by_its_beginning(size):
    body = "".join(random.Random(size).choices("ABCDEFGHabcdefgh0123456789", k=64 * size // 64))
    for text in (f"-----BEGIN PRIVATE KEY-----\n{body}", f"token = '{body}", f"Authorization: Bearer {body}"):
        starts = {f.start for f in DETECTOR.find(text[:120])}
        assert starts
        assert starts == {f.start for f in DETECTOR.find(text)}
