"""Cuts a text into what a head is asked about: overlapping windows, or the sentences of data."""

import re
from collections.abc import Iterator

LONGEST = 1_000_000
"""Characters beyond which a text is not looked at: who wants it checked must cut it."""

WINDOW, STEP = 1_000, 500
_SHORTEST, _LONGEST_SENTENCE = 24, 400
_SHORTEST_REMARK = 12
# No blank may stand before a mark that can be missing: of a text of blanks the time would grow with the square.
_END = re.compile(r"[.!?…。！？][\"')\]]*\s+|\n\s*|<br ?/?>\s*|-->\s*")  # noqa: RUF001  # ends of sentences


def windows(text: str) -> Iterator[tuple[int, int]]:
    """The whole text, or windows that overlap by half, so that what is shorter than that stands whole in one."""
    if len(text) <= WINDOW:
        yield 0, len(text)
        return
    for start in range(0, len(text) - STEP, STEP):
        yield start, min(start + WINDOW, len(text))


def sentences(text: str, *, shortest: int = _SHORTEST) -> Iterator[tuple[int, int]]:
    """Sentences and lines. Short ones are joined with what follows, long ones cut, so their number stays linear."""
    start = 0
    for match in _END.finditer(text):
        if match.end() - start >= shortest:
            yield from _cut(start, match.end())
            start = match.end()
    if start < len(text):
        yield from _cut(start, len(text))


def passages(text: str) -> Iterator[tuple[int, int]]:
    """Windows, and the sentences of a text that has several: an attack cannot hide behind what stands around it."""
    yield from windows(text)
    yield from _several(text, _SHORTEST)


def remarks(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text that has several, short ones too: an insult takes three words, and the rest is polite."""
    yield from _several(text, _SHORTEST_REMARK)


def with_remarks(text: str) -> Iterator[tuple[int, int]]:
    """Windows, and remarks."""
    yield from windows(text)
    yield from remarks(text)


def _several(text: str, shortest: int) -> Iterator[tuple[int, int]]:
    alone = list(sentences(text, shortest=shortest))
    if len(alone) > 1:
        yield from alone


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    step = _LONGEST_SENTENCE // 2
    while end - start > _LONGEST_SENTENCE:
        yield start, start + _LONGEST_SENTENCE
        start += step
    yield start, end
