"""Exports that people drop: few at a time, and none that takes much more memory than it has bytes."""

import tracemalloc

import pytest
from starlette.testclient import TestClient
from tests.workspace.governing import NOW, POLICY, policy_in

from trimtab.evidence import Ledger
from trimtab.serve.pages.access.alone import Alone
from trimtab.serve.pages.access.refused import RefusedError
from trimtab.serve.pages.app import Site, application
from trimtab.serve.pages.declared import API
from trimtab.serve.pages.proof.dropped import Dropped
from trimtab.serve.pages.snapshot import Watched


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dropped")
    with Ledger.open(folder / "ledger.db", clock=lambda: NOW) as ledger:
        yield Site(Watched(ledger, policy_in(folder, POLICY)), Alone(token="t" * 43), cookie="trimtab-1")


def posted(site, content):
    client = TestClient(application(site, hosts=frozenset({"testserver"})))
    return client.post(f"{API}/verify", content=content, headers={"authorization": f"Bearer {site.access.token}"})


def test_only_a_few_are_read_and_verified_at_a_time(site):
    with site._dropped.turn(), site._dropped.turn():
        answer = posted(site, b"x")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    assert posted(site, b"x").status_code == 200
    assert posted(site, b"").status_code == 400  # and that frees its turn as well
    assert posted(site, b"").status_code == 400
    assert posted(site, b"x").status_code == 200


def test_a_turn_ends_whatever_happens():
    dropped = Dropped()
    for _ in range(5):
        with pytest.raises(ValueError, match="x"), dropped.turn():
            raise ValueError("x")
    with dropped.turn(), dropped.turn(), pytest.raises(RefusedError), dropped.turn():
        pass


def test_many_short_lines_take_no_more_memory_than_one_long_one(site):
    content = b"ab\n" * 1_000_000
    tracemalloc.start()
    try:
        assert posted(site, content).json()["ok"] is False
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(content)
