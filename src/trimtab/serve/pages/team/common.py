"""Passwords that many people had: guessed first by whoever guesses, so taken from nobody.

`common.bin` has the first six bytes of the SHA-256 of each, sorted; `tools/refresh_common_passwords.py` makes it. It
holds no words, since most of them are names or insults. Upper and lower case count as the same.
"""

import hashlib
from bisect import bisect_left
from functools import cache
from importlib.resources import files

BYTES = 6  # of each digest: of all other passwords, one in 28 thousand million is taken for one of these


def mark(password: str) -> bytes:
    """By what a password is found."""
    return hashlib.sha256(password.casefold().encode("utf-8", "replace")).digest()[:BYTES]


def is_common(password: str) -> bool:
    """Whether it is one of them."""
    kept, wanted = _kept(), mark(password)
    at = bisect_left(range(len(kept) // BYTES), wanted, key=lambda n: kept[n * BYTES : (n + 1) * BYTES])
    return kept[at * BYTES : (at + 1) * BYTES] == wanted


@cache
def _kept() -> bytes:
    return files("trimtab.serve.pages.team").joinpath("common.bin").read_bytes()
