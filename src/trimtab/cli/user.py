"""`trimtab user`: who may open the pages of a team."""

import time
from pathlib import Path
from typing import Any

import click

from trimtab.cli.accessing import Acting, access_option, acting_options, opened, password, role_options
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode


@click.group()
def user() -> None:
    """Say who may open the pages of a team, with which roles, and see who did.

    A user's name is that of a person in the policy. A role opens pages and forms; what somebody may accept or decide is
    told by the policy. Any change of a user ends their sessions.
    """


@user.command()
@click.argument("name")
@role_options
@click.option("--no-password", is_flag=True, help="Nobody enters by this name; for tokens of programs.")
@acting_options
@output_options
def add(
    output: Output,
    *,
    name: str,
    roles: tuple[str, ...],
    systems: tuple[str, ...],
    no_password: bool,
    acting: Acting,
) -> None:
    """Make NAME a user. The password is asked for, or read from standard input."""
    from trimtab.policy.people import day_begins
    from trimtab.serve.pages.team import users
    from trimtab.serve.pages.team.passwords import Passwords

    within, by = acting.within(systems), acting.by
    users.checked_name(name)
    users.checked_roles(roles)
    kept = "" if no_password else Passwords().hashed(password())
    with opened(acting.access, create=True) as store:
        users.add(store, name, roles, within, password=kept, by=by)
        _tell(output, users.find(store, name), f"Made {name} a user.")
    person = acting.policy.people.get(name)
    if person is not None and person.left is not None and day_begins(person.left) <= time.time_ns() // 1000:
        output.note(f"{name} has left by the policy, and does not come in.")
    if person is None:
        output.note(f"{name} is not listed under people of the policy, so nothing can be entered under this name.")
        output.note("List them there by this name, or make a user with the name that they have there.")


@user.command("list")
@access_option
@output_options
def list_(output: Output, *, access: Path) -> None:
    """List users with their roles and systems, and whether they may come in."""
    from rich.table import Table

    from trimtab.serve.pages.team import users

    with opened(access) as store:
        found = users.listed(store)
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "roles", "systems", "enters by", "state"):
        table.add_column(heading, overflow="fold")
    for one in found:
        where = "all" if one.systems is None else ", ".join(sorted(one.systems))
        table.add_row(one.name, ", ".join(sorted(one.roles)), where, one.way, "disabled" if one.disabled else "")
    output.show(table if found else "There is no user yet.")
    output.data([_data(one) for one in found])


@user.command()
@click.argument("name")
@role_options
@acting_options
@output_options
def roles(
    output: Output,
    *,
    name: str,
    roles: tuple[str, ...],
    systems: tuple[str, ...],
    acting: Acting,
) -> None:
    """Give NAME these roles and systems, and no others."""
    from trimtab.errors import UsageError
    from trimtab.serve.pages.team import users

    within = acting.within(systems)
    with acting.changing() as (store, by):
        if users.find(store, name).way == "oidc":
            what = f"{name} enters by a provider, which says their roles."
            raise UsageError(what, "Change them there; here one can `trimtab user disable`.")
        users.change(store, name, roles=roles, systems=within, by=by)
        _tell(output, users.find(store, name), f"{name} has these roles now; their sessions are ended.")


@user.command()
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let them come in again.")
@acting_options
@output_options
def disable(output: Output, *, name: str, undo: bool, acting: Acting) -> None:
    """Let NAME in no more, neither by sessions nor by tokens, from the next request on."""
    from trimtab.serve.pages.team import users

    with acting.changing() as (store, by):
        users.change(store, name, disabled=not undo, by=by)
        told = f"{name} may come in again." if undo else f"{name} may come in no more."
        _tell(output, users.find(store, name), told)


@user.command("password")
@click.argument("name")
@acting_options
@output_options
def password_(output: Output, *, name: str, acting: Acting) -> None:
    """Give NAME another password, asked for or read from standard input; their sessions are ended."""
    from trimtab.errors import UsageError
    from trimtab.serve.pages.team import users
    from trimtab.serve.pages.team.passwords import Passwords

    with acting.changing() as (store, by):
        if users.find(store, name).way == "oidc":
            raise UsageError(f"{name} enters by a provider, which has their password.", "Change it there.")
        users.change(store, name, password=Passwords().hashed(password()), by=by)
        _tell(output, users.find(store, name), f"{name} has another password now; their sessions are ended.")


@user.command()
@click.argument("name")
@acting_options
@output_options
def remove(output: Output, *, name: str, acting: Acting) -> None:
    """Remove NAME with their sessions and tokens. The log keeps the name; what they entered stands."""
    from trimtab.serve.pages.team import users

    with acting.changing() as (store, by):
        users.remove(store, name, by=by)
    output.show(f"{name} is a user no more.", markup=False)
    output.data({"removed": name})


@user.command()
@click.option("--last", type=click.IntRange(1), default=None, metavar="N", help="Only the last rows.")
@click.option(
    "--verify", is_flag=True, help="Only say whether each row follows from the one before: exit code 0, else 1."
)
@click.option("--forget-before", default="", metavar="DAY", help="Remove the rows before a day, and say so in a row.")
@acting_options
@output_options
def log(
    output: Output,
    *,
    last: int | None,
    verify: bool,
    forget_before: str,
    acting: Acting,
) -> None:
    """Show who came in, who was refused, and who changed who may. With --json it is an export."""
    from dataclasses import asdict

    from rich.table import Table

    from trimtab.decision.moments import minute
    from trimtab.serve.pages.team import journal

    if forget_before:
        _forget(output, acting, forget_before)
        return
    with opened(acting.access) as store:
        flaw, (rows, digest) = journal.flaw(store), journal.head(store)
        found = [] if verify else journal.lines(store, last=last or 0)
    if verify:
        output.show(f"The log does not verify: {flaw}." if flaw else f"{rows:,} rows verify: {digest}", markup=False)
        output.data({"ok": not flaw, "rows": rows, "head": digest, "why": flaw})
        click.get_current_context().exit(int(ExitCode.FAIL if flaw else ExitCode.PASS))
    table = Table(box=None, pad_edge=False)
    for heading in ("when", "what", "user", "by", "way", "times", "about"):
        table.add_column(heading, overflow="fold", no_wrap=heading in {"when", "what"})
    for one in found:
        count = str(one.count) if one.count > 1 else ""
        table.add_row(minute(one.at), one.what, one.user, one.by, one.way, count, one.about)
    output.show(table if found else "Nothing has happened yet.")
    output.data([asdict(one) for one in found])


def _forget(output: Output, acting: Acting, day: str) -> None:
    from trimtab.errors import UsageError
    from trimtab.policy.people import day_begins
    from trimtab.serve.pages.team import journal

    by = acting.by
    try:
        before = day_begins(day)
    except ValueError:
        raise UsageError(f"{day[:40]!r} is no day.", "Write one as 2026-03-01.") from None
    with opened(acting.access) as store:
        if before > store.now():
            raise UsageError("that day is yet to come.", "What is forgotten lies back.")
        count = journal.forget(store, before=before, by=by)
    output.show(f"{count:,} rows before {day} are forgotten; the others verify as they did.", markup=False)
    output.data({"forgotten": count})


def _tell(output: Output, one: Any, told: str) -> None:
    output.show(told, markup=False)
    output.data(_data(one))


def _data(one: Any) -> dict[str, Any]:
    return {
        "name": one.name,
        "roles": sorted(one.roles),
        "systems": None if one.systems is None else sorted(one.systems),
        "disabled": one.disabled,
        "enters_by": one.way,
        "made": one.made,
        "seen": one.seen,
    }
