"""Credentials are found whole, and what only looks like them is left alone."""

import base64
import json
import random
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.detectors import files, places
from tests.unit.detectors.fake_secrets import (
    FORMATS,
    HEX,
    LETTERS,
    PASSWORD_TEXTS,
    TOKEN_TEXTS,
    dressed,
    harmless,
    key,
    password,
    pem,
    token,
    uuid,
)

from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.builtin.detectors.patterns.secret_keys import KEYS
from trimtab.builtin.detectors.patterns.secret_names import kind_of
from trimtab.builtin.detectors.patterns.secret_values import hopeless, like_key, like_password
from trimtab.builtin.detectors.patterns.secrets import SECRETS

DETECTOR = PatternDetector(("secret",))


def masked(text: str) -> str:
    """What a reader still sees."""
    chars = list(text)
    for finding in DETECTOR.find(text):
        chars[finding.start : finding.end] = "\0" * (finding.end - finding.start)
    return "".join(chars)


def readable(text: str, value: str) -> bool:
    """Whether any sign of a credential can still be read where it stood."""
    at = text.index(value)
    return re.search(r"[^\0\s]", masked(text)[at : at + len(value)]) is not None


def test_forty_providers_and_more_have_patterns():
    assert len({pattern.label for pattern in KEYS}) >= 40


@pytest.mark.parametrize("kind", FORMATS)
def test_a_providers_key_is_found_whole_and_named(kind):
    dice = random.Random(kind)
    for template in ("{}", "it is {} here", 'x = "{}"', "a\n{}\nb", "({}),", "see\t{}."):
        value = key(kind, dice)
        text = template.format(value)
        assert f"secret.{kind}" in [finding.label for finding in DETECTOR.find(text)], text
        assert not readable(text, value), text


@pytest.mark.parametrize("template", PASSWORD_TEXTS)
def test_a_password_is_found_whole_wherever_it_stands(template):
    dice = random.Random(template)
    missed = [
        case for case in (dressed(template, password, dice) for _ in range(10)) if readable(case.text, case.value)
    ]
    assert not missed


@pytest.mark.parametrize("template", TOKEN_TEXTS)
def test_a_token_is_found_whole_wherever_it_stands(template):
    dice = random.Random(template)
    missed = [case for case in (dressed(template, token, dice) for _ in range(10)) if readable(case.text, case.value)]
    assert not missed


@pytest.mark.parametrize(
    ("template", "make"), [*((one, password) for one in places.PASSWORDS), *((one, token) for one in places.TOKENS)]
)
def test_a_credential_is_found_whole_in_the_place_that_says_so(template, make):
    dice = random.Random(template)
    for _ in range(4):
        value = make(dice)
        around = template.replace("{}", "\0").replace("{{", "{").replace("}}", "}")
        text = f"before\n{around.replace(chr(0), value)}\nafter\n"
        shown = masked(text)[text.rindex(value) :][: len(value)]
        assert not shown.strip("\0"), text


@pytest.mark.parametrize("seed", range(3))
def test_texts_without_credentials_raise_no_alarm(seed):
    alarms = {
        text: [text[f.start : f.end] for f in found]
        for text in harmless(random.Random(seed))
        if (found := DETECTOR.find(text))
    }
    assert not alarms


def test_of_several_credentials_none_is_left_readable():
    dice = random.Random(5)
    for _ in range(10):
        cases = [dressed(t, password, dice) for t in dice.sample(PASSWORD_TEXTS, 3)]
        cases += [dressed(t, token, dice) for t in dice.sample(TOKEN_TEXTS, 2)]
        text = "\n".join(case.text for case in cases)
        assert not [case.value for case in cases if readable(text, case.value)]


@pytest.mark.parametrize("name", files.FILES)
def test_of_the_credentials_of_a_file_none_is_left_readable(name):
    dice = random.Random(name)
    for _ in range(6):
        text, values = "before\n", []
        for before, field, _, _ in string.Formatter().parse(files.FILES[name]):
            text += before
            if field:
                value = password(dice) if field == "p" else token(dice)
                values.append((len(text), len(text) + len(value)))
                text += value
        shown = masked(f"{text}after\n")
        assert not [text[low:high] for low, high in values if shown[low:high].strip("\0")], text


