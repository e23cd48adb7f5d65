"""A case file may hold anything: every mistake is named with its line, nothing in it is quoted, nothing hangs."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import PolicyError
from trimtab.measure import case_files, notes
from trimtab.measure.suites import load_suite
from trimtab.policy.metric_spec import SuiteSpec

SECRET = "zanzibar"  # stands for what is in a case and must not be in a message


def mistakes(folder: Path, name: str, data: bytes, **spec: object) -> list[tuple[int, str, str]]:
    (folder / name).write_bytes(data)
    with pytest.raises(PolicyError) as caught:
        load_suite("mine", SuiteSpec.model_validate({"file": name, **spec}), base=folder)
    assert SECRET not in str(caught.value)
    assert all(mistake.path == name for mistake in caught.value.mistakes)
    return [(mistake.line, mistake.where, mistake.message) for mistake in caught.value.mistakes]


def test_five_mistakes_are_five_messages(tmp_path):
    found = mistakes(
        tmp_path,
        "c.jsonl",
        b'{"prompt": "zanzibar", "answer": "a"}\n'
        b'{"promt": "zanzibar", "answer": "a"}\n'
        b"zanzibar\n"
        b'["zanzibar"]\n'
        b'{"prompt": "zanzibar 2", "answer": true}\n'
        b"\n"
        b'{"prompt": "zanzibar 3", "choices": ["a", "b"], "answer": "zanzibar"}\n'
        b'{"prompt": "zanzibar 4", "prompt": "twice"}\n'
        b'{"prompt": "zanzibar", "answer": "another"}\n'
        b'{"prompt": "zanzibar 5", "max_tokens": 0, "cluster": 1.5, "answer": NaN}\n'
        b'{"prompt": "zanzibar 6", "max_tokens": -1, "cluster": 1.5, "answer": {}}\n'
        b'{"messages": [{"role": "usr", "content": "zanzibar"}], "follow_ups": [1]}\n',
    )
    assert [(line, where) for line, where, _ in found] == [
        (2, "promt"),
        (2, "prompt"),
        (3, ""),
        (4, ""),
        (5, "answer"),
        (7, "answer"),
        (8, ""),
        (9, "prompt"),
        (10, ""),
        (11, "answer"),
        (11, "cluster"),
        (11, "max_tokens"),
        (12, "messages"),
        (12, "follow_ups"),
    ]


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b'{"prompt": "p", "answer": "a"}\n{"prompt": "\xff\xfezanzibar"}\n', 2, "not UTF-8 from byte 13"),
        ('{"prompt": "p"}'.encode("utf-16"), 1, "UTF-16"),
        (b'{"prompt": "zanzibar \\ud800", "answer": "a"}\n', 1, "UTF-8 JSON form"),
        (
            b'{"id": "1", "prompt": "p", "answer": "a"}\n{"id": "1", "prompt": "q", "answer": "a"}\n',
            2,
            "same id as line 1",
        ),
        (b'{"prompt": "p", "answer": "a"}\n{"prompt": "p", "answer": "a"}\n', 2, "the same as line 1"),
        (b'{"prompt": "p", "answer": 1' + b"0" * 5000 + b"}\n", 1, "do not agree"),
        (b'{"prompt": "p", "expect": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", 1, "do not agree"),
        (b'{"prompt": "p", "expect": {"n": 1e999}, "answer": "a"}\n', 1, "UTF-8 JSON form"),
        (b'{"prompt": " ", "answer": "a"}\n', 1, "not empty"),
        (b'{"id": "a\\u001b[2J", "prompt": "p", "answer": "a"}\n', 1, "printable"),
        (b"", 0, "has no cases"),
        (b"\n\n \n", 0, "has no cases"),
    ],
)
def test_jsonl(tmp_path, data, line, says):
    found = mistakes(tmp_path, "c.jsonl", data)
    assert found[0][0] == line
    assert says in found[0][2]


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"prompt,answer\np,a,zanzibar\nq\nr,a\n", 2, "3 cells where the header has 2"),
        (b"prompt;answer\nzanzibar;a\n", 1, "commas"),
        (b"prompt,prompt\np,q\n", 1, "twice"),
        (b"prompt,\np,q\n", 1, "column 2 has no name"),
        (b'prompt,answer\n"zanzibar,a\n', 2, "stray quote"),
        (b'prompt,answer\n"zanzibar"x,a\n', 2, "stray quote"),
        (b"prompt,answer\nzanz\xffibar,a\nq\xff,b\n", 2, "not UTF-8"),
        (b"prompt,answer\n" + b"z" * 200_000 + b",a\n", 2, "more than"),
        (b"What does zanzibar mean?,a\nnext,b\n", 2, "unknown key"),
        (b"What does zanzibar mean?,a\nnext,b\nlast,c\n", 1, "has the columns column 1, a; `prompt`"),
        (b'prompt,choices,answer\np,"[zanzibar",a\n', 2, "is not JSON"),
        (b"prompt,answer\n", 0, "has no cases"),
    ],
)
def test_csv(tmp_path, data, line, says):
    found = mistakes(tmp_path, "c.csv", data)
    assert found[0][0] == line
    assert says in found[0][2]


@pytest.mark.parametrize(
    ("name", "data", "says", "suggests"),
    [
        (
            "c.csv",
            b"Question,Gold,author\n" + b"q,a,b\n" * 500,
            "has the columns Question, Gold, author; `prompt` (or `messages`) is needed",
            "Write `file: c.csv`, `columns: {prompt: Question, answer: Gold}`, `ignore: [author]`",
        ),
        (
            "c.jsonl",
            b'{"input": "q", "ideal": "a"}\n' * 500,
            "rows have the keys input, ideal; `prompt`",
            "`columns: {prompt: input, answer: ideal}`",
        ),
        ("c.csv", b"prompt,answr\np,a\nq,a\n", "of which answr is unknown", "`columns: {answer: answr}`"),
        ("c.csv", b"prompt,answer,no\np,a,b\nq,a,b\n", "of which no is unknown", '`ignore: ["no"]`'),
        ("c.csv", b"Frage,answer\np,a\nq,a\n", "Frage, answer; `prompt`", "`columns: {prompt: Frage}`"),
        ("c.csv", b"eins,zwei\np,a\nq,a\n", "eins, zwei; `prompt`", "`columns: {prompt: COLUMN}`"),
    ],
)
def test_a_wrong_header_is_one_mistake_with_the_mapping_that_mends_it(tmp_path, name, data, says, suggests):
    found = mistakes(tmp_path, name, data)
    assert len(found) == 1
    assert found[0][0] == 1
    assert says in found[0][2]
    with pytest.raises(PolicyError) as caught:
        load_suite("mine", SuiteSpec(file=name), base=tmp_path)
    assert suggests in caught.value.mistakes[0].suggestion


def test_the_suggested_mapping_does_mend_it(tmp_path):
    (tmp_path / "c.csv").write_text("Question,Gold,no\np,a,1\nq,b,2\n")
    with pytest.raises(PolicyError) as caught:
        load_suite("mine", SuiteSpec(file="c.csv"), base=tmp_path)
    lines = re.findall(r"`([^`]*)`", caught.value.mistakes[0].suggestion)
    (tmp_path / "c.yaml").write_text("\n".join(lines))
    assert len(load_suite("mine", SuiteSpec(file="c.yaml"), base=tmp_path).cases) == 2


def test_a_wrong_column_beside_right_ones_hides_no_mistake_in_a_row(tmp_path):
    found = mistakes(tmp_path, "c.csv", b"prompt,answer,author\np,a,x\n,a,x\nq,a,x\n")
    assert [(line, where) for line, where, _ in found] == [(1, ""), (3, "prompt")]


def test_a_head_with_a_wrong_mapping_is_told_what_is_missing_in_it(tmp_path):
    (tmp_path / "c.csv").write_text("question,gold,author\np,a,x\nq,b,x\n")
    (tmp_path / "h.yaml").write_text("file: c.csv\ncolumns: {prompt: question}\ndefaults: {max_tokens: 5}\n")
    with pytest.raises(PolicyError) as caught:
        load_suite("mine", SuiteSpec(file="h.yaml"), base=tmp_path)
    (mistake,) = caught.value.mistakes
    assert "question, gold, author, of which" in mistake.message
    assert (
        "Write `columns: {prompt: question, answer: gold}` and `ignore: [author]` into its head" in mistake.suggestion
    )


def test_what_every_row_lacks_for_its_metric_is_one_mistake(tmp_path):
    found = mistakes(tmp_path, "c.csv", b"prompt\n" + b"\n".join(b"p%d" % n for n in range(50)), score="contains")
    assert [(line, where) for line, where, _ in found] == [(0, "answer")]
    some = mistakes(tmp_path, "c.csv", b"prompt,answer\np,a\nq,\nr,\n", score="contains")
    assert [(line, where) for line, where, _ in some] == [(3, "answer"), (4, "answer")]


def test_lines_are_counted_through_cells_of_several_lines(tmp_path):
    found = mistakes(tmp_path, "c.csv", b'prompt,answer\n"one\ntwo\nthree",a\nshort\n')
    assert [line for line, _, _ in found] == [5]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"zanzibar" * 50])
def test_what_is_no_parquet(tmp_path, data):
    pytest.importorskip("pyarrow")
    assert "Parquet" in mistakes(tmp_path, "c.parquet", data)[0][2]


def test_parquet_with_values_that_are_no_json(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"prompt": [b"zanzibar", b"q"], "answer": [date(2024, 1, 1)] * 2})
    parquet.write_table(table, tmp_path / "made.parquet")
    found = mistakes(tmp_path, "c.parquet", (tmp_path / "made.parquet").read_bytes())
    assert {where for _, where, _ in found} == {"prompt", "answer"}


@pytest.mark.parametrize(
    ("name", "says"),
    [("none.jsonl", "does not exist"), (".", "no kind"), ("c.txt", "no kind"), ("none.yaml", "does not exist")],
)
def test_what_is_not_there(tmp_path, name, says):
    with pytest.raises(PolicyError, match=says):
        load_suite("mine", SuiteSpec(file=name), base=tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "c.jsonl")
    with pytest.raises(PolicyError, match="not a regular file"):
        load_suite("mine", SuiteSpec(file="c.jsonl"), base=tmp_path)


def test_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(case_files, "MAX_LINE", 100)
    assert "longer" in mistakes(tmp_path, "c.jsonl", b'{"prompt": "' + b"z" * 200 + b'"}\n')[0][2]
    monkeypatch.setattr(case_files, "MAX_ROWS", 2)
    assert (
        "more than 2 rows" in mistakes(tmp_path, "d.jsonl", b"".join(b'{"prompt": "%d"}\n' % n for n in range(5)))[0][2]
    )
    monkeypatch.setattr(case_files, "MAX_FILE", 10)
    assert "larger" in mistakes(tmp_path, "e.jsonl", b'{"prompt": "p", "answer": "a"}\n')[0][2]


def test_a_thousand_mistakes_are_counted(tmp_path):
    found = mistakes(tmp_path, "c.jsonl", b"zanzibar\n" * 1000)
    assert len(found) == 101
    assert found[-1][2] == "900 more mistakes are not shown"


@pytest.mark.parametrize(
    ("head", "where"),
    [
        ("file: c.jsonl\nscor: contains\n", ["scor"]),
        ("score: contains\n", ["file"]),
        (
            "file: [c.jsonl]\nabout: 5\ncolumns: [a]\ndefaults: {id: x}\nignore: zanzibar\n",
            ["file", "about", "columns", "defaults", "ignore"],
        ),
        ("file: c.jsonl\ncolumns: {promt: zanzibar}\n", ["columns"]),
        ("zanzibar\n", [""]),
        ("", [""]),
        ("file: 'c.jsonl\n", [""]),
    ],
)
def test_heads(tmp_path, head, where):
    (tmp_path / "c.jsonl").write_text('{"prompt": "p", "answer": "a"}\n')
    assert [place for _, place, _ in mistakes(tmp_path, "h.yaml", head.encode())] == where


def test_rows_behind_a_head_are_named_with_their_own_file(tmp_path):
    (tmp_path / "h.yaml").write_text("file: rows/c.jsonl\n")
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "c.jsonl").write_text("zanzibar\n")
    with pytest.raises(PolicyError) as caught:
        load_suite("mine", SuiteSpec(file="h.yaml"), base=tmp_path)
    assert [mistake.path for mistake in caught.value.mistakes] == ["rows/c.jsonl"]


def test_a_file_takes_no_fields(tmp_path):
    assert mistakes(tmp_path, "c.jsonl", b'{"prompt": "p"}\n', **{"with": {"a": 1}})


GOOD = [b'{"prompt": "p%d", "answer": "a"}' % n for n in range(4)] + [b"prompt,answer", b"p,a", b'"p\nq",a']
NOISE = st.binary(max_size=30) | st.sampled_from(
    [*GOOD, b"\n", b",", b'"', b"\\", b"{", b"\xef\xbb\xbf", b"\xff\xfe", b"\0"]
)


@pytest.mark.parametrize("name", ["c.jsonl", "c.csv", "c.parquet", "c.yaml"])
@settings(max_examples=60)
@given(parts=st.lists(NOISE, max_size=12))
def test_any_bytes_load_or_are_refused(tmp_path_factory, name, parts):
    folder = tmp_path_factory.mktemp("noise")
    (folder / name).write_bytes(b"".join(parts))
    try:
        suite = load_suite("mine", SuiteSpec(file=name, score="latency-p50"), base=folder)
    except PolicyError:
        pass
    else:
        assert suite.cases
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", suite.order_digest)


def test_a_key_is_quoted_only_if_it_looks_like_one():
    assert notes.unknown_key("anwser", 1)[0] == "anwser"
    assert notes.unknown_key("My phone is 555", 3)[0] == "column 3"
    assert notes.unknown_key("x" * 100, 2)[0] == "column 2"
