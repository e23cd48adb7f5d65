"""`trimtab serve`: the pages, in a browser on this machine, or for a team."""

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.accessing import access_option
from trimtab.cli.as_of import as_of_option
from trimtab.cli.entering import policy_option
from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from trimtab.policy import Policy
    from trimtab.serve.pages.access.outside import Outside
    from trimtab.serve.pages.snapshot import Watched

_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8377, show_default=True, help="0 takes a free one.")
@click.option(
    "--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who you are, of the policy, if you are alone here."
)
@click.option("--team", is_flag=True, help="For several people, each with a name: see `trimtab user`.")
@access_option
@click.option("--host", default="127.0.0.1", show_default=True, help="With --team: another address to listen on.")
@click.option("--public-url", default="", metavar="URL", help="With --team: https://..., as people open it.")
@click.option(
    "--proxy", multiple=True, metavar="ADDRESS", help="The proxy with HTTPS that stands in front; may be repeated."
)
@click.option("--certificate", type=_file, help="PEM file, for HTTPS without a proxy.")
@click.option("--key", type=_file, help="PEM file with its key.")
@click.option("--oidc", type=_file, help="With --team: a file that says how people enter by a provider.")
@as_of_option
@policy_option
@output_options
def serve(
    output: Output,
    *,
    port: int,
    by: str,
    team: bool,
    access: Path,
    host: str,
    public_url: str,
    proxy: tuple[str, ...],
    certificate: Path | None,
    key: Path | None,
    oidc: Path | None,
    as_of: int | None,
    policy: Path,
    ledger: str,
) -> None:
    """Show what the ledger holds as pages: to one person on this machine, or to a team.

    Alone, the address that is printed carries a token; whoever opens it may look, and nothing is reachable from
    elsewhere. With --team everybody enters by name; beyond this machine that is served over HTTPS only.
    """
    from trimtab.errors import UsageError
    from trimtab.evidence.living import LivingLedger
    from trimtab.policy import load_policy
    from trimtab.serve.pages.process import bound, serve
    from trimtab.serve.pages.snapshot import Watched
    from trimtab.workspace.location import DEFAULT_LEDGER

    def ready(address: str) -> None:
        if output.json:
            output.data({"address": address})
        else:
            click.echo(address)  # with --quiet as well: without it nobody can enter
        if team:
            output.note("Open this address. `trimtab user` tells who may come in; Ctrl-C ends it.")
        else:
            output.note("Open this address. It carries the token of this server and is printed once; Ctrl-C ends it.")

    if team and by:
        raise UsageError("in a team everybody enters under their own name.", "Leave out --by.")
    if not team and (public_url or proxy or certificate or key or oidc or host != "127.0.0.1"):
        what = "--host, --public-url, --proxy, --certificate, --key and --oidc are for a team."
        raise UsageError(what, "Add --team; alone, nothing is reachable from elsewhere.")
    outside = _outside(host, public_url, proxy, certificate, key)
    loaded = load_policy(policy)
    with LivingLedger.open(ledger or DEFAULT_LEDGER, create=False) as opened:
        watched = Watched(opened, loaded, asof=as_of)
        if not team:
            serve(watched, bound(port), by=by, ready=ready)
            return
        _serve_team(
            watched,
            outside,
            policy=loaded,
            access=access,
            oidc=oidc,
            where=(host, port),
            public_url=public_url,
            files=(str(certificate or ""), str(key or "")),
            ready=ready,
        )


def _serve_team(
    watched: "Watched",
    outside: "Outside",
    *,
    policy: "Policy",
    access: Path,
    oidc: Path | None,
    where: tuple[str, int],
    public_url: str,
    files: tuple[str, str],
    ready: "Callable[[str], None]",
) -> None:
    import os

    from trimtab.decision.signers import gone
    from trimtab.errors import UsageError
    from trimtab.serve.pages.access.outside import public_host
    from trimtab.serve.pages.process import bound, serve_team
    from trimtab.serve.pages.team import users
    from trimtab.serve.pages.team.doors import TeamDoors
    from trimtab.serve.pages.team.oidc_doors import OidcDoors
    from trimtab.serve.pages.team.oidc_file import read_oidc
    from trimtab.serve.pages.team.passwords import Passwords
    from trimtab.serve.pages.team.store import Store
    from trimtab.serve.pages.team.team import Team

    provider = read_oidc(oidc, os.environ) if oidc is not None else None
    host = public_host(public_url) if public_url else ""
    with Store.open(access, create=provider is not None) as store:
        if provider is None and not any(one.way == "password" and not one.disabled for one in users.listed(store)):
            raise UsageError(
                "nobody could come in: there is no user.", "`trimtab user add NAME --role admin` makes one."
            )
        known = Team(store, Passwords(), gone=lambda name: gone(name, policy, store.now()))
        sock = bound(where[1], where[0])
        cookie = f"trimtab-{sock.getsockname()[1]}"
        doors = (
            TeamDoors(known, cookie=cookie, outside=outside)
            if provider is None
            else OidcDoors(known, provider, cookie=cookie, outside=outside, base=f"https://{host}" if host else "")
        )
        serve_team(watched, sock, doors, host=host, certificate=files[0], key=files[1], ready=ready)


def _outside(
    host: str, public_url: str, proxy: tuple[str, ...], certificate: Path | None, key: Path | None
) -> "Outside":
    """By which address people come, which is HTTPS wherever they are not on this machine."""
    from trimtab.errors import UsageError
    from trimtab.serve.pages.access.outside import Outside, networks

    if bool(certificate) != bool(key):
        raise UsageError("a certificate needs its key, and a key its certificate.", "Give --certificate and --key.")
    if certificate and proxy:
        raise UsageError(
            "HTTPS is made here, or by a proxy in front.", "Leave out --proxy, or --certificate and --key."
        )
    if (certificate or proxy) and not public_url:
        raise UsageError("nobody knows by which address people come.", "Name it: --public-url https://...")
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near and not (certificate or (public_url and proxy)):
        raise UsageError(
            f"on {host} passwords would travel in the clear.",
            "Give --certificate and --key, or --proxy and --public-url of what has HTTPS in front.",
        )
    trusted = () if certificate or not public_url else (proxy or ("127.0.0.1", "::1"))
    return Outside(secure=bool(public_url), proxies=networks(trusted))
