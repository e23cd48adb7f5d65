"""Texts written one by one, in ten languages: attacks, insults, and harmless ones that look like them. Rows that train.

A grammar repeats its own turns of phrase, and heads that learned from it alone know those: of attacks that others wrote
in French, Polish or Japanese they found one in ten. Here hardly two texts share a form, though many share a matter
across languages. The harmless ones are hard on purpose: most hold the words of an attack or of an insult.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from training.text.generate import Row
from trimtab.builtin.detectors.learned.pieces import sentences

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ja", "zh")
_SHORTEST = 12  # characters of a sentence that says something by itself

# What a list of a file teaches. What a user asks for would be an order in a document, harmless or not, so `plain_user`
# says nothing of orders; and of a whole document nobody knows which sentence is one.
_ATTACKS = {
    "attack_user": {"injection": 1, "instruction": 1, "toxicity": 0},
    "attack_document": {"injection": 1, "toxicity": 0},
    "plain_user": {"injection": 0, "toxicity": 0},
    "plain_document": {"injection": 0, "instruction": 0, "toxicity": 0},
}
_INSULTS = {"hostile": 1, "civil": 0}
# Whom a sentence in a document addresses that means to steer whoever reads it by machine.
_MACHINE = re.compile(
    r"\b(?i:assist[ae]n\w*|asisten\w*|asysten\w*|agente?[sn]?|bots?|chatbots?|copilots?|mod[eè]les?|models?|modelos?|modelu|modell[ei]?|sprachmodell\w*"
    r"|parsers?|crawlers?|screeners?|summari[sz]ers?)\b|\b(?:\w+-)?(?:AIs?|IAs?|KIs?|SI|LLMs?)\b|(?<![A-Za-z])AI(?![A-Za-z])"
    r"|助手|模型|人工智能|智能体|机器人|アシスタント|モデル|エージェント|ボット"
)


def written() -> Iterator[Row]:
    """Attacks and what looks like them, and what keeps form from being a sign.

    Harmless ones are shorter, so every two neighbours make one more, as long as an attack. Of documents every sentence
    counts as well: in an ordinary one none is an order to an assistant, in the others those that address a machine.
    """
    for language in LANGUAGES:
        source = f"own-written-{'en' if language == 'en' else 'other'}"
        lists = _read(language)
        for name, labels in _ATTACKS.items():
            texts = lists[name]
            more: list[str] = []
            if name.startswith("plain_"):
                more += ["\n".join(pair) for pair in zip(texts[::2], texts[1::2], strict=False)]
            if name == "plain_document":
                more += _sentences(texts)
            for text in [*texts, *more]:
                yield Row(text=text, labels=labels, source=source)
        for text in _sentences(lists["attack_document"]):
            if _MACHINE.search(text):
                yield Row(text=text, labels={"instruction": 1, "toxicity": 0}, source=source)


def written_insults() -> Iterator[Row]:
    """Insults of all tones, and what is heated, rude to things or about insults, and attacks nobody.

    Italian counts among the English: languages weigh alike, and it has too few rows for that.
    """
    for language in LANGUAGES:
        lists = _read(language)
        for name, label in _INSULTS.items():
            for text in lists.get(name, ()):
                yield Row(
                    text=text,
                    labels={"toxicity": label},
                    source="own-written-rude",
                    language="en" if language == "it" else language,
                )


def _sentences(texts: list[str]) -> list[str]:
    parts = (text[start:end].strip() for text in texts for start, end in sentences(text))
    return [part for part in parts if len(part) >= _SHORTEST]


def _read(language: str) -> dict[str, list[str]]:
    path = Path(__file__).parent / f"{language}.yaml"
    found: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found
