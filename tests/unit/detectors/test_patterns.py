"""One pass finds what has a shape, with Hyperscan and without, and keys of every provider whatever their letters are."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.builtin.detectors.patterns.detector import LABELS, PatternDetector
from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.builtin.detectors.patterns.personal import PERSONAL
from trimtab.builtin.detectors.patterns.secret_keys import _split
from trimtab.builtin.detectors.patterns.secret_providers import PROVIDERS
from trimtab.builtin.detectors.patterns.secrets import SECRETS
from trimtab.detect.view import View
from trimtab.kinds import plugins

HITS = [
    "ana@example.org", "+44 20 7946 0018", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "SSN 123-45-6789", "passport X12357787",
    "00:1b:44:11:3a:b7", "2001:db8::8a2e:370:7334", "12 Elm Street", "password = 'hG7!kq2pZ'", "account 123456789012", "192.0.2.17",
    "https://ana:s3cr3tpw@example.org/", "40.4168, -3.7038", "12345678Z", "Calle Mayor 12", "born 12.03.1980",
    "geb. am 19. März 1949", "born in Oslo on 3 May 1970", "née Dupont le 1er mai 1970", "Passnummer: CWW9XVN9G", "Patientennummer: 4478123",
    "numéro de dossier médical : 6982371", "permis de conduire n° 14AB12345", "12 rue des Tilleuls, 00317 Wexville",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(HITS) | st.text(max_size=12), max_size=8).map(" ".join)
PATTERNS = (*PERSONAL, *SECRETS)
QUICK, PLAIN = Engine(PATTERNS, with_numbers=True), Engine(PATTERNS, with_numbers=True, hyperscan=False)


@settings(max_examples=200)
@given(TEXTS)
def test_hyperscan_finds_what_python_finds(text):
    assert sorted(QUICK.find(View("", text))) == sorted(PLAIN.find(View("", text)))


@pytest.mark.parametrize("hit", HITS)
def test_every_example_is_found(hit):
    assert PatternDetector().find(f"it says {hit} there")


def made(shape: str, draw: random.Random) -> str:
    """A text of a provider's shape, drawn anew each time: no key is written in this file."""
    out = ""
    for part in re.findall(r"\[[^\]]+\](?:\{[^}]+\})?|\(\?:[^)]+\)\{\d\}|\\.|[^\\\[]", shape):
        if part.startswith("(?:"):
            repeated = re.fullmatch(r"\(\?:(.+)\)\{(\d)\}", part)
            assert repeated
            inner, times = repeated.groups()
            out += "".join(made(inner, draw) for _ in range(int(times)))
            continue
        if not part.startswith("["):
            out += part.lstrip("\\")
            continue
        letters, _, times = part[1:].partition("]")
        pool = "".join(chr(c) for a, b in re.findall(r"(\w)-(\w)", letters) for c in range(ord(a), ord(b) + 1))
        pool = pool or letters
        counts = re.findall(r"\d+", times) or ["1"]
        size = int(counts[-1]) if len(counts) == 1 else min(int(counts[-1]), int(counts[0]) + 8)
        out += "".join(draw.choice(pool) for _ in range(size))
    return out


FORMS = [
    (kind, prefix, rest)
    for kind, forms in PROVIDERS
    for written, rest in forms
    for prefix in _split(written)
    if "?" not in rest and "[^" not in rest
]
ELSEWHERE = {
    "telegram-token",
    "mailchimp-key",
    "terraform-token",
    "dropbox-long-token",
    "azure-devops-token",
    "firebase-server-key",
}  # what counts stands before the prefix


@pytest.mark.parametrize(("kind", "prefix", "rest"), [form for form in FORMS if form[0] not in ELSEWHERE])
def test_a_key_of_every_provider_is_found_and_masked_whole(kind, prefix, rest):
    draw = random.Random(prefix)
    for _ in range(5):
        bodies = [made(rest.replace("={0,2}", ""), draw) for _ in range(10)]
        key = prefix + max(bodies, key=lambda body: sum(map(str.isdigit, body)))  # one without digits may be a word
        key = key.rstrip("._=+/-") + "7" * (
            len(key) - len(key.rstrip("._=+/-"))
        )  # a sign at the end may be the sentence's
        text = f"use {key} please"
        covered = {at for f in PatternDetector(("secret",)).find(text) for at in range(f.start, f.end)}
        wanted = range(4 + (len(prefix) if prefix.endswith("=") else 0), 4 + len(key))
        assert covered.issuperset(wanted), kind


