"""The letter to a vendor, and its questionnaire: what was found, asked and owed, each with the evidence it rests on."""

import csv
import io
import math
from collections.abc import Iterator, Sequence

from trimtab.decision.moments import day
from trimtab.decision.vendor_sla import ClauseResult, Credit
from trimtab.decision.vendors import VendorStanding
from trimtab.kinds import Interval, Missing
from trimtab.policy.controls import catalogue
from trimtab.policy.model import Policy
from trimtab.policy.vendor_rules import asked_of
from trimtab.report.charts import Bars, axis, backdrop, interval_row
from trimtab.report.escaped import line, named, plain
from trimtab.report.paper import Block, Cell, Head, Items, Line, Paper, Section, Table, Text, Word, cell, ticked, words
from trimtab.report.paper_markdown import paper_markdown

COLUMNS = ("control", "title", "asks_for", "answer", "evidence", "what")
"""Of a questionnaire; the first three are filled in, the others are for the vendor."""
HOW = "met, partly, not or unknown; as evidence, names of reports or links without spaces; in `what`, a sentence or two"

_SOURCES = {
    "measured": "our suites",
    "counted": "a count of others than you",
    "attested": "your own figures",
    "": "nothing",
}
_LIMITS = (
    "What you say of yourself can lower your standing and does not lift it above the least that we ask; reports of "
    "others can. A figure that is not shown needs more cases, and is neither kept nor broken. Numbers after `row` and "
    "`run` name our evidence; we hand it over if you ask."
)
_VERDICTS = {"pass": "kept", "fail": "not kept", "inconclusive": "not shown"}


def letter_paper(policy: Policy, standing: VendorStanding, credit: Credit, *, period: str, asof: int) -> Paper:
    """Findings and credits for the vendor, in plain words, each with the evidence that it rests on."""
    spec = policy.vendors[standing.vendor]
    sections = [
        Section(name="standing", title="Where you stand", blocks=(_stands(standing), _worths(standing))),
        Section(name="asked", title="What we ask of you", blocks=(Items(lines=tuple(_asked(standing, asof))),)),
    ]
    if credit.clauses:
        blocks = tuple(_figures(policy, credit))
        sections.append(Section(name="contract", title="What the contract promises", blocks=blocks))
    limits = Text(words=ticked(_LIMITS))
    sections.append(Section(name="limits", title="What this letter does not show", blocks=(limits,)))
    return Paper(
        heading=f"{policy.organisation} to {standing.vendor}",
        kind="Letter to a vendor",
        organisation=policy.organisation,
        asof=asof,
        origin=words(f"Of {period}. It is about: {', '.join(spec.services)}."),
        sections=tuple(sections),
    )


def letter(policy: Policy, standing: VendorStanding, credit: Credit, *, period: str, asof: int) -> str:
    """Markdown: the letter in which nothing that anybody wrote acts."""
    return paper_markdown(letter_paper(policy, standing, credit, period=period, asof=asof))


