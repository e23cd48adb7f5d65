"""`trimtab policy`: compare policies, print the JSON Schema, print the digest."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.output import Output, console, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.policy import Change

_COLOURS = {"tightens": "green", "loosens": "red", "adds": "cyan", "removes": "magenta", "changes": "yellow"}
_OVERALL = {
    "tightens": "{b} tightens {a}: nothing is promised less strictly.",
    "loosens": "{b} loosens {a}.",
    "mixed": "Mixed: {b} tightens some promises of {a} and loosens others.",
    "same": "The same policy.",
    "changes": "{b} changes {a}, and neither tightens nor loosens a promise.",
}


@click.group()
def policy() -> None:
    """Compare policies, print the JSON Schema, print the digest."""


@policy.command("diff")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--forbid-loosening", is_flag=True, help="Exit 1 when anything loosens.")
@output_options
def diff_command(output: Output, a: Path, b: Path, *, forbid_loosening: bool) -> None:
    """Say line by line whether policy B tightens or loosens policy A."""
    from rich.text import Text

    from trimtab.errors import PolicyError
    from trimtab.policy import check_policy, diff

    checked = check_policy(a), check_policy(b)
    policies = [one.policy for one in checked]
    if policies[0] is None or policies[1] is None:
        raise PolicyError([mistake for one in checked if one.policy is None for mistake in one.mistakes])
    found = diff(policies[0], policies[1])
    for change in found.changes:
        if not (output.json or output.quiet):
            console().print(_line(change), soft_wrap=True)
    output.show(Text(_OVERALL[found.overall].format(a=a, b=b)))
    output.data(
        {
            "overall": found.overall,
            "loosens": found.loosens,
            "a": policies[0].digest,
            "b": policies[1].digest,
            "changes": [{"where": one.where, "effect": one.effect, "text": one.text} for one in found.changes],
        }
    )
    if forbid_loosening and found.loosens:
        raise click.exceptions.Exit(ExitCode.FAIL)


def _line(change: "Change") -> object:
    from rich.text import Text

    return Text.assemble((f"{change.effect:<8}", _COLOURS[change.effect]), f"  {change.where}: {change.text}")


@policy.command("schema")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def schema_command(*, debug: bool) -> None:  # noqa: ARG001  # read by `main`
    """Print the JSON Schema (draft 2020-12) of a policy, for editors."""
    import orjson

    from trimtab.policy import schema

    click.echo(orjson.dumps(schema(), option=orjson.OPT_INDENT_2))


@policy.command("digest")
@click.argument("path", metavar="[POLICY]", type=click.Path(path_type=Path), default=Path("trimtab.yaml"))
@output_options
def digest_command(output: Output, path: Path) -> None:
    """Print the digest of POLICY; comments, order of keys and includes do not change it."""
    from trimtab.policy import load_policy

    digest = load_policy(path).digest
    if not output.json:
        click.echo(digest)
    output.data({"digest": digest})
