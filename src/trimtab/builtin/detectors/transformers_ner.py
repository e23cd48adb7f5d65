"""Token classifiers of Hugging Face transformers from a folder, in this process; nothing is downloaded or sent away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from trimtab._optional import need
from trimtab.builtin.detectors.entities import IGNORED, checked, ours
from trimtab.errors import DetectorError
from trimtab.kinds import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformersNerDetector:
    """What a token classifier (BERT fine-tuned for names, say) finds.

    `model` is a folder with weights and a fast tokenizer. A text longer than the model reads goes in pieces that share
    `stride` tokens. `confidence` is the least score reported, in [0, 1]. `labels` maps the model's labels to ours as
    for `presidio`. Code that comes with a model is never run.
    """

    model: str
    confidence: float = 0.5
    stride: int = 32
    labels: Mapping[str, str] = field(default_factory=dict)

    name: ClassVar[str] = "transformers-ner"
    version: ClassVar[str] = "1"
    packages: ClassVar[Mapping[str, str]] = {
        "torch": "hf",
        "transformers": "hf",
    }  # what it loads, and the extras that bring it

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", checked(self.labels))
        if not self.model:
            raise ValueError("model must be a folder")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is outside [0, 1]")
        if self.stride < 1:
            raise ValueError("stride must be at least 1")

    def find(self, text: str) -> list[Finding]:
        """All of it.

        Raises:
            DetectorError: The folder holds no model, or the model broke.
            MissingPackageError: transformers or torch is not installed.
        """
        if not text.strip():
            return []
        try:
            results = _pipeline(self.model, self.stride)(text)
        except DetectorError:
            raise
        except ImportError:
            raise
        except Exception as error:  # noqa: BLE001  # its message may hold the text
            raise DetectorError(self.name, f"transformers raised {type(error).__name__}") from None
        found = []
        for result in results:
            label, score = ours(result["entity_group"], self.labels), float(result["score"])
            start, end = int(result["start"]), int(result["end"])
            if label != IGNORED and score >= self.confidence and start < end:
                found.append(Finding(label=label, start=start, end=end, confidence=min(1.0, score)))
        return found


@lru_cache(maxsize=2)
def _pipeline(folder: str, stride: int) -> Any:
    if not Path(folder).is_dir():
        raise DetectorError("transformers-ner", "its model is not a folder that exists; models are not downloaded")
    need("torch", extra="hf")
    transformers = need("transformers", extra="hf")
    try:
        options = {"local_files_only": True, "trust_remote_code": False}
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, use_fast=True, **options)
        model = transformers.AutoModelForTokenClassification.from_pretrained(folder, **options)
        longest = int(getattr(model.config, "max_position_embeddings", 0) or 0)
        if longest:  # tokenizers saved without a limit have one of 10**30; some models use two positions themselves
            tokenizer.model_max_length = min(tokenizer.model_max_length, longest - 2)
        return transformers.pipeline(
            "token-classification",
            model=model,
            tokenizer=tokenizer,
            aggregation_strategy="simple",
            stride=stride,
            device="cpu",
        )
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the files; or a stride that is too long
        raise DetectorError("transformers-ner", f"its model does not load ({type(error).__name__})") from None
