"""Data sets are read in stretches, every row with its number, and whatever is broken says so and nothing of itself."""

import gzip
import tracemalloc

import pytest

from trimtab.errors import UsageError
from trimtab.measure import data_sets
from trimtab.measure.data_sets import UnreadableError, kind_of, row_of, stretches


def read(path, **options):
    return [
        (number, row) for one in stretches(path, **options) for number, row in zip(one.numbers, one.rows, strict=True)
    ]


def test_lines_keep_their_numbers_and_empty_ones_are_none(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n\n  \n{"a": 2}\r\n{"a": 3}')
    assert [number for number, _ in read(path)] == [1, 4, 5]
    assert [row_of(line) for _, line in read(path)] == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert [len(one.rows) for one in stretches(path, rows=2)] == [2, 1]
    assert list(stretches(path))[-1].read == path.stat().st_size
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read(packed) == read(path)


def test_a_table_is_read_as_rows(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(arrow.table({"prompt": ["a", "b", "c"], "n": [1, None, 3]}), path)
    assert read(path, rows=2)[1] == (2, {"prompt": "b", "n": None})
    assert [one.table.num_rows for one in stretches(path, rows=2, typed=True)] == [2, 1]
    (tmp_path / "b.parquet").write_bytes(b"PAR1 is no table PAR1")
    with pytest.raises(UsageError, match=r"b\.parquet is not a Parquet file"):
        read(tmp_path / "b.parquet")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"a": ', "not JSON"),
        (b"[1]", "not an object"),
        (b'{"a": 1, "a": 2}', "a key twice"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": NaN}', "number or nesting"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "number or nesting"),
        (None, "longer than"),
    ],
)
def test_a_line_that_is_no_row_says_why(line, why):
    with pytest.raises(UnreadableError, match=why):
        row_of(line)


def test_a_line_without_an_end_is_passed_over_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(data_sets, "LONGEST", 100_000)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n' + b"x" * 20_000_000 + b'\n{"a": 2}\n')
    tracemalloc.start()
    found = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(1, b'{"a": 1}\n'), (2, None), (3, b'{"a": 2}\n')]
    assert peak < 5_000_000


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.gz", "a.parquet.gz", "a"])
def test_other_kinds_are_refused(name, tmp_path):
    with pytest.raises(UsageError, match="no kind of data set"):
        kind_of(tmp_path / name)


def test_what_cannot_be_read_at_all_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "none.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(UsageError, match="not a regular file"):
        read(tmp_path / "folder.jsonl")
    for name, content in (("no", b"no gzip"), ("cut", gzip.compress(b'{"a": 1}\n' * 1000)[:-20])):
        path = tmp_path / f"{name}.jsonl.gz"
        path.write_bytes(content)
        with pytest.raises(UsageError, match="no gzip file, or a part"):
            read(path)
