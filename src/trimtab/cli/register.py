"""`trimtab register`: enter a system, model, data set, feature or prompt in the registry."""

from pathlib import Path
from typing import Any

import click

from trimtab.cli.entering import entry_options, policy_option, tell
from trimtab.cli.output import Output, output_options
from trimtab.evidence.entries.registry import Registered


@output_options
def _register(
    output: Output, *, policy: Path, ledger: str, places: tuple[str, ...], key_env: str, quick: bool, **values: Any
) -> None:
    from trimtab.cli.discover import looked_at
    from trimtab.errors import UsageError
    from trimtab.evidence import Ledger
    from trimtab.evidence.books import Books
    from trimtab.policy import load_policy
    from trimtab.workspace.discover import may_look
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.registering import from_policy, from_scans, register

    loaded = load_policy(policy)
    by, owner = values.pop("by") or "", values.get("owner") or ""
    things: list[dict[str, Any]] = [values] if values.get("thing") else []
    if bool(things) == bool(places):
        raise UsageError("name one thing, or a place with --from.", "As `trimtab register ID --type model`.")
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        if "policy" in places:
            things += from_policy(loaded)
        if others := [one for one in places if one != "policy"]:
            may_look(loaded, by)
            _, scans = looked_at(output, others, key_env=key_env, quick=quick)
            for lost in (lost for one in scans for lost in one.unseen):
                output.note(f"[yellow]Not looked at:[/] {lost.where} {lost.why}.")
            end = opened.now() + 1
            things += from_scans(Books.of(opened), loaded, scans, owner=owner, end=end)
        receipt = register(opened, loaded, things, by=by)
    tell(output, receipt)
    if not receipt.kept:
        output.show("Nothing is new.")


_with_places = click.option(
    "--from",
    "places",
    multiple=True,
    metavar="PLACE",
    help="Register what is found there, as `trimtab discover` looks for it; `policy` registers the policy's systems.",
)
_with_key = click.option("--key-env", default="", help="Environment variable with the token of servers.")
_with_quick = click.option("--quick", is_flag=True, help="Know large files by their header and size; weaker.")

register = click.command(
    "register",
    help="Register a thing, or say something new of it: what is not given stays as it was. With --from, many at once.",
)(
    click.argument("thing", metavar="[ID]", required=False)(
        entry_options(
            policy_option(_with_places(_with_key(_with_quick(_register)))), Registered, fixed={Registered.about: ""}
        )
    )
)
