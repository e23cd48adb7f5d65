"""No planted value and nothing that a detector finds survives in an excerpt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.detect import look
from trimtab.detect.disguise import shows
from trimtab.errors import DetectorError
from trimtab.kinds import Case, Context, Finding, Message
from trimtab.measure import redact as module
from trimtab.measure.redact import LONGEST, WITHHELD, planted, redact, tells

SECRETS = ["MAROLIN-4827", "52 River Street", "cat", "planted", "email", "…", "7"]
HITS = [
    "ana.solberic42@example.org",
    "(804) 555-0168",
    "+44 20 7946 0018",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "X12357787",
    "123-45-6789",
    "MAROLIN-4827",
    "7284-nilorAM",
    "M A R O L I N 4 8 2 7",
    "TUFST0xJTi00ODI3",
    "VGhlIGNvZGUgaXMgTUFST0xJTi00ODI3Lg==",
    "ma\u200brolin-4827",
    "52\nriver street",
    "\u202e\x1b[31m",
    "\ud800",
    "word " * 60,
    "z" * 4090,
]
TEXTS = st.lists(st.sampled_from(HITS) | st.text(st.characters(), max_size=30), max_size=12).map(" ".join)
TIGHT = st.lists(st.sampled_from(HITS) | st.text(st.characters(), max_size=5), max_size=8).map("".join)


@given(text=TEXTS | TIGHT, secrets=st.lists(st.sampled_from(SECRETS), max_size=4))
def test_nothing_survives(text, secrets):
    excerpt = redact(text, secrets=secrets)
    assert len(excerpt) <= LONGEST
    assert excerpt.isprintable()
    excerpt.encode()
    if excerpt != WITHHELD:
        assert not shows(excerpt, secrets)
    for detector in module._detectors():
        found = look(detector, excerpt, Context(origin="assistant"))
        assert [f for f in found if f.family in {"personal", "secret", "leak"} and tells(excerpt, f)] == []


@pytest.mark.parametrize("offset", range(LONGEST - 20, LONGEST + 5))
def test_a_value_at_the_cut_does_not_survive_in_part(offset):
    excerpt = redact("." * offset + "MAROLIN-4827 and more", secrets=["MAROLIN-4827"])
    assert "MAR" not in excerpt


@pytest.mark.parametrize("shown", range(1, 12))
def test_a_value_at_the_end_of_what_is_looked_at_does_not_survive_in_part(shown):
    """Masks shorten a text, so what lies thousands of characters away could come into the excerpt, cut in two."""
    hidden = "MAROLIN-4827" * 300
    text = hidden + "." * (4096 - len(hidden) - shown) + "MAROLIN-4827" + "." * 5000
    assert "MAR" not in redact(text.replace("." * 200, "MAROLIN-4827" * 16 + "........"), secrets=["MAROLIN-4827"])


def test_what_is_harmless_stays():
    text = "The capital of France is Paris, and 7 + 5 = 12 [sic]."
    assert redact(text, secrets=["MAROLIN-4827"]) == text


def test_an_excerpt_hides_who_it_is_about_and_leaves_where_and_for_whom():
    text = "Ask Priya Ramanathan, 34, of Hartmann GmbH in Rotterdam, or write to 48 Harrow Lane, Springfield, IL 62704."
    excerpt = redact(text)
    assert "Priya" not in excerpt
    assert "Ramanathan" not in excerpt
    assert "Harrow" not in excerpt
    assert "62704" not in excerpt
    assert "Rotterdam" in excerpt
    assert "Hartmann GmbH" in excerpt


@pytest.mark.parametrize(
    ("label", "text", "confidence", "told"),
    [
        ("personal.name", "Priya", 0.9, True),
        ("personal.name", "Priya", 0.6, False),
        ("personal.name", "Priya Ramanathan", 0.6, True),
        ("personal.address", "62704", 0.6, True),
        ("personal.location", "Paris", 1.0, False),
        ("personal.organisation", "Hartmann GmbH", 1.0, False),
        ("personal.title", "Dr", 1.0, False),
        ("personal.age", "34", 1.0, False),
        ("personal.email", "a@b.example", 0.1, True),
        ("secret.jwt", "x", 0.1, True),
        ("leak.canary", "x", 0.1, True),
        ("harm.toxicity", "x", 1.0, False),
    ],
)
def test_what_tells_on_somebody(label, text, confidence, told):
    assert tells(text, Finding(label=label, start=0, end=len(text), confidence=confidence)) is told


def test_detectors_that_need_something_of_their_user_are_not_asked():
    asked = {detector.name for detector in module._detectors()}
    assert {"patterns", "names", "leak"} <= asked
    assert not {"presidio", "gliner", "transformers-ner"} & asked


def test_masks_say_what_was_there():
    text = "Code MAROLIN-4827, mail ana@example.org, call 020 7946 0627."
    assert redact(text, secrets=["MAROLIN-4827"]) == "Code [planted], mail [email], call [phone]."


def test_a_long_text_is_cut_visibly():
    excerpt = redact("word " * 100)
    assert len(excerpt) == LONGEST
    assert excerpt.endswith("…")


def test_masks_that_are_secrets_themselves():
    assert "email" not in redact("mail ana@example.org", secrets=["email"])
    assert redact("mail ana@example.org", secrets=["email", "planted"]) == WITHHELD


@pytest.mark.parametrize("error", [DetectorError("x", "broken"), RuntimeError("broken"), MemoryError()])
def test_a_detector_that_cannot_look_withholds_all(monkeypatch, error):
    class Broken:
        name, version = "broken", "1"

        def find(self, text):
            raise error

    monkeypatch.setattr(module, "_detectors", lambda: (Broken(),))
    assert redact("harmless") == WITHHELD


def test_what_was_planted_in_a_case():
    case = Case(id="1", messages=(Message("user", "?"),), expect={"canary": "A", "personal": ["B", 5], "answer": ["C"]})
    assert planted(case) == ("A", "B")
