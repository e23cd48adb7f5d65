"""What a suite is: cases, and how they are scored unless the policy says otherwise."""

from collections.abc import Iterable
from typing import Protocol

from trimtab.kinds.case import Case


class Suite(Protocol):
    """A source of cases. Fields are its configuration.

    `cases` yields the same cases in the same order for the same `seed` and
    `count`, on every machine. It may yield fewer than `count` if it has no
    more, and the caller says so. `score` names the metric plugin that scores
    it by default.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def score(self) -> str: ...
    @property
    def about(self) -> str:
        """One sentence: what it measures and how success is made visible."""
        ...

    def cases(self, *, count: int, seed: int) -> Iterable[Case]: ...
