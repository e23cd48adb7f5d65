"""`trimtab mlflow`: tell MLflow what was decided of a version of a model."""

import asyncio

import click

from trimtab.cli.output import Output, output_options


@click.group()
def mlflow() -> None:
    """Write verdicts to MLflow's registry of models, and let only a PASS go a step further there."""


@mlflow.command()
@click.argument("address", metavar="URL")
@click.option("--model", required=True, help="Name of the registered model.")
@click.option("--version", required=True, help="Its version.")
@click.option("--candidate", required=True, help="The candidate of the run that this version is.")
@click.option("--run", default="latest", show_default=True, help="Which run's decision.")
@click.option("--alias", default="trimtab-pass", show_default=True, help="Alias that only a PASS carries.")
@click.option("--key-env", default="", help="Environment variable with the token; MLflow's own variables if left out.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@output_options
def tag(
    output: Output,
    *,
    address: str,
    model: str,
    version: str,
    candidate: str,
    run: str,
    alias: str,
    key_env: str,
    ledger: str,
) -> None:
    """Tag a version with the verdict on a candidate, and have an alias point at it if it passed, and only then.

    The verdict is computed again from the ledger first. Exit codes are those of the verdict: 0 pass, 1 fail,
    3 inconclusive.
    """
    from dataclasses import asdict

    from trimtab.cli.discover import mlflow_access
    from trimtab.cli.run import EXIT_CODES
    from trimtab.workspace.consent_facts import artefact_in
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.mlflow_verdict import tell_mlflow
    from trimtab.workspace.workspace import Workspace

    with Workspace.open(None, ledger=ledger or DEFAULT_LEDGER) as opened:
        decision = opened.report(run).decision
        artefact = artefact_in(opened.ledger, decision.system, candidate, decision.run)
    told = asyncio.run(
        tell_mlflow(
            address,
            decision,
            candidate=candidate,
            model=model,
            version=version,
            artefact=artefact,
            alias=alias,
            access=mlflow_access(key_env),
        )
    )
    carried = f"carries the alias {alias}" if alias in told.aliases else f"does not carry the alias {alias}"
    output.show(f"{model} version {version}: {told.verdict}; it {carried}.", markup=False)
    output.data(asdict(told))
    click.get_current_context().exit(int(EXIT_CODES[told.verdict]))


@mlflow.command()
@click.argument("address", metavar="URL")
@click.option("--model", required=True, help="Name of the registered model.")
@click.option("--version", required=True, help="The version that is to go a step further.")
@click.option("--artefact", default="", metavar="DIGEST", help="What it is, sha256:...; its tag says so if left out.")
@click.option(
    "--give", default="", metavar="ALIAS", help="An alias that points at it on a PASS, and at no other verdict."
)
@click.option("--key-env", default="", help="Environment variable with the token; MLflow's own variables if left out.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@output_options
def gate(
    output: Output, *, address: str, model: str, version: str, artefact: str, give: str, key_env: str, ledger: str
) -> None:
    """Exit by the last verdict on what a version is, before it is given an alias or a stage.

    What was decided is looked up by the digest and computed again from the ledger, whatever MLflow's tags say of the
    verdict. The digest itself comes from a tag; where more people may write tags than may release, give --artefact.
    Exit codes: 0 pass, 1 fail, 3 inconclusive, which it is as well when nothing was decided of it.
    """
    from dataclasses import asdict

    from trimtab.cli.discover import mlflow_access
    from trimtab.cli.run import EXIT_CODES
    from trimtab.workspace.location import DEFAULT_LEDGER
    from trimtab.workspace.mlflow_gate import gate_mlflow
    from trimtab.workspace.workspace import Workspace

    with Workspace.open(None, ledger=ledger or DEFAULT_LEDGER) as opened:
        gated = asyncio.run(
            gate_mlflow(
                address,
                opened,
                model=model,
                version=version,
                artefact=artefact,
                give=give,
                access=mlflow_access(key_env),
            )
        )
    output.show(f"{model} version {version}: {gated.verdict}. {gated.why}", markup=False)
    output.data(asdict(gated))
    click.get_current_context().exit(int(EXIT_CODES[gated.verdict]))
