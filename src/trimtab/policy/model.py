"""What an organisation promised: the policy as values.

The same pydantic models validate files and give the JSON Schema that editors
use, so a key is described once. Everything is frozen; unknown keys are errors.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from trimtab._canonical import digest
from trimtab.kinds import plugins
from trimtab.policy.settings import MOST_POINTS, grid_of, points_of, size, told, within

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=80)]
Ratio = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
WEIGHED = ("performance", "safety")
"""What a tier may weigh besides metrics: the first metric that is maximised, and what is left of the floors."""
_ROUNDING = 1e-6  # of numbers that should add up to 1


def _list_as_tuple(value: Any) -> Any:
    """Files give lists, and the loader is strict otherwise: no "0.5" for 0.5, no 1 for true."""
    return tuple(value) if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_list_as_tuple)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_list_as_tuple)]
Values = Annotated[tuple[Any, ...], BeforeValidator(_list_as_tuple), Field(min_length=1, max_length=100)]


class Strict(BaseModel):
    """Base of all policy values."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Person(Strict):
    """Somebody who can own, accept or sign."""

    function: str = Field(description="The part of the organisation, e.g. clinical-safety.")
    roles: Texts = Field(default=(), description="e.g. risk-owner, reviewer, auditor.")
    key: str = Field(default="", description="Public SSH key that verifies signatures.")


Way = Literal["case", "spacing", "words", "options", "opening"]


class Rewrite(Strict):
    """The cases of a suite in other words, paired with the originals by their ids."""

    ways: Annotated[tuple[Way, ...], BeforeValidator(_list_as_tuple)] = Field(
        default=("case", "spacing", "words", "options", "opening"),
        min_length=1,
        description="Lower case, spacing, other words for instructions, another order of options, an opening.",
    )
    seed: int = Field(default=0, ge=0, description="Of what is drawn; another seed, another wording.")


class SuiteSpec(Strict):
    """Where cases come from: exactly one of `builtin`, `file`, `python`."""

    builtin: str = Field(default="", description="Name of an installed suite; `trimtab suites` lists them.")
    file: str = Field(default="", description="JSONL, CSV or Parquet cases, or the YAML head of a suite.")
    python: str = Field(default="", description="`module:function` that yields cases.")
    score: str = Field(default="", description="Metric plugin; the suite's own when left out.")
    cases: int = Field(default=200, ge=1, le=10_000_000, description="How many cases at most.")
    seed: int = Field(default=0, ge=0, description="Seed of generation and of the order.")
    max_tokens: int | None = Field(default=None, ge=1, description="Longest reply for these cases.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Fields of the suite plugin.")
    rewrite: Rewrite | None = Field(default=None, description="Ask the same cases in other words.")
    part: Annotated[str, Field(pattern=r"^([1-9]\d?/[1-9]\d?)?$")] = Field(
        default="", description="`2/5`: the second of five parts that share no cluster, the rest held out for later."
    )

    @model_validator(mode="after")
    def _a_part_of_them(self) -> "SuiteSpec":
        number, _, of = self.part.partition("/")
        if self.part and int(number) > int(of):
            raise ValueError(f"there is no part {number} of {of}")
        return self

    @model_validator(mode="after")
    def _one_source(self) -> "SuiteSpec":
        if sum(map(bool, (self.builtin, self.file, self.python))) != 1:
            raise ValueError("give exactly one of builtin, file, python")
        return self


class Source(Strict):
    """Where a metric's numbers come from."""

    suite: str = Field(description="A suite of this policy, or the name of an installed one.")
    score: str = Field(default="", description="Metric plugin, when not the suite's own.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Fields of the metric plugin.")


class Gold(Strict):
    """Whose word counts more than the metric's own, and how much better the metric may make a candidate look."""

    metric: Name = Field(description="A metric on the same suite: an independent judge, or human marks.")
    gap_at_most: Annotated[float, Field(gt=0.0, lt=1.0, description="Mean by which the metric may flatter.")]


