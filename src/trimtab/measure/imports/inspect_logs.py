"""Reads logs of Inspect (`.eval`, a ZIP archive, or `.json`): every sample in every epoch, as each scorer scored it.

A measure is a scorer, or `scorer/part` where it gives several values. Correct is 1, incorrect 0, partly correct 0.5,
as Inspect has it; a sample without an answer, without a score or with an error has no value, never 0: some scores
are good when they are low. Epochs of one sample are one independent unit, and so are samples with the same `cluster`
in their metadata.

Source:
    Inspect 0.3.285 (MIT), log schema 2: `inspect_ai.log.EvalLog`, `EvalSampleSummary`, `inspect_ai.scorer.Score`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from trimtab.kinds import Missing, Score
from trimtab.measure.case_files import is_readable
from trimtab.measure.imports.documents import Part, object_of, parse_loose, read_document
from trimtab.measure.imports.found import Found, Imported, number, settled
from trimtab.measure.imports.kept import case_id, model_of, moment_of, plain, short_digest, version_of
from trimtab.measure.imports.zips import Archive
from trimtab.measure.marked_files import file_digest
from trimtab.measure.notes import Notes, TwiceError

SCHEMA = 2
_WRONG = "Name a log of Inspect, .eval or .json."
_VALUES = {"C": 1.0, "I": 0.0, "P": 0.5, "yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
_NO_ANSWER = "N"
_HEADER, _SUMMARIES, _BEGUN = "header.json", "summaries.json", "_journal/start.json"


def read(path: Path, *, shown: str = "") -> Imported:
    """All that a log says.

    Args:
        path: The file.
        shown: What mistakes call it.

    Raises:
        PolicyError: It is no log of Inspect, or not finished, cut, or changed; every mistake.
        MissingPackageError: It is packed with Zstandard, and the package for that is not installed.
    """
    notes = Notes(shown or str(path))
    log, samples = (_packed if path.suffix.lower() == ".eval" else _plain)(path, notes)
    notes.settle()
    found = _results(log, samples, notes) if log is not None else []
    notes.settle()
    made = settled(found, notes)
    notes.settle()
    begun = (log or Part({}, "", notes)).part("eval")
    packages = begun.part("packages").value
    return Imported(
        tool="inspect",
        version=version_of(packages.get("inspect_ai") if isinstance(packages, dict) else None),
        digest=file_digest(path),
        found=made,
        model=model_of(begun.part("model").value),
        ran=moment_of(begun.part("created").value),
    )


def _plain(path: Path, notes: Notes) -> tuple[Part | None, list[Part]]:
    value = read_document(path, notes, hint=_WRONG)
    if value is None:
        return None, []
    log = Part(value, "", notes)
    _check(log)
    return log, [] if notes.mistakes else log.part("samples").items()


def _packed(path: Path, notes: Notes) -> tuple[Part | None, list[Part]]:
    """The header and the summaries of a log: the samples themselves, with all that was said, are not unpacked."""
    if not is_readable(path, notes):
        return None, []
    archive = Archive(path, notes)
    if notes.mistakes:
        return None, []
    if _HEADER not in archive:
        if _BEGUN in archive:
            notes.add(0, "", "is a log of a run that did not end", "Import it when Inspect is through.")
        else:
            notes.add(0, "", "is no log of Inspect", _WRONG)
        return None, []
    head = archive.read(_HEADER)
    value = None if head is None else object_of(head, notes, where=_HEADER, hint=_WRONG)
    if value is None:
        return None, []
    log = Part(value, "", notes)
    _check(log)
    rows = archive.read(_SUMMARIES)
    return log, _items(rows, notes) if rows is not None else []


def _items(data: bytes, notes: Notes) -> list[Part]:
    try:
        value = parse_loose(data.decode())
    except (TwiceError, ValueError, RecursionError):
        notes.add(0, _SUMMARIES, "is not JSON that can be read", "Copy the log anew.")
        return []
    return Part(value, "samples", notes).items()


def _check(log: Part) -> None:
    """Report a log that is none, is of another version, is not finished, or was taken back."""
    version = log.part("version")
    if not isinstance(log.value.get("eval"), dict) or version.value is None:
        log.wrong("is no log of Inspect", _WRONG)
        return
    if version.value != SCHEMA or isinstance(version.value, bool):
        version.wrong(f"is not {SCHEMA}", "Convert it: `inspect log convert --to eval`.")
    if log.value.get("status") != "success":
        log.part("status").wrong(
            'is not "success": the run did not end, or not well', "Run it again, or `inspect eval-retry` it."
        )
    if log.value.get("invalidated"):
        log.part("invalidated").wrong("says that somebody took it back", "Import a log that is valid.")


def _results(log: Part, samples: list[Part], notes: Notes) -> list[Found]:
    total = log.part("results").part("total_samples").count()
    if total is None:
        return []
    if total != len(samples):
        notes.add(0, "samples", f"are {len(samples):,}, and the log speaks of {total:,}", "Was it cut?")
        return []
    task = plain(log.part("eval").part("task").value) or "task"
    read = [_sample(sample, task) for sample in samples]
    measures = _measures([sample.scores for sample in read])
    if samples and not measures:
        notes.add(0, "samples", "have no scores", "Score the log first: `inspect score`.")
    return [
        Found(
            measure=measure,
            case=sample.case,
            cluster=sample.cluster,
            outcome=sample.scores.get(measure) or Missing(sample.why),
            asked=sample.asked,
        )
        for sample in read
        for measure in measures
    ]


def _measures(samples: list[dict[str, Score | Missing]]) -> list[str]:
    """All that was scored. A scorer of several values that could not score a sample names none of them there."""
    names = {name for scores in samples for name in scores}
    scored = {name for scores in samples for name, one in scores.items() if isinstance(one, Score)}
    whole = {name.partition("/")[0] for name in names if "/" in name}
    return sorted(name for name in names if name in scored or name not in whole)


class _Sample(NamedTuple):
    case: str
    cluster: str
    asked: str
    scores: dict[str, Score | Missing]  # by measure
    why: str  # there is none of any other


def _sample(sample: Part, task: str) -> _Sample:
    values = sample.object()
    name, epoch = values.get("id"), sample.part("epoch").count() if values else None
    if values and (isinstance(name, bool) or not isinstance(name, str | int)):
        sample.part("id").wrong("must be a text or a whole number")
    failed, about = values.get("error"), values.get("metadata")
    given = case_id(about.get("cluster")) if isinstance(about, Mapping) else ""
    asked = short_digest(task, str(name))
    return _Sample(
        case=f"{task}/{case_id(name)}/{epoch}",
        cluster=given or asked,
        asked=asked,
        scores=_scores(values.get("scores"), failed=bool(failed)),
        why="sample-error" if failed else "no-score",
    )


def _scores(scores: object, *, failed: bool) -> dict[str, Score | Missing]:
    made: dict[str, Score | Missing] = {}
    for scorer, score in scores.items() if isinstance(scores, Mapping) else ():
        value = score.get("value") if isinstance(score, Mapping) else None
        for part, inner in value.items() if isinstance(value, Mapping) else [("", value)]:
            measure = "/".join(filter(None, (plain(scorer), plain(part))))
            made[measure] = Missing("sample-error") if failed else _outcome(inner)
    return made


def _outcome(value: Any) -> Score | Missing:
    """A value as a number, as Inspect's own metrics take it, but for what is no answer."""
    if isinstance(value, bool):
        return Score(value=float(value))
    if isinstance(value, str):
        if value == _NO_ANSWER:
            return Missing("no-answer")
        known = _VALUES.get(value, _VALUES.get(value.lower()) if len(value) > 1 else None)
        if known is not None:
            return Score(value=known)
        try:
            value = float(value)
        except ValueError:
            return Missing("not-a-number")
    found = number(value)
    return Missing("unscored") if found is None else Score(value=found)
