"""Where in its files a policy says something, for whoever points at a line."""

from dataclasses import dataclass
from pathlib import Path

from trimtab.policy.document import Place, Where
from trimtab.policy.include import Gathered, gather


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a policy's keys. A key that is not there has the place of what it would stand in."""

    gathered: Gathered

    def of(self, *where: str | int) -> Place:
        """The place of a key, as `of("tiers", "high", "floors", "leak")`; line 0 when there is nothing around it."""
        steps: Where = where
        return self.gathered.place(steps, key=True)


def places_in(path: Path) -> Places:
    """The places in a policy file and in what it includes; a file that cannot be read has none."""
    return Places(gather(path))
