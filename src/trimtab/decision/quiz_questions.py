"""What quizzes can ask, by topic: every question with its answer, and where that follows from."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from trimtab.decision.incidents import Finding, Incident, findings, incidents
from trimtab.decision.kpis.practice import STATUTORY_DAYS
from trimtab.decision.moments import day, span
from trimtab.evidence.books import Books
from trimtab.policy.model import Floor, Policy
from trimtab.stats.binomial import clopper_pearson

_DAY = 86_400_000_000
_TRIALS = 200
_STEPS = ("detect", "contain", "fix", "verify", "close")
_SHOWS = ("It passes.", "It fails.", "It is undecided, which is no pass.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `options` are distinct; `how` says how the answer follows, `sources` from what."""

    topic: str
    text: str
    options: tuple[str, ...]
    answer: int
    how: str
    sources: tuple[str, ...]


Writer = Callable[[Policy, Books, int], Iterable[Question]]


def _ask(topic: str, text: str, right: str, others: Iterable[str], how: str, *sources: str) -> Iterator[Question]:
    """A question, unless nothing else could be answered."""
    wrong = [one for one in dict.fromkeys(others) if one != right]
    if wrong:
        yield Question(topic=topic, text=text, options=(right, *wrong), answer=0, how=how, sources=sources)


def _floors(policy: Policy, _: Books, __: int) -> Iterator[Question]:
    for tier, spec in policy.tiers.items():
        for name, floor in spec.floors.items():
            metric = policy.metrics[name]
            bounds = [floor.bound * 2, floor.bound / 2, floor.bound * 5, 1.0 - floor.bound]
            if metric.unit == "ratio":
                bounds = [one for one in bounds if 0.0 < one < 1.0]
            yield from _ask(
                "floors",
                f"{metric.question} ({name}) What does tier {tier} ask?",
                str(floor),
                [_beside(floor, one) for one in bounds],
                f"The floor of {name} in tier {tier} is {floor}.",
                f"policy:tiers.{tier}.floors.{name}",
            )


def _beside(floor: Floor, bound: float) -> str:
    return f"{'at least' if floor.at_least is not None else 'at most'} {bound:.6g}"


def _interval(policy: Policy, _: Books, __: int) -> Iterator[Question]:
    for tier, spec in policy.tiers.items():
        for name, floor in spec.floors.items():
            if policy.metrics[name].unit != "ratio":
                continue
            for share in (floor.bound, floor.bound / 4, min(1.0, floor.bound * 2), (1.0 + floor.bound) / 2):
                hits = round(_TRIALS * share)
                seen = clopper_pearson(hits, _TRIALS, level=spec.confidence)
                ends = f"from {seen.low:.4f} to {seen.high:.4f}"
                right = _shows(floor, seen.low, seen.high)
                yield from _ask(
                    "interval",
                    f"Of {_TRIALS} independent cases {hits} count for {name}; the interval goes {ends}. "
                    f"Tier {tier} asks {floor}. What does it show?",
                    _SHOWS[right],
                    _SHOWS,
                    f"Held against {floor}, all of {ends} decides it or nothing does.",
                    f"policy:tiers.{tier}.floors.{name}",
                )


def _shows(floor: Floor, low: float, high: float) -> int:
    """The place in `_SHOWS`."""
    if (low >= floor.bound) if floor.at_least is not None else (high <= floor.bound):
        return 0
    return 1 if ((high < floor.bound) if floor.at_least is not None else (low > floor.bound)) else 2


def _red_lines(policy: Policy, _: Books, __: int) -> Iterator[Question]:
    others = [metric.question for name, metric in policy.metrics.items() if name not in policy.red_lines]
    for name in policy.red_lines:
        yield from _ask(
            "red-lines",
            f"Of which of these does one confirmed event fail a version? (It is about {name}.)"
            if len(policy.red_lines) > 1
            else "Of which of these does one confirmed event fail a version?",
            policy.metrics[name].question,
            others,
            f"{name} is a red line.",
            "policy:red_lines",
        )