@pytest.mark.parametrize("template", files.CONTINUED)
def test_a_token_that_goes_on_in_the_next_line_is_found_whole(template):
    dice = random.Random(template)
    for _ in range(6):
        first, second = ("".join(dice.choices(LETTERS, k=size)) + "7a" for size in (40, 36))
        shown = masked(template.format(a=first, b=second))
        assert not any(value[at : at + 4] in shown for value in (first, second) for at in range(0, 36, 4))


def written(dice: random.Random, size: int) -> str:
    return base64.urlsafe_b64encode(dice.randbytes(size)).decode().rstrip("=")


@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP", "oct"])
@pytest.mark.parametrize(
    "dress",
    [
        lambda key: json.dumps(key, indent=2),
        lambda key: json.dumps(json.dumps(key)),
        str,
        lambda key: "{" + ", ".join(f"{name}: '{value}'" for name, value in key.items()) + "}",
        lambda key: "\n".join(f"  {name}: {value}" for name, value in key.items()),
        lambda key: "\n".join(f'{name} = "{value}"' for name, value in key.items()),
        lambda key: "[" + ", ".join(f"'{name}' => '{value}'" for name, value in key.items()) + "]",
        lambda key: base64.urlsafe_b64encode(json.dumps(key).encode()).decode(),
        lambda key: base64.urlsafe_b64encode(json.dumps(key, indent=2).encode()).decode().rstrip("="),
    ],
)
def test_a_json_web_key_shows_nothing_private_in_any_notation(dress, kind):
    dice = random.Random(kind)
    private = {"RSA": {"d": 256, "p": 128, "q": 128, "dp": 128, "dq": 128, "qi": 128}, "oct": {"k": 32}}.get(
        kind, {"d": 32}
    )
    public = {"RSA": {"n": 256}, "EC": {"x": 32, "y": 32}, "OKP": {"x": 32}, "oct": {}}[kind]
    members = {name: written(dice, size) for name, size in {**public, **private}.items()}
    text = f"before {dress({'kty': kind, **members})} after"
    shown = masked(text)
    assert not [name for name in private if members[name] in shown]
    if "kty" not in text:
        # One of RSA is too long to tell by its beginning that something private follows: that alone is masked.
        assert re.fullmatch(r"before .*\0{200}.* after" if kind == "RSA" else r"before \0+=* after", shown)
    else:
        assert all(members[name] in shown for name in public)  # that is anybody's business
        assert shown.count("\0") >= sum(len(members[name]) for name in private)


@pytest.mark.parametrize(
    "text",
    [
        "The activation of the api key:\n  {}\nis free",
        "# password\n151# {}",
        "<Password>see below</Password>\n<Key>{}</Key>",
        'creds were mailed\n"installation": "{}"',
    ],
)
def test_a_bare_uuid_is_masked_where_credentials_are_spoken_of(text):
    value = uuid(random.Random(text))
    assert not readable(text.format(value), value)
    assert DETECTOR.find(f"the installation {value} is up") == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("密码是River8请勿外传", "密码是请勿外传"),
        ("비밀번호: Falcon77!입니다", "비밀번호: 입니다"),
        ("パスワードはMeadow42です。", "パスワードはです。"),
        ("?key=3487263-2384579834-234732875-345&x=1", "?key=&x=1"),
        ('salt = u"\\u0020827634876"', 'salt = u""'),
    ],
)
def test_a_value_ends_where_a_reader_would_end_it(text, left):
    assert masked(text).replace("\0", "") == left


def test_of_a_signed_address_and_of_a_request_to_aws_only_the_scheme_is_left():
    value = key("aws-access-key", random.Random(3))
    address = f"https://b.s3.amazonaws.com/f?X-Amz-Algorithm=A&X-Amz-Credential={value}%2F20300101%2Feu-west-3%2Fs3%2Faws4_request&X-Amz-Signature=ab12"
    assert masked(f'get "{address}" now').replace("\0", "") == 'get "https://" now'
    assert masked(f"Credential={value}/20300101/eu-west-3/s3/aws4_request, x").replace("\0", "") == "Credential=, x"


def test_the_name_of_an_open_store_is_masked():
    assert masked("see app-42.firebaseio.com and firebaseio.com").replace("\0", "") == "see  and firebaseio.com"


