"""Sets thresholds on what people marked, and records what may be promised of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab import __version__
from trimtab.detect import look
from trimtab.errors import DetectorError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import Calibrated, Subject
from trimtab.kinds import AnyDetector, Context, Missing, plugins
from trimtab.measure.marked_files import file_digest, flag_of, number_of, read_marked
from trimtab.measure.notes import Notes
from trimtab.stats.calibration import Recalibration, Reliability, arrays, held_out, reliability
from trimtab.stats.cutoff import Cutoff, cutoff
from trimtab.stats.release import Release, release_threshold
from trimtab.workspace.recall import recall_run

_MAKER = f"trimtab/{__version__}"
_LONGEST = 100_000  # characters of a text

Answers = Sequence[tuple[float | None, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Answers with a confidence, if they have one, and whether they were right; and what identifies them."""

    answers: Answers
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedAnswers:
    """From which confidence on answers may be given, how far confidence is to be believed, and the record of it."""

    record: Calibrated
    answers: Answers
    release: Release | None
    reliability: Reliability | None
    recalibrations: dict[str, tuple[Recalibration | None, Reliability]]
    recorded: bool

    @property
    def given(self) -> list[bool]:
        """Of the answers at least as sure as the threshold, whether each was right."""
        least = self.record.threshold
        return [right for sure, right in self.answers if least is not None and sure is not None and sure >= least]

    @property
    def deferred(self) -> list[bool]:
        """Of the others."""
        least = self.record.threshold
        return [right for sure, right in self.answers if least is None or sure is None or sure < least]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedDetector:
    """From which confidence on a finding counts, and the record of it."""

    record: Calibrated
    cutoff: Cutoff | None
    recorded: bool


def read_answers(path: Path) -> Marked:
    """Rows of `confidence` (empty or absent where it is not known) and `correct`.

    Raises:
        PolicyError: The file cannot be used; every mistake by line.
    """
    notes = Notes(str(path))
    answers: list[tuple[float | None, bool]] = []
    for row in read_marked(path, notes):
        sure = number_of(row, "confidence", notes) if row[1].get("confidence") is not None else None
        right = flag_of(row, "correct", notes)
        if right is not None:
            answers.append((sure, right))
    if not answers and not notes.mistakes:
        notes.add(0, "", "holds no rows", 'Write `{"confidence": 0.93, "correct": 1}`, one a line, or CSV.')
    notes.settle()
    return Marked(answers=answers, data=file_digest(path))


def answers_of_run(ledger: Ledger, run: str, *, candidate: str, confidence: str, correct: str) -> Marked:
    """Answers of a run that recorded a confidence: one metric of it is that, another says whether it was right.

    Of cases that share a cluster the first in the drawn order stands for all, since the others are not independent.

    Raises:
        UsageError: There is no such run, candidate or metric, its scores are none of either, or it stopped early.
    """
    recalled = recall_run(ledger, run)
    measured = recalled.measurements()
    known = measured.trials.get(candidate, {})
    missing = [name for name in (confidence, correct) if name not in known]
    if missing:
        raise UsageError(
            f"run {run} holds no {missing[0]!r} of candidate {candidate!r}.",
            f"It holds: {', '.join(sorted(known)) or 'nothing'}.",
        )
    if measured.sampling == "sequential" and not all(measured.whole(candidate, name) for name in (confidence, correct)):
        raise UsageError(
            f"run {run} stopped early because of what it saw, so its answers are no sample.",
            "Measure with `sampling: fixed` in the tier, or give a file of marked answers.",
        )
    right = {trial.case: trial.outcome for trial in known[correct]}
    upside = recalled.started.metrics[correct]["better"] == "higher"
    answers: list[tuple[float | None, bool]] = []
    seen: set[str] = set()
    for trial in known[confidence]:
        outcome = right.get(trial.case)
        if trial.cluster in seen or outcome is None:
            continue
        seen.add(trial.cluster)
        sure = None if isinstance(trial.outcome, Missing) else trial.outcome.value
        good = not isinstance(outcome, Missing) and (outcome.value == 1.0) is upside  # no answer is no right answer
        if sure is not None and not 0.0 <= sure <= 1.0:
            raise UsageError(f"{confidence} of run {run} is no confidence: {sure:g} is outside 0 to 1.")
        answers.append((sure, good))
    return Marked(answers=answers, data=f"run {run} {candidate} {confidence} {correct}")


