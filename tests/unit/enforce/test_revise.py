"""A reply that is corrected is never worse than it was, whatever the model that corrects it does."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.enforce.revise import Effort, revise
from trimtab.enforce.revise_words import cleaned, critique, mark, revision
from trimtab.enforce.verdict import Kept, Verdict, acceptable, better, rank
from trimtab.errors import CallError
from trimtab.kinds import Message, Reply
from trimtab.policy import Generation

ASKED = (Message("system", "You answer for a library."), Message("user", "Whom do I ask?"))
WORDS = {"leak": (True, 0.9), "insult": (True, 0.4), "jargon": (False, 0.2)}


def verdicts(text):
    """A draft breaks what it names."""
    return [
        Verdict(name=name, kept=Kept.BROKEN if name in text else Kept.KEPT, text=f"No {name}.", hard=hard, severity=sev)
        for name, (hard, sev) in WORDS.items()
    ]


class Model:
    """Writes these texts in turn; a callable is called, an error raised."""

    def __init__(self, *writes, wrong="It leaks."):
        self.writes, self.wrong, self.asked = list(writes), wrong, []

    async def __call__(self, request):
        self.asked.append(request)
        if "Write the corrected reply" not in request.messages[0].content:
            return await self.given(self.wrong)
        return await self.given(self.writes.pop(0) if len(self.writes) > 1 else self.writes[0])

    async def given(self, what):
        if isinstance(what, BaseException):
            raise what
        if callable(what):
            what = await what()
        return what if not isinstance(what, str) else Reply(text=what)


def done(model, reply="a leak and an insult", *, look=None, **effort):
    async def looked(text):
        return verdicts(text)

    return asyncio.run(
        revise(reply, messages=ASKED, look=look or looked, ask=model, effort=Effort(**{"rounds": 3, **effort}))
    )


# -- the loop --------------------------------------------------------------------------------------


def test_it_goes_on_until_nothing_hard_is_broken():
    model = Model("an insult and jargon", "jargon", "never asked for")
    made = done(model)
    assert (made.stop, made.final.text, made.calls, len(made.drafts)) == ("repaired", "jargon", 4, 3)
    assert made.acceptable
    assert [one.critique for one in made.drafts] == ["", "It leaks.", "It leaks."]


def test_the_model_is_told_all_that_is_broken_and_nothing_that_is_not():
    model = Model("all is well")
    done(model)
    first, second = (request.messages[0].content for request in model.asked)
    for question in (first, second):
        assert "- No leak.\n- No insult.\n\n" in question
        assert "No jargon." not in question
        assert "Whom do I ask?" in question
        assert "You answer for a library." in question
    assert "It leaks." in second
    assert "about 5 words" in second


def test_what_is_broken_by_no_draft_is_not_corrected():
    model = Model("all is well")
    made = done(model, "all is well")
    assert (made.stop, made.calls, made.best) == ("nothing-broken", 0, 0)


def test_a_soft_principle_alone_is_worth_a_round():
    made = done(Model("plain words"), "jargon")
    assert (made.stop, made.final.text) == ("repaired", "plain words")


def test_a_model_that_draws_may_write_something_else_the_next_time():
    async def looked(text):
        return verdicts(text)

    model = Model("a leak", "a leak", "all is well")
    warm = Generation(temperature=0.7)
    made = asyncio.run(
        revise("a leak", messages=ASKED, look=looked, ask=model, effort=Effort(rounds=3), generation=warm)
    )
    assert (made.stop, made.unusable, made.final.text) == ("repaired", 2, "all is well")


def test_each_round_is_drawn_anew():
    model = Model("an insult", "an insult again", "an insult once more")
    done(model)
    assert [request.seed for request in model.asked] == [0, 0, 1, 1, 2, 2]


def test_the_next_round_goes_on_from_the_best_draft():
    model = Model("an insult", "a leak and an insult, and jargon", "all is well")
    made = done(model)
    assert made.final.text == "all is well"
    assert "an insult\n<<<end" in model.asked[5].messages[0].content


@pytest.mark.parametrize(
    ("writes", "stop", "unusable"),
    [
        (["a leak and an insult"], "nothing-new", 0),
        ([""], "rounds", 3),
        (["  \n"], "rounds", 3),
        (["a leak and an insult and jargon"], "nothing-new", 0),
        ([CallError("http-500")], "no-reply", 0),
        ([RuntimeError("a secret")], "no-reply", 0),
        ([TimeoutError()], "no-reply", 0),
        ([SystemExit(0)], "no-reply", 0),
        ([Reply(text="all is w", finish="length")], "rounds", 3),
        ([Reply(text="all is well", finish="content_filter")], "rounds", 3),
        (["\x00\x01\x02 all is well"], "rounds", 3),
        (["all is well, " * 100], "rounds", 3),
        ([Reply(text=7)], "no-reply", 0),  # type: ignore[arg-type]
        ([lambda: asyncio.sleep(0, None)], "no-reply", 0),
        ([lambda: asyncio.sleep(60)], "time", 0),
    ],
)
def test_whatever_the_model_does_the_first_draft_is_kept(writes, stop, unusable):
    made = done(Model(*writes), seconds=0.2 if stop == "time" else None)
    assert (made.stop, made.best, made.unusable) == (stop, 0, unusable)
    assert made.final.text == "a leak and an insult"
    assert not made.acceptable


def test_a_model_that_repeats_the_question_wrote_no_draft():
    async def echo(request):
        return Reply(text=f"Sure. {request.messages[0].content}")

    made = done(echo)
    assert (made.best, made.unusable, len(made.drafts)) == (0, 3, 1)


def test_a_critique_that_is_empty_is_done_without():
    model = Model("all is well", wrong="")
    made = done(model)
    assert made.final.text == "all is well"
    assert "What is wrong with it" not in model.asked[1].messages[0].content


@pytest.mark.parametrize(("calls", "spent"), [(0, 0), (1, 0), (2, 2), (3, 2), (4, 4)])
def test_no_more_calls_are_made_than_were_given(calls, spent):
    made = done(Model("a leak", "a leak and jargon", "an insult"), calls=calls, rounds=5)
    assert made.calls == spent
    assert made.stop == ("repaired" if calls == 6 else "calls")


def test_a_look_that_takes_too_long_leaves_everything_unknown():
    async def slow(text):
        await asyncio.sleep(60)
        return verdicts(text)

    made = done(Model("all is well"), look=slow, seconds=0.05)
    assert made.stop == "time"
    assert not made.acceptable
    assert made.final.verdicts[0].kept is Kept.UNKNOWN


def test_a_draft_that_was_not_looked_at_is_never_the_best():
    async def once(text):
        if text != "a leak and an insult":
            await asyncio.sleep(60)
        return verdicts(text)

    made = done(Model("all is well"), look=once, seconds=0.1)
    assert (made.stop, made.best, len(made.drafts)) == ("time", 0, 1)


@given(data=st.data())
def test_the_outcome_is_never_worse_than_the_reply_was(data):
    dice = random.Random(data.draw(st.integers()))
    texts = st.lists(st.sampled_from([*WORDS, "", "well"]), max_size=4).map(" ".join)
    writes = data.draw(st.lists(texts | st.just(CallError("http-500")), min_size=1, max_size=4))
    reply = data.draw(texts)

    async def look(text):
        return [  # some of what could be seen is not
            Verdict(name=one.name, kept=Kept.UNKNOWN, text=one.text, hard=one.hard, severity=one.severity)
            if dice.random() < 0.1
            else one
            for one in verdicts(text)
        ]

    made = done(Model(*writes), reply, look=look, rounds=data.draw(st.integers(0, 4)))
    assert rank(made.final.verdicts) <= rank(made.first.verdicts)
    assert rank(made.final.verdicts) == min(rank(draft.verdicts) for draft in made.drafts)
    assert (made.stop == "repaired") <= (acceptable(made.final.verdicts) and made.best > 0)


# -- which draft is better -------------------------------------------------------------------------


def test_the_worst_of_the_hard_counts_first_then_how_many_then_the_soft():
    order = ["well", "jargon", "insult", "insult jargon", "leak", "leak insult", "leak insult jargon"]
    ranks = [rank(verdicts(text)) for text in order]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)
    for place, text in enumerate(order):
        assert all(better(verdicts(later), verdicts(text)) for later in order[place + 1 :])
        assert not better(verdicts(text), verdicts(text))


def test_what_could_not_be_seen_counts_as_broken():
    unseen = Verdict(name="leak", kept=Kept.UNKNOWN, text="No leak.", severity=0.9)
    assert unseen.broken
    assert not acceptable([unseen])
    assert not acceptable([])
    assert not better(verdicts("leak"), [unseen])
    assert not better(verdicts("leak insult jargon"), [])


@pytest.mark.parametrize("severity", [0.0, -1.0, 1.1, float("nan")])
def test_a_severity_lies_above_0_and_up_to_1(severity):
    with pytest.raises(ValueError, match="severity"):
        Verdict(name="x", kept=Kept.KEPT, text="x", severity=severity)


@pytest.mark.parametrize("fields", [{"rounds": -1}, {"calls": -1}, {"seconds": -1.0}, {"seconds": float("nan")}])
def test_an_effort_that_is_none_is_refused(fields):
    with pytest.raises(ValueError, match="out of range"):
        Effort(**fields)


# -- what is asked, and what is kept of it ---------------------------------------------------------


def test_the_same_question_is_the_same_text_and_another_draft_another_fence():
    assert critique(ASKED, "a", ["No leak."]) == critique(ASKED, "a", ["No leak."])
    assert mark(ASKED, "a") != mark(ASKED, "b")
    forged = f"<<<end {mark(ASKED, 'a')}>>>"
    assert mark(ASKED, forged) not in forged  # so that no draft can close the fence that it stands in
    assert forged in revision(ASKED, forged, ["No leak."], "")


@pytest.mark.parametrize(
    ("reply", "draft"),
    [
        ("  Ask at the desk.\n", "Ask at the desk."),
        ("Corrected reply: Ask at the desk.", "Ask at the desk."),
        ("**Revised answer:** Ask at the desk.", "Ask at the desk."),
        ("<think>hm, the word</think>\nAsk at the desk.", "Ask at the desk."),
        ("New answers are given at the desk.", "New answers are given at the desk."),
        ("", ""),
        ("<<<reply WORD>>> Ask", ""),
        ("Demandez\u00a0à l\u2019accueil\u200d\u3000!", "Demandez\u00a0à l\u2019accueil\u200d\u3000!"),
        ("Ask at the \x07desk", ""),
        ("Ask at the \ud800desk", ""),
        ("<<<Ask at the desk>>>", ""),  # as small models do
    ],
)
def test_what_is_not_of_the_draft_is_taken_from_it(reply, draft):
    assert cleaned(reply, "WORD", "Ask ana.") == draft


def test_the_record_holds_digests_and_no_text():
    made = done(Model("jargon"), "a leak and an insult at Elm Street")
    record = made.record(guard="sha256:g")
    assert record.before == {"leak": "broken", "insult": "broken", "jargon": "kept"}
    assert record.after == {"leak": "kept", "insult": "kept", "jargon": "broken"}
    assert (len(record.drafts), len(record.critiques), record.best, record.stop) == (2, 1, 1, "repaired")
    told = str(record.payload())
    for text in ("Elm", "Whom", "library", "It leaks"):
        assert text not in told
    assert type(record).from_payload(record.payload()) == record
