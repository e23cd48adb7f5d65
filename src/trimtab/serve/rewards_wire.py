"""What the reward server is asked and answers, in JSON: OpenRLHF's contract, and one of our own with verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trimtab.enforce.places import UnreadableError
from trimtab.enforce.rewards import Counts, Standing
from trimtab.enforce.rewards.columns import TAKEN
from trimtab.enforce.rewards.openrlhf import columns_of, completion_of

_LONGEST = 65536  # completions of one request


@dataclass(frozen=True, slots=True)
class Row:
    """A completion to be scored. `completion` is None where it cannot be told from its prompt."""

    prompt: object
    completion: object
    columns: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not TAKEN.isdisjoint(self.columns):
            raise UnreadableError("`prompts` and `completions` are no names of columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a completion is worth. `error` is whether it could not be looked at."""

    reward: float
    unsafe: bool
    severity: float
    verdict: str
    error: bool


def openrlhf_rows(body: Mapping[str, Any], end: Sequence[str]) -> list[Row]:
    """The rows of OpenRLHF's `{"query", "prompts", "labels"}`.

    Raises:
        UnreadableError: It is not of that form.
    """
    queries, prompts = _texts(body, "query"), _texts(body, "prompts")
    labels = body.get("labels")
    if labels is not None and not isinstance(labels, list):
        raise UnreadableError("`labels` is no list")
    _as_many(queries, prompts, labels if labels is not None else queries)
    completions = [completion_of(query, prompt, end=end) for query, prompt in zip(queries, prompts, strict=True)]
    columns = columns_of(labels, len(queries))
    return [Row(*row) for row in zip(prompts, completions, columns, strict=True)]


def score_rows(body: Mapping[str, Any]) -> list[Row]:
    """The rows of `{"prompts", "completions", "columns"}`; prompts and completions are texts or lists of messages.

    Raises:
        UnreadableError: It is not of that form.
    """
    if unknown := set(body) - {"prompts", "completions", "columns"}:
        raise UnreadableError(f"{len(unknown)} keys are unknown; there are prompts, completions, columns")
    prompts, completions = body.get("prompts"), body.get("completions")
    columns = body.get("columns") or {}
    if not isinstance(prompts, list) or not isinstance(completions, list) or not isinstance(columns, dict):
        raise UnreadableError("`prompts` and `completions` are lists, and `columns` an object")
    if not all(isinstance(values, list) for values in columns.values()):
        raise UnreadableError("a column is no list")
    _as_many(prompts, completions, *columns.values())
    rows = ({name: values[place] for name, values in columns.items()} for place in range(len(prompts)))
    return [Row(*row) for row in zip(prompts, completions, rows, strict=True)]


def openrlhf_answer(worths: Sequence[Worth]) -> dict[str, Any]:
    """Rewards, scores in [0, 1] for dynamic filtering, and what is to be logged; a list of each, as many as asked."""
    rewards = [worth.reward for worth in worths]
    logs = {
        "trimtab_unsafe": [float(worth.unsafe) for worth in worths],
        "trimtab_severity": [worth.severity for worth in worths],
        "trimtab_error": [float(worth.error) for worth in worths],
    }
    return {"rewards": rewards, "scores": [(reward + 1.0) / 2.0 for reward in rewards], "extra_logs": logs}


def score_answer(worths: Sequence[Worth]) -> dict[str, Any]:
    """Rewards and verdicts, as many as asked."""
    return {
        "rewards": [worth.reward for worth in worths],
        "verdicts": [worth.verdict for worth in worths],
        "unsafe": [worth.unsafe for worth in worths],
        "severity": [worth.severity for worth in worths],
        "errors": [worth.error for worth in worths],
    }


def told_counts(body: Mapping[str, Any], hard: int, soft: int) -> Counts:
    """The counts of `{"counts"}`.

    Raises:
        UnreadableError: They are none, or of another reward.
    """
    try:
        counts = Counts.from_payload(body["counts"])
    except (ValueError, KeyError, TypeError):
        raise UnreadableError("these are no counts of a reward") from None
    if not counts.fits(hard, soft):
        raise UnreadableError("these are counts of another reward")
    return counts


def told_step(body: Mapping[str, Any]) -> int:
    """The step of `{"step"}`.

    Raises:
        UnreadableError: It is none.
    """
    step = body.get("step")
    if type(step) is not int or step < 1:
        raise UnreadableError("`step` is a number from 1 on")
    return step


def told_standing(body: Mapping[str, Any]) -> Standing:
    """The standing of `{"standing"}`.

    Raises:
        UnreadableError: It is none.
    """
    try:
        return Standing.from_payload(body["standing"])
    except (ValueError, KeyError, TypeError):
        raise UnreadableError("this is no state of a reward") from None


def _texts(body: Mapping[str, Any], key: str) -> list[str]:
    values = body.get(key)
    values = [values] if isinstance(values, str) else values
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise UnreadableError(f"`{key}` is no list of texts")
    return values


def _as_many(*lists: Sequence[object]) -> None:
    lengths = set(map(len, lists))
    if len(lengths) != 1:
        raise UnreadableError("the lists are not of one length")
    if not 0 < len(lists[0]) <= _LONGEST:
        raise UnreadableError(f"a request has between 1 and {_LONGEST:,} completions")
