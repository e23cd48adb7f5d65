"""A hostile text costs in proportion to its length: counted in calls, since a clock would count the neighbours too."""

import sys

import pytest

from trimtab.builtin.detectors.patterns.detector import LONGEST, PatternDetector
from trimtab.errors import DetectorError

PIECES = [
    "1 ", "1-", "1", "a@", "@", "x@a.", "a.a.", "AA11 ", "A1", "12 34-56.", "4111 1111 ", "1.1.1.1 ", "tel 1234567 ", "street 1 ", "calle 1 ",
    "\u200b", "e\u0301\u0301", "%41", "&#64;", "YWJj", "at dot ", "0x", "::1", "a b ", "one two ", "5O", "account ", "\ud800", "passport ", "iban DE",
    "moc.a@", "a@b.pbz ", "\\u0040", "=40", "[at] ", " @ ", "http://a:b", "8888-",
    '"kty":"RSA","d":"', "password,token\n", "a,password\npassword,a\n", 'value="aaaa" name="password" ', "password\na1B2c3d4\n", "| token | password |\n",
    "</exponent><p>aaaaaaaaaaaaaaaa", "616e6140", "61 6e 61 40 ", "616e6140zz", "a-b-", "&amp;#", "<a>", "=41=4E", "password: !!str ", '"" "a" + ',
    "lin at a ", "a(a)b(", " dot a at b", "one dash two ", "alfa at dot ", "1\n1", "a@b\n", "1/2/3/", "AA11AA+", "DE11 ", "11ED ", "a1a ", "`1`**", "\u202e1", "DOTaAT", "' + '", "born 1.1.", "born Am Am Am Am 1 ", "1987 born ", "1 mai 1987 Am Am geboren ", "née le 1 ", "passport of Aa Aa 1 ", "numéro de patient 1 ",
    "order number 1234-5678 ", "12 rue de Aa-Aa ", "a b c d e. ", "( a b c d e ", "\\n1", "\\n", '\\"', "\\\\\\n", "a@\\n",
    "1.1234,1.1234,", "lat 1.1234 ", "1°1'N ", "N 1.12 ", "1 deg ", "///a.", "utm 1",
    "12 Elm Street, Leeds, ", "12 Elm Street', 'Leeds', ", "Ab 1, 10117 Berlin, ", "1 Ab SO20 8HB ", "1 Ab Ab, NY 10019 ", "PO Box 1 ", "Flat 1, 1 Ab St\n",
    "tel,lat,lon,dob\n", "tel,tel,1\n", "dob,mrn,tel,lat,lon\n" + ",,,,\n" * 40 + "1,,,,\n", "a long long, lon 1\n", "lat,lon\n" + "1.1111,2.2222\n" * 9,
    "flat no 1, Ab, ", "# 1-1 ", "Ab utca 1 ", "1 ab street ", "市区1-", "路1号", "ул. А 1 ",
]  # fmt: skip


def calls(text):
    """Python and C functions called while the text is looked at."""
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        PatternDetector().find(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", PIECES)
def test_four_times_the_text_is_at_most_four_times_the_work(piece):
    calls(piece * 200)  # whatever is compiled or loaded once
    once, four_times = (calls(piece * (size // len(piece))) for size in (3_000, 12_000))
    assert four_times <= 4.3 * once + 200
    assert once <= 40 * 3_000


def test_a_text_beyond_the_limit_is_refused_and_not_passed():
    assert PatternDetector().find("a " * (LONGEST // 2)) == []
    with pytest.raises(DetectorError):
        PatternDetector().find("a" * (LONGEST + 1))
