"""`trimtab person`: a commitment instead of a name."""

import sys
from pathlib import Path

import click

from trimtab.cli.output import Output, output_options


@click.command()
@click.argument("name")
@click.option("--forget", is_flag=True, help="Delete the salt: nobody can tell any more whose commitment it was.")
@click.option(
    "--salts",
    type=click.Path(path_type=Path),
    default=None,
    envvar="TRIMTAB_SALTS",
    help="Where the salts are kept, outside of the ledger. Default: .trimtab/people.salts.",
)
@output_options
def person(output: Output, *, name: str, forget: bool, salts: Path | None) -> None:
    """Print what stands for NAME in the books (- reads it from standard input): `person:` and a digest with a salt.

    The name is kept nowhere. The same name gives the same commitment as long as its salt is there.
    """
    from trimtab.errors import UsageError
    from trimtab.workspace import commitments

    who = sys.stdin.readline() if name == "-" else name
    path = salts or Path(commitments.DEFAULT_SALTS)
    if not forget:
        made = commitments.commitment(who, path)
        output.show(made, markup=False)
        output.data({"person": made})
        return
    if not commitments.forget(who, path):
        raise UsageError("there is no salt of that name.", "Nothing was changed.")
    output.show("Forgotten. The entries stay, and are nobody's.")
    output.data({"forgotten": True})
