"""`trimtab board`: what a board is shown, on one page."""

from pathlib import Path

import click

from trimtab.cli.as_of import as_of_option
from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options


@click.command()
@click.option("--quarter", default="", metavar="2026-Q3", help="Of which quarter; the present one if left out.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the page here: .html, .md, .json or .pdf.")
@click.option("--publish", is_flag=True, help="Record what was shown, so that `trimtab ledger replay` checks it.")
@click.option("--by", default="", envvar="TRIMTAB_BY", help="Who publishes.")
@as_of_option
@policy_option
@output_options
def board(
    output: Output, *, quarter: str, out: Path | None, publish: bool, by: str, as_of: int | None, policy: Path,
    ledger: str,
) -> None:  # fmt: skip
    """Show bands, vetoes, loss, money, findings, regulation, wins and the decisions that are asked, on one page."""
    import orjson

    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.report.board_paper import board_paper
    from trimtab.report.board_text import board_markdown, board_view
    from trimtab.report.files import write_file
    from trimtab.report.paper_files import drawn, form_of
    from trimtab.workspace.board import figures
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.publishing import check_actor
    from trimtab.workspace.publishing import publish as published

    form = form_of(out, forms=("html", "md", "json", "pdf")) if out is not None else ""
    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        moment, head = as_of if as_of is not None else opened.now(), opened.head()
        asked = {"quarter": quarter}
        if publish:
            check_actor(opened, loaded, by, moment)
            shown = published(opened, loaded, "board", by=by, asked=asked, now=moment).result
        else:
            shown = figures(opened, loaded, asked, head.seq if head else 0, moment)
    output.show(board_view(shown))
    if out is not None:
        if form == "json":
            content = orjson.dumps(shown, option=orjson.OPT_INDENT_2) + b"\n"
        else:  # the Markdown is not for one sheet, so it leaves nothing out
            content = board_markdown(shown).encode() if form == "md" else drawn(board_paper(shown), form)
        write_file(out, content)
        output.note(f"Wrote {out}.")
    output.data(shown)