class MetricSpec(Strict):
    """One thing that is measured, by whom it is owned, and what is aimed at."""

    question: str = Field(min_length=1, description="What the metric answers, for a reader who is not an engineer.")
    better: Literal["higher", "lower"]
    unit: str = Field(default="ratio", description="ratio, seconds, tokens, money, ...")
    target: float = Field(description="The number aimed at.")
    owner: Name
    source: Source
    links: Texts = Field(default=(), description="Controls it answers to, e.g. owasp-llm-2026:LLM01.")
    judged_by: Name | None = Field(
        default=None,
        description="An independent judge: a metric of this policy that must clear the same requirement as well.",
    )
    gold: Gold | None = Field(default=None, description="What the metric is held against, case by case.")
    reviewed_by: Name | None = Field(
        default=None, description="Of a detector's metric: human marks of every reply that it flags."
    )


class Floor(Strict):
    """The minimum accepted: exactly one of `at_least`, `at_most`, in the metric's unit."""

    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> "Floor":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give exactly one of at_least, at_most")
        return self

    @property
    def bound(self) -> float:
        """The number, whichever side it is on."""
        return self.at_least if self.at_least is not None else self.at_most  # type: ignore[return-value]

    def __str__(self) -> str:
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"


class Regression(Strict):
    """No worse than the baseline by more than `margin`, by paired test on the same cases."""

    margin: Annotated[float, Field(gt=0.0, lt=1.0, description="In the unit of 0/1 metrics, a ratio.")]
    metrics: Names = Field(default=(), description="Which; all floored 0/1 metrics when left out.")


class GuardRule(Strict):
    """What to do about what one detector finds."""

    detector: str = Field(description="Name of an installed detector; `patterns`, for one.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Fields of the detector plugin.")
    labels: Texts = Field(default=(), description="Labels or families it counts; all when left out.")
    threshold: Ratio = Field(default=0.5, description="Confidence from which a finding counts.")
    action: Literal["mask", "escalate", "block"]
    origins: Annotated[tuple[Literal["system", "user", "assistant", "tool"], ...], BeforeValidator(_list_as_tuple)] = (
        Field(default=("user", "assistant", "tool"), description="Whose messages are looked at; of input rules only.")
    )
    how: Literal["label", "pseudonym"] = Field(
        default="label",
        description="What stands where something was masked: its name, or a pseudonym, always the same for a value.",
    )

    @model_validator(mode="after")
    def _only_masks_have_a_how(self) -> "GuardRule":
        if self.how != "label" and self.action != "mask":
            raise ValueError("`how` is for `action: mask`")
        return self


class ConfidenceSpec(Strict):
    """How sure a system must be of an answer, or a person sees it first."""

    at_least: Ratio = Field(description="The confidence from which an answer goes on; missing counts as below.")
    from_: Literal["logprobs", "agreement"] = Field(
        alias="from", description="What it is made of: the model's own probabilities, or agreement between samples."
    )
    action: Literal["escalate", "block"] = Field(default="escalate", description="What becomes of an answer below it.")
    samples: Annotated[int, Field(ge=1, le=100)] = Field(
        default=5, description="Further answers that are drawn for `from: agreement`; each costs as much as the first."
    )


