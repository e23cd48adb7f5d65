"""Everyday insults, milder than those of `hostility`, and harmless sentences in the same words, in four languages.

The templates and what stands in their slots are in the YAML file of each language. A sixth of the templates is held out.
"""

import random

from training.text.generate.grammar import Row, draw, read_lists, typed
from training.text.generate.hostility import RUDE
from training.text.generate.refusing import LANGUAGES, is_held_out

_KINDS = ("harmless", "hostile")


def rude(rng: random.Random, count: int) -> list[Row]:
    """`count` texts of each language, of which half insult; some may be the same."""
    rows = []
    for language in LANGUAGES:
        lists = read_lists(__file__, language)
        for number in range(count):
            kind = _KINDS[number % 2]
            template = rng.choice(lists[kind])
            rows.append(
                Row(
                    text=typed(rng, draw(rng, lists, template)),
                    labels={"toxicity": number % 2},
                    source=f"own-rude-{language}",
                    held_out=is_held_out(language, kind, template),
                    language=language,
                )
            )
    return rows


def everyday_words(language: str) -> tuple[str, ...]:
    """The insults of a language that these sentences teach, and in English those of `hostility`."""
    lists = read_lists(__file__, language)
    return (*lists["noun"], *lists["adj"], *(sorted(RUDE) if language == "en" else ()))
