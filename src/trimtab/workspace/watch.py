"""Watches a measure from step to step, where steps are no runs of ours: checkpoints of a training, weeks of use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab import __version__
from trimtab.decision import Judgement
from trimtab.decision.floors import level_of
from trimtab.decision.gaps import judge_gap
from trimtab.decision.words import Wording
from trimtab.evidence import Ledger
from trimtab.evidence.records import Probed, Subject
from trimtab.kinds import Better, Estimate, Missing, Score
from trimtab.measure.marked_files import file_digest, number_of, read_marked
from trimtab.measure.notes import Notes
from trimtab.policy.metric_spec import Gold
from trimtab.stats import paired_difference
from trimtab.stats.drift import slope
from trimtab.stats.paired import Pair

_MAKER = f"trimtab/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: its cases, both means, and the gap, positive where the measure flatters."""

    name: str
    cases: int
    proxy: float
    gold: float
    gap: Estimate | Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What is to be said after the last step."""

    steps: tuple[Step, ...]
    judged: Judgement
    slope: float | None  # change of the gap a step, over the last five; to look at
    recorded: bool


def watch(path: Path, *, gap: float, better: Better, confidence: float = 0.95, ledger: str = "") -> Watching:
    """Judge the gap after the last step of a file: rows of `step`, `proxy`, `gold`, and `case` if any comes again.

    Raises:
        PolicyError: The file has mistakes, all of them by line.
        LedgerError: The ledger cannot be written.
    """
    steps = _read(path, better)
    alpha = 1.0 - confidence
    names = list(steps)
    *earlier, last = [[pair for pair, _, _ in rows] for rows in steps.values()]
    judged = judge_gap(
        "proxy", Gold(metric="gold", gap_at_most=gap), last, earlier, alpha=alpha, wording=Wording(unit="ratio")
    )
    shown = tuple(_step(name, rows, alpha) for name, rows in steps.items())
    drift = slope([[_flattery(pair) for pair, _, _ in rows] for rows in steps.values()])
    if ledger:
        facts = {
            "bound": gap,
            "confidence": confidence,
            "steps": len(names),
            "cases": sum(one.cases for one in shown),
            "last_gap": shown[-1].proxy - shown[-1].gold,
            "better": better,
        }
        record = Probed(
            probe="gap", data=file_digest(path), verdict=judged.verdict.value, facts=facts, trimtab=__version__
        )
        with Ledger.open(ledger) as opened:
            opened.append([record], subject=Subject(), run="", maker=_MAKER, policy="", durable=True)
    return Watching(steps=shown, judged=judged, slope=drift, recorded=bool(ledger))


_Scored = tuple[Pair, float, float]


def _read(path: Path, better: Better) -> Mapping[str, list[_Scored]]:
    notes = Notes(str(path))
    steps: dict[str, list[_Scored]] = {}
    seen: set[tuple[str, str]] = set()
    for row in read_marked(path, notes):
        line, cells = row
        step, case = str(cells.get("step", "")).strip(), str(cells.get("case", "")).strip()
        proxy, gold = number_of(row, "proxy", notes), number_of(row, "gold", notes)
        if not step:
            notes.add(line, "step", "is missing")
        if case and (step, case) in seen:
            notes.add(line, "case", "comes twice in this step", "Each case counts once.")
        seen.add((step, case))
        if not step or proxy is None or gold is None:
            continue
        first, second = (proxy, gold) if better == "higher" else (gold, proxy)
        pair = (case or f"line {line}", Score(value=first), Score(value=second))
        steps.setdefault(step, []).append((pair, proxy, gold))
    if not steps and not notes.mistakes:
        notes.add(0, "", "holds no rows", "Write the columns step, proxy and gold.")
    notes.settle()
    return steps


def _step(name: str, rows: Sequence[_Scored], alpha: float) -> Step:
    return Step(
        name=name,
        cases=len(rows),
        proxy=sum(proxy for _, proxy, _ in rows) / len(rows),
        gold=sum(gold for _, _, gold in rows) / len(rows),
        gap=paired_difference([pair for pair, _, _ in rows], level=level_of(alpha)),
    )


def _flattery(pair: Pair) -> float:
    _, first, second = pair
    assert isinstance(first, Score)
    assert isinstance(second, Score)
    return first.value - second.value
