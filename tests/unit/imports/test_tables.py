"""A table that anything wrote: case and value, and every row that is wrong with its line."""

import pytest

from trimtab.kinds import Missing, Score
from trimtab.measure.imports import read_results


@pytest.fixture
def table(tmp_path):
    def table(text, name="a.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return table


def test_rows_become_results(table):
    path = table("case,value,cluster,group,per,missing\na,1,t1,,,\nb,0,t1,f,,\nc,2.5,,,4,\nd,,,,,timeout\n")
    found = read_results("csv", path)
    assert [(one.measure, one.case, one.cluster) for one in found.found] == [
        ("value", "a", "t1"), ("value", "b", "t1"), ("value", "c", "c"), ("value", "d", "d"),
    ]  # fmt: skip
    assert [one.outcome for one in found.found] == [
        Score(value=1.0), Score(value=0.0, group="f"), Score(value=2.5, per=4.0), Missing("timeout"),
    ]  # fmt: skip


def test_json_lines_do_as_well(table):
    path = table(
        '{"case": "a", "value": true, "measure": "leak"}\n{"case": 7, "value": 0.5, "measure": "tone"}\n', "a.jsonl"
    )
    assert [(one.measure, one.case, getattr(one.outcome, "value", None)) for one in read_results("csv", path).found] == [
        ("leak", "a", 1.0), ("tone", "7", 0.5),
    ]  # fmt: skip


def test_only_the_rows_of_the_candidate_count(table, told):
    path = table("candidate,case,value\nq4,a,1\nfp16,a,0\n")
    assert [getattr(one.outcome, "value", None) for one in read_results("csv", path, candidate="fp16").found] == [0.0]
    assert "is never the one that is meant. It has: fp16, q4." in told("csv", path, candidate="q8")[0]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("a,\n", ":2:0: error TT101 value: is missing"),
        (",1\n", ":2:0: error TT101 case: is missing"),
        ("a,1\nb,nan\n", ":3:0: error TT101 value: is no finite number"),
        ("a,1e999\n", "value: is no finite number"),
        ("a,x\n", "value: is no finite number"),
        ("a,1\na,0\n", "gives value of case a twice"),
        ("a,1,2\n", "has 3 cells where the header has 2"),
    ],
)
def test_a_row_that_is_wrong_is_named(rows, says, table, told):
    assert says in "\n".join(told("csv", table("case,value\n" + rows)))


def test_all_mistakes_are_told_at_once(table, told):
    found = told("csv", table("case,valeu\na,1\n"))
    assert any("Did you mean `value`?" in line for line in found)
    assert any("value: is missing" in line for line in found)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a,1,timeout,1", "is given beside a value"),
        ("a,,Somebody said no,1", "must be a short word"),
        ("a,1,,0", "must be more than 0"),
        ("a,1,,-3", "must be more than 0"),
    ],
)
def test_reasons_and_denominators_must_make_sense(row, says, table, told):
    assert says in "\n".join(told("csv", table(f"case,value,missing,per\n{row}\n")))


def test_a_text_as_a_name_is_kept_as_digits_only(table):
    found = read_results("csv", table('case,value\n"Write to anna@example.org, please!",1\n'))
    assert len(found.found[0].case) == 16
    assert "anna" not in found.found[0].case


def test_an_id_is_kept_only_where_it_counts_things(table):
    """Cases are called after people, their numbers, their accounts: all of that stands as a digest, once and for all."""
    said = [
        "123456782",
        "Jan.Jansen",
        "jan-jansen",
        "NL91ABNA0417164300",
        "0031612345678",
        "1961-04-12",
        "ab12345",
        "a b",
    ]
    kept = ["case-1", "prompt-119-try-4", "c12", "7", "item_000123", "q1/2"]
    rows = "".join(f"{name},1,{name}\n" for name in [*said, *kept])
    found = read_results("csv", table("case,value,cluster\n" + rows)).found
    names = [one.case for one in found]
    assert names == [one.cluster for one in found]
    assert names[len(said) :] == kept
    assert all(len(name) == 16 and int(name, 16) for name in names[: len(said)])
    assert len(set(names)) == len(names)


def test_a_measure_that_could_be_a_number_of_somebody_is_a_digest(table):
    rows = "".join(
        f"{n},1,{name}\n" for n, name in enumerate(["exact_match,none", "own.Probe/own.Detector", "NL91ABNA0417164300"])
    )
    text = "case,value,measure\n" + rows.replace("exact_match,none", '"exact_match,none"')
    measures = list(read_results("csv", table(text)).measures)
    assert measures[:2] == ["exact_match,none", "own.Probe/own.Detector"]
    assert len(measures[2]) == 16
