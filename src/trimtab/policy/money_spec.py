"""What may go wrong and how often, how much money there is against it, and who decides on it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from trimtab.policy.cost_spec import Range, Severity
from trimtab.policy.fields import Name, Positive, Ratio, Strict, Texts, list_as_tuple

Category = Literal["audit", "red-team", "privacy", "tooling", "training"]
"""What safety work is spent on; as `evidence.entries.spending.PREVENTION`."""

_NARROWEST, _WIDEST = 1.001, 1e6  # times, from the lower to the higher end of a range of rates
_TERM = 3  # quarters of a seat, and so the step of the size


class Secondary(Strict):
    """What may come on top of a loss: a fine after a leak, customers who leave."""

    loss: Range = Field(description="Of one, from the least to the most that is thought likely.")
    chance: Annotated[float, Field(gt=0.0, le=1.0)] = Field(description="In which share of events.")


class Tail(Strict):
    """How losses above an amount fall off: P(more than x) like x to the power of -index."""

    start: Positive
    index: Annotated[float, Field(gt=1.0)]


class ScenarioSpec(Strict):
    """One way to lose money.

    With `severity` alone an event costs what `costs` says of such an incident, reputation included; with `loss`
    it costs that. Incidents of the `severity`, the `hazard` and the `system` that are named are counted; with neither
    of the first two none are, and the rate is what is stated.
    """

    about: str = ""
    system: Name | None = Field(default=None, description="Of which system; of the organisation if left out.")
    severity: Severity | None = Field(default=None, description="Incidents of this severity are its events.")
    hazard: str = Field(default="", description="Incidents of this hazard are its events.")
    rate: Range = Field(description="Events a year, from the least to the most that is thought likely (P5 to P95).")
    loss: Range | None = Field(default=None, description="Of one event; `costs` says it if left out.")
    secondary: Secondary | None = Field(default=None, description="On top; in the place of the reputation of `costs`.")
    tail: Tail | None = Field(default=None, description="A heavier tail than the range alone stands for.")
    shocked: bool = Field(default=False, description="Whether bad years raise its rate together with others.")
    stated_by: Name | None = Field(default=None, description="Who stated the ranges: they are scored by what comes.")

    @model_validator(mode="after")
    def _whole(self) -> "ScenarioSpec":
        if self.severity is None and self.loss is None:
            raise ValueError("say what an event costs: a `severity` of `costs`, or a `loss`")
        low, high = self.rate
        if not 0.0 < low < high or not _NARROWEST <= high / low <= _WIDEST:
            raise ValueError("`rate` goes from above 0 to more, at most a million times as much")
        ranges = [one for one in (self.loss, self.secondary.loss if self.secondary else None) if one]
        if any(one[0] > one[1] for one in ranges):
            raise ValueError("a range goes from the lower to the higher number")
        if self.tail is not None and self.loss is not None and not 0.0 < self.loss[0] < self.loss[1]:
            raise ValueError("a `tail` needs a `loss` from above 0 to more")
        return self


class AppetitePoint(Strict):
    """Years that lose more than `loss` may have at most this `chance`."""

    loss: Positive
    chance: Annotated[float, Field(gt=0.0, lt=1.0)]


class AppetiteSpec(Strict):
    """What may be lost, in the policy's currency a year."""

    expected: Positive | None = Field(default=None, description="On average.")
    bad_years: Positive | None = Field(default=None, description="On average over the worst 1 - `level` of years.")
    points: Annotated[tuple[AppetitePoint, ...], BeforeValidator(list_as_tuple)] = Field(
        default=(), description="How likely a year may be that loses more than so much."
    )

    @model_validator(mode="after")
    def _something(self) -> "AppetiteSpec":
        if self.expected is None and self.bad_years is None and not self.points:
            raise ValueError("give some of expected, bad_years, points")
        if len({one.loss for one in self.points}) < len(self.points):
            raise ValueError("each loss is named once in `points`")
        return self


class BudgetSpec(Strict):
    """The shared risk budget and the rules of its allocation. Amounts are in the policy's currency."""

    amount: Positive = Field(description="Money for each period.")
    every: Literal["quarter", "year"] = Field(default="quarter", description="How long a period is.")
    categories: dict[Category, Ratio] = Field(default_factory=dict, description="The least share of what is spent.")
    teams: dict[Name, Positive] = Field(default_factory=dict, description="The least that a team's requests get.")
    most_left: dict[Name, Annotated[float, Field(gt=0.0, le=1.0)]] = Field(
        default_factory=dict, description="By scenario, the largest share of its loss that a plan may leave."
    )
    appetite: AppetiteSpec | None = Field(default=None, description="What may be lost.")
    theta: Ratio = Field(default=0.0, description="How much bad years weigh against all years when money is given.")
    level: Annotated[float, Field(ge=0.5, le=0.999)] = Field(default=0.95, description="Bad years are beyond it.")
    shock: Annotated[float, Field(ge=0.0, le=10.0)] = Field(
        default=0.0, description="Variance of the factor that raises the rates of `shocked` scenarios together."
    )
    upfront: Ratio = Field(
        default=0.25, description="The largest share of a request that is released without a milestone."
    )
    credit: Ratio = Field(default=0.5, description="What a claim counts of a team that has none behind it.")

    @model_validator(mode="after")
    def _fits(self) -> "BudgetSpec":
        if sum(self.categories.values()) > 1.0 + 1e-9:
            raise ValueError(f"shares of categories come to {sum(self.categories.values()):g}, more than 1")
        if sum(self.teams.values()) > self.amount * (1.0 + 1e-9):
            raise ValueError(f"teams are to get at least {sum(self.teams.values()):,.2f}, more than there is")
        return self


class CommitteeSpec(Strict):
    """Who decides on the budget: seats by lot for three quarters, a third of them new each quarter."""

    size: Annotated[int, Field(ge=3, le=99)]
    eligible: str = Field(default="committee", min_length=1, description="People with this role take part in the draw.")
    functions: Texts = Field(
        default=(), description="Each has a seat, none more than a third; those of all eligible people if left out."
    )
    outside: Texts = Field(default=("internal-audit",), description="Functions that count as from outside.")
    notice: Annotated[float, Field(ge=0.0, le=365.0)] = Field(
        default=1.0, description="Days between the commitment to a seed and the draw, at least."
    )
    beacon: str = Field(
        default="", description="Where the public part of the seed comes from, that nobody knows when committing."
    )

    @field_validator("size")
    @classmethod
    def _in_thirds(cls, size: int) -> int:
        if size % _TERM:
            raise ValueError(f"a third of the seats changes each quarter, so {size} must be a multiple of three")
        return size
