"""A head of the user's own: learned from labelled texts in seconds, kept in a folder, used as a detector."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from trimtab._canonical import digest
from trimtab.builtin.detectors.learned.detector import readings
from trimtab.builtin.detectors.learned.features import BUCKETS, plain_form
from trimtab.builtin.detectors.learned.pieces import windows
from trimtab.builtin.detectors.learned.weights import (
    ARRAYS,
    CARD,
    Heads,
    content_digest,
    features_of,
    heads_of,
    read_folder,
    shipped,
)
from trimtab.errors import DetectorError, InsufficientEvidenceError
from trimtab.kinds import DetectorCard, ErrorRates, Finding, Interval
from trimtab.stats.alarm_bound import AlarmBound, alarm_bound
from trimtab.stats.binomial import clopper_pearson, most_rate

_LABEL = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?")
_SPARSE, _DENSE, _PENALTY = 2.0, 0.25, 1e-4  # as in training; a larger penalty, for fewer rows
_LEAST = 20  # texts of each kind to learn from
_QUANTA = 127
_LEVEL = 0.95
_STATED = "stated"  # digest of everything else in a card
_MORE = "INCONCLUSIVE: label more rows, or allow more false alarms, and run `trimtab fit` again; nothing was stored."


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A fitted head that is not yet stored, and what is known of it."""

    heads: Heads
    bound: AlarmBound
    found: int  # of `shown` texts with the label that were held out
    shown: int
    trained: Mapping[str, int]  # texts learned from, by "clean" and "label"
    seed: int

    @property
    def digest(self) -> str:
        """Of the arrays."""
        return content_digest(self.heads.arrays())

    @property
    def sensitivity(self) -> Interval:
        """Of texts with the label, how many are found."""
        return clopper_pearson(self.found, self.shown, level=_LEVEL)

    def facts(self) -> dict[str, Any]:
        """What the card and the ledger say: digests, counts and bounds, no text."""
        recall = self.sensitivity
        return {
            "label": self.heads.names[0],
            "digest": self.digest,
            "reading": shipped().reading,
            "trained": dict(self.trained),
            "calibrated": {"clean": self.bound.clean, "flagged": self.bound.allowed, "label": self.shown},
            "threshold": self.bound.cut,
            "false_alarms": {"at_most": self.bound.rate, "confidence": self.bound.confidence},
            "sensitivity": {"found": self.found, "low": recall.low, "high": recall.high, "level": recall.level},
            "seed": self.seed,
        }

    def write(self, folder: Path) -> None:
        """Store arrays and card in a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = self.heads.arrays()
        np.savez_compressed(folder / ARRAYS, allow_pickle=False, **arrays)
        facts = self.facts()
        card = {**facts, _STATED: digest(facts)}
        (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class FittedDetector:
    """Finds what `trimtab fit` learned; `path` is the folder that it wrote, the label is the one given there."""

    path: str

    name: ClassVar[str] = "fitted"
    version: ClassVar[str] = "1"

    def __post_init__(self) -> None:
        given: object = self.path
        if not isinstance(given, str | Path) or not str(given).strip():
            raise ValueError("`path` names no folder; give the one that `trimtab fit` wrote")

    def find(self, text: str) -> list[Finding]:
        """The whole text, if it scores above the calibrated threshold.

        Raises:
            DetectorError: There is no fitted head in the folder, or it was fitted with another version of the features.
        """
        heads, cut, _ = _stored(self.path)
        chance = score(heads, text)
        if not text or chance <= cut:
            return []
        return [Finding(label=heads.names[0], start=0, end=len(text), confidence=chance)]

    @property
    def card(self) -> DetectorCard:
        """The bounds found when it was fitted."""
        stated = _stored(self.path)[2]
        clean, recall = stated["calibrated"]["clean"], stated["sensitivity"]
        # One-sided at the confidence of the guarantee; as a two-sided interval its low end is 0.
        high = most_rate(stated["calibrated"]["flagged"], clean, tail=(1 - _LEVEL) / 2)
        rates = ErrorRates(
            corpus="rows held out when it was fitted",
            sensitivity=Interval(recall["low"], recall["high"], recall["level"], "clopper-pearson"),
            false_alarm=Interval(0.0, high, _LEVEL, "clopper-pearson"),
        )
        return DetectorCard(labels=(stated["label"],), seconds=0.002, errors={stated["label"]: rates})

    @staticmethod
    def learn(
        texts: Sequence[str],
        shows: Sequence[bool],
        *,
        label: str,
        false_alarms: float = 0.01,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> Learned:
        """A head for these texts, its threshold calibrated on texts that it did not learn from.

        Texts that read the same count once. Half of the clean ones, drawn by the seed, calibrate; so do three in ten
        of the others. The guarantee is that of `alarm_bound`, and holds for traffic like the clean texts.

        Raises:
            InsufficientEvidenceError: Too few texts, and how many are needed.
            ValueError: The label is not `family.kind` in lower case.
        """
        if not _LABEL.fullmatch(label):
            raise ValueError(f"label {label!r} is not a lower-case `kind` or `family.kind`")
        rng = random.Random(seed)
        first: dict[str, tuple[str, bool]] = {}
        for text, one in zip(texts, shows, strict=True):
            first.setdefault(plain_form(text), (text, one))
        clean = [text for text, one in first.values() if not one]
        flagged = [text for text, one in first.values() if one]
        rng.shuffle(clean)
        rng.shuffle(flagged)
        train_clean, calibrate = clean[: len(clean) // 2], clean[len(clean) // 2 :]
        cut = round(0.7 * len(flagged))
        if cut < _LEAST:
            raise InsufficientEvidenceError("texts with the label", len(flagged), round(_LEAST / 0.7) + 1, _MORE)
        _enough(len(calibrate), len(clean), false_alarms, confidence)
        heads = _head(label, train_clean, flagged[:cut])
        bound = alarm_bound([score(heads, text) for text in calibrate], rate=false_alarms, confidence=confidence)
        found = sum(score(heads, text) > bound.cut for text in flagged[cut:])
        heads = _with_threshold(heads, bound.cut)
        trained = {"clean": len(train_clean), "label": cut}
        return Learned(heads=heads, bound=bound, found=found, shown=len(flagged) - cut, trained=trained, seed=seed)


def score(heads: Heads, text: str) -> float:
    """The largest chance of the only head in any window of any reading; what calibrates is what runs."""
    best = 0.0
    for view in readings(text, "fitted"):
        for start, end in windows(view.text):
            best = max(best, heads.chances(features_of(view.text[start:end]))[0])
    return best


def _enough(calibrating: int, clean: int, rate: float, confidence: float) -> None:
    """Ask before anything is learned; half of the clean texts calibrate, so twice as many are needed."""
    try:
        alarm_bound([0.0] * calibrating, rate=rate, confidence=confidence)
    except InsufficientEvidenceError as error:
        raise InsufficientEvidenceError("texts without the label", clean, 2 * error.need - 1, _MORE) from None


def _head(label: str, clean: list[str], flagged: list[str]) -> Heads:
    from trimtab.builtin.detectors.learned.learning import matrix, regress

    found, labels, counts = [], [], []
    for text, shows in [*((text, 0.0) for text in clean), *((text, 1.0) for text in flagged)]:
        places = list(windows(text))[:6]
        for start, end in places:
            found.append(features_of(text[start:end]))
            labels.append(shows)
            counts.append(0.5 / len(places) / (len(flagged) if shows else len(clean)))
    sparse, dense = matrix(found, BUCKETS)
    weights = np.array(counts) * len(counts) / sum(counts)
    wide, narrow, intercept = regress(
        sparse * np.float32(_SPARSE), dense * np.float32(_DENSE), np.array(labels), weights, penalty=_PENALTY
    )
    wide = wide * np.float32(_SPARSE)
    scale = np.float32(max(float(np.abs(wide).max()) / _QUANTA, 1e-9))
    return Heads(
        names=(label,),
        sparse=np.clip(np.rint(wide / scale), -_QUANTA, _QUANTA).astype(np.int8)[:, None],
        sparse_scale=np.array([scale], np.float32),
        dense=(narrow * np.float32(_DENSE))[:, None],
        intercept=np.array([intercept], np.float32),
        slope=np.ones(1, np.float32),
        offset=np.zeros(1, np.float32),
        threshold=np.array([0.5], np.float64),
    )


def _with_threshold(heads: Heads, cut: float) -> Heads:

    return replace(heads, threshold=np.array([cut], np.float64))


@lru_cache(maxsize=16)
def _stored(path: str) -> tuple[Heads, float, Mapping[str, Any]]:
    if not Path(path).is_dir():
        step = f"Make it with `trimtab fit FILE --label LABEL --out {path}`, or correct its path"
        raise DetectorError("fitted", f"there is no folder {path}. {step}")
    arrays, card = read_folder(Path(path), "fitted")
    if card.get("reading") != shipped().reading:
        raise DetectorError("fitted", f"{path} was fitted with other features; run `trimtab fit` again")
    heads = heads_of(arrays, "fitted")
    stated = card.pop(_STATED, None)  # cards of versions before this was said have none
    same = (card.get("label"), card.get("threshold")) == (heads.names[0], float(heads.threshold[0]))
    if not same or stated not in (None, digest(card)):
        raise DetectorError("fitted", f"the card in {path} is not the one that was written; run `trimtab fit` again")
    if len(heads.names) != 1 or heads.sparse.shape[0] != BUCKETS or not _LABEL.fullmatch(heads.names[0]):
        raise DetectorError("fitted", f"the arrays in {path} are not one head")
    return heads, float(heads.threshold[0]), card
