"""`trimtab consent`: who accepts the risk of a release, under a signature, and for how long."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trimtab.cli.entering import policy_option, tell
from trimtab.cli.output import Output, output_options
from trimtab.errors import ExitCode

if TYPE_CHECKING:
    from trimtab.decision.consent_standing import Standing
    from trimtab.evidence import Ledger
    from trimtab.policy import Policy

_by = click.option("--by", required=True, envvar="TRIMTAB_BY", metavar="NAME", help="Who you are, of the policy.")
_system = click.option("--system", default="", help="Which system of the policy; needed when it has several.")


@click.group()
def consent() -> None:
    """Ask for consent to a release, decide on it under a signature, and see whether it holds.

    Whoever asks never decides. A consent holds for one artefact and one promise, until a day. It lapses when either
    changes, a floor is raised, an error budget is spent, a severe incident is opened, or a condition is not met.
    """


@contextmanager
def opened(policy: Path, ledger: str) -> Iterator[tuple["Ledger", "Policy"]]:
    """The ledger, which must be there, and the policy."""
    from trimtab.evidence import Ledger
    from trimtab.policy import load_policy
    from trimtab.workspace.location import DEFAULT_LEDGER

    loaded = load_policy(policy)
    with Ledger.open(ledger or DEFAULT_LEDGER, create=False) as found:
        yield found, loaded


def system_of(policy: "Policy", name: str) -> str:
    """The system that is meant: the only one, where none is named."""
    from trimtab.errors import UsageError

    if name in policy.systems or (not name and len(policy.systems) == 1):
        return name or next(iter(policy.systems))
    what = f"there is no system {name!r} in the policy." if name else "the policy has several systems."
    raise UsageError(what, f"Name one with --system: {', '.join(policy.systems)}.")


@consent.command()
@click.argument("candidate")
@_system
@_by
@click.option("--why", default="", metavar="TEXT", help="Why it is wanted, without personal data.")
@click.option("--card", type=click.Path(path_type=Path), help="The model card that goes with it; its digest is kept.")
@click.option("--score", default="", metavar="DIGEST", help="Digest of the scorecard that was published of it.")
@click.option("--id", "id_", default="", help="An id of your own; drawn if left out.")
@policy_option
@output_options
def request(
    output: Output,
    *,
    candidate: str,
    system: str,
    by: str,
    why: str,
    card: Path | None,
    score: str,
    id_: str,
    policy: Path,
    ledger: str,
) -> None:
    """Ask for consent to CANDIDATE as it was last measured and passed."""
    from trimtab.workspace.consenting import request as ask

    with opened(policy, ledger) as (found, loaded):
        receipt = ask(
            found,
            loaded,
            system_of(loaded, system),
            candidate,
            by=by,
            what=why,
            card=card_digest(card),
            score=score,
            id_=id_,
        )
    tell(output, receipt)
    output.show(f"Whoever may accept the risk decides: trimtab consent decide {receipt.ids[0]}", markup=False)


def card_digest(card: Path | None) -> str:
    """Of the contents of a model card; empty without one."""
    from trimtab.errors import UsageError
    from trimtab.kinds.weights import file_sha256

    if card is None:
        return ""
    try:
        return f"sha256:{file_sha256(card)}"
    except OSError as error:
        raise UsageError(f"the card {card.name} cannot be read ({error.strerror}).") from None


@consent.command("list")
@_system
@policy_option
@output_options
def list_(output: Output, *, system: str, policy: Path, ledger: str) -> None:
    """List consents and emergencies, and where each stands for what was measured last."""
    from rich.table import Table

    from trimtab.workspace.consent_facts import standings

    with opened(policy, ledger) as (found, loaded):
        rows = standings(found, loaded, system_of(loaded, system) if system else "")
    table = Table(box=None, pad_edge=False)
    for heading in ("consent", "candidate", "state", "until", "asked by", "signed by"):
        # Ids and names are copied from here, so that they are never broken.
        table.add_column(heading, no_wrap=heading in {"consent", "state", "until"}, overflow="fold")
    for one in rows:
        where = one.standing
        signed = ", ".join(where.signers)
        table.add_row(
            where.id, f"{one.system} {one.candidate}", where.state.value, _until(where), where.asked_by, signed
        )
    output.show(table if rows else "Nobody has asked for consent yet.")
    output.data([{"system": one.system, "candidate": one.candidate, **standing_data(one.standing)} for one in rows])


@consent.command()
@click.argument("id_", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), help="Write the statement here, for a second person to sign.")
@policy_option
@output_options
def show(output: Output, *, id_: str, out: Path | None, policy: Path, ledger: str) -> None:
    """Show what is asked and decided under ID, and where it stands for what was measured last."""
    from rich.table import Table
    from rich.text import Text

    from trimtab.workspace.consent_facts import looked_up
    from trimtab.workspace.consenting import second

    with opened(policy, ledger) as (found, loaded):
        one = looked_up(found, loaded, id_)
        statement = second(found, id_, by="").statement if out is not None else b""
    if out is not None:
        write_statement(output, statement, out, id_)
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in one.told.items():
        table.add_row(name, Text(f"{value[:19]}…" if value.startswith("sha256:") else value, overflow="fold"))
    output.show(table)
    output.show(f"{one.standing.why} {one.standing.next_step}".strip(), markup=False)
    output.data({"system": one.system, "candidate": one.candidate, **standing_data(one.standing), "told": one.told})


def write_statement(output: Output, statement: bytes, out: Path, id_: str) -> None:
    """Put a statement into a file, and say how it is signed and handed in."""
    from trimtab.errors import OutputError
    from trimtab.evidence.ssh_signatures import NAMESPACE

    try:
        out.write_bytes(statement)
    except OSError as error:
        raise OutputError(str(out), error.strerror or type(error).__name__) from None
    output.show(f"Written: {out}. Sign it where the key is, and hand in the signature:", markup=False)
    output.commands(
        f"ssh-keygen -Y sign -n {NAMESPACE} -f ~/.ssh/id_ed25519 {out}",
        f"trimtab consent sign {out} --signature {out}.sig",
    )
    output.data({"consent": id_, "statement": str(out), "namespace": NAMESPACE})


@consent.command()
@click.argument("candidate")
@_system
@click.option("--artefact", default="", metavar="DIGEST", help="What it is; left out, it is started to find that out.")
@click.option("--card", type=click.Path(path_type=Path), help="The model card that goes with it.")
@policy_option
@output_options
def check(
    output: Output, *, candidate: str, system: str, artefact: str, card: Path | None, policy: Path, ledger: str
) -> None:
    """Look whether CANDIDATE, as it is now, has a consent that holds: exit code 0, else 3."""
    from trimtab.workspace.consent_facts import named, standing

    with opened(policy, ledger) as (found, loaded):
        name = system_of(loaded, system)
        named(loaded, name, candidate)
        found.verify().raise_if_bad()  # as before attesting: something is let out because of what this says
        what = artefact or artefact_now(loaded, name, candidate)
        where = standing(found, loaded, name, candidate, artefact=what, card=card_digest(card))
    output.show(f"{where.why} {where.next_step}".strip(), markup=False)
    output.data({"system": name, "candidate": candidate, "artefact": what, **standing_data(where)})
    click.get_current_context().exit(int(ExitCode.PASS if where.opens else ExitCode.INCONCLUSIVE))


def artefact_now(policy: "Policy", system: str, candidate: str) -> str:
    """The digest of what a candidate is: it is started for that, and asked nothing."""
    from trimtab.errors import SystemUnavailableError
    from trimtab.workspace.identities import identities

    found = identities(policy, system, [candidate])
    if why := found.unknown.get(candidate):
        raise SystemUnavailableError(candidate, why, "Start it, or say what it is with --artefact.")
    return found.artefacts[candidate]


def standing_data(where: "Standing") -> dict[str, Any]:
    """Where a consent stands, for other programs."""
    return {
        "consent": where.id,
        "state": where.state.value,
        "opens": where.opens,
        "why": where.why,
        "asked_by": where.asked_by,
        "signers": list(where.signers),
        "expires": where.expires,
        "due": [{"condition": name, "by": by} for name, by in where.due],
        "lapses": list(where.lapses),
    }


def _until(where: "Standing") -> str:
    from trimtab.decision.consent_lapses import day

    return day(where.expires) if where.expires else ""


# Signing brings more options than one module should hold.
from trimtab.cli.consent_signing import add_to  # noqa: E402

add_to(consent)
