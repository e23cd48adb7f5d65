"""A log of Inspect: values as its metrics take them, epochs as one unit, and archives that bite."""

import json
import struct
import tracemalloc
import zlib

import pytest

from trimtab.measure.imports import read_results
from trimtab.measure.notes import MAX_FILE

FILES = ["inspect-zstd.eval", "inspect-deflate.eval", "inspect.json"]
DEFLATE, STORED = 8, 0
BOMB = -8  # packed already


def packed(path, entries, *, size=None, flags=0, extra=()):
    """A ZIP archive, byte by byte, so that it can say what is not so."""
    body, directory, count = b"", b"", 0
    for name, data, method in [*entries, *extra]:
        shrunk = data
        if method == DEFLATE:
            tool = zlib.compressobj(9, zlib.DEFLATED, -15)
            shrunk = tool.compress(data) + tool.flush()
        said, sum_ = len(data) if size is None else size, zlib.crc32(data)
        fields = (20, flags, abs(method), 0, 0x5A21, sum_, len(shrunk), said, len(name), 0)
        directory += struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *fields, 0, 0, 0, 0, len(body)) + name.encode()
        body += struct.pack("<4s5H3I2H", b"PK\3\4", *fields) + name.encode() + shrunk
        count += 1
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    path.write_bytes(body + directory + end)
    return path


@pytest.fixture
def parts(data):
    log = json.loads((data / "inspect.json").read_text(encoding="utf-8"))
    samples = log.pop("samples")
    return {"header.json": log, "summaries.json": samples}


@pytest.fixture
def log(tmp_path):
    def log(parts, **given):
        entries = [(name, json.dumps(value).encode(), DEFLATE) for name, value in parts.items()]
        return packed(tmp_path / "a.eval", entries, **given)

    return log


@pytest.mark.parametrize("name", FILES)
def test_every_epoch_is_a_result_and_a_sample_is_the_unit(name, data, counted):
    found = read_results("inspect", data / name)
    assert (found.tool, found.version, found.model, found.ran[:10]) == (
        "inspect",
        "0.3.285",
        "mockllm/model",
        "2026-11-29",
    )
    assert counted(found) == {
        "includes": ({1.0: 8, 0.0: 2, "sample-error": 2}, 6),
        "match": ({1.0: 8, 0.0: 2, "sample-error": 2}, 6),
        "two_parts/grade": ({0.25: 8, "no-score": 2, "sample-error": 2}, 6),
        "two_parts/short": ({1.0: 8, "no-score": 2, "sample-error": 2}, 6),
    }


@pytest.mark.parametrize(
    ("value", "becomes"),
    [("C", 1.0), ("I", 0.0), ("P", 0.5), ("yes", 1.0), ("False", 0.0), (True, 1.0), (3, 3.0), ("0.75", 0.75), ("N", "no-answer"),
     ("what a nice day", "not-a-number"), (float("nan"), "unscored"), (float("inf"), "unscored"), (10**400, "unscored"), (None, "unscored"),
     ([1, 2], "unscored"), ("nan", "unscored")],
)  # fmt: skip
def test_a_value_is_what_inspect_takes_it_for_and_unknown_is_not_0(value, becomes, parts, log, counted):
    for sample in parts["summaries.json"]:
        sample["scores"], sample["error"] = {"match": {"value": value}}, None
    parts["summaries.json"][0]["scores"]["match"]["value"] = "C"  # one at least is scored
    found, _ = counted(read_results("inspect", log(parts)))["match"]
    assert found[becomes] == (12 if becomes == 1.0 else 11)


def test_a_cluster_in_the_metadata_is_the_unit(parts, log, counted):
    for sample in parts["summaries.json"]:
        sample["metadata"] = {"cluster": "one template"}
    assert counted(read_results("inspect", log(parts)))["match"][1] == 1


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([(("status",), "error")], 'is not "success"'),
        ([(("status",), "cancelled")], 'is not "success"'),
        ([(("status",), "started")], 'is not "success"'),
        ([(("version",), 1)], "version: is not 2"),
        ([(("version",), True)], "version: is not 2"),
        ([(("invalidated",), True)], "somebody took it back"),
        ([(("eval",), ...)], "is no log of Inspect"),
        ([(("samples",), ...)], "samples: is missing"),
        ([(("samples", 3), ...)], "are 11, and the log speaks of 12"),
        (
            [(("samples", 1, "id"), 1), (("samples", 1, "epoch"), 1)],
            "gives includes of case word_by_the_door/1/1 twice",
        ),
        ([(("samples", 0, "id"), None)], "must be a text or a whole number"),
        ([(("samples", 0, "epoch"), "x")], "must be a whole number"),
    ],
)
def test_a_log_that_is_not_whole_is_refused(steps, says, changed, told):
    assert says in "\n".join(told("inspect", changed("inspect.json", *steps)))


