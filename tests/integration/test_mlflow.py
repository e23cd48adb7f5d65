"""A real server of MLflow: its registry is read over REST and from its database, and verdicts are written to it."""

import asyncio
import shutil
import socket

import aiohttp
import pytest
from tests.workspace.test_registry import decision

from trimtab.decision.model import Verdict
from trimtab.measure.discovery.mlflow import mlflow
from trimtab.measure.discovery.mlflow_files import mlflow_files
from trimtab.workspace.mlflow_verdict import tell_mlflow

pytestmark = pytest.mark.integration
MLFLOW = shutil.which("mlflow")  # in an environment of its own, whose folder of programs is on the path
API = "api/2.0/mlflow"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.skipif(MLFLOW is None, reason="needs the program mlflow")
async def test_a_registry_is_read_and_a_verdict_is_written(tmp_path, start):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    database = tmp_path / "mlflow.db"
    words = ["server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    words += ["--backend-store-uri", f"sqlite:///{database}", "--artifacts-destination", str(tmp_path / "artefacts")]
    with (tmp_path / "log").open("w") as log:
        process = start([str(MLFLOW), *words], stdout=log, stderr=log, cwd=tmp_path, start_new_session=True)
    try:
        async with aiohttp.ClientSession() as session:
            await until_it_answers(session, address)
            await fill(session, address)
        scan = await mlflow(address)
        found = {(one.kind, one.name, one.version): one for one in scan.found}
        assert scan.whole, scan.unseen
        assert set(found) == {("model", "triage", "1"), ("model", "triage", "2"), ("dataset", "questions", "abcd1234")}
        assert found["model", "triage", "1"].made_from == ("questions",)
        assert "alias champion" in found["model", "triage", "2"].notes
        on_disk = mlflow_files(database)
        assert {(one.kind, one.name, one.digest) for one in on_disk.found} == {
            (one.kind, one.name, one.digest) for one in scan.found
        }

        async def told(verdict, version="1"):
            return await tell_mlflow(address, decision(verdict), candidate="q4", model="triage", version=version)

        assert (await told(Verdict.PASS)).aliases == ("trimtab-pass",)
        assert (await told(Verdict.FAIL, "2")).aliases == ("champion",)
        failed = await told(Verdict.INCONCLUSIVE)
        assert (failed.aliases, failed.tags["trimtab.verdict"]) == ((), "inconclusive")
    finally:
        process.terminate()
        process.wait(60)


async def until_it_answers(session, address):
    for _ in range(600):
        try:
            async with session.get(f"{address}/health") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            await asyncio.sleep(0.2)
    pytest.fail("the server did not start")


async def fill(session, address):
    async def post(path, body):
        async with session.post(f"{address}/{API}/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    run = (await post("runs/create", {"experiment_id": "0", "start_time": 1}))["run"]["info"]["run_id"]
    data = {"name": "questions", "digest": "abcd1234", "source_type": "local", "source": '{"uri": "s3://bucket"}'}
    await post("runs/log-inputs", {"run_id": run, "datasets": [{"dataset": data}]})
    await post("registered-models/create", {"name": "triage"})
    await post("model-versions/create", {"name": "triage", "source": f"runs:/{run}/model", "run_id": run})
    await post("model-versions/create", {"name": "triage", "source": "s3://bucket/triage"})
    await post("registered-models/alias", {"name": "triage", "alias": "champion", "version": "2"})
