"""The part of `trimtab consent` that records what people decide and sign."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.entering import policy_option, tell
from trimtab.cli.output import Output, output_options

if TYPE_CHECKING:
    from trimtab.evidence import Ledger
    from trimtab.evidence.ssh_keys import SigningKey
    from trimtab.policy import Policy
    from trimtab.workspace.consenting import Unsigned

_by = click.option("--by", required=True, envvar="TRIMTAB_BY", metavar="NAME", help="Who you are, of the policy.")
_key = click.option(
    "--key", type=click.Path(path_type=Path), help="Your private key (Ed25519); a passphrase is asked for."
)
_out = click.option(
    "--out", type=click.Path(path_type=Path), help="Write what is to be signed here, and record nothing."
)


def add_to(group: click.Group) -> None:
    """Add these commands."""
    for command in (decide, sign, condition, withdraw, emergency):
        group.add_command(command)


@click.command()
@click.argument("id_", metavar="ID")
@_by
@click.option(
    "--decision",
    type=click.Choice(["accept", "conditions", "refuse"]),
    required=True,
    help="Accept, accept with conditions, or refuse.",
)
@click.option("--risk", required=True, metavar="TEXT", help="What can still go wrong, in words.")
@click.option("--loss", required=True, metavar="LOW..HIGH", help="What that may cost in a year, as 5000..20000.")
@click.option("--condition", "conditions", multiple=True, metavar="'NAME=DAY TEXT'", help="What must be done by a day.")
@click.option(
    "--expires", default="", metavar="DAY", help="When it lapses by itself; as late as the tier allows if left out."
)
@_key
@_out
@policy_option
@output_options
def decide(
    output: Output,
    *,
    id_: str,
    by: str,
    decision: str,
    risk: str,
    loss: str,
    conditions: tuple[str, ...],
    expires: str,
    key: Path | None,
    out: Path | None,
    policy: Path,
    ledger: str,
) -> None:
    """Decide on request ID, and sign: with --key here, or elsewhere what --out writes."""
    from rich.markup import escape

    from trimtab.cli.consent import opened
    from trimtab.workspace.consenting import decision as draw_up
    from trimtab.workspace.consenting import latest

    with opened(policy, ledger) as (found, loaded):
        unsigned = draw_up(
            found,
            loaded,
            id_,
            by=by,
            decision=decision,
            risk=risk,
            loss=loss,
            expires=_day(expires) or latest(found, loaded, id_),
            conditions=_duties(conditions),
        )
        kept = str(unsigned.draft.values["risk"])
        if kept != risk.strip():
            output.note(f"What --risk says was masked in part. Signed is: {escape(kept)}")
        _finish(output, found, loaded, unsigned, key, out)


@click.command()
@click.argument("what", metavar="ID|STATEMENT")
@click.option(
    "--by", default="", envvar="TRIMTAB_BY", metavar="NAME", help="Who signs; whom a STATEMENT names if left out."
)
@_key
@click.option("--signature", type=click.Path(path_type=Path), help="What `ssh-keygen -Y sign` wrote.")
@policy_option
@output_options
def sign(
    output: Output, *, what: str, by: str, key: Path | None, signature: Path | None, policy: Path, ledger: str
) -> None:
    """Sign a consent that waits for a second person (ID), or hand in a STATEMENT that was signed elsewhere."""
    from trimtab.cli.consent import opened
    from trimtab.errors import UsageError
    from trimtab.evidence.ssh_keys import read_limited
    from trimtab.evidence.ssh_signatures import SIGNATURE_BYTES
    from trimtab.workspace.consenting import second, signed
    from trimtab.workspace.signed_elsewhere import STATEMENT_BYTES, from_statement

    if (key is None) == (signature is None):
        raise UsageError("a signature is made with --key or handed in with --signature.", "Give one of the two.")
    path = Path(what)
    with opened(policy, ledger) as (found, loaded):
        if path.is_file():
            unsigned = from_statement(found, read_limited(path, STATEMENT_BYTES, "statement"), by=by)
        elif what.endswith(".json") or path.parent != Path():
            raise UsageError(
                f"there is no statement {path.name}.", "Name the file that --out wrote, or the id of a consent."
            )
        elif by:
            unsigned = second(found, what, by=by)
        else:
            raise UsageError("nobody is named who signs.", "Give --by NAME.")
        if signature is not None:
            made: SigningKey | str = read_limited(signature, SIGNATURE_BYTES, "signature").decode("utf-8", "replace")
        else:
            assert key is not None
            made = private(key)
        tell(output, signed(found, loaded, unsigned, made))


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("name")
@_by
@click.option("--what", default="", metavar="TEXT", help="How it is met, in a sentence.")
@click.option("--evidence", default="", metavar="NAME,NAME", help="What shows it: runs, rows, links.")
@policy_option
@output_options
def condition(
    output: Output, *, id_: str, name: str, by: str, what: str, evidence: str, policy: Path, ledger: str
) -> None:
    """Say that condition NAME of consent ID is met. Whoever may accept the risk says so, not whoever asked."""
    values = {"condition": name, "what": what, "evidence": evidence}
    _enter(output, "consent-met", id_, by, values, policy, ledger)


@click.command()
@click.argument("id_", metavar="ID")
@_by
@click.option("--why", required=True, metavar="TEXT", help="Why, in a sentence.")
@policy_option
@output_options
def withdraw(output: Output, *, id_: str, by: str, why: str, policy: Path, ledger: str) -> None:
    """Take consent or emergency ID back: it holds no more."""
    _enter(output, "consent-withdrawn", id_, by, {"what": why}, policy, ledger)


@click.command()
@click.argument("candidate")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@_by
@click.option("--why", required=True, metavar="TEXT", help="What the emergency is.")
@_key
@_out
@policy_option
@output_options
def emergency(
    output: Output,
    *,
    candidate: str,
    system: str,
    by: str,
    why: str,
    key: Path | None,
    out: Path | None,
    policy: Path,
    ledger: str,
) -> None:
    """Let CANDIDATE go for 72 hours before consent can be had. A second person signs too, and it is counted."""
    from trimtab.cli.consent import opened, system_of
    from trimtab.workspace.consenting import emergency as draw_up

    with opened(policy, ledger) as (found, loaded):
        unsigned = draw_up(found, loaded, system_of(loaded, system), candidate, by=by, what=why)
        _finish(output, found, loaded, unsigned, key, out)


def private(key: Path) -> "SigningKey":
    """The key in a file; its passphrase is asked for where somebody sits at a terminal."""
    from trimtab.evidence.ssh_keys import read_key

    def ask(name: str) -> str:
        return str(click.prompt(f"Passphrase of {name}", hide_input=True, err=True))

    at_terminal: Callable[[str], str] | None = ask if sys.stdin.isatty() else None
    return read_key(key, at_terminal)


def _day(text: str) -> str:
    """A day or a moment; of `+14d` the day that it is in so many days."""
    number = text.removeprefix("+").removesuffix("d")
    if text != f"+{number}d" or not number.isdecimal() or len(number) > 4:
        return text
    return (datetime.now(UTC).date() + timedelta(days=int(number))).isoformat()


def _duties(conditions: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """By name the day and the words; what is wrong with either is told with everything else."""
    from trimtab.errors import UsageError

    found: dict[str, tuple[str, str]] = {}
    for condition in conditions:
        name, _, rest = condition.partition("=")
        day, _, words = rest.strip().partition(" ")
        if name.strip() in found:
            raise UsageError(f"two conditions are called {name.strip()[:40]!r}.", "Give each a name of its own.")
        found[name.strip()] = (_day(day), words.strip())
    return found


def _finish(  # noqa: PLR0917  # one place for two commands
    output: Output, ledger: "Ledger", policy: "Policy", unsigned: "Unsigned", key: Path | None, out: Path | None
) -> None:
    from trimtab.cli.consent import write_statement
    from trimtab.errors import UsageError
    from trimtab.workspace.consent_facts import looked_up
    from trimtab.workspace.consenting import signed

    if (key is None) == (out is None):
        raise UsageError("a decision is signed with --key, or written to --out to be signed.", "Give one of the two.")
    if out is not None:
        write_statement(output, unsigned.statement, out, str(unsigned.draft.values["consent"]))
        return
    assert key is not None
    tell(output, signed(ledger, policy, unsigned, private(key)))
    where = looked_up(ledger, policy, str(unsigned.draft.values["consent"])).standing
    output.show(f"{where.why} {where.next_step}".strip(), markup=False)


def _enter(  # noqa: PLR0917  # one place for two commands
    output: Output, kind: str, id_: str, by: str, values: dict[str, Any], policy: Path, ledger: str
) -> None:
    from trimtab.cli.consent import opened
    from trimtab.evidence.entries.reading import Draft
    from trimtab.workspace.consenting import system_of_consent
    from trimtab.workspace.keeping import keep

    with opened(policy, ledger) as (found, loaded):
        whole = {**values, "consent": id_, "by": by, "system": system_of_consent(found, id_)}
        tell(output, keep(found, loaded, [Draft(kind=kind, values=whole)]))
