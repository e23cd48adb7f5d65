"""Cuts a text into known word pieces, greedily and longest first."""

import re
from collections.abc import Sequence
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
_LONGEST_WORD = 64  # characters of a word that are looked at; beyond, it is noise
PADDING = 0


class Vocabulary:
    """Word pieces by number; number 0 is the padding. `##` begins a piece that goes on within a word."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        del self._numbers[pieces[PADDING]]
        self._rest = lru_cache(maxsize=16_384)(self._cut)

    def numbers(self, plain: str) -> list[int]:
        """Piece numbers of a text in its plain form (see `plain_form`); linear in its length."""
        tokens = _TOKEN.findall(plain)
        whole = list(map(self._numbers.get, tokens))
        if None not in whole:
            return whole  # type: ignore[return-value]  # mypy does not follow `in`
        found: list[int] = []
        for token, number in zip(tokens, whole, strict=True):
            if number is not None:
                found.append(number)
            else:
                found += self._rest(token[:_LONGEST_WORD])
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        found: list[int] = []
        at = 0
        while at < len(word):
            mark = "##" if at else ""
            for end in range(len(word), at, -1):
                number = self._numbers.get(mark + word[at:end])
                if number is not None:
                    found.append(number)
                    at = end
                    break
            else:
                at += 1  # a character of no piece says nothing
        return tuple(found)
