"""`trimtab score`: no text in what it writes, nothing unsafe in what it keeps, and a file that is whole or not there."""

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from tests.command import trimtab, usual

from trimtab.errors import OutputError, UsageError
from trimtab.policy import load_policy
from trimtab.workspace import copying, side_by_side
from trimtab.workspace.score import score_file
from trimtab.workspace.score_rows import Scale

NONE = "has neither prompt and completion, nor messages, nor chosen and rejected"
CLEAN, LEAK, NO = (
    "It was sent this morning, all is well.",
    "Write to ana@example.org today.",
    "I cannot help with that.",
)

POLICY = {
    "trimtab": 1,
    "organisation": "Example",
    "people": {"team": {"function": "engineering"}},
    "metrics": {
        "right": {
            "question": "Is it right?", "better": "higher", "target": 0.9, "owner": "team", "source": {"suite": "assistant-questions"},
        },
        "refusal": {
            "question": "Does it refuse?", "better": "lower", "target": 0.02, "owner": "team",
            "source": {"suite": "harmless-look-alikes", "score": "over-refusal"},
        },
    },
    "tiers": {"low": {"confidence": 0.9, "floors": {"refusal": {"at_most": 0.1}}}},
    "rewards": {"careful": {"hard": [{"detector": "patterns", "labels": ["personal"]}], "soft": [{"metric": "refusal"}]}},
    "systems": {
        "bot": {
            "tier": "low", "owner": "team", "intended_use": "x", "maximise": "right", "reward": "careful",
            "candidates": {"one": {"callable": {"target": "a:b"}}},
        }
    },
}  # fmt: skip


@pytest.fixture
def place(tmp_path):
    (tmp_path / "trimtab.yaml").write_text(yaml.safe_dump(POLICY))
    return tmp_path


def row(said, *, prompt="How is my order?", **more):
    return {"prompt": prompt, "completion": said, **more}


def write(path, rows):
    path.write_bytes(b"".join(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in rows))
    return path


def clean(number):
    return [row(CLEAN, prompt=f"How is order {one}?") for one in range(number)]


def told(done):
    return json.loads(done.stdout)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def scale(place, **options):
    return Scale(policy=load_policy(place / "trimtab.yaml"), system="bot", **options)


def score(place, rows, *, out=None, by=None, **options):
    """In this process, which has everything at hand."""
    file = write(place / "a.jsonl", rows)
    return score_file(by or scale(place), file, out=out and place / out, processes=1, **options)


# -- verdicts ----------------------------------------------------------------------------------------


def test_verdicts_hold_row_numbers_rewards_and_labels_and_no_text(place):
    write(place / "a.jsonl", [row(CLEAN), row(LEAK), row(NO), b"{broken\n", row(None), {"prompt": "x"}])
    done = trimtab("score", "a.jsonl", "--out", "v.jsonl", cwd=place)
    assert done.returncode == 1
    assert lines(place / "v.jsonl") == [
        {"row": 1, "verdict": "safe", "reward": 1.0, "costs": {"refusal": 0.0}},
        {
            "row": 2, "verdict": "unsafe", "reward": -0.4, "severity": 0.333333, "failed": ["patterns:personal"],
            "found": ["personal.email"], "costs": {"refusal": 0.0},
        },
        {"row": 3, "verdict": "safe", "reward": 0.55, "costs": {"refusal": 1.0}},
        {"row": 4, "verdict": "unread", "error": "is not JSON"},
        {"row": 5, "verdict": "unread", "error": "completion holds neither a text nor messages"},
        {"row": 6, "verdict": "unread", "error": NONE},
    ]  # fmt: skip
    manifest = json.loads((place / "v.jsonl.manifest.json").read_text())
    assert manifest["counts"]["unsafe"] == 1
    assert manifest["policy"] == load_policy(place / "trimtab.yaml").digest
    for text in (done.stdout, done.stderr, (place / "v.jsonl").read_text(), json.dumps(manifest)):
        assert "ana@" not in text
        assert "order" not in text
    assert stat_of(place / "v.jsonl") == stat_of(place / "a.jsonl")


def stat_of(path):
    return path.stat().st_mode


def test_rows_are_copied_only_when_asked(place):
    score(place, [row(LEAK)], out="v.jsonl.gz", holds="rows")
    (only,) = [json.loads(line) for line in gzip.decompress((place / "v.jsonl.gz").read_bytes()).splitlines()]
    assert only["data"] == row(LEAK)


