"""What must not come out: the operator's own instructions, and values that were named as secret."""

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from trimtab.detect.disguise import merge, spans
from trimtab.detect.view import views
from trimtab.kinds import Context, DetectorCard, Finding

_WORD = re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>|(?P<word>\w+)")  # tags set words in bold, and are none
_VALUE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{6,64}\b|\b[A-Z][A-Z0-9]{3,}(?:-[A-Z0-9]+)+\b")
_RUN = 12
"""Words of the instructions in a row that make a leak. Shorter runs are quoted in good faith."""
REACH = 1_024
"""Characters on either side of a place on which what is found there may depend, unless a kept value is longer than a
sixteenth of it, or is stretched over more than so many characters: see `reach`."""


def reach(context: Context) -> int:
    """The same for what must not come out of this context: sixteen characters for each of the longest value."""
    return max(REACH, 16 * max(map(len, context.kept), default=0))


@dataclass(frozen=True, slots=True)
class LeakDetector:
    """Finds in a reply what only its instructions hold.

    Labels: `leak.canary` for values that the caller keeps, and for codes that
    stand in the instructions (letters with digits, capitals with hyphens);
    `leak.instructions` for twelve words of the instructions in a row; both in
    every disguise that `trimtab.detect.disguise` sees through.
    """

    name: ClassVar[str] = "leak"
    version: ClassVar[str] = "1"
    card: ClassVar[DetectorCard] = DetectorCard(
        labels=("leak.canary", "leak.instructions"), seconds=0.0005, reach=256, behind=1_024, replies_only=True
    )

    def find_in(self, text: str, context: Context) -> list[Finding]:
        """What leaks; nothing in texts that are not the model's own."""
        if context.origin != "assistant" or not text or not (context.kept or context.instructions):
            return []
        codes = [match.group() for given in context.instructions for match in _VALUE.finditer(given)]
        values = list(dict.fromkeys([*context.kept, *codes]))
        readings = list(views(text))
        found = [Finding(label="leak.canary", start=start, end=end) for start, end in spans(text, values, readings)]
        for given in context.instructions:
            known = _rows(given)
            if not known:
                continue
            told = [view.span(start, end) for view in readings for start, end in _runs(known, view.text)]
            found += [
                Finding(label="leak.instructions", start=start, end=end, confidence=0.9) for start, end in merge(told)
            ]
        return found


@lru_cache(maxsize=16)
def _rows(instructions: str) -> frozenset[tuple[str, ...]]:
    """So many words in a row of the instructions; as they are, in ROT13, and backwards."""
    given = [word for word, _, _ in _words(instructions)]
    turned = [codecs.encode(word, "rot13") for word in given]
    backwards = [word[::-1] for word in reversed(given)]
    return frozenset(
        tuple(words[at : at + _RUN]) for words in (given, turned, backwards) for at in range(len(words) - _RUN + 1)
    )


def _words(text: str) -> list[tuple[str, int, int]]:
    found = [((match["word"] or "").lower().strip("_"), *match.span()) for match in _WORD.finditer(text)]
    return [one for one in found if one[0]]


def _runs(known: frozenset[tuple[str, ...]], text: str) -> list[tuple[int, int]]:
    """Where any of the rows stands in the text; linear in it."""
    words = _words(text)
    found: list[tuple[int, int]] = []
    for at in range(len(words) - _RUN + 1):
        if tuple(word for word, _, _ in words[at : at + _RUN]) in known:
            start, end = words[at][1], words[at + _RUN - 1][2]
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return found
