"""What is otherwise than in an earlier decision on the same system, in Markdown: side by side, nothing computed."""

from dataclasses import dataclass

from trimtab.kinds import Estimate, Missing
from trimtab.policy import diff
from trimtab.policy.change import Change
from trimtab.report.escaped import coded, line, named, plain
from trimtab.report.figures import figures
from trimtab.report.view import Report, Requirement, judgement
from trimtab.report.words import KIND, SYMBOL, WORD, missing_words, moment, requirement

_MOST = 20  # changes of a policy that are listed


def against_lines(report: Report, base: Report) -> list[str]:
    """Sections that compare a decision with an earlier one: who is chosen, verdicts, numbers, and the policy."""
    before = base.decision
    opening = (
        f"**Against** run {coded(before.run)} of {moment(before.time)}: "
        f"{_said(base)} before, {_said(report)} now. "
        f"Chosen: {_chosen(base)} before, {_chosen(report)} now."
    )
    return [opening, _table(report, base), _policy(report, base)]


def _said(report: Report) -> str:
    return f"{SYMBOL[report.verdict]} {WORD[report.verdict]}"


def _chosen(report: Report) -> str:
    return named(report.winner) if report.winner else "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One requirement of a candidate that is judged otherwise, or by other numbers; `before` and `now` in words."""

    candidate: str
    metric: str
    asked: str
    before: tuple[str, ...]
    now: tuple[str, ...]


def moved(report: Report, base: Report) -> list[Moved]:
    """Every requirement of every candidate that either decision speaks of, and only those that moved."""
    found = []
    old = {one.candidate: one for one in base.candidates}
    rows = report.requirements()
    known = [row for row in base.requirements() if row not in rows]
    for candidate in report.shown:
        earlier = old.get(candidate.candidate)
        for row in (*rows, *known):
            after = judgement(candidate, row)
            before = judgement(earlier, row) if earlier is not None else None
            if after is None and before is None:
                continue
            then = _said_of(base, row, before.seen, before.verdict.value) if before is not None else ("not asked",)
            since = _said_of(report, row, after.seen, after.verdict.value) if after else ("no longer asked",)
            if then != since:
                asked = requirement(report, row) if after is not None else requirement(base, row)
                found.append(
                    Moved(
                        candidate=candidate.candidate,
                        metric=row.metric,
                        asked=KIND[row.asked] + asked,
                        before=then,
                        now=since,
                    )
                )
    gone = [one for one in old if one not in {c.candidate for c in report.candidates}]
    return found + [
        Moved(candidate=one, metric="", asked="", before=(str(old[one].verdict),), now=("no candidate any more",))
        for one in gone
    ]


def changed_policy(report: Report, base: Report) -> list[Change]:
    """What is otherwise in the policy. What loosens comes first: it is what a reviewer must not overlook."""
    if report.policy.digest == base.policy.digest:
        return []
    return sorted(diff(base.policy, report.policy).changes, key=lambda one: one.effect != "loosens")


def _table(report: Report, base: Report) -> str:
    lines = [
        line(
            [
                named(one.candidate),
                f"{named(one.metric)}<br>{plain(one.asked)}" if one.metric else "all",
                "<br>".join(map(plain, one.before)),
                "<br>".join(map(plain, one.now)),
            ]
        )
        for one in moved(report, base)
    ]
    if not lines:
        return "No requirement of any candidate is judged otherwise, or by other numbers."
    return "\n".join([line(["Candidate", "Requirement", "Before", "Now"]), line(["---"] * 4), *lines])


def _said_of(report: Report, row: Requirement, known: Estimate | Missing, verdict: str) -> tuple[str, ...]:
    if isinstance(known, Missing):
        return verdict, f"no data: {missing_words(known)}"
    written = figures(report, row.metric, asked=row.asked)
    return verdict, f"{written.value(known.value)} ({written.span(known.interval)})"


def _policy(report: Report, base: Report) -> str:
    ordered = changed_policy(report, base)
    if not ordered and report.policy.digest == base.policy.digest:
        return ""
    told = [f"- {_effect(one.effect)} {plain(f'{one.where}: {one.text}')}" for one in ordered[:_MOST]]
    more = [f"- {len(ordered) - _MOST:,} more; `trimtab policy diff` lists them"] if len(ordered) > _MOST else []
    return "\n".join(["**The policy is another one**", "", *told, *more])


def _effect(effect: str) -> str:
    return f"**{effect}**" if effect == "loosens" else effect
