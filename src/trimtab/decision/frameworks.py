"""Which controls of a framework evidence answers, for each system and for the organisation.

A control is asked about by its sources: the KPIs that the catalogue names for it, the metrics of the policy that link
to it, and whatever people recorded of the control itself: audits and documents. Evidence is in date or it is none.
What decides nothing changes nothing: it neither clears a failure nor takes a proof away. A failure has no end of its
own; only a later proof by the same source ends it.

So evidence that does not fail never lowers a control, and the passing of time never raises one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trimtab.decision.applicable import Applies, applies
from trimtab.decision.control_state import AUDIT, COVERED, DAY, RANK, Answer, Cell, Coverage, Exemption, State
from trimtab.decision.model import Verdict
from trimtab.policy.controls import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What the sources of one cell say at a moment."""

    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    audited: bool = False
    why: str = ""  # of the last failure

    @property
    def state(self) -> State:
        if self.failed:
            return State.NOT_MET
        if self.passed:
            whole = self.audited or not (self.undecided or self.expired or self.silent)
            return State.MET if whole else State.PARTLY
        if self.undecided:
            return State.UNDECIDED
        return State.EXPIRED if self.expired else State.NO_EVIDENCE


def coverage(
    controls: Iterable[Control],
    systems: Sequence[str],
    answers: Iterable[Answer],
    *,
    moment: int,
    linked: Mapping[str, Mapping[str, Collection[str]]] | None = None,
    exemptions: Iterable[Exemption] = (),
    expiring_days: int = 30,
) -> Coverage:
    """Hold every control against the evidence.

    Args:
        controls: Of one framework or of several.
        systems: Those in scope, at least one.
        answers: In any order; those of the future do not count.
        moment: Microseconds since the epoch, UTC.
        linked: By system and by control, the metrics of the policy that link to it and are asked of the system.
        exemptions: What does not apply to whom. Without a reason, an owner or an end it is none.
        expiring_days: A control that is met for no longer than so many days is EXPIRING, >= 0.

    Raises:
        ValueError: No system, or a negative number of days.
    """
    if not systems or expiring_days < 0:
        raise ValueError("coverage is of at least one system, and of at least 0 days to come")
    books = _Books(
        answers=_by_source(answers, moment),
        linked=linked or {},
        exemptions=tuple(
            one for one in exemptions if one.at <= moment < one.until and one.reason.strip() and one.by.strip()
        ),
        moment=moment,
        soon=moment + expiring_days * DAY,
    )
    cells, whole = [], []
    for control in controls:
        row = [books.cell(control, system) for system in systems]
        cells.extend(row)
        whole.append(_over_all(row))
    return Coverage(moment=moment, systems=tuple(systems), cells=tuple(cells), whole=tuple(whole))


# -- one cell ------------------------------------------------------------------------------

_Source = tuple[str, str, str]  # control, kpi or metric; its name and way; the subject


def _by_source(answers: Iterable[Answer], moment: int) -> Mapping[_Source, list[Answer]]:
    found: dict[_Source, list[Answer]] = defaultdict(list)
    for one in answers:
        if one.at <= moment:
            kind = "control" if one.control else "kpi" if one.kpi else "metric"
            found[kind, one.control or one.source, one.subject].append(one)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Books:
    """All that cells are made from."""

    answers: Mapping[_Source, list[Answer]]
    linked: Mapping[str, Mapping[str, Collection[str]]]
    exemptions: tuple[Exemption, ...]
    moment: int
    soon: int  # what lapses until then is expiring

    def cell(self, control: Control, system: str) -> Cell:
        metrics = tuple(self.linked.get(system, {}).get(control.link, ()))
        asked = (*control.metrics, *metrics)
        found = self._found(control, metrics, system)
        begins = applies(control.applies)
        said, rows = _said(found, asked, self.moment)
        state, until = said.state, None
        if state in (State.MET, State.PARTLY, State.UNDECIDED):
            ends = sorted({one.valid_until for many in found.values() for one in many if one.valid_until is not None})
            later = (end for end in ends if end > self.moment)
            until = next((end for end in later if RANK[_said(found, asked, end)[0].state] < RANK[state]), None)
        if state is State.MET and until is not None and until <= self.soon:
            state = State.EXPIRING
        if state in (State.NO_EVIDENCE, State.EXPIRED) and begins.begins is not None and self.moment < begins.begins:
            state = State.NOT_YET
        cell = Cell(
            control=control.link,
            framework=control.framework,
            system=system,
            state=state,
            words=_words(state, said, begins),
            applies=begins,
            until=until,
            rows=rows,
            passed=said.passed,
            failed=said.failed,
            undecided=said.undecided,
            expired=said.expired,
            silent=said.silent,
        )
        return _exempted(cell, [one for one in self.exemptions if one.control == control.link])

    def _found(self, control: Control, metrics: Sequence[str], system: str) -> dict[_Source, list[Answer]]:
        """The answers that concern a control of a system, by source, each in the order of time.

        What is known of the whole organisation counts for the system, but is a source of its own: it ends no failure
        of the system.
        """
        wanted = [("control", control.link), *(("kpi", o) for o in control.metrics), *(("metric", m) for m in metrics)]
        found: dict[_Source, list[Answer]] = defaultdict(list)
        for kind, name in wanted:
            for subject in dict.fromkeys((system, "")):
                for one in self.answers.get((kind, name, subject), ()):
                    found[kind, one.source, subject].append(one)
        return {key: sorted(found[key], key=_order) for key in sorted(found)}


