"""While pages are served Python looks through all its objects only when it is told to, and cycles go all the same."""

import gc
import threading
import weakref
from contextlib import contextmanager

import uvicorn
from tests.serve.test_pages import World

from trimtab.serve.pages.frame.collecting import collected_seldom
from trimtab.serve.pages.process import bound, serve

LONG = 60  # seconds after which a test gives up
NEVER = 3_600.0


class Knot:
    """Holds itself."""

    def __init__(self):
        self.itself = self


@contextmanager
def collections(generation):
    """How often objects of a generation, and all that are younger, were looked through."""
    seen = []

    def count(phase, told):
        if phase == "start" and told["generation"] == generation:
            seen.append(1)

    gc.callbacks.append(count)
    try:
        yield seen
    finally:
        gc.callbacks.remove(count)


def grow():
    """Half as many objects again as there are, which stay for a while: twice what makes Python look through all."""
    gc.collect()
    with collections(2) as all_, collections(0) as young:
        kept: list[list[int]] = [[] for _ in range(len(gc.get_objects()) // 2 + 20_000)]
    assert kept
    return len(all_), len(young)


def test_only_what_is_young_is_looked_at_by_itself():
    assert grow()[0] > 0
    with collected_seldom(settled=NEVER):
        old, young = grow()
        assert old == 0
        assert young > 0


def test_what_there_was_at_first_is_spared_and_later_cycles_go():
    before, first = gc.get_threshold(), Knot()
    watch = weakref.ref(first)
    spared, gone = threading.Event(), threading.Event()

    def looked(phase, told):
        if phase == "stop" and told["generation"] == 2:
            spared.set()  # what there was before is not looked at from here on

    with collected_seldom(settled=0.0, every=0.01):
        gc.callbacks.append(looked)
        try:
            assert spared.wait(LONG)
        finally:
            gc.callbacks.remove(looked)
        del first
        second = Knot()
        later = weakref.ref(second, lambda _: gone.set())
        del second
        assert gone.wait(LONG)
        assert later() is None
        assert watch() is not None
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before
    gc.collect()
    assert watch() is None


def test_pages_are_served_so(tmp_path, monkeypatch):
    world, before, seen = World(tmp_path), gc.get_threshold(), []
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: seen.append(gc.get_threshold()))
    with bound(0) as sock:
        serve(world.watched, sock, ready=lambda _: None)
    world.site.close()
    world.ledger.close()
    assert [one[:2] for one in seen] == [before[:2]]
    assert seen[0][2] > 1_000_000 > before[2]
