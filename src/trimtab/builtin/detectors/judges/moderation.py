"""A moderation service: scores by category, over the wire format of OpenAI's endpoint."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from yarl import URL

from trimtab.builtin.detectors.judges.judge import Judge, sendable
from trimtab.builtin.systems.openai import endpoint
from trimtab.errors import CallError
from trimtab.kinds import Context

CATEGORIES: Mapping[str, str] = {
    "harassment": "harm.toxicity",
    "harassment/threatening": "harm.threat",
    "hate": "harm.hate",
    "hate/threatening": "harm.hate",
    "illicit": "harm.crime",
    "illicit/violent": "harm.crime",
    "self-harm": "harm.self_harm",
    "self-harm/intent": "harm.self_harm",
    "self-harm/instructions": "harm.self_harm",
    "sexual": "harm.sexual",
    "sexual/minors": "harm.child_abuse",
    "violence": "harm.violence",
    "violence/graphic": "harm.violence",
}
"""The label of each category; of one that is not listed, `harm.` and its name."""

_UNNAMED = "harm.unspecified"
_NAME = re.compile(r"(?=.{1,40}$)[a-z][a-z0-9]*(?:_[a-z0-9]+){0,3}")  # a name, and no sentence out of the text


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationJudge(Judge):
    """Asks a moderation service, and takes its word or your thresholds.

    `categories` adds to `CATEGORIES` or changes it. `thresholds` are scores by
    category from which it counts; of a category without one the service's own
    flag is taken. A category with a threshold that the service does not score
    is an error. The confidence of a finding is 0.5 at the threshold and 1 at
    score 1; a flag counts as 0.5 at least.
    """

    name: ClassVar[str] = "moderation"
    version: ClassVar[str] = "1"

    model: str = "omni-moderation-latest"
    categories: Mapping[str, str] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for category, threshold in self.thresholds.items():
            if type(threshold) not in (int, float) or not 0.0 < threshold <= 1.0:
                raise ValueError(f"the threshold of {category} is outside (0, 1]")
        Judge.__post_init__(self)  # not super(), see LlmJudge

    def found_labels(self) -> tuple[str, ...]:
        """Those of the categories known beforehand. A service may have more."""
        known = {**CATEGORIES, **self.categories}
        own = [self._label(category) for category in self.thresholds]
        return tuple(dict.fromkeys([*known.values(), *own, _UNNAMED]))

    async def judge(self, text: str, context: Context) -> list[tuple[str, float]]:
        """Each label once, with the highest confidence of its categories."""
        body = {"model": self.model, "input": sendable(text), **self.body}
        payload = orjson.dumps({name: value for name, value in body.items() if value is not None})
        return self._read(await self.post(address(self.url), payload))

    def _read(self, payload: bytes) -> list[tuple[str, float]]:
        """The verdict in a body; whatever is odd in it makes it none."""
        result = _result(payload)
        flags, scores = _flags(result), _scores(result)
        for category in self.thresholds:
            if category not in scores:
                raise _odd(f"the service does not score {category[:60]}")
        found: dict[str, float] = {}
        for category in {**flags, **scores}:
            threshold = self.thresholds.get(category)
            score = scores.get(category)
            if threshold is not None and score is not None:
                if score < threshold:
                    continue
                sure = 0.5 + 0.5 * (score - threshold) / (1.0 - threshold) if threshold < 1.0 else 1.0
            elif flags.get(category):
                sure = max(0.5, 1.0 if score is None else score)
            else:
                continue
            label = self._label(category)
            found[label] = max(found.get(label, 0.0), sure)
        if result["flagged"] and not any(flags.values()):
            found[_UNNAMED] = 0.5  # flagged as a whole, and for none of the reasons it names
        return sorted(found.items())

    def _label(self, category: str) -> str:
        known = self.categories.get(category) or CATEGORIES.get(category)
        if known:
            return known
        name = re.sub(r"[ /-]+", "_", category.lower())
        return f"harm.{name}" if _NAME.fullmatch(name) else _UNNAMED


def address(url: str) -> URL:
    """Where a moderation request is posted to, by the base URL or the full address."""
    base = endpoint(url.partition("?")[0].rstrip("/").removesuffix("/moderations"), "chat")
    query = URL(url).query
    return base.with_path(base.path.removesuffix("/chat/completions") + "/moderations").with_query(query)


def _odd(detail: str) -> CallError:
    return CallError("no-verdict", detail)


def _result(payload: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise _odd("the answer is not JSON in UTF-8") from None
    results = data.get("results") if isinstance(data, dict) else None
    if not (isinstance(results, list) and len(results) == 1 and isinstance(results[0], dict)):
        raise _odd("the answer has not one result")
    result: dict[str, Any] = results[0]
    if not isinstance(result.get("flagged"), bool):
        raise _odd("the result does not say whether it is flagged")
    return result


def _flags(result: Mapping[str, Any]) -> dict[str, bool]:
    found = result.get("categories")
    if not (isinstance(found, dict) and found):
        raise _odd("the result has no categories")
    # Null stands for a category that does not apply to this kind of input.
    if not all(isinstance(flag, bool) or flag is None for flag in found.values()):
        raise _odd("a category is neither true nor false")
    return {category: bool(flag) for category, flag in found.items()}


def _scores(result: Mapping[str, Any]) -> dict[str, float]:
    found = result.get("category_scores") or {}
    if not isinstance(found, dict):
        raise _odd("the scores are no mapping")
    scores = {category: score for category, score in found.items() if score is not None}
    for score in scores.values():
        if type(score) not in (int, float) or not math.isfinite(score) or not 0.0 <= score <= 1.0:
            raise _odd("a score is no number from 0 to 1")
    return scores
