"""Makes commands that enter something in the books, from the description of the entry."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.evidence.entries import Entry
    from trimtab.workspace.keeping import Receipt

_FORMS = {
    "name": "NAME",
    "names": "NAME,NAME",
    "link": "FRAMEWORK:ID",
    "links": "FRAMEWORK:ID,FRAMEWORK:ID",
    "words": "TEXT",
    "lines": "TEXT",
    "flag": "yes|no",
    "moment": "WHEN",
    "money": "AMOUNT",
    "count": "N",
    "number": "NUMBER",
    "share": "SHARE",
    "range": "LOW..HIGH",
    "money-range": "LOW..HIGH",
    "numbers": "NAME=NUMBER",
    "ranges": "NAME=LOW..HIGH",
    "duties": "NAME=DAY TEXT",
    "signed": "SIGNATURE",
}


def policy_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add --policy and --ledger."""
    command = click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")(
        command
    )
    return click.option("--policy", type=click.Path(path_type=Path), default=Path("trimtab.yaml"), show_default=True)(
        command
    )


def entering(
    name: str,
    kind: "type[Entry]",
    help_: str,
    *,
    fixed: Mapping[str, str] | None = None,
    argument: bool = False,
    more: Sequence[Callable[[Callable[..., None]], Callable[..., None]]] = (),
    derive: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> click.Command:
    """A command that enters one entry of this type.

    Args:
        name: Of the command.
        kind: The type of entry.
        help_: What it does, in a sentence.
        fixed: Fields whose values the command itself gives.
        argument: Whether the id of what the entry is about is an argument, and not an option.
        more: Further options.
        derive: Makes the fields from what was given, where some follow from others.
    """
    given = dict(fixed or {})

    @output_options
    def enter(output: Output, *, policy: Path, ledger: str, **values: Any) -> None:
        from trimtab.evidence import Ledger
        from trimtab.evidence.entries.reading import Draft
        from trimtab.policy import load_policy
        from trimtab.workspace.keeping import keep
        from trimtab.workspace.location import DEFAULT_LEDGER

        loaded = load_policy(policy)
        with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
            draft = Draft(kind=kind.kind, values={**derive(values), **given, "source": "command"})
            receipt = keep(opened, loaded, [draft])
        tell(output, receipt)

    command = policy_option(enter)
    for option in reversed(more):
        command = option(command)
    command = entry_options(command, kind, fixed=given, argument=argument)
    return click.command(name, help=help_)(command)


def entry_options(
    command: Callable[..., None], kind: "type[Entry]", *, fixed: Mapping[str, str], argument: bool = False
) -> Callable[..., None]:
    """Add an option for each field of an entry, except those that are `fixed`; the id as an argument if asked for."""
    from trimtab.evidence.entries import described

    for one in reversed(described(kind)):
        if one.name in fixed or one.name == "source":
            continue
        if one.name == kind.about and argument:
            command = click.argument(one.name, metavar="ID")(command)
            continue
        flag = f"--{one.name.replace('_', '-')}"
        # Which is missing is said with all other mistakes, so click asks for nothing.
        needed = one.required and not (kind.opens and one.name == kind.about)
        help_line = f"{one.help}{'  [required]' if needed else ''}"
        if one.choices:
            choice = click.Choice(one.choices)
            command = click.option(flag, one.name, type=choice, default=None, help=help_line)(command)
        else:
            env = "TRIMTAB_BY" if one.name == "by" else None
            metavar = _FORMS[str(one.form)]
            flags = (flag, "--id") if kind.opens and one.name == kind.about else (flag,)
            command = click.option(*flags, one.name, default=None, metavar=metavar, help=help_line, envvar=env)(command)
    return command


def tell(output: Output, receipt: "Receipt") -> None:
    """Show what was entered, as it was kept."""
    from rich.markup import escape

    from trimtab.workspace.keeping import entry_data

    for index, one in enumerate(receipt.kept):
        label = f"{one.entry.kind} {one.entry.id}".strip()
        output.show(f"Entered {label} (row {one.seq:,}).", markup=False)
        for field in receipt.masked.get(index, ()):
            kept = escape(getattr(one.entry, field))
            output.note(f"What --{field.replace('_', '-')} says was masked in part. Kept is: {kept}")
    output.data([entry_data(one) for one in receipt.kept])
