"""Sentences from slots: `{name}` is replaced by a draw from the list of that name, again and again."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_SLOT = re.compile(r"\{(\w+)\}")
_DEEPEST = 8

Grammar = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One text with what it shows: labels by head, 1 or 0; heads that it says nothing about are left out."""

    text: str
    labels: Mapping[str, int]
    source: str
    held_out: bool = False
    weight: float = 1.0
    language: str = "en"


def draw(rng: random.Random, grammar: Grammar, start: str) -> str:
    """A sentence of the grammar; `start` is a template.

    Raises:
        KeyError: A slot has no list.
    """
    text = start
    for _ in range(_DEEPEST):
        new = _SLOT.sub(lambda slot: rng.choice(grammar[slot[1]]), text)
        if new == text:
            break
        text = new
    return text


def typed(rng: random.Random, text: str) -> str:
    """The text as somebody might type it: other case, no full stop, a slip of the finger."""
    roll = rng.random()
    if roll < 0.12:
        text = text.lower()
    elif roll < 0.18:
        text = text.upper()
    elif roll < 0.24:
        text = text.rstrip(".!")
    elif roll < 0.30 and len(text) > 12:
        at = rng.randrange(3, len(text) - 3)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


@cache
def read_lists(module: str, language: str) -> Grammar:
    """The lists of a language, from the YAML file beside the module (its `__file__`)."""
    path = Path(module).with_name(f"{language}.yaml")
    return {name: tuple(map(str, of)) for name, of in yaml.safe_load(path.read_text(encoding="utf-8")).items()}
