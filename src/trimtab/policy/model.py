"""What an organisation promised: the policy as values.

The same pydantic models validate files and give the JSON Schema that editors
use, so a key is described once. Everything is frozen; unknown keys are errors.
"""

import operator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from trimtab._canonical import digest
from trimtab.policy.consent_spec import ConsentSpec
from trimtab.policy.cost_spec import CostsSpec
from trimtab.policy.fields import Name, Names, Positive, Ratio, Strict, list_as_tuple
from trimtab.policy.floor import Floor as Floor  # noqa: PLC0414  # importers know it from here
from trimtab.policy.guard_spec import GuardSpec
from trimtab.policy.kpi_spec import KpiId, KpiSpec
from trimtab.policy.learning_spec import LearningSpec
from trimtab.policy.liaison_spec import LiaisonSpec
from trimtab.policy.metric_spec import MetricSpec, SuiteSpec
from trimtab.policy.money_spec import BudgetSpec, CommitteeSpec, ScenarioSpec
from trimtab.policy.people import Person, Team
from trimtab.policy.principle_spec import PrincipleSpec
from trimtab.policy.reward_spec import RewardSpec
from trimtab.policy.score_spec import ScoreSpec
from trimtab.policy.spans import LimitSpec
from trimtab.policy.system_spec import Candidate, SystemSpec
from trimtab.policy.vendor_spec import VendorSpec

WEIGHED = ("performance", "safety")
"""What a tier may weigh besides metrics: the first metric that is maximised, and what is left of the floors."""
_ROUNDING = 1e-6  # of numbers that should add up to 1


class Regression(Strict):
    """No worse than the baseline by more than `margin`, by paired test on the same cases."""

    margin: Annotated[float, Field(gt=0.0, lt=1.0, description="In the unit of 0/1 metrics, a ratio.")]
    metrics: Names = Field(default=(), description="Which; all floored 0/1 metrics when left out.")


class Mitigation(Strict):
    """At least so much of the baseline's gap between groups is gone, on the same cases."""

    at_least: Annotated[float, Field(gt=0.0, lt=1.0, description="Share of the baseline's gap.")]
    metrics: Names = Field(min_length=1, description="Which: metrics that measure a gap, flips or a balance.")


class Tier(Strict):
    """A risk class: what it must prove, and how surely."""

    confidence: Annotated[float, Field(ge=0.5, lt=1.0)] = Field(
        description="A false PASS of a requirement has at most probability 1 - confidence."
    )
    floors: dict[Name, Floor] = Field(default_factory=dict)
    regression: Regression | None = None
    mitigation: Mitigation | None = None
    sampling: Literal["sequential", "fixed", "bandit"] = Field(
        default="sequential",
        description="sequential stops asking as soon as every requirement is decided, fixed asks every case, bandit "
        "spends the budget on the suites that fail most.",
    )
    limits: dict[Annotated[str, Field(pattern=r"^S[1-4]$")], LimitSpec] = Field(
        default_factory=dict, description="By severity: how long detection, containment and a fix may take."
    )
    actions: dict[str, Literal["mask", "escalate", "block"]] = Field(
        default_factory=dict, description="The mildest action of any guard on a label or family; can only tighten."
    )
    consent: ConsentSpec | None = Field(
        default=None, description="Who must accept the risk that is left, signed, before a release."
    )
    weights: dict[Name, Ratio] = Field(
        default_factory=dict,
        description="Of performance, safety and metrics; they add up to 1 and order only what clears every floor.",
    )

    @property
    def anytime(self) -> bool:
        """Whether its verdicts hold at whatever moment one looks, so that measuring may stop."""
        return self.sampling != "fixed"

    @field_validator("weights")
    @classmethod
    def _add_up(cls, weights: dict[str, float]) -> dict[str, float]:
        if weights and abs(sum(weights.values()) - 1.0) > _ROUNDING:
            raise ValueError(f"weights add up to 1, and these to {sum(weights.values()):g}")
        return weights


