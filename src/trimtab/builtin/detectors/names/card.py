"""What the weights declare of themselves, read from the card that training wrote beside them."""

import json
from functools import lru_cache
from typing import Any

from trimtab.builtin.detectors.names.network import CARD, KINDS
from trimtab.errors import DetectorError
from trimtab.kinds import DetectorCard, ErrorRates, Interval

REACH = 800
"""Characters on either side of a place on which what is found there may depend.

That many hold the tokens that a tag depends on, those over which an address goes on, and the part of a mail address by
which it is one. A text may be cut anywhere behind white space that no finding holds. Findings go on as long as they go
on; white space counts as one character, however long it is, and so does an escape of JSON.
"""

LABELS = tuple(f"personal.{kind}" for kind in KINDS)
_CORPUS = "presidio_v2 (en)"  # marks them all, but has few texts without any, so its false-alarm intervals are wide
_CORPUS_OF = dict.fromkeys(
    ("personal.name", "personal.location", "personal.organisation"), "wnut17 (en)"
)  # the hardest
_SECONDS = 0.002  # 1,000 characters, one thread, a 2.x GHz core


@lru_cache(maxsize=1)
def card() -> DetectorCard:
    """Labels, cost and error rates.

    Raises:
        DetectorError: The card is missing or damaged: weights of unknown worth.
    """
    try:
        measured = json.loads(CARD.read_text(encoding="utf-8"))["measured"]
        errors = {label: _rates(measured, _CORPUS_OF.get(label, _CORPUS), label) for label in LABELS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DetectorError("names", f"its card cannot be read ({type(error).__name__})") from None
    return DetectorCard(labels=LABELS, seconds=_SECONDS, errors=errors, reach=REACH, behind=REACH)


class Card:
    """An attribute of a class that is the card, read when somebody asks for it."""

    def __get__(self, instance: object, owner: type | None = None) -> DetectorCard:
        return card()


def _rates(measured: dict[str, Any], corpus: str, label: str) -> ErrorRates:
    seen = measured[corpus]["labels"][label]
    return ErrorRates(
        corpus=corpus,
        sensitivity=_interval(seen["spans_covered"]),
        false_alarm=_interval(seen["alarms_in_clean_texts"]),
    )


def _interval(rate: dict[str, float] | None) -> Interval | None:
    return None if rate is None else Interval(rate["low"], rate["high"], 0.95, "clopper-pearson")
