"""Estimates with intervals, from scores; no number without its method, no method without its source.

Names load on first use, so that importing this package costs nothing; numpy
and SciPy arrive with the first estimate.
"""

from typing import TYPE_CHECKING

from trimtab._lazy import lazily

if TYPE_CHECKING:
    from trimtab.stats.binomial import Side, clopper_pearson, rate, trials_needed, trials_to_prove
    from trimtab.stats.confidence import of_agreement, of_logprobs, spell_all
    from trimtab.stats.misreading import further_through, through
    from trimtab.stats.multiple import holm
    from trimtab.stats.paired import mcnemar, paired_difference
    from trimtab.stats.planning import further_trials
    from trimtab.stats.release import Release, release_threshold
    from trimtab.stats.running import RunningRate
    from trimtab.stats.selection import Selection, select
    from trimtab.stats.sequential import (
        HOPELESS,
        Outlook,
        boundaries,
        hopeless,
        hopeless_pairs,
        nearly_refuted,
        outlook,
    )
    from trimtab.stats.shapes import APPROXIMATE, estimate, point_range
    from trimtab.stats.spending import share_of_look
    from trimtab.stats.stakes import units_to_prove

_HOME = {
    "APPROXIMATE": "trimtab.stats.shapes",
    "HOPELESS": "trimtab.stats.sequential",
    "Outlook": "trimtab.stats.sequential",
    "Release": "trimtab.stats.release",
    "RunningRate": "trimtab.stats.running",
    "Selection": "trimtab.stats.selection",
    "Side": "trimtab.stats.binomial",
    "boundaries": "trimtab.stats.sequential",
    "clopper_pearson": "trimtab.stats.binomial",
    "estimate": "trimtab.stats.shapes",
    "further_through": "trimtab.stats.misreading",
    "further_trials": "trimtab.stats.planning",
    "holm": "trimtab.stats.multiple",
    "hopeless": "trimtab.stats.sequential",
    "hopeless_pairs": "trimtab.stats.sequential",
    "nearly_refuted": "trimtab.stats.sequential",
    "mcnemar": "trimtab.stats.paired",
    "of_agreement": "trimtab.stats.confidence",
    "of_logprobs": "trimtab.stats.confidence",
    "outlook": "trimtab.stats.sequential",
    "paired_difference": "trimtab.stats.paired",
    "point_range": "trimtab.stats.shapes",
    "rate": "trimtab.stats.binomial",
    "release_threshold": "trimtab.stats.release",
    "select": "trimtab.stats.selection",
    "share_of_look": "trimtab.stats.spending",
    "spell_all": "trimtab.stats.confidence",
    "through": "trimtab.stats.misreading",
    "trials_needed": "trimtab.stats.binomial",
    "trials_to_prove": "trimtab.stats.binomial",
    "units_to_prove": "trimtab.stats.stakes",
}

__all__ = [
    "APPROXIMATE",
    "HOPELESS",
    "Outlook",
    "Release",
    "RunningRate",
    "Selection",
    "Side",
    "boundaries",
    "clopper_pearson",
    "estimate",
    "further_through",
    "further_trials",
    "holm",
    "hopeless",
    "hopeless_pairs",
    "mcnemar",
    "nearly_refuted",
    "of_agreement",
    "of_logprobs",
    "outlook",
    "paired_difference",
    "point_range",
    "rate",
    "release_threshold",
    "select",
    "share_of_look",
    "spell_all",
    "through",
    "trials_needed",
    "trials_to_prove",
    "units_to_prove",
]


__getattr__ = lazily(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
