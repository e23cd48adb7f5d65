"""Microsoft Presidio, in this process; nothing is downloaded and nothing sent away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from trimtab._optional import need
from trimtab.builtin.detectors.entities import IGNORED, checked, ours
from trimtab.errors import DetectorError
from trimtab.kinds import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class PresidioDetector:
    """What Presidio's analyzer finds, under our labels.

    `model` names an installed spaCy pipeline (`en_core_web_lg`), or is "" for Presidio's patterns alone: no names, no
    places. It is never downloaded. `confidence` is the least score reported, in [0, 1]. `labels` maps Presidio's
    entity types to ours and "" leaves a type out; those it does not name go by the table in `entities`.
    """

    model: str
    language: str = "en"
    confidence: float = 0.35
    labels: Mapping[str, str] = field(default_factory=dict)

    name: ClassVar[str] = "presidio"
    version: ClassVar[str] = "1"
    packages: ClassVar[Mapping[str, str]] = {
        "presidio_analyzer": "presidio"
    }  # what it loads, and the extras that bring it

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", checked(self.labels))
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is outside [0, 1]")

    def find(self, text: str) -> list[Finding]:
        """All of it; Presidio reads texts of any length up to spaCy's own limit of a million characters.

        Raises:
            DetectorError: The pipeline is not installed, or Presidio broke.
            MissingPackageError: Presidio is not installed.
        """
        analyzer = _analyzer(self.model, self.language)
        try:
            results = analyzer.analyze(text=text, language=self.language, score_threshold=self.confidence)
        except Exception as error:  # noqa: BLE001  # its message may hold the text
            raise DetectorError(self.name, f"presidio raised {type(error).__name__}") from None
        found = []
        for result in results:
            label = ours(result.entity_type, self.labels)
            if label != IGNORED and result.start < result.end:
                score = min(1.0, max(0.0, float(result.score)))
                found.append(Finding(label=label, start=result.start, end=result.end, confidence=score))
        return found


@lru_cache(maxsize=4)
def _analyzer(model: str, language: str) -> Any:
    presidio = need("presidio_analyzer", extra="presidio")
    engines = need("presidio_analyzer.nlp_engine", extra="presidio")
    spacy = need("spacy", extra="presidio")
    domains = need("tldextract", extra="presidio")
    try:
        # Presidio asks this package whether a mail address ends well, and it would fetch a list, and write it to disk.
        domains.tldextract.TLD_EXTRACTOR = domains.TLDExtract(suffix_list_urls=(), cache_dir=None)
        # Asking spaCy itself: Presidio would download what it does not find.
        pipeline = spacy.load(model) if model else spacy.blank(language)
        engine = engines.SpacyNlpEngine(models=[{"lang_code": language, "model_name": model or f"blank:{language}"}])
        engine.nlp = {language: pipeline}
        return presidio.AnalyzerEngine(nlp_engine=engine, supported_languages=[language])
    except Exception as error:  # noqa: BLE001  # spaCy and Presidio raise what they like
        what = f"the spaCy pipeline {model!r}" if model else f"a blank pipeline for {language!r}"
        raise DetectorError("presidio", f"{what} does not load ({type(error).__name__})") from None
