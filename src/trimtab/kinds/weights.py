"""What a model on disk is, as a digest: the same for whoever measures it and for whoever lets it out."""

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path

FOLDER_PATTERNS = ("*.safetensors", "*.bin", "*.json", "*.model", "*.jinja", "*.txt")
"""Files of a folder that say what it answers."""

_SAYS_NOTHING = (".md", ".png", ".jpg", ".svg", ".pdf")
_TERMS = ("LICENSE", "NOTICE")


def file_sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file.

    Raises:
        OSError: It cannot be read, or is no file: a pipe would be waited for, and a device has no end.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file", path.name)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_sha256(folder: Path) -> str:
    """Hexadecimal SHA-256 over the names and digests of a model's files, `NAME` NUL `DIGEST` line by line, sorted.

    Raises:
        OSError: One cannot be read.
    """
    whole = hashlib.sha256()
    for file in sorted(set(_files(folder))):
        whole.update(f"{file.name}\0{file_sha256(file)}\n".encode())
    return whole.hexdigest()


def beside(folder: Path) -> list[str]:
    """Files of a folder that its digest does not cover and that something could load: nobody measured them.

    Folders within count with all that they hold; hidden files, terms of licences, texts and pictures do not.
    """
    covered = set(_files(folder))
    return sorted(
        one.name
        for one in folder.iterdir()
        if one not in covered
        and not one.name.startswith((".", *_TERMS))
        and not (one.is_file() and one.suffix.lower() in _SAYS_NOTHING)
        and (not one.is_dir() or any(part.is_file() for part in one.rglob("*")))
    )


def _files(folder: Path) -> Iterator[Path]:
    for pattern in FOLDER_PATTERNS:
        yield from folder.glob(pattern)
