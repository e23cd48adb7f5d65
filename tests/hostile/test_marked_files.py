"""Files of marks that strangers wrote: each is refused with its mistakes, none breaks anything or is quoted."""

import pytest

from trimtab.errors import PolicyError
from trimtab.workspace.calibrate import calibrate_detector, read_answers
from trimtab.workspace.watch import watch

CONTENTS = {
    "empty": b"",
    "binary": b"\x00\x01\x02\x80\xff" * 200,
    "UTF-16": b"\xff\xfe{\x00",
    "one huge line": b"x" * (2 << 20),
    "deep": b"[" * 100_000,
    "a list": b"[1, 2]\n",
    "NaN": b'{"confidence": NaN, "correct": 1, "score": NaN, "bad": 1, "step": 1, "proxy": NaN, "gold": 1}\n',
    "infinite": b'{"confidence": 1e999, "correct": 1, "score": 1e999, "bad": 1, "step": 1, "proxy": 1e999, "gold": 1}\n',
    "twice": b'{"confidence": 0.1, "confidence": 0.2, "correct": 1}\n',
    "a secret": b'{"confidence": "marolin-4827", "correct": "marolin-4827", "score": "marolin-4827", "bad": "marolin-4827"}\n',
    "objects": b'{"confidence": {"a": 1}, "correct": [1], "score": [0.1], "bad": {}, "step": 1, "proxy": {}, "gold": []}\n',
    "booleans": b'{"confidence": true, "correct": 1, "score": true, "bad": 1, "step": 1, "proxy": true, "gold": false}\n',
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
@pytest.mark.parametrize(
    "read",
    [
        read_answers,
        lambda path: calibrate_detector(path, misses=0.1),
        lambda path: watch(path, gap=0.1, better="higher"),
    ],
    ids=["answers", "detector", "steps"],
)
def test_it_is_refused_with_its_mistakes_and_not_quoted(tmp_path, name, suffix, read):
    path = tmp_path / f"file{suffix}"
    path.write_bytes(CONTENTS[name])
    with pytest.raises(PolicyError) as caught:
        read(path)
    assert "marolin" not in str(caught.value)


@pytest.mark.parametrize("read", [read_answers, lambda path: watch(path, gap=0.1, better="lower")])
def test_a_folder_and_a_missing_file_are_refused(tmp_path, read):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(PolicyError):
            read(path)
