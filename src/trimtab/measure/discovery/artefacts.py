"""Files of weights in a folder: safetensors, GGUF, ONNX, torch and pickle files.

A model in several files (`model-00001-of-00004.safetensors`) is one thing. Its identity is the SHA-256 of all its
bytes; where that takes too long, `quick` takes the first mebibyte and the size instead, which is weaker (two models
with the same header and size are not told apart) and marked so: `head:` instead of `sha256:`.

Links to folders are not followed, and one file that is reached by several names is counted once: no loop of links can
hold the walk up.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trimtab.measure.discovery.found import Found, Notebook, Scan, of_parts, plain
from trimtab.measure.discovery.headers import HEAD_BYTES, Header, header_of
from trimtab.measure.discovery.walk import files_below, shown, why

SUFFIXES = frozenset(
    {".safetensors", ".gguf", ".onnx", ".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle", ".joblib"}
)  # fmt: skip
_BLOCK = 4 * 1024 * 1024
_SHARD = re.compile(r"[-_.]\d{4,5}-of-\d{4,5}(?=\.)")
_PART_OF_FOLDER = re.compile(r"consolidated\.\d+|pytorch_model|model|adapter_model|diffusion_pytorch_model|weights")

Progress = Callable[[str, int, int], None]
"""Called with the name of a file, its bytes read so far, and all of them."""


@dataclass(slots=True)
class _Group:
    """The files of one model."""

    name: str
    format: str
    where: str
    parts: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def artefacts(folder: Path, *, quick: bool = False, progress: Progress | None = None) -> Scan:
    """Every model in a folder and below it.

    Args:
        folder: Where to look.
        quick: Know a file by its first mebibyte and its size, instead of by all its bytes.
        progress: Told how far reading has come.
    """
    notebook = Notebook()
    groups: dict[tuple[str, str], _Group] = {}
    seen: set[tuple[int, int]] = set()
    for path, facts in files_below(folder, notebook, wanted=SUFFIXES):
        if (facts.st_dev, facts.st_ino) in seen:
            continue
        seen.add((facts.st_dev, facts.st_ino))
        where = shown(path, folder)
        try:
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
        except OSError as error:
            notebook.miss(where, why(error))
            continue
        header = header_of(head, path.suffix.lower(), facts.st_size)
        if header is None:
            continue
        try:
            digest = _head_digest(head, facts.st_size) if quick else _digest(path, facts.st_size, progress)
        except OSError as error:
            notebook.miss(where, why(error))
            digest = ""
        key = (str(path.parent), _SHARD.sub("", path.name))
        group = groups.setdefault(key, _group(path, header, where))
        group.parts.append((path.name, digest))
        group.notes += header.notes
    for group in groups.values():
        known = all(digest for _, digest in group.parts)
        notebook.add(
            Found(
                kind="model",
                name=group.name,
                digest=of_parts(group.parts) if known else "",
                where=group.where,
                notes=(group.format, *dict.fromkeys(group.notes)),
            )
        )
    return notebook.scan("folder", str(folder))


def _group(path: Path, header: Header, where: str) -> _Group:
    stem = _SHARD.sub("", path.name).rpartition(".")[0]
    if _PART_OF_FOLDER.fullmatch(stem):  # the name of a role; the folder has the name of the model
        stem = header.name or path.parent.resolve().name or stem
    return _Group(name=plain(stem), format=header.format, where=where)


def _digest(path: Path, size: int, progress: Progress | None) -> str:
    whole, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            whole.update(block)
            done += len(block)
            if progress is not None:
                progress(path.name, done, size)
    return f"sha256:{whole.hexdigest()}"


def _head_digest(head: bytes, size: int) -> str:
    return f"head:{hashlib.sha256(head + f'{size}'.encode()).hexdigest()}"
