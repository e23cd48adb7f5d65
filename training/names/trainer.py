"""From texts to weights."""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.names.generator import UNSURE, Text, joined, styled, texts
from training.names.network import Batch, Learner
from training.names.people import Maker, Piece
from training.names.prose import DATA, Prose
from training.names.words import Lexicon, lexicon, listed
from trimtab.builtin.detectors.names.features import Token, key, tokens, word_features
from trimtab.builtin.detectors.names.network import KINDS, NEIGHBOURS, Floats, Network, glued, modes

_MOST = 40  # features of a word
_PLACES = 3_000  # tokens of a batch
_HIDE = (0.25, 0.08, 0.25)  # of word, spelling, lists: how often training hides them
CORPUS = DATA / "pii.jsonl.gz"
_MEDDOCAN = {"PERSON": "name", "LOCATION": "location", "ADDRESS": "address", "ORG": "organisation", "AGE": "age"}


def corpus(path: Path, use: str) -> Iterator[dict[str, Any]]:
    """Rows of the labelled file; `use` is "T" for what may train, "D" for what may only be measured on."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["use"] == use:
                yield row


def _clinical(rows: Sequence[dict[str, Any]], words: Lexicon, seed: int) -> list[Text]:
    """Spanish clinical notes (MEDDOCAN, train part), half of their names drawn anew, some typed differently."""
    draw = random.Random(seed)
    make = Maker(words, draw)
    anew = {"name": make.person, "location": make.city, "address": make.street, "organisation": make.firm}
    made = []
    for row in rows:
        pieces: list[Piece] = []
        at = 0
        fresh = draw.random() < 0.6
        for span in sorted(row["spans"], key=lambda s: s["start"]):
            label, start, end = _MEDDOCAN.get(span["label"], ""), span["start"], span["end"]
            if not label or start < at:
                continue
            value = row["text"][start:end]
            if label == "age":
                value = value[: len(value) - len(value.lstrip("0123456789"))]
                if not value:
                    continue
                end = start + len(value)
            elif label == "location" and value[:1].isdigit():
                label = "address"
            elif fresh and draw.random() < 0.6:
                value = anew[label]("es")
            pieces += [(row["text"][at:start], ""), (value, label)]
            at = end
        pieces.append((row["text"][at:], ""))
        made.append(joined(styled(pieces, draw) if draw.random() < 0.5 else pieces))
    return made


def _modes(found: Sequence[Token]) -> NDArray[np.intp]:
    firsts = [token[0][0] for token in found]
    alpha = np.array([char.isalpha() for char in firsts], np.float32)
    return modes(alpha, np.array([char.isupper() for char in firsts], np.float32))


class Encoder:
    """Texts as arrays. Keeps what it worked out of every word."""

    def __init__(self, marks: dict[int, int]) -> None:
        self._marks = marks
        self._numbers: dict[str, int] = {}
        self._rows: list[list[int]] = []
        self._groups: list[list[int]] = []

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self._rows)
            features = word_features(word, lambda key: self._marks.get(key, 0))
            rows, groups = [-1] * _MOST, [3] * _MOST
            flat = [(row, group) for group, part in enumerate(features) for row in part][:_MOST]
            for place, (row, group) in enumerate(flat):
                rows[place], groups[place] = row, group
            self._rows.append(rows)
            self._groups.append(groups)
        return number

    def encode(self, text: Text) -> tuple[list[Token], NDArray[np.intp], NDArray[np.intp], Floats]:
        """Tokens, their words' numbers, their tags, and what each counts for."""
        found = tokens(text.text)
        tags, counts = np.zeros(len(found), np.intp), np.ones(len(found), np.float32)
        spans = iter(text.spans)
        span = next(spans, None)
        inside = False
        for place, token in enumerate(found):
            while span and token[1] >= span[1]:
                span, inside = next(spans, None), False
            if span and token[1] >= span[0]:
                if span[2] == UNSURE:
                    counts[place] = 0.0
                else:
                    tags[place] = 1 + 2 * KINDS.index(span[2]) + inside
                inside = True
        return found, np.array([self._number(token[0]) for token in found], np.intp), tags, counts

    def batches(self, examples: Sequence[Text], draw: np.random.Generator) -> Iterator[Batch]:
        """All texts in a drawn order, with some features hidden."""
        encoded = [self.encode(text) for text in examples]
        encoded = [item for item in encoded if item[0]]
        rows, groups = np.array(self._rows, np.int32), np.array(self._groups, np.int8)
        order = draw.permutation(len(encoded))
        gap = 2 * NEIGHBOURS
        held: list[int] = []
        size = 0
        for place, number in enumerate(order.tolist()):
            held.append(number)
            size += len(encoded[number][0]) + gap
            if size < _PLACES and place < len(order) - 1:
                continue
            picked, marks = np.full((size, _MOST), -1, np.int32), np.zeros(size, np.float32)
            tight, cased, tags = np.zeros(size, np.intp), np.zeros(size, np.intp), np.zeros(size, np.intp)
            worth = np.zeros(size, np.float32)
            at = 0
            for which in held:
                found, numbers, labels, counts = encoded[which]
                upto = at + len(found)
                picked[at:upto] = self._hidden(rows[numbers], groups[numbers], draw)
                marks[at:upto] = 1.0
                tight[at:upto], cased[at:upto], tags[at:upto] = glued(found), _modes(found), labels
                worth[at:upto] = counts
                at = upto + gap
            yield Batch(rows=picked, glued=tight, modes=cased, tags=tags, real=marks, counts=worth)
            held, size = [], 0

    @staticmethod
    def _hidden(rows: NDArray[np.int32], groups: NDArray[np.int8], draw: np.random.Generator) -> NDArray[np.int32]:
        chance = draw.random((len(rows), len(_HIDE)), np.float32) < np.array(_HIDE, np.float32)
        gone = np.concatenate((chance, np.zeros((len(rows), 1), bool)), axis=1)
        return np.where(np.take_along_axis(gone, groups.astype(np.intp), axis=1), np.int32(-1), rows)


