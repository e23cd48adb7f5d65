"""The constitution: what every reply should be, each principle with a test that says whether one is."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from trimtab.policy.fields import Name, Ratio, Strict, Texts

Severity = Annotated[float, Field(gt=0.0, le=1.0)]


class JudgeQuestion(Strict):
    """A question that a model is asked about a reply; the answer yes means that the principle is broken."""

    question: str = Field(min_length=1, description="About the reply, e.g. `Does the text demean anybody?`")
    model: Name = Field(description="Whom to ask: one of `models`, by its `openai` address.")


class PrincipleTest(Strict):
    """How it is known whether a reply keeps a principle: exactly one of `detector`, `metric`, `judge`."""

    detector: str = Field(default="", description="Name of an installed detector; what it finds breaks the principle.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Fields of the detector plugin.")
    labels: Texts = Field(default=(), description="Labels or families it counts; all when left out.")
    threshold: Ratio = Field(default=0.5, description="Confidence from which a finding counts.")
    metric: Name | None = Field(
        default=None, description="A metric of this policy; a reply that falls short of its target breaks it."
    )
    judge: JudgeQuestion | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "PrincipleTest":
        if sum((bool(self.detector), self.metric is not None, self.judge is not None)) != 1:
            raise ValueError("give exactly one of detector, metric, judge")
        # Compared by value, since a policy that comes back from the ledger has every field set.
        if not self.detector and (self.with_ or self.labels or self.threshold != 0.5):
            raise ValueError("`with`, `labels` and `threshold` belong to `detector`")
        return self


class PrincipleSpec(Strict):
    """One principle of the constitution."""

    text: str = Field(min_length=1, description="What a reply must be, in words that a model can act on.")
    hard: bool = Field(default=True, description="Whether a reply that breaks it is never good enough.")
    severity: Severity = Field(default=1.0, description="How bad it is to break it, in (0, 1].")
    test: PrincipleTest
