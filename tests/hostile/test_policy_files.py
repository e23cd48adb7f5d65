"""No file hangs or crashes the loader: it gives a policy, or mistakes with a place."""

import os
import threading
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trimtab.cli.init_template import Answers, render
from trimtab.policy import Policy, check_policy

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*/trimtab.yaml"))
POLICIES = [
    *(path.read_text() for path in EXAMPLES),
    render(Answers(kind="openai", parameters={"url": "http://localhost:1/v1", "model": "m"}, tier="internal")),
    render(Answers(kind="callable", parameters={"target": "app:answer"}, tier="customer-facing")),
]
# Pieces that YAML, or a careless reader of it, stumbles over.
NASTY = [
    "no", "~", "null", "12:30", "010", "1e3", ".nan", "-.inf", "1e999", "9" * 30, "9" * 5000, "2024-01-01", "=", "<<",
    "*a", "&a", "&a *a", "<<: *a", "!!python/object:os.system", "!x", "!!binary aGk=", "!!set {a}", "!!float x",
    "!!int x", "!!bool x", "!!null x", "!!timestamp x", "!!str", "!!map []", "!!seq {}", "!<tag:yaml.org,2002:int> z",
    "{", "}", "[", "]", "[[[[", "{{{{", "? ", "? {a: b}\n: c", "- ", "-", ":", ": ", "#", "'", '"', '"\\ud800"', '"\\x00"',
    "|", ">", "|9", "%YAML 9.9", "---", "...", "\t", "\r", "\x00", "\x85", "\u2028", "\ufeff", "\U0001f600", "\x1b[31m",
    "{}", "[]", "{a: 1, a: 2}", "''", "include: trimtab.yaml", "include: /dev/zero", "include: [.., ., '']", "{null: 1}",
]  # fmt: skip

WRITTEN = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def examine(path, data):
    """Check a file; whatever is in it, what comes back is in order."""
    path.write_bytes(data)
    checked = check_policy(path)
    if checked.policy is None:
        assert checked.errors
    else:
        assert not checked.errors
        again = Policy.model_validate(checked.policy.model_dump(mode="json", by_alias=True))
        assert again.digest == checked.policy.digest
    lines = data.count(b"\n") + data.count(b"\r") + data.count(b"\xc2\x85") + data.count(b"\xe2\x80") + 1
    for mistake in checked.mistakes:
        text = str(mistake)
        assert 0 <= mistake.line <= lines + 1
        assert (mistake.line == 0) == (mistake.column == 0)
        assert text.isprintable(), text
        assert len(text) < 2000
        assert "pydantic" not in text.lower()
        assert "traceback" not in text.lower()
    return checked


@pytest.mark.slow
@given(data=st.data())
@WRITTEN
def test_a_real_policy_with_pieces_cut_out_and_put_in(tmp_path, data):
    text = data.draw(st.sampled_from(POLICIES))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        stop = min(len(text), start + data.draw(st.integers(0, 40)))
        piece = data.draw(st.sampled_from(NASTY) | st.text(max_size=20))
        text = text[:start] + piece + text[stop:]
    examine(tmp_path / "trimtab.yaml", text.encode("utf-8", "surrogatepass"))


def paths(value, here=()):
    yield here
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*here, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*here, index))


TREES = [yaml.safe_load(text) for text in POLICIES]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | SCALARS, inner, max_size=3),
)


