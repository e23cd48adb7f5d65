"""Commands that enter one thing each, and `trimtab record`, which enters a file of them."""

from pathlib import Path

import click

from trimtab.cli.entering import entering, policy_option, tell
from trimtab.cli.output import Output, output_options
from trimtab.evidence.entries.business import Business
from trimtab.evidence.entries.counts import Counted, Exposure
from trimtab.evidence.entries.findings import NearMiss
from trimtab.evidence.entries.notes import Note
from trimtab.evidence.entries.spending import Spent

near_miss = entering("near-miss", NearMiss, "Report a near miss. Doing so only ever counts for you.")
spend = entering("spend", Spent, "Record money that was spent.")
note = entering("note", Note, "State something, under your name.")
count = entering("count", Counted, "Record a count that feeds a KPI: so many of so many.")
business = entering("business", Business, "Record revenue, churn, trust or downtime, to tell what an incident did.")
exposure = entering("exposure", Exposure, "Record how much a system was used.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--kind", default="", help="What all rows are; left out, each row has a `kind`.")
@click.option("--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who says so where a row does not tell.")
@click.option("--columns", "columns", default="", metavar="KIND", help="Show the columns of a kind, and end.")
@policy_option
@output_options
def record(output: Output, *, file: Path | None, kind: str, by: str, columns: str, policy: Path, ledger: str) -> None:
    """Enter all rows of FILE (.csv or .jsonl) in the books, or none with every mistake and its line."""
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.entry_files import read_drafts
    from trimtab.workspace.keeping import keep
    from trimtab.workspace.location import DEFAULT_LEDGER

    if columns:
        _columns(output, columns)
        return
    if file is None:
        raise UsageError("nothing is named to be read.", "Give a FILE, or --columns KIND to see what goes into one.")
    loaded = load_policy(policy)
    drafts = read_drafts(file, kind=kind, by=by)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        receipt = keep(opened, loaded, drafts)
    if len(receipt.kept) == 1:
        tell(output, receipt)
        return
    first, last = receipt.kept[0].seq, receipt.kept[-1].seq
    output.show(f"Entered {len(receipt.kept):,} entries of {file} (rows {first:,} to {last:,}).", markup=False)
    if receipt.masked:
        output.note(f"Words of {len(receipt.masked):,} entries were masked in part.")
    output.data({"entries": len(receipt.kept), "first": first, "last": last, "masked": len(receipt.masked)})


def _columns(output: Output, kind: str) -> None:
    from rich.table import Table

    from trimtab.errors import UsageError
    from trimtab.evidence.entries import ENTRIES, described
    from trimtab.policy.keys import nearest

    if kind not in ENTRIES:
        raise UsageError(f"{kind[:40]!r} is no entry.", nearest(kind, ENTRIES))
    fields = [one for one in described(ENTRIES[kind]) if one.name != "source"]
    table = Table("column", "holds", "needed", "what it is", box=None)
    for one in fields:
        needed = one.required and not (ENTRIES[kind].opens and one.name == ENTRIES[kind].about)
        table.add_row(one.name, " ".join(one.choices) or str(one.form), "yes" if needed else "", one.help)
    output.show(table)
    output.data(
        [
            {
                "name": one.name,
                "form": str(one.form),
                "choices": list(one.choices),
                "required": one.required,
                "help": one.help,
            }
            for one in fields
        ]
    )
