"""Lets a version of a model in MLflow go a step further only if what it is was decided PASS.

A version is known by the digest of what was measured. Its tag, which `trimtab mlflow tag` wrote, says which that is, or
whoever runs the gate. The verdict comes from the ledger and never from MLflow.
"""

from dataclasses import dataclass, replace

from trimtab.decision import from_payload
from trimtab.decision.model import Verdict
from trimtab.evidence.records import Decided
from trimtab.kinds import Row
from trimtab.measure.discovery.fetch import SECONDS, Access
from trimtab.measure.discovery.mlflow import listed, registry
from trimtab.workspace.consent_facts import artefact_in
from trimtab.workspace.holding import consent_hold
from trimtab.workspace.mlflow_verdict import ARTEFACT, tags_of, version_of
from trimtab.workspace.redteam import baseline_of
from trimtab.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """The verdict on a version, and what it rests on; `run` is empty where nothing was decided of it."""

    model: str
    version: str
    artefact: str
    verdict: str
    why: str
    run: str = ""
    system: str = ""
    candidate: str = ""
    aliases: tuple[str, ...] = ()


async def gate_mlflow(
    address: str,
    workspace: Workspace,
    *,
    model: str,
    version: str,
    artefact: str = "",
    give: str = "",
    access: Access | None = None,
    seconds: float = SECONDS,
) -> Gated:
    """The last verdict on what a version is; with `give` the alias is given on a PASS, and taken on any other.

    Raises:
        UsageError: MLflow has no such version.
        CallError: MLflow cannot be reached, or refuses. The alias was not given.
        LedgerAlteredError: The ledger does not verify.
    """
    async with registry(address, access, seconds=seconds) as kept:
        before = await version_of(kept, model, version)
        digest = artefact or tags_of(before).get(ARTEFACT, "")
        gated = judged(workspace, digest, model=model, version=version)
        if give and gated.verdict == Verdict.PASS.value:
            await kept.set_alias(model, version, give)
        elif give and give in listed(before, "aliases"):
            await kept.delete_alias(model, give)
        after = await version_of(kept, model, version) if give else before
    return replace(gated, aliases=tuple(map(str, listed(after, "aliases"))))


def judged(workspace: Workspace, artefact: str, *, model: str, version: str) -> Gated:
    """What the ledger says of an artefact: the last decision in which a candidate was just that."""
    unknown = Gated(model=model, version=version, artefact=artefact, verdict=Verdict.INCONCLUSIVE.value, why="")
    if not artefact:
        return replace(unknown, why="Nobody says what it is: tag it with `trimtab mlflow tag`, or give --artefact.")
    workspace.ledger.verify().raise_if_bad()
    found = _last(workspace, artefact)
    if found is None:
        return replace(unknown, why="The ledger holds no decision on it: measure it with `trimtab run`.")
    row, candidate = found
    report = workspace.recomputed(row.run)
    held = consent_hold(workspace.ledger, report.policy, report.decision, candidate=candidate)
    report = replace(report, held=held)
    verdict = report.verdict_of(candidate)
    held_back = held is not None and verdict is not Verdict.PASS
    return replace(
        unknown,
        verdict=verdict.value,
        why=held.why if held is not None and held_back else f"{candidate} of {row.system}, run {row.run}.",
        run=row.run,
        system=row.system,
        candidate=candidate,
    )


def _last(workspace: Workspace, artefact: str) -> tuple[Row, str] | None:
    """The newest decision that speaks of an artefact, and the candidate that it was; the worst of several alike."""
    for row, record in reversed(list(workspace.ledger.records(kind=Decided.kind))):
        assert isinstance(record, Decided)
        decision = from_payload(record.decision)
        if baseline_of(decision):
            continue
        alike = [
            one
            for one in decision.candidates
            if artefact_in(workspace.ledger, row.system, one.candidate, row.run) == artefact
        ]
        if alike:
            order = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)
            return row, min(alike, key=lambda one: order.index(one.verdict)).candidate
    return None
