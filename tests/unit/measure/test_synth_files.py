"""A suite is there as a whole or not at all, in files that can be read."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trimtab.errors import OutputError
from trimtab.measure.suites import load_suite
from trimtab.measure.synth_files import SuiteFiles
from trimtab.policy import SuiteSpec

HEAD = {"about": "Made up.", "score": "planted-leak"}


def line(number):
    row = {"id": str(number), "prompt": f"Question {number}?", "expect": {"canary": [f"MARK-{number}"]}}
    return json.dumps(row).encode()


def finished(files):
    return files.finish(head=HEAD, manifest={"counts": {"cases": len(files)}}, page="<p>page</p>")


def test_what_is_written_is_a_suite(tmp_path):
    files = SuiteFiles(tmp_path / "a.jsonl")
    for number in range(50):
        files.write(line(number))
    assert list(tmp_path.glob("a*")) == []  # nothing is in sight before the end
    paths = finished(files)
    assert {path.name for path in paths} == {"a.jsonl", "a.yaml", "a.coverage.html", "a.manifest.json"}
    assert set(tmp_path.iterdir()) == set(paths)
    manifest = json.loads((tmp_path / "a.manifest.json").read_text())
    (told,) = manifest["files"]
    data = (tmp_path / "a.jsonl").read_bytes()
    assert told == {"name": "a.jsonl", "digest": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data), "cases": 50}  # fmt: skip
    head = b""
    for one in data.splitlines():
        head = hashlib.sha256((head or hashlib.sha256(b"").digest()) + hashlib.sha256(one).digest()).digest()
    assert manifest["lineage"] == f"sha256:{head.hex()}"
    assert len(load_suite("a", SuiteSpec(file="a.yaml"), base=tmp_path).cases) == 50


def test_a_file_that_would_be_too_large_to_read_goes_on_in_another(tmp_path):
    files = SuiteFiles(tmp_path / "a.jsonl", most_bytes=500, most_cases=4)
    for number in range(11):
        files.write(line(number))
    finished(files)
    manifest = json.loads((tmp_path / "a.manifest.json").read_text())
    assert [one["name"] for one in manifest["files"]] == ["a.jsonl", "a-2.jsonl", "a-3.jsonl"]
    assert all(one["bytes"] <= 500 and one["cases"] <= 4 for one in manifest["files"])
    loaded = [load_suite(n, SuiteSpec(file=f"{n}.yaml"), base=tmp_path).cases for n in ("a", "a-2", "a-3")]
    assert sorted(case.id for cases in loaded for case in cases) == sorted(map(str, range(11)))


def test_what_is_abandoned_leaves_nothing_and_spoils_nothing(tmp_path):
    first = SuiteFiles(tmp_path / "a.jsonl")
    first.write(line(1))
    finished(first)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    second = SuiteFiles(tmp_path / "a.jsonl")
    second.write(line(2))
    second.abandon()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_two_cannot_write_the_same(tmp_path):
    first = SuiteFiles(tmp_path / "a.jsonl")
    first.write(line(1))
    second = SuiteFiles(tmp_path / "a.jsonl")
    with pytest.raises(OutputError, match="another process"):
        second.write(line(2))
    (tmp_path / ".a.yaml.part").write_text("of the first")
    second.abandon()
    assert {path.name for path in tmp_path.iterdir()} == {".a.jsonl.part", ".a.yaml.part"}
    finished(first)
    assert (tmp_path / "a.jsonl").read_bytes() == line(1) + b"\n"


FULL = """
import resource, signal, sys
from pathlib import Path
from trimtab.errors import OutputError
from trimtab.measure.synth_files import SuiteFiles
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
files = SuiteFiles(Path(sys.argv[1]))
try:
    for number in range(100_000):
        files.write(b'{"prompt": "x"}')
except OutputError as error:
    files.abandon()
    print(error)
"""


def test_a_full_disk_is_said_so_and_leaves_nothing(tmp_path):
    command = [sys.executable, "-c", FULL, str(tmp_path / "a.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "TT605" in done.stdout
    assert "cannot be written" in done.stdout
    assert "Nothing was kept" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match=r"a\.jsonl"):
        SuiteFiles(tmp_path / "a.jsonl").write(line(1))


def test_a_path_below_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=str(Path("file") / "a.jsonl")):
        SuiteFiles(tmp_path / "file" / "a.jsonl").write(line(1))
