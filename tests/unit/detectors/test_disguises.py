"""Personal data in disguise is found and masked whole, by the same detector that finds it in plain words."""

import base64
import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.detect.mask import mask

EMAIL, PHONE, CARD, IBAN = (
    "ana.solberic@example.org",
    "+44 20 7946 0018",
    "4111 1111 1111 1111",
    "DE89370400440532013000",
)
DIGITS = dict(
    zip("0123456789", ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True)
)
SPANISH = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
DETECTOR = PatternDetector()


def wide(text):
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def bold(text):
    return "".join(
        chr(0x1D41A + ord(char) - 97) if char.islower() else chr(0x1D7CE + int(char)) if char.isdigit() else char
        for char in text
    )


DISGUISES = {
    "letters set apart": (" ".join, (EMAIL, CARD.replace(" ", ""), IBAN)),
    "zero width": ("\u200b".join, (EMAIL, PHONE, CARD, IBAN)),
    "soft hyphens": ("\u00ad".join, (EMAIL, PHONE, CARD, IBAN)),
    "words": (lambda text: text.replace("@", " at ").replace(".", " dot "), (EMAIL,)),
    "brackets": (lambda text: text.replace("@", " [at] ").replace(".", "(dot)"), (EMAIL,)),
    "Spanish words": (lambda text: text.replace("@", " arroba ").replace(".", " punto "), (EMAIL,)),
    "full width": (wide, (EMAIL, PHONE, CARD, IBAN)),
    "mathematical": (bold, (EMAIL, PHONE, CARD)),
    "look-alikes": (lambda text: text.translate(str.maketrans("aeoc", "аеос")), (EMAIL,)),
    "Arabic digits": (lambda text: text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), (PHONE, CARD)),
    "odd dashes": (lambda text: text.replace(" ", "\u2011"), (PHONE, CARD)),
    "percent": (lambda text: "".join(f"%{ord(char):02X}" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "entities": (lambda text: "".join(f"&#{ord(char)};" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "hexadecimal entities": (lambda text: "".join(f"&#x{ord(char):x};" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "escapes": (lambda text: "".join(f"\\u{ord(char):04x}" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "Base64": (lambda text: base64.b64encode(text.encode()).decode(), (EMAIL, PHONE, CARD, IBAN)),
    "hexadecimal": (lambda text: text.encode().hex(), (EMAIL, PHONE, CARD, IBAN)),
    "ROT13": (lambda text: codecs.encode(text, "rot13"), (EMAIL,)),
    "backwards": (lambda text: text[::-1], (EMAIL,)),
    "letters for digits": (lambda text: text.replace("1", "l").replace("0", "O"), (PHONE, "4532 0151 1283 0366")),
    "spelled digits": (lambda text: " ".join(DIGITS[char] for char in text if char.isdigit()), (CARD,)),
    "hyphens between": ("-".join, (EMAIL, IBAN)),
    "lines between": ("\n".join, (EMAIL, IBAN)),
    "wide gaps": ("  ".join, (EMAIL, IBAN)),
    "twice Base64": (
        lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
        (EMAIL, PHONE, CARD, IBAN),
    ),
    "Base64 of UTF-16": (lambda text: base64.b64encode(text.encode("utf-16-le")).decode(), (EMAIL, PHONE, CARD, IBAN)),
    "twice percent": (lambda text: "".join(f"%25{ord(char):02X}" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "quoted-printable": (lambda text: "".join(f"={ord(char):02X}" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "bytes of a program": (lambda text: ", ".join(f"0x{ord(char):02x}" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "octal": (lambda text: "".join(f"\\{ord(char):03o}" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "code points": (lambda text: " ".join(f"U+{ord(char):04X}" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "escaped escapes": (lambda text: "".join(f"\\\\u{ord(char):04x}" for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "tags": (lambda text: "".join(chr(0xE0000 + ord(char)) for char in text), (EMAIL, PHONE, CARD, IBAN)),
    "markup": ("<b></b>".join, (EMAIL, IBAN)),
    "comment": (lambda text: text[:6] + "<!-- x -->" + text[6:], (EMAIL, CARD, IBAN)),
    "pieces of a literal": (lambda text: '" + "'.join((text[:5], text[5:])), (EMAIL, IBAN)),
    "German words": (lambda text: text.replace("@", " ät ").replace(".", " Punkt "), (EMAIL,)),
    "signs as words": (lambda text: text.replace("@", " at-sign ").replace(".", " period "), (EMAIL,)),
    "spelled Spanish digits": (
        lambda text: " ".join(SPANISH[int(char)] for char in text if char.isdigit()),
        (PHONE, CARD),
    ),
    "spelled telephone number": (lambda text: " ".join(DIGITS[char] for char in text if char.isdigit()), (PHONE,)),
    "Base64 of percent": (
        lambda text: base64.b64encode("".join(f"%{ord(c):02X}" for c in text).encode()).decode(),
        (EMAIL, CARD),
    ),
    "percent of hexadecimal": (lambda text: "".join(f"%{ord(c):02X}" for c in text.encode().hex()), (EMAIL, CARD)),
    "letters of Base64 set apart": (lambda text: " ".join(base64.b64encode(text.encode()).decode()), (EMAIL, CARD)),
    "direction marks": (lambda text: f"\u202a{text}\u202c", (EMAIL, PHONE, CARD, IBAN)),
}
CASES = [(name, value) for name, (_, values) in DISGUISES.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_it_is_found_and_masked_whole(name, value):
    hidden = DISGUISES[name][0](value)
    text = f"You can use {hidden} until Friday."
    found = DETECTOR.find(text)
    wanted = {at for at in range(12, 12 + len(hidden)) if text[at] not in "\u202a\u202c"}
    wanted = {at for at in wanted if at < 11 + len(hidden) or hidden[-1] != "="}  # what fills up says nothing
    assert wanted <= {at for one in found for at in range(one.start, one.end)}
    assert (mask(text, found, DETECTOR.find) or "").startswith("You can use ")


@given(
    st.lists(st.sampled_from([DISGUISES[name][0](value) for name, value in CASES]) | st.text(max_size=9), max_size=5)
)
def test_what_is_masked_shows_nothing_more(pieces):
    text = " ".join(pieces)
    masked = mask(text, DETECTOR.find(text), DETECTOR.find)
    if masked is not None:  # a text in which every mask uncovers something new is withheld
        assert DETECTOR.find(masked) == []
        assert mask(masked, [], DETECTOR.find) == masked


@pytest.mark.parametrize("elsewhere", ["", " 100%2525", " a &amp;amp;lt; b", " %25%34%31", " &amp;#x26;commat;"])
@pytest.mark.parametrize("value", [EMAIL, CARD])
def test_escapes_of_escapes_elsewhere_hide_nothing(elsewhere, value):
    """One dress may hide another; how deep the deepest goes somewhere else must not say how deep this one is read."""
    hidden = DISGUISES["Base64 of percent"][0](value)
    text = f"You can use {hidden} until Friday.{elsewhere}"
    assert [(one.start, one.end) for one in DETECTOR.find(text) if one.disguise][:1] == [(12, 12 + len(hidden))]


WRITTEN = ("4539578763621486", IBAN, PHONE, "192.0.2.44", "00:1B:44:11:3A:B7", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")


@pytest.mark.parametrize("value", WRITTEN)
@pytest.mark.parametrize("sign", ["\n", "\t", "\r", "\r\n", "\b", "\f", '"'])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_json_writes_with_a_backslash_parts_a_value_from_what_stands_beside_it(value, sign, times):
    """Also in JSON within JSON. What is found is the value, and no sign of the escape on either side of it."""
    text = f"Call{sign}{value}{sign}or pay"
    for _ in range(times):
        text = json.dumps({"body": text})
    assert [text[one.start : one.end] for one in DETECTOR.find(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        r"C:\new\test\4539\report\button\files.txt, \\server\notes\2024\backup\0018.tar",
        r'pattern = r"\b\d{3}-\d{2}-\d{4}\b|\n\t\[0-9]{4}\/[0-9]{2}"',
        r"$\nabla \times \frac{1234567}{890} \rho \text{at} \beta$",
        r'print("total:\t1234567890\n")',
    ],
)
def test_a_backslash_in_paths_expressions_and_formulas_makes_nothing_of_them(text):
    assert DETECTOR.find(text) == []


HEXADECIMAL, PERCENT, BASE64 = (DISGUISES[name][0] for name in ("hexadecimal", "percent", "Base64"))
OTHERS = "see %41%42, QUJDREVGR0hJSktMTU5PUA==, 48656c6c6f20776f726c64, w o r d s, l-e-t-t-e-r-s and 5O 12 [dot] 34"


@pytest.mark.parametrize("value", [EMAIL, CARD, IBAN])
@pytest.mark.parametrize(
    "elsewhere", [f". {OTHERS}", f". {PERCENT(OTHERS)}", f". {BASE64(OTHERS)}", " &amp;lt; ＡＢＣ"]
)
@pytest.mark.parametrize(
    "dress",
    [
        lambda value: HEXADECIMAL(PERCENT(value)),
        lambda value: BASE64(HEXADECIMAL(value)),
        lambda value: HEXADECIMAL(BASE64(value)),
        lambda value: PERCENT(HEXADECIMAL(value)),
        lambda value: "-".join(HEXADECIMAL(value)),
        lambda value: " ".join(PERCENT(value)),
    ],
)
def test_another_dress_elsewhere_hides_nothing_under_several(dress, elsewhere, value):
    hidden = dress(value)
    found = DETECTOR.find(f"You can use {hidden} until Friday{elsewhere}")
    assert any(one.start < 12 + len(hidden) and one.end > 12 for one in found)


@pytest.mark.parametrize(
    ("hidden", "elsewhere"),
    [
        ("ana.solberic&amp;commat;example&amp;#46;org", "&lt; &period;"),
        ("ana.sol<br>beric@exam<i>ple.org", "<p>a</p>"),
        ("=41=4E=41=53=4F=4C@EXAMPLE.ORG", "=3Da=40b"),
        (" ".join(f"U+{0xE0000 + ord(char):04X}" for char in EMAIL), "U+0041"),
        ("\r\n  ".join(EMAIL), "\na\nb\nc\nd\ne\nf\n"),
        ("-".join(CARD), "a-b-c-d-e-f-g-h"),
        ("zwei fünf ein zwei fünf ein zwei zwei", "one two three four"),
    ],
)
def test_signs_elsewhere_say_nothing_of_what_is_read_here(hidden, elsewhere):
    begun, whole = DETECTOR.find(f"use {hidden} now"), DETECTOR.find(f"use {hidden} now {elsewhere} {'and ' * 200}")
    assert begun == [one for one in whole if one.start < 5 + len(hidden)]


@pytest.mark.parametrize("value", [EMAIL, CARD, IBAN])
@pytest.mark.parametrize("after", ["", "zz", " and", " based on", ".org", "G" * 20])
@pytest.mark.parametrize("before", ["", "zz", "x: 0x", "id-", "/path/"])
def test_hexadecimal_is_read_whatever_stands_around_it(before, after, value):
    pairs = " ".join(f"{ord(char):02x}" for char in value)
    for hidden in (HEXADECIMAL(value), pairs)[: 1 if before.endswith("0x") else 2]:
        text = f"{before}{hidden}{after}"
        found = DETECTOR.find(text)
        covered = {at for one in found for at in range(one.start, one.end)}
        assert covered.issuperset(range(len(before), len(before) + len(hidden)))


@pytest.mark.parametrize("size", [100, 112, 8_000, 8_188, 8_192, 20_000])
@pytest.mark.parametrize("encode", [HEXADECIMAL, BASE64])
def test_a_long_word_is_read_to_its_end(encode, size):
    text = "a" * size + encode(f"   {EMAIL}   ") + "a" * 400
    assert [one.noun for one in DETECTOR.find(text)] == ["email"]


AROUND = (
    '{"a": "%s"}', '{"a":"%s","b":1}', '{"a":["%s"]}', '[["%s"]]', '("%s")', "(%s)", "<%s>", "<b>%s</b>", "`%s`", "**%s**",
    "'%s'", '"%s"?', "“%s”", "«%s»", "x=%s;", "a: %s.", "|%s|", "#%s",
)  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
def test_what_stands_right_around_a_value_hides_it_in_no_dress(around):
    for value in (EMAIL, CARD, CARD.replace(" ", ""), "192.168.10.4"):
        assert hidden_in(around, value)
    for name, value in CASES:
        dressed = DISGUISES[name][0](value).strip("\u202a\u202c")
        assert hidden_in(around, dressed), name
        if around[0] in "{[":
            assert hidden_in(around, json.dumps(dressed)[1:-1]), name


def hidden_in(around, written):
    """Whether all letters, digits and tags of what is written within something are found."""
    text = around.replace("%s", written)
    start = around.index("%s")
    wanted = {at for at in range(start, start + len(written)) if text[at].isalnum() or text[at] > "\ufffd"}
    found = DETECTOR.find(text)
    return wanted and wanted <= {at for one in found for at in range(one.start, one.end)}


@pytest.mark.parametrize("around", ["_%s_", "__%s__", "***%s***", "___%s___"])
@pytest.mark.parametrize("value", [EMAIL, CARD, PHONE, "192.168.10.4"])
def test_stress_of_markdown_hides_nothing(around, value):
    assert hidden_in(around, value)


@pytest.mark.parametrize("text", ["x__192.168.10.4__", "(12.5-130.4)", "(298-2350)"])
def test_underscores_of_names_and_ranges_in_brackets_make_nothing_of_numbers(text):
    assert DETECTOR.find(text) == []
