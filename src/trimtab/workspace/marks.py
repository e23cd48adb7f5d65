"""What people say of replies becomes evidence beside what programs say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab.errors import UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Observation, Subject
from trimtab.kinds import DISPUTED, NOT_MARKED, Missing, Score
from trimtab.measure.marked_files import mark_of, read_marked
from trimtab.measure.notes import Notes, Row
from trimtab.workspace.recall import Recalled, recall_policy, recall_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmarked:
    """A case that waits for a person: which, of which candidate, and the digest of the reply."""

    candidate: str
    case: str
    order: int
    reply: str


def unmarked(
    recalled: Recalled, metric: str, *, most: int, candidates: Sequence[str] = (), flagged: str = ""
) -> list[Unmarked]:
    """The first cases of each candidate, in the drawn order, that nobody has marked.

    The order matters: a mark counts only while none before it is lacking, so that nobody can choose what to mark. With
    `flagged`, only cases that this metric scored 1, or that its judges dispute, all of which a review must read.

    Raises:
        UsageError: The metric is none that people mark in this run, or there is no such candidate.
    """
    _is_marked(recalled, metric)
    if flagged and flagged not in recalled.started.metrics:
        raise UsageError(f"run {recalled.run} has no metric {flagged!r}.", "Name the one that is reviewed.")
    unknown = sorted(set(candidates) - set(recalled.seen))
    if unknown:
        raise UsageError(f"run {recalled.run} has no candidate {unknown[0]!r}.", f"It has: {', '.join(recalled.seen)}.")
    found = []
    for candidate in candidates or recalled.seen:
        rows = sorted(recalled.seen[candidate].get(metric, {}).values(), key=lambda row: row.order)
        found_by = recalled.seen[candidate].get(flagged, {})
        hit = {case for case, row in found_by.items() if _to_read(row.outcome)}
        waiting = [row for row in rows if _waits(row) and (not flagged or row.case in hit)][:most]
        replies = _replies(recalled, candidate)
        found += [
            Unmarked(candidate=candidate, case=row.case, order=row.order, reply=replies.get((row.suite, row.case), ""))
            for row in waiting
        ]
    return found


def add_marks(ledger: Ledger, run: str, path: Path, *, metric: str, by: str) -> int:
    """Record what somebody marked: rows of `candidate`, `case`, `mark`, and `reply` if its digest is to be compared.

    Either all rows are recorded or none.

    Returns:
        How many; marks that were recorded before do not count again.

    Raises:
        PolicyError: The file has mistakes, all of them by line.
        UsageError: No such run, or the metric is none that people mark, or the policy does not list that person.
    """
    recalled = recall_run(ledger, run)
    _is_marked(recalled, metric)
    people = recall_policy(ledger, recalled.policy_digest).people
    if by not in people:
        listed = ", ".join(people) or "nobody"
        raise UsageError(f"{by!r} is not listed under people of the policy.", f"It lists: {listed}.")
    notes = Notes(str(path))
    graded = recalled.started.metrics[metric]["shape"] == "mean"
    marks: dict[str, dict[str, Observation]] = {}
    empty = True
    for row in read_marked(path, notes):
        empty = False
        made = _observation(row, recalled, metric, notes, graded=graded)
        if made is not None:
            candidate, observation = made
            if observation.case in marks.setdefault(candidate, {}):
                notes.add(row[0], "case", "is marked twice in this file", "Keep one of the two.")
            marks[candidate][observation.case] = observation
    if empty and not notes.mistakes:
        notes.add(0, "", "holds no rows", "Write the columns candidate, case and mark.")
    notes.settle()
    for candidate, rows in marks.items():
        subject = Subject(system=recalled.system, candidate=candidate, artefact=recalled.artefacts.get(candidate, ""))
        ledger.append(
            list(rows.values()),
            subject=subject,
            run=run,
            maker=f"person/{by}",
            policy=recalled.policy_digest,
            durable=True,
        )
    return sum(map(len, marks.values()))


def _is_marked(recalled: Recalled, metric: str) -> None:
    facts: Mapping[str, Mapping[str, object]] = recalled.started.metrics
    if metric not in facts or facts[metric]["plugin"] != "human-marks":
        by_people = [name for name, one in facts.items() if one["plugin"] == "human-marks"]
        raise UsageError(
            f"{metric!r} is no metric that people mark in run {recalled.run}.",
            f"Those are: {', '.join(by_people)}." if by_people else "Give one `score: human-marks` in the policy.",
        )


def _observation(
    row: Row, recalled: Recalled, metric: str, notes: Notes, *, graded: bool
) -> tuple[str, Observation] | None:
    line, cells = row
    candidate, case = (str(cells.get(key, "")).strip() for key in ("candidate", "case"))
    mark = mark_of(row, "mark", notes, graded=graded)
    asked = recalled.seen.get(candidate, {}).get(metric, {}).get(case)
    if candidate not in recalled.seen:
        notes.add(line, "candidate", "is none of this run", f"It has: {', '.join(recalled.seen)}.")
    elif asked is None:
        notes.add(line, "case", f"was not asked of {candidate} for {metric}", "`trimtab marks sheet` lists the cases.")
    elif not _waits(asked):
        if not (isinstance(asked.outcome, Score) and asked.outcome.value == mark):
            notes.add(
                line, "case", "was marked otherwise before, or never answered", "A mark that stands is not replaced."
            )
        asked = None  # the same mark again is none
    if asked is None or mark is None:
        return None
    reply = _replies(recalled, candidate).get((asked.suite, case), "")
    given = str(cells.get("reply", "") or "")
    if given and given != reply:
        notes.add(line, "reply", "is the digest of another reply", "Mark the reply of this run.")
        return None
    made = Observation(
        metric=metric,
        suite=asked.suite,
        case=case,
        cluster=asked.cluster,
        order=asked.order,
        outcome=Score(value=mark),
        reply=reply,
    )
    return candidate, made


def _to_read(outcome: Score | Missing) -> bool:
    """Whether a person must read it: it was flagged, or those who judge it disagree."""
    return outcome.reason in DISPUTED if isinstance(outcome, Missing) else outcome.value > 0.0


def _waits(row: Observation) -> bool:
    return isinstance(row.outcome, Missing) and row.outcome.reason == NOT_MARKED


def _replies(recalled: Recalled, candidate: str) -> dict[tuple[str, str], str]:
    """Digest of the reply by suite and case, from whatever metric recorded it."""
    metrics = recalled.seen.get(candidate, {}).values()
    return {(row.suite, row.case): row.reply for rows in metrics for row in rows.values() if row.reply}
