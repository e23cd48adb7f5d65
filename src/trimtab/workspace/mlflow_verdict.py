"""Tells MLflow what was decided of a version: tags for everybody to read, and an alias that only a PASS may carry.

The alias is taken away before anything else is written, and given after everything else is: whatever breaks in between,
no version that did not pass carries it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trimtab.decision.model import Decision, Verdict
from trimtab.errors import CallError, UsageError
from trimtab.measure.discovery.fetch import SECONDS, Access
from trimtab.measure.discovery.mlflow import MlflowRegistry, absent, listed, registry

ALIAS = "trimtab-pass"
TAGS = ("trimtab.verdict", "trimtab.policy", "trimtab.run", "trimtab.candidate")
ARTEFACT = "trimtab.artefact"
"""The tag with the digest of what was measured, by which a version is judged again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What MLflow holds of a version now, as it says itself."""

    model: str
    version: str
    verdict: str
    tags: dict[str, str]
    aliases: tuple[str, ...]


async def tell_mlflow(
    address: str,
    decision: Decision,
    *,
    candidate: str,
    model: str,
    version: str,
    artefact: str = "",
    access: Access | None = None,
    alias: str = ALIAS,
    seconds: float = SECONDS,
) -> Told:
    """Write the verdict on a candidate to the version of a model that it is.

    Args:
        address: Of MLflow's server.
        decision: What was decided.
        candidate: One of it.
        model: Name of the registered model.
        version: Its version.
        artefact: Digest of what was measured; empty where nobody knows.
        access: How the server knows who asks.
        alias: Points at the version from now on if the candidate passed, and not if it did not.
        seconds: For one answer.

    Raises:
        UsageError: The decision has no such candidate, or MLflow no such version.
        CallError: MLflow cannot be reached, or refuses. The alias is on no version that did not pass.
    """
    found = next((one for one in decision.candidates if one.candidate == candidate), None)
    if found is None:
        decided = ", ".join(one.candidate for one in decision.candidates)
        raise UsageError(f"run {decision.run} decided nothing of {candidate}.", f"It decided {decided}.")
    values = dict(zip(TAGS, (found.verdict.value, decision.policy, decision.run, candidate), strict=True))
    if artefact:
        values[ARTEFACT] = artefact
    async with registry(address, access, seconds=seconds) as kept:
        before = await version_of(kept, model, version)
        if found.verdict is not Verdict.PASS and alias in listed(before, "aliases"):
            await kept.delete_alias(model, alias)
        if not artefact and ARTEFACT in tags_of(before):
            # Of an earlier candidate: by it this version would be judged as what it is not.
            await kept.set_tag(model, version, ARTEFACT, "")
        for key, value in values.items():
            await kept.set_tag(model, version, key, value)
        if found.verdict is Verdict.PASS:
            await kept.set_alias(model, version, alias)
        after = await kept.version(model, version)
    tags = tags_of(after)
    return Told(
        model=model,
        version=version,
        verdict=found.verdict.value,
        tags={key: tags.get(key, "") for key in values},
        aliases=tuple(map(str, listed(after, "aliases"))),
    )


async def version_of(kept: MlflowRegistry, model: str, version: str) -> dict[str, Any]:
    """A version as MLflow holds it.

    Raises:
        UsageError: It holds no such version.
        CallError: It cannot be asked.
    """
    try:
        return await kept.version(model, version)
    except CallError as error:
        if absent(error):
            raise UsageError(f"MLflow has no version {version} of {model}.", "Correct --model or --version.") from None
        raise


def tags_of(version: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a version."""
    return {str(one.get("key")): str(one.get("value")) for one in listed(version, "tags") if isinstance(one, dict)}
