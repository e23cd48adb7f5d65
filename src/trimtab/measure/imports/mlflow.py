"""Reads a run of MLflow: exported as JSON (`run.to_dictionary()`, the REST API), or its folder in a file store.

MLflow keeps averages. Only a rate that is among those of its evaluator, beside the number of examples that it counts,
can be taken apart again; every other metric is kept as what it is, an average without counts, which proves nothing.

Source:
    MLflow 3.17.2 (Apache 2.0), `mlflow.entities.Run.to_dictionary` and `mlflow.store.tracking.file_store`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from trimtab.measure.imports.documents import Part, read_document
from trimtab.measure.imports.folders import Folder
from trimtab.measure.imports.found import Found, Imported, average, counted, number, settled
from trimtab.measure.imports.kept import model_of, plain
from trimtab.measure.marked_files import file_digest
from trimtab.measure.notes import Notes

EXAMPLES = "example_count"
"""The metric under which MLflow's evaluator gives the number of examples."""

_RATES = frozenset({"accuracy_score", "exact_match/v1", "exact_match"})
"""Its metrics that are the share of examples with 1, all others having 0."""

_FINISHED = ("FINISHED", 3)
_WRONG = "Name a run as JSON (`run.to_dictionary()`), or its folder: mlruns/EXPERIMENT/RUN."
_MOST_METRICS = 10_000
_MODEL = ("model", "model_name", "model_uri")  # parameters by which people name what was asked
_POINT = re.compile(rb"-?\d{1,19} (\S{1,400}) (-?\d{1,19})(?: .*)?")  # times and steps are of 64 bits
_MOST_ABOUT = 1 << 18
_MOST_PARAM = 1 << 15  # MLflow keeps up to 6,000 characters
_MOST_SERIES = 1 << 24  # bytes of all values of a metric, some 400,000 of them


def read(path: Path, *, shown: str = "") -> Imported:
    """All that a run says.

    Args:
        path: A JSON file, or the folder of a run.
        shown: What mistakes call it.

    Raises:
        PolicyError: It is no run of MLflow, or one that did not end; every mistake.
    """
    notes = Notes(shown or str(path))
    folder = Folder(path, notes) if path.is_dir() else None
    value = read_document(path, notes, hint=_WRONG) if folder is None else _stored(folder, notes)
    notes.settle()
    run = Part(value, "", notes)
    if isinstance(run.value.get("run"), dict):
        run = run.part("run")  # as the REST API wraps it
    info, data = run.part("info"), run.part("data")
    if not isinstance(info.value, dict) or not isinstance(data.value, dict) or "run_id" not in info.value:
        run.wrong("is no run of MLflow", _WRONG)
    elif info.value.get("status") not in _FINISHED:
        info.part("status").wrong("is not FINISHED: the run did not end, or not well", "Import a run that has ended.")
    elif info.value.get("lifecycle_stage", "active") != "active":
        info.part("lifecycle_stage").wrong("says that the run was deleted", "Import one that was not.")
    notes.settle()
    digest = file_digest(path) if folder is None else folder.digest
    found = _results(_by_name(data.part("metrics")), digest)
    notes.settle()
    made = settled(found, notes)
    notes.settle()
    params = _by_name(data.part("params")) if "params" in data.value else {}
    return Imported(
        tool="mlflow",
        version="unknown",  # a run does not say
        digest=digest,
        found=made,
        model=model_of(next((params[key] for key in _MODEL if isinstance(params.get(key), str)), "")),
        ran=_ran(info.value.get("start_time")),
    )


def _results(metrics: Mapping[str, Any], file: str) -> list[Found]:
    examples = number(metrics.get(EXAMPLES))
    trials = int(examples) if examples is not None and examples.is_integer() else 0
    found = []
    for name, value in metrics.items():
        rate = number(value)
        if name == EXAMPLES:
            continue
        if rate is not None and name in _RATES and trials:
            found += counted(plain(name), rate, trials, file=file, about=name)
        else:
            found.append(average(plain(name)))
    return found


def _by_name(part: Part) -> dict[str, Any]:
    """Values by name, from an object, or from a list of `{key, value}`, of which the last of a name counts."""
    if isinstance(part.value, dict):
        return part.value
    return {
        str(item.value.get("key")): item.value.get("value") for item in part.items() if isinstance(item.value, dict)
    }


def _stored(folder: Folder, notes: Notes) -> dict[str, Any] | None:
    """The run in a folder of a file store, as if it had been exported."""
    about = folder.read("meta.yaml", most=_MOST_ABOUT)
    try:
        info = None if about is None else yaml.safe_load(about.decode())
    except (ValueError, RecursionError, yaml.YAMLError):
        info = None
    if not isinstance(info, dict):
        notes.add(0, "", "has no meta.yaml of a run that can be read", _WRONG)
        return None
    params = {name: folder.read(f"params/{name}", most=_MOST_PARAM, hearsay=True) for name in _MODEL}
    return {
        "info": info,
        "data": {
            "metrics": dict(_series(folder, notes)),
            "params": {name: text.decode(errors="replace") for name, text in params.items() if text is not None},
        },
    }


def _series(folder: Folder, notes: Notes) -> Iterator[tuple[str, float | None]]:
    """The last value of each metric: lines of time, value and step, of which the highest step counts."""
    for path in folder.names("metrics", most=_MOST_METRICS):
        name = path.removeprefix("metrics/")
        last: tuple[int, float | None] | None = None
        for line, text in enumerate((folder.read(path, most=_MOST_SERIES) or b"").splitlines(), start=1):
            if not (match := _POINT.fullmatch(text)):
                notes.add(line, f"metrics/{plain(name)}", "is no line of a metric: time, value, step")
                continue
            step = int(match.group(2))
            if last is None or step >= last[0]:
                last = (step, _float(match.group(1)))
        yield name, None if last is None else last[1]


def _float(text: bytes) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _ran(value: Any) -> str:
    milliseconds = number(value)
    try:
        moment = datetime.fromtimestamp((milliseconds or 0.0) / 1000.0, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.isoformat(timespec="seconds") if milliseconds else ""
