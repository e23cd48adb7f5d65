"""Text of our own, drawn from a seed, for what the permitted corpora lack."""

from training.text.generate.grammar import Row
from training.text.generate.injections import direct, embedded
from training.text.generate.ordinary import ordinary
from training.text.generate.refusals import replies
from training.text.generate.statements import generalisations, insults, neutral

__all__ = ["Row", "direct", "embedded", "generalisations", "insults", "neutral", "ordinary", "replies"]
