"""Which preference pairs teach what a policy wants, and which rows are examples of what is wanted and what is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trimtab.enforce.rewards.samples import Sample
from trimtab.enforce.rewards.texts import completion_text, prompt_messages
from trimtab.workspace.score_rows import Looked

MARGIN = 0.05
"""By how much the better of two safe completions must be better: about half a step of a score of one to ten."""

_LAST_WORDS = 200  # of a prompt, that tell pairs apart: a long one that many share would make all of them alike

REASONS = (
    "unread",
    "no-pair",
    "unchecked",
    "same",
    "both-unsafe",
    "chosen-unsafe",
    "wrong-way",
    "too-close",
    "no-difference",
    "costly",
    "length",
    "near-duplicate",
)
"""Why a pair is dropped, in the order in which it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRules:
    """What is asked of a pair.

    `margin` is the least difference of rewards between two safe completions; across the tiers there is more of it
    than any margin asks. With `ties`, two safe completions of equal reward stay as they are: whoever preferred one has
    said more than the reward can. `flip` turns what is the wrong way round. `length_ratio` bounds the words of the
    longer over those of the shorter; `alike` is the Jaccard overlap from which on two pairs are one. `kto` asks for
    single examples with a label.
    """

    margin: float = MARGIN
    ties: bool = True
    flip: bool = False
    length_ratio: float | None = None
    alike: float = 0.8
    kto: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a row: a reason to drop it, or none; whether it is turned; the label of a single example."""

    reason: str = ""
    turned: bool = False
    label: bool = True


def judge_pair(rules: PairRules, looked: Looked, chosen: int, words: tuple[int, int], *, same: bool) -> Judged:
    """A pair whose chosen completion has this place among those looked at, and whose rejected one has the next."""
    rejected = chosen + 1
    bad, worse = bool(looked.unsafe[chosen]), bool(looked.unsafe[rejected])
    if looked.errors[chosen] or looked.errors[rejected]:
        return Judged("unchecked")
    if same:
        return Judged("same")
    if bad and worse:
        return Judged("both-unsafe")
    found = Judged()
    if bad or worse:
        found = Judged("" if worse or rules.flip else "chosen-unsafe", turned=bad)
    else:
        better = float(looked.reward[chosen] - looked.reward[rejected])
        if better == 0.0 and not rules.ties:
            return Judged("no-difference")
        if 0.0 < abs(better) < rules.margin:
            return Judged("too-close")
        if better < 0.0:
            found = Judged("" if rules.flip else "wrong-way", turned=True)
    if not found.reason and rules.length_ratio and max(words) > rules.length_ratio * max(min(words), 1):
        return Judged("length")
    return found


def judge_single(rules: PairRules, looked: Looked, one: int, label: object) -> Judged:
    """An example that may have a label already: whoever gave it can call a safe completion bad, but no unsafe one good.

    Without a label what is safe is wanted, unless half of a soft cost or more counts against it.
    """
    if looked.errors[one]:
        return Judged("unchecked")
    unsafe = bool(looked.unsafe[one])
    if isinstance(label, bool):
        if label and unsafe:
            return Judged("" if rules.flip else "wrong-way", turned=True, label=False)
        return Judged(label=label)
    if not unsafe and bool(np.any(looked.costs[one] >= 0.5)):
        return Judged("costly")
    return Judged(label=not unsafe)


def texts_of(sample: Sample) -> list[str]:
    """What each side of a sample says."""
    return [completion_text(said) or "" for _, said in sample.sides]


def likeness_text(sample: Sample, said: Sequence[str]) -> str:
    """What tells a sample from others: the end of the last message of its prompt, and its completions."""
    last = prompt_messages(sample.prompt)[-1].content.split()
    return " ".join([*last[-_LAST_WORDS:], *said])


def examples_of(sample: Sample, judged: Judged) -> list[dict[str, Any]]:
    """Rows for KTO: prompt, completion and whether it is wanted."""
    if not sample.paired:
        return [{"prompt": sample.prompt, "completion": sample.sides[0][1], "label": judged.label}]
    wanted = (False, True) if judged.turned else (True, False)
    return [
        {"prompt": sample.prompt, "completion": said, "label": label}
        for (_, said), label in zip(sample.sides, wanted, strict=True)
    ]
