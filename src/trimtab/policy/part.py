"""A value of the file that may be anything, read without surprises."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trimtab.policy.document import Where


@dataclass(frozen=True, slots=True)
class Part:
    """A value and the path to it. What has the wrong type reads as absent: another check reports that."""

    value: Any
    where: Where = ()

    def __getitem__(self, key: str) -> "Part":
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return Part(found, (*self.where, key))

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def entries(self) -> Iterator[tuple[str, "Part"]]:
        """Name and value of each entry of a mapping."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, Part(value, (*self.where, key))

    def items(self) -> Iterator["Part"]:
        """The entries of a list; of a single text, that one."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Part(value, (*self.where, index))
        elif isinstance(self.value, str):
            yield self

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of a mapping."""
        return tuple(self.value) if isinstance(self.value, dict) else ()

    @property
    def text(self) -> str:
        """The text, or empty."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def number(self) -> float | None:
        """The number, or None."""
        return self.value if isinstance(self.value, int | float) and not isinstance(self.value, bool) else None