def _said(found: Mapping[_Source, list[Answer]], asked: Iterable[str], moment: int) -> tuple[_Said, tuple[int, ...]]:
    """What each source says at a moment, and the rows that this rests on."""
    by: dict[str, set[str]] = {"failed": set(), "passed": set(), "undecided": set(), "expired": set()}
    rows, failures = set(), []
    audited = False
    for (kind, source, _), answers in found.items():
        word, resting = _word(answers, moment)
        by[word].add(source)
        rows.add(resting.row)
        audited |= word == "passed" and (kind, source) == ("control", AUDIT)
        if word == "failed":
            failures.append(resting)
    named: set[str] = set()
    once: dict[str, tuple[str, ...]] = {}
    for word, many in by.items():  # one that speaks of the system and of the organisation is named by the worse word
        once[word] = tuple(sorted(many - named))
        named |= many
    return _Said(
        **once,
        silent=tuple(name for name in dict.fromkeys(asked) if name not in named),
        audited=audited,
        why=max(failures, key=_order).words if failures else "",
    ), tuple(sorted(rows))


def _word(answers: Sequence[Answer], moment: int) -> tuple[str, Answer]:
    """What a source says, with the answer that it rests on; `answers` in the order of time, at least one."""
    failed = next((place for place in reversed(range(len(answers))) if answers[place].verdict is Verdict.FAIL), -1)
    since = answers[failed + 1 :]
    proofs = [one for one in since if one.verdict is Verdict.PASS]
    in_date = [one for one in proofs if one.valid_until is None or moment < one.valid_until]
    if in_date:
        return "passed", max(in_date, key=lambda one: (one.valid_until is None, one.valid_until or 0, one.row))
    if failed >= 0 and not proofs:
        return "failed", answers[failed]
    current = [one for one in since if one.valid_until is None or moment < one.valid_until]
    return ("undecided", current[-1]) if current else ("expired", (proofs or since)[-1])


def _words(state: State, said: _Said, begins: Applies) -> str:
    """One sentence that says why."""
    if state is State.NOT_MET:
        text = f"Failed by {_list(said.failed)}: {said.why}"
    elif state in COVERED:
        text = f"Shown by {_list(said.passed)}."
    elif state is State.PARTLY:
        text = f"Shown by {_list(said.passed)}; open: {_list((*said.expired, *said.undecided, *said.silent))}."
    elif state is State.UNDECIDED:
        text = f"Undecided by {_list(said.undecided)}."
    elif state is State.EXPIRED:
        text = f"The evidence of {_list(said.expired)} is out of date."
    elif state is State.NOT_YET:
        first = begins.dates[0]
        text = f"Applies from {first.day}{f' ({first.of})' if first.of else ''}; nothing answers it yet."
    else:
        text = f"Nothing answers it; it is asked of {_list(said.silent)}." if said.silent else "Nothing answers it."
    if begins.unread:
        text += f" From when it applies cannot be read from {_list([repr(one) for one in begins.unread])}: ask counsel."
    return text


def _exempted(cell: Cell, exemptions: Sequence[Exemption]) -> Cell:
    """The cell, if somebody says that its control does not apply; what was seen to fail applies all the same."""
    own = [one for one in exemptions if one.system in (cell.system, "")]
    if not own:
        return cell
    last = max(own, key=lambda one: (one.at, one.row))
    if cell.state is State.NOT_MET:
        return replace(cell, words=f"{cell.words} {last.by} says that it does not apply.")
    return replace(
        cell,
        state=State.NOT_APPLICABLE,
        words=f"Does not apply, says {last.by}: {last.reason}",
        until=last.until,
        rows=tuple(sorted({*cell.rows, last.row})),
    )


def _over_all(row: Sequence[Cell]) -> Cell:
    """A control over all systems: no better than in the worst of them, systems it does not apply to apart."""
    concerned = [cell for cell in row if cell.state is not State.NOT_APPLICABLE]
    if not concerned:
        return replace(row[0], system="", rows=_rows(row), until=_first(row))
    order = (State.NOT_MET, State.EXPIRED, State.NO_EVIDENCE, State.NOT_YET, State.UNDECIDED, State.PARTLY)
    states = {cell.state for cell in concerned}
    state = next((one for one in (*order, State.EXPIRING, State.MET) if one in states), State.NO_EVIDENCE)
    shown = sum(RANK[cell.state] >= RANK[State.PARTLY] for cell in concerned)
    worst = next(cell for cell in concerned if cell.state is state)
    words = worst.words if len(states) == 1 else f"{worst.system}: {worst.words}"
    if len(concerned) > 1 and shown and state not in (*COVERED, State.NOT_MET):
        state = State.PARTLY
        if shown < len(concerned):
            words = f"Shown for {shown} of {len(concerned)} systems. {words}"

    def of_any(name: str) -> tuple[str, ...]:
        return tuple(sorted({source for cell in concerned for source in getattr(cell, name)}))

    return Cell(
        control=worst.control,
        framework=worst.framework,
        system="",
        state=state,
        words=words,
        applies=worst.applies,
        until=_first(concerned),
        rows=_rows(row),
        passed=of_any("passed"),
        failed=of_any("failed"),
        undecided=of_any("undecided"),
        expired=of_any("expired"),
        silent=of_any("silent"),
    )


def _first(cells: Iterable[Cell]) -> int | None:
    return min((cell.until for cell in cells if cell.until is not None), default=None)


def _rows(cells: Iterable[Cell]) -> tuple[int, ...]:
    return tuple(sorted({row for cell in cells for row in cell.rows}))


def _order(answer: Answer) -> tuple[int, int]:
    return answer.at, answer.row


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
