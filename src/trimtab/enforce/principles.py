"""The tests of a constitution: what each principle says of a reply, by a detector, a metric or a judge.

A test that crashes, is not answered or has no score leaves its principle unknown, which counts as broken.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trimtab._canonical import digest
from trimtab.detect import look_async
from trimtab.enforce.verdict import Kept, Verdict
from trimtab.errors import DetectorError, UsageError
from trimtab.kinds import AnyDetector, Case, Context, Exchange, Metric, Missing, Reply, Score, plugins
from trimtab.policy import Policy, PrincipleSpec
from trimtab.policy.principles import JUDGE, judge_fields
from trimtab.policy.scored import metric_plugin

Test = Callable[[Case, str], Awaitable[bool]]
"""Whether a reply to a case keeps a principle. Raises where that cannot be said."""
Recall = Callable[["Principle", Case, str], Awaitable[Verdict]]
"""Says of a reply whether it keeps a principle; may remember what was said before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principle:
    """One principle, ready to be tested. `identity` is what its test comes to: JSON without secrets."""

    name: str
    text: str
    test: Test
    hard: bool = True
    severity: float = 1.0
    waits: bool = False  # for an answer of somebody else
    identity: Mapping[str, Any] = field(default_factory=dict)

    async def verdict(self, case: Case, reply: str) -> Verdict:
        """What is said of a reply to a case. Raises nothing but cancellation."""
        try:
            kept = Kept.KEPT if await self.test(case, reply) is True else Kept.BROKEN
        except DetectorError as error:
            return self.said(Kept.UNKNOWN, error.detail)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's test that breaks has not looked
            return self.said(Kept.UNKNOWN, str(error) if isinstance(error, NoScoreError) else type(error).__name__)
        return self.said(kept)

    def said(self, kept: Kept, why: str = "") -> Verdict:
        """A verdict of this principle."""
        return Verdict(name=self.name, kept=kept, text=self.text, hard=self.hard, severity=self.severity, why=why)


async def _tested(principle: Principle, case: Case, reply: str) -> Verdict:
    return await principle.verdict(case, reply)


async def verdicts(
    principles: Sequence[Principle], case: Case, reply: str, *, recall: Recall = _tested
) -> tuple[Verdict, ...]:
    """What every principle says of a reply, in their order; those that wait for somebody are asked together."""
    return tuple(await asyncio.gather(*(recall(principle, case, reply) for principle in principles)))


def principles_of(policy: Policy, names: Iterable[str] = ()) -> tuple[Principle, ...]:
    """The principles of a policy, or those that are named.

    Raises:
        UsageError: The policy has no principles, or not that one.
        PluginError: A detector or metric is not installed, or does not take its fields.
        MissingPackageError: One needs an extra.
    """
    chosen = tuple(names) or tuple(policy.principles)
    if not chosen:
        raise UsageError("the policy has no principles.", "Write some under `principles`, each with a test.")
    for name in chosen:
        if name not in policy.principles:
            raise UsageError(f"the policy has no principle {name!r}.", f"It has: {', '.join(policy.principles)}.")
    return tuple(_made(policy, name, policy.principles[name]) for name in dict.fromkeys(chosen))


def _made(policy: Policy, name: str, spec: PrincipleSpec) -> Principle:
    test = spec.test
    made: _ByMetric | _ByDetector
    if test.metric is not None:
        made = _ByMetric.of(policy, test.metric)
    elif test.judge is not None:
        fields = judge_fields(name, test.judge.question, policy.models[test.judge.model])
        made = _ByDetector(plugins.make("detectors", JUDGE, **fields), (), 0.5)
    else:
        made = _ByDetector(plugins.make("detectors", test.detector, **test.with_), test.labels, test.threshold)
    judge = policy.models[test.judge.model].told if test.judge else None
    told = {"test": test.model_dump(mode="json", by_alias=True), "judge": judge, **made.identity}
    return Principle(
        name=name,
        text=spec.text,
        test=made.keeps,
        hard=spec.hard,
        severity=spec.severity,
        waits=made.waits,
        identity={"digest": digest(told), **made.identity},
    )


@dataclass(frozen=True, slots=True)
class _ByDetector:
    """Broken by what a detector finds."""

    detector: AnyDetector
    labels: tuple[str, ...]
    threshold: float

    @property
    def waits(self) -> bool:
        return hasattr(self.detector, "look")

    @property
    def identity(self) -> dict[str, Any]:
        return {"detector": str(self.detector.name), "version": str(self.detector.version)}

    async def keeps(self, case: Case, reply: str) -> bool:
        instructions = tuple(one.content for one in case.messages if one.role == "system")
        found = await look_async(self.detector, reply, Context(origin="assistant", instructions=instructions))
        return not any(
            one.confidence >= self.threshold and (not self.labels or any(map(one.is_a, self.labels))) for one in found
        )


class NoScoreError(Exception):
    """A metric has no score of a reply. Its text is a reason, and quotes nothing."""


@dataclass(frozen=True, slots=True)
class _ByMetric:
    """Broken by a score that falls short of the metric's target."""

    metric: Metric
    name: str
    target: float
    higher: bool

    @classmethod
    def of(cls, policy: Policy, name: str) -> "_ByMetric":
        spec = policy.metrics[name]
        made = plugins.make("metrics", metric_plugin(policy, name), **spec.source.with_)
        return cls(made, name, spec.target, spec.better == "higher")

    @property
    def waits(self) -> bool:
        return hasattr(self.metric, "ascore")

    @property
    def identity(self) -> dict[str, Any]:
        return {"metric": self.name, "target": self.target, "better": "higher" if self.higher else "lower",
                "plugin": str(self.metric.name), "version": str(self.metric.version)}  # fmt: skip

    async def keeps(self, case: Case, reply: str) -> bool:
        value = await score(self.metric, case, reply)
        return value >= self.target if self.higher else value <= self.target


async def score(metric: Metric, case: Case, reply: str) -> float:
    """What a metric says of one reply.

    Raises:
        NoScoreError: It has no score of it.
    """
    exchange = Exchange(replies=(Reply(text=reply),))
    asked: Any = metric
    try:
        outcome = await asked.ascore(case, exchange) if hasattr(metric, "ascore") else metric.score(case, exchange)
    except (Exception, SystemExit) as error:
        raise NoScoreError(type(error).__name__) from error
    if isinstance(outcome, Missing):
        raise NoScoreError(outcome.reason)
    if not isinstance(outcome, Score) or not 0.0 <= outcome.value <= 1.0:  # NaN is not, either
        raise NoScoreError("a score that is none")
    return float(outcome.value)


__all__ = ["NoScoreError", "Principle", "Recall", "principles_of", "score", "verdicts"]
