"""Registries and endpoints over HTTP: what they hold is found, and one that misbehaves is stated, never empty."""

import pytest
from tests.unit.discovery.peer import Mlflow, Rude, served

from trimtab.errors import CallError, UsageError
from trimtab.measure.discovery.endpoints import endpoint
from trimtab.measure.discovery.fetch import Access
from trimtab.measure.discovery.mlflow import absent, mlflow, registry

OFFERED = '{"data": [{"id": "llama-3", "owned_by": "vllm"}, {"id": "llama-3"}, {"id": "tiny"}]}'


async def test_an_endpoint_tells_its_models_wherever_its_address_ends():
    async with served(Rude(OFFERED)) as address:
        for ending in ("", "/", "/v1"):
            scan = await endpoint(address + ending)
            assert [one.name for one in scan.found] == ["llama-3", "tiny"]
            assert scan.whole


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("hangs", "timeout"),
        ("endless", "too-large"),
        ("redirects", "http-302"),
        ("text", "malformed"),
        ("list", "malformed"),
        ("no data", "no list of models"),
        ("refuses", "http-403"),
        ("half", "has no id"),
    ],
)
async def test_an_endpoint_that_misbehaves_is_stated(how, why):
    async with served(Rude(how)) as address:
        # Only the one that hangs is waited for; a slow machine has time for all others.
        scan = await endpoint(address, Access(token="hunter2"), seconds=0.2 if how == "hangs" else 30.0)
    assert why in scan.unseen[0].why
    assert "hunter2" not in repr(scan)
    assert [one.name for one in scan.found] == (["known"] if how == "half" else [])


async def test_nobody_there_is_stated_and_no_address_is_refused():
    scan = await endpoint("http://user:hunter2@127.0.0.1:9/v1")
    assert "unreachable" in scan.unseen[0].why
    assert "hunter2" not in repr(scan)
    with pytest.raises(UsageError, match="no http or https address"):
        await endpoint("ftp://host")


@pytest.fixture
def peer():
    peer = Mlflow(token="hunter2")
    peer.add("triage", "1", run="r1", data=(("questions", "abcd1234"), ("answers", "ffff0000")))
    peer.add("triage", "2", run="r2", data=(("questions", "abcd1234"),))
    peer.add("scorer", "1")
    peer.aliases["empty"] = {}
    peer.aliases["triage"]["champion"] = "2"
    return peer


async def test_a_registry_is_read_page_by_page_with_runs_and_data(peer):
    async with served(peer) as address:
        scan = await mlflow(address, Access(token="hunter2"))
        await mlflow(address, Access(token="hunter2"))
    found = {(one.kind, one.name, one.version): one for one in scan.found}
    assert set(found) == {
        ("model", "triage", "1"), ("model", "triage", "2"), ("model", "scorer", "1"), ("model", "empty", ""),
        ("dataset", "questions", "abcd1234"), ("dataset", "answers", "ffff0000"),
    }  # fmt: skip
    assert found["model", "triage", "1"].made_from == ("questions", "answers")
    assert "alias champion" in found["model", "triage", "2"].notes
    assert all(one.digest.startswith("said:") for one in scan.found)
    assert scan.whole
    assert "hunter2" not in repr(scan)


@pytest.mark.parametrize("broken", ["GET registered-models/search", "GET model-versions/search", "GET runs/get"])
async def test_a_registry_that_refuses_in_the_middle_is_not_whole(peer, broken):
    peer.refused.add(broken)
    async with served(peer) as address:
        scan = await mlflow(address, Access(token="hunter2"))
    assert "http-500: INTERNAL_ERROR" in scan.unseen[0].why
    assert bool(scan.found) is (broken == "GET runs/get")


async def test_without_the_token_nothing_is_known_rather_than_nothing_there(peer):
    async with served(peer) as address:
        scan = await mlflow(address)
    assert [one.why for one in scan.unseen] == ["http-401: PERMISSION_DENIED"]


async def test_a_registry_whose_pages_never_end_is_left(peer):
    peer.page = 0
    async with served(peer) as address:
        scan = await mlflow(address, Access(token="hunter2"))
    assert [one.why for one in scan.unseen] == ["malformed: its pages do not end"]


async def test_a_registry_that_answers_just_in_time_for_ever_is_left(peer, monkeypatch):
    monkeypatch.setattr("trimtab.measure.discovery.mlflow._PATIENCE", 0)
    async with served(peer) as address:
        scan = await mlflow(address, Access(token="hunter2"))
    assert "took longer" in scan.unseen[0].why


async def test_tags_and_aliases_are_written(peer):
    async with served(peer) as address, registry(address, Access(token="hunter2")) as kept:
        await kept.set_tag("triage", "1", "trimtab.verdict", "pass")
        await kept.set_alias("triage", "1", "trimtab-pass")
        version = await kept.version("triage", "1")
        assert version["tags"] == [{"key": "trimtab.verdict", "value": "pass"}]
        assert version["aliases"] == ["trimtab-pass"]
        await kept.delete_alias("triage", "trimtab-pass")
        assert "trimtab-pass" not in peer.aliases["triage"]
        with pytest.raises(CallError) as refused:
            await kept.version("triage", "9")
        assert absent(refused.value)