class NotifySpec(Strict):
    """Where alarms are sent: a web hook."""

    url: str = Field(default="", description="The address, http or https.")
    url_env: str = Field(
        default="",
        pattern=r"^([A-Za-z_]\w*)?$",
        description="Environment variable with the address, if it is a secret.",
    )
    key_env: str = Field(
        default="", pattern=r"^([A-Za-z_]\w*)?$", description="Environment variable with the key that signs messages."
    )
    alarms: Annotated[tuple[Literal["page", "ticket"], ...], BeforeValidator(list_as_tuple)] = Field(
        default=("page", "ticket"), min_length=1, description="Which alarms are sent."
    )
    timeout: Positive = Field(default=10.0, description="Seconds for one try.")
    retries: Annotated[int, Field(ge=0, le=20)] = 4

    @model_validator(mode="after")
    def _one_address(self) -> "NotifySpec":
        if bool(self.url) == bool(self.url_env):
            raise ValueError("give exactly one of url, url_env")
        return self


class EvidenceSpec(Strict):
    """What the ledger keeps of texts: digests only, or a redacted excerpt of failing replies."""

    text: Literal["digest", "redacted"] = "digest"


class Policy(Strict):
    """The whole policy, after includes are merged. Its digest is its identity."""

    trimtab: Annotated[Literal[1], BeforeValidator(lambda value: value if type(value) is int else None)] = Field(
        description="Version of this format. `true` and 1.0 equal 1 in Python, and are not it."
    )
    organisation: str = Field(min_length=1)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    people: dict[Name, Person] = Field(default_factory=dict)
    teams: dict[Name, Team] = Field(default_factory=dict, description="Who owns systems and findings together.")
    suites: dict[Name, SuiteSpec] = Field(default_factory=dict)
    metrics: dict[Name, MetricSpec] = Field(min_length=1)
    tiers: dict[Name, Tier] = Field(min_length=1)
    red_lines: Names = Field(default=(), description="Metrics of which one confirmed event fails.")
    systems: dict[Name, SystemSpec] = Field(min_length=1)
    evidence: EvidenceSpec = EvidenceSpec()
    guards: dict[Name, GuardSpec] = Field(default_factory=dict)
    rewards: dict[Name, RewardSpec] = Field(default_factory=dict, description="Rewards that training may use.")
    notify: dict[Name, NotifySpec] = Field(default_factory=dict, description="Who hears of alarms.")
    attackers: dict[Name, Candidate] = Field(
        default_factory=dict, description="Models that write the messages of attackers, for suites that adapt."
    )
    models: dict[Name, Candidate] = Field(
        default_factory=dict,
        description="Models that help: they revise replies, and judge whether principles are kept.",
    )
    principles: dict[Name, PrincipleSpec] = Field(
        default_factory=dict, description="The constitution: what every reply should be, each with a test."
    )
    costs: CostsSpec | None = Field(default=None, description="What failures cost, as stated ranges.")
    kpis: dict[KpiId, KpiSpec] = Field(default_factory=dict, description="What the organisation is steered by.")
    score: ScoreSpec | None = Field(default=None, description="What scorecards are made of, and by which weights.")
    vendors: dict[Name, VendorSpec] = Field(default_factory=dict, description="Whose services products rest on.")
    liaison: Annotated[tuple[LiaisonSpec, ...], BeforeValidator(list_as_tuple)] = Field(
        default=(), description="What the business wants beside what safety asks, and what ties them together."
    )
    learning: LearningSpec | None = Field(default=None, description="Courses, and who owes them.")
    scenarios: dict[Name, ScenarioSpec] = Field(default_factory=dict, description="Ways to lose money, and how often.")
    budget: BudgetSpec | None = Field(default=None, description="The shared risk budget, and how it is given.")
    committee: CommitteeSpec | None = Field(default=None, description="Who decides on the budget, drawn by lot.")

    @field_validator("red_lines")
    @classmethod
    def _a_set(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(names)))  # their order, which includes would change, says nothing

    def guard_of(self, system: str, candidate: str = "") -> GuardSpec | None:
        """The guard in front of a candidate, its settings applied, or of a system in production; None without one."""
        spec = self.systems[system]
        if not candidate:
            return self.guards[spec.guard] if spec.guard else None
        whole = spec.whole(candidate)
        if whole.guard is None:
            return None
        guard = self.guards[whole.guard]
        return guard.changed(whole.set_) if whole.set_ else guard

    @property
    def digest(self) -> str:
        """`sha256:` over the canonical form; comments, order of keys and file layout do not count."""
        # Kept beside the fields with the very values that it is of: a copy with others is not taken in by it.
        values = tuple(self.__dict__[name] for name in type(self).model_fields)
        known: tuple[tuple[Any, ...], str] | None = self.__dict__.get("_digest")
        if known is None or not all(map(operator.is_, known[0], values)):
            known = values, digest(_as_first_written(self.model_dump(mode="json", by_alias=True)))
            self.__dict__["_digest"] = known
        return known[1]


