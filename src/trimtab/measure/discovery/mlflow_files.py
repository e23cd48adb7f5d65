"""MLflow's registry where no server runs: its database file, or a folder `mlruns`, read without MLflow.

The database is opened read-only; a folder's small YAML files are read with our bounded reader.
"""

import sqlite3
from collections import defaultdict
from pathlib import Path

from trimtab.measure.discovery.found import Notebook, Scan, plain
from trimtab.measure.discovery.manifest_files import UnreadableManifestError, documents
from trimtab.measure.discovery.mlflow import data_found, version_found
from trimtab.measure.discovery.walk import entries, shown

_SQLITE = b"SQLite format 3\0"
_VERSIONS = "SELECT name, version, run_id, source FROM model_versions ORDER BY name, version"
_ALIASES = "SELECT name, alias, version FROM registered_model_aliases"
_DATA = (
    "SELECT i.destination_id, d.name, d.digest FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
    "WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN'"
)


def mlflow_files(path: Path) -> Scan:
    """Every version of every model in a database file of MLflow, or in a folder `mlruns`."""
    notebook = Notebook()
    if path.is_dir():
        _folder(path, notebook)
    else:
        _database(path, notebook)
    return notebook.scan("mlflow-files", str(path))


def is_database(path: Path) -> bool:
    """Whether a file is an SQLite database, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _database(path: Path, notebook: Notebook) -> None:
    where = plain(path.name)
    if not is_database(path):
        notebook.miss(where, "is no SQLite database" if path.exists() else "does not exist")
        return
    try:
        store = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
        try:
            versions = store.execute(_VERSIONS).fetchall()
            tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            aliases = store.execute(_ALIASES).fetchall() if "registered_model_aliases" in tables else []
            inputs = store.execute(_DATA).fetchall() if {"inputs", "datasets"} <= tables else []
        finally:
            store.close()
    except sqlite3.Error as error:
        notebook.miss(where, f"is not a registry of MLflow that can be read ({type(error).__name__})")
        return
    data: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for run, name, digest in inputs:
        data[run].append((str(name), str(digest)))
    for name, version, run, source in versions:
        notebook.looked += 1
        for one in data[run]:
            notebook.add(data_found(name=one[0], digest=one[1], where=where))
        notebook.add(
            version_found(
                name=plain(str(name)),
                version=str(version),
                run_id=str(run or ""),
                source=str(source or ""),
                where=where,
                made_from=tuple(plain(one) for one, _ in data[run]),
                aliases=tuple(sorted(a for n, a, v in aliases if n == name and str(v) == str(version))),
            )
        )


def _folder(path: Path, notebook: Notebook) -> None:
    models, where = path / "models", plain(path.name)
    if not models.is_dir():
        notebook.miss(where, "has no folder `models`, as one of MLflow with a registry has")
        return
    for model in entries(models, path, notebook):
        if not model.is_dir():
            continue
        for version in entries(model, path, notebook):
            if version.name.startswith("version-"):
                notebook.looked += 1
                _version(version / "meta.yaml", path, notebook)


def _version(meta: Path, folder: Path, notebook: Notebook) -> None:
    try:
        found = next(iter(documents(meta)), None)
    except UnreadableManifestError as error:
        notebook.miss(shown(meta, folder), str(error))
        return
    if not isinstance(found, dict) or not found.get("name"):
        notebook.miss(shown(meta, folder), "does not say which model it is of")
        return
    number = str(found.get("version", ""))
    notebook.add(
        version_found(
            name=plain(str(found["name"])),
            version=number,
            run_id=str(found.get("run_id") or ""),
            source=str(found.get("source") or ""),
            where=plain(folder.name),
            aliases=tuple(_aliases(meta.parents[1], number)),
        )
    )


def _aliases(model: Path, version: str) -> list[str]:
    try:
        return [one.name for one in sorted((model / "aliases").iterdir()) if one.read_text("utf-8").strip() == version]
    except (OSError, UnicodeDecodeError):
        return []  # an alias is a note, no thing