class GuardSpec(Strict):
    """Rules on what goes into a model and what comes out."""

    input: Annotated[tuple[GuardRule, ...], BeforeValidator(_list_as_tuple)] = ()
    output: Annotated[tuple[GuardRule, ...], BeforeValidator(_list_as_tuple)] = ()
    on_crash: Literal["block", "escalate"] = Field(
        default="block", description="What a check that crashed, or had no time, does to the text."
    )
    budget_ms: Positive = Field(default=1000.0, description="Milliseconds for all checks of one text.")
    refusal: str = Field(
        default="I cannot help with that.", min_length=1, description="Said instead of a blocked text."
    )
    held: str = Field(
        default="A person will look at this first.",
        min_length=1,
        description="Said instead of a text that is held for a person.",
    )
    hold_back: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="Characters of a streamed reply that are held back; as far as the detectors reach if left out. "
        "With fewer, more replies end blocked because their end contradicts what had gone on.",
    )

    key_env: str = Field(
        default="", pattern=r"^([A-Za-z_]\w*)?$", description="Environment variable with the key of pseudonyms."
    )
    restore: bool = Field(
        default=False, description="Replies get back what pseudonyms of their own conversation stand for."
    )
    confidence: ConfidenceSpec | None = None

    def changed(self, settings: Mapping[str, Any]) -> "GuardSpec":
        """This guard with other thresholds or actions, by paths such as `guard.output.0.threshold`.

        A rule is named by its place or, if no other rule on its side has the same, by its detector.

        Raises:
            LookupError: A path leads nowhere.
        """
        data = self.model_dump(by_alias=True)
        for path, value in settings.items():
            steps = path.split(".")
            if len(steps) == 3 and steps[1] == "confidence" and data["confidence"] is not None:
                data["confidence"] = {**data["confidence"], steps[2]: value}
                continue
            if len(steps) != 4 or steps[1] not in ("input", "output"):
                raise LookupError(path)
            place = self.rule_at(steps[1], steps[2])
            data[steps[1]] = [
                {**rule, steps[3]: value} if number == place else rule for number, rule in enumerate(data[steps[1]])
            ]
        return GuardSpec.model_validate(data)

    def rule_at(self, side: str, name: str) -> int:
        """The place of the rule that a step of a path names.

        Raises:
            LookupError: There is none, or several.
        """
        rules = self.input if side == "input" else self.output
        if name.isdecimal():
            if int(name) < len(rules):
                return int(name)
            raise LookupError(name)
        found = [number for number, rule in enumerate(rules) if rule.detector == name]
        if len(found) != 1:
            raise LookupError(name)
        return found[0]

    @model_validator(mode="after")
    def _some_rule(self) -> "GuardSpec":
        if not self.input and not self.output and self.confidence is None:
            raise ValueError("a guard without rules guards nothing")
        return self

    @model_validator(mode="after")
    def _pseudonyms_have_a_key(self) -> "GuardSpec":
        named = [rule for rule in (*self.input, *self.output) if rule.how == "pseudonym"]
        if named and not self.key_env:
            raise ValueError("`how: pseudonym` needs `key_env`, the environment variable with the key")
        if self.key_env and not named:
            raise ValueError("`key_env` is the key of pseudonyms, and no rule has `how: pseudonym`")
        if self.restore and not any(rule.how == "pseudonym" for rule in self.input):
            raise ValueError("`restore` needs a rule on input with `how: pseudonym`; nothing else can be restored")
        return self


class Tier(Strict):
    """A risk class: what it must prove, and how surely."""

    confidence: Annotated[float, Field(ge=0.5, lt=1.0)] = Field(
        description="A false PASS of a requirement has at most probability 1 - confidence."
    )
    floors: dict[Name, Floor] = Field(default_factory=dict)
    regression: Regression | None = None
    sampling: Literal["sequential", "fixed"] = Field(
        default="sequential",
        description="sequential stops asking as soon as every requirement is decided, fixed asks every case.",
    )
    actions: dict[str, Literal["mask", "escalate", "block"]] = Field(
        default_factory=dict, description="The mildest action of any guard on a label or family; can only tighten."
    )
    weights: dict[Name, Ratio] = Field(
        default_factory=dict,
        description="Of performance, safety and metrics; they add up to 1 and order only what clears every floor.",
    )

    @field_validator("weights")
    @classmethod
    def _add_up(cls, weights: dict[str, float]) -> dict[str, float]:
        if weights and abs(sum(weights.values()) - 1.0) > _ROUNDING:
            raise ValueError(f"weights add up to 1, and these to {sum(weights.values()):g}")
        return weights


