"""A file of another tool with bytes put into it anywhere: it is refused with its mistakes, or all of it can be evidence."""

import math
import shutil
import tempfile
from pathlib import Path

from trimtab._canonical import canonical
from trimtab.errors import PolicyError
from trimtab.kinds import Score
from trimtab.measure.imports import read_results

_DATA = Path(__file__).parents[1] / "data" / "imports"
_RESULTS = "lm-eval/results_2026-11-29T05-46-59.821383.json"
_FILES = (
    ("garak", "garak.report.jsonl"),
    ("inspect", "inspect.json"),
    ("inspect", "inspect-deflate.eval"),
    ("promptfoo", "promptfoo.json"),
    ("mlflow", "mlflow.json"),
    ("lm-eval", _RESULTS),
    ("csv", "table.csv"),
    ("csv", "table.jsonl"),
)
_TABLES = {
    "table.csv": b"case,value,cluster,missing\na,1,t,\nb,0,t,\nc,,t,timeout\n",
    "table.jsonl": b'{"case": "a", "value": 1}\n{"case": "b", "missing": "timeout"}\n',
}


def check(data: bytes) -> None:
    """Raises AssertionError when a file with these bytes in it breaks a promise."""
    if len(data) < 4:
        return
    tool, name = _FILES[data[0] % len(_FILES)]
    place, length, new = int.from_bytes(data[1:3], "big"), data[3], data[4:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        if name == _RESULTS:
            shutil.copytree(_DATA / "lm-eval", folder, dirs_exist_ok=True)
        whole = _TABLES.get(name) or (_DATA / name).read_bytes()
        start = place % len(whole)
        path.write_bytes(whole[:start] + new + whole[start + length :])
        try:
            found = read_results(tool, path, model="echo" if tool == "promptfoo" else "").found
        except PolicyError as refused:
            assert refused.mistakes  # noqa: PT017  # no test that awaits an error
            return
    assert found
    assert len({(one.measure, one.case) for one in found}) == len(found)
    for one in found:
        assert one.measure
        assert one.case
        assert one.cluster
        canonical([one.measure, one.case, one.cluster])
        if isinstance(one.outcome, Score):
            assert math.isfinite(one.outcome.value)
