"""`trimtab guard`: an OpenAI-compatible proxy that applies the policy."""

import os
from pathlib import Path
from typing import Any

import click

from trimtab.cli.listening import listening
from trimtab.cli.output import Output, output_options


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system's guard; needed where the policy has several.")
@click.option("--candidate", default="", help="The guard of this candidate instead of the system's.")
@click.option("--upstream", required=True, help="The server to stand in front of, e.g. http://127.0.0.1:8000/v1.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="0 for any that is free.")
@click.option("--key-env", default="", help="Variable with the upstream's key, sent instead of what clients send.")
@click.option("--workers", default=0, type=click.IntRange(0, 256), help="Processes; 0 for one per core.  [default: 0]")
@click.option("--ledger", default="", help="Ledger that gets what was ruled, in sums; none if left out.")
@click.option("--every", default=60.0, show_default=True, type=click.FloatRange(0.1), help="Seconds between sums.")
@click.option("--access-log", default="", help="File that gets a JSON line per request; `-` for standard error.")
@click.option(
    "--max-body", default=8.0, show_default=True, type=click.FloatRange(0.001, 1024), help="MiB of a request."
)
@click.option("--timeout", default=600.0, show_default=True, type=click.FloatRange(0.1), help="Seconds for a reply.")
@click.option(
    "--idle",
    default=120.0,
    show_default=True,
    type=click.FloatRange(0.1),
    help="Seconds between two pieces of a stream.",
)
@click.option(
    "--drain", default=30.0, show_default=True, type=click.FloatRange(0.1), help="Seconds to finish in at the end."
)
@click.option(
    "--at-once", default=256, show_default=True, type=click.IntRange(1), help="Requests at once, of all workers."
)
@output_options
def guard(output: Output, policy: Path, upstream: str, **options: Any) -> None:
    """Stand in front of an OpenAI-compatible server: point `base_url` at this, and nothing else changes.

    What the policy's guard blocks comes back as a reply that refuses. Ends on Ctrl-C or SIGTERM, after
    what is being served; told a second time, at once.
    """
    from trimtab.errors import UsageError
    from trimtab.policy import load_policy
    from trimtab.serve import telemetry
    from trimtab.serve.clerk import Desk
    from trimtab.serve.limits import Limits
    from trimtab.serve.supervisor import Supervisor
    from trimtab.serve.worker import Plan

    if not upstream.startswith(("http://", "https://")):
        raise UsageError("--upstream is no address.", "Write one such as http://127.0.0.1:8000/v1.")
    if "@" in upstream:
        raise UsageError("--upstream holds a name or a password.", "Put the key into a variable: --key-env NAME.")
    host, port, key_env = options["host"], options["port"], options["key_env"]
    key = os.environ.get(key_env, "") if key_env else ""
    if key_env and not key:
        raise UsageError(f"the variable {key_env} is not set.", f"`export {key_env}=...`, or leave --key-env out.")
    loaded = load_policy(policy)
    system = options["system"]
    if not system and len(loaded.systems) > 1:
        raise UsageError("the policy has several systems.", f"Choose with --system: {', '.join(loaded.systems)}.")
    plan = Plan(
        policy=loaded,
        system=system or next(iter(loaded.systems)),
        candidate=options["candidate"],
        upstream=upstream,
        key=key,
        limits=Limits(
            request_bytes=int(options["max_body"] * 2**20),
            upstream_seconds=options["timeout"],
            idle_seconds=options["idle"],
            drain_seconds=options["drain"],
            at_once=options["at_once"],
        ),
        log=_log(options["access_log"]),
        every=options["every"],
    )
    desk = Desk(
        ledger=options["ledger"],
        policy=loaded.digest,
        policy_text=loaded.model_dump_json(by_alias=True),
        exporter=telemetry.asked_for(),
    )
    sock, url = listening(host, port)
    url = f"{url}/v1"

    def ready() -> None:
        output.note(f"Guarding {upstream} at {url}; Ctrl-C ends it.")
        output.data({"listening": url})

    with sock:
        Supervisor(plan, sock=sock, workers=options["workers"] or _cores(), ready=ready, desk=desk).run()


def _cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _log(where: str) -> int | None:
    from trimtab.errors import UsageError

    if not where:
        return None
    if where == "-":
        return 2
    try:
        return os.open(where, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    except OSError as error:
        raise UsageError(f"cannot write {where} ({error.strerror}).", "Choose another --access-log.") from None
