"""Ordinary prose that nobody has labelled: what the tagger is sure of there teaches it how people write.

The texts are the rows that may train of the collections for toxicity, injection and bias, and the headlines. A tagger
that has learned from generated texts alone looks at them. Where it is sure, its word is taken; some of the names and
places that it is sure of are drawn anew, so that no text is learned by heart; nothing is learned from the rest.
"""

import csv
import gzip
import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

from training.names.generator import UNSURE, Text, joined, styled
from training.names.people import Maker, Piece
from training.names.words import CITY, COMMON, COUNTRY, FAMILY, GIVEN, REGION, SMALL, Lexicon
from trimtab.builtin.detectors.names.decoding import spans
from trimtab.builtin.detectors.names.features import Token, key, tokens
from trimtab.builtin.detectors.names.network import KINDS, Network

DATA = Path(os.environ.get("TRIMTAB_DATA", Path(__file__).parents[3] / "shared" / "data"))
_FILES = ("toxicity.jsonl.gz", "injection.jsonl.gz", "bias.jsonl.gz")
_MOST = 500  # characters of a piece
_EACH = 6_000  # characters of one row: no long row outweighs the others
_SURE, _CLEAR = 0.87, 0.98
_NAMES = 1 << GIVEN | 1 << FAMILY | 1 << CITY | 1 << COUNTRY | 1 << REGION
_WORDS = 1 << COMMON | 1 << SMALL
_BREAK = re.compile(r"\n+|(?<=[.!?]) +")


def _rows() -> Iterator[str]:
    for name in _FILES:
        with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["use"] == "T":
                    yield row["text"][:_EACH]
    with gzip.open(DATA / "headlines.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["headline"]


def pieces() -> list[str]:
    """The texts in pieces of some sentences, sorted, without repeats."""
    found: set[str] = set()
    for text in _rows():
        part = ""
        for sentence in _BREAK.split(text):
            if part and len(part) + len(sentence) > _MOST:
                found.add(part)
                part = ""
            part = f"{part} {sentence}".strip()[:_MOST]
        found.add(part)
    return sorted(found - {""})


class Prose:
    """Draws texts and has them labelled."""

    def __init__(self, words: Lexicon) -> None:
        self.words = words
        self._pieces = pieces()

    def texts(self, teacher: Network, *, seed: int, count: int) -> list[Text]:
        """`count` of them, labelled by `teacher`; the same seed and teacher give the same."""
        draw = random.Random(seed)
        make = Maker(self.words, draw)
        made = []
        for _ in range(count):
            text = make.pick(self._pieces)
            labelled = self._labelled(teacher, text, make)
            made.append(joined(styled(labelled, draw) if draw.random() < 0.4 else labelled))
        return made

    def _labelled(self, teacher: Network, text: str, make: Maker) -> list[Piece]:
        cut = tokens(text)
        if not cut:
            return [(text, "")]
        chances = teacher.tag(cut)
        marks: list[tuple[int, int, str]] = []
        taken = set()
        for first, last, kind, sure in spans(cut, chances, 0.5):
            taken.update(range(first, last + 1))
            label = KINDS[kind]
            hidden = any(self._tagged(cut, place) for place in range(first, last + 1))
            words = all(self._ordinary(teacher, token) for token in cut[first : last + 1])
            if hidden or words:
                continue
            marks.append((cut[first][1], cut[last][2], label if sure >= _SURE else UNSURE))
        for place, token in enumerate(cut):
            if (
                place not in taken
                and chances[place, 0] < _CLEAR
                and not self._ordinary(teacher, token)
                and token[0][0].isalpha()
            ):
                marks.append((token[1], token[2], UNSURE))
        made: list[Piece] = []
        at = 0
        for start, end, label in sorted(marks):
            value = text[start:end]
            made += [(text[at:start], ""), (self._anew(value, label, make), label)]
            at = end
        made.append((text[at:], ""))
        return made

    @staticmethod
    def _tagged(cut: list[Token], place: int) -> bool:
        """Whether a token is the name of an account or a topic: "@" or "#" stands before it."""
        return place > 0 and cut[place - 1][0] in {"@", "#"} and cut[place - 1][2] == cut[place][1]

    @staticmethod
    def _ordinary(teacher: Network, token: Token) -> bool:
        """Whether a word is written small, on a list of ordinary words and on no list of names; or a sign."""
        if not token[0][0].isalpha():
            return not token[0][0].isdecimal()
        bits = teacher.lists(key(token[0]))
        return bool(bits & _WORDS) and not bits & _NAMES and token[0].islower()

    @staticmethod
    def _anew(value: str, label: str, make: Maker) -> str:
        if label not in {"name", "location"} or make.chance(0.5):
            return value
        if label == "location":
            fresh = make.city("en")
        else:
            fresh = make.person("en") if " " in value else make.given("en") if make.chance(0.7) else make.family("en")
        return fresh.lower() if value.islower() else fresh.upper() if value.isupper() and len(value) > 3 else fresh
