"""How long a report takes in each of its forms: a card with figures and gaps, an agenda of a hundred lines, a board.

Bar: PDF in at most 150 ms of the wall for a document that was never seen, once the printer is warm. Needs the extra
`pdf` for that part, and says so where it is missing.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from trimtab.decision.model import Verdict
from trimtab.kinds import Interval
from trimtab.report.charts import Bars, axis, backdrop, interval_row
from trimtab.report.paper import (
    Block,
    Cell,
    Gap,
    Head,
    Items,
    Line,
    Pairs,
    Paper,
    Section,
    Statement,
    Table,
    Text,
    Word,
    cell,
    words,
)  # fmt: skip
from trimtab.report.paper_markdown import paper_markdown
from trimtab.report.paper_page import paper_page
from trimtab.report.paper_pdf import can_print, paper_pdf

ROUNDS = 20
SAID = "The whole interval of this metric lies on the accepted side of its floor, as of the last run. "
NOW = 1_790_000_000_000_000


def figures(rows: int) -> Table:
    """A table of intervals, drawn."""
    scale = axis([0.0, 0.2], lowest=0.0, highest=1.0)
    behind = backdrop(Bars(axis=scale, floor=0.15))
    made = []
    for n in range(rows):
        high = 0.05 + n * 1e-3
        drawn = interval_row(
            scale, behind, Interval(0.01, high, 0.95, "exact"), 0.02, verdict=Verdict.PASS, label=f"{n}"
        )
        made.append(
            (cell(f"metric_{n}"), Cell(drawn=drawn, said=f"{n}"), cell(f"{high:.3f}"), Cell(verdict=Verdict.PASS))
        )
    heads = (
        Head(title="Metric", share=30),
        Head(title="Drawn", share=30),
        Head(title="High", share=20),
        Head(title="Verdict", share=20),
    )
    return Table(heads=heads, rows=tuple(made), plots=frozenset({1}))


def lines(many: int) -> Items:
    """Sentences with their rows."""
    return Items(lines=tuple(Line(words=words(SAID, Word(f"row {n:,}", "rows"))) for n in range(many)), evidence=True)


def paper(sections: list[tuple[str, list[Block]]], *, panels: bool = False) -> Paper:
    """A report of these sections."""
    return Paper(
        heading="A report", organisation="Example Health", kind="Report", asof=NOW, panels=panels,
        origin=words("From the first 28,426 rows of the ledger."),
        sections=tuple(
            Section(name=f"s{n}", title=title, blocks=tuple(blocks), width="third" if panels else "full")
            for n, (title, blocks) in enumerate(sections)
        ),
    )  # fmt: skip


def card() -> Paper:
    """With statements, evidence, figures and gaps."""
    said: list[Block] = [Statement(text=SAID, by="stated by care"), lines(3)]
    missing: list[Block] = [Gap(why="What it cannot do.", fill="trimtab note")]
    sections = [*[(f"Section {n}", said) for n in range(10)], *[(f"Gap {n}", missing) for n in range(5)]]
    return paper([*sections, ("Thresholds", [figures(12)]), ("Results", [figures(12)])])


def panel() -> list[Block]:
    """Of a board."""
    return [Text(words=words("1,173,070 EUR")), Pairs(rows=(("Accepted", "1,200,000"),) * 6), lines(2)]


PAPERS = {
    "card": card(),
    "agenda": paper([(f"Part {n}", [lines(7)]) for n in range(15)]),
    "board": paper([(f"Panel {n}", panel()) for n in range(6)], panels=True),
}


def taken(draw: Callable[[Paper], object], shown: Paper) -> tuple[float, float, float]:
    """Best, median and worst of the rounds, in milliseconds; each round draws what was never drawn before."""
    found = []
    for n in range(ROUNDS):
        changed = replace(shown, heading=f"A report {n}", sections=tuple(map(_changed(n), shown.sections)))
        begun = time.perf_counter()
        draw(changed)
        found.append((time.perf_counter() - begun) * 1e3)
    return min(found), statistics.median(found), max(found)


def _changed(number: int) -> Callable[[Section], Section]:
    return lambda one: replace(
        one, title=f"{one.title}, {number}", blocks=(Text(words=words(f"Round {number}.")), *one.blocks)
    )


def main() -> None:
    """Print what each form takes."""
    print(f"{ROUNDS} rounds each, of the wall, load {os.getloadavg()[0]:.1f}")
    forms: dict[str, Callable[[Paper], object]] = {"HTML": paper_page, "Markdown": paper_markdown}
    if can_print():
        begun = time.perf_counter()
        paper_pdf(PAPERS["card"])
        print(f"first PDF of a process, with fonts: {(time.perf_counter() - begun) * 1e3:.0f} ms")
        forms["PDF"] = paper_pdf
    else:
        print("PDF is not measured: pip install 'trimtab[pdf]'")
    for name, shown in PAPERS.items():
        for form, draw in forms.items():
            best, middle, worst = taken(draw, shown)
            bar = " (bar 150 ms)" if form == "PDF" else ""
            print(f"{name:<7}{form:<9} best {best:6.1f} ms, median {middle:6.1f} ms, worst {worst:6.1f} ms{bar}")


if __name__ == "__main__":
    main()