class Generation(Strict):
    """How replies are drawn."""

    temperature: Annotated[float, Field(ge=0.0, le=2.0)] = 0.0
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    max_tokens: Annotated[int, Field(ge=1)] = 256
    seed: int | None = 0
    stream: bool = Field(default=True, description="Stream replies, so that time to first token is known.")


class Limits(Strict):
    """What an endpoint may be asked to bear."""

    concurrency: Annotated[int, Field(ge=1, le=10_000)] = 8
    per_minute: Annotated[float, Field(gt=0.0)] | None = Field(
        default=None, description="Calls a minute; none if left out."
    )
    timeout: Positive = Field(default=60.0, description="Seconds for one try.")
    retries: Annotated[int, Field(ge=0, le=20)] = 4


class Budget(Strict):
    """Where measuring stops. What is not measured by then is missing, never passed."""

    calls: Annotated[int, Field(ge=1)] | None = None
    tokens: Annotated[int, Field(ge=1)] | None = None
    money: Positive | None = None


class PriceSpec(Strict):
    """Currency of the policy per million tokens."""

    input: Annotated[float, Field(ge=0.0)] = 0.0
    output: Annotated[float, Field(ge=0.0)] = 0.0


class Candidate(Strict):
    """One version of a system. In YAML the plugin is the key: `q4: {openai: {url: ..., model: ...}}`."""

    plugin: str = Field(default="", description="Name of an installed system plugin.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    of: Name | None = Field(
        default=None, description="The candidate that this one is, with another guard in front. It is not asked twice."
    )
    about: str = ""
    limits: Limits = Limits()
    generation: Generation = Generation()
    price: PriceSpec | None = None
    guard: Name | None = Field(default=None, description="The guard of this policy that stands in front of it.")
    set_: dict[str, Any] = Field(
        default_factory=dict,
        alias="set",
        description="Settings that differ: generation.FIELD, with.FIELD, guard, guard.input.RULE.threshold, ...",
    )
    grid: dict[str, Values] = Field(
        default_factory=dict,
        description="Settings as lists of values: the candidate stands for one of each combination.",
    )
    points: Annotated[tuple[dict[str, Any], ...], BeforeValidator(_list_as_tuple)] = Field(
        default=(),
        description="Settings of each candidate that this one stands for, as `trimtab search` proposes them.",
    )

    @model_validator(mode="before")
    @classmethod
    def _plugin_is_the_key(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "plugin" in data:
            return data
        if "of" in data:
            return data
        known = {"about", "limits", "generation", "price", "guard", "set", "grid", "points"}
        found = [key for key in data if key not in known]
        # With one plugin among several keys the others are slips, which are then reported as unknown keys.
        chosen = [key for key in found if key in plugins.names("systems")] if len(found) > 1 else found
        if len(chosen) != 1:
            given = ", ".join(repr(str(key)[:40]) for key in found[:5]) or "none"
            raise ValueError(f"name exactly one system plugin as a key (found {given})")
        if "with" in data:
            raise ValueError("`with` belongs to `plugin: name`; here it would be ignored")
        name = chosen[0]
        rest = {key: value for key, value in data.items() if key != name}
        return {**rest, "plugin": name, "with": {} if data[name] is None else data[name]}

    @model_validator(mode="after")
    def _a_plugin_or_another(self) -> "Candidate":
        if self.of is None:
            if not self.plugin:
                raise ValueError("name a system plugin")
            return self
        # Compared by value, since a policy that comes back from the ledger has every field set.
        kept = {"of", "about", "guard", "set_", "grid", "points"}
        bare = Candidate.model_construct(**{name: getattr(self, name) for name in kept})
        fields = type(self).model_fields.items()
        own = [field.alias or name for name, field in fields if getattr(self, name) != getattr(bare, name)]
        if own:
            others = "`about`, `guard`, `set`, `grid` and `points`"
            raise ValueError(f"with `of`, everything but {others} is the other's; remove {', '.join(own)}")
        if self.guard is None and not self.set_ and not self.stands_for_many:
            raise ValueError("with `of`, name the `guard` that makes it another candidate, or what is `set`")
        return self

    @model_validator(mode="after")
    def _set_or_varied(self) -> "Candidate":
        both = sorted(set(self.set_) & set(self.grid))
        if both:
            raise ValueError(f"`set` and `grid` both give {', '.join(both)}")
        if self.grid and self.points:
            raise ValueError("give either `grid` or `points`")
        if len({frozenset(point) for point in self.points}) > 1 or not all(self.points):
            raise ValueError("`points` all set the same settings, at least one")
        names = [name for name, _ in points_of("", self.grid, self.points)] if size(self.grid) <= MOST_POINTS else []
        if len(set(names)) < len(names):  # as of 1 and "1": one would take the place of the other
            alike = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"two points would have the same name, ...{alike}; write their values so that they differ")
        return self

    @property
    def stands_for_many(self) -> bool:
        """Whether it is not one candidate but a grid of them."""
        return bool(self.grid or self.points)

    @property
    def told(self) -> dict[str, Any]:
        """As JSON, without keys that came later and say nothing: what digests are made of."""
        data = self.model_dump(mode="json")
        for later in ("set_", "grid", "points"):
            if not data[later]:
                del data[later]
        return data

    def applied(self) -> "Candidate":
        """With everything that is `set` where it belongs; what is set of a guard stays, the guard being elsewhere."""
        generation, given, guard, left = self.generation.model_dump(), dict(self.with_), self.guard, {}
        for path, value in self.set_.items():
            first, *rest = path.split(".")
            if first == "generation":
                generation = within(generation, rest, value)
            elif first == "with":
                given = within(given, rest, value)
            elif rest:
                left[path] = value
            else:
                guard = value
        changed = {"generation": Generation.model_validate(generation), "with_": given, "guard": guard, "set_": left}
        return self.model_copy(update=changed)


