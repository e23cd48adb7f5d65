"""Texts in four languages that refuse or do not, for measuring alone: no weight learns from them.

They were written after the grammar of `training.text.generate.refusing` and the patterns of the metric `over-refusal`,
on other matters, and neither was changed because of them. (Statements of users came into the grammar later, because of
requests of the suite `stress`.) The author is the same, so they show where a reader of refusals errs and how languages
differ; how often it errs in other people's traffic they do not show.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml

LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """One text; `kind` as in `training.text.generate.refusing`."""

    text: str
    language: str
    kind: str
    refuses: bool


def unseen() -> list[Unseen]:
    """All of them, in order of language and kind."""
    return [
        Unseen(text=text, language=language, kind=kind, refuses=side == "refuses")
        for language in LANGUAGES
        for side, kinds in _read(language).items()
        for kind, texts in kinds.items()
        for text in texts
    ]


def _read(language: str) -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).parent / f"{language}.yaml"
    found: dict[str, dict[str, list[str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found
