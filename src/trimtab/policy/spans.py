"""Stretches of time as people write them: `30min`, `4h`, `7d`."""

import functools
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from trimtab.policy.fields import Strict

_SPAN = re.compile(r"(\d+(?:\.\d+)?)(min|h|d)")
_MICROSECONDS = {"min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
DAY = _MICROSECONDS["d"]
STEPS = ("detect", "contain", "fix")


@functools.lru_cache(maxsize=1000)
def microseconds(text: str) -> int:
    """How long a stretch of time is, in microseconds.

    Raises:
        ValueError: It is none, or of no length.
    """
    found = _SPAN.fullmatch(text)
    length = round(float(found[1]) * _MICROSECONDS[found[2]]) if found else 0
    if length <= 0:
        raise ValueError(f"{text[:20]!r} is no length of time; write one as 30min, 4h or 7d")
    return length


def _is_a_span(text: str) -> str:
    microseconds(text)
    return text


Span = Annotated[str, Field(max_length=20), AfterValidator(_is_a_span)]


class LimitSpec(Strict):
    """How long each step may take for incidents of one severity; what is left out is not asked."""

    detect: Span | None = Field(default=None, description="From the beginning of harm to its detection.")
    contain: Span | None = Field(default=None, description="From detection to containment.")
    fix: Span | None = Field(default=None, description="From detection to a fix that is verified; also of findings.")

    def of(self, step: str) -> int | None:
        """The limit of a step, in microseconds."""
        text: str | None = getattr(self, step)
        return None if text is None else microseconds(text)
