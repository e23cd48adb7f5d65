"""`trimtab discover`: AI in use that nobody has registered."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.measure.discovery.fetch import Access
    from trimtab.measure.discovery.found import Scan
    from trimtab.workspace.discover import Place


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="PLACE...")
@click.option("--by", default="", metavar="NAME", envvar="TRIMTAB_BY", help="Who looks: one of `people` or `teams`.")
@click.option("--key-env", default="", help="Environment variable with the token of servers.")
@click.option("--quick", is_flag=True, help="Know large files by their header and size; weaker.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 600.0), default=15.0, show_default=True, help="Seconds for one answer."
)
@policy_option
@output_options
def discover(
    output: Output,
    *,
    places: tuple[str, ...],
    by: str,
    key_env: str,
    quick: bool,
    timeout: float,
    policy: Path,
    ledger: str,
) -> None:
    """Look for AI in use at each PLACE, and hold it against the registry.

    PLACE is folder:PATH, hub:PATH (a Hugging Face cache), mlflow:URL or mlflow:PATH, endpoint:URL (OpenAI-compatible),
    manifests:PATH (compose, Kubernetes), packages:PATH (requirements, pyproject.toml, package.json), or a path or
    address alone.

    Exit codes: 0 all that is in use is registered, 1 something is not, or not as it is, 3 a place could not be looked
    at. Nothing is loaded or run; names and digests are recorded.
    """
    from rich.markup import escape

    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.report.registry import discovery_data, discovery_view
    from trimtab.workspace.discover import discover as found_in
    from trimtab.workspace.discover import may_look
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    may_look(loaded, by)
    named, scans = looked_at(output, places, key_env=key_env, quick=quick, seconds=timeout)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        done = found_in(opened, loaded, named, scans, by=by)
    if done.seen:
        output.show(discovery_view(done.seen))
    for scan in scans:
        for lost in scan.unseen:
            output.note(f"[yellow]Not looked at:[/] {escape(lost.where)} {escape(lost.why)}.")
    for name in done.vanished:
        output.show(f"{name} is registered, and no longer there.", markup=False)
    stray = len(done.stray)
    output.show(f"{len(done.seen):,} found, {stray:,} of them not registered so." if done.seen else "Nothing is found.")
    if not done.whole:
        output.note("What could not be looked at may hold more.")
    output.data(discovery_data(done.seen, scans, vanished=done.vanished, rows=done.rows))
    code = ExitCode.FAIL if stray else ExitCode.PASS if done.whole else ExitCode.INCONCLUSIVE
    click.get_current_context().exit(int(code))


def looked_at(
    output: Output, places: "tuple[str, ...] | list[str]", *, key_env: str, quick: bool, seconds: float = 15.0
) -> "tuple[list[Place], list[Scan]]":
    """Look at places, and tell how far it has come."""
    from trimtab.cli.line_progress import progress_line
    from trimtab.workspace.discover import look, read_place

    named = [read_place(one) for one in places]
    with progress_line(output) as tell:

        def told(name: str, done: int, size: int) -> None:
            tell(lambda taken: f"reading {name}: {done / max(size, 1):.0%} of {size / 2**20:,.0f} MiB, {taken:,.0f} s")

        return named, look(named, _access(named, key_env), quick=quick, progress=told, seconds=seconds)


def _access(places: "list[Place]", key_env: str) -> "dict[Place, Access]":
    """A token for the one server that it is for; MLflow's own variables for MLflow only."""
    from trimtab.errors import UsageError

    servers = {one for one in places if one.looked in {"mlflow", "endpoint"}}
    if key_env and len(servers) > 1:
        raise UsageError(f"{key_env} would be sent to {len(servers)} servers.", "Look at one server at a time.")
    found = {one: mlflow_access(key_env) if one.looked == "mlflow" else access_from(key_env) for one in servers}
    return {place: access for place, access in found.items() if access is not None}


def access_from(key_env: str) -> "Access | None":
    """How servers know who asks: the token in a variable, or what MLflow's own clients read.

    Raises:
        UsageError: The variable is not set.
    """
    from trimtab.errors import UsageError
    from trimtab.measure.discovery.fetch import Access

    if key_env:
        token = os.environ.get(key_env, "")
        if not token:
            raise UsageError(f"the variable {key_env} is not set.", "Set it to the token.")
        return Access(token=token)
    return None


def mlflow_access(key_env: str) -> "Access | None":
    """As `access_from`, and without a variable what MLflow's own clients read from the environment."""
    from trimtab.measure.discovery.fetch import Access

    if key_env:
        return access_from(key_env)
    found = {name: os.environ.get(f"MLFLOW_TRACKING_{name}", "") for name in ("TOKEN", "USERNAME", "PASSWORD")}
    access = Access(token=found["TOKEN"], user=found["USERNAME"], password=found["PASSWORD"])
    return access if access.headers() else None
