"""A system, the versions of it that compete, and what its production is held to."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from trimtab._canonical import digest
from trimtab.kinds import plugins
from trimtab.policy.fields import Name, Names, Positive, Strict, Texts, Values, list_as_tuple
from trimtab.policy.settings import MOST_POINTS, grid_of, points_of, size, told, within


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
    reward: Name | None = Field(
        default=None, description="The reward of this policy that it was trained with; its detectors judge no more."
    )
    set_: dict[str, Any] = Field(
        default_factory=dict,
        alias="set",
        description="Settings that differ: generation.FIELD, with.FIELD, guard, guard.input.RULE.threshold, ...",
    )
    grid: dict[str, Values] = Field(
        default_factory=dict,
        description="Settings as lists of values: the candidate stands for one of each combination.",
    )
    points: Annotated[tuple[dict[str, Any], ...], BeforeValidator(list_as_tuple)] = Field(
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
        known = {"about", "limits", "generation", "price", "guard", "reward", "set", "grid", "points"}
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
        for later in ("set_", "grid", "points", "reward"):
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
    actions: Annotated[tuple[Literal["mask", "escalate", "block"], ...], BeforeValidator(list_as_tuple)] = Field(
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
    reward: Name | None = Field(default=None, description="The reward in training; what `trimtab.rewards` uses.")
    budget: Budget = Budget()
    vendors: Names = Field(
        default=(), description="The vendors that it rests on; the band of critical ones caps its own."
    )
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
