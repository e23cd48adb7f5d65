"""`trimtab card`: cards of models, systems and data sets, filled from evidence, with gaps left open."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.as_of import as_of_option
from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.decision.cards.card import Card, CardKind

_FORMATS = ("md", "html", "json", "pdf")


@click.group()
def card() -> None:
    """Make cards: what evidence shows, what somebody states, and what is missing, each told apart."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed((
        click.option("--out", type=click.Path(path_type=Path), help="File or folder to write into."),
        click.option("--format", "form", type=click.Choice(_FORMATS), help="That of the file's name, else md."),
        click.option("--record", is_flag=True, help="Enter what was written as a document, with its digest."),
        click.option("--reviewed", is_flag=True, help="With --record: --by has read it and says that it is right."),
        click.option("--valid-days", type=click.IntRange(1, 3650), default=180, show_default=True,
                     help="With --record: when it must have been reviewed again."),
        click.option("--by", default="", envvar="TRIMTAB_BY", help="Who records it."),
        as_of_option,
        policy_option,
        output_options,
    )):  # fmt: skip
        command = option(command)
    return command


_SYSTEM = click.option("--system", default="", help="Which system; the only one if left out.")
_CANDIDATE = click.option("--candidate", default="", help="Which; whom the decision chose if left out.")
_RUN = click.option("--run", default="latest", show_default=True, help="Whose decision.")


@card.command()
@_SYSTEM
@_CANDIDATE
@_RUN
@_options
def model(output: Output, *, system: str, candidate: str, run: str, **given: Any) -> None:
    """Make the model card of a candidate, with the metadata that Hugging Face reads.

    Exit codes: 0 every section says something, 3 there are gaps.
    """
    _make(output, "model", system=system, candidate=candidate, run=run, **given)


@card.command()
@_SYSTEM
@_CANDIDATE
@_RUN
@_options
def system(output: Output, *, system: str, candidate: str, run: str, **given: Any) -> None:
    """Make the card of a system: what it is for, of what it is made, who answers for it, how it did.

    Exit codes: 0 every section says something, 3 there are gaps.
    """
    _make(output, "system", system=system, candidate=candidate, run=run, **given)


@card.command("annex-iv")
@_SYSTEM
@_CANDIDATE
@_RUN
@_options
def annex_iv(output: Output, *, system: str, candidate: str, run: str, **given: Any) -> None:
    """Make a skeleton of the technical documentation of Annex IV, EU AI Act. No legal advice.

    Exit codes: 0 every point says something, 3 there are gaps.
    """
    _make(output, "annex-iv", system=system, candidate=candidate, run=run, **given)


@card.command()
@click.argument("thing")
@_options
def dataset(output: Output, *, thing: str, **given: Any) -> None:
    """Make the card of THING, a data set in the registry.

    Exit codes: 0 every section says something, 3 there are gaps.
    """
    _make(output, "dataset", thing=thing, **given)


@card.command()
@click.option(
    "--system", default="", help="Only what this registered system is made of; everything in use if left out."
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; printed if left out.")
@as_of_option
@policy_option
@output_options
def bom(output: Output, *, system: str, out: Path | None, as_of: int | None, policy: Path, ledger: str) -> None:
    """Make a bill of materials of the AI in use: CycloneDX 1.6, with model cards and data sets."""
    import orjson

    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.report.files import write_page
    from trimtab.workspace.cards import materials
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        opened.verify().raise_if_bad()
        found = materials(opened, loaded, system=system, moment=as_of)
    text = orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n"
    if out is not None:
        write_page(out, text)
        output.show(f"Wrote {out}: {len(found['components'])} components.", markup=False)
        output.data(found)
    elif not output.quiet:
        click.echo(text, nl=False)


def _make(
    output: Output,
    kind: "CardKind",
    *,
    out: Path | None,
    form: str | None,
    record: bool,
    reviewed: bool,
    valid_days: int,
    by: str,
    as_of: int | None,
    policy: Path,
    ledger: str,
    **which: str,
) -> None:
    from trimtab.cli.entering import tell
    from trimtab.errors import ExitCode, UsageError
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.report.card_metadata import card_markdown
    from trimtab.report.files import write_file
    from trimtab.workspace.cards import make_card, record_card
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.publishing import check_actor

    if record and out is None:
        raise UsageError("--record enters a file, and none is written.", "Name it with --out.")
    if reviewed and not record:
        raise UsageError("--reviewed is entered with the card.", "Add --record.")
    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        opened.verify().raise_if_bad()
        if record:
            check_actor(opened, loaded, by, opened.now())
        made = make_card(opened, loaded, kind, moment=as_of, **which)
        if out is None:
            output.show(card_markdown(made), markup=False)
        else:
            path, chosen = _place(out, form, made)
            content = _content(made, chosen)
            write_file(path, content)
            output.show(f"Wrote {path}.", markup=False)
            if record:
                receipt = record_card(opened, loaded, made, content, by=by, reviewed=reviewed, valid_days=valid_days)
                tell(Output(json=False, quiet=output.quiet or output.json), receipt)
        for part in made.gaps:
            output.note(f"[dim]Gap: {part.name}.[/]")
    output.data(made.payload())
    click.get_current_context().exit(int(ExitCode.INCONCLUSIVE if made.gaps else ExitCode.PASS))


def _place(out: Path, form: str | None, made: "Card") -> tuple[Path, str]:
    """Where it is written, and as what: a folder gets a name of ours."""
    suffix = out.suffix.lstrip(".").lower()
    if suffix in {*_FORMATS, "htm", "markdown"} and not out.is_dir():
        return out, form or {"htm": "html", "markdown": "md"}.get(suffix, suffix)
    chosen = form or "md"
    named = "-".join("".join(c if c.isalnum() or c in "._-" else "-" for c in part)
                     for part in (made.kind, made.subject, made.candidate) if part)  # fmt: skip
    return out / f"{named}.{chosen}", chosen


def _content(made: "Card", form: str) -> bytes:
    import orjson

    from trimtab.report.card_metadata import card_markdown
    from trimtab.report.card_paper import card_paper
    from trimtab.report.paper_files import drawn

    if form in ("html", "pdf"):
        return drawn(card_paper(made), form)
    if form == "json":
        return orjson.dumps(made.payload(), option=orjson.OPT_INDENT_2) + b"\n"
    return card_markdown(made).encode()
