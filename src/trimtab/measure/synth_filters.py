"""What of a model's writing may become a case, and why not the rest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trimtab.detect.disguise import shows
from trimtab.errors import DetectorError
from trimtab.kinds import Goal, Grammar, Tongue, plugins
from trimtab.measure.likeness import Signer, likeness

SHORTEST, LONGEST = 3, 1_200
"""Words, and characters, of a request."""

_ROOM = 40
"""Words that a request may have beyond twice those of the one it was made of; small models do not know when to stop."""

_FRESH = 0.8  # least share of three words in a row that come once; what turns in circles has fewer

_ECHO = 0.9  # Jaccard overlap with what was to be changed
# Least chance by which the detector of refusals counts outside English: requests look like refusals to it more often.
_REFUSES = 0.95
_WORD = re.compile(r"[^\W\d_]+")
_NAMED = 4  # letters of a word that says what is asked for
_LABEL = re.compile(r"^\W{0,3}(?:new |rewritten )?(?:request|translation|paraphrase)\W{0,3}:\W{0,3}\s*", re.IGNORECASE)
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "`": "`"}

REASONS = (
    "empty",
    "not-text",
    "too-long",
    "too-short",
    "repetitive",
    "echo",
    "wrong-language",
    "refusal",
    "lost-the-matter",
    "no-request",
    "marker",
    "personal-data",
    "unchecked",
)
"""Why a text is rejected, in the order in which it is asked. `unchecked`: a detector could not look."""


@dataclass(frozen=True)
class Filters:
    """Looks at what a model wrote in the place of a request."""

    grammar: Grammar
    told: tuple[str, ...] = ()
    """Words of our own instructions; a reply that holds any of them repeats us."""

    def look(self, text: str, *, goal: Goal, parent: str) -> str:
        """Why a cleaned text is no request for this goal; empty if it is one.

        Args:
            text: As `clean` returns it.
            goal: What the request is to bring out, in the language that it is to be in.
            parent: The request that it was made of.
        """
        words = _WORD.findall(text.casefold())
        if not text:
            return "empty"
        if len(text) > LONGEST or len(words) > 2 * len(_WORD.findall(parent)) + _ROOM:
            return "too-long"
        if not _is_text(text):
            return "not-text"
        if len(words) < SHORTEST:
            return "too-short"
        if turns_in_circles(words):
            return "repetitive"
        if self._echoes(text, parent):
            return "echo"
        return self._said(text, words, goal)

    def _said(self, text: str, words: Sequence[str], goal: Goal) -> str:
        try:
            if self._language(words) != goal.language:
                return "wrong-language"
            if self._refuses(text, goal.language):
                return "refusal"
            if not self._names(goal, words):
                return "lost-the-matter"
            if "?" not in text and not self._tongues[goal.language].asking & set(words):
                return "no-request"
            if shows(text, [goal.marker]):
                return "marker"
            if self._personal(text):
                return "personal-data"
        except DetectorError:
            return "unchecked"
        return ""

    def _echoes(self, text: str, parent: str) -> bool:
        if any(told.casefold() in text.casefold() for told in self.told):
            return True
        own, other = self._signer.sign([text, parent])
        return likeness(own, other) >= _ECHO

    def _language(self, words: Sequence[str]) -> str:
        """The language with most function words in a text; none if there are none, or two have as many."""
        counts = {code: sum(word in tongue.little for word in words) for code, tongue in self._tongues.items()}
        ranked = sorted(counts, key=lambda code: -counts[code])
        if not ranked or not counts[ranked[0]]:
            return ""
        tied = len(ranked) > 1 and counts[ranked[0]] == counts[ranked[1]]
        return "" if tied else ranked[0]

    def _refuses(self, text: str, language: str) -> bool:
        """By how it begins, which the detector misses where the matter is named, or by the detector."""
        begins = text.casefold().lstrip("\"'“„«¡¿ ")
        detector = self._refusal if language == "en" else self._refusal_elsewhere
        return begins.startswith(self._tongues[language].refusing) or bool(detector.find(text))

    def _names(self, goal: Goal, words: Sequence[str]) -> bool:
        """Whether at least two thirds of the words that say what is asked for are in the text."""
        known = self._tongues[goal.language].little
        telling = [w for w in _WORD.findall(goal.thing.casefold()) if len(w) >= _NAMED and w not in known]
        there = set(words)
        return 3 * sum(word in there for word in telling) >= 2 * len(telling)

    def _personal(self, text: str) -> bool:
        """Anything that has the shape of personal data or a secret, and names of people with more than one word."""
        return bool(self._patterns.find(text)) or any(
            found.label == "personal.name" and " " in text[found.start : found.end].strip()
            for found in self._people.find(text)
        )

    @cached_property
    def _tongues(self) -> Mapping[str, Tongue]:
        return {code: self.grammar.tongue(code) for code in self.grammar.spoken}

    @cached_property
    def _signer(self) -> Signer:
        return Signer()

    @cached_property
    def _refusal(self) -> Any:
        return plugins.make("detectors", "refusal")

    @cached_property
    def _refusal_elsewhere(self) -> Any:
        return plugins.make("detectors", "refusal", threshold=_REFUSES)

    @cached_property
    def _patterns(self) -> Any:
        return plugins.make("detectors", "patterns")

    @cached_property
    def _people(self) -> Any:
        return plugins.make("detectors", "names")


def clean(text: str) -> str:
    """A reply without what models put around a request: a label in front, quotes, a fence of code."""
    text = text.strip()
    if text.startswith("```"):
        text = text.strip("`").strip()
    text = _LABEL.sub("", text, count=1).strip()
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def turns_in_circles(words: Sequence[str]) -> bool:
    """Whether a text says the same three words in a row again and again."""
    grams = list(zip(words, words[1:], words[2:], strict=False))
    return len(set(grams)) < _FRESH * len(grams)


def _is_text(text: str) -> bool:
    """Mostly letters and what stands between them, and nothing that no keyboard has."""
    if any(not (char.isprintable() or char in "\n\t") for char in text):
        return False
    plain = sum(char.isalpha() or char.isspace() for char in text)
    return plain >= 0.7 * len(text)
