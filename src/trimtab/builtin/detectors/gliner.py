"""GLiNER models from a folder, in this process; nothing is downloaded and nothing sent away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from trimtab._optional import need
from trimtab.builtin.detectors.entities import IGNORED, checked, ours, pieces
from trimtab.errors import DetectorError
from trimtab.kinds import Finding

_SHARED = 24  # words that two pieces share: no name is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class GlinerDetector:
    """What a GLiNER model finds, asked for `entities`.

    `model` is a folder with the model's files. `entities` are the labels it is asked for, in words. `words` is how
    many it is given at a time: GLiNER cuts off what is too long, so long texts go in pieces that overlap. `confidence`
    is the least score reported, in [0, 1]. `labels` maps entities to our labels as for `presidio`.
    """

    model: str
    entities: tuple[str, ...] = ("person", "location", "organization", "street address")
    confidence: float = 0.5
    words: int = 200
    labels: Mapping[str, str] = field(default_factory=dict)

    name: ClassVar[str] = "gliner"
    version: ClassVar[str] = "1"
    packages: ClassVar[Mapping[str, str]] = {"gliner": "gliner"}  # what it loads, and the extras that bring it

    def __post_init__(self) -> None:
        object.__setattr__(self, "entities", tuple(self.entities))
        object.__setattr__(self, "labels", checked(self.labels))
        if not self.model or not self.entities:
            raise ValueError("model must be a folder, and entities must not be empty")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is outside [0, 1]")
        if self.words < 2 * _SHARED:
            raise ValueError(f"words must be at least {2 * _SHARED}")

    def find(self, text: str) -> list[Finding]:
        """All of it, once each.

        Raises:
            DetectorError: The folder holds no model, or GLiNER broke.
            MissingPackageError: GLiNER is not installed.
        """
        model = _model(self.model)
        found: dict[tuple[int, int, str], float] = {}
        for at, piece in pieces(text, most=self.words, shared=_SHARED):
            try:
                results = model.predict_entities(piece, list(self.entities), threshold=self.confidence)
            except Exception as error:  # noqa: BLE001  # its message may hold the text
                raise DetectorError(self.name, f"gliner raised {type(error).__name__}") from None
            for result in results:
                label = ours(result["label"], self.labels)
                if label != IGNORED and result["start"] < result["end"]:
                    place = (at + int(result["start"]), at + int(result["end"]), label)
                    found[place] = max(found.get(place, 0.0), min(1.0, float(result["score"])))
        return [Finding(label=label, start=s, end=e, confidence=c) for (s, e, label), c in sorted(found.items())]


@lru_cache(maxsize=2)
def _model(folder: str) -> Any:
    if not Path(folder).is_dir():
        raise DetectorError("gliner", "its model is not a folder that exists; models are not downloaded")
    package = need("gliner", extra="gliner")
    try:
        return package.GLiNER.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the files
        raise DetectorError("gliner", f"its model does not load ({type(error).__name__})") from None
