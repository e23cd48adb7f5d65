"""Which files this process holds open as SQLite databases.

Whoever closes any descriptor of a file gives up every lock that the process has on it, also those of SQLite: this is
how POSIX has it. SQLite's lock on a file that it has open is what keeps other processes from removing its log. Without
it the next command that ends takes the log away, and what is appended from then on is in a file that has no name. So
nobody here may open by themselves what SQLite has open; `looking` says when that is so.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from os import stat_result

File = tuple[int, int]  # device and inode: a file has many names

_turn = threading.RLock()  # a store that is collected may let go in the middle of this
_held: Counter[File] = Counter()


@contextmanager
def looking(status: stat_result) -> Iterator[bool]:
    """While a file is looked at, and then opened with SQLite: whether this process may open it by itself.

    From then on it counts as held, until `let_go` is called; not if what is done in here fails.
    """
    file = file_of(status)
    with _turn:  # nobody else looks between a look and the count
        yield not _held[file]
        _held[file] += 1


def let_go(file: File) -> None:
    """SQLite has closed it once."""
    with _turn:
        _held[file] -= 1
        if _held[file] <= 0:
            del _held[file]


def file_of(status: stat_result) -> File:
    """What a file is known by here."""
    return status.st_dev, status.st_ino