def calibrate_answers(
    marked: Marked, *, error: float, level: float = 0.95, seed: int = 0, ledger: str = ""
) -> CalibratedAnswers:
    """The least confidence from which answers may be given, and how far confidence is to be believed.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    release = release_threshold(marked.answers, error=error, level=level)
    sure, right = arrays(marked.answers)
    seen = reliability(sure, right, level=level) if len(sure) else None
    counts = {"answers": len(marked.answers), "with_confidence": len(sure)}
    counts |= {"given": release.given, "wrong": release.wrong} if release else {}
    record = Calibrated(
        what="answers",
        data=marked.data,
        rows=len(marked.answers),
        threshold=release.threshold if release else None,
        asked={"error": error},
        level=level,
        seen=counts,
        calibration={"ece": seen.ece, "low": seen.interval.low, "high": seen.interval.high, "level": level}
        if seen
        else {},
        trimtab=__version__,
    )
    _record(record, ledger, seed)
    return CalibratedAnswers(
        record=record,
        answers=marked.answers,
        release=release,
        reliability=seen,
        recalibrations=held_out(sure, right, level=level, seed=seed),
        recorded=bool(ledger),
    )


def calibrate_detector(
    path: Path,
    *,
    misses: float | None = None,
    false_alarms: float | None = None,
    level: float = 0.95,
    detector: str = "",
    fields: dict[str, Any] | None = None,
    labels: Sequence[str] = (),
    ledger: str = "",
) -> CalibratedDetector:
    """The threshold of a detector at which what is asked of it is shown.

    Rows have `bad` and either `score` or, where a detector is named, `text`.

    Raises:
        PolicyError: The file has mistakes.
        UsageError: Nothing is asked.
        PluginError: There is no such detector.
        DetectorError: It could not look at a text: then nothing is known of it.
        LedgerError: The ledger cannot be written.
    """
    if misses is None and false_alarms is None:
        raise UsageError("nothing is asked of the threshold.", "Give --misses, --false-alarms, or both.")
    plugin: AnyDetector | None = plugins.make("detectors", detector, **(fields or {})) if detector else None
    scores, bad = _read_texts(path, plugin, labels)
    found = cutoff(scores, bad, misses=misses, false_alarms=false_alarms, level=level)
    asked = {"misses": misses, "false_alarms": false_alarms}
    counts = {"bad": sum(bad), "clean": len(bad) - sum(bad)}
    record = Calibrated(
        what="detector",
        data=file_digest(path),
        rows=len(bad),
        threshold=found.threshold if found else None,
        asked={name: share for name, share in asked.items() if share is not None},
        level=level,
        seen=counts | ({"missed": found.missed, "flagged": found.flagged} if found else {}),
        detector=f"{plugin.name}/{plugin.version}" if plugin else "",
        trimtab=__version__,
    )
    _record(record, ledger, 0)
    return CalibratedDetector(record=record, cutoff=found, recorded=bool(ledger))


def _read_texts(path: Path, plugin: AnyDetector | None, labels: Sequence[str]) -> tuple[list[float], list[bool]]:
    notes = Notes(str(path))
    scores: list[float] = []
    bad: list[bool] = []
    for row in read_marked(path, notes):
        marked = flag_of(row, "bad", notes)
        if plugin is None:
            score = number_of(row, "score", notes)
        else:
            text = row[1].get("text")
            if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
                notes.add(row[0], "text", f"is missing, empty, or longer than {_LONGEST:,} characters")
                continue
            score = _score(plugin, text, labels, row[0])
        if score is not None and marked is not None:
            scores.append(score)
            bad.append(marked)
    if not bad and not notes.mistakes:
        notes.add(0, "", "holds no rows", 'Write `{"score": 0.7, "bad": 1}`, one a line, or CSV.')
    notes.settle()
    return scores, bad


def _score(plugin: AnyDetector, text: str, labels: Sequence[str], line: int) -> float:
    try:
        found = look(plugin, text, Context())
    except DetectorError as error:
        raise DetectorError(error.detector, f"{error.detail} (line {line})") from error
    return max((one.confidence for one in found if not labels or any(map(one.is_a, labels))), default=0.0)


def _record(record: Calibrated, ledger: str, seed: int) -> None:
    if ledger:
        with Ledger.open(ledger) as opened:
            opened.append([record], subject=Subject(), run="", maker=_MAKER, policy="", seed=seed, durable=True)
