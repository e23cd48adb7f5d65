"""`trimtab loss`: what the failures of a year may cost, against the appetite."""

from pathlib import Path
from typing import Any

import click

from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

_CODES = {"pass": ExitCode.PASS, "fail": ExitCode.FAIL, "inconclusive": ExitCode.INCONCLUSIVE}


@click.command()
@click.option("--years", type=click.IntRange(400, 10_000_000), default=100_000, show_default=True, help="To simulate.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the simulated years.")
@click.option("--publish", "published", is_flag=True, help="Record that these figures were published.")
@click.option("--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who publishes them.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a page (.html) or the curve (.svg)."
)
@policy_option
@output_options
def loss(
    output: Output,
    *,
    years: int,
    seed: int,
    published: bool,
    by: str,
    out: Path | None,
    policy: Path,
    ledger: str,
) -> None:
    """Tell what the failures of a year may cost, from stated ranges and from what the books saw.

    Exit codes: 0 within the appetite or none is named, 1 beyond it, 3 another seed might say otherwise.
    """
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.granting import publish_losses
    from trimtab.workspace.location import DEFAULT_LEDGER

    if out is not None and out.suffix not in {".html", ".svg"}:
        raise UsageError(f"{out} is neither a page nor a curve.", "Name a file that ends in .html or .svg.")
    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        figures = publish_losses(opened, loaded, seed=seed, years=years, by=by, record=published)
        moment = opened.now()
    if out is not None:
        _write(out, figures, loaded.organisation, moment)
        output.note(f"Written: {out}")
    output.data(figures)
    if not (output.json or output.quiet):
        from rich.console import Group

        from trimtab.report.loss_terminal import loss_lines

        output.show(Group(*loss_lines(figures)))
    if published:
        output.note("Published; `trimtab ledger replay` computes it again.")
    click.get_current_context().exit(int(_CODES.get(figures["verdict"], ExitCode.PASS)))


def _write(out: Path, figures: Any, organisation: str, moment: int) -> None:
    from trimtab.errors import UsageError
    from trimtab.report.loss_page import loss_page, loss_svg

    try:
        text = loss_svg(figures) if out.suffix == ".svg" else loss_page(figures, organisation=organisation, at=moment)
        out.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write {out}: {getattr(error, 'strerror', None) or error}", "See above.") from error