def test_what_was_not_read_may_be_anything_to_every_check(place):
    done = score(place, [*clean(60), b"{broken\n", *[b"[]\n"] * 20])
    assert [(one.estimate.missing, one.verdict) for one in done.rates] == [(21, "inconclusive")] * 2
    assert all(one.estimate.interval.high > 21 / 81 for one in done.rates)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (clean(60), 0),
        ([*clean(60), row(LEAK)], 1),  # one is one too many
        ([row(NO, prompt=str(one)) for one in range(60)], 1),  # refusing is safe, and above the rate accepted
        (clean(5), 3),  # five rows prove no rate
        ([*clean(60), b"{broken\n"], 3),
        ([*clean(60), row([{"role": "assistant", "content": [{"type": "image"}]}])], 3),  # could not be looked at
        ([row(CLEAN)] * 60, 3),  # one row, sixty times over
    ],
)
def test_exit_codes(place, rows, code):
    assert score(place, rows).exit_code == code


def test_of_a_pair_the_chosen_counts(place):
    pair = {"prompt": "q", "chosen": CLEAN, "rejected": LEAK}
    done = score(place, [{**pair, "prompt": f"order {one}"} for one in range(60)], out="v.jsonl")
    assert (done.exit_code, done.rejected, done.rejected_unsafe) == (0, 60, 60)
    assert [one["of"] for one in lines(place / "v.jsonl")[:2]] == ["chosen", "rejected"]
    assert score(place, [{**pair, "chosen": LEAK, "rejected": CLEAN}]).exit_code == 1


def test_every_turn_that_is_learned_from_is_looked_at(place):
    said = [{"role": "user", "content": "q"}, {"role": "assistant", "content": LEAK}, {"role": "user", "content": "q"}]
    assert score(place, [{"messages": [*said, {"role": "assistant", "content": CLEAN}]}]).exit_code == 1


def test_columns_task_and_multipliers_are_what_was_named(place):
    rows = [{"q": "a", "a": CLEAN, "paid": 0.5}, {"q": "b", "a": NO, "paid": 1.0}, {"q": "c", "a": CLEAN}]
    write(place / "a.jsonl", rows)
    options = ["--prompt", "q", "--completion", "a", "--task", "paid", "--multiplier", "refusal=3"]
    done = trimtab("score", "a.jsonl", "--out", "v.jsonl", "--json", *options, cwd=place)
    assert told(done)["untasked"] == 1
    assert told(done)["exit"] == done.returncode == 3
    expected = [0.1 + 0.9 * (0.5 + 3) / 4, 0.1 + 0.9 * 1 / 4, 0.1 + 0.9 * 3 / 4]
    assert [one["reward"] for one in lines(place / "v.jsonl")] == pytest.approx(expected)


def test_a_row_that_does_not_say_which_checks_are_for_it_is_not_clean(place):
    policy = json.loads(json.dumps(POLICY))
    policy["rewards"]["careful"]["hard"][0]["where"] = {"open": True}
    (place / "trimtab.yaml").write_text(yaml.safe_dump(policy))
    done = score(place, [row(LEAK, open=False), row(LEAK), row(CLEAN, open=True)])
    assert done.exit_code == 3
    assert done.unread == {"has no open, which says what checks it is for": 1}
    assert done.rates[0].of == 1


# -- what is kept ------------------------------------------------------------------------------------


def test_safe_rows_are_kept_byte_by_byte(place):
    odd = b'{"completion":"All  is well",  "prompt": "\\u00e9 q", "n": 1.0}'
    rows = [*clean(60), row(LEAK), odd + b"\n", row(NO), b"{broken\n"]
    done = score(place, rows, holds="safe", out="s.jsonl")
    assert done.exit_code == 3  # a row could not be read
    kept = (place / "s.jsonl").read_bytes().splitlines()
    assert len(kept) == done.kept == 62
    assert odd in kept
    assert b"ana@" not in (place / "s.jsonl").read_bytes()
    assert score_file(scale(place), place / "s.jsonl").exit_code == 0


def test_a_table_stays_a_table(place):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = [row(CLEAN, n=1), row(LEAK, n=None), row(CLEAN, n=3)]
    parquet.write_table(arrow.Table.from_pylist(rows), place / "a.parquet")
    score_file(scale(place), place / "a.parquet", out=place / "s.parquet", holds="safe")
    kept = parquet.read_table(place / "s.parquet")
    assert kept.to_pylist() == [rows[0], rows[2]]
    assert kept.schema == parquet.read_schema(place / "a.parquet")
    score_file(scale(place), place / "a.parquet", out=place / "v.jsonl", holds="rows")
    assert [one["data"] for one in lines(place / "v.jsonl")] == rows


