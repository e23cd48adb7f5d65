"""Paths into a payload: `issue.priority.name`, `issue.labels[].name` for every element, `messages[0]` for one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Scalar = str | int | float | bool

_STEP = re.compile(r"([A-Za-z0-9_$@ -]+)((?:\[\d{0,3}\])*)")
_INDEX = re.compile(r"\[(\d*)\]")
_MOST = 1_000  # values of one path; a longer list is none that anybody wrote by hand


@dataclass(frozen=True, slots=True)
class Path:
    """Where values stand: names of keys, numbers of elements, None for every element."""

    written: str
    steps: tuple[str | int | None, ...]

    @classmethod
    def of(cls, text: str) -> "Path":
        """The path of a text.

        Raises:
            ValueError: It is none.
        """
        steps: list[str | int | None] = []
        for part in text.split("."):
            found = _STEP.fullmatch(part)
            if found is None:
                raise ValueError("is no path; write `a.b`, `a.list[].b` for every element, `a.list[0]` for the first")
            steps.append(found[1])
            steps += [int(index) if index else None for index in _INDEX.findall(found[2])]
        return cls(text, tuple(steps))

    def values(self, payload: Any) -> list[Scalar]:
        """The texts, numbers and flags that stand there; what is null, empty or a structure is not."""
        found = []
        for value in _at(payload, self.steps):
            if isinstance(value, Scalar) and value != "":
                found.append(value)
                if len(found) == _MOST:
                    break
        return found


def _at(value: Any, steps: tuple[str | int | None, ...]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield from _at(value[step], rest)
    elif isinstance(value, list):
        chosen = value if step is None else value[step : step + 1]
        for one in chosen:
            yield from _at(one, rest)


def as_text(value: Scalar) -> str:
    """A value as JSON and YAML write it, by which the two are compared."""
    return str(value).lower() if isinstance(value, bool) else str(value)
