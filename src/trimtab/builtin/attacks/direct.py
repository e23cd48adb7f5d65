"""No attack at all: the request as it is, to compare the others with."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.kinds import Attempt


@dataclass(frozen=True, slots=True)
class Direct:
    """Asks straight away."""

    name: ClassVar[str] = "direct"
    version: ClassVar[str] = "1"
    family: ClassVar[str] = "direct"
    about: ClassVar[str] = "Asks straight away, to compare the others with."
    source: ClassVar[str] = "none needed"
    controls: ClassVar[tuple[str, ...]] = ("owasp-llm-2026:LLM02", "mitre-atlas:AML.T0057")

    def apply(self, attempt: Attempt, *, variant: int) -> Attempt | None:  # there is nothing to vary
        return attempt
