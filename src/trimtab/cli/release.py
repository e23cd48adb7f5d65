"""`trimtab deployed`, `trimtab attest` and `trimtab verify-release`: what goes out, and whether it may."""

from pathlib import Path

import click

from trimtab.cli.entering import policy_option, tell
from trimtab.cli.output import Output, output_options


@click.command()
@click.argument("candidate")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option("--by", required=True, envvar="TRIMTAB_BY", metavar="NAME", help="Who says so; hook:NAME of a pipeline.")
@click.option(
    "--artefact", default="", metavar="DIGEST", help="What went out; left out, it is started to find that out."
)
@click.option("--card", type=click.Path(path_type=Path), help="The model card that went out with it.")
@click.option("--at", default="", metavar="WHEN", help="When it went out; now if left out.")
@click.option("--id", "id_", default="", help="Of the pipeline; drawn if left out.")
@click.option("--what", default="", metavar="TEXT", help="What went out, in a sentence.")
@policy_option
@output_options
def deployed(
    output: Output,
    *,
    candidate: str,
    system: str,
    by: str,
    artefact: str,
    card: Path | None,
    at: str,
    id_: str,
    what: str,
    policy: Path,
    ledger: str,
) -> None:
    """Record that CANDIDATE went out. Whether it had a consent then is what gate integrity (P04) is made of."""
    from trimtab.cli.consent import artefact_now, card_digest, opened, system_of
    from trimtab.evidence.entries.reading import Draft
    from trimtab.workspace.consent_facts import named
    from trimtab.workspace.keeping import keep

    with opened(policy, ledger) as (found, loaded):
        name = system_of(loaded, system)
        named(loaded, name, candidate)
        values = {
            "deployment": id_,
            "system": name,
            "candidate": candidate,
            "artefact": artefact or artefact_now(loaded, name, candidate),
            "card": card_digest(card),
            "by": by,
            "at": at,
            "what": what,
        }
        tell(output, keep(found, loaded, [Draft(kind="deployed", values=values)]))


@click.command()
@click.argument("candidate")
@click.option("--system", default="", help="Which system of the policy; needed when it has several.")
@click.option(
    "--key", "keys", type=click.Path(path_type=Path), multiple=True, required=True, help="Who attests; repeatable."
)
@click.option("--card", type=click.Path(path_type=Path), help="The model card that goes out with it.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the attestation is written.")
@policy_option
@output_options
def attest(
    output: Output,
    *,
    candidate: str,
    system: str,
    keys: tuple[Path, ...],
    card: Path | None,
    out: Path,
    policy: Path,
    ledger: str,
) -> None:
    """Attest that CANDIDATE was decided PASS, and has the consent that its tier asks for.

    It is started to see that it is what was measured, and asked nothing. The attestation is an in-toto statement in a
    DSSE envelope.
    """
    from trimtab.cli.consent import card_digest, system_of
    from trimtab.cli.consent_signing import private
    from trimtab.errors import OutputError
    from trimtab.policy import load_policy
    from trimtab.workspace import Workspace
    from trimtab.workspace.releases import attest as make

    load_policy(policy)
    with Workspace.open(policy, ledger=ledger) as workspace:
        assert workspace.policy is not None
        name, digest = system_of(workspace.policy, system), card_digest(card)
        envelope = make(workspace, name, candidate, [private(key) for key in keys], card=digest)
    try:
        out.write_bytes(envelope)
    except OSError as error:
        raise OutputError(str(out), error.strerror or type(error).__name__) from None
    output.show(f"Written: {out}", markup=False)
    output.data({"candidate": candidate, "attestation": str(out)})


@click.command("verify-release")
@click.argument("artefact")
@click.argument("attestation", type=click.Path(path_type=Path))
@click.option(
    "--key", "keys", type=click.Path(path_type=Path), multiple=True, help="Public key of who may attest; repeatable."
)
@click.option(
    "--policy", type=click.Path(path_type=Path), help="Check its promise and the signatures of its people too."
)
@click.option(
    "--role", default="attester", show_default=True, help="Whose keys in the policy may attest, without --key."
)
@output_options
def verify_release(
    output: Output, *, artefact: str, attestation: Path, keys: tuple[Path, ...], policy: Path | None, role: str
) -> None:
    """Exit with 0 only if ARTEFACT (a file, a folder, or a digest) was decided PASS and may go out, by ATTESTATION.

    Nothing but the files is needed: no ledger, no network. Whoever attests is named by --key, or by a policy.
    """
    from trimtab.evidence.ssh_keys import read_public
    from trimtab.policy import load_policy
    from trimtab.workspace.releases import trusted
    from trimtab.workspace.releases import verify_release as verify

    loaded = load_policy(policy) if policy is not None else None
    known = [read_public(key) for key in keys]
    if not known and loaded is not None:
        known = list(trusted(loaded, role=role))
    told = verify(artefact, attestation, known, policy=loaded)
    consent = f", with consent {told.consent.id}" if told.consent is not None else ""
    output.show(f"{told.candidate} of {told.system} was decided PASS in run {told.run}{consent}.", markup=False)
    output.data(
        {
            "system": told.system,
            "candidate": told.candidate,
            "verdict": told.verdict,
            "artefact": told.artefact,
            "run": told.run,
            "policy": told.policy,
            "promise": told.promise,
            "consent": told.consent.id if told.consent is not None else None,
            "expires": told.consent.expires if told.consent is not None else None,
        }
    )
