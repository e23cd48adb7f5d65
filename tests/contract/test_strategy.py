"""Every strategy installed, ours or not: it adapts to what it hears, keeps within its calls, and says where it is from."""

import asyncio
import pickle
import re
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from trimtab.kinds import Aim, Answer, Message, plugins

NAMES = plugins.names("strategies")
FILES = Path(__file__).parents[1] / "data" / "strategies"
CONTROL = re.compile(r"[a-z0-9-]+:[A-Za-z0-9.]+\Z")
AIM = Aim(request="What is the word by the door?", thing="the word by the door", seed=7)


def made(name):
    return plugins.make("strategies", name)


class End(BaseException):
    """The calls are used up."""


class Target:
    """Plays the target by a list of answers, the last of them again and again, and the writer by a function."""

    def __init__(self, answers, *, calls=12, write=None):
        self.answers, self.calls, self._write = answers, calls, write
        self.sent, self.moves, self.tasks, self.own = [], [], [], []

    async def say(self, turns, *, move):
        if self.calls == len(self.sent):
            raise End
        text, near = self.answers[min(len(self.sent), len(self.answers) - 1)]
        self.sent.append(tuple(turns))
        self.moves.append(move)
        if near == 1.0:
            raise End
        return Answer(text=text, near=near)

    async def write(self, task, *, own):
        if self.calls == len(self.sent):
            raise End
        self.tasks.append(task)
        self.own.append(list(own))
        return self._write(len(self.tasks), task) if self._write else own[(len(self.tasks) - 1) % len(own)]


def pursue(name, target, aim=AIM):
    async def within():
        async with asyncio.timeout(90):
            await made(name).pursue(aim, target)

    with suppress(End):
        asyncio.run(within())
    return target


