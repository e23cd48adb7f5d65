"""How often a detector errs, from counts that somebody made."""

from collections.abc import Mapping, Sequence
from typing import Any

from trimtab.kinds import ErrorRates
from trimtab.stats.binomial import clopper_pearson

_LEVEL = 0.95  # of the intervals that a card shows


def read_rates(stated: Mapping[str, Any]) -> ErrorRates:
    """Error rates from counts: `{corpus: ..., found: [95, 100], alarms: [1, 200]}`.

    Args:
        stated: `corpus` names what was counted on, `found` is how many of the
            texts with the problem were found, `alarms` how many of those
            without it were flagged. Either may be left out and is unknown then.

    Raises:
        ValueError: A key is unknown, the corpus has no name, or counts make no sense.
    """
    unknown = sorted(str(key) for key in stated if key not in ("corpus", "found", "alarms"))
    if unknown:
        raise ValueError(f"error rates have no {unknown[0]!r}; they are corpus, found and alarms")
    corpus = stated.get("corpus")
    if not (isinstance(corpus, str) and corpus.strip()):
        raise ValueError("error rates need a corpus: the name of what was counted on")
    found, alarms = _counts("found", stated.get("found")), _counts("alarms", stated.get("alarms"))
    return ErrorRates(
        corpus=corpus,
        sensitivity=None if found is None else clopper_pearson(*found, level=_LEVEL),
        false_alarm=None if alarms is None else clopper_pearson(*alarms, level=_LEVEL),
        found=found,
        alarms=alarms,
    )


def _counts(name: str, stated: object) -> tuple[int, int] | None:
    if stated is None:
        return None
    if isinstance(stated, Sequence) and not isinstance(stated, str) and len(stated) == 2:
        part, whole = stated
        if type(part) is int and type(whole) is int and 0 <= part <= whole and whole >= 1:
            return part, whole
    raise ValueError(f"{name} is two counts, [part, whole], with 0 <= part <= whole and whole >= 1")
