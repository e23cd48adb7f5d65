"""A suite is the same cases in the same order wherever it is loaded, and nothing about it is silent."""

import json
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import PluginError, PolicyError
from trimtab.kinds import Case, Message, plugins
from trimtab.measure.suites import as_row, draw, load_suite, order_digest
from trimtab.policy.metric_spec import SuiteSpec


def write(folder: Path, name: str, *rows: object) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def load(base: Path, **spec: object):
    return load_suite("mine", SuiteSpec.model_validate(spec), base=base)


def texts(suite) -> list[str]:
    return [case.messages[-1].content for case in suite.cases]


def rows(count: int) -> list[dict[str, object]]:
    return [{"id": f"r{n}", "prompt": f"What is {n}?", "answer": n} for n in range(count)]


def case(name: str, *, cluster: str = "", group: str = "") -> Case:
    return Case(id=name, messages=(Message("user", name),), cluster=cluster, group=group)


# -- the draw --------------------------------------------------------------


def test_the_order_is_the_hash_of_seed_and_id():
    """Written out, so that anybody can draw again: sort by SHA-256 of seed, U+001F, id."""
    import hashlib

    drawn = [c.id for c in draw([case(str(n)) for n in range(50)], seed=7)]
    assert drawn == sorted(map(str, range(50)), key=lambda name: hashlib.sha256(f"7\x1f{name}".encode()).digest())


@given(st.sets(st.text(min_size=1, max_size=8), min_size=2, max_size=30), st.integers(0, 2**63))
def test_adding_a_case_moves_no_other(names, seed):
    listed = sorted(names)
    fewer = [c.id for c in draw([case(name) for name in listed[1:]], seed=seed)]
    more = [c.id for c in draw([case(name) for name in listed], seed=seed)]
    assert [name for name in more if name != listed[0]] == fewer


def test_the_sides_of_a_comparison_stay_together():
    paired = [case(f"{n}-{g}", cluster=str(n), group=g) for n in range(40) for g in ("a", "b")]
    drawn = draw(paired, seed=1)
    assert all(one.cluster == other.cluster for one, other in zip(drawn[::2], drawn[1::2], strict=True))


def test_a_cap_leaves_many_clusters_and_each_is_asked_in_one_go():
    drawn = draw([case(f"{n}-{k}", cluster=str(n)) for n in range(10) for k in range(20)], seed=1, most=20)
    clusters = [c.cluster for c in drawn]
    assert len(clusters) == 20
    assert len(set(clusters)) > 5
    assert len(list(groupby(clusters))) == len(set(clusters))


def test_a_longer_run_asks_the_same_cases_first(tmp_path):
    write(tmp_path, "c.jsonl", *rows(100))
    short = load(tmp_path, file="c.jsonl", cases=30)
    assert load(tmp_path, file="c.jsonl", cases=90).cases[:30] == short.cases


def test_the_digest_sees_order_and_content(tmp_path):
    write(tmp_path, "c.jsonl", *rows(20))
    first = load(tmp_path, file="c.jsonl")
    assert load(tmp_path, file="c.jsonl").order_digest == first.order_digest
    assert load(tmp_path, file="c.jsonl", seed=1).order_digest != first.order_digest
    assert load(tmp_path, file="c.jsonl", seed=1).version == first.version
    changed = rows(20)
    changed[3]["answer"] = "something else"
    write(tmp_path, "c.jsonl", *changed)
    assert load(tmp_path, file="c.jsonl").order_digest != first.order_digest
    assert load(tmp_path, file="c.jsonl").version != first.version


def test_too_few_cases_are_visible(tmp_path):
    write(tmp_path, "c.jsonl", *rows(3))
    suite = load(tmp_path, file="c.jsonl", cases=10)
    assert (len(suite.cases), suite.asked, suite.lacking) == (3, 10, 7)


# -- built in --------------------------------------------------------------


def test_a_built_in_suite_takes_fields_and_its_metric(tmp_path):
    suite = load(tmp_path, builtin="assistant-questions", cases=10, **{"with": {"form": "letters"}})
    assert suite.score == "multiple-choice"
    assert all("A) " in text for text in texts(suite))
    assert load(tmp_path, builtin="sentiment", cases=5, score="contains").score == "contains"