def test_a_log_of_a_run_that_was_killed_is_refused(log, parts, told):
    assert "did not end" in told("inspect", log({"_journal/start.json": parts["header.json"]}))[0]


def test_another_archive_is_refused(log, told):
    assert "is no log of Inspect" in told("inspect", log({"word/document.xml": 1}))[0]


@pytest.fixture
def little():
    """Nothing in the test takes much memory, and so no bomb went off."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.usefixtures("little")
def test_a_bomb_does_not_go_off(tmp_path, parts, told):
    head = json.dumps(parts["header.json"]).encode()
    shrink = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(shrink.compress(b" " * 1_000_000) for _ in range(100)) + shrink.flush()
    path = packed(tmp_path / "a.eval", [("header.json", head, DEFLATE), ("summaries.json", bomb, BOMB)], size=len(head))
    assert path.stat().st_size < 200_000
    assert "does not unpack to what the archive says" in told("inspect", path)[0]
    path = packed(tmp_path / "b.eval", [("header.json", head, DEFLATE)], size=MAX_FILE + 1)
    assert "is larger than" in told("inspect", path)[0]


@pytest.mark.usefixtures("little")
def test_a_zstandard_bomb_does_not_go_off(tmp_path, parts, told):
    zstandard = pytest.importorskip("zstandard")
    packer = zstandard.ZstdCompressor().compressobj()
    small = b"".join(packer.compress(b" " * 1_000_000) for _ in range(500)) + packer.flush()
    assert len(small) < 200_000
    body = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 93, 0, 0, 1, len(small), 5, 11, 0) + b"header.json" + small
    directory = (
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 93, 0, 0, 1, len(small), 5, 11, 0, 0, 0, 0, 0, 0)
        + b"header.json"
    )
    path = tmp_path / "a.eval"
    path.write_bytes(body + directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(body), 0))
    assert "does not unpack to what the archive says" in told("inspect", path)[0]


@pytest.mark.parametrize(
    ("given", "says"), [({"flags": 1}, "is encrypted"), ({"size": 3}, "does not unpack to what the archive says")]
)
def test_an_archive_that_lies_is_refused(given, says, log, parts, told):
    assert says in told("inspect", log(parts, **given))[0]


def test_a_part_that_is_there_twice_is_refused(log, parts, told):
    again = [("header.json", json.dumps(parts["header.json"]).encode(), STORED)]
    assert "is there twice" in "\n".join(told("inspect", log(parts, extra=again)))


def test_an_unknown_packing_is_refused(tmp_path, told):
    path = packed(tmp_path / "a.eval", [("header.json", b"{}", 12)])
    assert "does not unpack" in told("inspect", path)[0]


def test_every_flipped_byte_is_read_the_same_or_refused(data, tmp_path):
    from trimtab.errors import PolicyError

    whole = (data / "inspect-deflate.eval").read_bytes()
    good = read_results("inspect", data / "inspect-deflate.eval").found
    refused = 0
    for place in range(0, len(whole), 7):
        path = tmp_path / "a.eval"
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            assert read_results("inspect", path).found == good
        except PolicyError:
            refused += 1
    assert refused > len(whole) / 7 / 2


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ((("results",), None), "results.total_samples: is missing"),
        ((("results",), {}), "results.total_samples: is missing"),
        ((("results", "total_samples"), 100.0), "results.total_samples: must be a whole number"),
        ((("results", "total_samples"), True), "results.total_samples: must be a whole number"),
    ],
)
def test_without_a_count_of_its_samples_nobody_knows_whether_a_log_was_cut(step, says, changed, told):
    assert says in told("inspect", changed("inspect.json", step))[0]
