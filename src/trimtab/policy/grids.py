"""Rules about settings that are set apart or varied over a grid: each leads somewhere and takes the values given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from trimtab.kinds import plugins
from trimtab.policy.candidates import check_no_keys, parameter_trouble
from trimtab.policy.explain import explain
from trimtab.policy.fields import Strict
from trimtab.policy.guard_spec import ConfidenceSpec, GuardRule
from trimtab.policy.include import Gathered
from trimtab.policy.installed import parameters
from trimtab.policy.keys import nearest
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote
from trimtab.policy.settings import CONFIDENCE_SETTINGS, MOST_POINTS, RULE_SETTINGS, size
from trimtab.policy.system_spec import Generation

_GENERATION = tuple(name for name in Generation.model_fields if name != "stream")
_SHAPES = ("generation.FIELD", "with.FIELD", "guard", "guard.input.RULE.threshold", "guard.confidence.at_least")


def check_settings(candidate: Part, candidates: Part, guards: Part, gathered: Gathered) -> None:
    """Report settings of a candidate that lead nowhere, and values that do not fit where they lead."""
    owner = candidates[candidate["of"].text] if candidate["of"].text else candidate
    checks = _Checks(owner=owner, guards=_guards(candidate, owner, guards), known=guards.names, gathered=gathered)
    for path, value, varied in _settings(candidate):
        check_no_keys(value, gathered)
        before = len(gathered.mistakes)
        values = list(value.items()) if varied else [value]
        checks.path(path, value, values)
        told = [repr(one.value) for one in values]
        if varied and len(set(told)) < len(told) and len(gathered.mistakes) == before:
            gathered.report(value.where, "gives a value twice", "Remove one of the two.", key=True)


def check_sizes(system: Part, gathered: Gathered) -> None:
    """Report a system whose grids stand for more candidates than anybody could measure, at the greatest of them."""
    sizes = {name: _size(candidate) for name, candidate in system["candidates"].entries()}
    total = sum(sizes.values())
    if total > MOST_POINTS:
        worst = max(sizes, key=lambda name: sizes[name])
        candidate = system["candidates"][worst]
        part = candidate["grid"] if "grid" in candidate else candidate["points"]
        message = f"stands for {sizes[worst]:,} candidates; with the others {total:,}, and {MOST_POINTS} is the most"
        gathered.report(part.where, message, "Vary fewer settings, or in fewer steps.", key=True)
    baseline = system["baseline"]
    if baseline.text and _many(system["candidates"][baseline.text]):
        gathered.report(baseline.where, "is a grid, and a baseline is one candidate", "Write it out as one of its own.")
    for _, candidate in system["candidates"].entries():
        of = candidate["of"]
        if of.text and _many(system["candidates"][of.text]):
            gathered.report(of.where, f"{quote(of.text)} is a grid, and this is `of` one candidate")

    for _, candidate in system["candidates"].entries():
        settings = [repr(point.value) for point in candidate["points"].items()]
        if len(set(settings)) < len(settings):
            gathered.report(candidate["points"].where, "gives a point twice", "Remove one of the two.", key=True)


def _many(candidate: Part) -> bool:
    return "grid" in candidate or "points" in candidate


def _size(candidate: Part) -> int:
    grid = candidate["grid"].entries()
    lists = {name: part.value for name, part in grid if isinstance(part.value, list) and part.value}
    return size(lists) if lists else max(1, len(list(candidate["points"].items())))


def _settings(candidate: Part) -> Iterator[tuple[str, Part, bool]]:
    for key, varied in (("set", False), ("grid", True)):
        for path, value in candidate[key].entries():
            yield path, value, varied
    for point in candidate["points"].items():
        for path, value in point.entries():
            yield path, value, False


def _guards(candidate: Part, owner: Part, guards: Part) -> list[Part]:
    """Every guard that a candidate may have, its own or one that is set."""
    named = [candidate["guard"].text or owner["guard"].text]
    for path, value, varied in _settings(candidate):
        if path == "guard":
            named += [one.text for one in (value.items() if varied else [value])]
    return [guards[name] for name in dict.fromkeys(named) if name in guards]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checks:
    """Where settings of one candidate may lead: its plugin, the guards that it may have, the guards of the policy."""

    owner: Part
    guards: list[Part]
    known: tuple[str, ...]
    gathered: Gathered

    def path(self, path: str, at: Part, values: list[Part]) -> None:
        first, *rest = path.split(".")
        if first == "generation" and len(rest) == 1:
            self._field(Generation, _GENERATION, rest[0], at, values)
        elif first == "with" and rest:
            self._parameter(rest, at, values)
        elif path == "guard":
            for value in values:
                if value.value is not None and value.text not in self.known and not self.gathered.full:
                    message = f"{quote(value.value, value.where)} is not a guard of this policy"
                    self.gathered.report(value.where, message, nearest(value.text, self.known))
        elif first == "guard":
            self._guard(rest, at, values)
        else:
            self._nowhere(at, "is no setting that can be set apart", nearest(path, _SHAPES))

    def _nowhere(self, at: Part, message: str, suggestion: str = "") -> None:
        self.gathered.report(at.where, message, suggestion, key=True)

    def _field(self, model: type[Strict], known: tuple[str, ...], name: str, at: Part, values: list[Part]) -> None:
        """Values by the field of a model that they are for."""
        if name not in known:
            self._nowhere(at, f"{quote(name, at.where)} cannot be set here", nearest(name, known))
            return
        for value in values:
            try:
                TypeAdapter(_type_of(model, name)).validate_python(value.value, strict=True)
            except ValidationError as error:
                found: list[ErrorDetails] = [{**one, "loc": value.where} for one in error.errors(include_url=False)]
                explain(found, self.gathered)

    def _parameter(self, rest: list[str], at: Part, values: list[Part]) -> None:
        named = [self.owner["plugin"].text, *self.owner.names]
        plugin = next((name for name in named if name in plugins.names("systems")), "")
        known = parameters("systems", plugin) if plugin else None
        if known is None:
            return
        if rest[0] not in known:
            self._nowhere(at, f"{quote(rest[0], at.where)} is not a parameter of {plugin}", nearest(rest[0], known))
        elif len(rest) == 1:
            for value in values:
                parameter_trouble(value, known[rest[0]].kind, self.gathered)

    def _guard(self, rest: list[str], at: Part, values: list[Part]) -> None:
        if not self.guards:
            self._nowhere(at, "is of a guard, and this candidate has none", "Name one with `guard`.")
        for number, guard in enumerate(self.guards):
            name = quote(guard.where[-1])
            heard = [] if number else values  # what they hold is told once
            if rest[0] == "confidence" and len(rest) == 2:
                if "confidence" in guard:
                    self._field(ConfidenceSpec, CONFIDENCE_SETTINGS, rest[1], at, heard)
                else:
                    self._nowhere(at, f"guard {name} has no `confidence`")
            elif rest[0] in ("input", "output") and len(rest) == 3:
                rules = guard[rest[0]]
                if _is_a_rule(rules, rest[1]):
                    self._field(GuardRule, RULE_SETTINGS, rest[2], at, heard)
                    self._revised(guard, rest, values)
                else:
                    message = f"{quote(rest[1], at.where)} names no rule on the {rest[0]} of guard {name}, or several"
                    self._nowhere(at, message, f"Its rules are {_rules(rules)}.")
            else:
                self._nowhere(at, "is no setting of a guard", nearest(".".join(["guard", *rest]), _SHAPES))

    def _revised(self, guard: Part, rest: list[str], values: list[Part]) -> None:
        """Report replies that would be revised by nobody, and requests that would be revised at all."""
        for value in values if rest[2] == "action" else []:
            if value.value == "revise" and (rest[0] == "input" or not guard["revise"].names):
                name = quote(guard.where[-1])
                why = "is for rules on output" if rest[0] == "input" else f"needs `revise` in guard {name}"
                self.gathered.report(value.where, f"`revise` {why}")


def _type_of(model: type[Strict], name: str) -> Any:
    """The type of one field, with its limits."""
    field = model.model_fields[name]
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _is_a_rule(rules: Part, name: str) -> bool:
    detectors = [rule["detector"].text for rule in rules.items()]
    return int(name) < len(detectors) if name.isdecimal() else detectors.count(name) == 1


def _rules(rules: Part) -> str:
    listed = [f"`{number}` ({rule['detector'].text})" for number, rule in enumerate(rules.items())]
    return ", ".join(listed[:8]) or "none"