def _incidents(_: Policy, books: Books, end: int) -> Iterator[Question]:
    for one in incidents(books, before=end):
        about, opened = f"{one.opened.incident} ({one.opened.hazard})", one.opened
        yield from _ask(
            "incidents",
            f"Who saw {about} first?",
            opened.found_by,
            ("monitoring", "staff", "customer", "outside"),
            f"It was entered as found by {opened.found_by}.",
            f"row:{one.seq}",
        )
        if not (one.started and one.detected):
            continue
        took = one.detected - one.started
        clocks = [one.contained - one.detected if one.contained else 0, one.fixed - one.detected if one.fixed else 0]
        others = [span(length) for length in (*clocks, took * 2, took // 3, took * 5) if length > 0]
        yield from _ask(
            "incidents",
            f"How long did the harm of {about} go on before it was seen?",
            span(took),
            others,
            "From when the harm began to when it was detected.",
            f"row:{one.seq}",
        )


def _steps(_: Policy, books: Books, end: int) -> Iterator[Question]:
    cases: list[tuple[str, Incident | Finding]] = [(one.opened.incident, one) for one in incidents(books, before=end)]
    cases += [(one.opened.finding, one) for one in findings(books, before=end)]
    for name, case in cases:
        steps = _STEPS if isinstance(case, Incident) else ("fix", "verify", "close")
        can = [step for step in steps if case.forbids(step, end) is None]
        cannot = [step for step in steps if step not in can]
        for step in can:
            yield from _ask(
                "steps",
                f"Where {name} stands now, which step can come next?",
                step,
                cannot,
                f"The rules of the books let {step} come next.",
                f"row:{case.seq}",
            )


def _reporting(_: Policy, books: Books, end: int) -> Iterator[Question]:
    for duty, days in STATUTORY_DAYS.items():
        yield from _ask(
            "reporting",
            f"Within how many days is an incident of the kind `{duty}` reported to the authority?",
            str(days),
            map(str, STATUTORY_DAYS.values()),
            "The clock of that kind.",
            "eu-ai-act:Art.73",
        )
    for one in incidents(books, before=end):
        if one.opened.duty != "none" and one.detected:
            by = [one.detected + days * _DAY for days in (*STATUTORY_DAYS.values(), 30)]
            yield from _ask(
                "reporting",
                f"{one.opened.incident}, of the kind `{one.opened.duty}`, was seen on {day(one.detected)}. "
                "By which day must the authority know?",
                day(one.detected + STATUTORY_DAYS[one.opened.duty] * _DAY),
                map(day, by),
                f"{STATUTORY_DAYS[one.opened.duty]} days after it was seen.",
                f"row:{one.seq}",
                "eu-ai-act:Art.73",
            )


def _owners(policy: Policy, _: Books, __: int) -> Iterator[Question]:
    actors = [*policy.people, *policy.teams]
    for name, system in policy.systems.items():
        for what, who in (("accepts the risk of", system.risk_owner), ("owns", system.owner)):
            if who:
                said = f"The policy says so of {name}."
                yield from _ask("owners", f"Who {what} {name}?", who, actors, said, f"policy:systems.{name}")
    for name, metric in policy.metrics.items():
        said = f"The policy says so of {name}."
        yield from _ask("owners", f"Who owns the metric {name}?", metric.owner, actors, said, f"policy:metrics.{name}")


def _vendors(policy: Policy, _: Books, __: int) -> Iterator[Question]:
    for name, spec in policy.vendors.items():
        yield from _ask(
            "vendors",
            f"For how many days does what {name} answers count?",
            str(spec.days),
            ("30", "92", "183", "365"),
            "Quarterly if critical, else as the policy says.",
            f"policy:vendors.{name}",
        )
        for clause in spec.sla:
            yield from _ask(
                "vendors",
                f"What does {name} promise of {clause.metric}?",
                f"{clause.floor:.6g}",
                [f"{part:.6g}" for part in (clause.floor / 2, (1.0 + clause.floor) / 2, clause.floor * 0.9)],
                "The floor of the clause.",
                f"policy:vendors.{name}.sla",
            )
    for system, given in policy.systems.items():
        capping = [name for name in given.vendors if policy.vendors[name].critical]
        others = [name for name in policy.vendors if name not in capping]
        for name in capping:
            yield from _ask(
                "vendors",
                f"Whose band is the most that {system} can have?",
                name,
                others,
                f"{system} rests on {name}, which is critical.",
                f"policy:systems.{system}.vendors",
            )


WRITERS: Mapping[str, Writer] = {
    "floors": _floors,
    "interval": _interval,
    "red-lines": _red_lines,
    "incidents": _incidents,
    "steps": _steps,
    "reporting": _reporting,
    "owners": _owners,
    "vendors": _vendors,
}
"""By topic of `trimtab.policy.courses.TOPICS`."""
