"""Passwords: kept as argon2id only, looked at a few at a time, and as slowly for whoever is not there."""

import threading
import unicodedata
from typing import Any

from trimtab._optional import need
from trimtab.errors import UsageError
from trimtab.serve.pages.team.common import is_common

SHORTEST, LONGEST = 12, 256  # characters
_AT_ONCE = 2  # each takes 64 MiB and a core
_QUEUE = 16  # who compare or wait; the threads of all others are for pages
_WAITING = 30.0  # seconds until somebody in the queue is sent away


class BusyError(Exception):
    """So many are at the door that nobody can say when it is this one's turn."""


class Passwords:
    """Hashes and compares."""

    def __init__(self, **cost: int) -> None:
        """`cost` is argon2's, for whoever must not wait (tests); the library's own if left out."""
        self._argon2 = need("argon2", extra="serve")
        self._hasher: Any = self._argon2.PasswordHasher(**cost)
        self._turn = threading.BoundedSemaphore(_AT_ONCE)
        self._queue = threading.BoundedSemaphore(_QUEUE)
        self._nobody = self._hasher.hash("nobody has this")

    def hashed(self, password: str) -> str:
        """What is kept of it.

        Raises:
            UsageError: It is too short, too long, of fewer than five characters, or one that many people had.
        """
        advice = "Some words that do not belong together are a good one."
        if not fits(password):
            what = f"a password has {SHORTEST} to {LONGEST} characters, at least five of them different."
            raise UsageError(what, advice)
        if is_common(_normal(password)):
            raise UsageError("this password is one of those that are tried first: many people had it.", advice)
        return self.again(password)

    def is_right(self, password: str, kept: str) -> bool:
        """Whether it is the one that is kept; where none is (`kept` is empty), no, after as long a time.

        Raises:
            BusyError: Too many are waiting.
        """
        known = bool(kept) and len(password) <= LONGEST * 4
        given = _normal(password[: LONGEST * 4])
        if not self._queue.acquire(blocking=False):
            raise BusyError
        try:
            if not self._turn.acquire(timeout=_WAITING):
                raise BusyError
            try:
                return bool(self._hasher.verify(kept if known else self._nobody, given)) and known
            except (self._argon2.exceptions.VerificationError, self._argon2.exceptions.InvalidHash):
                return False
            finally:
                self._turn.release()
        finally:
            self._queue.release()

    def again(self, password: str) -> str:
        """What is kept of one that is fine, at the cost that is asked now."""
        with self._turn:
            kept: str = self._hasher.hash(_normal(password))
        return kept

    def outdated(self, kept: str) -> bool:
        """Whether it was made at a lower cost than is asked now."""
        return bool(self._hasher.check_needs_rehash(kept))


def fits(password: str) -> bool:
    """Whether a password has the length and the variety that are asked; what it is made of is nobody's business."""
    return len(set(password)) >= 5 and SHORTEST <= len(_normal(password)) <= LONGEST


def _normal(password: str) -> str:
    """One form for what keyboards write in several; half a surrogate pair, which cannot be hashed, is replaced."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()