def test_the_best_of_a_prompt_is_safe_and_prompts_need_not_stand_together(place):
    rows = [
        row(NO, prompt="a", paid=1.0),
        row(CLEAN, prompt="b", paid=0.1),
        row(CLEAN, prompt="a", paid=0.5),
        row(LEAK, prompt="b", paid=1.0),
        row(LEAK, prompt="c", paid=1.0),
        row(CLEAN, prompt="b", paid=0.1),
    ]
    write(place / "a.jsonl", rows)
    done = trimtab("score", "a.jsonl", "--best", "--task", "paid", "--out", "b.jsonl", "--json", cwd=place)
    assert lines(place / "b.jsonl") == [rows[1], rows[2]]
    assert (told(done)["prompts"], told(done)["hopeless"], told(done)["kept"]) == (3, 1, 2)


def test_nothing_safe_is_no_success(place):
    assert score(place, [row(LEAK)], holds="safe", out="s.jsonl").exit_code == 3
    assert (place / "s.jsonl").read_bytes() == b""


def test_a_file_that_changes_meanwhile_is_found_out(place, monkeypatch):
    file = write(place / "a.jsonl", [*clean(3), row(LEAK)])
    real = copying.copy_rows

    def late(*given):
        write(file, [row(LEAK), *clean(3)])
        real(*given)

    monkeypatch.setattr("trimtab.workspace.score.copy_rows", late)
    with pytest.raises(UsageError, match="changed while it was read"):
        score_file(scale(place), file, out=place / "s.jsonl", holds="safe")
    assert sorted(one.name for one in place.iterdir()) == ["a.jsonl", "trimtab.yaml"]


# -- many rows ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_bytes_are_the_same_for_any_number_of_processes(place, monkeypatch):
    rows = [row([CLEAN, LEAK, NO][one % 3], prompt=str(one)) for one in range(1200)]
    file = write(place / "a.jsonl", [*rows[:700], b"{broken\n", *rows[700:]])
    first = score_file(scale(place), file, out=place / "one.jsonl", processes=1)
    monkeypatch.setattr(side_by_side, "_ALONE", 0.0)
    monkeypatch.setattr(side_by_side, "_PAYS", 0.0)
    asked = []
    shared = side_by_side._shared

    def counted(*given):
        asked.append(1)
        return shared(*given)

    monkeypatch.setattr(side_by_side, "_shared", counted)
    second = score_file(scale(place), file, out=place / "two.jsonl", processes=2)
    assert asked, "no other process was asked"
    assert (place / "one.jsonl").read_bytes() == (place / "two.jsonl").read_bytes()
    assert (first.rates, first.unsafe, first.unread) == (second.rates, second.unsafe, second.unread)


def test_progress_counts_rows_and_reaches_the_end(place):
    seen = []
    score_file(scale(place), write(place / "a.jsonl", clean(600)), listen=lambda p: seen.append((p.rows, p.share)))
    assert [rows for rows, _ in seen] == [256, 512, 600]
    assert seen[-1][1] == 1.0


# -- hostile files and machines ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no rows"),
        (b"\n\n", "has no rows"),
        (b"{broken\n" * 3, "row 1 is not JSON"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8"),
        (b'{"question": "ana@example.org", "ana@example.org": 1}\n', "Its keys are question"),
        (b'{"text": "q"}\n' * 9, "has neither prompt and completion"),
    ],
)
def test_a_file_without_a_single_sample_is_a_mistake(place, content, said):
    with pytest.raises(UsageError, match=said) as found:
        score(place, [content], out="v.jsonl")
    assert "ana@" not in str(found.value)
    assert sorted(one.name for one in place.iterdir()) == ["a.jsonl", "trimtab.yaml"]


def test_a_million_characters_are_one_row_and_more_are_not_looked_at(place):
    long = " ".join([CLEAN] * 25_000)
    done = score(place, [row(long), row(f"{long[:900_000]} {LEAK}"), row(long + long)], out="v.jsonl")
    assert [(one["verdict"], "error" in one) for one in lines(place / "v.jsonl")] == [
        ("safe", False),
        ("unsafe", False),
        ("unsafe", True),
    ]
    assert sum(done.unlooked.values()) == 1


