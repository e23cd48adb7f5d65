"""`trimtab token`: tokens of programs that ask the API of the pages of a team."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.accessing import Acting, access_option, acting_options, opened, role_options
from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.serve.pages.team.tokens import Token


@click.group()
def token() -> None:
    """Make tokens for programs, see what was used when, and end them.

    A token acts for a user, with some of their roles and systems. It reads, unless it is made to write.
    """


@token.command()
@click.argument("about")
@click.option("--user", "name", required=True, metavar="NAME", help="Whose it is.")
@role_options
@click.option("--write", is_flag=True, help="Let it enter things as well.")
@click.option("--days", type=click.IntRange(1), default=90, show_default=True, help="Until it ends.")
@acting_options
@output_options
def create(
    output: Output,
    *,
    about: str,
    name: str,
    roles: tuple[str, ...],
    systems: tuple[str, ...],
    write: bool,
    days: int,
    acting: Acting,
) -> None:
    """Make a token; ABOUT says in a few words what it is for. It is printed once, and kept nowhere."""
    from trimtab.serve.pages.team import tokens

    within = acting.within(systems)
    with acting.changing() as (store, by):
        id_, made = tokens.create(store, name, about=about, roles=roles, systems=within, writes=write, days=days, by=by)
        kept = next(one for one in tokens.listed(store) if one.id == id_)
    if output.json:
        output.data({**_data(kept), "token": made})
    else:
        click.echo(made)  # with --quiet as well: it is shown this once
    output.note(f"This is shown once. `trimtab token revoke {id_}` ends it.")


@token.command("list")
@access_option
@output_options
def list_(output: Output, *, access: Path) -> None:
    """List tokens: whose, what they may, when each was last used, and when it ends."""
    from rich.table import Table

    from trimtab.decision.moments import minute
    from trimtab.serve.pages.team import tokens

    with opened(access) as store:
        found, now = tokens.listed(store), store.now()
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "what for", "user", "may", "last used", "until", "state"):
        table.add_column(heading, overflow="fold")
    for one in found:
        may = f"{'write' if one.writes else 'read'} as {', '.join(sorted(one.roles))}"
        seen = minute(one.seen) if one.seen else "never"
        state = "revoked" if one.revoked else "ended" if now >= one.ends else ""
        table.add_row(one.id, one.about, one.user, may, seen, minute(one.ends), state)
    output.show(table if found else "There is no token yet.")
    output.data([_data(one) for one in found])


@token.command()
@click.argument("id_", metavar="ID")
@acting_options
@output_options
def revoke(output: Output, *, id_: str, acting: Acting) -> None:
    """End a token: it is good for nothing from the next request on."""
    from trimtab.serve.pages.team import tokens

    with acting.changing() as (store, by):
        tokens.revoke(store, id_, by=by)
    output.show(f"{id_} is revoked.", markup=False)
    output.data({"revoked": id_})


def _data(one: "Token") -> dict[str, Any]:
    return {
        "id": one.id,
        "about": one.about,
        "user": one.user,
        "roles": sorted(one.roles),
        "systems": None if one.systems is None else sorted(one.systems),
        "writes": one.writes,
        "made": one.made,
        "ends": one.ends,
        "seen": one.seen,
        "revoked": one.revoked,
    }
