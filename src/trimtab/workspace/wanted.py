"""What examples are to be made of, and by which models of a policy."""

from dataclasses import dataclass

from trimtab.enforce.rewards import Rewards
from trimtab.errors import UsageError
from trimtab.kinds import Shape, plugins
from trimtab.policy import Candidate, Policy
from trimtab.policy.scored import metric_plugin
from trimtab.workspace.examples import Checks, Format, Kind, Paid, Task

_SINGLE = frozenset({Shape.RATE, Shape.MEAN})  # of which the score of one reply means something by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be made of which replies, and by whom.

    `candidate` answers where the file has no reply, the baseline when left
    out; `reviser` is one of `models` or a candidate, and the one that answers
    when left out. `judge` is another one that compares revision and reply.
    `benign` takes replies that break nothing into supervised examples, too.
    """

    policy: Policy
    system: str = ""
    candidate: str = ""
    reviser: str = ""
    principles: tuple[str, ...] = ()
    rounds: int = 3
    form: Format = "trl"
    kind: Kind = "pairs"
    benign: bool = False
    task: str = ""
    judge: str = ""
    margin: float = 0.0
    shortest: float = 0.5
    longest: float = 2.0
    alike: float = 0.8
    calls: int | None = None


def checks_of(wanted: Wanted) -> Checks:
    """What a revision must be besides better on the tests.

    Raises:
        UsageError: The task is no metric that scores a single reply, or it cannot be told which system is meant.
    """
    task = None
    if wanted.task:
        spec = wanted.policy.metrics.get(wanted.task)
        if spec is None:
            known = ", ".join(wanted.policy.metrics)
            raise UsageError(f"the policy has no metric {wanted.task!r}.", f"It has: {known}.")
        made = plugins.make("metrics", metric_plugin(wanted.policy, wanted.task), **spec.source.with_)
        if made.shape not in _SINGLE:
            raise UsageError(f"{wanted.task} does not score a single reply.", "Name a metric such as contains.")
        told = spec.model_dump(mode="json", include={"better", "unit", "source"})
        identity = {**told, "plugin": str(made.name), "version": str(made.version)}
        task = Task(name=wanted.task, metric=made, higher=spec.better == "higher", identity=identity)
    refusal = plugins.make("detectors", "refusal")
    return Checks(refusal=refusal, shortest=wanted.shortest, longest=wanted.longest, task=task, paid=_paid(wanted))


def _paid(wanted: Wanted) -> Paid | None:
    """The training reward of the system, where the policy names one."""
    system = system_of(wanted)
    if wanted.policy.systems[system].reward is None:
        if wanted.margin:
            raise UsageError(f"the policy names no reward of system {system}.", "Leave --margin out.")
        return None
    return Paid(rewards=Rewards(wanted.policy, system), policy=wanted.policy.digest, margin=wanted.margin)


def system_of(wanted: Wanted) -> str:
    """The system that is meant: the one that is named, or the only one.

    Raises:
        UsageError: There are several, or none of that name.
    """
    policy = wanted.policy
    if not wanted.system and len(policy.systems) > 1:
        raise UsageError("the policy has several systems.", f"Name one with --system: {', '.join(policy.systems)}.")
    name = wanted.system or next(iter(policy.systems))
    if name not in policy.systems:
        raise UsageError(f"the policy has no system {name!r}.", f"It has: {', '.join(policy.systems)}.")
    return name


Named = tuple[str, Candidate]
"""A model, and what it is called where it is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who answers, if anybody is asked to, who revises, and who compares, if anybody does."""

    answerer: Named | None
    reviser: Named
    judge: Named | None

    @classmethod
    def of(cls, wanted: Wanted, *, unanswered: bool) -> "Cast":
        """The models that are meant; `unanswered` says that some rows have no reply.

        Raises:
            UsageError: There is none of a name, or it cannot be told who is meant.
        """
        answerer = _answerer(wanted) if unanswered or not wanted.reviser else None
        reviser = _model(wanted, wanted.reviser) if wanted.reviser else answerer or _answerer(wanted)
        judge = _model(wanted, wanted.judge) if wanted.judge else None
        if judge is not None and judge[0] == reviser[0]:
            raise UsageError(f"{wanted.judge} would judge its own revisions.", "Name another model with --judge.")
        return cls(answerer=answerer if unanswered else None, reviser=reviser, judge=judge)


def _model(wanted: Wanted, name: str) -> Named:
    """One of `models`, or else a candidate."""
    known = wanted.policy.models.get(name)
    return (f"model {name}", known) if known is not None else _candidate(wanted, name)


def _candidate(wanted: Wanted, name: str) -> Named:
    spec = wanted.policy.systems[system_of(wanted)]
    if name not in spec.all_candidates:
        known = ", ".join([*wanted.policy.models, *spec.all_candidates])
        raise UsageError(f"the policy has no model or candidate {name!r}.", f"It has: {known}.")
    return f"candidate {name}", spec.whole(name)


def _answerer(wanted: Wanted) -> Named:
    """The candidate that is named, the baseline, or the only one."""
    spec = wanted.policy.systems[system_of(wanted)]
    name = wanted.candidate or spec.baseline or ""
    if not name and len(spec.all_candidates) == 1:
        name = next(iter(spec.all_candidates))
    if not name:
        raise UsageError("the system has several candidates and no baseline.", "Name one with --candidate.")
    return _candidate(wanted, name)


__all__ = ["Cast", "Wanted", "checks_of", "system_of"]
