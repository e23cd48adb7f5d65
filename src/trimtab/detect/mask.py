"""Replaces what was found by what it is, until nothing is left to find."""

from collections.abc import Callable, Sequence

from trimtab.detect.disguise import merge
from trimtab.kinds import Finding

_PASSES = 5


def mask(text: str, found: Sequence[Finding], look_again: Callable[[str], Sequence[Finding]]) -> str | None:
    """The text with every finding replaced by its noun in brackets: `ana@example.org` by `[email]`.

    Findings that touch or overlap become one mask, named after the surest of
    them. Taking something out can bring what stood around it together, so
    the result is looked at again, and masked again if need be. None when
    something is found in every new version: such a text must be withheld.

    Args:
        text: The text as it was looked at.
        found: What was found in it.
        look_again: Finds what must be masked in another text.

    Raises:
        DetectorError: From `look_again`.
    """
    for _ in range(_PASSES):
        if not found:
            return text
        text = _replaced(text, found)
        found = look_again(text)
    return None if found else text


def _replaced(text: str, found: Sequence[Finding]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in merge((finding.start, finding.end) for finding in found):
        inside = [finding for finding in found if start <= finding.start < end]
        parts += [text[at:start], f"[{max(inside, key=lambda finding: finding.confidence).noun}]"]
        at = end
    return "".join([*parts, text[at:]])
