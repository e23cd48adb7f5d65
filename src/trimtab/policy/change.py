"""One difference between two policies, and the kinds of it that every part of a policy has."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trimtab.policy.fields import Strict

Effect = Literal["tightens", "loosens", "adds", "removes", "changes"]
STRICTER = ("mask", "revise", "escalate", "block")
"""Actions of a guard, from the mildest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: where, what it does to the promise, and in words."""

    where: str
    effect: Effect
    text: str

    def __str__(self) -> str:
        return f"{self.effect:<8}  {self.where}: {self.text}"


def names_of(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """Names in both, only in `a`, only in `b`; each in the order of its policy."""
    return [n for n in a if n in b], [n for n in a if n not in b], [n for n in b if n not in a]


def values_of(where: str, a: Strict, b: Strict, *, skip: Iterable[str] = ()) -> Iterator[Change]:
    """Fields that differ and of which neither value is stricter. Parameters of plugins are named, not quoted."""
    left, right = a.model_dump(by_alias=True, exclude=set(skip)), b.model_dump(by_alias=True, exclude=set(skip))
    for key in left:
        if left[key] == right[key]:
            continue
        at = f"{where}.{key}" if where else key
        if isinstance(left[key], dict) and isinstance(right[key], dict):
            inner = [k for k in {**left[key], **right[key]} if left[key].get(k) != right[key].get(k)]
            yield Change(where=at, effect="changes", text=f"another {' and '.join(inner)}")
        elif isinstance(left[key], str | int | float | None) and isinstance(right[key], str | int | float | None):
            yield Change(where=at, effect="changes", text=f"{shown(left[key])} becomes {shown(right[key])}")
        else:
            yield Change(where=at, effect="changes", text="is not as it was")


def shown(value: str | float | None) -> str:
    """A value of a policy in a few words."""
    if value is None or value == "":
        return "nothing"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
