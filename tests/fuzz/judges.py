"""Any answer of a judge: a verdict that it gives in so many words, or none; never harmless by mistake."""

import json
from typing import Any

from trimtab.builtin.detectors.judges.llama_guard import read_codes
from trimtab.builtin.detectors.judges.llm import read_verdict
from trimtab.builtin.detectors.judges.moderation import CATEGORIES, ModerationJudge
from trimtab.errors import CallError

_LABELS = ("harm.toxicity", "attack.injection")
_WORD = "T-41"
_GOOD: list[Any] = [
    {"ticket": _WORD, "verdicts": dict.fromkeys(_LABELS, "no")},
    {"ticket": _WORD, "verdicts": {_LABELS[0]: "yes", _LABELS[1]: "unclear"}},
    {"results": [{"flagged": False, "categories": dict.fromkeys(CATEGORIES, False), "category_scores": {"hate": 0.1}}]},
    {"results": [{"flagged": True, "categories": {"hate": True}, "category_scores": {"hate": 0.9}}]},
]
_WORDS = (
    b"safe",
    b"unsafe",
    b"\nS1",
    b"S1, S10",
    b"```json\n",
    b"\n```",
    b"<think>",
    b"</think>",
    b"null",
    b"NaN",
    b"1e999",
)
_MODERATION = ModerationJudge(url="http://127.0.0.1:9", thresholds={"hate": 0.5})


def check(data: bytes) -> None:
    """Raises AssertionError when an answer of these bytes breaks a promise."""
    answer = _answer(data)
    text = answer.decode("utf-8", "replace")
    if (labels := _or_none(lambda: read_verdict(text, _LABELS, _WORD))) is not None:
        assert set(labels) <= set(_LABELS)
        assert _WORD in text
        for label in _LABELS:
            assert label in text
        assert labels or "yes" not in text.split("</think>")[-1]
    if (codes := _or_none(lambda: read_codes(text))) is not None:
        assert codes or text.split() == ["safe"]
    if (found := _or_none(lambda: _MODERATION._read(answer))) is not None:
        assert all(0.5 <= sure <= 1.0 for _, sure in found)
        result = json.loads(answer)["results"][0]
        if not found:
            assert result["flagged"] is False or result["categories"].get("hate")  # which has a threshold of its own
            assert not any(result["categories"].get(name) for name in result["categories"] if name != "hate")
            assert 0.0 <= result["category_scores"]["hate"] < 0.5


def _or_none(read: Any) -> Any:
    try:
        return read()
    except CallError:
        return None


def _answer(data: bytes) -> bytes:
    """A good answer with a few bytes of it put in another's place, or words of answers and bytes in a row."""
    if len(data) < 3:
        return data
    if data[0] & 0x80:
        return b"".join(_WORDS[byte % len(_WORDS)] if byte & 0x80 else bytes([byte]) for byte in data[1:])
    good = json.dumps(_GOOD[data[0] % len(_GOOD)]).encode()
    at = int.from_bytes(data[1:3], "big") % len(good)
    return good[:at] + data[4:] + good[at + (data[3] % 12 if len(data) > 3 else 0) :]
