"""Learns a detector from a user's labelled texts, and records what it is bound to."""

import hashlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab import __version__
from trimtab.errors import InsufficientEvidenceError, UsageError
from trimtab.evidence import Ledger
from trimtab.evidence.records import DetectorFitted, Subject
from trimtab.kinds import plugins
from trimtab.measure.case_files import is_readable, read_jsonl
from trimtab.measure.notes import Notes
from trimtab.measure.whole_files import clearly, making
from trimtab.stats.binomial import clopper_pearson

_MAKER = f"trimtab/{__version__}"
_MOST_ROWS = 200_000
_LONGEST = 100_000  # characters of a text
_LEVEL = 0.95
_LIKE = '{"text": "...", "label": 0}'
_FILES = frozenset({"weights.npz", "card.json"})
_NOISE = (
    "INCONCLUSIVE: it is not shown to find a larger share of them than of clean texts, so nothing was stored. "
    "Read some rows again: the labels may be mixed up, or the texts may not show what is asked. Or label more."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Texts, whether each shows the label, and the digest of the file."""

    texts: tuple[str, ...]
    shows: tuple[bool, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What was learned, where it is, and the record of it."""

    record: DetectorFitted
    folder: Path
    seconds: float
    recorded: bool


def read_labelled(path: Path) -> Labelled:
    """Rows of `{"text": ..., "label": 0 or 1}`, one a line.

    Raises:
        PolicyError: The file cannot be used: every mistake at once, by line, none of which quotes a text.
    """
    notes = Notes(str(path))
    texts: list[str] = []
    shows: list[bool] = []
    seen: dict[str, tuple[int, bool]] = {}
    if is_readable(path, notes):
        for line, row in read_jsonl(path, notes, like=_LIKE):
            if len(texts) == _MOST_ROWS:
                notes.add(line, "", f"more than {_MOST_ROWS:,} rows", "Draw a sample.")
                break
            label = _checked(line, row, notes)
            if label is None:
                continue
            text: str = row["text"]
            before = seen.setdefault(text, (line, label))
            if before[1] is not label:
                notes.add(line, "label", f"says the opposite of line {before[0]}, which has the same text")
            texts.append(text)
            shows.append(label)
        if not texts and not notes.mistakes:
            notes.add(0, "", "holds no rows", 'Write `{"text": "...", "label": 0}` or 1, one a line.')
        elif texts and len(set(shows)) == 1:
            other = 0 if shows[0] else 1
            notes.add(
                0, "label", f"is {int(shows[0])} in every row", f"Add rows with {other}: a head tells them apart."
            )
    notes.settle()
    return Labelled(texts=tuple(texts), shows=tuple(shows), digest=_digest(path))


def _checked(line: int, row: dict[str, Any], notes: Notes) -> bool | None:
    """The label of a row; None if anything in it is wrong."""
    before = len(notes.mistakes) + notes.more
    text, label = row.get("text"), row.get("label")
    if not isinstance(text, str) or not text.strip():
        notes.add(line, "text", "is missing, empty or no text")
    elif len(text) > _LONGEST:
        notes.add(line, "text", f"is longer than {_LONGEST:,} characters", "Cut it.")
    if isinstance(label, bool) or not isinstance(label, int | float) or label not in (0, 1):
        notes.add(line, "label", "is neither 0 nor 1", "Write the number.")
    if len(notes.mistakes) + notes.more > before:
        return None
    return bool(label)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _refuse_full(out: Path, *, force: bool) -> None:
    """What stands in the folder stays as it is, unless it is a detector and may be replaced."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file.", "Name a folder, which is made.")
    there = {path.name for path in out.iterdir()} if out.is_dir() else set()
    if there - _FILES:
        raise UsageError(f"{out} holds other files.", "Name a folder of its own, which is made.")
    if there and not force:
        raise UsageError(f"{out} holds a detector already.", "Name another folder, or add --force to replace it.")


def _write(learned: Any, out: Path) -> None:
    """Whole or not at all: all of it is written beside its place first."""
    made = making(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(made, ignore_errors=True)  # of somebody who was killed
    try:
        learned.write(made)
        if out.is_dir():
            for path in sorted(made.iterdir(), reverse=True):  # the card last: it is refused with other arrays
                path.replace(out / path.name)
        else:
            made.rename(out)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _better_than_chance(learned: Any) -> None:
    """A head that finds no larger share of what it is for than it flags in vain was fitted to noise."""
    rate, shown = learned.bound.rate, learned.shown
    if learned.sensitivity.low <= rate:
        enough = (found for found in range(shown + 1) if clopper_pearson(found, shown, level=_LEVEL).low > rate)
        raise InsufficientEvidenceError(
            f"found of {shown} held-out texts with the label", learned.found, next(enough, shown + 1), _NOISE
        )


def fit_detector(
    path: Path,
    *,
    label: str,
    out: Path,
    false_alarms: float = 0.01,
    confidence: float = 0.95,
    seed: int = 0,
    ledger: str = "",
    force: bool = False,
) -> Fitted:
    """Learn a head, store it in a folder, and append the evidence of it to a ledger if one is named.

    Raises:
        PolicyError: The file has mistakes.
        InsufficientEvidenceError: Too few rows to bound the false alarms, or nothing was learned from them; nothing
            was stored.
        UsageError: The label is none, or the folder holds something already.
        OutputError: The folder cannot be written.
        LedgerError: The ledger cannot be written.
    """
    started = time.monotonic()
    _refuse_full(out, force=force)
    data = read_labelled(path)
    opened = Ledger.open(ledger) if ledger else None  # before the work, so that a wrong path costs none
    try:
        plugin = plugins.find("detectors", "fitted")
        try:
            learned = plugin.learn(
                data.texts, data.shows, label=label, false_alarms=false_alarms, confidence=confidence, seed=seed
            )
        except ValueError as error:
            if hasattr(error, "exit_code"):
                raise
            raise UsageError(f"{error}.", "Name it like `topic.refunds`.") from error
        _better_than_chance(learned)
        record = DetectorFitted(**learned.facts(), data=data.digest, trimtab=__version__)
        with clearly(out):
            _write(learned, out)
        if opened:
            opened.append([record], subject=Subject(), run="", maker=_MAKER, policy="", seed=seed, durable=True)
    finally:
        if opened:
            opened.close()
    return Fitted(record=record, folder=out, seconds=time.monotonic() - started, recorded=bool(ledger))
