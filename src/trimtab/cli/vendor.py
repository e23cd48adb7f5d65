"""`trimtab vendor`: take in what vendors answer, show where they stand, and write to them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.as_of import as_of_option
from trimtab.cli.entering import entering, policy_option, tell
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode
from trimtab.evidence.entries.vendors import ANSWERS, VendorCounted

if TYPE_CHECKING:
    from trimtab.decision.period import Period
    from trimtab.decision.vendor_sla import Credit
    from trimtab.decision.vendors import VendorStanding
    from trimtab.evidence.entries.reading import Draft

_quarter = click.option("--quarter", default="", metavar="2026-Q3", help="Of which credits are told; the current one.")
_strict = click.option("--strict", is_flag=True, help="Exit with 1 where one fails or is overdue, with 3 if undecided.")
_out = click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead.")


@click.group()
def vendor() -> None:
    """Vendors: what they answer, what was measured of them, which band follows, and what their contract owes."""


@vendor.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--control", default=None, metavar="FRAMEWORK:ID", help="Instead of FILE: one control.")
@click.option("--answer", type=click.Choice(ANSWERS), default=None, help="What was found, or what the vendor says.")
@click.option("--evidence", default=None, metavar="NAME,NAME", help="What shows it: reports, links, rows.")
@click.option("--what", default=None, metavar="TEXT", help="What was said or seen.")
@click.option(
    "--independence",
    type=click.Choice(("self", "other-team", "outside")),
    default="self",
    show_default=True,
    help="Whose word it is: the vendor's own, another team's here, somebody's outside of both.",
)
@click.option("--at", default=None, metavar="WHEN", help="When it was answered; now if left out.")
@click.option(
    "--by", default=None, metavar="NAME", envvar="TRIMTAB_BY", help="Who enters it: one of `people` or `teams`."
)
@policy_option
@output_options
def assess(output: Output, *, name: str, file: Path | None, policy: Path, ledger: str, **given: Any) -> None:
    """Take in what vendor NAME answered: a questionnaire in FILE (.csv, .jsonl), or one --control with its --answer.

    All of it is entered or nothing, with every mistake and its line. Rows of FILE without an answer say nothing.
    """
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.evidence.entries.reading import Draft
    from trimtab.policy import load_policy
    from trimtab.workspace.keeping import keep
    from trimtab.workspace.location import DEFAULT_LEDGER

    if (file is None) == (given["control"] is None):
        raise UsageError("give either FILE or --control.", f"`trimtab vendor questionnaire {name}` writes a FILE.")
    if file is not None and (given["answer"] or given["evidence"] or given["what"]):
        raise UsageError("FILE has answers of its own.", "Leave --answer, --evidence and --what out.")
    loaded = load_policy(policy)
    if file is None:
        drafts = [Draft(kind="vendor", values={**given, "vendor": name, "source": "command"})]
    else:
        drafts = _filled_in(file, name, given)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        receipt = keep(opened, loaded, drafts)
    tell(output, receipt)


def _filled_in(file: Path, name: str, given: dict[str, Any]) -> "list[Draft]":
    from dataclasses import replace

    from trimtab.errors import UsageError
    from trimtab.workspace.entry_files import read_drafts

    drafts = []
    for draft in read_drafts(file, kind="vendor", by=given["by"] or ""):
        own = {key: value for key, value in draft.values.items() if key not in ("title", "asks_for")}
        if not str(own.get("answer") or "").strip():
            continue
        shared = {"vendor": name, "independence": given["independence"], "at": given["at"]}
        drafts.append(replace(draft, values={**shared, **own}))
    if not drafts:
        raise UsageError(f"{file} holds no answer.", "Fill in the column `answer`.")
    return drafts


vendor.add_command(entering("count", VendorCounted, "Record a figure of a contract: so many of so many."))


@vendor.command(name="list")
@_quarter
@_strict
@click.option("--publish", is_flag=True, help="Record what is shown, so that it can be computed again.")
@click.option("--by", default="", metavar="NAME", envvar="TRIMTAB_BY", help="Who publishes.")
@as_of_option
@policy_option
@output_options
def list_(
    output: Output, *, quarter: str, strict: bool, publish: bool, by: str, as_of: int | None, policy: Path, ledger: str
) -> None:
    """Show all vendors: band, verdict, whose word it rests on, when they are due, what they owe."""
    from rich.table import Table
    from rich.text import Text

    from trimtab.errors import UsageError
    from trimtab.workspace.standings import credit_data, see

    if publish and not by:
        raise UsageError("nobody publishes.", "Say who with --by.")
    if publish and as_of is not None:
        raise UsageError("what is published is as of now.", "Leave --as-of or --publish out.")
    seen = see(policy, ledger, before=as_of)
    period = _period(quarter, seen.now)
    found = [(seen.standing(name), seen.credit(name, period)) for name in seen.policy.vendors]
    heads = ("vendor", "band", "verdict", "measured", "vouched", "own", "none", "due")
    table = Table(box=None, pad_edge=False)
    for head in (*heads, f"owes {period.name}"):
        table.add_column(head, no_wrap=head in {"verdict", "due"}, overflow="fold")
    for stands, credit in found:
        name = Text(f"{stands.vendor}*" if stands.critical else stands.vendor)
        words = (len(stands.measured), *stands.words().values())
        row = (stands.band or "none", str(stands.card.verdict), *map(str, words), _due(stands), _owes(credit))
        table.add_row(name, *row)
    output.show(table if found else "The policy names no vendors.")
    if any(stands.critical for stands, _ in found):
        output.show("[dim]* critical. Controls that others vouch for, on the vendor's own word, and on none.[/]")
    output.data([{**stands.payload(), "credit": credit_data(credit)} for stands, credit in found])
    if publish:
        from trimtab.evidence import Ledger
        from trimtab.workspace.location import DEFAULT_LEDGER
        from trimtab.workspace.publishing import publish as record

        with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
            record(opened, seen.policy, "vendors", by=by, asked={"quarter": period.name})
    if strict:
        click.get_current_context().exit(int(_code([stands for stands, _ in found])))


@vendor.command()
@click.argument("name")
@_quarter
@_strict
@as_of_option
@policy_option
@output_options
def show(
    output: Output, *, name: str, quarter: str, strict: bool, as_of: int | None, policy: Path, ledger: str
) -> None:
    """Show where vendor NAME stands, and why: each metric, each clause, what is open."""
    from rich.table import Table
    from rich.text import Text

    from trimtab.workspace.standings import credit_data, see

    seen = see(policy, ledger, before=as_of)
    period = _period(quarter, seen.now)
    stands, credit = seen.standing(name), seen.credit(name, period)
    card = stands.card
    points = "no score: nothing is known" if card.score is None else f"{card.score:.0f} of 100, band {card.band}"
    output.show(f"{name}: {points}, verdict {card.verdict}", markup=False)
    if card.capped_by:
        output.show(f"Held at {card.cap:.0f} at most by {', '.join(card.capped_by)}.", markup=False)
    table = Table("what", "asked", "seen", "verdict", "why", box=None, pad_edge=False)
    for worth in card.worths:
        one = worth.reading
        span = "nothing" if one.low is None else f"{one.low:.3g} to {one.high:.3g}"
        asks = f"{'at least' if one.better == 'higher' else 'at most'} {one.floor:.3g}"
        table.add_row(Text(one.metric), asks, span, str(worth.verdict), Text(worth.why))
    output.show(table)
    words = stands.words()
    said = f"{words['vouched']} controls vouched for, {words['attested']} on its own word, {words['silent']} on none"
    output.show(f"{said}. The next assessment is due: {_due(stands)}.", markup=False)
    for finding in stands.findings:
        output.show(f"Open: {finding.opened.finding}, {finding.opened.severity} (row {finding.seq:,}).", markup=False)
    for part in credit.clauses:
        if not part.source:
            output.show(f"{part.clause.metric}: nothing was seen of it in {period.name}.", markup=False)
            continue
        said = f"{part.clause.metric}: {part.verdict} by {part.source}; credit {part.credit:,.2f}"
        output.show(f"{said}, bonus {part.bonus:,.2f}", markup=False)
    if credit.clauses:
        ends = f"{credit.low:,.2f} to {credit.high:,.2f}"
        amount = _owes(credit)
        amount += f" {seen.policy.currency}" if amount[0].isdigit() or amount[0] == "-" else ""
        output.show(f"Owes for {period.name}: {amount} (from {ends} {seen.policy.currency})", markup=False)
    output.data({**stands.payload(), "credit": credit_data(credit)})
    if strict:
        click.get_current_context().exit(int(_code([stands])))


@vendor.command()
@click.argument("name")
@click.option("--format", "format_", type=click.Choice(("csv", "markdown")), default="csv", show_default=True)
@_out
@policy_option
@output_options
def questionnaire(output: Output, *, name: str, format_: str, out: Path | None, policy: Path, ledger: str) -> None:
    """Write what vendor NAME is asked, to be filled in and taken in by `trimtab vendor assess NAME FILE`."""
    from trimtab.report.vendor_letter import questionnaire_csv, questionnaire_markdown
    from trimtab.workspace.standings import see

    seen = see(policy, ledger)
    seen.known(name)
    write = questionnaire_csv if format_ == "csv" else questionnaire_markdown
    deliver(output, write(seen.policy, name), out)


@vendor.command()
@click.argument("name")
@_quarter
@_out
@as_of_option
@policy_option
@output_options
def letter(
    output: Output, *, name: str, quarter: str, out: Path | None, as_of: int | None, policy: Path, ledger: str
) -> None:
    """Write to vendor NAME what was found, what is asked, and what the contract owes, each with its evidence.

    A name in .html or .pdf says the format; any other is of Markdown.
    """
    from trimtab.report.paper_files import drawn
    from trimtab.report.paper_markdown import paper_markdown
    from trimtab.report.vendor_letter import letter_paper
    from trimtab.workspace.standings import see

    form = {".html": "html", ".pdf": "pdf"}.get(out.suffix.lower(), "md") if out is not None else "md"
    seen = see(policy, ledger, before=as_of)
    period = _period(quarter, seen.now)
    stands, credit = seen.standing(name), seen.credit(name, period)
    paper = letter_paper(seen.policy, stands, credit, period=period.name, asof=seen.now)
    deliver(output, paper_markdown(paper), out, drawn(paper, form) if form != "md" else None)


def deliver(output: Output, text: str, out: Path | None, content: bytes | None = None) -> None:
    """Write a text, or `content` in its place, to a file, or the text to standard output as it is."""
    if out is not None:
        from trimtab.measure.whole_files import clearly, write_whole

        with clearly(out):
            write_whole(out, text.encode() if content is None else content)
        output.show(f"Written: {out}", markup=False)
    elif not (output.json or output.quiet):
        click.echo(text, nl=False)
    output.data({"text": text})


# -- parts ---------------------------------------------------------------------------------


def _period(quarter: str, now: int) -> "Period":
    from trimtab.decision.period import Period
    from trimtab.errors import UsageError

    try:
        return Period.quarter(quarter) if quarter else Period.quarter_at(now)
    except ValueError as error:
        raise UsageError(f"{error}.") from None


def _due(stands: "VendorStanding") -> str:
    from trimtab.decision.moments import day

    if not stands.due:
        return "now"
    return f"{day(stands.due)}{' (past)' if stands.overdue else ''}"


def _owes(credit: "Credit") -> str:
    if not credit.clauses:
        return "nothing promised"
    if len(credit.missing) == len(credit.clauses):
        return "not known"
    return f"{credit.value:,.2f}"


def _code(found: "list[VendorStanding]") -> ExitCode:
    from trimtab.decision.model import Verdict

    if any(one.card.verdict is Verdict.FAIL or one.overdue for one in found):
        return ExitCode.FAIL
    undecided = not found or any(one.card.verdict is not Verdict.PASS for one in found)
    return ExitCode.INCONCLUSIVE if undecided else ExitCode.PASS