class SloSpec(Strict):
    """What share of a system's events in production must be good, by what its guard rules."""

    good: Annotated[float, Field(gt=0.0, lt=1.0)] | None = Field(
        default=None, description="The least share of good events; what the tier's floor tolerates when left out."
    )
    days: Annotated[int, Field(ge=1, le=90)] = Field(default=30, description="Length of the window of the budget.")
    side: Literal["input", "output"] = Field(default="output", description="Which rulings are the events.")
    labels: Texts = Field(
        default=(), description="Labels or families whose finding makes an event bad; any of `actions` when left out."
    )
    actions: Annotated[tuple[Literal["mask", "escalate", "block"], ...], BeforeValidator(_list_as_tuple)] = Field(
        default=("mask", "escalate", "block"), min_length=1, description="Actions of the guard that make an event bad."
    )
    severe: Texts = Field(
        default=(), description="Labels or families of which one finding spends `severe_share` of the budget at once."
    )
    severe_share: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        default=0.25, description="What one red-line event, or one severe finding, spends of the budget."
    )
    false_alarms: Annotated[float, Field(gt=0.0, le=365.0)] = Field(
        default=1.0, description="How many false alarms a year are accepted, at most, on average."
    )


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
    alarms: Annotated[tuple[Literal["page", "ticket"], ...], BeforeValidator(_list_as_tuple)] = Field(
        default=("page", "ticket"), min_length=1, description="Which alarms are sent."
    )
    timeout: Positive = Field(default=10.0, description="Seconds for one try.")
    retries: Annotated[int, Field(ge=0, le=20)] = 4

    @model_validator(mode="after")
    def _one_address(self) -> "NotifySpec":
        if bool(self.url) == bool(self.url_env):
            raise ValueError("give exactly one of url, url_env")
        return self


