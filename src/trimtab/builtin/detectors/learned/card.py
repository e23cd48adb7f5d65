"""What the shipped heads declare of themselves: the rates of `card.json`, as values."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from trimtab.builtin.detectors.learned.weights import shipped
from trimtab.kinds import DetectorCard, ErrorRates, Interval

_LABELS = {
    "injection": "attack.injection",
    "instruction": "attack.injection",
    "toxicity": "harm.toxicity",
    "bias": "harm.bias",
    "refusal": "refusal",
    "sexual": "harm.sexual",
    "self-harm": "harm.self-harm",
    "violence": "harm.violence",
}
_SECONDS = 0.004  # for 1,000 characters, see docs/explanation/learned-detectors.md


@lru_cache(maxsize=16)
def detector_card(*heads: str) -> DetectorCard:
    """The card of a plugin made of these heads; of a label, the rates of the first head that states some."""
    labels = tuple(dict.fromkeys(_LABELS[head] for head in heads))
    errors: dict[str, ErrorRates] = {}
    for head in heads:
        stated = shipped().card["heads"][head].get("errors")
        if stated and _LABELS[head] not in errors:
            errors[_LABELS[head]] = _rates(stated)
    return DetectorCard(labels=labels, seconds=_SECONDS, errors=errors)


def _rates(stated: Mapping[str, Any]) -> ErrorRates:
    return ErrorRates(
        corpus=stated["corpus"],
        sensitivity=_interval(stated.get("sensitivity")),
        false_alarm=_interval(stated.get("false_alarm")),
    )


def _interval(stated: Mapping[str, Any] | None) -> Interval | None:
    if stated is None:
        return None
    return Interval(stated["low"], stated["high"], stated["level"], "clopper-pearson")
