"""Makes a large adversarial set: from a grammar, and from requests that a language model wrote."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from trimtab.measure.likeness import Likenesses, Signatures
from trimtab.measure.synth_blocks import Block, Recipe, blocks
from trimtab.measure.synth_coverage import Cell, Coverage
from trimtab.measure.synth_files import SuiteFiles

_ROUNDS = 10_000  # through all cells: far more than any grammar has to say
_TOO_FEW = 0.01
"""Share of a round's places that bring a new case, below which the grammar counts as used up."""


@dataclass(slots=True, kw_only=True)
class Synthesis:
    """What came of the making so far; displays may read it at any moment.

    `rejected` counts by reason what was made and not kept. `asked` are
    requests that a model was to write, `written` those that became cases.
    """

    coverage: Coverage
    files: SuiteFiles
    likenesses: Likenesses
    made: int = 0
    kept: int = 0
    asked: int = 0
    written: int = 0
    used_up: bool = False
    rejected: Counter[str] = field(default_factory=Counter)
    listen: Callable[["Synthesis"], None] = lambda _: None

    def take(
        self, rows: Sequence[bytes], cells: Sequence[tuple[str, str, str, int]], signatures: Signatures, *, most: int
    ) -> int:
        """Keep what is like nothing before it, up to `most` cases, and return how many were kept.

        Raises:
            OutputError: They cannot be written.
        """
        kept = at = 0
        # Never more at once than are wanted, so that nothing counts as known that was not written.
        while kept < most and at < len(rows):
            upto = min(len(rows), at + most - kept)
            known = self.likenesses.add(signatures[at:upto])
            for row, cell, new in zip(rows[at:upto], cells[at:upto], known, strict=True):
                self.made += 1
                if not new:
                    self.rejected["near-duplicate"] += 1
                    continue
                self.files.write(row)
                hazard, technique, language, depth = cell
                place: Cell = (hazard, technique, language)
                self.coverage.count(place, depth=depth)
                kept += 1
            at = upto
        self.kept += kept
        return kept

    def from_grammar(self, recipe: Recipe, *, cases: int, processes: int = 1) -> None:
        """Make so many cases, or as many as the grammar has; `used_up` says if it had no more.

        The same recipe gives the same bytes, whatever the number of processes.

        Raises:
            PluginError: The grammar breaks.
            OutputError: They cannot be written.
        """
        size = self.coverage.size
        places = fresh = 0
        with closing(blocks(recipe, last=_ROUNDS * size, processes=processes)) as stretches:
            for block in stretches:
                wanted = cases - self.kept
                kept = self._of(block, wanted)
                self.listen(self)
                if kept == wanted:
                    return
                places, fresh = places + block.places, fresh + kept
                if places >= size:
                    if fresh < _TOO_FEW * places:
                        break
                    places = fresh = 0
        self.used_up = True

    def _of(self, block: Block, most: int) -> int:
        kept = self.take(block.rows, block.cells, block.signatures, most=most)
        if kept < most and block.unfit:
            self.made += block.unfit
            self.rejected["does-not-fit"] += block.unfit
        return kept
