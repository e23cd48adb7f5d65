"""Numbers as they are written in many places: beside letters of any script, with ports, in fields, and what only looks like them."""

import pytest

from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.builtin.detectors.patterns.numbers import numbers
from trimtab.builtin.detectors.patterns.personal import PERSONAL
from trimtab.detect.signs import digit_groups
from trimtab.detect.view import View

DETECTOR = PatternDetector(("personal",))
BESIDE_LETTERS = [
    ("phone", "連絡先電話は080-5551-2367まで", "080-5551-2367"),
    ("phone", "携帯09055517742です", "09055517742"),
    ("phone", "電話番号は０８０－５５５１－２３６７です", "０８０－５５５１－２３６７"),
    ("phone", "手机号13755501928，谢谢", "13755501928"),
    ("phone", "휴대폰은010-5557-2213입니다", "010-5557-2213"),
    ("phone", "โทร082-555-7731ครับ", "082-555-7731"),
    ("phone", "मेरा फोन97555 23108है", "97555 23108"),
    ("phone", "тел. 89265550143", "89265550143"),
    ("ip", "服务器地址10.61.7.44已更改", "10.61.7.44"),
    ("ip", "サーバは2001:db8:7::52cですか", "2001:db8:7::52c"),
    ("mac", "MAC地址00:1b:44:7a:3e:91已登记", "00:1b:44:7a:3e:91"),
    ("card", "卡号4539578763621486请核对", "4539578763621486"),
    ("card", "カード4539 5787 6362 1486で", "4539 5787 6362 1486"),
    ("iban", "口座はDE89370400440532013000です", "DE89370400440532013000"),
    ("iban", "账户DE89 3704 0044 0532 0130 00已开通", "DE89 3704 0044 0532 0130 00"),
    ("crypto", "地址1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa已", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("email", "メールはlin.varga@example.orgまで", "lin.varga@example.org"),
]
ADDRESSES = [
    ("ip", "peer 203.0.113.88:51820 said hello", "203.0.113.88"),
    ("ip", "-A FORWARD -d 198.51.100.64/27 -j ACCEPT", "198.51.100.64"),
    ("ip", "routes: [172.20.5.0/24, 10.9.8.7/32]", "10.9.8.7"),
    ("ip", "scp x.tar deploy@10.44.3.2:/srv", "10.44.3.2"),
    ("ip", "tcp 0 0 10.1.2.3:22 10.44.5.6:40122 ESTABLISHED", "10.44.5.6"),
    ("ip", "no answer after hop 9 (192.0.2.71) * * *", "192.0.2.71"),
    ("ip", "dhcp-range 10.3.0.20-10.3.0.90", "10.3.0.90"),
    ("ip", "DNAT --to-destination 10.77.0.2:80-443", "10.77.0.2"),
    ("ip", "src=192.0.2.19:8443 dst=x", "192.0.2.19"),
    ("ip", "the update server is 10.4.9.1:8080", "10.4.9.1"),
    ("ip", "fetch the firmware update from 10.4.9.1:8080 over http", "10.4.9.1"),
    ("ip", "inet6 fd00::5/64 scope global", "fd00::5"),
    ("mac", "port 7 learned 001c.73aa.0b19 on vlan 12", "001c.73aa.0b19"),
    ("mac", "0050.56ab.cdef is a guest", "0050.56ab.cdef"),
    ("mac", "MAC-Address: 00e0-fc12-34b6", "00e0-fc12-34b6"),
    ("mac", '"mac_address": "3CECEF129AB0"', "3CECEF129AB0"),
    ("mac", "the mac is 3cecef129ab0", "3cecef129ab0"),
]
MAIL = [
    ("email", "write to m.o'leary@example.ie today", "m.o'leary@example.ie"),
    ("email", "D'Amico <d'amico.p@example.it>", "d'amico.p@example.it"),
]
PHONES = [
    ("phone", "or 646 . 555 . 0119 at night", "646 . 555 . 0119"),
    ("phone", "Fax (646) - 555 - 0119", "(646) - 555 - 0119"),
    ("phone", "Büro 0511 / 555 23 40", "0511 / 555 23 40"),
    ("phone", "Tel. (0511) / 5552340", "(0511) / 5552340"),
    ("phone", "alte Nummer, (0 40) 55 57 31-8.", "(0 40) 55 57 31-8"),
    ("phone", "calls from 1-866-555-0142, again", "1-866-555-0142"),
    ("phone", "+49 511 / 555 23 40", "+49 511 / 555 23 40"),
    ("phone", "97555-23108, or come by", "97555-23108"),
    ("phone", "(0xx41) 3555-0188 em horário comercial", "(0xx41) 3555-0188"),
    ("phone", "zap 41 9 9555 0123", "41 9 9555 0123"),
    ("phone", "mio 347/5550128, grazie", "347/5550128"),
    ("phone", "https://wa.me/5541955501234", "5541955501234"),
    ("phone", "受付 052(555)0188", "052(555)0188"),
    ("phone", "cel 5555234178", "5555234178"),
    ("phone", "celular: 11955501234", "11955501234"),
    ("phone", "(508) 555-0133, ext 27", "(508) 555-0133, ext 27"),
    ("phone", "089 55501-0, Durchwahl 12", "089 55501-0, Durchwahl 12"),
]


@pytest.mark.parametrize("hyperscan", [True, False])
@pytest.mark.parametrize(("label", "text", "value"), BESIDE_LETTERS + ADDRESSES + MAIL + PHONES)
def test_it_is_found(label, text, value, hyperscan):
    found = [
        (f"personal.{label}", value)
        for one in DETECTOR.find(text)
        if (one.noun, text[one.start : one.end]) == (label, value)
    ]
    assert found == [(f"personal.{label}", value)]
    if value.isascii():
        engine = Engine(PERSONAL, with_numbers=True, hyperscan=hyperscan)
        seen = [(name, text[start:end]) for start, end, _, name in engine.find(View("", text))]
        assert (f"personal.{label}", value) in seen


QUIET = [
    # Versions and parts of documents, in several languages, and the second of two.
    "does firmware 1.4.2.9 or 1.5.0.0 support it?", "does firmware 1.4.2.9 support mesh or do I need 1.5.0.1?", "update from 10.4.2.1 to 10.4.2.3",
    "wersja 6.0.11.3 się zawiesza", "die Versionen 5.14.2.1 und 5.14.2.4", "les versions 5.14.2.1 et 5.14.2.4", "il firmware 3.12.0.8 dà errore",
    "la versión 4.2.1.7", "版本4.2.1.7已发布", "バージョン4.2.1.7に更新", "3.0.0.6 update ke baad", "clause 12.1.1.4 and section 4.2.1.3", "Abschnitt 4.2.1.3", "§ 4.2.1.3",
    'assemblyIdentity version="1.2.0.0"', "pkg_1.2.3.4-rc1", "dist/tool-1.2.3.4.tar.gz", "netmask 255.255.254.0", "bind 0.0.0.0:80",
    # Fractions that run together in the paths of drawings.
    "c-1.5.64.73 9.78 9.05.75.45 1.54.72", "M4 2.75 5.73.61.64 1.35 1.39", "a1 1 0 0 1.5.75.75 0 0 0",
    # Words of hexadecimal digits that are no addresses of hardware.
    "commit 3cecef129ab0", "emacs 3cecef129ab0", "fe80.dead.beef.cafe.example", "1a2b.3c4d.5e6f.7081", "key 00e0-fc12-34b6", "std::4a c::3 12:30:45",
    # Moments and drawn numbers, whose check digits are right by chance.
    "1710754882118", "1710754882118005", "1710754882118000004", "1234567890123456783", "353879234252633",
    # Numbers of other things.
    "open 0900-1730 and 0900 - 1730", "phone, exp 2029-02", "drawn: 04 17 23 31 42 48", "05 12 23 34 41 won", "n° 08-14.962 ; no. 05-1128", "HS 8471.30.01 and 0901.21.00",
    "NDC 0002-1433-80, 50242-040-62", "Dewey 005.1334", "Kundennummer 8841 2207 93", "réf. 118-4473", "[  812.541007] usb",
    "08:21 08:27 08:33", "ZIPs 90001-96162", "60123-60145", "12 9 2024 1130", "M48.8 2.29 C 40.748,73.985 90,90", "day 041827 / 019366", "10 - 12 - 14, 2019 - 2021, 1 200 - 1 400",
    "5B9.57..3.ac", "9.57..3", "101..57.3", "..9.57.3", "NDC 0074-4339-13", "Lap 2     00:41:18  08:19 08:26", "device number 12 using xhci_hcd\n[  904.318225] usb 1-1.4: New", "nastąpił 24.10.1795.",
    # Files and packages.
    "logo@2x.png icon@3x.webp", "lodash@4.17.21.tgz", "hero@dark.svg", "HERO@DARK.SVG",
]  # fmt: skip


@pytest.mark.parametrize("text", QUIET)
def test_it_raises_no_alarm(text):
    assert DETECTOR.find(text) == []


TABLES = [
    ("name,dept,mobile\nAna,Purchasing of the whole north,9155501234\nBo,Legal department and archives,9255501234", ["9155501234", "9255501234"]),
    ("id;telefon;ort\n1;5551234567;Wexhausen an der Leine\n2;5559876543;Bad Wexhausen", ["5551234567", "5559876543"]),
    ("| Name | Phone no. | Visits |\n|---|---|---|\n| Ana | 9155501234 | 1234567890 |\n| Bo of another town | 9255501234 | 1234567891 |", ["9155501234", "9255501234"]),
    ('"name","home phone"\n"Solberic, Ana, who lives here","9155501234"\n"Linden, Bo, of somewhere else","9255501234"', ["9155501234", "9255501234"]),
    ("姓名,部门,手机号\n王小明,销售部销售部销售部销售部,13755501928\n李雷,法务部法务部法务部法务部法务部,13955501928", ["13755501928", "13955501928"]),
    ("id,phone_model,units sold in the whole country\n1,20550123,1234567890\n2,20550124,1234567891", []),
    ("order,total,parcel\n1,2,9155501234\n2,3,9255501234", []),
    ("phone,visits\n\nhow many came to us last week, of\n9155501234,1\n9255501234,2", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values"), TABLES)
def test_a_column_says_what_its_cells_hold(text, values):
    for rows in ("", text[text.rindex("\n") :] * 8):
        found = [text[one.start : one.end] for one in DETECTOR.find(text + rows) if one.end <= len(text)]
        assert found == values


WORDS = ["ph 5555550142", "mob: 9820055501", "Fon 5125550", "rufnr. 5125550", "facetime:5555550142", "8-916-555-01-23"]


@pytest.mark.parametrize("text", WORDS)
def test_a_short_word_announces_it(text):
    assert [one.noun for one in DETECTOR.find(text)] == ["phone"]


BY_CHANCE = [
    "call center handled 1234567 calls", "call volume rose 120000-150000", "dial tone 440 480 Hz", "in cell B12 enter 1000000", "cell count 4500000 per ml",
    "Cell: 0.00123456", "mobile revenue 2019-2023 4 500 000", "my phone has IMEI 352099001761481", "fax model 2820 4510", "scores 21-19 25-23 15-12", "reading 041827 019366",
    "SN 2055 5012 3344",
]  # fmt: skip


@pytest.mark.parametrize("text", BY_CHANCE)
def test_what_a_word_for_a_telephone_stands_before_by_chance_is_none(text):
    assert DETECTOR.find(text) == []


def test_a_word_announces_no_second_number_in_the_next_sentence():
    text = "Ring 0808 157 0199. Code 558-207 valid"
    assert [text[one.start : one.end] for one in DETECTOR.find(text)] == ["0808 157 0199"]


def check_digit(digits):
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


@pytest.mark.parametrize(
    ("prefix", "size"),
    [
        ("4", 13), ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("36", 14), ("3095", 16),
        ("3528", 16), ("3589", 19), ("1800", 15), ("2131", 15), ("1", 15), ("5018", 16), ("6759", 19), ("6011", 16), ("62", 17), ("2200", 16),
        ("81", 16), ("9792", 16),
    ],
)  # fmt: skip
def test_a_card_has_as_many_digits_as_its_issuer_gives_out(prefix, size):
    begun = (prefix + "7402918365047291836")[: size - 1]
    card = begun + check_digit(begun)
    assert [(one.noun, text[one.start : one.end]) for text in [f"use {card} ok"] for one in DETECTOR.find(text)] == [
        ("card", card)
    ]


@pytest.mark.parametrize(
    ("prefix", "size"),
    [("1", 13), ("1", 16), ("1", 17), ("1", 18), ("1", 19), ("4", 14), ("51", 17), ("34", 16), ("2221", 19), ("3528", 15), ("9792", 18)],
)  # fmt: skip
def test_a_card_has_no_other_number_of_digits_unless_a_word_says_so(prefix, size):
    begun = (prefix + "7402918365047291836")[: size - 1]
    number = begun + check_digit(begun)
    assert "card" not in [one.noun for one in DETECTOR.find(f"use {number} ok")]
    assert [one.noun for one in DETECTOR.find(f"my card number is {number}")] == ["card"]


@pytest.mark.parametrize(
    "text", ["300.400.500.600", "1.2.3.4.5.6.7", "1.2.3.4 300.1.1.1 9.9.9.9.9", "1 - 2 - 3 - 4.5.6.7 / 8 - 9"]
)
def test_rows_that_are_taken_apart_end(text):
    for times in (1, 50, 2_000):
        row = " ".join([text] * times)
        assert len(list(numbers(row, digit_groups(row.encode())))) <= times * 3
