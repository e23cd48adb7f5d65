"""Replies that refuse, and what is made of the same words and refuses nothing, in four languages.

The templates and what stands in their slots are in the YAML file of each language; one and the same matter is refused,
given, asked for and complained of, so that no matter is a sign. A sixth of the templates is held out, so that the
chances are calibrated on forms that no weight saw.
"""

import hashlib
import random

from training.text.generate.grammar import Grammar, Row, draw, read_lists, typed

LANGUAGES = ("en", "de", "fr", "es")
REFUSES = {"named": 9, "bare": 3, "partial": 4, "late": 4}
"""Kinds of refusals, and how often each is drawn: of a matter that is named or is not, with an offer, after some help."""
HELPS = {"answers": 5, "near": 6, "requests": 6, "complaints": 5, "statements": 5}
"""The same for the rest. `near` has the words of a refusal ("I can't recommend it enough")."""

_HELD_OUT = 43  # of 256
_CURLY = 0.3  # share of texts with typographic apostrophes


def grammar(language: str) -> Grammar:
    """The lists of a language: templates by kind, and what stands in their slots."""
    return read_lists(__file__, language)


def is_held_out(language: str, kind: str, template: str) -> bool:
    """Whether no weight learns from a template. A hash says it, so that a template that is added moves no other."""
    return hashlib.sha256(f"{language}/{kind}/{template}".encode()).digest()[0] < _HELD_OUT


def refusing(rng: random.Random, count: int) -> list[Row]:
    """`count` texts of each language, of which half refuse; some may be the same."""
    rows = []
    for language in LANGUAGES:
        lists = grammar(language)
        for number in range(count):
            kinds = REFUSES if number % 2 else HELPS
            kind = rng.choices(list(kinds), list(kinds.values()))[0]
            template = rng.choice(lists[kind])
            text = typed(rng, draw(rng, lists, template))
            if rng.random() < _CURLY:
                text = text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
            rows.append(
                Row(
                    text=text,
                    labels={"refusal": number % 2},
                    source=f"own-refusing-{language}",
                    held_out=is_held_out(language, kind, template),
                    language=language,
                )
            )
    return rows
