"""`trimtab rewards`: the training reward of a policy, for trainers that cannot call Python in one place."""

import ipaddress
import os
from pathlib import Path
from typing import Any

import click

from trimtab.cli.listening import listening, run_until_told
from trimtab.cli.output import Output, output_options


@click.group()
def rewards() -> None:
    """Reward training by the policy: what fails a hard check ranks below everything that fails none."""


@rewards.command()
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system's reward; needed where the policy has several.")
@click.option("--task", default="", metavar="MODULE:FUNCTION", help="The task reward; all are worth the same without.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8200, show_default=True, type=click.IntRange(0, 65535), help="0 for any that is free.")
@click.option("--state", default="", help="File that keeps the multipliers; only memory if left out.")
@click.option(
    "--every",
    default=None,
    type=click.IntRange(0),
    help="Completions of a step, after which multipliers move; 0 if the trainer tells. For soft costs and audits.",
)
@click.option("--end", multiple=True, help="What may end a completion and is no part of it, such as a token.")
@click.option(
    "--max-body", default=8.0, show_default=True, type=click.FloatRange(0.001, 1024), help="MiB of a request."
)
@click.option("--at-once", default=2048, show_default=True, type=click.IntRange(1), help="Requests at once.")
@click.option(
    "--drain", default=30.0, show_default=True, type=click.FloatRange(0.1), help="Seconds to finish in at the end."
)
@output_options
def serve(output: Output, policy: Path, host: str, port: int, **options: Any) -> None:
    """Score for OpenRLHF at /get_reward, for others at /score, and keep the multipliers of all workers.

    At an address that others can reach, the variable TRIMTAB_REWARDS_TOKEN must hold a token, which clients
    show. Ends on Ctrl-C or SIGTERM, after what is being served; told a second time, at once.
    """
    from trimtab.enforce.rewards import Rewards
    from trimtab.enforce.rewards.http_state import TOKEN_VARIABLE
    from trimtab.enforce.rewards.pace import Pace
    from trimtab.enforce.rewards.settings import system_of, task_of
    from trimtab.errors import UsageError
    from trimtab.policy import load_policy
    from trimtab.serve.limits import Limits
    from trimtab.serve.rewards_server import RewardServer

    token = os.environ.get(TOKEN_VARIABLE, "")
    if not token and not _only_here(host):
        step = f"Set the variable {TOKEN_VARIABLE}, and show it: OpenRLHF as http://trimtab:TOKEN@host:port/get_reward."
        raise UsageError(f"others can reach {host}, and there is no token.", step)
    loaded = load_policy(policy)
    system = system_of(loaded, options["system"])
    made = Rewards(
        loaded, system, task=task_of(options["task"]), state=Path(options["state"]) if options["state"] else None
    )
    limits = Limits(
        request_bytes=int(options["max_body"] * 2**20), at_once=options["at_once"], drain_seconds=options["drain"]
    )
    pace = Pace(made, options["every"], grouped=True)
    server = RewardServer(made, pace, limits=limits, token=token, end=options["end"])
    sock, url = listening(host, port)

    def ready() -> None:
        output.note(f"Rewarding {system} at {url}; Ctrl-C ends it.")
        output.data({"listening": url})

    run_until_told(server, sock, ready, log="trimtab.rewards")


def _only_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
