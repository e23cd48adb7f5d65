"""The cache of a Hugging Face hub: models and data sets that somebody on this machine has fetched.

Its layout names everything: `models--ORG--NAME/snapshots/REVISION/FILE` are links to blobs, and a blob of weights is
named by the SHA-256 of its bytes, so a model has a strong identity without reading it. Files of texts are named by
another hash and do not count.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from trimtab.measure.discovery.artefacts import SUFFIXES
from trimtab.measure.discovery.found import Found, Kind, Notebook, Scan, of_parts, plain, said
from trimtab.measure.discovery.walk import entries, shown

_KINDS: dict[str, Kind] = {"models": "model", "datasets": "dataset"}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BY_CONTENT = "its identity is the one that the cache states; the bytes were not read"


def hub_cache(folder: Path) -> Scan:
    """Every revision of a model or data set in a cache, usually `~/.cache/huggingface/hub`."""
    notebook = Notebook()
    for repository in entries(folder, folder, notebook):
        kind, _, name = repository.name.partition("--")
        if kind in _KINDS and name and (repository / "snapshots").exists():  # else it was fetched in part
            for revision in entries(repository / "snapshots", folder, notebook):
                _revision(revision, _KINDS[kind], plain(name.replace("--", "/")), folder, notebook)
    return notebook.scan("hub-cache", str(folder))


def _revision(revision: Path, kind: Kind, name: str, folder: Path, notebook: Notebook) -> None:
    blobs = {
        path.relative_to(revision).as_posix(): path.readlink().name if path.is_symlink() else ""
        for path in _files(revision, folder, notebook)
        if kind == "dataset" or path.suffix.lower() in SUFFIXES
    }
    strong = [(path, f"sha256:{blob}") for path, blob in blobs.items() if _SHA256.fullmatch(blob)]
    whole = bool(strong) and (kind == "dataset" or len(strong) == len(blobs))
    notebook.looked += 1
    notebook.add(
        Found(
            kind=kind,
            name=name,
            digest=of_parts(strong) if whole else said([name, revision.name]),
            version=plain(revision.name),
            where=shown(revision, folder),
            notes=(_BY_CONTENT,),
        )
    )


def _files(revision: Path, folder: Path, notebook: Notebook) -> Iterator[Path]:
    for path in entries(revision, folder, notebook):
        if path.is_dir() and not path.is_symlink():
            yield from _files(path, folder, notebook)
        else:
            yield path
