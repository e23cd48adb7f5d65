"""The tagger of names: finds people, places and addresses of many kinds, and leaves ordinary words alone."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trimtab.builtin.detectors.names import network as held
from trimtab.builtin.detectors.names.card import LABELS, REACH
from trimtab.builtin.detectors.names.decoding import GAP, findings, spans
from trimtab.builtin.detectors.names.detector import NameDetector
from trimtab.builtin.detectors.names.features import BUCKETS, LONGEST, folded, key, tokens, word_features
from trimtab.builtin.detectors.names.function_words import ALSO_NAMES, BY_LANGUAGE, FUNCTION_WORDS, only_grammar
from trimtab.builtin.detectors.names.network import KINDS, SEEN, TAGS, gathered, modes, network, spread, times
from trimtab.errors import DetectorError

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "detectors" / "names.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
TEXTS = st.sampled_from([case["text"] for case in CASES])
PIECES = (
    TEXTS
    | st.text(max_size=30)
    | st.sampled_from(["\n", "\\n", "\\u00e9", "\ud800", "\u0301", "@", "www.", "http://", "Ž", "²", "ﬀ", "İ"])
)


@pytest.mark.parametrize("case", [case for case in CASES if case["found"]], ids=lambda case: case["text"][:40])
def test_it_covers_what_is_there(case):
    text = case["text"]
    covered = {at for f in NameDetector().find(text) for at in range(f.start, f.end)}
    for value, _ in case["found"]:
        start = text.index(value)
        missed = [at for at in range(start, start + len(value)) if at not in covered and text[at].isalnum()]
        assert not missed, text[min(missed) :]


@pytest.mark.parametrize("case", [case for case in CASES if case["found"]], ids=lambda case: case["text"][:40])
def test_it_says_what_it_is(case):
    by_label = {
        (label, case["text"][f.start : f.end]) for f in NameDetector().find(case["text"]) for label in [f.label]
    }
    for value, label in case["found"]:
        assert any(label == seen and (value in text or text in value) for seen, text in by_label), by_label


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Sincerely,\nAna", ["Ana"]),
        ("Best regards,\nJosé Álvarez\nParis", [r"Jos\u00e9 \u00c1lvarez", "Paris"]),
        ("Dear Ms. Kowalczyk,\nyour parcel", ["Ms.", "Kowalczyk"]),
    ],
)
def test_the_escapes_of_json_are_no_letters_of_names(text, wanted):
    for written in (json.dumps({"b": text}), json.dumps({"b": [text, {"c": None}]})):
        assert [written[f.start : f.end] for f in NameDetector().find(written)] == wanted


def test_a_backslash_within_a_path_hides_no_name():
    text = r"C:\Users\nathan\temp\report.txt"
    assert [text[f.start : f.end] for f in NameDetector().find(text)] == ["nathan"]


@pytest.mark.parametrize("case", [case for case in CASES if not case["found"]], ids=lambda case: case["text"][:40])
def test_it_leaves_ordinary_words_alone(case):
    assert NameDetector().find(case["text"]) == []


def test_a_lower_confidence_finds_no_less():
    for case in CASES:
        covered = [
            {at for f in NameDetector(confidence=level).find(case["text"]) for at in range(f.start, f.end)}
            for level in (0.9, 0.5, 0.1)
        ]
        assert {at for at in covered[0] if case["text"][at].isalnum()} <= covered[1]
        assert {at for at in covered[1] if case["text"][at].isalnum()} <= covered[2]


def test_only_the_labels_asked_for_are_reported():
    text = "My name is Priya Ramanathan and I live in Rotterdam."
    everything = NameDetector().find(text)
    assert {f.label for f in everything} == {"personal.name", "personal.location"}
    assert NameDetector(labels=("personal.name",)).find(text) == [f for f in everything if f.label == "personal.name"]
    assert NameDetector(labels=("personal",)).find(text) == everything


@pytest.mark.parametrize(
    "wrong", [{"confidence": 0.0}, {"confidence": 1.0}, {"confidence": float("nan")}, {"labels": ("personal.email",)}]
)
def test_settings_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError):
        NameDetector(**wrong)


# -- tokens and features -----------------------------------------------------------


@given(st.lists(PIECES, max_size=6).map("".join))
def test_tokens_are_in_order_and_leave_out_only_white_space(text):
    cut = tokens(text)
    at = 0
    for token in cut:
        assert token[0] == text[token[1] : token[2]]
        assert text[at : token[1]].strip() == ""
        at = token[2]
    assert text[at:].strip() == ""


def test_an_address_of_a_mail_or_a_page_is_one_token():
    cut = [token[0] for token in tokens("ana.lopez@example.org or https://example.org/anna, O'Neil")]
    assert cut == ["ana.lopez@example.org", "or", "https://example.org/anna,", "O", "'", "Neil"]


@given(st.text(min_size=1, max_size=60))
def test_every_word_has_features_within_the_table(text):
    for token in tokens(text):
        rows = word_features(token[0], lambda _: 0).rows
        assert rows
        assert all(0 <= row < BUCKETS for row in rows)


def test_accents_and_capitals_do_not_matter_to_the_lists():
    assert key("MÜNCHEN") == key("munchen") == key("München")
    assert network().lists(key("münchen"))
    assert not network().lists(key("qxzzyvvk"))


# -- the network ----------------------------------------------------------------------


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 3))
def test_what_neighbours_say_adds_up_to_a_convolution(count, depth, width):
    draw = np.random.default_rng(count * 100 + depth * 10 + width)
    rows, weights = draw.random((count, depth), np.float32), draw.random((5 * depth, width), np.float32)
    padded = np.vstack((np.zeros((2, depth)), rows, np.zeros((2, depth))))
    beside = np.stack([padded[at : at + 5].reshape(-1) for at in range(count)])
    np.testing.assert_allclose(gathered(rows @ spread(weights), width), beside @ weights, rtol=1e-4)


@given(st.integers(1, 70), st.integers(1, 90))
def test_multiplying_in_blocks_is_multiplying(count, width):
    draw = np.random.default_rng(count * 100 + width)
    rows, weights = draw.random((count, width), np.float32), draw.random((width, 900), np.float32)
    np.testing.assert_allclose(times(rows, weights), rows @ weights, rtol=1e-4)


def test_how_many_capitals_are_around():
    words = np.ones(40, np.float32)
    assert set(modes(words, np.zeros(40, np.float32))) == {0}
    assert set(modes(words, words)) == {3}
    some = np.zeros(40, np.float32)
    some[0] = 1
    assert modes(words, some).tolist() == [1] * 13 + [0] * 27


def test_a_long_text_is_tagged_as_if_in_one_piece(monkeypatch):
    words = tokens(" ".join(case["text"] for case in CASES) * 2)
    assert len(words) > 600
    whole = network().tag(words)
    monkeypatch.setattr(held, "_CHUNK", 100)
    np.testing.assert_allclose(network().tag(words), whole, atol=1e-4)
    np.testing.assert_allclose(whole.sum(axis=1), 1.0, atol=1e-4)


@pytest.mark.parametrize("text", ["A." * 40, "A. " * 40, "Ana Bo, " * 30, "A.B." * 10 + "A .B ." * 10 + "A.B." * 10, "Ana Graz " * 9 + "the of " * 9 + "Ana Graz " * 9])  # fmt: skip
def test_a_chunk_seen_before_is_tagged_as_if_it_were_the_first(text, monkeypatch):
    words, chunk, more = tokens(text), 8, held._OVERLAP
    monkeypatch.setattr(held, "_CHUNK", chunk)
    each = []
    for start in range(0, len(words), chunk):
        low = max(0, start - more)
        each.append(network()._tag(words[low : start + chunk + more])[start - low : start - low + chunk])
    np.testing.assert_array_equal(network().tag(words), np.concatenate(each))


def test_what_it_remembers_of_words_changes_nothing_and_does_not_grow_without_end(monkeypatch):
    words = tokens("Call Ana Kowalczyk in Graz, Ana Kowalczyk in Graz.")
    before = network().tag(words)
    monkeypatch.setattr(held, "_KEPT", 3)
    for known in network()._known:
        known.clear()
    np.testing.assert_array_equal(network().tag(words), before)
    assert all(len(known) <= 3 for known in network()._known)


@pytest.mark.parametrize("damage", ["missing", "short", "foreign", "pickled"])
def test_weights_that_cannot_be_read_are_not_a_clean_text(damage, tmp_path, monkeypatch):
    path = tmp_path / "weights.npz"
    if damage == "short":
        path.write_bytes(held.WEIGHTS.read_bytes()[:5_000])
    elif damage == "foreign":
        np.savez(path, table=np.zeros(3, np.int8))
    elif damage == "pickled":
        target = io.BytesIO()
        np.savez(target, table=np.array([{}], object))
        path.write_bytes(target.getvalue())
    monkeypatch.setattr(held, "WEIGHTS", path)
    network.cache_clear()
    try:
        with pytest.raises(DetectorError, match="names"):
            NameDetector().find("Ana lives here.")
    finally:
        network.cache_clear()


def test_the_weights_are_those_of_the_card():
    card = json.loads(held.CARD.read_text(encoding="utf-8"))
    assert sha256(held.WEIGHTS.read_bytes()).hexdigest() == card["weights"]["sha256"]
    assert held.WEIGHTS.stat().st_size == card["weights"]["bytes"] <= 5_000_000


def test_the_card_states_error_rates_for_every_label():
    card = NameDetector().card
    assert card is NameDetector.card
    assert card.labels == LABELS
    assert not card.remote
    for label in LABELS:
        rates = card.errors[label]
        assert rates.sensitivity is not None
        assert rates.false_alarm is not None
        assert 0.0 <= rates.sensitivity.low < rates.sensitivity.high <= 1.0


# -- decoding ------------------------------------------------------------------------------


def chances(*tags: int) -> np.ndarray:
    made = np.full((len(tags), TAGS), 0.02 / (TAGS - 1), np.float32)
    made[np.arange(len(tags)), tags] = 0.98
    return made


BEGIN = {kind: 1 + 2 * place for place, kind in enumerate(KINDS)}
MORE = {kind: 2 + 2 * place for place, kind in enumerate(KINDS)}


def test_a_new_beginning_is_a_new_finding():
    text = "Ana Bo Ana Bo"
    name, more = BEGIN["name"], MORE["name"]
    found = findings(tokens(text), chances(name, more, name, 0), 0.5)
    assert [(text[f.start : f.end], f.label) for f in found] == [("Ana Bo", "personal.name"), ("Ana", "personal.name")]


def test_an_address_goes_on_beyond_a_comma_and_a_name_does_not():
    words = tokens("1 Elm, Graz")
    assert spans(words, chances(BEGIN["address"], MORE["address"], 0, MORE["address"]), 0.5)[0][:2] == (0, 3)
    assert len(spans(words, chances(BEGIN["name"], MORE["name"], 0, MORE["name"]), 0.5)) == 2
    assert len(spans(tokens("1 Elm or Graz"), chances(BEGIN["address"], MORE["address"], 0, MORE["address"]), 0.5)) == 2


@given(st.lists(st.tuples(st.sampled_from("ab,"), st.integers(0, TAGS - 1), st.sampled_from([0.6, 0.9])), min_size=1, max_size=12))  # fmt: skip
def test_runs_are_what_one_token_after_the_other_would_give(told):
    words = [(word, at, at + 1) for at, (word, _, _) in enumerate(told)]
    given_to = np.full((len(told), TAGS), 0.01, np.float32)
    for row, (_, tag, chance) in zip(given_to, told, strict=True):
        row[tag] = chance
    by_hand: list[list[int]] = []
    for at, (_, tag, _) in enumerate(told):
        if not tag:
            continue
        kind, begins = (tag - 1) // 2, tag % 2 == 1
        if by_hand:
            last, before = by_hand[-1][1:]
            between = [word for word, _, _ in told[last + 1 : at]]
            near = not begins if not between else KINDS[kind] == "address" and len(between) <= GAP
            if kind == before and near and not set(between) & {"a", "b"}:
                by_hand[-1][1] = at
                continue
        by_hand.append([at, at, kind])
    found = spans(words, given_to, 0.5)
    assert [list(one[:3]) for one in found] == by_hand
    sure = [row[1::2] + row[2::2] for row in given_to]
    for low, high, kind, mean in found:
        something = [sure[at][kind] for at in range(low, high + 1) if told[at][1]]
        assert mean == float(np.array(something, np.float32).mean())


def test_signs_at_the_ends_are_left_out():
    text = '"Ana."'
    name, more = BEGIN["name"], MORE["name"]
    assert [text[f.start : f.end] for f in findings(tokens(text), chances(name, more, more, more), 0.5)] == ["Ana."]
    assert findings([("(", 0, 1)], chances(name), 0.5) == []


def test_nothing_that_is_only_grammar_is_found():
    text = "the of and der die das"
    every = [BEGIN["organisation"], *[MORE["organisation"]] * 5]
    assert findings(tokens(text), chances(*every), 0.5) == []
    assert findings(tokens("a. I x"), chances(BEGIN["name"], 0, BEGIN["name"], BEGIN["name"]), 0.5) == []
    assert len(findings(tokens("the Rhine"), chances(BEGIN["location"], MORE["location"]), 0.5)) == 1
    assert len(findings(tokens("34"), chances(BEGIN["age"]), 0.5)) == 1
    assert len(findings(tokens("Will"), chances(BEGIN["name"]), 0.5)) == 1
    assert findings(tokens("will"), chances(BEGIN["name"]), 0.5) == []
    assert len(findings(tokens("M."), chances(BEGIN["title"], MORE["title"]), 0.5)) == 1


def test_function_words_are_folded_and_those_that_are_names_are_among_them():
    assert all(folded(word) == word for word in FUNCTION_WORDS)
    assert {folded(word) for word in ALSO_NAMES} <= FUNCTION_WORDS
    assert {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da"} <= BY_LANGUAGE.keys()
    assert only_grammar([])
    assert not only_grammar(["the", "rhine"])


@pytest.mark.parametrize("language", sorted(BY_LANGUAGE))
@pytest.mark.parametrize("frame", ["name: {}", "{} lives in {}."])
def test_no_function_word_is_found_where_a_name_would_stand(language, frame):
    for word in BY_LANGUAGE[language].split():
        for spelled in {word, word.capitalize()} - ALSO_NAMES:
            text = frame.format(*[spelled] * 2)
            for finding in NameDetector(confidence=0.1).find(text):
                assert not only_grammar(
                    folded(token[0]) for token in tokens(text[finding.start : finding.end]) if token[0][0].isalnum()
                )


# -- texts that come in pieces -----------------------------------------------------------


LONG = st.sampled_from(["x" * 41, "anna" * 20, "https://example.org/" + "anna/" * 30, "a" * 70 + "@example.org"])
NEAR = st.lists(
    TEXTS | LONG | st.text(st.characters(exclude_categories=["Zs", "Zl", "Zp", "Cc"]), max_size=30), min_size=1
)


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=42, max_size=48).map(" ".join), NEAR.map(" ".join), NEAR.map(" ".join))
def test_what_is_further_away_than_the_reach_does_not_matter(middle, before, after):
    def found(text, shift):
        low, high = shift + REACH, shift + len(middle) - REACH
        return [
            (f.label, f.start - shift, f.end - shift)
            for f in NameDetector().find(text)
            if low <= f.start and f.end <= high
        ]

    assume(len(middle) > 2 * REACH)
    middle = " ".join(middle.split())
    whole = found(f"{before} {middle} {after}", len(before) + 1)
    assert whole == found(middle, 0)


def test_the_reach_holds_the_tokens_that_a_tag_depends_on():
    assert (SEEN + GAP) * (LONGEST + 1) + LONGEST + 1 + 64 <= REACH


def test_beyond_a_token_that_is_too_long_nothing_is_seen():
    for wall in ("x" * 41, "https://example.org/a-page-with-a-long-name/"):
        left, right = "My name is Priya Ramanathan and I", "live in Rotterdam."
        found = NameDetector().find(f"{left} {wall} {right}")
        shift = len(left) + len(wall) + 2
        apart = NameDetector().find(left) + [
            replace(f, start=f.start + shift, end=f.end + shift) for f in NameDetector().find(right)
        ]
        assert [(f.label, f.start, f.end) for f in found] == [(f.label, f.start, f.end) for f in apart]


# -- hostile texts and promises ---------------------------------------------------------------


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_findings_lie_in_the_text_and_do_not_overlap(text):
    at = 0
    for finding in NameDetector(confidence=0.2).find(text):
        assert at <= finding.start < finding.end <= len(text)
        assert finding.label in LABELS
        at = finding.end


@pytest.mark.parametrize("piece", ["a", "A.", "John ", "1-", "\n", "x.y@", "www.", "\u0301", "é\u0301", "https://a "])
def test_forty_thousand_hostile_characters_are_only_long(piece):
    NameDetector().find((piece * 40_000)[:40_000])


def test_importing_trimtab_loads_neither_the_tagger_nor_numpy():
    script = (
        "import sys, trimtab\n"
        "from trimtab.kinds import plugins\n"
        "assert 'numpy' not in sys.modules\n"
        "assert not [name for name in sys.modules if name.startswith('trimtab.builtin')]\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_it_opens_no_socket_and_writes_no_file():
    script = (
        "import sys\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append((event, args)) if event.startswith('socket')"
        " or (event == 'open' and isinstance(args[1], str) and set(args[1]) & set('wax+')) else None)\n"
        "sys.dont_write_bytecode = True\n"
        "from trimtab.builtin.detectors.names.detector import NameDetector\n"
        "assert NameDetector().find('My name is Priya Ramanathan.')\n"
        "assert not seen, seen\n"
    )
    subprocess.run([sys.executable, "-B", "-c", script], check=True)
