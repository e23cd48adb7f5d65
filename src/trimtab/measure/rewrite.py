"""Asks the same in other words, by rules: a score that holds only for the wording is a score of the wording.

What a reply is scored by stays as it was, letter by letter, and so do instructions of the operator. The same case is
rewritten in the same way on every machine.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from trimtab.kinds import Case, Message
from trimtab.policy.metric_spec import Rewrite

_OPENINGS = ("Quick question. ", "Hello. ", "I would like to know something. ", "One thing, please. ")
# What instructions are given in, and other words for it. Nothing here is a word that an answer consists of.
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "answer with": ("reply with", "respond with"),
    "answer in": ("reply in", "respond in"),
    "answer": ("reply",),
    "reply with": ("answer with", "respond with"),
    "one word": ("a single word",),
    "a single word": ("one word",),
    "one sentence": ("a single sentence",),
    "which of these": ("which one of these", "which one of the following"),
    "which of the following": ("which of these",),
    "write": ("give",),
    "tell me": ("say",),
    "give": ("provide",),
    "the text": ("the passage",),
    "the following text": ("the text below",),
    "summarise": ("sum up",),
}
_KNOWN = re.compile(
    r"\b(" + "|".join(re.escape(known) for known in sorted(_SYNONYMS, key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_ORDER = ("options", "words", "spacing", "case", "opening")  # letters of options are told by being capitals
_OPTION = re.compile(r"^([A-Z])([).:] ?)(.+)$")
_END = re.compile(r"(?<=[.?!]) +(?=\S)")


def rewritten(case: Case, how: Rewrite) -> Case:
    """The case in other words, with the same id and cluster, so that the two can be paired.

    A way that finds nothing to change in a case changes nothing.
    """
    said, expect = list(case.messages), dict(case.expect)
    kept = _kept(expect)
    for way in (way for way in _ORDER if way in how.ways):
        dice = _Dice(how.seed, case.id, way)
        if way == "options":
            said, expect = _reordered(said, expect, dice)
        elif way == "opening":
            last = max((place for place, message in enumerate(said) if message.role == "user"), default=None)
            if last is not None:
                said[last] = Message("user", dice.pick(_OPENINGS) + said[last].content)
        else:
            change = partial(_WAYS[way], dice=dice)
            said = [
                Message("user", _around(message.content, kept, change)) if message.role == "user" else message
                for message in said
            ]
    return replace(case, messages=tuple(said), expect=expect)


class _Dice:
    """Choices that depend on nothing but the key."""

    def __init__(self, *key: object) -> None:
        self._number = int.from_bytes(hashlib.sha256("\x1f".join(map(str, key)).encode()).digest())

    def pick(self, options: Sequence[str]) -> str:
        self._number, at = divmod(self._number, len(options))
        return options[at]

    def below(self, limit: int) -> int:
        self._number, at = divmod(self._number, limit)
        return at


def _kept(expect: Mapping[str, Any]) -> re.Pattern[str] | None:
    """What must stay as it is: every text that scoring looks for."""
    values = [one for value in expect.values() for one in (value if isinstance(value, list | tuple) else [value])]
    texts = [one for one in values if isinstance(one, str)]
    longest = sorted({text for text in texts if text.strip()}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE) if longest else None


def _around(text: str, kept: re.Pattern[str] | None, change: Callable[[str], str]) -> str:
    if kept is None:
        return change(text)
    pieces = kept.split(text)
    return "".join(piece if place % 2 else change(piece) for place, piece in enumerate(pieces))


def _lower(text: str, dice: _Dice) -> str:  # noqa: ARG001  # as the others
    return text.lower()


def _spaced(text: str, dice: _Dice) -> str:
    return _END.sub(lambda _: dice.pick(("  ", "\n", "\n\n")), text)


def _other_words(text: str, dice: _Dice) -> str:
    def other(match: re.Match[str]) -> str:
        found = match.group()
        chosen = dice.pick(_SYNONYMS[found.lower()])
        return chosen[0].upper() + chosen[1:] if found[0].isupper() else chosen

    return _KNOWN.sub(other, text)


_WAYS: Mapping[str, Callable[..., str]] = {
    "case": _lower,
    "spacing": _spaced,
    "words": _other_words,
}


def _reordered(said: Sequence[Message], expect: dict[str, Any], dice: _Dice) -> tuple[list[Message], dict[str, Any]]:
    """Lettered options in another order, and the order that scoring reads letters by with them."""
    choices = expect.get("choices")
    said = list(said)
    if not isinstance(choices, list) or not said or said[-1].role != "user":
        return said, expect
    lines = said[-1].content.split("\n")
    places = [place for place, line in enumerate(lines) if _OPTION.match(line)]
    texts = [_text(lines[place]) for place in places]
    if texts != choices or len(texts) < 2 or places != list(range(places[0], places[0] + len(places))):
        return said, expect
    if any(len(text) == 1 for text in texts):  # "D" would be an option and the letter of another
        return said, expect
    turn = 1 + dice.below(len(texts) - 1)
    turned = [*texts[turn:], *texts[:turn]]
    for place, text in zip(places, turned, strict=True):
        lines[place] = lines[place].removesuffix(_text(lines[place])) + text
    said[-1] = Message("user", "\n".join(lines))
    return said, {**expect, "choices": turned}


def _text(line: str) -> str:
    """An option without its letter."""
    match = _OPTION.match(line)
    return match.group(3) if match else ""
