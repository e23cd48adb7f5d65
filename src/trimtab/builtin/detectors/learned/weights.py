"""Arrays on disk: what the detectors ship with, and what `trimtab fit` writes. Never a pickle."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.builtin.detectors.learned.asked import Asked, asked_of
from trimtab.builtin.detectors.learned.features import Features, Floats, Reader, Table, plain_form
from trimtab.builtin.detectors.learned.tokens import Vocabulary
from trimtab.errors import DetectorError

FOLDER = Path(__file__).parent
ARRAYS, CARD = "weights.npz", "card.json"
_READING = ("pieces", "rows", "mean_scale", "filter_scale", "bias", "centre", "spread")
_LARGEST = 64 << 20  # bytes of a file of arrays that is read


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Linear answers on the shared features, one for each name.

    `sparse` holds int8 weights of the buckets times `sparse_scale`. The chance of a name is
    `1 / (1 + exp(-(slope * answer + offset)))`; it is found from `threshold` on, a chance too.
    """

    names: tuple[str, ...]
    sparse: NDArray[np.int8]  # (buckets, heads)
    sparse_scale: Floats
    dense: Floats  # (size, heads)
    intercept: Floats
    slope: Floats
    offset: Floats
    threshold: NDArray[np.float64]

    def answers(self, features: Features) -> Floats:
        """Log-odds before calibration, one for each head."""
        counted = self.sparse.take(features.buckets, axis=0).sum(0, dtype=np.int32)
        return np.asarray(
            counted * (self.sparse_scale * np.float32(features.unit)) + features.dense @ self.dense + self.intercept,
            np.float32,
        )

    def chances(self, features: Features) -> tuple[float, ...]:
        """Calibrated probabilities in [0, 1], one for each head."""
        logit = np.clip(self.slope * self.answers(features) + self.offset, -30, 30)
        return tuple((1 / (1 + np.exp(-logit))).tolist())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is stored."""
        fields = ("sparse", "sparse_scale", "dense", "intercept", "slope", "offset", "threshold")
        names = np.frombuffer("\n".join(self.names).encode(), np.uint8)
        return {"names": names, **{name: getattr(self, name) for name in fields}}


def content_digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """`sha256:` over names, kinds, shapes and numbers; how the file is packed does not count."""
    seen = hashlib.sha256()
    for name in sorted(arrays):
        one = np.ascontiguousarray(arrays[name])
        seen.update(f"{name} {one.dtype.str} {one.shape}\n".encode())
        seen.update(one.data)
    return f"sha256:{seen.hexdigest()}"


def read_folder(folder: Path, who: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Arrays and card of a folder.

    Raises:
        DetectorError: They cannot be read, or are not those that the card was written for.
    """
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        expected = card["digest"]
    except Exception as error:
        raise DetectorError(who, f"the card in {folder} cannot be read ({type(error).__name__})") from error
    return read_arrays(folder / ARRAYS, expected, who), card