@pytest.mark.parametrize(
    ("name", "fields"), [("assistant-questions", {"form": "x"}), ("sentiment", {"no": 1}), ("nothing", {})]
)
def test_wrong_fields_and_names_are_said_so(tmp_path, name, fields):
    with pytest.raises(PluginError):
        load(tmp_path, builtin=name, **{"with": fields})


def test_the_policy_decides_how_long_replies_may_be(tmp_path):
    suite = load(tmp_path, builtin="secret-keeping", cases=5, max_tokens=99)
    assert {case.max_tokens for case in suite.cases} == {99}


@pytest.mark.parametrize("name", plugins.names("suites"))
def test_an_exported_suite_reads_back_as_the_same_cases(tmp_path, name):
    suite = load(tmp_path, builtin=name, cases=60)
    write(tmp_path, "c.jsonl", *map(as_row, suite.cases))
    back = load(tmp_path, file="c.jsonl", score=suite.score)
    assert back.order_digest == suite.order_digest
    assert order_digest(back.cases) == back.order_digest


# -- files -----------------------------------------------------------------


def test_what_a_row_becomes(tmp_path):
    write(
        tmp_path,
        "c.jsonl",
        {"id": "a", "prompt": "Which?", "choices": ["red", "green"], "answer": "b", "cluster": "k", "max_tokens": 4},
        {
            "id": "b",
            "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
            "answer": [1, "i"],
        },
        {
            "id": "c",
            "prompt": "p",
            "system": "s",
            "follow_ups": ["why?"],
            "expect": {"answer": 2, "own": [1]},
            "group": "g",
        },
    )
    a, b, c = sorted(load(tmp_path, file="c.jsonl").cases, key=lambda case: case.id)
    assert a.messages == (Message("user", "Which?\nA) red\nB) green"),)
    assert a.expect == {"answer": ["green"], "choices": ["red", "green"]}
    assert (a.cluster, a.max_tokens) == ("k", 4)
    assert b.messages == (Message("system", "s"), Message("user", "u"))
    assert b.expect == {"answer": ["1", "i"]}
    assert c.messages == (Message("system", "s"), Message("user", "p"))
    assert c.expect == {"answer": ["2"], "own": [1]}
    assert (c.follow_ups, c.group) == (("why?",), "g")


@pytest.mark.parametrize(
    ("row", "score"),
    [({"answer": "x"}, "exact-match"), ({"answer": "x", "choices": ["x", "y"]}, "multiple-choice")],
)
def test_without_a_metric_the_strictest_reading_is_taken(tmp_path, row, score):
    write(tmp_path, "c.jsonl", {"prompt": "p", **row})
    assert load(tmp_path, file="c.jsonl").score == score


def test_without_an_answer_somebody_must_name_the_metric(tmp_path):
    write(tmp_path, "c.jsonl", {"prompt": "p"})
    with pytest.raises(PolicyError, match="how its cases are scored"):
        load(tmp_path, file="c.jsonl")
    assert load(tmp_path, file="c.jsonl", score="over-refusal").score == "over-refusal"


def test_every_case_must_hold_what_the_metric_needs(tmp_path):
    write(tmp_path, "c.jsonl", {"prompt": "p", "expect": {"canary": "ABCDEF-1"}}, {"prompt": "q"}, {"prompt": "r"})
    with pytest.raises(PolicyError) as caught:
        load(tmp_path, file="c.jsonl", score="planted-leak")
    assert [(mistake.line, mistake.where) for mistake in caught.value.mistakes] == [(2, "canary"), (3, "canary")]


