"""The choice on one page of a terminal."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trimtab.decision.tradeoff import Standing, Tradeoff
from trimtab.kinds import Estimate, Missing
from trimtab.report.choice_words import DESCRIPTIVE, apart_words, band_words, held_words, price_words, rule_words
from trimtab.report.figures import figures
from trimtab.report.terminal import Writer
from trimtab.report.view import Report, Requirement
from trimtab.report.words import KIND, headline, missing_words, next_step, requirement, share_words

_SOFT = "dim"
_EDGE = 10  # candidates on the frontier that are shown, the safest of it
_ROWS = 8  # that are filled up with others, the best performers first
_HELD = 3


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """What `trimtab choose` prints. Give it to a rich console."""

    report: Report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Who wins, the frontier, what the floors cost, what would tell the first two apart, what to do."""
        writer, found = Writer(self.report, plain=options.ascii_only), self.report.tradeoff
        said = headline(self.report)
        yield Text.assemble(writer.verdict(said.verdict), "  ", writer.text(said.title, "bold"))
        if said.why:
            yield writer.text(said.why)
        yield writer.text(rule_words(self.report), _SOFT)
        if found is not None and self.report.ledger.verified is not False:
            yield ""
            yield self._frontier(writer, found)
            yield from self._prices(writer, found)
            yield from self._rest(writer, found)
        yield Text.assemble(writer.text("Next  ", "bold"), writer.text(next_step(self.report)))

    def _frontier(self, writer: Writer, found: Tradeoff) -> Table:
        report = self.report
        aim = report.decision.maximise[0]
        written = figures(report, aim)
        table = Table(box=None if writer.plain else SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
        for title in ("Candidate", aim, "Tightest floor, share used", ""):
            table.add_column(writer.text(title))
        for one in self._shown(found):
            known = one.performance
            if isinstance(known, Missing):
                performance = writer.text(f"no data: {missing_words(known)}", _SOFT)
            else:
                span = writer.text(f"({written.span(known.interval)})", _SOFT)
                performance = Text.assemble(writer.text(written.value(known.value)), " ", span)
            used = Text("")
            if one.tightest is not None:
                worst = writer.text(f"(at worst {share_words(one.tightest.worst)})", _SOFT)
                share = writer.text(f"{one.tightest.metric} {share_words(one.tightest.value)} ")
                used = Text.assemble(share, worst)
            marks = [
                word
                for word, holds in (
                    ("★ chosen", one.candidate == report.winner),
                    ("on the frontier", one.frontier),
                    ("in production", one.candidate == report.decision.baseline),
                )
                if holds
            ]
            name = Text.assemble(writer.verdict(one.verdict, word=" "), writer.name(one.candidate))
            table.add_row(name, performance, used, writer.text(", ".join(marks), _SOFT))
        rest = len(found.standings) - table.row_count
        if rest > 0:
            table.add_row(writer.text(f"{rest} more", _SOFT), "", "", "")
        return table

    def _shown(self, found: Tradeoff) -> list[Standing]:
        """The frontier, the winner, the baseline, and some of the others; best performers first."""
        up = self.report.better(self.report.decision.maximise[0]) == "higher"

        def place(one: Standing) -> tuple[bool, float, str]:
            known = one.performance
            value = known.value if isinstance(known, Estimate) and known.known else None
            return value is None, 0.0 if value is None else -value if up else value, one.candidate

        must = {self.report.winner, self.report.decision.baseline}
        ordered = sorted(found.standings, key=place)
        edge = [one for one in ordered if one.frontier and one.candidate not in must]
        edge.sort(key=lambda one: one.tightest.worst if one.tightest else math.inf)  # the safest of it matter most
        beside = [one for one in ordered if not one.frontier and one.candidate not in must]
        kept = [*edge[:_EDGE], *beside[: max(_ROWS - len(edge), 0)]]
        return [one for one in ordered if one.candidate in must or one in kept]

    def _prices(self, writer: Writer, found: Tradeoff) -> Iterator[RenderableType]:
        if not found.prices:
            return
        yield ""
        yield writer.text("What each requirement costs", "bold")
        for price in found.prices:
            row = Requirement(asked=price.asked, metric=price.metric)
            kind = KIND[price.asked].replace(":", ",")
            style = "" if price.steps else _SOFT
            head = Text.assemble(
                writer.name(price.metric), " ", writer.text(kind + requirement(self.report, row), _SOFT)
            )
            words = writer.text(price_words(self.report, price), style)
            yield Padding(Text.assemble(head, ": ", words), (0, 0, 0, 2), expand=False)
        if any(price.steps for price in found.prices):
            yield Padding(writer.text(DESCRIPTIVE, _SOFT), (0, 0, 0, 2), expand=False)

    def _rest(self, writer: Writer, found: Tradeoff) -> Iterator[RenderableType]:
        yield ""
        for held in found.held[:_HELD]:
            yield writer.text(held_words(self.report, held))
        apart = apart_words(self.report, found)
        if apart:
            yield writer.text(apart)
        if found.scores:
            ranked = sorted(found.scores.items(), key=lambda pair: -pair[1])
            said = ", ".join(f"{candidate} {score:.3f}" for candidate, score in ranked)
            yield writer.text(f"Weighed scores: {said}. {' '.join(map(band_words, found.bands))}")


def choice_view(report: Report) -> RenderableType:
    """The one-page answer."""
    return ChoiceView(report)
