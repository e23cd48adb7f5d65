"""How often a system was looked at on the same cases: the count that repeated gate runs pay by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trimtab.evidence import Ledger
from trimtab.evidence.records import Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What other runs of one system looked at, as the ledger has it."""

    last: Mapping[str, int]  # by draw: the highest number so far
    known: Mapping[tuple[str, str], int]  # by draw and artefact

    @classmethod
    def of(cls, ledger: Ledger, system: str, *, run: str) -> "Looks":
        """All looks of a system but those of `run`, which is about to be measured or goes on."""
        last: dict[str, int] = {}
        known: dict[tuple[str, str], int] = {}
        for row, record in ledger.records(kind=Looked.kind):
            if isinstance(record, Looked) and row.system == system and row.run != run:
                last[record.draw] = max(last.get(record.draw, 0), record.number)
                known[record.draw, row.artefact] = record.number
        return cls(last=last, known=known)

    def numbers(self, draws: Mapping[str, str], *, artefact: str, repeats: bool) -> dict[str, int]:
        """Which look this one is, by suite.

        `repeats` says that replies of earlier runs are used again where there
        are any: the same artefact then shows the same evidence, and that is the same look.
        """

        def number(draw: str) -> int:
            same = self.known.get((draw, artefact)) if repeats else None
            return same or 1 + self.last.get(draw, 0)

        return {suite: number(draw) for suite, draw in draws.items()}


def to_records(numbers: Mapping[str, int], draws: Mapping[str, str]) -> Iterable[Looked]:
    """As the ledger keeps them."""
    return [Looked(suite=suite, draw=draws[suite], number=number) for suite, number in numbers.items()]
