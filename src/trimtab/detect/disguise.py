"""Finds a planted value in a text, whatever it is dressed up as.

The metric that counts a leak and the redaction that keeps it out of the
ledger must agree on what a leak looks like, so both look here.

Seen through: upper and lower case, accents, full-width letters, anything
between the characters (spaces, hyphens, line breaks, invisible marks),
backwards, ROT13, hexadecimal, Base64 at every alignment, all digits as words
of one language, and whatever `detect.view` sees through. Not seen through:
translations and paraphrases, some digits as words, acrostics, ciphers other
than ROT13, and parts of the value.
"""

import base64
import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from trimtab.detect.reading import View
from trimtab.detect.view import views
from trimtab.detect.words import DIGIT_WORDS

_LONG = 6
"""Shorter values (in letters and digits) turn up by accident once separators
are ignored or they are read backwards, so they are found as whole words only."""

_ENCODED = 8  # Base64 shorter than this turns up by accident
_HEAD = 4  # a cut-off text must show at least so many characters of the value

Span = tuple[int, int]


def spans(text: str, values: Iterable[str], readings: Iterable[View] | None = None) -> list[Span]:
    """Where any of the values shows, as half-open ranges of code points, sorted and merged.

    Time is linear in the length of the text for each value.

    Args:
        text: What is looked at.
        values: What is looked for; empty ones are not.
        readings: The views of the text, where they have been made already.
    """
    wanted = [value for value in values if value]
    if not wanted or not text:
        return []
    sought = [(value, *_needles(value)) for value in wanted]
    found = [
        view.span(start, end)
        for view in (views(text) if readings is None else readings)
        for start, end in _spans(view.text, sought)
    ]
    return merge(found)


def _spans(text: str, sought: Iterable[tuple[str, set[str], set[str]]]) -> Iterator[Span]:
    """Where values show in one reading, given their forms among letters and digits, and in Base64."""
    plain, places = _squash(text)
    dense, dense_places = _without_space(text)
    for value, forms, encoded in sought:
        yield from _literal(text, value)
        for form in forms:
            yield from _occurrences(plain, form, places)
        for form in encoded:
            yield from _occurrences(dense, form, dense_places)


def _needles(value: str) -> tuple[set[str], set[str]]:
    needle = _squash(value)[0]
    return (_forms(value, needle), _base64(value)) if len(needle) >= _LONG else (set(), set())


def shows(text: str, values: Iterable[str]) -> bool:
    """Whether any of the values shows anywhere in the text."""
    return bool(spans(text, values))


def begins_at_end(text: str, values: Iterable[str]) -> bool:
    """Whether the text breaks off in the middle of a value: half of it, and four characters at least."""
    plain = _squash(text)[0]
    for value in values:
        needle = _squash(value)[0]
        least = max(_HEAD, (len(needle) + 1) // 2)
        if any(plain.endswith(needle[:size]) for size in range(least, len(needle))):
            return True
    return False


def merge(found: Iterable[Span]) -> list[Span]:
    """The same ranges sorted, with those that touch or overlap made one."""
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _literal(text: str, value: str) -> list[Span]:
    # A border of words is asked only where the value itself begins or ends with one.
    before = r"(?<!\w)" if value[0].isalnum() else ""
    after = r"(?!\w)" if value[-1].isalnum() else ""
    return [match.span() for match in re.finditer(before + re.escape(value) + after, text, re.IGNORECASE)]


def _forms(value: str, needle: str) -> set[str]:
    turned = codecs.encode(needle, "rot13")
    hexes = {form.encode("utf-8", "surrogatepass").hex() for form in (value, value.upper(), value.lower())}
    said = {_spelled(needle, words) for words in DIGIT_WORDS} if any(map(str.isdecimal, needle)) else set()
    return {needle, needle[::-1], turned, *hexes, *said}


def _spelled(needle: str, words: Sequence[str]) -> str:
    """The same with every digit as a word."""
    return _squash("".join(words[int(char)] if char.isdecimal() else char for char in needle))[0]


def _base64(value: str) -> set[str]:
    forms = set()
    for form in (value, value.upper(), value.lower()):
        raw = form.encode("utf-8", "surrogatepass")
        for shift in range(3):  # the value may begin at any byte of a group of three
            code = base64.b64encode(b"\0" * shift + raw).decode()
            first, last = (0, 2, 3)[shift], (shift + len(raw)) * 8 // 6  # characters that the value alone decides
            forms.add(code[first:last])
    return {form for form in forms if len(form) >= _ENCODED}


def _occurrences(haystack: str, needle: str, places: list[int]) -> list[Span]:
    found = []
    at = haystack.find(needle)
    while at >= 0:
        found.append((places[at], places[at + len(needle) - 1] + 1))
        at = haystack.find(needle, at + len(needle))
    return found


def _squash(text: str) -> tuple[str, list[int]]:
    """Letters and digits only, in their plainest form, and the place in the text that each comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for letter in _plain(char):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char.isascii():
        return char.lower() if char.isalnum() else ""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(letter for letter in folded if letter.isalnum())


def _without_space(text: str) -> tuple[str, list[int]]:
    """The text without white space, URL-safe Base64 turned into the common one."""
    places = [place for place, char in enumerate(text) if not char.isspace()]
    return "".join([text[place] for place in places]).replace("-", "+").replace("_", "/"), places