def test_there_are_at_least_forty_providers():
    assert len({kind for kind, _ in PROVIDERS}) >= 40


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['DB_PASSWORD']", "password: <your password>", "api_key = ${API_KEY}", "the password is required",
        "def login(user='', passwd='', acct=''):", "token = get_token(request)", "SECRET_KEY = config.secret", "password: string",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b", "key=value", "The key is under the mat.", "password must be at least 8 characters",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    ],
)  # fmt: skip
def test_what_only_speaks_of_secrets_is_none(text):
    assert PatternDetector(("secret",)).find(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("password: hG7!kq2pZ", "hG7!kq2pZ"),
        ('{"api_key": "f3k9-Zq81-xW0p-77aa"}', "f3k9-Zq81-xW0p-77aa"),
        ("export DB_PASSWORD='tr0ub4dor&3'", "tr0ub4dor&3"),
        ("my password is Tr0ub4dor", "Tr0ub4dor"),
        ("la contraseña es Gat0Negr0", "Gat0Negr0"),
        ("mysql --password hG7kq2pZ9 -u root", "hG7kq2pZ9"),
        ("IDENTIFIED BY 'hG7kq2pZ9'", "hG7kq2pZ9"),
        ("Server=a;Uid=b;Password=hG7kq2pZ9;", "hG7kq2pZ9"),
    ],
)
def test_a_value_that_a_name_introduces_is_found_whole(text, value):
    start = text.index(value)
    covered = {at for f in PatternDetector(("secret",)).find(text) for at in range(f.start, f.end)}
    assert covered.issuperset(range(start, start + len(value)))


def test_labels_narrow_what_is_reported():
    text = "ana@example.org and password = 'hG7!kq2pZ'"
    assert {f.family for f in PatternDetector(("secret",)).find(text)} == {"secret"}
    assert {f.label for f in PatternDetector(("personal.email",)).find(text)} == {"personal.email"}
    with pytest.raises(ValueError, match="no pattern has the label"):
        PatternDetector(("personal.mail",))
    assert set(plugins.make("detectors", "patterns").card.labels) == set(LABELS)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.1.1.1 8.8.8.8 9.9.9.9 1.0.0.1 8.8.4.4", ["1.1.1.1", "8.8.8.8", "9.9.9.9", "1.0.0.1", "8.8.4.4"]),
        ("$ (804) 555-0168", ["(804) 555-0168"]),
        ("Führerschein B072RRE2I55", ["B072RRE2I55"]),
        ("Nº col. 282812345", ["282812345"]),
        ("see https://ana:s3cr3tpw@example.org/", ["ana:s3cr3tpw"]),
        ("Calle Mayor 12 and Hauptstraße 5 and 12 Elm Street", ["Calle Mayor 12", "Hauptstraße 5", "12 Elm Street"]),
    ],
)
def test_these_are_found_whole(text, values):
    covered = {at for f in PatternDetector().find(text) for at in range(f.start, f.end)}
    for value in values:
        assert covered.issuperset(range(text.index(value), text.index(value) + len(value))), value


@pytest.mark.parametrize(
    "text", ["a strategy 12", "the company of 12345678 via 3 panels", "column 12345", "on the way 12 of us"]
)
def test_words_that_hold_others_announce_nothing(text):
    assert PatternDetector(("personal",)).find(text) == []


def test_telephone_numbers_of_the_world_are_found():
    library = pytest.importorskip("phonenumbers")
    detector = PatternDetector(("personal.phone",))
    seen, whole = 0, {"{} for it": 0, "Tel.: {}": 0}
    for region in library.SUPPORTED_REGIONS:
        number = library.example_number(region)
        for template, form in zip(whole, (1, 2), strict=True):
            text = template.format(library.format_number(number, form))
            covered = sum(one.end - one.start for one in detector.find(text))
            whole[template] += covered >= len(text) - len(template) + 2
        seen += 1
    assert whole["{} for it"] >= 0.98 * seen
    assert whole["Tel.: {}"] >= 0.9 * seen


@pytest.mark.parametrize("label", [*LABELS, "personal", "secret"])
def test_every_label_can_be_asked_for_alone(label):
    found = PatternDetector((label,)).find(" ".join(HITS))
    assert all(one.is_a(label) for one in found)
