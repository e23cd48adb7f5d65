"""Controls against evidence: in a terminal, as data, and as CSV for whoever keeps a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from trimtab.decision.control_state import Answer, Cell, Coverage, Exemption, State, tally
from trimtab.policy.controls import Catalogue
from trimtab.report.markup import visible

STATE_WORDS = {
    State.MET: "met",
    State.EXPIRING: "met, expiring",
    State.PARTLY: "met in part",
    State.UNDECIDED: "undecided",
    State.NOT_MET: "not met",
    State.EXPIRED: "evidence expired",
    State.NO_EVIDENCE: "no evidence",
    State.NOT_APPLICABLE: "not applicable",
    State.NOT_YET: "not yet",
}
_STYLE = {State.MET: "green", State.EXPIRING: "yellow", State.NOT_MET: "red", State.EXPIRED: "yellow"}
_REST = (
    (State.PARTLY, "in part"),
    (State.UNDECIDED, "undecided"),
    (State.NOT_MET, "not met"),
    (State.EXPIRED, "expired"),
    (State.NO_EVIDENCE, "without evidence"),
    (State.NOT_APPLICABLE, "not applicable"),
    (State.NOT_YET, "not yet"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets would compute


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Coverage with all that it was made from, up to a row of the ledger.

    `unmatched` are links of the policy that name no single control of the catalogue, of which nothing is counted.
    """

    coverage: Coverage
    catalogue: Catalogue
    frameworks: tuple[str, ...]
    answers: tuple[Answer, ...]
    exemptions: tuple[Exemption, ...]
    organisation: str
    policy: str
    row: int
    version: str  # of trimtab
    unmatched: tuple[str, ...] = ()

    def cells(self, framework: str, system: str = "") -> tuple[Cell, ...]:
        """Those of a framework: of a system, or over all of them."""
        among = self.coverage.whole if not system else self.coverage.cells
        return tuple(one for one in among if one.framework == framework and one.system == system)

    def only(self, framework: str) -> "Covered":
        """What there would be had only this framework been asked for."""
        cells, whole = (
            tuple(one for one in among if one.framework == framework)
            for among in (self.coverage.cells, self.coverage.whole)
        )
        return replace(self, coverage=replace(self.coverage, cells=cells, whole=whole), frameworks=(framework,))


def coverage_view(covered: Covered, *, system: str = "", expiring_only: bool = False) -> RenderableType:
    """One framework control by control, or a line for each of several."""
    if len(covered.frameworks) == 1:
        parts = [_controls(covered, covered.frameworks[0], system, expiring_only=expiring_only)]
    else:
        parts = [_overview(covered, system)]
    for link in covered.unmatched:
        parts.append(Text(f"{visible(link)} names no single control, so nothing is counted of it.", style="yellow"))
    return Group(*parts)


def _overview(covered: Covered, system: str) -> RenderableType:
    table = Table("framework", "in force", "covered", "the rest", box=None, pad_edge=False)
    for name in covered.frameworks:
        counted = tally(covered.cells(name, system), covered.coverage.moment)
        share = "" if counted.share is None else f" ({counted.share:.0%})"
        rest = [f"{number} {word}" for state, word in _REST if (number := counted.counts[state])]
        table.add_row(name, str(counted.in_force), f"{counted.covered}{share}", ", ".join(rest))
    return table


def _controls(covered: Covered, framework: str, system: str, *, expiring_only: bool) -> RenderableType:
    cells = covered.cells(framework, system)
    shown = [one for one in cells if not expiring_only or one.state in (State.EXPIRING, State.EXPIRED)]
    table = Table("control", "state", "until", "why", box=None, pad_edge=False)
    for one in shown:
        control = covered.catalogue.controls[one.control]
        state = Text(STATE_WORDS[one.state], style=_STYLE.get(one.state, ""))
        table.add_row(Text(control.id), state, day(one.until), Text(visible(one.words, limit=300)))
    return Group(table, Text(summary(cells, covered.coverage.moment)))


def summary(cells: Sequence[Cell], moment: int) -> str:
    """One sentence: how many of those in force are covered, and where the rest stands."""
    counted = tally(cells, moment)
    share = "none is in force" if counted.share is None else f"{counted.share:.0%}"
    rest = [f"{STATE_WORDS[state]} {number}" for state, number in counted.counts.items() if number]
    return f"{counted.covered} of {counted.in_force} in force are covered ({share}). {'; '.join(rest)}."


def coverage_data(covered: Covered) -> dict[str, Any]:
    """All of it as JSON values."""
    return {
        "as_of": instant(covered.coverage.moment),
        "row": covered.row,
        "policy": covered.policy,
        "systems": list(covered.coverage.systems),
        "unmatched_links": list(covered.unmatched),
        "frameworks": [
            {
                "framework": name,
                "organisation": _tally_data(covered.cells(name), covered.coverage.moment),
                "systems": {
                    one: _tally_data(covered.cells(name, one), covered.coverage.moment)
                    for one in covered.coverage.systems
                },
            }
            for name in covered.frameworks
        ],
        "controls": [cell_data(one) for one in (*covered.coverage.whole, *covered.coverage.cells)],
    }


def _tally_data(cells: Sequence[Cell], moment: int) -> dict[str, Any]:
    counted = tally(cells, moment)
    return {
        "in_force": counted.in_force,
        "covered": counted.covered,
        "share": counted.share,
        "states": {str(state): number for state, number in counted.counts.items()},
    }


def cell_data(cell: Cell) -> dict[str, Any]:
    """One control of one system, `system` empty for the organisation."""
    return {
        "control": cell.control,
        "system": cell.system,
        "state": str(cell.state),
        "why": cell.words,
        "until": None if cell.until is None else instant(cell.until),
        "applies": cell.applies.text,
        "dates": [{"day": one.day, "of": one.of} for one in cell.applies.dates],
        "dates_unread": list(cell.applies.unread),
        "passed": list(cell.passed),
        "failed": list(cell.failed),
        "undecided": list(cell.undecided),
        "expired": list(cell.expired),
        "silent": list(cell.silent),
        "rows": list(cell.rows),
    }


def coverage_csv(covered: Covered) -> str:
    """A line for each control of each system, and of the organisation."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    heads = "framework control title system state why until applies passed failed undecided expired silent rows"
    writer.writerow(heads.split())
    for one in (*covered.coverage.whole, *covered.coverage.cells):
        control = covered.catalogue.controls[one.control]
        cells = [
            one.framework,
            control.id,
            control.title,
            one.system,
            str(one.state),
            one.words,
            day(one.until),
            one.applies.text,
            *[" ".join(many) for many in (one.passed, one.failed, one.undecided, one.expired, one.silent)],
            " ".join(map(str, one.rows)),
        ]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


def instant(moment: int) -> str:
    """A moment as RFC 3339 in UTC, to the second."""
    return datetime.fromtimestamp(moment // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(moment: int | None) -> str:
    """Its day in UTC; empty for none."""
    return "" if moment is None else instant(moment)[:10]
