"""The decision in a terminal: a table where it fits, a list where it does not, plain text in a pipe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trimtab.decision.model import CandidateDecision, Judgement, Verdict
from trimtab.kinds import Estimate, Missing
from trimtab.report.attack_pursuits import idle_writers
from trimtab.report.fairness import mitigation_lines
from trimtab.report.figures import DASH, MINUS, Figures, count, figures
from trimtab.report.imported import imported
from trimtab.report.markup import visible
from trimtab.report.sampling import asked_words, looks, sequential
from trimtab.report.view import Report, Requirement, judgement, seen
from trimtab.report.words import (
    KIND,
    SYMBOL,
    WORD,
    headline,
    missing_words,
    needs,
    next_step,
    no_floor,
    requirement,
    unmeasured,
    work,
)

_STYLE = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.INCONCLUSIVE: "yellow"}
_SOFT = "dim"
_NAME = 60  # code points of a name; the full one is in the files
_CHANGES = 4
_ENDLESS = 10_000  # columns; to ask how wide a table would like to be
_NARROW = 16  # columns for an interval where three candidates share eighty
_ASKED = 24  # columns for a requirement; longer ones wrap
_PLAIN = str.maketrans(
    {
        DASH: "-",
        MINUS: "-",
        "≤": "<=",
        "≥": ">=",
        "∞": "inf",
        "…": "...",
        "⟨": "<",
        "⟩": ">",
        "★": "*",
        "·": ";",
        "€": "EUR ",
        "£": "GBP ",
    }
)
_PLAIN_SYMBOL = {Verdict.PASS: "+", Verdict.FAIL: "x", Verdict.INCONCLUSIVE: "?"}


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What `trimtab run` and `trimtab report` print. Give it to a rich console."""

    report: Report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Chooses between table and list by the width at hand, and ASCII where nothing else can be written."""
        writer = Writer(self.report, plain=options.ascii_only)
        yield writer.opening()
        yield ""
        tables = (writer.table(tall=tall) for tall in (False, True))
        fitting = (
            t
            for t in tables
            if Measurement.get(console, options.update(max_width=_ENDLESS), t).maximum <= options.max_width
        )
        yield next(fitting, None) or writer.blocks()
        yield from writer.closing()


def decision_view(report: Report) -> RenderableType:
    """The verdict, the table of verdicts, what would change it and what to do next."""
    return DecisionView(report)


class Writer:
    """Turns a report into rich texts; every foreign text passes `text` or `name`."""

    def __init__(self, report: Report, *, plain: bool) -> None:
        self.report, self.plain = report, plain

    def text(self, said: object, style: str = "") -> Text:
        shown = visible(said, limit=600).replace("\n", " ")
        return Text(shown.translate(_PLAIN) if self.plain else shown, style=style)

    def name(self, said: str, style: str = "bold") -> Text:
        return self.text(visible(said, limit=_NAME), style)

    def verdict(self, verdict: Verdict, *, word: str = "") -> Text:
        symbol = (_PLAIN_SYMBOL if self.plain else SYMBOL)[verdict]
        return Text(f"{symbol} {word or WORD[verdict]}", style=_STYLE[verdict])

    def opening(self) -> RenderableType:
        decision, said = self.report.decision, headline(self.report)
        line = Text.assemble(self.verdict(said.verdict), "  ", self.name(said.title))
        line.stylize("bold")
        confidence = f"confidence {decision.confidence * 100:.4g}%"
        where = f"{visible(decision.system, limit=_NAME)}, tier {decision.tier}, {confidence}"
        parts = [line, self.text(where, _SOFT)]
        if said.why:
            parts.insert(1, self.text(said.why))
        return Group(*parts)

    def closing(self) -> Iterator[RenderableType]:
        said = headline(self.report)
        if self.report.ledger.verified is False:
            yield self.text("The ledger does not verify. Do not rely on this; run `trimtab ledger verify`.", "bold red")
        finished = self.report.finished
        if finished is None or finished.outcome != "complete":
            why = "was cut off" if finished is None else f"stopped early ({visible(finished.outcome, limit=_NAME)})"
            yield self.text(f"The run {why}. {unmeasured(self.report)}", "yellow")
        yield from self.listed("Bias mitigation", list(mitigation_lines(self.report)))
        yield from self.listed("What would change it", said.changes[:_CHANGES], left=len(said.changes) - _CHANGES)
        if sequential(self.report):
            yield self.text(f"Asked {asked_words(self.report)}", _SOFT)
        for look in [*looks(self.report), *idle_writers(self.report)]:
            yield self.text(look, "yellow")
        for one in imported(self.report):
            yield self.text(one, "yellow")
        yield self.text(f"Work  {work(self.report)}", _SOFT)
        yield Text.assemble(self.text("Next  ", "bold"), self.text(next_step(self.report)))

    def listed(self, title: str, lines: Sequence[str], *, left: int = 0) -> Iterator[RenderableType]:
        """Lines under a title, and how many more there are; nothing when there are none."""
        if lines:
            yield self.text(title, "bold")
        for line in lines:
            yield Padding(self.text(line), (0, 0, 0, 2), expand=False)
        if left > 0:
            yield Padding(self.text(f"{left} more in the report.", _SOFT), (0, 0, 0, 2), expand=False)

    def table(self, *, tall: bool) -> Table:
        """One row per requirement, one column per candidate; `tall` saves width and costs lines."""
        table = Table(box=None if self.plain else SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
        table.add_column("Requirement", max_width=_ASKED)
        for candidate in self.report.shown:
            table.add_column(self.heading(candidate), no_wrap=True)
        for row in self.report.requirements():
            written = self.figures(row)
            cells = [self.cell(c, judgement(c, row), written, tall=tall) for c in self.report.shown]
            table.add_row(self.asked(row), *cells)
        for metric in self.report.unfloored():
            written = figures(self.report, metric)
            cells = [self.figure(seen(c, metric), written, tall=tall) for c in self.report.shown]
            table.add_row(
                Text.assemble(self.name(metric), "\n", self.text(no_floor(self.report, metric), _SOFT)), *cells
            )
        table.add_section()
        table.add_row(self.name("All together"), *[self.verdict(c.verdict) for c in self.report.shown])
        return table

    def blocks(self) -> RenderableType:
        """One block per candidate, one or two lines per requirement."""
        parts: list[RenderableType] = []
        for candidate in self.report.shown:
            head = Text.assemble(self.verdict(candidate.verdict), "  ", self.heading(candidate, joint="  "))
            parts.append(head)
            for row in self.report.requirements():
                judged = judgement(candidate, row)
                if judged is None:
                    continue
                written = self.figures(row)
                line = Text.assemble(
                    self.verdict(judged.verdict), " ", self.name(row.metric), " ", self.asked_words(row, style=_SOFT)
                )
                parts.append(Padding(line, (0, 0, 0, 2), expand=False))
                detail = Text(" ").join([self.measured(judged.seen, written), *self.notes(judged, joint=True)])
                parts.append(Padding(detail, (0, 0, 0, 4), expand=False))
            for metric in self.report.unfloored():
                number = self.measured(seen(candidate, metric), figures(self.report, metric))
                parts.append(Padding(Text.assemble(self.name(metric), " ", number), (0, 0, 0, 2), expand=False))
            parts.append("")
        return Group(*parts)

    def figures(self, row: Requirement) -> Figures:
        return figures(self.report, row.metric, asked=row.asked)

    def heading(self, candidate: CandidateDecision, *, joint: str = "\n") -> Text:
        decision = self.report.decision
        said = [
            word
            for word, holds in (
                ("★ chosen", candidate.candidate == self.report.winner),
                ("in production", candidate.candidate == decision.baseline),
            )
            if holds
        ]
        name = self.name(candidate.candidate)
        return Text.assemble(name, joint, self.text(", ".join(said), _SOFT)) if said else name

    def asked(self, row: Requirement) -> Text:
        return Text.assemble(self.name(row.metric), "\n", self.asked_words(row, style=_SOFT))

    def asked_words(self, row: Requirement, *, style: str) -> Text:
        kind = KIND[row.asked]
        return self.text(kind + requirement(self.report, row), style)

    def cell(self, candidate: CandidateDecision, judged: Judgement | None, written: Figures, *, tall: bool) -> Text:
        if judged is None:
            return self.text("is the baseline" if candidate.candidate == self.report.decision.baseline else "", _SOFT)
        first = self.verdict(judged.verdict)
        if isinstance(judged.seen, Missing):
            return Text("\n").join([first, self.measured(judged.seen, written), *self.notes(judged)])
        first = Text.assemble(first, "\n" if tall else "  ", self.text(written.value(judged.seen.value)))
        return Text("\n").join([first, self.text(written.span(judged.seen.interval), _SOFT), *self.notes(judged)])

    def figure(self, known: Estimate | Missing, written: Figures, *, tall: bool) -> Text:
        """A number that nothing was asked of, its interval below it; broken in two where width is short."""
        if isinstance(known, Missing):
            return self.measured(known, written)
        ends = written.span(known.interval)
        if tall and len(ends) > _NARROW:
            ends = ends.replace(DASH, f"{DASH}\n", 1)
        lines = [self.text(written.value(known.value)), *(self.text(line, _SOFT) for line in ends.split("\n"))]
        return Text("\n").join(lines)

    def measured(self, known: Estimate | Missing, written: Figures) -> Text:
        if isinstance(known, Missing):
            return self.text(f"no data: {missing_words(known)}")
        span = self.text(f"({written.span(known.interval)})", _SOFT)
        return Text.assemble(self.text(written.value(known.value)), " ", span)

    def notes(self, judged: Judgement, *, joint: bool = False) -> list[Text]:
        missing = 0 if isinstance(judged.seen, Missing) else judged.seen.missing
        said = [needs(judged), f"{count(missing)} missing" if missing else ""]
        kept = [note for note in said if note]
        return [self.text(f"· {note}" if joint and not self.plain else note, _STYLE[judged.verdict]) for note in kept]
