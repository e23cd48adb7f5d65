"""`trimtab intake`: signed web hooks of other systems as a source of the books."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.entering import policy_option
from trimtab.cli.listening import listening, run_until_told
from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from rich.table import Table

    from trimtab.evidence.entries import Entry

_BOOKED = ("by", "source")


@click.group()
def intake() -> None:
    """Take what Jira, PagerDuty, GitHub and others report into the books."""


@intake.command()
@click.option("--hooks", type=click.Path(path_type=Path), default=Path("hooks.yaml"), show_default=True)
@policy_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8300, show_default=True, type=click.IntRange(0, 65535), help="0 for any that is free.")
@click.option("--max-body", default=1.0, show_default=True, type=click.FloatRange(0.001, 64), help="MiB of a delivery.")
@click.option("--at-once", default=64, show_default=True, type=click.IntRange(1), help="Deliveries at once.")
@click.option(
    "--drain", default=30.0, show_default=True, type=click.FloatRange(0.1), help="Seconds to finish in at the end."
)
@output_options
def serve(output: Output, *, hooks: Path, policy: Path, ledger: str, host: str, port: int, **options: Any) -> None:
    """Listen for the hooks of a file, each at /hooks/NAME, and enter what they deliver in the books.

    Every delivery must be signed. Ends on Ctrl-C or SIGTERM, after what is being served; told a second time, at once.
    """
    import os

    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.serve.intake_server import IntakeServer
    from trimtab.serve.limits import Limits
    from trimtab.workspace.intake.hooks import read_hooks
    from trimtab.workspace.intake.taking import Taker
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    found = read_hooks(hooks, os.environ)
    limits = Limits(
        request_bytes=int(options["max_body"] * 2**20), at_once=options["at_once"], drain_seconds=options["drain"]
    )
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        server = IntakeServer(found, Taker(opened, loaded), limits=limits)
        sock, url = listening(host, port)

        def ready() -> None:
            output.note(f"Taking {', '.join(f'{url}/hooks/{one}' for one in found)}; Ctrl-C ends it.")
            output.data({"listening": url, "hooks": list(found)})

        run_until_told(server, sock, ready, log="trimtab.intake")


@intake.command("try")
@click.argument("template")
@click.argument("payload", type=click.Path(path_type=Path))
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="As `set` of a hook.")
@click.option("--name", default="try", show_default=True, help="Of the hook.")
@output_options
def try_(output: Output, *, template: str, payload: Path, settings: tuple[str, ...], name: str) -> None:
    """Show what a PAYLOAD (a JSON file) becomes by a TEMPLATE, shipped or a file; nothing is recorded."""
    import time

    from trimtab.workspace.intake.templates import become, find_template

    found = find_template(template)
    now, set_ = time.time_ns() // 1000, _settings(found, settings)
    entries = [entry for _, entry in become(found, _payload(payload), by=f"hook:{name}", now=now, set_=set_)]
    for entry in entries:
        output.show(_shown(entry))
    if not entries:
        output.show("It becomes no entry: the template means nothing by it.")
    output.data([{"kind": entry.kind, **entry.payload()} for entry in entries])


@intake.command()
@click.argument("name", default="")
@output_options
def templates(output: Output, *, name: str) -> None:
    """List the templates that come with trimtab, or print one to change it."""
    from trimtab.errors import UsageError
    from trimtab.workspace.intake.templates import find_template, shipped, shipped_text

    if not name:
        for one in shipped():
            output.show(f"{one}\n  {find_template(one).about}\n", markup=False)
        output.data([{"name": one, "about": find_template(one).about} for one in shipped()])
        return
    if name not in shipped():
        raise UsageError(f"there is no template {name[:60]!r}.", f"There are {', '.join(shipped())}.")
    output.commands(shipped_text(name).rstrip())
    output.data({"name": name, "text": shipped_text(name)})


def _payload(path: Path) -> Any:
    import orjson

    from trimtab.errors import UsageError

    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).", "Name a file with one payload.") from None
    except ValueError:
        raise UsageError(f"{path} is not JSON.", "Save the body of a delivery as it came.") from None


def _settings(template: Any, given: tuple[str, ...]) -> dict[str, Any]:
    from trimtab.errors import UsageError
    from trimtab.workspace.intake.values import Value

    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or name not in template.settable:
            listed = ", ".join(sorted(template.settable))
            raise UsageError(f"--set {one[:60]} sets no field of this template.", f"Its fields: {listed}.")
        found[name] = Value(literal=value)
    return found


def _shown(entry: "Entry") -> "Table":
    """Its fields, those with their default left out."""
    from datetime import UTC, datetime

    from rich.table import Table

    from trimtab.evidence.entries import described

    table = Table(title=entry.kind, title_justify="left", show_header=False, box=None)
    for one in described(type(entry)):
        value = getattr(entry, one.name)
        if one.name not in ("at", *_BOOKED) and not one.required and value == one.default:
            continue
        if str(one.form) == "moment":
            value = datetime.fromtimestamp(value / 1e6, UTC).isoformat()
        table.add_row(f"  {one.name}", str(value))
    return table
