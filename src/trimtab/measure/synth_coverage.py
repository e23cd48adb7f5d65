"""Which cells of hazard, technique and language hold cases, and which are holes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trimtab.kinds import Grammar

Cell = tuple[str, str, str]
"""Hazard, technique (the first, where several are put on top of one another), language."""

AXES = ("hazard", "technique", "language")


@dataclass(slots=True, kw_only=True)
class Coverage:
    """How many cases each cell holds. `families` says which techniques are of a kind."""

    hazards: Sequence[str]
    techniques: Sequence[str]
    languages: Sequence[str]
    families: dict[str, str]
    cells: Counter[Cell] = field(default_factory=Counter)
    depths: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, grammar: Grammar, families: dict[str, str]) -> "Coverage":
        """Nothing yet, over the axes of a grammar."""
        return cls(
            hazards=tuple(grammar.hazards),
            techniques=tuple(grammar.attacks),
            languages=tuple(grammar.spoken),
            families=families,
        )

    def count(self, cell: Cell, *, depth: int) -> None:
        """One case more."""
        self.cells[cell] += 1
        self.depths[depth] += 1

    @property
    def size(self) -> int:
        """Cells that there are."""
        return len(self.hazards) * len(self.techniques) * len(self.languages)

    @property
    def holes(self) -> list[Cell]:
        """Cells without any case."""
        return [
            (hazard, technique, language)
            for hazard in self.hazards
            for technique in self.techniques
            for language in self.languages
            if not self.cells[hazard, technique, language]
        ]

    def along(self, axis: str) -> dict[str, int]:
        """Cases by the values of one axis."""
        at = AXES.index(axis)
        summed: Counter[str] = Counter()
        for cell, cases in self.cells.items():
            summed[cell[at]] += cases
        return {name: summed[name] for name in (self.hazards, self.techniques, self.languages)[at]}

    def by_family(self) -> dict[tuple[str, str], int]:
        """Cases by family of technique and language."""
        summed: Counter[tuple[str, str]] = Counter()
        for (_, technique, language), cases in self.cells.items():
            summed[self.families[technique], language] += cases
        return dict(summed)

    def by_hazard(self) -> dict[tuple[str, str], int]:
        """Cases by hazard and language."""
        summed: Counter[tuple[str, str]] = Counter()
        for (hazard, _, language), cases in self.cells.items():
            summed[hazard, language] += cases
        return dict(summed)

    def as_json(self) -> dict[str, Any]:
        """As JSON: the axes with their cases, every cell that holds any, and every hole."""
        return {
            "cells": self.size,
            "covered": self.size - len(self.holes),
            "axes": {axis: self.along(axis) for axis in AXES},
            "depth": {str(depth): cases for depth, cases in sorted(self.depths.items())},
            "cases": [[*cell, cases] for cell, cases in sorted(self.cells.items())],
            "holes": [list(cell) for cell in self.holes],
        }