@given(
    head=st.text("abzAZ09-_./:", min_size=1, max_size=64) | st.text("abzAZ09-_./:@=!,éß", min_size=1, max_size=64),
    literal=st.booleans(),
)
def test_what_is_hopeless_is_judged_to_be_nothing(head, literal):
    for kind, ask in {
        "password": lambda value: like_password(value, quoted=False, told=True, literal=literal),
        "weak": lambda value: like_key(value, least=14, weak=True),
        "token": lambda value: like_key(value, least=8, weak=False),
    }.items():
        if hopeless(head, key=kind == "weak", licences=kind == "token"):
            assert not ask(head)


@pytest.mark.parametrize("value", ["Pa,ss;7)x", "it''s7Pass", "a\\'b7c9D", "two w0rds!", "x(17)Yq2z"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE USER u IDENTIFIED BY '{}';",
        "ALTER USER u WITH PASSWORD '{}' VALID UNTIL 'now';",
        "CREATE ROLE r ENCRYPTED PASSWORD '{}'",
        "UPDATE users SET password = '{}', name = 'x';",
        "INSERT INTO users (name, password) VALUES ('u', '{}'), ('v', 'x');",
    ],
)
def test_a_password_in_quotes_goes_to_the_quote_that_ends_it(statement, value):
    assert not readable(statement.replace("{}", value), value)


def test_a_key_in_xml_shows_nothing_private():
    dice = random.Random(4)
    names = ("Modulus", "Exponent", "P", "Q", "DP", "DQ", "InverseQ", "D")
    values = {name: base64.b64encode(dice.randbytes(64)).decode() for name in names}
    shown = masked("<RSAKeyValue>" + "\n".join(f"<{name}>{values[name]}</{name}>" for name in names) + "</RSAKeyValue>")
    assert [name for name in names if values[name] in shown] == ["Modulus", "Exponent"]


def test_a_shared_key_of_a_tunnel_is_masked_whole():
    lines = ["".join(random.Random(at).choices(HEX, k=32)) for at in range(16)]
    dashes, name = "-" * 5, "OpenVPN Static key V1"
    shown = masked(f"{dashes}BEGIN {name}{dashes}\n" + "\n".join(lines) + f"\n{dashes}END {name}{dashes}\nafter")
    assert shown.strip("\0") == "\nafter"


@pytest.mark.parametrize(
    "text",
    [
        "apt\tpasswd\t1:4.13+dfsg1\napt\tpatch\t2.7.6-7\n",
        "user,password,note\nsee below,to be chosen,none\n",
        "| password | string | required |\n| user | string | optional2 |\n",
        "Password\nLength",
        '{"value": "Password123 is too weak", "name": "password_hint"}',
        "username and password entries of the file",
        '"k": base64url_encode(force_bytes(key)), "kty": "oct"',
        "password.length = minimum12",
        "token or 'abc'",
    ],
)
def test_what_looks_like_the_place_of_a_credential_raises_no_alarm(text):
    assert DETECTOR.find(text) == []


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ", ""])
@pytest.mark.parametrize(
    "dress",
    [
        lambda block: block,
        lambda block: json.dumps({"private_key": block + "\n"}),
        lambda block: "\n".join(f"2026-01-01 10:00:00 {line}" for line in block.splitlines()),
        lambda block: " +\n".join(f'    "{line}\\n"' for line in block.splitlines()),
        lambda block: "key: |\n" + "\n".join(f"  {line}" for line in block.splitlines()),
        lambda block: "".join(line + "\n" for line in block.splitlines()[:-1]),
    ],
)
def test_a_private_key_is_masked_whole_in_any_dress(kind, dress):
    block = pem(random.Random(kind), kind)
    rest = masked(dress(block))
    assert not [line for line in block.splitlines()[:12] if line in rest]


def test_the_mask_of_a_private_key_ends_with_it():
    block = pem(random.Random(2))
    assert masked(f"before\n{block}\nafter").replace("\0", "") == "before\n\nafter"


def test_a_private_key_needs_a_body():
    dashes = "-" * 5
    assert not DETECTOR.find(f"{dashes}BEGIN PRIVATE KEY{dashes}\n...\n{dashes}END PRIVATE KEY{dashes}")


