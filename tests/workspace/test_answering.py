"""What was asked before is given again, as long as it holds; whoever may not have what was before waits."""

import threading
from dataclasses import dataclass

import pytest

from trimtab.workspace.answering import Answering

LONG = 60  # seconds after which a test gives up; nothing here depends on them


@dataclass
class Now:
    row: int
    moved: int
    moment: int = 0


class World:
    """Things as they stand, and whoever works answers out: each once a gate is open."""

    def __init__(self, **options):
        self.now, self.made, self.gate = Now(1, 1), [], threading.Event()
        self.gate.set()
        self.failing = False
        self.answering = Answering(lambda: Now(self.now.row, self.now.moved, self.now.moment), rest=0.0, **options)

    def make(self, now):
        assert self.gate.wait(LONG)
        if self.failing:
            raise LookupError("no such thing")
        self.made.append(now.row)
        return f"as of {now.row}"

    def ask(self, what="x", **how):
        return self.answering.ask(what, self.make, **how)

    def settle(self):
        """Until nothing is worked out in the background."""
        done = threading.Event()
        assert self.answering.later("settled", lambda _: done.set()) is not None
        assert done.wait(LONG)


@pytest.fixture
def world():
    made = World()
    yield made
    made.gate.set()
    made.answering.close()


def test_an_answer_holds_until_rows_on_which_it_depends_come_or_time_passes(world):
    first = world.ask()
    world.now.row = 2  # of no consequence
    assert world.ask() is first
    world.now.moved = 2
    assert world.ask().result == "as of 2"
    world.now.moment = 60
    assert world.ask().asof == 60
    assert world.made == [1, 2, 2]


def test_who_does_not_wait_is_given_what_was_before_and_told_so(world):
    world.ask()
    world.gate.clear()
    world.now = Now(5, 5)
    answer = world.ask(wait=False)
    assert (answer.result, answer.row, answer.current) == ("as of 1", 1, False)
    world.gate.set()
    world.settle()
    assert world.ask(wait=False).current
    assert world.made == [1, 5]


def test_what_is_only_some_time_ago_is_still_current(world):
    world.ask()
    world.now = Now(1, 1, 60)
    answer = world.ask(wait=False)
    assert (answer.asof, answer.current) == (0, True)


def test_nobody_is_given_an_answer_from_before_what_they_entered(world):
    world.ask()
    world.now = Now(5, 5)
    assert world.ask(wait=False, least=5).result == "as of 5"
    world.now = Now(6, 6)
    assert world.ask(wait=False, least=5).result == "as of 5"
    world.now = Now(9, 6)  # entered, but nothing depends on it
    world.settle()
    assert world.ask(wait=False, least=9).current


def test_nobody_is_given_what_is_older_than_they_take(world):
    world.ask()
    world.now = Now(1, 1, 100)
    assert world.ask(wait=False, oldest=100).asof == 0
    world.settle()
    world.now = Now(1, 1, 201)
    assert world.ask(wait=False, oldest=100).asof == 201


def test_questions_do_not_wait_for_each_other_and_each_is_worked_out_by_one(world):
    world.gate.clear()
    found = []
    threads = [threading.Thread(target=lambda: found.append(world.ask("slow"))) for _ in range(3)]
    for one in threads:
        one.start()
    assert world.answering.ask("quick", lambda _: "at once").result == "at once"
    world.gate.set()
    for one in threads:
        one.join(LONG)
    assert [one.result for one in found] == ["as of 1"] * 3
    assert world.made == [1]


def test_what_goes_wrong_behind_is_told_the_next_who_asks(world):
    world.ask()
    world.now, world.failing = Now(5, 5), True
    assert not world.ask(wait=False).current
    world.settle()
    for wait in (False, True):
        with pytest.raises(LookupError):
            world.ask(wait=wait)


def test_where_things_cannot_be_known_nothing_is_given(world):
    world.ask()
    world.answering._now = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        world.ask(wait=False)


def test_memory_is_bounded_by_size_and_the_last_always_held():
    world = World(most=10, size=lambda result: 4)
    for what in "abc":
        world.ask(what)
    assert world.made == [1, 1, 1]
    world.ask("c")
    world.ask("b")
    assert world.made == [1, 1, 1]
    world.ask("a")
    assert world.made == [1, 1, 1, 1]
    tight = World(most=1, size=lambda result: 4)
    tight.ask("a")
    tight.ask("a")
    assert tight.made == [1]
    for number in range(3000):
        with pytest.raises(StopIteration):
            tight.answering.ask(number, lambda _: next(iter(())))
    assert len(tight.answering._questions) <= 1024
