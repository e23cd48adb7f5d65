"""What must not come out: the operator's own instructions, and values that were named as secret."""

import re
from dataclasses import dataclass
from typing import ClassVar

from trimtab.detect.disguise import spans
from trimtab.kinds import Context, DetectorCard, Finding

_WORD = re.compile(r"\w+")
_VALUE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{6,64}\b|\b[A-Z][A-Z0-9]{3,}(?:-[A-Z0-9]+)+\b")
_RUN = 12
"""Words of the instructions in a row that make a leak. Shorter runs are quoted in good faith."""


@dataclass(frozen=True, slots=True)
class LeakDetector:
    """Finds in a reply what only its instructions hold.

    Labels: `leak.canary` for values that the caller keeps, and for codes that
    stand in the instructions (letters with digits, capitals with hyphens), in
    every disguise that `trimtab.detect.disguise` sees through;
    `leak.instructions` for twelve words of the instructions in a row.
    """

    name: ClassVar[str] = "leak"
    version: ClassVar[str] = "1"
    card: ClassVar[DetectorCard] = DetectorCard(
        labels=("leak.canary", "leak.instructions"), seconds=0.0005, reach=256, behind=1_024
    )

    def find_in(self, text: str, context: Context) -> list[Finding]:
        """What leaks; nothing in texts that are not the model's own."""
        if context.origin != "assistant" or not text or not (context.kept or context.instructions):
            return []
        codes = [match.group() for given in context.instructions for match in _VALUE.finditer(given)]
        values = list(dict.fromkeys([*context.kept, *codes]))
        found = [Finding(label="leak.canary", start=start, end=end) for start, end in spans(text, values)]
        found += [
            Finding(label="leak.instructions", start=start, end=end, confidence=0.9)
            for given in context.instructions
            for start, end in _runs(given, text)
        ]
        return found


def _runs(instructions: str, text: str) -> list[tuple[int, int]]:
    """Where words of the instructions stand in a row in the text; linear in both."""
    given = [word.lower() for word in _WORD.findall(instructions)]
    known = {tuple(given[at : at + _RUN]) for at in range(len(given) - _RUN + 1)}
    if not known:
        return []
    words = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    found: list[tuple[int, int]] = []
    for at in range(len(words) - _RUN + 1):
        if tuple(word for word, _, _ in words[at : at + _RUN]) in known:
            start, end = words[at][1], words[at + _RUN - 1][2]
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return found
