"""A red-team run in sentences, the same in every format."""

import math
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trimtab.decision.attacks import Baseline, Costs, Covered, ExpectedCost, Replay, Success
from trimtab.kinds import Estimate, Interval
from trimtab.policy.controls import catalogue
from trimtab.report.figures import Figures, count, fitting, unit_figures
from trimtab.report.markup import visible
from trimtab.report.view import Report
from trimtab.report.words import name

STATE: Mapping[str, str] = {
    "tested": "tested",
    "stand-in": "by a stand-in",
    "not-asked": "not asked in this run",
    "no-attack": "no attack for it yet",
    "not-by-asking": "asking cannot show it",
}

STAND_IN = (
    "Hazards are tested by a stand-in: a marker, in a setting of that hazard, that must not come out. It shows whether "
    "attacks break rules there, not what the system says when it is asked for harm itself."
)
NO_TEXT = (
    "The policy keeps digests only. To read what was said, set `evidence: {text: redacted}` and try the attack again "
    "with its command."
)
NO_COSTS = (
    "The policy does not say what failures cost, so no expected cost is shown. State ranges under the key `costs`: "
    "`incident`, `hazards` and `attempts`."
)
ONE_GOAL = (
    "Attacks at one goal count as one independent case, however many techniques tried it, and all intervals of a table "
    "hold together."
)
NOTHING_ASKED = "Nothing is asked of it, so nothing is passed or failed by it."
STEER_BY = "The measure to steer by: the upper end of the worst family of each candidate."
_FIGURES = 2  # of amounts of money, which are products of stated ranges


def hazard(title: str) -> str:
    """A hazard in words where the catalogue has it, else as the case names it."""
    found = catalogue().hazard(title)
    return found.title.removeprefix("Hazard: ") if found else visible(title, limit=60) or "no hazard named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The KPI of one candidate: in no family do more attacks succeed than `at_most`, a probability."""

    candidate: str
    family: str  # the one of which that upper end is
    rate: Estimate
    at_most: float
    seen: str  # the family with the highest rate that was seen; empty when nothing got through


def worst(report: Report, metric: str, candidate: str) -> Worst | None:
    """The KPI: the upper end of the worst family; of all attacks where there is one family only; None without data."""
    rates = report.groups.get(candidate, {}).get(metric, {})
    if not rates:
        found = next((c.estimates.get(metric) for c in report.candidates if c.candidate == candidate), None)
        if not isinstance(found, Estimate):
            return None
        return Worst(candidate=candidate, family="", rate=found, at_most=found.interval.high, seen="")
    family, rate = max(rates.items(), key=lambda item: (item[1].interval.high, -item[1].interval.low))
    first, highest = next(iter(rates.items()))
    seen = first if highest.value > 0.0 else ""
    return Worst(candidate=candidate, family=family, rate=rate, at_most=rate.interval.high, seen=seen)


def attacked(report: Report) -> list[str]:
    """The candidates of this run; the policy may name others."""
    return [c.candidate for c in report.candidates if c.candidate in report.started.candidates]


def written(report: Report, metric: str, rates: Sequence[Estimate]) -> Figures:
    """How rates are written together."""
    return fitting(unit_figures(report, metric), rates, [])


def money(report: Report, amount: float) -> str:
    """An amount, rounded: it is a product of stated ranges, and no digit more is known."""
    if not math.isfinite(amount):
        return "unknown"
    prefix = Figures(unit="money", places=0, currency=report.policy.currency).prefix
    if amount <= 0.0:
        return f"{prefix}0"
    if amount < 1.0:
        return f"under {prefix}1"
    step = math.floor(math.log10(amount)) - _FIGURES + 1
    rounded = round(amount, -step)
    for size, sign in ((1e9, "bn"), (1e6, "M")):
        if rounded >= size:
            return f"{prefix}{rounded / size:,.12g}{sign}"
    return f"{prefix}{rounded:,.12g}"


def money_span(report: Report, low: float, high: float) -> str:
    """A range of amounts."""
    return f"{money(report, low)} to {money(report, high)}"


def per(costs: Costs) -> str:
    """What the expected costs are for."""
    low, high = costs.attempts
    attempts = f"{low:,.12g}" if low == high else f"{low:,.12g} to {high:,.12g}"
    if costs.yearly:
        return f"a year, at the {attempts} attempts that the policy states"
    return f"per {attempts} attempts"


def assumptions(report: Report, costs: Costs) -> list[str]:
    """What expected costs rest on, in words."""
    system = name(report.decision.system)
    product = (
        f"Expected cost, {per(costs)}, is the interval of the success rate, times the attempts, times the range of "
        "what one success may cost. The low end takes the low end of all three, the high end the high end of all three."
    )
    assumed = (
        "Every success is taken for an incident. That real attacks are as clever as these, and real answers as "
        "harmful as the policy states, is assumed and not measured."
    )
    said = [
        product,
        "Each row says what it would come to if every attempt were of that kind. Rows are not parts of a sum.",
        assumed,
        "Severities, costs and attempts are what somebody wrote into the policy.",
    ]
    if not costs.yearly:
        said.append(f"State how many attempts a year there are, `costs: {{attempts: {{{system}: [low, high]}}}}`.")
    if unstated := sorted({one for cost in _all(costs) for one in cost.unstated}):
        listed = ", ".join(hazard(one) for one in unstated)
        said.append(f"Nothing is said of how severe these are, so they are in no range: {listed}.")
    return said


