"""An export says what the ledger says, and is verified without it."""

import io
import random

import orjson
import pyarrow.parquet
import pytest
from tests.unit.evidence.ledgers import BY, SUBJECT, observation, small_ledger

from trimtab.errors import LedgerError
from trimtab.evidence import Head, Ledger
from trimtab.evidence.export import verify_jsonl, write_jsonl, write_parquet


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return small_ledger(tmp_path_factory.mktemp("original") / "ledger.db")


def exported(path, **more):
    out = io.BytesIO()
    with Ledger.open(path, create=False) as ledger:
        write_jsonl(ledger, out, **more)
    return out.getvalue()


def verified(data, **more):
    return verify_jsonl(io.BytesIO(data), "export.jsonl", **more)


@pytest.mark.parametrize("run", ["", "run-1", "run-2", "none"])
def test_an_export_verifies_and_has_the_root_of_the_ledger(original, run):
    data = exported(original, run=run)
    with Ledger.open(original) as ledger:
        whole, points = ledger.verify(), ledger.checkpoints()
    found = verified(data, expect=[Head(point.size, point.root) for point in points])
    assert found.ok, found.problems
    assert (found.rows, found.head.root, found.checkpoints) == (whole.rows, whole.head.root, whole.checkpoints)
    rows = [line for line in map(orjson.loads, data.splitlines()) if line["type"] == "row"]
    assert {row["run"] for row in rows} == ({run} & {"run-1", "run-2"} if run else {"run-1", "run-2"})


def test_an_export_of_one_run_holds_nothing_of_the_others(original):
    assert b"case-0" in exported(original)
    assert b"case-0" not in exported(original, run="run-2")


def test_a_ledger_larger_than_a_chunk_is_exported_and_verified(tmp_path):
    path, done = tmp_path / "ledger.db", []
    with Ledger.open(path) as ledger:
        for name, count in (("run-1", 1500), ("run-2", 10), ("run-1", 1200)):
            records = [observation(n, value=(1e20 if n == 3 else 1e-6)) for n in range(count)]
            ledger.append(records, subject=SUBJECT, **{**BY, "run": name})
    for run in ("", "run-1", "run-2"):
        found = verified(exported(path, run=run), progress=lambda rows, total: done.append((rows, total)))
        assert found.ok, found.problems
    assert done[-1][1] == 2710


def test_an_empty_ledger_is_exported(tmp_path):
    Ledger.open(tmp_path / "ledger.db").close()
    assert verified(exported(tmp_path / "ledger.db")).ok


@pytest.mark.parametrize("run", ["", "run-2"])
def test_every_change_of_an_export_is_found(original, run):
    data = exported(original, run=run)
    expected = rows_of(data)
    generator = random.Random(9)
    for place in generator.sample(range(len(data)), min(len(data), 1500)):
        changed = data[:place] + bytes([data[place] ^ 1 << generator.randrange(8)]) + data[place + 1 :]
        try:
            if verified(changed).ok:
                assert rows_of(changed) == expected, place  # a space or the like: the contents are the same
        except LedgerError:
            pass


def rows_of(data):
    return [orjson.loads(line) for line in data.splitlines()]


def test_lines_taken_out_doubled_or_exchanged_are_found(original):
    lines = exported(original).splitlines(keepends=True)
    is_row = [b'"type":"row"' in line for line in lines]
    for number, line in enumerate(lines):
        without = b"".join(lines[:number] + lines[number + 1 :])
        doubled = b"".join([*lines[: number + 1], line, *lines[number + 1 :]])
        for changed in (without, doubled):
            try:
                # A checkpoint may be missing or said twice.
                assert not verified(changed).ok or b'"type":"checkpoint"' in line
            except LedgerError:
                assert number == 0
        if number and is_row[number] and is_row[number - 1]:
            exchanged = [*lines[: number - 1], line, lines[number - 1], *lines[number + 1 :]]
            assert not verified(b"".join(exchanged)).ok


def test_an_export_that_breaks_off_is_found(original):
    data = exported(original)
    for length in range(60, len(data) - 1, 37):
        assert not verified(data[:length]).ok
    assert "breaks off" in str(verified(data[: data.rindex(b'{"type":"end"')]).problems[0])


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"hello", b"[]\n", b'{"type":"row"}\n', b'{"type":"ledger","format":1,"rows":"x"}\n', bytes(100)],
)
def test_another_file_is_no_export(data):
    with pytest.raises(LedgerError, match="not an export"):
        verified(data)


def test_a_newer_format_asks_for_a_newer_trimtab():
    with pytest.raises(LedgerError, match="Upgrade"):
        verified(b'{"type":"ledger","format":2,"rows":0}\n')


@pytest.mark.parametrize(
    "line",
    [
        b"{}", b"[]", b"null", b"{", b'{"type":"row"}', b'{"type":"omitted","hashes":[]}', b'{"type":"rumour"}',
        b'{"type":"omitted","hashes":["zz"]}', b'{"type":"omitted"}', b"[" * 100_000, b"9" * 5000, b"\xff\xfe",
    ],
)  # fmt: skip
def test_lines_that_do_not_belong_are_found(original, line):
    data = exported(original)
    place = data.rindex(b'{"type":"end"')
    assert not verified(data[:place] + line + b"\n" + data[place:]).ok
    assert not verified(data + line + b"\n").ok


@pytest.mark.parametrize("run", ["", "run-1"])
def test_parquet_holds_the_rows_and_the_scores(original, tmp_path, run):
    path = tmp_path / "ledger.parquet"
    with Ledger.open(original) as ledger, path.open("wb") as out:
        written = write_parquet(ledger, out, run=run)
        rows = list(ledger.rows(run=run))
    table = pyarrow.parquet.read_table(path).to_pylist()
    assert written == len(table) == len(rows)
    for line, row in zip(table, rows, strict=True):
        assert line["seq"] == row.seq
        assert round(line["time"].timestamp() * 1e6) == row.time
        assert (line["payload"], line["prev"], line["hash"]) == (row.payload, row.prev, row.hash)
        payload = orjson.loads(row.payload)
        observed = row.kind == "observation"
        assert line["value"] == (payload.get("value") if observed else None)
        assert line["missing"] == (payload.get("missing") if observed else None)
