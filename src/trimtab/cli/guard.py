"""`trimtab guard`: an OpenAI-compatible proxy that applies the policy."""

import math
import os
import re
from pathlib import Path
from typing import Any

import click

from trimtab.cli.listening import listening
from trimtab.cli.output import Output, output_options

_LONGEST = 1e6  # seconds; a clock that counts in milliseconds counts so far


class _Number(click.FloatRange):
    """A number within bounds, which "nan" is not, though it is beyond neither."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value!r} is no number.", param, ctx)
        return found


_SECONDS = _Number(0.1, _LONGEST)


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
@click.option("--every", default=60.0, show_default=True, type=_SECONDS, help="Seconds between sums.")
@click.option("--access-log", default="", help="File that gets a JSON line per request; `-` for standard error.")
@click.option("--max-body", default=8.0, show_default=True, type=_Number(0.001, 1024), help="MiB of a request.")
@click.option("--timeout", default=600.0, show_default=True, type=_SECONDS, help="Seconds for a reply.")
@click.option(
    "--idle",
    default=120.0,
    show_default=True,
    type=_SECONDS,
    help="Seconds between two pieces of a stream.",
)
@click.option("--drain", default=30.0, show_default=True, type=_SECONDS, help="Seconds to finish in at the end.")
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

    _check_upstream(upstream)
    host, port = options["host"], options["port"]
    key = _key(options["key_env"])
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
        output.note(f"Guarding {upstream.partition('?')[0]} at {url}; Ctrl-C ends it.")
        output.data({"listening": url})

    with sock:
        Supervisor(plan, sock=sock, workers=options["workers"] or _cores(), ready=ready, desk=desk).run()


def _check_upstream(address: str) -> None:
    from trimtab.errors import UsageError
    from trimtab.serve.upstream import check

    try:
        check(address)
    except ValueError as problem:
        step = "Write one such as http://127.0.0.1:8000/v1; a key goes into a variable: --key-env NAME."
        raise UsageError(f"--upstream {problem}.", step) from None


def _key(variable: str) -> str:
    """The upstream's key, which becomes a header."""
    from trimtab.errors import UsageError

    key = os.environ.get(variable, "").strip() if variable else ""
    if variable and not key:
        raise UsageError(f"the variable {variable} is not set.", f"`export {variable}=...`, or leave --key-env out.")
    if not re.fullmatch(r"[\x20-\x7e]*", key):
        words = f"the variable {variable} of --key-env holds a line break or another character that no header may hold."
        raise UsageError(words, "Put the key alone into it.")
    return key


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
