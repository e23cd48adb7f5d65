"""Text of our own, drawn from a seed, for what the permitted corpora lack."""

from training.text.generate.clutter import clutter
from training.text.generate.grammar import Row
from training.text.generate.hostility import RUDE, harmless, hostile
from training.text.generate.injections import attack, direct, embedded
from training.text.generate.ordinary import ordinary
from training.text.generate.overrides import overrides
from training.text.generate.personas import alike, built
from training.text.generate.refusals import replies
from training.text.generate.refusing import refusing
from training.text.generate.rude import rude
from training.text.generate.sensitive import KINDS, sensitive
from training.text.generate.statements import generalisations, insults, neutral

__all__ = [
    "KINDS",
    "RUDE",
    "Row",
    "alike",
    "attack",
    "built",
    "clutter",
    "direct",
    "embedded",
    "generalisations",
    "harmless",
    "hostile",
    "insults",
    "neutral",
    "ordinary",
    "overrides",
    "refusing",
    "replies",
    "rude",
    "sensitive",
]
