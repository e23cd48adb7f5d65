"""What stands in front of a system decides what is asked and what comes out; a screen that cannot look lets nothing through."""

from dataclasses import dataclass, field, replace

import pytest
from tests.unit.measure.test_runner import Scripted, cases, job, run

from trimtab.errors import CallError
from trimtab.kinds import Exchange, Message, Missing, Reply
from trimtab.measure.cache import Cache
from trimtab.measure.runner import Tally


@dataclass
class Practice:
    """Refuses what it is told to, replaces a word of every reply, and counts how often it looked."""

    refuse: str = "none"
    change: str = ""
    crash: str = ""
    looks: list[str] = field(default_factory=list)

    def identity(self):
        return {"screen": "practice", "refuse": self.refuse, "change": self.change}

    async def through(self, request, ask):
        text = request.messages[-1].content
        self.looks.append(text)
        if self.crash == "before":
            raise ValueError("secret text")
        if self.refuse in text:
            return Reply(text="no", finish="content_filter", latency=0.5)
        said = (*request.messages[:-1], Message("user", text + self.change))
        reply = await ask(replace(request, messages=said))
        if self.crash == "after":
            raise SystemExit(0)
        return replace(reply, text=reply.text.replace("re:", "seen:"), latency=reply.latency + 0.75)


def texts(results):
    return {result.case.id: result.outcome.text for result in results if isinstance(result.outcome, Exchange)}


def test_what_comes_out_is_what_the_screen_lets_out_and_its_time_counts():
    system = Scripted()
    results = run(job(system, cases(3), screen=Practice(refuse="q1")))
    assert texts(results) == {"0": "seen: q0", "1": "no", "2": "seen: q2"}
    assert sorted(system.tries) == ["q0", "q2"]
    slowest = max(result.outcome.replies[0].latency for result in results)
    assert slowest == pytest.approx(0.75)  # the practice system says nothing of its own


def test_a_screened_job_asks_only_what_was_not_asked_already(tmp_path):
    system, tally = Scripted(), Tally()
    with Cache(tmp_path / "replies.db") as cache:
        run(job(system, cases(3)), cache=cache, tally=tally)
        same = run(job(system, cases(3), candidate="guarded", screen=Practice()), cache=cache, tally=tally)
        assert tally.calls == 3
        assert texts(same)["0"] == "seen: q0"
        run(job(system, cases(3), candidate="other", screen=Practice(change="!")), cache=cache, tally=tally)
    assert tally.calls == 6  # another question is another call
    assert sorted(system.tries) == ["q0", "q0!", "q1", "q1!", "q2", "q2!"]


def test_a_screened_reply_is_kept_and_never_taken_for_a_bare_one(tmp_path):
    system, screen = Scripted(), Practice()
    with Cache(tmp_path / "replies.db") as cache:
        run(job(system, cases(2), screen=screen), cache=cache)
        run(job(system, cases(2), screen=screen), cache=cache)
        assert len(screen.looks) == 2
        assert texts(run(job(system, cases(2)), cache=cache))["1"] == "re: q1"
        assert texts(run(job(system, cases(2), screen=Practice(refuse="q")), cache=cache))["1"] == "no"
    assert len(system.tries) == 2


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_screen_that_crashes_lets_nothing_through_and_quotes_nothing(crash):
    tally = Tally()
    results = run(job(Scripted(), cases(2), screen=Practice(crash=crash)), tally=tally)
    assert [result.outcome.reason for result in results if isinstance(result.outcome, Missing)] == ["guard-crashed"] * 2
    assert tally.errors["guard-crashed"] == 2
    assert "secret" not in str(results)


def test_no_reply_behind_a_screen_is_missing_for_its_own_reason():
    results = run(job(Scripted(lambda *_: CallError("refused")), cases(2), screen=Practice()))
    assert [result.outcome.reason for result in results if isinstance(result.outcome, Missing)] == ["refused"] * 2