def train(
    *, seed: int, rounds: int, texts_each: int, prose_each: int, rate: float = 0.002
) -> tuple[Learner, dict[int, int]]:
    """Weights, and the lists that go with them, from new texts in every round.

    In the first third there are only texts whose labels are known. What was learned by then labels ordinary prose, anew
    in every round, and the other rounds learn from both (see `prose`).
    """
    words = lexicon()
    marks: dict[int, int] = {}
    for word, bits in sorted(listed().items()):
        marks[key(word)] = marks.get(key(word), 0) | bits
    encoder = Encoder(marks)
    draw = np.random.default_rng(seed)
    learner = Learner(draw)
    notes = list(corpus(CORPUS, "T"))
    prose = Prose(words)
    for number in range(rounds):
        part = seed * 1_000 + number
        examples = texts(words, seed=part, count=texts_each)
        examples += _clinical(notes[number % 2 :: 2], words, part)
        if 3 * number >= rounds:
            examples += prose.texts(Network.of(arrays(learner, marks)), seed=part, count=prose_each)
        losses = []
        batches = list(encoder.batches(examples, draw))
        for place, batch in enumerate(batches):
            left = 1.0 - (number + place / len(batches)) / rounds
            losses.append(learner.step(batch, rate * min(1.0, (learner.steps + 1) / 100) * max(0.02, left)))
        print(f"round {number + 1} of {rounds}: loss {np.mean(losses):.4f}", flush=True)  # noqa: T201
    return learner, marks


def arrays(learner: Learner, marks: dict[int, int]) -> dict[str, NDArray[Any]]:
    """The weights as they ship: the table in 8 bits, the rest in 16."""
    table = learner.table()
    scale = np.maximum(np.abs(table).max(axis=0) / 127.0, 1e-8).astype(np.float32)
    made: dict[str, NDArray[Any]] = {
        name: array.astype(np.float16) for name, array in learner.weights.items() if name != "table"
    }
    made["table"] = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    made["scale"] = scale
    keys = sorted(marks)
    made["listed_keys"] = np.array(keys, np.uint32)
    made["listed_bits"] = np.array([marks[one] for one in keys], np.uint16)
    return made


def write(learner: Learner, marks: dict[int, int], path: Path) -> None:
    """The weights; not compressed, since a package is anyway."""
    np.savez(path, **arrays(learner, marks))