def read_arrays(path: Path, expected: str, who: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file.

    Raises:
        DetectorError: They cannot be read, or their digest is another than expected.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise DetectorError(who, f"{path} is larger than 64 MiB")  # noqa: TRY301  # so are all that follow
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except DetectorError:
        raise
    except Exception as error:
        raise DetectorError(who, f"the weights in {path} cannot be read ({type(error).__name__})") from error
    if content_digest(arrays) != expected:
        raise DetectorError(who, f"the weights in {path} are not those that its card describes")
    return arrays


def heads_of(arrays: Mapping[str, NDArray[Any]], who: str) -> Heads:
    """The heads among some arrays.

    Raises:
        DetectorError: They do not fit together.
    """
    try:
        names = tuple(arrays["names"].tobytes().decode().split("\n"))
        small: dict[str, Any] = {
            name: np.asarray(arrays[name], np.float32) for name in ("sparse_scale", "intercept", "slope", "offset")
        }
        small["threshold"] = np.asarray(arrays["threshold"], np.float64)
        sparse, dense = arrays["sparse"], np.asarray(arrays["dense"], np.float32)
        fits = sparse.dtype == np.int8 and sparse.shape[1] == dense.shape[1] == len(names)
        fits = fits and all(one.shape == (len(names),) and np.isfinite(one).all() for one in small.values())
    except (KeyError, UnicodeDecodeError, ValueError, IndexError) as error:
        raise DetectorError(who, f"its arrays are not heads ({type(error).__name__})") from error
    if not fits or not np.isfinite(dense).all():
        raise DetectorError(who, "its arrays do not fit together")
    return Heads(names=names, sparse=sparse, dense=dense, **small)


def reading_arrays(reader: Reader, pieces: list[str]) -> dict[str, NDArray[Any]]:
    """What is stored of a reader."""
    table = reader.table
    return {
        "pieces": np.frombuffer("\n".join(pieces).encode(), np.uint8),
        "rows": table.rows,
        "mean_scale": table.mean_scale,
        "filter_scale": table.filter_scale,
        "bias": table.bias,
        "centre": reader.centre,
        "spread": reader.spread,
    }


def pieces_of(arrays: Mapping[str, NDArray[Any]]) -> list[str]:
    """The word pieces among some arrays, by number."""
    return arrays["pieces"].tobytes().decode().split("\n")


def reader_from(arrays: Mapping[str, NDArray[Any]]) -> Reader:
    """The reader among some arrays; the other way round from `reading_arrays`."""
    table = Table(
        rows=arrays["rows"], mean_scale=arrays["mean_scale"], filter_scale=arrays["filter_scale"], bias=arrays["bias"]
    )
    return Reader(
        vocabulary=Vocabulary(pieces_of(arrays)), table=table, centre=arrays["centre"], spread=arrays["spread"]
    )


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """What comes with trimtab: how texts are read, the heads, and what is known of them."""

    reader: Reader
    heads: Heads
    card: Mapping[str, Any]
    reading: str  # digest of the arrays that read; heads fitted on others do not fit
    asked: Mapping[str, Asked]  # heads that have a second stage

    def threshold(self, head: str) -> float:
        """The chance from which on a head counts, if nobody says otherwise."""
        asked = self.asked.get(head)
        return asked.threshold if asked else float(self.heads.threshold[self.heads.names.index(head)])


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """Read once in a process.

    Raises:
        DetectorError: The installation is broken.
    """
    arrays, card = read_folder(FOLDER, "learned")
    return Shipped(reader_from(arrays), heads_of(arrays, "learned"), card, card["reading"], asked_of(arrays))


@lru_cache(maxsize=32)
def features_of(text: str) -> Features:
    """Features of a text as given; the last few are kept, since several detectors look at one text."""
    return shipped().reader.read(plain_form(text))


_said: dict[str, tuple[float, ...]] = {}  # of the last texts, since several detectors look at one
_MOST_SAID = 1_024  # as many as a text of 40,000 characters has windows and sentences


def chances_of_all(texts: Sequence[str]) -> list[tuple[float, ...]]:
    """What all shipped heads say of each of these texts as given."""
    known = {text: said for text in texts if (said := _said.get(text)) is not None}
    fresh = [text for text in dict.fromkeys(texts) if text not in known]
    if fresh:
        known |= zip(fresh, _chances(fresh), strict=True)
        if len(_said) > _MOST_SAID:
            _said.clear()
        _said.update((text, known[text]) for text in fresh)
    return [known[text] for text in texts]


def _chances(texts: Sequence[str]) -> list[tuple[float, ...]]:
    from trimtab.builtin.detectors.learned.together import SHORTEST, chances_together  # it needs what stands here

    all_of = shipped()
    plains = [plain_form(text) for text in texts]
    said = {}
    if len(several := [plain for plain in plains if len(plain) >= SHORTEST]) > 1:
        said = dict(zip(several, chances_together(all_of.reader, all_of.heads, several), strict=True))
    return [said.get(plain) or all_of.heads.chances(all_of.reader.read(plain)) for plain in plains]


def forget() -> None:
    """Let go of what was said of the last texts."""
    _said.clear()
