"""How far measuring went and why it stopped there: for readers who wonder about the cases that were not asked."""

from trimtab.decision.model import CandidateDecision, Judgement, Verdict
from trimtab.kinds import Estimate, Shape
from trimtab.report.figures import count
from trimtab.report.markup import Markup, element
from trimtab.report.parts import column_heads, label
from trimtab.report.view import Report, Requirement
from trimtab.report.words import name, requirement
from trimtab.stats import boundaries, share_of_look

_MOST_FAILURES = 12
_TABULATED = (Shape.RATE.value, Shape.MEAN.value)


def sequential(report: Report) -> bool:
    """Whether measuring was to stop as soon as it knew enough."""
    return report.started.sampling != "fixed" and planned(report) > 0


def planned(report: Report) -> int:
    """Cases per candidate that there were."""
    return sum(int(suite.get("cases", 0)) for suite in report.started.suites.values() if "imported" not in suite)


def asked(report: Report, candidate: CandidateDecision) -> int:
    """Cases of one candidate that count."""
    most: dict[str, int] = {}
    for metric, known in candidate.estimates.items():
        suite = str(report.started.metrics.get(metric, {}).get("suite", ""))
        if isinstance(known, Estimate) and "imported" not in report.started.suites.get(suite, {}):
            most[suite] = max(most.get(suite, 0), known.cases)
    return sum(most.values())


def stopped(report: Report, candidate: CandidateDecision) -> str:
    """Why one candidate was asked no more, in a few words; empty when it was asked everything."""
    if not sequential(report) or asked(report, candidate) >= planned(report):
        return ""
    if report.finished is not None and report.finished.outcome == "budget" and candidate.verdict is not Verdict.FAIL:
        return "the budget ended"
    failed = [one.metric for one in candidate.judgements if one.verdict is Verdict.FAIL]
    given_up = [one.metric for one in candidate.judgements if one.hopeless]
    if failed:
        return f"{name(failed[0])} was refuted"
    if given_up:
        return f"proving {name(given_up[0])} was hopeless"
    if candidate.verdict is Verdict.PASS:
        return "everything was decided"
    if report.finished is not None and report.finished.outcome == "complete":
        return "the cases that could decide ran out"
    return "it was cut off"


def asked_words(report: Report) -> str:
    """How many cases each candidate was asked, and why no more, in one line."""
    said = []
    for candidate in report.candidates:
        if not any(isinstance(known, Estimate) and known.known for known in candidate.estimates.values()):
            said.append(f"{name(candidate.candidate)} in vain: it gave no answer")
            continue
        why = stopped(report, candidate)
        number = f"{count(asked(report, candidate))} of {count(planned(report))}"
        said.append(f"{name(candidate.candidate)} {number}{f' ({why})' if why else ''}")
    return "; ".join(said)


def looks(report: Report) -> list[str]:
    """Sentences about cases that the system was looked at before; none for first looks."""
    numbers: dict[int, set[str]] = {}
    for candidate in report.candidates:
        for one in candidate.judgements:
            if one.look > 1:
                numbers.setdefault(one.look, set()).add(candidate.candidate)
    return [
        f"It was look {look} of this system at the same cases ({', '.join(name(n) for n in sorted(names))}): "
        f"looks share one error budget, this one spends {_part(look)} of it, so it takes more cases."
        for look, names in sorted(numbers.items())
    ]


def _part(look: int) -> str:
    return f"1 part in {count(round(1 / share_of_look(look)))}"


def sampling_section(report: Report) -> Markup | None:
    """What each candidate was asked, and the boundaries that a verdict can be read off by hand."""
    if not sequential(report):
        return None
    whole = planned(report)
    rows = [
        element(
            "tr",
            element("th", name(candidate.candidate), scope="row", role="rowheader"),
            element("td", label("Asked"), f"{count(asked(report, candidate))} of {count(whole)}", role="cell"),
            element("td", label("Stopped because"), stopped(report, candidate) or "all were asked", role="cell"),
            role="row",
        )
        for candidate in report.candidates
    ]
    table = element(
        "table",
        element("caption", "Cases that each candidate was asked, and why no more"),
        _heads("Candidate", "Asked", "Stopped because"),
        element("tbody", *rows, role="rowgroup"),
        class_="plain",
        role="table",
    )
    ends = (
        "Cases were spent where most of them failed; a suite is asked until it is decided, or the budget ends. "
        if report.started.sampling == "bandit"
        else "Measuring stops as soon as every requirement is decided, one is refuted, or going on is hopeless. "
    )
    about = element(
        "p",
        f"{ends}The verdicts hold whenever it stops: they were made for that, and cost somewhat more cases than a test "
        "that may be looked at once.",
        class_="about",
    )
    tables = [table_of for judged in _tabulated(report) if (table_of := _boundary_table(report, judged)) is not None]
    return element(
        "section",
        element("h2", "How far it was measured", id="sampling"),
        about,
        table,
        *tables,
        aria_labelledby="sampling",
    )


def _tabulated(report: Report) -> list[Judgement]:
    """One judgement for each floor on a rate that no detector stands in front of, of the latest look."""
    found: dict[str, Judgement] = {}
    for candidate in report.candidates:
        for one in candidate.judgements:
            facts = report.started.metrics.get(one.metric, {})
            if one.asked == "floor" and facts.get("shape") in _TABULATED and "instrument" not in facts:
                kept = found.get(one.metric)
                if kept is None or one.look > kept.look:
                    found[one.metric] = one
    return list(found.values())


def _boundary_table(report: Report, judged: Judgement) -> Markup | None:
    floor = report.floor(judged.metric)
    if floor is None or not 0.0 < floor.bound < 1.0:
        return None
    family = max(sum(one.asked != "red-line" for one in c.judgements) for c in report.candidates)
    rows = boundaries(
        floor.bound,
        side="at_most" if floor.at_most is not None else "at_least",
        alpha=report.decision.alpha * share_of_look(judged.look),
        family=family,
        most_failures=_MOST_FAILURES,
    )
    heads = ("Failures", "Proved among at least", "Hopeless among up to", "Refuted among up to")
    body = [
        element(
            "tr",
            element("th", count(row.failures), scope="row", role="rowheader"),
            *[
                element("td", label(head), count(number) if number else "–", role="cell")
                for head, number in zip(
                    heads[1:], (row.proved_after, row.hopeless_until, row.refuted_until), strict=True
                )
            ],
            role="row",
        )
        for row in rows
    ]
    table = element(
        "table",
        element("caption", f"Independent cases of {name(judged.metric)}, by failures among them"),
        _heads(*heads),
        element("tbody", *body, role="rowgroup"),
        class_="plain",
        role="table",
    )
    asked_for = requirement(report, Requirement(asked="floor", metric=judged.metric))
    summary = element(
        "summary",
        element("span", judged.metric, class_="metric"),
        " ",
        element("span", f"what decides {asked_for}", class_="quiet"),
    )
    return element("details", summary, table)


def _heads(*titles: str) -> Markup:
    return element("thead", column_heads(*titles))
