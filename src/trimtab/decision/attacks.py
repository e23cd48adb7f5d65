"""What a red-team run comes to beside its rates: coverage, what successes may cost, what would have stopped them.

Pure rules about values. Nothing of it passes or fails a candidate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from trimtab.kinds import Estimate
from trimtab.policy.controls import NEEDS, Catalogue, Control
from trimtab.policy.cost_spec import CostsSpec

COVERED = ("owasp-llm-2026", "mitre-atlas", "mlcommons-ailuminate-1.0")
"""Frameworks whose coverage is shown."""

PER = 100.0
"""Attempts that a cost is given for where a policy does not say how many there are in a year."""

State = Literal["tested", "stand-in", "not-asked", "no-attack", "not-by-asking"]
Stop = Literal["input", "output", "no", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one case tried: read off the case itself, so nothing is claimed that was not asked."""

    family: str
    technique: str  # names of attacks, joined by "+" where several were put on top of one another
    hazard: str = ""
    controls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One control, and how far a run tested it.

    `cases` had an outcome at one candidate at least; `got_through` is the largest number of them that got through at
    any one candidate. `why` says in words what is missing where it was not tested.
    """

    control: Control
    state: State
    cases: int = 0
    techniques: tuple[str, ...] = ()
    got_through: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedCost:
    """A rate, the money that one success may cost, and what comes of both over the attempts.

    `one` is the range of one success, `low` and `high` what all attempts come to, in the policy's currency.
    `severities` are those of the hazards in it, `unstated` the hazards of which the policy does not say how severe
    they are: their successes are not in the range.
    """

    rate: Estimate
    one: tuple[float, float]
    low: float
    high: float
    severities: tuple[str, ...]
    unstated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Expected costs of every candidate: as the run mixed its attacks, and if all were of one family or hazard.

    `attempts` is the range that the costs are for: those of a year where the policy states them, else `PER`.
    """

    attempts: tuple[float, float]
    yearly: bool
    whole: Mapping[str, ExpectedCost] = field(default_factory=dict)
    families: Mapping[str, Mapping[str, ExpectedCost]] = field(default_factory=dict)
    hazards: Mapping[str, Mapping[str, ExpectedCost]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """One attack that got through: one red-line event.

    `turns` are role and redacted text, none where the policy keeps digests only, and `omitted` how many before them
    are left out. `stops` say for each guard that was tried on this very exchange where it would have stopped it, and
    `unknown` why it could not be told. `resisted` are candidates of the same run at which the same attack failed.
    """

    case: str
    tried: Tried
    reply: str = ""
    turns: tuple[tuple[str, str], ...] = ()
    omitted: int = 0
    adapts: bool = False
    stops: Mapping[str, Stop] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    resisted: tuple[str, ...] = ()

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """The guards that would have stopped it."""
        return tuple(name for name, stop in self.stops.items() if stop in ("input", "output"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What makes the same cases again: the suite `red-team` or `adaptive` of this version, its seed and its fields.

    `calls` and `attacker` are those of `adaptive`. `whole` is for other suites: only all of a run can be asked again.
    """

    system: str
    policy: str
    seed: int
    techniques: tuple[str, ...] = ()
    depth: int = 1
    calls: int = 0
    attacker: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursuits:
    """What one strategy that adapts did to a candidate: attacks, those that won, and all messages it sent.

    `to_win` is the median number of messages of those that won, None where none did. `written` messages are by the
    attacker's model; `unwritten` counts what it wrote and was of no use.
    """

    attacks: int
    won: int
    messages: int
    to_win: float | None
    written: int
    unwritten: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A red-team run of one metric. Rates by family are among the groups of the report.

    `unknown` says why cases could not be made again; then there is no coverage and nothing by hazard. `unseen` counts
    successes of each candidate beyond those that are told one by one. `pursuits` are by candidate and strategy.
    """

    metric: str
    suite: str
    unknown: str = ""
    replay: Replay | None = None
    hazards: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    coverage: Mapping[str, Sequence[Covered]] = field(default_factory=dict)
    own: Mapping[str, int] = field(default_factory=dict)
    costs: Costs | None = None
    successes: Mapping[str, Sequence[Success]] = field(default_factory=dict)
    unseen: Mapping[str, int] = field(default_factory=dict)
    pursuits: Mapping[str, Mapping[str, Pursuits]] = field(default_factory=dict)


def covered(
    known: Catalogue,
    tried: Mapping[str, Tried],
    through: Mapping[str, frozenset[str]],
    *,
    installed: Mapping[str, Sequence[str]],
) -> tuple[dict[str, list[Covered]], dict[str, int]]:
    """How far each control of the frameworks in `COVERED` was tested, and ids of other lists with their cases.

    Args:
        known: The catalogue.
        tried: What was tried, by case; only cases with an outcome.
        through: By candidate, the cases that got through.
        installed: The attacks that are installed, by the links that they test.
    """
    cases: dict[str, set[str]] = {}
    techniques: dict[str, set[str]] = {}
    own: dict[str, int] = {}
    for case, one in tried.items():
        named: list[Control | str] = [known.find(link) or link for link in one.controls]
        if hazard := known.hazard(one.hazard):
            named.append(hazard)
        for control_or_link in dict.fromkeys(named):
            if isinstance(control_or_link, Control):
                cases.setdefault(control_or_link.link, set()).add(case)
                techniques.setdefault(control_or_link.link, set()).update(one.technique.split("+"))
            else:
                own[control_or_link] = own.get(control_or_link, 0) + 1
    testers = {control.link: names for link, names in installed.items() if (control := known.find(link))}
    found = {
        framework: [
            _covered(control, cases, techniques, through, testers)
            for control in known.of(framework)
            if control.kind in ("", "technique")
        ]
        for framework in COVERED
    }
    return found, own


def _covered(
    control: Control,
    cases: Mapping[str, set[str]],
    techniques: Mapping[str, set[str]],
    through: Mapping[str, frozenset[str]],
    testers: Mapping[str, Sequence[str]],
) -> Covered:
    own = cases.get(control.link, set())
    if own:
        return Covered(
            control=control,
            state="stand-in" if control.framework == "mlcommons-ailuminate-1.0" else "tested",
            cases=len(own),
            techniques=tuple(sorted(techniques[control.link])),
            got_through=max((len(own & got) for got in through.values()), default=0),
        )
    if names := testers.get(control.link):
        few = ", ".join(sorted(names)[:3]) + (", ..." if len(names) > 3 else "")
        return Covered(control=control, state="not-asked", why=f"{len(names)} installed would test it: {few}")
    if control.framework == "mlcommons-ailuminate-1.0":
        return Covered(control=control, state="not-asked", why="no case of this run was about it")
    if control.needs:
        return Covered(control=control, state="not-by-asking", why=NEEDS[control.needs])
    return Covered(control=control, state="no-attack", why="asking could show it, and no attack here does yet")


def expected(
    costs: CostsSpec, rate: Estimate, hazards: Sequence[str], attempts: tuple[float, float]
) -> ExpectedCost | None:
    """Rate times attempts times what one success may cost, from the least of all three to the most.

    The cost of one success runs from the cheapest to the dearest of the hazards: which of them a real attack would be
    about is not known. None where the policy says of none of them how severe it is.
    """
    stated = {hazard: severity for hazard in hazards if (severity := costs.severity(hazard))}
    if not stated:
        return None
    ranges = [costs.of_one(severity) for severity in stated.values()]
    one = (min(low for low, _ in ranges), max(high for _, high in ranges))
    return ExpectedCost(
        rate=rate,
        one=one,
        low=rate.interval.low * attempts[0] * one[0],
        high=rate.interval.high * attempts[1] * one[1],
        severities=tuple(sorted(set(stated.values()))),
        unstated=tuple(sorted(set(hazards) - set(stated))),
    )
