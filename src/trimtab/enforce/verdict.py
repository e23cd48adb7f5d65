"""What is said of a draft, thing by thing, and which of two drafts is the better one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kept(StrEnum):
    """Whether a draft keeps a principle. What could not be seen counts as broken."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a draft keeps one principle, or one demand of a guard.

    `text` says what is asked, in words for whoever revises. `severity` is in (0, 1]; `why` says in a few words why
    nothing could be seen, and never quotes the draft.
    """

    name: str
    kept: Kept
    text: str
    hard: bool = True
    severity: float = 1.0
    why: str = ""

    def __post_init__(self) -> None:
        if not 0.0 < self.severity <= 1.0:
            raise ValueError(f"severity {self.severity} is outside (0, 1]")

    @property
    def broken(self) -> bool:
        """Whether it is broken, or could not be seen to be kept."""
        return self.kept is not Kept.KEPT


Rank = tuple[float, float, float]
"""How bad a draft is, compared in this order: the worst hard severity, the sum of them, the sum of the soft ones."""


def rank(verdicts: Sequence[Verdict]) -> Rank:
    """How bad a draft is; (0, 0, 0) keeps everything, and without a single verdict it is as bad as can be."""
    if not verdicts:
        return (float("inf"),) * 3
    hard = [one.severity for one in verdicts if one.hard and one.broken]
    return max(hard, default=0.0), sum(hard), sum(one.severity for one in verdicts if one.broken and not one.hard)


def acceptable(verdicts: Sequence[Verdict]) -> bool:
    """Whether no hard principle is broken; False where there is no verdict at all."""
    return bool(verdicts) and not any(one.hard and one.broken for one in verdicts)


def better(original: Sequence[Verdict], revised: Sequence[Verdict]) -> bool:
    """Whether the second draft is less bad than the first, by what was said of each."""
    return rank(revised) < rank(original)
