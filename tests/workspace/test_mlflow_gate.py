"""A version goes a step further in MLflow only if what it is was decided PASS, by the ledger and not by MLflow's tags."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from tests.unit.discovery.peer import Mlflow, served

from trimtab.errors import CallError, UsageError
from trimtab.workspace import Workspace
from trimtab.workspace.consent_facts import artefact_in
from trimtab.workspace.mlflow_gate import gate_mlflow
from trimtab.workspace.mlflow_verdict import ARTEFACT, tell_mlflow


@asynccontextmanager
async def opened(place, peer):
    async with served(peer) as address:
        with Workspace.open(None, ledger=place.folder / ".trimtab/ledger.db") as workspace:
            yield address, workspace


def test_the_verdict_on_the_digest_decides_whatever_the_tags_say(place):
    peer = Mlflow()
    for version in ("1", "2", "3"):
        peer.add("triage", version)
    tags = peer.versions["triage", "1"]["tags"]

    async def told(version="1", candidate="next"):
        async with opened(place, peer) as (address, workspace):
            decision = workspace.report().decision
            artefact = artefact_in(workspace.ledger, "bot", candidate, decision.run)
            await tell_mlflow(
                address, decision, candidate=candidate, model="triage", version=version, artefact=artefact
            )

    async def gated(version="1", **more):
        async with opened(place, peer) as (address, workspace):
            return await gate_mlflow(address, workspace, model="triage", version=version, **more)

    place.write(cases=20)
    place.decided()
    asyncio.run(told())
    passed = asyncio.run(gated(give="champion"))
    assert (passed.verdict, passed.candidate, "champion" in passed.aliases) == ("pass", "next", True)
    assert asyncio.run(gated("2")).verdict == "inconclusive"  # nobody says what it is
    tags["trimtab.verdict"] = "fail"
    assert asyncio.run(gated()).verdict == "pass"

    place.write(cases=12, leaks=12)
    place.decided()  # the same artefact, decided again: the last word counts
    tags["trimtab.verdict"] = "pass"
    failed = asyncio.run(gated(give="champion"))
    assert (failed.verdict, "champion" in failed.aliases) == ("fail", False)
    assert failed.run != passed.run
    assert asyncio.run(gated(artefact="sha256:0")).verdict == "inconclusive"

    peer.versions["triage", "2"]["tags"][ARTEFACT] = passed.artefact
    asyncio.run(told("2", "current"))
    assert peer.versions["triage", "2"]["tags"][ARTEFACT] != passed.artefact
    peer.refused.add("GET model-versions/get")
    with pytest.raises(CallError):
        asyncio.run(gated(give="champion"))
    assert "champion" not in peer.aliases["triage"]
    peer.refused.clear()
    with pytest.raises(UsageError, match="no version 9"):
        asyncio.run(gated("9"))


async def test_the_command_exits_by_the_verdict(place):
    place.write(cases=3)
    await asyncio.to_thread(place.decided)
    peer = Mlflow()
    peer.add("triage", "1")
    async with served(peer) as address:
        words = ("mlflow", "gate", address, "--model", "triage", "--version", "1", "--give", "champion", "--json")
        done = await asyncio.to_thread(place.trimtab, *words)
    assert done.returncode == 3, done.stderr
    assert json.loads(done.stdout)["aliases"] == []