def test_csv_with_a_head_that_renames_ignores_and_adds(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.csv").write_bytes(
        b'\xef\xbb\xbfquestion,gold,choices,junk\r\n"What,\r\nthen?",B,red|green,1\r\nWhich?,"say ""x""",,2\r\n\r\n'
    )
    (tmp_path / "sub" / "head.yaml").write_text(
        "about: Mine.\nfile: c.csv\nscore: contains\nversion: '7'\nsystem: Be brief.\n"
        "columns: {prompt: question, answer: gold}\nignore: [junk]\ndefaults: {max_tokens: 9, cluster: all}\n"
    )
    suite = load(tmp_path, file="sub/head.yaml")
    assert (suite.about, suite.score, suite.version) == ("Mine.", "contains", "7")
    assert sorted(texts(suite)) == ["What,\r\nthen?\nA) red\nB) green", "Which?"]
    assert {case.messages[0].content for case in suite.cases} == {"Be brief."}
    assert {(case.max_tokens, case.cluster) for case in suite.cases} == {(9, "all")}
    assert {case.expect["answer"][0] for case in suite.cases} == {"green", 'say "x"'}


@pytest.mark.slow  # pyarrow takes seconds to import
def test_parquet(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table(
        {
            "prompt": ["p", "q"],
            "answer": ["1", "2"],
            "choices": [["1", "2"], None],
            "messages": arrow.nulls(2),
            "expect": [{"a": 1}, {"a": None}],
        }
    )
    parquet.write_table(table, tmp_path / "c.parquet")
    suite = load(tmp_path, file="c.parquet", score="contains")
    assert sorted(texts(suite)) == ["p\nA) 1\nB) 2", "q"]


# -- functions -------------------------------------------------------------


def module(folder: Path, name: str, body: str) -> str:
    (folder / f"{name}.py").write_text(body)
    return name


def test_a_function_gets_what_it_asks_for(tmp_path):
    name = module(
        tmp_path,
        "trimtab_cases_a",
        "def cases(count, *, seed, word='x'):\n"
        "    for n in range(count + 5):\n        yield {'prompt': f'{word} {seed} {n}', 'answer': 'a', 'cluster': None}\n",
    )
    suite = load(tmp_path, python=f"{name}:cases", cases=4, seed=3, **{"with": {"word": "why"}})
    assert len(suite.cases) == 4
    assert all(text.startswith("why 3 ") for text in texts(suite))
    assert suite.origin == f"python:{name}:cases"


def test_a_function_may_yield_cases(tmp_path):
    name = module(
        tmp_path,
        "trimtab_cases_b",
        "from trimtab.kinds import Case, Message\n"
        "def cases():\n    return [Case(id='z', messages=(Message('user', 'p'),), expect={'answer': ('a',)})]\n",
    )
    (only,) = load(tmp_path, python=f"{name}:cases").cases
    assert (only.id, only.expect["answer"]) == ("z", ["a"])


@pytest.mark.parametrize(
    "body",
    [
        "def cases():\n    raise ValueError('patient Zero')",
        "cases = 5",
        "1/0",
        "def cases(x): return []",
        "def cases(): return 5",
    ],
)
def test_a_function_that_breaks_is_named_and_not_quoted(tmp_path, body):
    name = module(tmp_path, f"trimtab_cases_{abs(hash(body)) % 10**9}", body)
    with pytest.raises(PluginError) as caught:
        load(tmp_path, python=f"{name}:cases")
    assert name in str(caught.value)
    assert "patient" not in str(caught.value)


def test_rows_of_a_function_are_checked_like_those_of_a_file(tmp_path):
    name = module(tmp_path, "trimtab_cases_c", "def cases():\n    return [{'promt': 'p'}, 7, {'prompt': 'a\\ud800'}]\n")
    with pytest.raises(PolicyError) as caught:
        load(tmp_path, python=f"{name}:cases")
    assert [mistake.line for mistake in caught.value.mistakes] == [1, 1, 2, 3]


@pytest.mark.parametrize("where", ["no_such_module_here:cases", "json:cases", "json"])
def test_no_such_function(tmp_path, where):
    with pytest.raises((PluginError, PolicyError)):
        load(tmp_path, python=where)


def test_a_folder_is_on_the_path_only_while_loading(tmp_path):
    import sys

    before = list(sys.path)
    with pytest.raises(PluginError):
        load(tmp_path, python="no_such_module_here:cases")
    assert sys.path == before
