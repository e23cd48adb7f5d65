"""`trimtab policy`: compare policies, print the JSON Schema, print the digest."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trimtab.cli.entering import entering, policy_option, tell
from trimtab.cli.output import Output, console, output_options
from trimtab.errors import ExitCode
from trimtab.evidence.entries.proposals import PolicyAgreed

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
    """Compare policies, propose others, print the JSON Schema, print the digest."""


policy.add_command(entering("agree", PolicyAgreed, "Agree to a proposed policy, or object.", argument=True))


@policy.command("propose")
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--what", required=True, metavar="TEXT", help="Why it should be otherwise.")
@click.option("--id", "id_", default="", help="Of the proposal; drawn if left out.")
@click.option("--by", required=True, envvar="TRIMTAB_BY", metavar="NAME", help="Who proposes it.")
@policy_option
@output_options
def propose_command(output: Output, *, new: Path, what: str, id_: str, by: str, policy: Path, ledger: str) -> None:
    """Propose policy NEW: what it changes of the one in force is recorded, and who must agree."""
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.proposing import propose

    loaded, proposed = load_policy(policy), load_policy(new)
    with Ledger.open(ledger or DEFAULT_LEDGER) as opened:
        receipt = propose(opened, loaded, proposed, by=by, what=what, id_=id_)
    tell(output, receipt)
    entry = receipt.kept[0].entry.payload()
    for line in entry["changes"]:
        output.show(line, markup=False)
    output.show(f"Must agree: {', '.join(entry['must_agree']) or 'nobody'}.", markup=False)


@policy.command("diff")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path), required=False)
@click.option("--since", default="", metavar="COMMIT", help="Compare A with what it was there, by git, in place of B.")
@click.option("--forbid-loosening", is_flag=True, help="Exit 1 when anything loosens.")
@output_options
def diff_command(output: Output, a: Path, b: Path | None, *, since: str, forbid_loosening: bool) -> None:
    """Say line by line whether policy B tightens or loosens policy A.

    With --since the one file A is compared with itself as it was at a commit, a branch or a tag.
    """
    from rich.text import Text

    from trimtab.errors import PolicyError, UsageError
    from trimtab.policy import check_policy, diff

    if (b is None) == (not since):
        raise UsageError("two policies are compared.", "Name two files, or one and --since COMMIT.")
    if b is None:
        from trimtab.policy import load_policy
        from trimtab.workspace.committed import committed

        shown, policies = (f"{a} at {since}", str(a)), [committed(a, since), load_policy(a)]
    else:
        checked = check_policy(a), check_policy(b)
        known = [one.policy for one in checked if one.policy is not None]
        if len(known) < 2:
            raise PolicyError([mistake for one in checked if one.policy is None for mistake in one.mistakes])
        shown, policies = (str(a), str(b)), known
    found = diff(policies[0], policies[1])
    for change in found.changes:
        if not (output.json or output.quiet):
            console().print(_line(change), soft_wrap=True)
    output.show(Text(_OVERALL[found.overall].format(a=shown[0], b=shown[1])))
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
