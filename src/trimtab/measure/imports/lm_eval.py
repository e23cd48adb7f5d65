"""Reads results of lm-evaluation-harness: `results_*.json`, and the samples of each task that lie beside it.

A measure is `task/metric,filter`. With `--log_samples` there is a value for every document; without, only rates of
which the number of documents is given can be taken apart again, and everything else is an average without counts.

Source:
    lm-evaluation-harness 0.4.13 (MIT), `lm_eval.loggers.evaluation_tracker` and `lm_eval.evaluator`: files and keys.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from trimtab.kinds import Better, Missing, Score
from trimtab.measure.imports.documents import Part, read_document, read_entries
from trimtab.measure.imports.found import Found, Imported, average, counted, number, settled
from trimtab.measure.imports.kept import model_of, plain, short_digest, version_of
from trimtab.measure.marked_files import file_digest
from trimtab.measure.notes import Notes, Row

_RATES = frozenset({"acc", "acc_norm", "acc_bytes", "acc_mutual_info", "exact_match"})
"""Metrics that are the share of documents with 1, all others having 0."""

_WRONG = "Name the results_*.json that `lm_eval --output_path` writes."
_DATE = re.compile(r"_(\d{4}-\d\d-\d\dT[\d.\-]+)$")
_HASHES = ("doc_hash", "prompt_hash", "target_hash")
_CLOSE = 1e-6


def read(path: Path, *, shown: str = "") -> Imported:
    """All that the results and their samples say.

    Args:
        path: The results file.
        shown: What mistakes call it.

    Raises:
        PolicyError: It holds no results, or the samples beside it are not its own; every mistake.
    """
    notes = Notes(shown or str(path))
    value = read_document(path, notes, hint=_WRONG)
    notes.settle()
    top = Part(value, "", notes)
    tasks = _tasks(top)
    digests = [file_digest(path)]
    found: list[Found] = []
    for task, about in tasks.items():
        samples = _beside(path, task)
        if samples is None:
            found += _from_counts(task, top, about, file=digests[0])
            continue
        beside = Notes(str(samples))
        if samples.is_symlink():  # whoever sent the results must not choose another file here
            beside.add(0, "", "is a link, not a file", "Copy the file that it leads to.")
            notes.mistakes += beside.mistakes
            continue
        digests.append(file_digest(samples))
        found += _from_samples(task, top, read_entries(samples, beside), beside)
        notes.mistakes += beside.mistakes
    notes.settle()
    made = settled(found, notes)
    notes.settle()
    return Imported(
        tool="lm-eval",
        version=version_of(top.value.get("lm_eval_version")),
        digest=digests[0] if len(digests) == 1 else f"sha256:{hashlib.sha256(' '.join(digests).encode()).hexdigest()}",
        found=made,
        model=_model(top),
        ran=_ran(top),
        better=_better(top, made),
    )


def _tasks(top: Part) -> dict[str, int]:
    """How many documents each task has; groups, whose values are averages of averages, are none."""
    results, sizes = top.part("results"), top.part("n-samples")
    if not isinstance(results.value, dict) or not isinstance(sizes.value, dict):
        what = "holds no results of lm-evaluation-harness"
        old = "" if not isinstance(results.value, dict) else ": it has no `n-samples`, as versions before 0.4 wrote it"
        top.wrong(what + old, _WRONG)
        return {}
    made = {}
    for task in results.value:
        if task not in sizes.value:
            continue
        count = sizes.part(task).part("effective").count()
        if count is not None:
            made[str(task)] = count
    if not made:
        results.wrong("names no task whose documents are counted", _WRONG)
    return made


def _values(task: str, top: Part) -> dict[str, Any]:
    """The values of a task by `metric,filter`, without their standard errors."""
    given = top.part("results").part(task).object()
    return {key: value for key, value in given.items() if "," in key and not key.partition(",")[0].endswith("_stderr")}


def _beside(path: Path, task: str) -> Path | None:
    """The samples of the same run, if they are there."""
    dated = _DATE.search(path.stem)
    name = f"samples_{task}_{dated.group(1)}.jsonl" if dated else ""
    if not name or Path(name).name != name:
        return None
    there = path.parent / name
    return there if there.is_symlink() or there.is_file() else None


def _from_counts(task: str, top: Part, size: int, *, file: str) -> list[Found]:
    found = []
    for key, value in _values(task, top).items():
        rate, measure = number(value), _measure(task, key)
        if rate is None or key.partition(",")[0] not in _RATES:
            found.append(average(measure))
        else:
            found += counted(measure, rate, size, file=file, about=task)
    return found


def _from_samples(task: str, top: Part, rows: Iterable[Row], notes: Notes) -> list[Found]:
    """A value for each document, if the samples are those that the results were made of."""
    size = top.part("n-samples").part(task).part("effective").value
    wanted = top.part("task_hashes").part(task).value
    said = hashlib.sha256()
    by: dict[str, list[_Value]] = {}
    for line, row in rows:
        part = Part(row, "", notes, line)
        texts = [part.part(key).text() for key in _HASHES]
        for text in texts:
            said.update(text.encode("utf-8", "surrogatepass"))
        doc = part.part("doc_id").count()
        for name in part.part("metrics").items():
            key = f"{name.value},{row.get('filter', 'none')}"
            value = row.get(str(name.value))
            by.setdefault(key, []).append(_Value(f"{plain(task)}/{doc}", short_digest(texts[1]), value))
    if notes.mistakes:
        return []
    if isinstance(wanted, str) and said.hexdigest() != wanted:
        notes.add(0, "", "are not the samples that the results were made of", "Were they cut, or changed?")
        return []
    found = []
    for key, value in _values(task, top).items():
        cases = by.get(key, [])
        if len(cases) != size:
            what = f"has {len(cases):,} documents with {plain(key)}, and the results speak of {size:,}"
            notes.add(0, "", what, "Were they cut?")
            continue
        found += _mean(_measure(task, key), cases, number(value))
    return found


class _Value(NamedTuple):
    case: str
    asked: str  # digits for the prompt
    value: Any


def _mean(measure: str, cases: Sequence[_Value], value: float | None) -> list[Found]:
    """The values, if their mean is what the results say: of another figure (perplexity, F1) they are no evidence."""
    known = [number(float(one.value) if isinstance(one.value, bool) else one.value) for one in cases]
    scores = [one for one in known if one is not None]
    if not scores or value is None:
        return [average(measure)]
    if len(scores) == len(known) and abs(sum(scores) / len(scores) - value) > _CLOSE * max(1.0, abs(value)):
        return [average(measure)]
    return [
        Found(
            measure=measure,
            case=one.case,
            cluster=one.asked,
            outcome=Missing("not-a-number") if score is None else Score(value=score),
            asked=one.asked,
        )
        for one, score in zip(cases, known, strict=True)
    ]


def _measure(task: str, key: str) -> str:
    return f"{plain(task)}/{plain(key)}"


def _better(top: Part, found: Sequence[Found]) -> dict[str, Better]:
    given = top.part("higher_is_better").value
    known: dict[str, Better] = {}
    for task, metrics in given.items() if isinstance(given, Mapping) else ():
        for name, higher in metrics.items() if isinstance(metrics, Mapping) else ():
            if isinstance(higher, bool):
                known[f"{plain(task)}/{name}"] = "higher" if higher else "lower"
    return {one.measure: known[name] for one in found if (name := one.measure.partition(",")[0]) in known}


def _model(top: Part) -> str:
    config = top.part("config").value
    given = config if isinstance(config, Mapping) else {}
    args = given.get("model_args")
    if isinstance(args, str):  # `model=m,base_url=...,api_key=...`: all but the name is nobody's business
        pairs = (part.partition("=") for part in args.split(","))
        args = {key.strip(): value.strip() for key, _, value in pairs}
    named = args.get("pretrained") or args.get("model") if isinstance(args, Mapping) else None
    return model_of(given.get("model"), named if isinstance(named, str) and named else top.value.get("model_name"))


def _ran(top: Part) -> str:
    date = number(top.value.get("date"))
    try:
        return datetime.fromtimestamp(date, UTC).isoformat(timespec="seconds") if date is not None else ""
    except (ValueError, OverflowError, OSError):
        return ""
