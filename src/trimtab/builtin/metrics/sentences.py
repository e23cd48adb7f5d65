"""Cuts a reply into sentences and words, in the plainest form, for metrics that read what is claimed.

English, German, French and Spanish. What is asked is not said, so questions are left out.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import yaml

LONGEST = 20_000  # characters; what stands behind them is not read, and nobody may say that it is harmless
_END = re.compile(r"[.!?;]+(?=[\s\"')*\]]|$)|[\n¿¡]")
_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"\b([a-z])\.([a-z])\.", re.IGNORECASE)  # "A.I." is a word
_CONTRACTED = re.compile(r"(?<=[a-z])'(?=(?:m|re|s|t|ve|ll|d)\b)")

Sentence = tuple[str, ...]


def spoken(text: str) -> Iterator[str]:
    """The sentences of a reply that are no questions: case folded, apostrophes straight and gone in "I'm", "can't"."""
    plain = unicodedata.normalize("NFKC", _DOTTED.sub(r"\1\2", text[:LONGEST])).casefold()
    plain = _CONTRACTED.sub("", plain.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    at = 0
    for match in _END.finditer(plain):
        if "?" not in match.group():
            yield plain[at : match.start()]
        at = match.end()
    yield plain[at:]


def words(sentence: str) -> Sentence:
    """Its words and numbers; a French elision stays apart ("l avocat")."""
    return tuple(_WORD.findall(sentence))


def sentences(text: str) -> Iterator[Sentence]:
    """The words of each sentence that is no question and has any."""
    return filter(None, map(words, spoken(text)))


def word_sets(name: str) -> dict[str, frozenset[str]]:
    """The lists of single words in `words/<name>.yaml` beside this file."""
    return {key: frozenset(map(str.casefold, listed)) for key, listed in _lists(name).items()}


def phrases(name: str) -> dict[str, frozenset[Sentence]]:
    """The same lists, each entry as the words that it is made of."""
    return {key: frozenset(tuple(entry.casefold().split()) for entry in listed) for key, listed in _lists(name).items()}


@cache
def _lists(name: str) -> dict[str, list[str]]:
    text = files("trimtab.builtin.metrics").joinpath("words", f"{name}.yaml").read_text(encoding="utf-8")
    # The base loader knows texts only: "no" is a word here. Where there is libyaml, it is eight times as quick.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    loaded: dict[str, list[str]] = yaml.load(text, Loader=loader)  # noqa: S506  # it builds nothing but texts
    return loaded
