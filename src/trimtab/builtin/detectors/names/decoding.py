"""From probabilities per token to findings: which tokens belong together, and how sure that is."""

from collections.abc import Sequence

import numpy as np

from trimtab.builtin.detectors.names.features import Token, folded
from trimtab.builtin.detectors.names.function_words import ALSO_NAMES, only_grammar
from trimtab.builtin.detectors.names.network import KINDS, Floats
from trimtab.kinds import Finding

GAP = 2  # tokens: a comma and a line break between two parts of an address
_ABBREVIATION = 4
_SURE = 0.8  # of a word that is a name and a function word
_ADDRESS = KINDS.index("address")


def spans(tokens: Sequence[Token], chances: Floats, least: float) -> list[tuple[int, int, int, float]]:
    """First and last token, kind and mean probability of that kind, of every run of tokens that is something.

    A token is something when the probability of "nothing" is at most 1 - `least`.
    """
    something = np.flatnonzero(chances[:, 0] <= 1.0 - least)
    if not something.size:
        return []
    picked = chances[something]
    by_kind = picked[:, 1::2] + picked[:, 2::2]
    kinds = by_kind.argmax(axis=1)
    at = np.arange(len(kinds))
    begins = picked[at, 1 + 2 * kinds] > picked[at, 2 + 2 * kinds]
    sure = by_kind[at, kinds]
    # Where something begins that does not go on from the token before: nearly all of a hostile text may be one run.
    apart = (np.diff(something) > 1) | (np.diff(kinds) != 0) | begins[1:]
    firsts = np.concatenate(([0], np.flatnonzero(apart) + 1))
    lasts = np.concatenate((firsts[1:] - 1, [len(kinds) - 1]))
    found: list[list[int]] = []  # first, last, kind, place of the first in `sure`, and of the last
    runs = (something[firsts], something[lasts], kinds[firsts], firsts, lasts)
    for token, last, kind, low, high in zip(*(run.tolist() for run in runs), strict=True):
        gap = token - found[-1][1] - 1 if found else 0
        joins = 0 < gap <= GAP and kind == found[-1][2] == _ADDRESS
        if joins and not any(map(_says, tokens[token - gap : token])):
            found[-1][1], found[-1][4] = last, high
        else:
            found.append([token, last, kind, low, high])
    return [(first, last, kind, _mean(sure, low, high)) for first, last, kind, low, high in found]


def _mean(sure: Floats, low: int, high: int) -> float:
    """Of the places from `low` to `high`; most often there is one, of which NumPy takes its time."""
    if low == high:
        return float(sure[low])
    return float(np.add.reduce(sure[low : high + 1]) / np.float32(high + 1 - low))


def findings(tokens: Sequence[Token], chances: Floats, least: float) -> list[Finding]:
    """The spans as findings, without the signs and line breaks at their ends; none of function words alone."""
    found = []
    for first, last, kind, sure in spans(tokens, chances, least):
        ends = _trimmed(tokens, first, last)
        if ends is not None and _means(tokens[ends[0] : ends[1] + 1], KINDS[kind], sure):
            start, end = tokens[ends[0]][1], tokens[ends[1]][2]
            label = f"personal.{KINDS[kind]}"
            found.append(Finding(label=label, start=start, end=end, confidence=min(1.0, sure)))
    return found


def _means(tokens: Sequence[Token], kind: str, sure: float) -> bool:
    """Whether there is more than grammar: a number, a word that is no function word, or one that is also a name."""
    words = [token[0] for token in tokens if token[0][0].isalnum()]
    if any(word[0].isdigit() for word in words):
        return True
    if sure >= _SURE and any(word in ALSO_NAMES for word in words):
        return True
    if kind == "title" and len(words) == 1 and len(words[0]) == 1:  # "M.", "D."
        return words[0].isupper()
    return not only_grammar(map(folded, words))


def _trimmed(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int] | None:
    """The first and the last token that say something; None if none does."""
    while first < last and not _says(tokens[first]):
        first += 1
    while last > first and not _says(tokens[last]) and tokens[last][0] != ".":
        last -= 1
    if not _says(tokens[first]):
        return None
    if last > first and tokens[last][0] == "." and len(tokens[last - 1][0]) > _ABBREVIATION:
        last -= 1  # the full stop of a sentence, not of "Jr." or "Apt."
    return first, last


def _says(token: Token) -> bool:
    return token[0][0].isalnum()
