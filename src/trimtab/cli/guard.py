"""`trimtab guard`: an OpenAI-compatible proxy that applies the policy."""

import asyncio
import os
import signal
from pathlib import Path

import click

from trimtab.cli.output import Output, output_options


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default="trimtab.yaml")
@click.option("--system", default="", help="Which system's guard; needed where the policy has several.")
@click.option("--candidate", default="", help="The guard of this candidate instead of the system's.")
@click.option("--upstream", required=True, help="The server to stand in front of, e.g. http://127.0.0.1:8000/v1.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="0 for any that is free.")
@click.option("--key-env", default="", help="Variable with the upstream's key, sent instead of what clients send.")
@output_options
def guard(  # noqa: PLR0917  # options of a command
    output: Output, policy: Path, system: str, candidate: str, upstream: str, host: str, port: int, key_env: str
) -> None:
    """Stand in front of an OpenAI-compatible server: point `base_url` at this, and nothing else changes.

    What the policy's guard blocks comes back as a reply that refuses. Ends on Ctrl-C or SIGTERM, after
    what is being served.
    """
    from trimtab.enforce import Guard
    from trimtab.errors import UsageError
    from trimtab.policy import load_policy
    from trimtab.serve.proxy import Proxy, serve

    if not upstream.startswith(("http://", "https://")):
        raise UsageError("--upstream is no address.", "Write one such as http://127.0.0.1:8000/v1.")
    key = os.environ.get(key_env, "") if key_env else ""
    if key_env and not key:
        raise UsageError(f"the variable {key_env} is not set.", f"`export {key_env}=...`, or leave --key-env out.")
    loaded = load_policy(policy)
    if not system and len(loaded.systems) > 1:
        raise UsageError("the policy has several systems.", f"Choose with --system: {', '.join(loaded.systems)}.")
    made = Guard.from_policy(loaded, system=system or next(iter(loaded.systems)), candidate=candidate)
    proxy = Proxy(guard=made, upstream=upstream.rstrip("/"), key=key)

    def ready(url: str) -> None:
        output.note(f"Guarding {upstream} at {url}/v1; Ctrl-C ends it.")
        output.data({"listening": f"{url}/v1"})

    async def until_ended() -> None:
        serving = asyncio.ensure_future(serve(proxy, host=host, port=port, ready=ready))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, serving.cancel)
        try:
            await serving
        except asyncio.CancelledError:
            return

    try:
        asyncio.run(until_ended())
    except OSError as error:
        raise UsageError(f"cannot listen at {host}:{port} ({error.strerror}).", "Choose another --port.") from None
