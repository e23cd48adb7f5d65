"""`trimtab review`: the pack of a quarterly review, generated from the ledger."""

from pathlib import Path

import click

from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options

_FORMS = {".html": "html", ".md": "md", ".json": "json", ".pdf": "pdf"}


@click.command()
@click.option("--quarter", default="", metavar="2026-Q3", help="Which; the last that has ended if left out.")
@click.option("--as-of", default="", metavar="WHEN", help="A day or moment to look from; now if left out.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A file (.html, .md, .json, .pdf), or a folder for review-QUARTER.md and .json.",
)
@click.option("--publish", is_flag=True, help="Record what was shown, so that `trimtab ledger replay` checks it.")
@click.option("--by", default="", metavar="NAME", envvar="TRIMTAB_BY", help="Who publishes.")
@policy_option
@output_options
def review(
    output: Output, *, quarter: str, as_of: str, out: Path | None, publish: bool, by: str, policy: Path, ledger: str
) -> None:
    """Make the pack of a quarter: what changed, what is open, what lapses, and what the law asks next."""
    import time

    import orjson

    from trimtab.decision.agenda import review_of
    from trimtab.decision.period import Period
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.evidence.entries.reading import moment
    from trimtab.policy import load_policy
    from trimtab.report.files import write_file
    from trimtab.report.paper_files import drawn
    from trimtab.report.review import review_paper, review_view
    from trimtab.workspace import publishing
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.reviewing import review as made_of

    loaded = load_policy(policy)
    try:
        at = moment(as_of) if as_of else time.time_ns() // 1000
    except ValueError:
        raise UsageError(f"{as_of[:40]!r} is no moment.", "Write a day as 2026-03-01.") from None
    name = quarter or Period.quarter_at(at).before().name
    if publish and by not in loaded.people and by not in loaded.teams:
        raise UsageError("nobody of the policy publishes it.", "Say who with --by: one of `people` or `teams`.")
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        if publish:
            made = publishing.publish(opened, loaded, "review", by=by, asked={"quarter": name}, now=at)
            pack = review_of(made.result)
        else:
            head = opened.head()
            pack = made_of(opened, loaded, quarter=name, row=head.seq if head else 0, moment=at)
    output.show(review_view(pack))
    if out is not None:
        single = out.suffix.lower() in _FORMS and not out.is_dir()
        written = [out] if single else [out / f"review-{name}.md", out / f"review-{name}.json"]
        for path in written:
            form = _FORMS[path.suffix.lower()]
            whole = orjson.dumps(pack.payload(), option=orjson.OPT_INDENT_2) + b"\n"
            write_file(path, whole if form == "json" else drawn(review_paper(pack), form))
        output.note(f"Wrote {' and '.join(map(str, written))}.")
    output.data(pack.payload())
