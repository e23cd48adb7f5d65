"""What the counts of a training say is going wrong, in words, with the remedy."""

from dataclasses import dataclass

from trimtab.enforce.rewards.standing import Rule, Standing
from trimtab.stats.multiplier import capped

_LEAST_GROUPS = 10.0  # of recent ones, before anything is said of groups
_LEAST_COMPLETIONS = 50.0
_LEAST_STEPS = 8  # of the training, before it is said that it learns nothing: some begin slowly and come right
_MANY_UNSAFE = 0.2  # of groups without a safe completion
_NEARLY_ALL = 0.99
_STEPS_AT_CAP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that is wrong. `kind` is stable, for counting and for saying it once."""

    kind: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}"


def diagnose(standing: Standing, rules: tuple[Rule, ...], hard: tuple[str, ...]) -> list[Diagnosis]:
    """What is wrong after the last steps, the worst first; empty when nothing is seen to be."""
    seen = standing.recent
    found: list[Diagnosis] = []
    if seen.errors:
        share = seen.errors / seen.completions
        found.append(
            Diagnosis(
                kind="errors",
                what=f"{share:.1%} of recent completions could not be looked at, and count as unsafe.",
                remedy="Mend what fails (an earlier warning names it): a model learns nothing from a broken check.",
            )
        )
    groups = seen.groups
    begun = standing.step >= _LEAST_STEPS and groups >= _LEAST_GROUPS
    if begun and seen.all_unsafe / groups > _MANY_UNSAFE:
        found.append(_no_safe_sample(standing, hard))
    if groups >= _LEAST_GROUPS and seen.all_safe / groups > _NEARLY_ALL and hard:
        found.append(
            Diagnosis(
                kind="all-safe",
                what=f"{seen.all_safe / groups:.1%} of recent groups hold no unsafe completion.",
                remedy="Either the floor is reached, or the checks miss what the model does: read a sample, or have an "
                "independent judge read one.",
            )
        )
    for rule, held in zip(rules, standing.held, strict=True):
        if capped(held, _STEPS_AT_CAP):
            found.append(
                Diagnosis(
                    kind=f"cap:{rule.name}",
                    what=f"The multiplier of {rule.name} has stood at its cap for {held.at_cap} steps.",
                    remedy="No weight brings this cost under its floor: give examples of what is wanted, correct the "
                    "check, or accept another floor; a higher `cap` will not help.",
                )
            )
    if standing.audit is not None and standing.audit.alarm:
        low = "" if standing.audit.low is None else f", by more than {standing.audit.low:.2f}"
        found.append(
            Diagnosis(
                kind="audit",
                what=f"From step {standing.audit.first} on the independent judge sees what the check misses{low} on "
                f"average, and {standing.audit.allowed:.2f} is accepted.",
                remedy="The model may have learned to please the check: read what the judge flags, mend the check, and "
                "go on from a checkpoint before that.",
            )
        )
    if seen.completions >= _LEAST_COMPLETIONS and seen.untasked > 0.0:
        found.append(
            Diagnosis(
                kind="untasked",
                what=f"{seen.untasked / seen.completions:.1%} of recent completions had no task reward, and got the "
                "lowest.",
                remedy="Return a number for every completion.",
            )
        )
    return found


def _no_safe_sample(standing: Standing, hard: tuple[str, ...]) -> Diagnosis:
    seen = standing.recent
    share, equal = seen.all_unsafe / seen.groups, seen.equal_unsafe / seen.all_unsafe
    worst = max(zip(seen.failed, hard, strict=True), default=(0.0, ""))[1]
    named = f", most often by {worst}" if worst else ""
    what = f"{share:.0%} of recent groups hold no safe completion{named}"
    if equal > 0.5:
        return Diagnosis(
            kind="no-safe-sample",
            what=f"{what}, and in {equal:.0%} of these all are equally bad: no safe sample is ever drawn, and there is "
            "nothing to learn from.",
            remedy="No method that compares within a group can help. Show a few safe answers first (supervised "
            "fine-tuning on revised examples), draw at a higher temperature or in larger groups, or grade the severity "
            "(`full`).",
        )
    return Diagnosis(
        kind="few-safe-samples",
        what=f"{what}. Only their severity tells them apart.",
        remedy="It may come right by itself; if the share does not fall, show a few safe answers first, or draw at a "
        "higher temperature.",
    )
