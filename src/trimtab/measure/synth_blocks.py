"""Stretches of a grammar's cases, made by one process or by many: the bytes are the same."""

import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from trimtab._canonical import canonical, digest
from trimtab.errors import PluginError
from trimtab.kinds import Case, Goal, Grammar, plugins
from trimtab.measure.likeness import HASHES, Signatures, Signer
from trimtab.measure.suites import as_row

SIZE = 1_000
"""Places of one block: enough for whole columns of numbers, and few megabytes."""

_AHEAD = 2  # blocks that wait for each process, so that memory has a bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What cases are made of. Everything that changes a byte of them is in here."""

    grammar: str = "stress"
    fields: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    def made(self) -> Grammar:
        """The grammar itself.

        Raises:
            PluginError: There is none of this name, or it does not take the fields, or is no grammar.
        """
        plugin = plugins.make("suites", self.grammar, **self.fields)
        if not (hasattr(plugin, "goal") and hasattr(plugin, "dress") and hasattr(plugin, "spoken")):
            raise PluginError(
                "suites", self.grammar, "is no grammar: it cannot make a case by its place", "`stress` is one."
            )
        grammar: Grammar = plugin
        return grammar

    def digest(self) -> str:
        """Of the grammar with its version and fields, the versions of its techniques, and the seed."""
        grammar = self.made()
        versions = {name: plugins.find("attacks", name).version for name in grammar.attacks}
        facts = {"grammar": self.grammar, "version": grammar.version, "fields": dict(self.fields)}
        return digest({**facts, "attacks": versions, "seed": self.seed})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Cases from a stretch of places. `rows` are lines of a case file; those that do not fit together are only counted.

    `cells` are (hazard, technique, language, depth) of each row.
    """

    places: int
    rows: Sequence[bytes]
    cells: Sequence[tuple[str, str, str, int]]
    signatures: Signatures

    @property
    def unfit(self) -> int:
        """Places whose techniques do not fit one another."""
        return self.places - len(self.rows)


def blocks(recipe: Recipe, *, last: int, processes: int = 1) -> Generator[Block, None, None]:
    """Blocks from place 0 to `last`, in order, however many processes make them.

    Raises:
        PluginError: A plugin breaks, or a process of ours was ended from outside.
    """
    starts = range(0, last, SIZE)
    if processes == 1:
        for start in starts:
            yield make_block(recipe, start, min(start + SIZE, last))
        return
    # Spawned, since threads of this process do not survive a fork.
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=_leave_signals_to_us)
    waiting: deque[Future[Block]] = deque()
    try:
        for start in starts:
            waiting.append(pool.submit(make_block, recipe, start, min(start + SIZE, last)))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        hint = "Perhaps memory ran out: use fewer --processes."
        raise PluginError("suites", recipe.grammar, "lost a process while cases were made", hint) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_signals_to_us() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first of them ends the others


def make_block(recipe: Recipe, start: int, stop: int) -> Block:
    """The cases of a stretch of places.

    Raises:
        PluginError: The grammar or a technique breaks; its text may quote data, so it is not passed on.
    """
    grammar, signer, source = _tools(recipe.grammar, canonical(dict(recipe.fields)), recipe.seed)
    rows: list[bytes] = []
    cells: list[tuple[str, str, str, int]] = []
    texts: list[str] = []
    try:
        for place in range(start, stop):
            goal = grammar.goal(place, seed=recipe.seed)
            case = grammar.dress(goal)
            if case is None:
                continue
            lineage = {"operator": "grammar", "parents": [source], "place": place, "seed": recipe.seed}
            rows.append(row_of(case, lineage))
            cells.append((goal.hazard, goal.techniques[0], goal.language, len(goal.techniques)))
            texts.append(plain_text(case, goal))
    except Exception as error:  # somebody else's code may raise anything
        raise PluginError(
            "suites", recipe.grammar, f"breaks ({type(error).__name__})", "Report it to its author."
        ) from error
    signatures = signer.sign(texts) if texts else np.empty((0, HASHES), dtype=np.uint32)
    return Block(places=stop - start, rows=rows, cells=cells, signatures=signatures)


def row_of(case: Case, lineage: Mapping[str, Any]) -> bytes:
    """A line of a case file, without its end; what the case came from stands in `expect`."""
    row = as_row(case)
    row["expect"] = {**row.get("expect", {}), "lineage": dict(lineage)}
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def plain_text(case: Case, goal: Goal) -> str:
    """All that is said in a case, one marker being as good as another."""
    said = " ".join([*(message.content for message in case.messages), *case.follow_ups])
    return said.replace(goal.marker, "MARKER")


@lru_cache(maxsize=2)
def _tools(name: str, fields: bytes, seed: int) -> tuple[Grammar, Signer, str]:
    recipe = Recipe(grammar=name, fields=orjson.loads(fields), seed=seed)
    return recipe.made(), Signer(), recipe.digest()