@pytest.mark.slow
@given(data=st.data())
@WRITTEN
def test_a_real_policy_with_values_of_any_type_in_any_place(tmp_path, data):
    which = data.draw(st.integers(0, len(TREES) - 1))
    tree = yaml.safe_load(POLICIES[which])
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.sampled_from(sorted((path for path in paths(TREES[which]) if path), key=str)))
        inner = tree
        for step in where[:-1]:
            inner = inner[step] if isinstance(inner, dict) and step in inner else None
        if isinstance(inner, dict):
            inner[data.draw(st.just(where[-1]) | st.text(max_size=8))] = data.draw(VALUES)
    examine(tmp_path / "trimtab.yaml", yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass"))


@given(data=st.binary(max_size=300))
@WRITTEN
def test_any_bytes(tmp_path, data):
    assert examine(tmp_path / "trimtab.yaml", data).policy is None


@given(text=st.lists(st.sampled_from([*NASTY, "a", "b: ", "\n", "\n  ", " "]), max_size=30).map("".join))
@WRITTEN
def test_any_yaml_like_text(tmp_path, text):
    assert examine(tmp_path / "trimtab.yaml", text.encode("utf-8", "surrogatepass")).policy is None


BOMBS = {
    "nine lists of nine": "a0: &a0 [x]\n"
    + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)),
    "nine mappings of nine": "a0: &a0 {x: 1}\n"
    + "".join(f"a{i}: &a{i} {{{', '.join(f'k{k}: *a{i - 1}' for k in range(9))}}}\n" for i in range(1, 12)),
    "merges of merges": "a0: &a0 {x: 1}\n"
    + "".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 40)),
    "a list in itself": "a: &a [*a]\n",
    "a mapping in itself": "a: &a {b: *a}\n",
    "a merge of itself": "a: &a {<<: *a}\n",
    "two in each other": "a: &a {b: &b {c: *a}, d: *b}\n",
    "deep flow": "a: " + "[" * 100_000,
    "deep closed flow": "a: " + "[" * 5_000 + "]" * 5_000,
    "deep braces": "a: " + "{a: " * 50_000,
    "deep dashes": "- " * 100_000,
    "deep block": "".join(" " * i + "a:\n" for i in range(600)),
    "many keys": "".join(f"k{i}: 1\n" for i in range(6_000)),
    "many metrics": "metrics:\n" + "".join(f"  k{i}: {{owner: o{i}, source: {{suite: s{i}}}}}\n" for i in range(800)),
    "many values": "a: [" + "1," * 100_000 + "]",
    "many floors": "metrics: {a: 1}\ntiers:\n  t:\n    floors:\n"
    + "".join(f"      k{i}: {{at_most: 1}}\n" for i in range(1_500)),
    "a long key": f"{'k' * 200_000}: 1\n",
    "a long unknown key": f"? {'k' * 200_000}\n: 1\n",
    "a long value": f"trimtab: {'v' * 200_000}\n",
    "a long number": f"trimtab: {'9' * 200_000}\n",
    "a long base-60 number": f"trimtab: 1{':1' * 100_000}\n",
    "the same key often": "a: 1\n" * 3_000,
    "a long alias": f"a: *{'k' * 100_000}\n",
    "control characters": "a\x07: 1\n",
    "half a character": 'trimtab: "\\ud800"\n"\\udfff": 1\n',
    "tab": "people:\n\tx: 1\n",
    "a percent sign": "%\n",
    "a directive": "%TAG ! tag:evil,2000:\n---\n!x {}\n",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_explode_is_refused(tmp_path, bomb):
    checked = examine(tmp_path / "trimtab.yaml", BOMBS[bomb].encode())
    assert checked.policy is None
    assert len(checked.mistakes) <= 201


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\n\n# only a comment\n", "is empty"),
        (b"~", "is empty"),
        (b"---\n...\n", "is empty"),
        (b"- trimtab: 1\n", "holds a list"),
        (b"trimtab", "holds a text or number"),
        (b"\x00\x01\x02", "U+0000"),
        (b"\x89PNG\r\n\x1a\n", "is not UTF-8"),
        (b"organisation: caf\xe9\n", "is not UTF-8: byte 0xe9"),
        ("trimtab: 1\n".encode("utf-16"), "UTF-16"),
        (b"trimtab: 1\n---\ntrimtab: 1\n", "a second document starts here"),
        (b"people:\n\ta: 1\n", "a tab stands where YAML takes spaces"),
        (b"a: 'x\n", "a quotation mark is not closed"),
        (b"a: [1, 2\n", "a bracket or brace above is not closed"),
        (b"a: b: c\n", "a `: ` stands where no key can be"),
        (b"a: *b\n", "an anchor that does not exist"),
        (b"a: !b c\n", "tag"),
        (b"a: @b\n", "no value can start with this character"),
        (b'a: "\\q"\n', "backslash"),
        (b"a: 1\n  b: 2\n", "not valid YAML"),
        (b" a: 1\nb: 2\n", "indentation does not fit"),
        (b"a: &a [*a]\n", "contains an alias to itself"),
        (b"a: " + b"[" * 100, "deeper than 40 levels"),
        (b"#" * (256 * 1024 + 1), "is larger than 256 KiB"),
    ],
)
def test_each_unreadable_file_is_one_clear_mistake(tmp_path, data, says):
    checked = examine(tmp_path / "trimtab.yaml", data)
    found = [mistake for mistake in checked.errors if says in mistake.message]
    assert len(found) == 1, list(map(str, checked.mistakes))


def test_places_that_are_no_files(tmp_path):
    def only(path):
        (mistake,) = check_policy(path).errors
        return mistake.message

    assert only(tmp_path) == "is a folder"
    assert only(tmp_path / "gone.yaml") == "does not exist"
    assert only(tmp_path / ("x" * 5000)).startswith("cannot be read")
    assert only(str(tmp_path / "a\0b")).startswith("cannot be read")
    assert only("/dev/zero") == "is not a regular file"
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    assert only(loop).startswith("cannot be read")
    if os.geteuid() != 0:  # root reads everything
        locked = tmp_path / "locked.yaml"
        locked.write_text("trimtab: 1\n")
        locked.chmod(0)
        assert only(locked).startswith("cannot be read")


def test_a_pipe_that_nobody_writes_to_does_not_hang(tmp_path):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    (tmp_path / "trimtab.yaml").write_text("include: pipe.yaml\n")
    seen = []
    for path in (pipe, tmp_path / "trimtab.yaml"):
        worker = threading.Thread(target=lambda path=path: seen.append(check_policy(path)), daemon=True)
        worker.start()
        worker.join(60)
        assert not worker.is_alive()
    assert ["not a regular file" in str(checked.errors[0]) for checked in seen] == [True, True]


@pytest.mark.parametrize("written", ["there: [", "missing"])
def test_a_file_whose_name_would_act_on_a_terminal_is_named_without_that(tmp_path, written):
    name = "\x1b[31m\u202e\U00018cd6.yaml"
    if written != "missing":
        (tmp_path / name).write_text(written)
    checked = examine(tmp_path / "trimtab.yaml", f"include: {name!a}".replace("'", '"').encode())
    assert any("\N{REPLACEMENT CHARACTER}" in str(mistake) for mistake in checked.errors)
