"""What a training reward counts: hard checks, which no task reward outweighs, and costs that are held to a rate."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from trimtab.policy.fields import Name, Positive, Ratio, Strict, Texts, list_as_tuple


class RewardCheck(Strict):
    """What is looked at in a completion: a metric of the policy, or what a detector finds."""

    metric: Name | None = Field(default=None, description="A 0/1 metric of this policy that one reply is enough for.")
    detector: str = Field(default="", description="Name of an installed detector, instead of a metric.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Fields of the detector plugin.")
    labels: Texts = Field(default=(), description="Labels or families it counts; all when left out.")
    threshold: Ratio = Field(default=0.5, description="Confidence from which a finding counts.")
    where: dict[str, Any] = Field(
        default_factory=dict,
        description="Columns of the data set with the values of the rows that it is for; all rows when left out.",
    )

    @model_validator(mode="after")
    def _one_source(self) -> "RewardCheck":
        if bool(self.metric) == bool(self.detector):
            raise ValueError("give exactly one of metric, detector")
        if self.metric and (
            self.with_ or self.labels or self.threshold != type(self).model_fields["threshold"].default
        ):
            raise ValueError("`with`, `labels` and `threshold` are a detector's; a metric says its own")
        return self

    @property
    def name(self) -> str:
        """What it is called in diagnostics: the metric, or the detector with its labels."""
        return self.metric or ":".join([self.detector, *([",".join(self.labels)] if self.labels else [])])


class HardCheck(RewardCheck):
    """A completion that fails it ranks below every completion that fails none."""

    severity: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        default=1.0, description="How bad the worst failure is; the worst of several checks counts."
    )
    full: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=3, description="Findings from which a failure is as bad as it gets; fewer are milder."
    )


class SoftCost(RewardCheck):
    """A rate that is held by a multiplier among the completions that fail no hard check."""

    at_most: Annotated[float, Field(gt=0.0, lt=1.0)] | None = Field(
        default=None, description="The rate accepted; the floor of the system's tier when left out."
    )
    cap: Positive = Field(default=10.0, description="The largest multiplier.")


class TaskRange(Strict):
    """The declared range of the task reward; what lies outside counts as the nearer end."""

    low: float = 0.0
    high: float = 1.0

    @model_validator(mode="after")
    def _a_range(self) -> "TaskRange":
        if not self.low < self.high:
            raise ValueError("`low` must be below `high`")
        return self


class ControllerSpec(Strict):
    """How multipliers follow the rates: proportional, integral and derivative gain, and the bound's width."""

    kp: Annotated[float, Field(ge=0.0, le=1000.0)] = 2.0
    ki: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.1
    kd: Annotated[float, Field(ge=0.0, le=1000.0)] = 1.0
    z: Annotated[float, Field(ge=0.0, le=10.0)] = Field(
        default=1.0, description="Standard errors added to a rate, so that noise errs to the safe side."
    )


class AuditSpec(Strict):
    """An independent judge of a sample of completions: whether training pleases a check more than it should."""

    metric: Name = Field(description="The judge: a metric of this policy by another detector, or another model.")
    of: str = Field(description="The check that it watches over, by its name: the metric, or detector:labels.")
    share: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        default=0.05, description="Share of the completions that it judges, drawn by chance."
    )
    gap_at_most: Annotated[float, Field(gt=0.0, lt=1.0)] = Field(
        default=0.05, description="The most by which the check may miss what the judge sees, on average, at any step."
    )
    confidence: Annotated[float, Field(ge=0.5, lt=1.0)] = Field(
        default=0.95, description="A false alarm in a whole training has at most probability 1 - confidence."
    )
    seed: int = Field(default=0, ge=0, description="Of what is drawn.")


class RewardSpec(Strict):
    """A training reward: two tiers whose sign is the verdict, and rate floors inside the safe one."""

    hard: Annotated[tuple[HardCheck, ...], BeforeValidator(list_as_tuple)] = ()
    soft: Annotated[tuple[SoftCost, ...], BeforeValidator(list_as_tuple)] = ()
    task: TaskRange = TaskRange()
    margin: Annotated[float, Field(gt=0.0, lt=1.0)] = Field(
        default=0.1, description="Half the gap between the tiers: safe is [margin, 1], unsafe [-1, -margin]."
    )
    on_crash: Literal["unsafe", "raise"] = Field(
        default="unsafe", description="What becomes of a completion that a check could not look at."
    )
    timeout: Positive = Field(default=30.0, description="Seconds for one look of a judge that must be waited for.")
    fixed_range: bool = Field(
        default=False,
        description="Scale by the caps of the multipliers, so that rewards of different steps compare (replay, "
        "asynchronous rollouts).",
    )
    controller: ControllerSpec = ControllerSpec()
    audit: AuditSpec | None = Field(default=None, description="Who watches that training does not please a check only.")

    @model_validator(mode="after")
    def _some_check(self) -> "RewardSpec":
        if not self.hard and not self.soft:
            raise ValueError("a reward without `hard` and `soft` has nothing to say about safety")
        names = [check.name for check in (*self.hard, *self.soft)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice} is named twice; a check is either hard or soft")
        if self.audit is not None and self.audit.of not in names:
            raise ValueError(f"`audit.of` is none of its checks, which are {', '.join(names)}")
        return self
