"""Cases that stand in training texts are found wherever a block or a line ends, and nothing else is."""

import gzip
import json
import tracemalloc

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from trimtab.cli.probe import probe
from trimtab.errors import UsageError
from trimtab.kinds import Case, Message
from trimtab.measure import overlap
from trimtab.measure.overlap import Overlap, words

ASKED = "On which of these seven mornings did the old ferry leave the northern harbour before the bells had rung twice"


def case(text, name="c1"):
    return Case(id=name, messages=(Message("user", text),))


def shares(tmp_path, content, *texts, n=13, name="train.txt"):
    path = tmp_path / name
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    looked = Overlap([case(text, f"c{place}") for place, text in enumerate(texts or [ASKED])], n)
    looked.scan(path)
    return looked.shares


@pytest.mark.parametrize(
    "content",
    [
        f"before {ASKED} after",
        ASKED.upper().replace(" ", " ,\n"),
        f"x{ASKED}".replace("xOn", "On"),
    ],
)
def test_a_case_is_found_whatever_its_case_and_the_signs_between(tmp_path, content):
    assert shares(tmp_path, content) == {"c0": 1.0}


def test_part_of_a_case_is_part_of_it(tmp_path):
    half = " ".join(ASKED.split()[:15])  # of 20 words: 3 of 8 grams
    assert len(ASKED.split()) == 20
    assert shares(tmp_path, half) == {"c0": pytest.approx(3 / 8)}
    assert shares(tmp_path, " ".join(ASKED.split()[:12])) == {}


@pytest.mark.parametrize(
    "content", ["", " ", "a\nb", " ".join(reversed(ASKED.split())), ASKED.replace("ferry", "boat")]
)
def test_what_is_not_there_is_not_found(tmp_path, content):
    found = shares(tmp_path, content)
    assert found == {} or content == ASKED.replace("ferry", "boat")
    if content == ASKED.replace("ferry", "boat"):
        assert found == {}  # the eighth word: no thirteen in a row are left on either side


def test_texts_of_json_lines_are_read_and_not_joined(tmp_path):
    first, second = ASKED[:60], ASKED[60:]
    whole = json.dumps({"a": [{"text": f"so:\n{ASKED}"}]})
    apart = json.dumps({"a": first, "b": second})
    assert shares(tmp_path, whole, name="t.jsonl") == {"c0": 1.0}
    assert shares(tmp_path, apart, name="t.jsonl") == {}
    assert shares(tmp_path, whole, name="t.jsonl.gz") == {"c0": 1.0}


def test_a_line_that_is_no_json_is_read_all_the_same_and_counted(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text(f"{{broken {ASKED}\n\n", encoding="utf-8")
    looked = Overlap([case(ASKED)], 13)
    assert looked.scan(path).broken == 1
    assert looked.shares == {"c1": 1.0}


def test_a_file_that_ends_early_is_no_clean_file(tmp_path):
    path = tmp_path / "t.txt.gz"
    path.write_bytes(gzip.compress(ASKED.encode() * 50)[:-20])
    with pytest.raises(UsageError, match="cannot be read"):
        Overlap([case(ASKED)], 13).scan(path)


@given(cut=st.integers(1, 200), padding=st.integers(0, 150))
def test_blocks_may_end_anywhere(cut, padding, tmp_path_factory):
    before = overlap._BLOCK
    overlap._BLOCK = cut
    try:
        path = tmp_path_factory.mktemp("o") / "t.txt"
        path.write_text("z" * padding + f" {ASKED} end é", encoding="utf-8")
        looked = Overlap([case(ASKED)], 13)
        looked.scan(path)
        # A word that is longer than two blocks is cut, and no other.
        longest = max(map(len, ASKED.split()))
        assert looked.shares == {"c1": 1.0} or cut <= longest
    finally:
        overlap._BLOCK = before


def test_short_cases_are_not_told_and_middling_ones_count_whole(tmp_path):
    middling = "nine words are fewer than thirteen and yet enough"
    looked = Overlap([case("Too short to tell anything.", "short"), case(middling, "middling")], 13)
    (tmp_path / "t.txt").write_text(f"indeed {middling} today", encoding="utf-8")
    looked.scan(tmp_path / "t.txt")
    assert [one.id for one in looked.short] == ["short"]
    assert looked.shares == {"middling": 1.0}


def test_signs_of_scripts_without_spaces_are_words(tmp_path):
    text = "春眠不覚暁処処聞啼鳥夜来風雨声花落知多少"
    assert len(words(text)) == len(text)
    assert shares(tmp_path, f"詩:{text}。", text) == {"c0": 1.0}


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "t.txt"
    with path.open("w", encoding="utf-8") as file:
        for number in range(60_000):
            file.write(f"line {number} of many that nobody has ever read before\n")
    looked = Overlap([case(ASKED)], 13)
    assert path.stat().st_size > 3_000_000
    tracemalloc.start()
    try:
        looked.scan(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000  # a block of 1 MiB in words and numbers, not the file


def test_the_command_says_which_cases_and_how_it_ended(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"id": "in", "prompt": ASKED, "answer": "x"}, {"id": "out", "prompt": f"Why {ASKED[::-1]}", "answer": "x"}]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "trimtab.yaml").write_text(
        "trimtab: 1\norganisation: E\npeople: {t: {function: e}}\nsuites: {own: {file: c.jsonl}}\n"
        'metrics: {a: {question: "?", better: higher, target: 1, owner: t, source: {suite: own}}}\n'
        "tiers: {i: {confidence: 0.9, floors: {a: {at_least: 0.5}}}}\n"
        "systems: {b: {tier: i, owner: t, intended_use: x, maximise: a, candidates: {c: {callable: {target: 'm:f'}}}}}\n",
        encoding="utf-8",
    )
    (tmp_path / "train.txt").write_text(f"So: {ASKED}!", encoding="utf-8")
    (tmp_path / "clean.txt").write_text("Nothing of the kind.", encoding="utf-8")

    def run(*files, **options):
        given_ = [part for file in files for part in ("--against", file)]
        return CliRunner().invoke(probe, ["contamination", "own", *given_, "--json", "--ledger", "e.db"])

    found = run("clean.txt", "train.txt")
    assert found.exit_code == 1, found.output
    data = json.loads(found.stdout)
    assert data["shares"] == {"in": 1.0}
    assert [one["cases"] for one in data["files"]] == [0, 1]
    assert run("clean.txt").exit_code == 0
    from trimtab.evidence import Ledger

    with Ledger.open("e.db") as ledger:
        assert len(list(ledger.records(kind="probe"))) == 2
        ledger.verify().raise_if_bad()
