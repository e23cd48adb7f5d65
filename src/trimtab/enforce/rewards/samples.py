"""Rows of data sets as prompts and completions, in the formats of TRL and OpenAI.

What counts as the completion is all that a model would learn to say: of a conversation everything that the assistant
says, since trainers learn from every turn of it.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Side = Literal["completion", "chosen", "rejected"]


class NoSampleError(ValueError):
    """A row is no sample. Its text says why and holds nothing of the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a data set keeps things, where it does not call them as TRL or OpenAI do; empty for the usual names."""

    prompt: str = ""
    completion: str = ""
    chosen: str = ""
    rejected: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A prompt, and what answers it: one completion, or the better and the worse of a pair."""

    prompt: object
    sides: tuple[tuple[Side, object], ...]

    @property
    def paired(self) -> bool:
        """Whether one completion is preferred to another."""
        return len(self.sides) == 2


_USUAL = Columns()


def sample_of(row: Mapping[str, Any], columns: Columns = _USUAL) -> Sample:
    """The sample in a row.

    Read are, in this order: the columns named; OpenAI's preferences (`input`, `preferred_output`,
    `non_preferred_output`); TRL's (`prompt`, `chosen`, `rejected`, or without a prompt, which is then what both begin
    with); `prompt` and `completion`; `messages`, as TRL and OpenAI's fine-tuning have them.

    Raises:
        NoSampleError: The row has none of these, or a column holds neither a text nor messages.
    """
    if columns.completion or (columns.prompt and not columns.chosen):
        return _single(row, columns.prompt or "prompt", columns.completion or "completion")
    if columns.chosen or columns.rejected or columns.prompt:
        names = columns.prompt or "prompt", columns.chosen or "chosen", columns.rejected or "rejected"
        return _pair(*(_said(row, name) for name in names))
    if "preferred_output" in row or "non_preferred_output" in row:
        given = row.get("input")
        prompt = given.get("messages") if isinstance(given, Mapping) else None
        if not _is_said(prompt):
            raise NoSampleError("input.messages holds no messages")
        return _pair(prompt, _said(row, "preferred_output"), _said(row, "non_preferred_output"))
    if "chosen" in row or "rejected" in row:
        chosen, rejected = _said(row, "chosen"), _said(row, "rejected")
        if row.get("prompt") is not None:
            return _pair(_said(row, "prompt"), chosen, rejected)
        return _without_prompt(chosen, rejected)
    if "completion" in row:
        return _single(row, "prompt", "completion")
    if "messages" in row:
        return _conversation(_said(row, "messages"))
    raise NoSampleError("has neither prompt and completion, nor messages, nor chosen and rejected")


def turned(row: Mapping[str, Any], columns: Columns = _USUAL) -> dict[str, Any]:
    """A row of a pair the other way round: whatever is of the chosen is of the rejected, and the reverse."""
    named = {columns.chosen or "chosen": columns.rejected or "rejected", "preferred_output": "non_preferred_output"}
    turn = named | {other: name for name, other in named.items()}
    other = {name: turn.get(name) or _other(name) for name in row}
    return {name: row.get(other[name], value) for name, value in row.items()}


def _other(name: str) -> str:
    turn = {"chosen": "rejected", "rejected": "chosen"}
    return "_".join(turn.get(part, part) for part in name.split("_"))  # as in score_chosen, chosen_rating


def _single(row: Mapping[str, Any], prompt: str, completion: str) -> Sample:
    return Sample(_said(row, prompt), (("completion", _said(row, completion)),))


def _pair(prompt: object, chosen: object, rejected: object) -> Sample:
    return Sample(prompt, (("chosen", chosen), ("rejected", rejected)))


def _said(row: Mapping[str, Any], name: str) -> object:
    if name not in row:
        raise NoSampleError(f"has no {name}")
    if not _is_said(row[name]):
        raise NoSampleError(f"{name} holds neither a text nor messages")
    return row[name]


def _is_said(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, Sequence) and len(value) > 0 and all(isinstance(one, Mapping) for one in value)
    )


def _conversation(messages: object) -> Sample:
    if isinstance(messages, str):
        raise NoSampleError("messages is a text")
    assert isinstance(messages, Sequence)
    first = next((at for at, one in enumerate(messages) if one.get("role") == "assistant"), None)
    if first is None:
        raise NoSampleError("messages holds nothing that the assistant says")
    return Sample(list(messages[:first]), (("completion", list(messages[first:])),))


def _without_prompt(chosen: object, rejected: object) -> Sample:
    """As TRL has it: the prompt is what both begin with, in whole messages or in whole words."""
    if isinstance(chosen, str) and isinstance(rejected, str):
        same = os.path.commonprefix([chosen, rejected])  # noqa: RUF071  # of texts, and no paths
        cut = max(same.rfind(" "), 0)  # TRL cuts within words; half an address would be none
        return _pair(chosen[:cut], chosen[cut:], rejected[cut:])
    if isinstance(chosen, str) or isinstance(rejected, str):
        raise NoSampleError("chosen and rejected are not of one kind")
    assert isinstance(chosen, Sequence)
    assert isinstance(rejected, Sequence)
    shared = 0
    while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
        shared += 1
    return _pair(list(chosen[:shared]), list(chosen[shared:]), list(rejected[shared:]))