def questionnaire_csv(policy: Policy, vendor: str) -> str:
    """What the vendor is asked, as CSV to be filled in and taken in by `trimtab vendor assess`."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for link in asked_of(policy.vendors[vendor].asks):
        control = catalogue().find(link)
        table.writerow([link, control.title if control else "", control.evidence if control else "", "", "", ""])
    return text.getvalue()


def questionnaire_markdown(policy: Policy, vendor: str) -> str:
    """The same to be read: what is asked, and what would show it."""
    rows = []
    for link in asked_of(policy.vendors[vendor].asks):
        control = catalogue().find(link)
        rows.append(line([named(link), plain(control.title), plain(control.evidence), "", ""] if control else [link]))
    head = [line(["control", "what is asked", "what would show it", "answer", "evidence"]), line(["---"] * 5)]
    return "\n".join(
        [
            f"# Questions of {plain(policy.organisation)} to {named(vendor)}",
            "",
            f"Answers are {HOW}.",
            "",
            *head,
            *rows,
            "",
        ]
    )


# -- parts ---------------------------------------------------------------------------------


def _stands(standing: VendorStanding) -> Text:
    card, told = standing.card, standing.words()
    if card.score is None:
        return Text(words=words("We know nothing of you yet: nothing was measured and nothing answered."))
    said = f"You stand in band {card.band}, at {card.score:.0f} of 100; the verdict is {card.verdict}."
    if card.capped_by:
        said += f" It is held at {card.cap:.0f} at most by {', '.join(card.capped_by)}."
    counted = (
        f" Of {len(standing.answers)} controls somebody else vouches for {told['vouched']}, {told['attested']} rest "
        f"on your word, and {told['silent']} on nothing."
    )
    run = (" Measured by our suites: run ", Word(standing.run, "name"), ".") if standing.run else ()
    return Text(words=words(said, counted, *run))


def _worths(standing: VendorStanding) -> Table:
    rows = []
    for worth in standing.card.worths:
        reading = worth.reading
        low, high = reading.low, reading.high
        seen = "nothing" if low is None or high is None else f"{low:.3g} to {high:.3g}"
        asks = f"{'at least' if reading.better == 'higher' else 'at most'} {reading.floor:.3g}"
        drawn = _drawn(reading.floor, low, high, value=None, higher=reading.better == "higher", said=f"{asks}: {seen}")
        rows.append(
            (cell(reading.metric), drawn, cell(asks), cell(seen), Cell(verdict=worth.verdict), cell(worth.why, "soft"))
        )
    return Table(heads=_SEEN, rows=tuple(rows), plots=frozenset({1}))


def _asked(standing: VendorStanding, asof: int) -> Iterator[Line]:
    for one in standing.findings:
        opened = one.opened
        late = ", which is past" if opened.due and opened.due < asof else ""
        by = f" by {day(opened.due)}{late}" if opened.due else ""
        state = "shown to be fixed" if one.fixed else "fixed"
        about = f", {opened.severity}: {opened.what}"
        yield Line(words=words(Word(opened.finding, "name"), f"{about} It is to be {state}{by} (row {one.seq})."))
    for answer in standing.answers:
        if answer.high >= 1.0 or answer.latest is None:
            continue
        entry = answer.latest.entry
        said = f" {entry.what}" if entry.what else ""
        how = "met in part" if answer.high > 0.0 else "not met"
        yield Line(words=words(Word(answer.control, "name"), f" is {how}.{said} (row {answer.latest.seq})"))
    if silent := [one.control for one in standing.answers if one.word == "silent"]:
        yield Line(words=words("No answer that is in date: ", *_names(silent), "."))
    if alone := [one.control for one in standing.answers if one.word == "attested" and one.high == 1.0]:
        yield Line(words=words("Somebody else's word, beside yours: ", *_names(alone), "."))
    when = "now, since not everything was answered" if not standing.due else f"on {day(standing.due)}"
    late = ", and overdue" if standing.due and standing.overdue else ""
    yield Line(words=words(f"The next assessment is due {when}{late}."))


def _figures(policy: Policy, credit: Credit) -> Iterator[Block]:
    money = policy.currency
    said = f"For this quarter you owe {credit.value:,.2f} {money}"
    if credit.value < 0.0:
        said = f"For this quarter you have earned {-credit.value:,.2f} {money}"
    said += f"; by the ends of the intervals it may be from {credit.low:,.2f} to {credit.high:,.2f}."
    if credit.capped:
        said += f" The cap of {policy.vendors[credit.vendor].most:,.2f} {money} holds it down."
    yield Table(
        heads=_PROMISED,
        rows=tuple(_figure(policy, credit.vendor, one) for one in credit.clauses),
        plots=frozenset({1}),
    )
    missing = words(" Nothing was seen of ", *_names(credit.missing), "; that adds nothing to it.")
    yield Text(words=words(said, *(missing if credit.missing else ())))


def _figure(policy: Policy, vendor: str, one: ClauseResult) -> tuple[Cell, ...]:
    metric = policy.metrics.get(one.clause.metric)
    higher = not (metric and metric.better == "lower")
    asks = f"{'at least' if higher else 'at most'} {one.clause.floor:g}"
    seen, drawn = "nothing", Cell()
    if not isinstance(one.seen, Missing):
        low, high = one.seen.interval.low, one.seen.interval.high
        seen = f"{one.seen.value:.3g} ({low:.3g} to {high:.3g})"
        drawn = _drawn(one.clause.floor, low, high, value=one.seen.value, higher=higher, said=f"{asks}: {seen}")
    evidence = (
        words(_evidence(one.rows)) if one.rows else words("run ", Word(one.run, "name")) if one.run else words("none")
    )
    if one.source == "measured" and not one.run:
        evidence = words("our books on ", Word(policy.vendors[vendor].system or "", "name"))
    cells = [
        Cell(words=words(Word(one.clause.metric, "name"))),
        drawn,
        cell(asks),
        cell(seen),
        cell(_SOURCES[one.source]),
    ]
    return (
        *cells,
        cell(_VERDICTS[one.verdict]),
        cell(f"{one.credit:,.2f}"),
        cell(f"{one.bonus:,.2f}"),
        Cell(words=evidence),
    )


def _drawn(
    floor: float, low: float | None, high: float | None, *, value: float | None, higher: bool, said: str
) -> Cell:
    """An interval beside what is asked of it; without one, nothing."""
    if low is None or high is None or not all(map(math.isfinite, (low, high, floor))):
        return Cell()
    scale = axis([low, high, floor])
    bars = Bars(axis=scale, floor=floor, forbidden_above=not higher)
    ends = Interval(low, high, 0.95, "")
    shown = math.nan if value is None else value
    return Cell(drawn=interval_row(scale, backdrop(bars), ends, shown, verdict=None, label=said), said=said)


def _names(names: Sequence[str]) -> Iterator[Word]:
    for place, one in enumerate(names):
        yield from (Word(", "), Word(one, "name")) if place else (Word(one, "name"),)


def _evidence(rows: Sequence[int]) -> str:
    return f"row {', '.join(map(str, rows))}" if rows else ""


_SEEN = (
    Head(title="what", share=17), Head(title="interval, drawn", share=17), Head(title="asked", share=12),
    Head(title="seen", share=11), Head(title="verdict", share=16), Head(title="why", share=27),
)  # fmt: skip
_PROMISED = (
    Head(title="promised", share=13), Head(title="interval, drawn", share=14), Head(title="asked", share=11),
    Head(title="seen", share=15), Head(title="from", share=13), Head(title="it is", share=9),
    Head(title="credit", share=9, number=True), Head(title="bonus", share=8, number=True),
    Head(title="evidence", share=16),
)  # fmt: skip