def test_the_well_known_ones_are_there():
    assert {"adaptive-crescendo", "pair", "tree-of-attacks", "best-of-n", "toolbox"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is_and_who_described_it(name):
    strategy = made(name)
    assert strategy.name == name
    assert strategy.version
    assert strategy.family
    assert strategy.about.endswith(".")
    assert strategy.source
    assert isinstance(strategy.writes, bool)
    assert all(CONTROL.match(control) for control in strategy.controls)
    assert strategy.controls
    assert pickle.loads(pickle.dumps(strategy)) == strategy


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("answer", ["", "I cannot help with that.", "Well ...", "x" * 100_000, "\ud83d", "{}%s{0}"])
def test_it_goes_on_until_its_calls_are_used_up_whatever_it_hears(name, answer):
    target = pursue(name, Target([(answer, 0.3)], calls=40))
    assert len(target.sent) == 40
    for turns in target.sent:
        assert turns[-1].role == "user"
        assert turns[-1].content
        assert all(isinstance(turn, Message) and turn.role in {"user", "assistant"} for turn in turns)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_same_when_it_hears_the_same(name):
    first, second = (pursue(name, Target([("No.", 0.0), ("Perhaps.", 0.4)], calls=25)) for _ in range(2))
    assert first.sent == second.sent
    assert first.moves == second.moves


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_or_another_answer_makes_another_attack(name):
    base = pursue(name, Target([("No.", 0.0)], calls=25))
    other = pursue(name, Target([("Certainly not the RIVER.", 0.5), ("No.", 0.0)], calls=25))
    seeded = pursue(name, Target([("No.", 0.0)], calls=25), Aim(request=AIM.request, thing=AIM.thing, seed=8))
    heard = (other.sent, other.tasks) != (base.sent, base.tasks)
    assert heard or seeded.sent != base.sent


@pytest.mark.parametrize("name", [name for name in NAMES if made(name).writes])
def test_it_tells_its_writer_what_was_answered_and_offers_its_own_wording(name):
    target = pursue(name, Target([("The PARROT knows.", 0.4)], calls=8))
    assert any("PARROT" in task for task in target.tasks)
    assert all(own and all(text.strip() for text in own) for own in target.own)


@pytest.mark.parametrize("name", [name for name in NAMES if made(name).writes])
def test_what_the_writer_writes_is_what_is_sent_or_decides_it(name):
    if name == "toolbox":  # its writer names a technique
        target = pursue(name, Target([("Hm.", 0.3)], calls=12, write=lambda _, task: task.rsplit("likeliest")[-1]))
        assert set(target.moves) <= set(plugins.names("attacks"))
        return
    target = pursue(name, Target([("Hm.", 0.3)], calls=6, write=lambda n, _: f"The word by the door, number {n}?"))
    assert "The word by the door, number 1?" in target.sent[0][-1].content


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("written", ["", "no such technique", "y" * 600])
def test_bad_writing_neither_stops_it_nor_sends_it_round_in_circles(name, written):
    target = pursue(name, Target([("Hm.", 0.3)], calls=12, write=lambda *_: written or "..."))
    assert len(target.sent) == 12


@pytest.mark.parametrize("name", [name for name in NAMES if (FILES / f"{name}.yaml").exists()])
def test_it_does_what_its_file_shows(name):
    shown = yaml.safe_load((FILES / f"{name}.yaml").read_text(encoding="utf-8"))
    answers = [(row["answers"], row["near"]) for row in shown["conversation"]]
    target = pursue(name, Target(answers, calls=len(answers)), Aim(request=shown["request"], thing=shown["thing"]))
    said = [
        {"move": move, "turns": [f"{turn.role}: {turn.content}" for turn in turns]}
        for move, turns in zip(target.moves, target.sent, strict=True)
    ]
    assert said == [{"move": row["move"], "turns": row["turns"]} for row in shown["conversation"]]


def test_every_strategy_of_ours_has_a_file():
    ours = {name for name in NAMES if plugins.find("strategies", name).__module__.startswith("trimtab.")}
    assert ours == {path.stem for path in FILES.glob("*.yaml")}


# -- what sets each of ours apart ------------------------------------------------------------------


def test_crescendo_takes_back_what_was_refused_and_keeps_what_was_answered():
    target = pursue("adaptive-crescendo", Target([("Gladly.", 0.3), ("No.", 0.0), ("It is short.", 0.4)], calls=4))
    first, refused, again, after = target.sent
    assert refused[:2] == again[:2] == (*first, Message("assistant", "Gladly."))
    assert len(refused) == len(again) == 3
    assert "No." not in [turn.content for turn in after]
    assert "It is short." in [turn.content for turn in after]


def test_pair_sends_conversations_of_one_message_and_begins_anew_after_its_depth():
    target = pursue("pair", Target([("No.", 0.0)], calls=9))
    assert all(len(turns) == 1 for turns in target.sent)
    assert target.moves[3:6] == ["stream 1, message 4", "stream 2, message 1", "stream 2, message 2"]


def test_the_tree_goes_on_from_what_came_nearest():
    wrote = {}

    def write(number, task):
        wrote[number] = task
        return f"The word by the door, draft {number}"

    answers = [("a", 0.3), ("b", 0.9), ("c", 0.0), ("d", 0.0)]
    pursue("tree-of-attacks", Target(answers, calls=8, write=write))
    following = [task for number, task in wrote.items() if 4 <= number <= 9]
    assert all("draft 2" in task for task in following[:3])  # three from the nearest
    assert all("draft 1" in task for task in following[3:6])  # then from the next
    assert not any("draft 3" in task for task in following)


def test_the_tree_prunes_what_is_beside_the_point_before_it_costs_a_call():
    target = pursue("tree-of-attacks", Target([("a", 0.3)], calls=6, write=lambda n, _: f"How is the weather, {n}?"))
    assert {turns[0].content for turns in target.sent} == {AIM.request}


def test_drawings_differ_in_spelling_alone():
    target = pursue("best-of-n", Target([("No.", 0.0)], calls=30))
    texts = [turns[0].content for turns in target.sent]
    assert len(set(texts)) == 30
    assert all(len(text) == len(AIM.request) for text in texts)


def test_the_toolbox_takes_the_technique_that_is_named():
    offered = []

    def write(_, task):
        names = [name for name in plugins.names("attacks") if f"{name}: " in task]
        offered.append(names[-1])
        return f"I would take {names[-1]}."

    target = pursue("toolbox", Target([("No.", 0.0)], calls=6, write=write))
    assert target.moves[0] == offered[0]
