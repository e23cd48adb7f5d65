"""Reads the results of other tools, each with a light reader of its own; none of those tools is needed for it."""

from importlib import import_module
from pathlib import Path

from trimtab.measure.imports.found import Imported

TOOLS = {
    "inspect": ("trimtab.measure.imports.inspect_logs", "Inspect", "a log, .eval or .json"),
    "lm-eval": ("trimtab.measure.imports.lm_eval", "lm-evaluation-harness", "results_*.json, its samples beside it"),
    "garak": ("trimtab.measure.imports.garak", "garak", "*.report.jsonl"),
    "promptfoo": ("trimtab.measure.imports.promptfoo", "promptfoo", "results as JSON"),
    "mlflow": ("trimtab.measure.imports.mlflow", "MLflow", "a run, exported as JSON, or its folder in mlruns"),
    "csv": ("trimtab.measure.imports.rows", "a table", "CSV or JSON Lines with case and value"),
}
"""Module, name and file of each tool that results are read of."""


def read_results(tool: str, path: Path, *, candidate: str = "", model: str = "") -> Imported:
    """What a file of another tool says.

    Args:
        tool: One of `TOOLS`.
        path: The file, or folder.
        candidate: Of a table, whose rows are meant where it has a column for that.
        model: Of a file with several models, which is meant.

    Raises:
        PolicyError: The file is not what it claims to be; every mistake in it.
        MissingPackageError: It is packed in a way that takes a package to unpack.
        KeyError: There is no such tool.
    """
    read = import_module(TOOLS[tool][0]).read
    given = {"csv": {"candidate": candidate}, "promptfoo": {"model": model}}.get(tool, {})
    result: Imported = read(path, **given)
    return result