def test_a_web_token_is_one_only_when_its_head_decodes():
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    signature = "".join(random.Random(1).choices(LETTERS, k=43))
    real = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': '1'})}.{signature}"
    assert [f.label for f in DETECTOR.find(f"see {real} here") if f.label == "secret.jwt"]
    assert not readable(f"see {real} here", real)
    other = f"{part({'colour': 'red'})}.{part({'sub': '1'})}.x"
    assert not [f for f in DETECTOR.find(other) if f.label == "secret.jwt"]


def test_the_password_in_an_address_is_found_whatever_signs_it_holds():
    for secret in ("Falcon77", "p@ss7word", "a/b7?c", "Ünï7code"):
        text = f"postgresql://bob:{secret}@db.example:5432/app"
        assert not readable(text, secret)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "password"), ("DB_PASSWORD", "password"), ("dbPassword", "password"), ("userpwd", "password"),
        ("api_key", "token"), ("apiKey", "token"), ("X-Api-Key", "token"), ("client_secret", "token"), ("accessToken", "token"),
        ("password_hash", ""), ("token_id", ""), ("public_key_sha256", ""), ("key", "weak"), ("password_file", ""), ("tokenizer", ""), ("keyboard", ""), ("bypass", ""), ("monkey", ""),
        ("password_length", ""), ("max_tokens", ""), ("csrfToken", ""), ("compass", ""), ("author", ""), ("secretName", ""),
    ],
)  # fmt: skip
def test_a_name_is_read_as_a_whole(name, kind):
    found = kind_of(name)
    assert (found if found != "vague" else "") == kind


@pytest.mark.parametrize(
    "value",
    [
        "changeme",
        "<password>",
        "${VAR}",
        "xxxxxxxx",
        "your-password1",
        "%s",
        "{{ pw }}",
        "example1",
        "None",
        "********",
    ],
)
def test_what_stands_in_for_a_value_is_none(value):
    assert not like_password(value, quoted=True, told=True, literal=False)
    assert not like_key(value, least=4, weak=False)


def test_every_anchor_is_lower_case_and_begins_its_matches():
    for pattern in SECRETS:
        compiled = re.compile(pattern.shape, re.IGNORECASE)
        assert all(anchor == anchor.lower() for anchor in pattern.anchors)
        assert not re.search(r"\(\?[=!<]|[*+]", re.sub(r"\\.|\[[^\]]*\]", "", pattern.shape)), pattern.label
        assert compiled.match("") is None


pieces = st.sampled_from(
    [*PASSWORD_TEXTS, *TOKEN_TEXTS, "password=", "://a:b@", "{}", '"', "\n", "-" * 5 + "BEGIN PRIVATE KEY" + "-" * 5]
)


@given(parts=st.lists(pieces | st.text(max_size=30), max_size=6), seed=st.integers(0, 99))
def test_spans_lie_inside_any_text(parts, seed):
    dice = random.Random(seed)
    text = "".join(part.replace("{}", token(dice)) for part in parts)
    for finding in DETECTOR.find(text):
        assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize(
    "piece",
    ["password=", "key='", "pass", "token: ", "://", "MII", "eyJhbGciOi", "-----BEGIN PRIVATE KEY-----\n", "password|"],
)
def test_judges_are_asked_no_more_often_than_signs_stand_in_the_text(piece):
    """Work is linear: doubling a hostile text doubles the calls of judges, which look a bounded way each."""

    def calls(text: str) -> int:
        low = text.lower()
        return sum(low.count(anchor) for pattern in SECRETS for anchor in pattern.anchors)

    short, long = piece * 200, piece * 400
    assert calls(long) <= 2 * calls(short) + len(piece) * 4
    DETECTOR.find(long)


@pytest.mark.parametrize("value", ["\uff24\uff14\uff10\uff10\uff14\uff14\uff10\uff15\uff13\uff12", "\u04341\u04342\u04343\u04344\u04345", "\u0663\u0661\u0664\u0661\u0665\u0639\u0662\u0666"])  # fmt: skip
@pytest.mark.parametrize("words", ["Cookie:d=fth=/\x02{}", "password={}", "token: {}"])
def test_letters_and_digits_of_other_scripts_break_nothing(words, value):
    DETECTOR.find(words.format(value))