_LATER: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("guards", "*", "held"), "A person will look at this first."),
    (("guards", "*", "hold_back"), None),
    (("guards", "*", "key_env"), ""),
    (("guards", "*", "restore"), False),
    (("guards", "*", "confidence"), None),
    (("guards", "*", "revise"), None),
    (("guards", "*", "input", "*", "how"), "label"),
    (("guards", "*", "output", "*", "how"), "label"),
    (("guards",), {}),
    (("notify",), {}),
    (("costs",), None),
    (("scenarios",), {}),
    (("budget",), None),
    (("committee",), None),
    (("score",), None),
    (("systems", "*", "slo"), {}),
    (("tiers", "*", "actions"), {}),
    (("tiers", "*", "weights"), {}),
    (("tiers", "*", "consent"), None),
    (("tiers", "*", "mitigation"), None),
    (("tiers", "*", "sampling"), "sequential"),
    (("systems", "*", "guard"), None),
    (("systems", "*", "candidates", "*", "guard"), None),
    (("systems", "*", "candidates", "*", "of"), None),
    (("systems", "*", "candidates", "*", "set"), {}),
    (("systems", "*", "candidates", "*", "grid"), {}),
    (("systems", "*", "candidates", "*", "points"), []),
    (("metrics", "*", "source", "with"), {}),
    (("metrics", "*", "judged_by"), None),
    (("metrics", "*", "gold"), None),
    (("metrics", "*", "reviewed_by"), None),
    (("suites", "*", "rewrite"), None),
    (("suites", "*", "part"), ""),
    (("suites", "*", "attacker"), ""),
    (("people", "*", "revoked"), []),
    (("people", "*", "team"), None),
    (("people", "*", "left"), None),
    (("teams",), {}),
    (("models",), {}),
    (("principles",), {}),
    (("suites", "*", "imported"), ""),
    (("suites", "*", "format"), ""),
    (("suites", "*", "run"), None),
    (("rewards",), {}),
    (("systems", "*", "reward"), None),
    (("systems", "*", "candidates", "*", "reward"), None),
    (("attackers", "*", "reward"), None),
    (("attackers",), {}),
    (("kpis",), {}),
    (("tiers", "*", "limits"), {}),
    (("vendors",), {}),
    (("systems", "*", "vendors"), []),
    (("liaison",), []),
    (("learning",), None),
)
"""Keys that came later, and what they are when nothing is said."""


def _as_first_written(data: dict[str, Any]) -> dict[str, Any]:
    """Without later keys that say nothing: a policy keeps the digest it had before they were known."""
    for path, nothing in _LATER:
        holders: list[Any] = [data]
        for step in path[:-1]:
            holders = [
                inner
                for holder in holders
                for inner in (
                    [holder[step]] if step != "*" else holder.values() if isinstance(holder, dict) else holder
                )
            ]
        for holder in holders:
            if holder[path[-1]] == nothing:
                del holder[path[-1]]
    return data