def test_lone_halves_of_characters_end_nothing(place):
    odd = b'{"prompt": "\\ud800", "completion": "\\udfff all is well"}\n'
    done = score(place, [odd, row(LEAK)], holds="safe", out="s.jsonl")
    assert done.unsafe == 1 + len(done.unlooked)
    assert b"ana@" not in (place / "s.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--best", "--with-rows", "--out", "v.jsonl"], "Give one of them"),
        (["--multiplier", "refusal"], "is not COST=NUMBER"),
        (["--system", "none"], "no system"),
        (["--completion", "x", "--chosen", "y"], "Name one kind"),
        (["--keep", "safe"], "no file to keep rows in"),
    ],
)
def test_options_that_do_not_fit(place, given, said):
    write(place / "a.jsonl", clean(1))
    done = trimtab("score", "a.jsonl", *given, cwd=place)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("file", "out", "holds", "said"),
    [
        ("none.jsonl", None, "verdicts", "none.jsonl cannot be read"),
        ("a.csv", None, "verdicts", "no kind of data set"),
        ("a.jsonl", "a.jsonl", "verdicts", "is the file that is read"),
        ("a.jsonl", "trimtab.jsonl", "verdicts", "there are files already"),
        ("a.jsonl", "s.parquet", "safe", "of the same kind"),
        ("a.jsonl", "v.parquet", "verdicts", "verdicts are JSON Lines"),
    ],
)
def test_files_that_do_not_fit(place, file, out, holds, said):
    write(place / "trimtab.jsonl", clean(1))
    write(place / "a.jsonl", clean(1))
    before = (place / "a.jsonl").read_bytes()
    with pytest.raises(UsageError, match=said):
        score_file(scale(place), place / file, out=out and place / out, holds=holds)
    assert (place / "a.jsonl").read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everywhere")
def test_what_may_not_be_read_or_written_is_named(place):
    write(place / "a.jsonl", clean(1)).chmod(0)
    with pytest.raises(UsageError, match="cannot be read"):
        score_file(scale(place), place / "a.jsonl")


@pytest.mark.parametrize("holds", ["verdicts", "safe"])
def test_a_full_disk_is_said_so_and_leaves_what_was_there(place, holds):
    (place / "v.jsonl").write_text("of before")
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    file = write(place / "a.jsonl", clean(600))
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        with pytest.raises(OutputError, match=r"v\.jsonl.*Nothing was kept"):
            score_file(scale(place), file, out=place / "v.jsonl", holds=holds, force=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert (place / "v.jsonl").read_text() == "of before"
    assert sorted(one.name for one in place.iterdir()) == ["a.jsonl", "trimtab.yaml", "v.jsonl"]


def test_somebody_else_who_writes_the_same_is_noticed(place):
    from trimtab.workspace.out_files import OutFile

    other = OutFile(place / "v.jsonl")
    with pytest.raises(OutputError, match="by another process"):
        score_file(scale(place), write(place / "a.jsonl", clean(1)), out=place / "v.jsonl")
    other.write(b"1\n", 1)
    other.finish({})
    assert (place / "v.jsonl").read_bytes() == b"1\n"


SLOW = """
import sys, time
from trimtab.workspace import side_by_side, score
side_by_side._ALONE = side_by_side._PAYS = 0.0
plain = score._Scoring._take
taken = []
def slowly(self, stretch, looked):
    plain(self, stretch, looked)
    taken.append(stretch)
    if len(taken) == 3:
        time.sleep(3600)  # it is killed here
score._Scoring._take = slowly
from trimtab.cli import main
if __name__ == "__main__":
    main()
"""


@pytest.mark.slow
def test_a_killed_run_leaves_no_half_file_and_no_process_and_the_next_takes_over(place):
    write(place / "a.jsonl", [row([CLEAN, LEAK][one % 2], prompt=str(one)) for one in range(3000)])
    (place / "slow.py").write_text(SLOW)
    options = ["score", "a.jsonl", "--out", "v.jsonl", "--processes", "2"]
    process = subprocess.Popen(
        [sys.executable, "slow.py", *options], cwd=place, env=usual(), stdout=subprocess.DEVNULL, start_new_session=True
    )
    half, children = place / ".v.jsonl.part", []
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        children = [one for one in children_of(process.pid) if b"spawn_main" in command_of(one)]
        if len(children) == 2 and half.exists() and half.stat().st_size:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(children) == 2
    assert half.exists()
    assert not (place / "v.jsonl").exists()
    until = time.monotonic() + 60
    while any(b"spawn_main" in command_of(one) for one in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [one for one in children if b"spawn_main" in command_of(one)]
    assert trimtab(*options, cwd=place).returncode == 1
    assert len(lines(place / "v.jsonl")) == 3000
    assert not half.exists()


def children_of(pid):
    return [int(one) for task in Path(f"/proc/{pid}/task").glob("*/children") for one in read_of(task).split()]


def command_of(pid):
    return read_of(Path(f"/proc/{pid}/cmdline"))


def read_of(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""
