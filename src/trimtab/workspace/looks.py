"""How often a system was looked at on the same cases: the count that repeated gate runs pay by."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trimtab.evidence import Ledger
from trimtab.evidence.records import Looked
from trimtab.kinds import Case

Sketch = tuple[str, ...]

_KEPT = 64  # hashes of a sketch; enough to tell a fifth from a half
_SAME = 0.2  # from this share of common cases on, two suites are looks at the same ones


def sketch_of(cases: Iterable[Case]) -> Sketch:
    """The smallest hashes of what is asked, whatever the cases are called and wherever they come from.

    Source:
        Broder (1997), On the resemblance and containment of documents (bottom-k sketches).
    """
    hashes = set()
    for case in cases:
        running = hashlib.sha256()
        for text in (*(f"{m.role}\x1f{m.content}" for m in case.messages), *case.follow_ups):
            running.update(text.encode("utf-8", "surrogatepass") + b"\x1e")
        hashes.add(running.hexdigest()[:16])
    return smallest(hashes)


def smallest(hashes: Iterable[str]) -> Sketch:
    """The sketch of what these hashes, of 16 hexadecimal digits each, stand for."""
    return tuple(sorted(set(hashes))[:_KEPT])


def alike(first: Sketch, second: Sketch) -> float:
    """About which share of all cases of two suites both have, in [0, 1]; exact while both are small."""
    joint = sorted({*first, *second})[:_KEPT]
    both = set(first) & set(second)
    return sum(one in both for one in joint) / len(joint) if joint else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What other runs of one system looked at, as the ledger has it: sketch, artefact and number of each look."""

    before: Sequence[tuple[Sketch, str, int]]

    @classmethod
    def of(cls, ledger: Ledger, system: str, *, without: str) -> "Looks":
        """All looks of a system but those of one run, which is about to be measured or goes on."""
        found: dict[tuple[Sketch, str], int] = {}
        for row, record in ledger.records(kind=Looked.kind):
            if isinstance(record, Looked) and row.system == system and row.run != without:
                key = (record.sketch, row.artefact)
                found[key] = max(found.get(key, 0), record.number)
        return cls(before=[(sketch, artefact, number) for (sketch, artefact), number in found.items()])

    def number(self, sketch: Sketch, *, artefact: str = "", repeats: bool = False) -> int:
        """Which look at these cases the next one is.

        `repeats` says that replies of earlier runs are used again where there
        are any: the same artefact then shows the same evidence, and that is the same look.
        """
        same = [look for look in self.before if alike(look[0], sketch) >= _SAME]
        known = [number for cases, whose, number in same if repeats and whose == artefact and cases == sketch]
        return min(known) if known else 1 + max((number for _, _, number in same), default=0)


def to_records(numbers: Mapping[str, int], sketches: Mapping[str, Sketch]) -> list[Looked]:
    """As the ledger keeps them, by suite."""
    return [Looked(suite=suite, sketch=sketches[suite], number=number) for suite, number in numbers.items()]