def _all(costs: Costs) -> list[ExpectedCost]:
    tables = [costs.whole, *costs.families.values(), *costs.hazards.values()]
    return [cost for table in tables for cost in table.values()]


def replay_command(baseline: Baseline, candidate: str, case: str) -> str:
    """The command that asks the same again; empty where nothing does."""
    return "" if baseline.replay is None else asking_again(baseline.replay, candidate, case)


def asking_again(replay: Replay, candidate: str, case: str) -> str:
    """The command that asks the same again: the one case, or all of a run where cases cannot be asked alone."""
    if replay.whole:
        parts = ["trimtab", "run", replay.policy, "--system", replay.system, "--candidate", candidate, "--fresh"]
        return shlex.join(parts)
    parts = ["trimtab", "redteam", replay.policy, "--system", replay.system]
    parts += ["--candidate", candidate, "--case", case, "--seed", str(replay.seed)]
    parts += ["--depth", str(replay.depth)] if replay.depth != 1 else []
    parts += ["--adaptive", "--calls", str(replay.calls)] if replay.calls else []
    parts += ["--attacker", replay.attacker] if replay.attacker else []
    for technique in replay.techniques:
        parts += ["--technique", technique]
    return shlex.join(parts)


def stopped_words(success: Success) -> str:
    """What would have stopped it, in a sentence; that nothing would is said as plainly."""
    sides: dict[str, list[str]] = {}
    for guard in policy_first(success.stopped_by):
        sides.setdefault(success.stops[guard], []).append(guard)
    said = [f"{_listed(sides[side])} at the {side}" for side in ("input", "output") if side in sides]
    if success.resisted:
        said.append(f"candidate {_listed([name(one) for one in success.resisted])}, at which the same attack failed")
    if said:
        went_on = " An attacker that adapts would have gone on from there." if success.adapts else ""
        return f"Would have been stopped by {'; by '.join(said)}.{went_on}"
    if unknown := [guard for guard, stop in success.stops.items() if stop == "unknown"]:
        return f"Nothing that could be tried here would have stopped it; not known of {_listed(unknown)}."
    return "Nothing here would have stopped it: no guard of the policy, no detector that ships, no other candidate."


def policy_first(guards: Iterable[str]) -> list[str]:
    """Each guard once, those of the policy before detectors alone."""
    return sorted(dict.fromkeys(guards), key=lambda guard: (not guard.startswith("guard "), guard))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """How many of the successes that were told one by one something would have stopped."""

    who: str
    at_input: int = 0
    at_output: int = 0
    unknown: int = 0
    of: int = 0

    @property
    def stopped(self) -> int:
        """At either side."""
        return self.at_input + self.at_output


def stoppings(successes: Sequence[Success]) -> list[Stopping]:
    """By guard, those of the policy first, then by other candidates."""
    found = []
    for guard in policy_first(guard for one in successes for guard in one.stops):
        at = Counter(one.stops.get(guard, "unknown") for one in successes)
        found.append(
            Stopping(who=guard, at_input=at["input"], at_output=at["output"], unknown=at["unknown"], of=len(successes))
        )
    others = Counter(other for one in successes for other in one.resisted)
    found += [Stopping(who=f"candidate {name(o)}", at_output=number, of=len(successes)) for o, number in others.items()]
    return found


def unstopped(successes: Sequence[Success]) -> int:
    """How many nothing here would have stopped."""
    return sum(not one.stopped_by and not one.resisted for one in successes)


def unstopped_words(successes: Sequence[Success]) -> str:
    """How many nothing here would have stopped, in a sentence without its full stop."""
    number, all_of_them = unstopped(successes), count(len(successes))
    if len(successes) == 1:
        return f"{'nothing' if number else 'something'} here would have stopped the only one"
    if not number:
        return f"something here would have stopped each of the {all_of_them}"
    return f"nothing here would have stopped {count(number)} of {all_of_them}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkCount:
    """Coverage of one framework in numbers. `askable` are the rows that asking can show."""

    framework: str
    title: str
    rows: Sequence[Covered]

    @property
    def covered(self) -> int:
        """Rows that were tested, stand-ins among them."""
        return sum(row.state in ("tested", "stand-in") for row in self.rows)

    @property
    def askable(self) -> int:
        """Rows that a model that answers texts can be asked about."""
        return sum(row.state != "not-by-asking" for row in self.rows)

    def __str__(self) -> str:
        beyond = len(self.rows) - self.askable
        how = " by a stand-in" if any(row.state == "stand-in" for row in self.rows) else ""
        said = f"{self.covered} of {self.askable} that asking can show were tested{how}"
        return f"{said}; {beyond} of {len(self.rows)} it cannot show" if beyond else said


def frameworks(baseline: Baseline) -> list[FrameworkCount]:
    """Coverage by framework, in the order of `COVERED`."""
    known = catalogue().frameworks
    return [
        FrameworkCount(framework=framework, title=_SHORT.get(framework, known[framework].name), rows=rows)
        for framework, rows in baseline.coverage.items()
    ]


_SHORT = {
    "owasp-llm-2026": "OWASP Top 10 for LLM Applications 2026",
    "mitre-atlas": "MITRE ATLAS 5.6.0, techniques",
    "mlcommons-ailuminate-1.0": "MLCommons AILuminate 1.0, hazards",
}


def log_ends(low: float, high: float) -> Interval:
    """A range of money on a scale of powers of ten; what is below one unit lies at the left end."""
    ends = [math.log10(max(amount, 1.0)) for amount in (low, high)]
    return Interval(min(ends), max(ends), 0.5, "stated")


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