class SystemSpec(Strict):
    """An AI product, its owners, and the versions of it that compete."""

    tier: Name
    owner: Name
    risk_owner: Name | None = None
    intended_use: str = Field(min_length=1)
    limitations: Texts = ()
    maximise: Names = Field(
        min_length=1, description="Metrics in the order that decides among those that clear every floor."
    )
    baseline: Name | None = Field(default=None, description="The candidate in production.")
    candidates: dict[Name, Candidate] = Field(min_length=1)
    guard: Name | None = Field(default=None, description="The guard in production; what `Guard.from_policy` uses.")
    budget: Budget = Budget()
    slo: dict[Name, SloSpec] = Field(
        default_factory=dict,
        description="By metric: what its events in production must come to, or its budget is spent.",
    )

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("maximise"), str):
            return {**data, "maximise": [data["maximise"]]}
        return data

    @property
    def has_grid(self) -> bool:
        """Whether some candidate stands for many; then all are chosen from by Pareto Testing."""
        return any(spec.stands_for_many for spec in self.candidates.values())

    @property
    def all_candidates(self) -> Mapping[str, Candidate]:
        """Every candidate that competes by its name: in the place of a grid, all its points."""
        # Kept beside the fields, as a cached property is, so that two policies are equal whoever was asked; a copy with
        # other candidates is not taken in by it.
        known: tuple[object, dict[str, Candidate]] | None = self.__dict__.get("_expanded")
        if known is not None and known[0] is self.candidates:
            return known[1]
        found: dict[str, Candidate] = {}
        for name, spec in self.candidates.items():
            if not spec.stands_for_many:
                found[name] = spec
                continue
            for point, settings in points_of(name, spec.grid, spec.points):
                own = {"set_": {**spec.set_, **settings}, "about": spec.about or told(settings)}
                found[point] = spec.model_copy(update={"grid": {}, "points": (), **own})
        self.__dict__["_expanded"] = (self.candidates, found)
        return found

    def whole(self, candidate: str) -> Candidate:
        """A candidate with nothing left to look up: one that is `of` another has that one's plugin and settings."""
        spec = self.all_candidates[candidate]
        if spec.of is not None:
            own = {"of": spec.of, "about": spec.about, "guard": spec.guard, "set_": spec.set_}
            base = self.candidates[spec.of].applied()
            if spec.guard is None:
                own = {**own, "guard": base.guard, "set_": {**base.set_, **spec.set_}}
            spec = base.model_copy(update=own)
        return spec.applied()

    def model_of(self, candidate: str) -> str:
        """Whose replies are its own too, where the same is asked of the same plugin: nobody is asked twice."""
        spec = self.all_candidates[candidate]
        root = spec.of or grid_of(candidate)
        settings = {**(self.candidates[spec.of].set_ if spec.of else {}), **spec.set_}
        varied = {path: value for path, value in settings.items() if path.startswith("with.")}
        return f"{root} with {digest(varied)[7:19]}" if varied else root


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
    suites: dict[Name, SuiteSpec] = Field(default_factory=dict)
    metrics: dict[Name, MetricSpec] = Field(min_length=1)
    tiers: dict[Name, Tier] = Field(min_length=1)
    red_lines: Names = Field(default=(), description="Metrics of which one confirmed event fails.")
    systems: dict[Name, SystemSpec] = Field(min_length=1)
    evidence: EvidenceSpec = EvidenceSpec()
    guards: dict[Name, GuardSpec] = Field(default_factory=dict)
    notify: dict[Name, NotifySpec] = Field(default_factory=dict, description="Who hears of alarms.")

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
        return digest(_as_first_written(self.model_dump(mode="json", by_alias=True)))


_LATER: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("guards", "*", "held"), "A person will look at this first."),
    (("guards", "*", "hold_back"), None),
    (("guards", "*", "key_env"), ""),
    (("guards", "*", "restore"), False),
    (("guards", "*", "confidence"), None),
    (("guards", "*", "input", "*", "how"), "label"),
    (("guards", "*", "output", "*", "how"), "label"),
    (("guards",), {}),
    (("notify",), {}),
    (("systems", "*", "slo"), {}),
    (("tiers", "*", "actions"), {}),
    (("tiers", "*", "weights"), {}),
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
