"""A reply that a guard has written anew goes on only if every check lets the revision go on; else it is blocked."""

import asyncio
import json
import threading
import time

import pytest
from tests.unit.enforce.revising import Mood, reviser, said
from tests.unit.enforce.test_guard import Remote, installed, rule

from trimtab._canonical import text_digest
from trimtab.enforce import Action, Guard, Ruling, RulingLog, Seal, Vault
from trimtab.enforce.mending import Mender
from trimtab.enforce.screen import GuardScreen
from trimtab.errors import UsageError
from trimtab.evidence import Ledger, Revised, Rulings, Subject
from trimtab.kinds import Message, Reply, Request
from trimtab.policy import Candidate, GuardSpec, PrincipleSpec
from trimtab.testing import Behaviour

__all__ = ["installed"]

ASKED = [Message("user", "Whom do I ask about the form?")]
LEAK = "Ask ana@example.org about the form."
WELL = "Ask at the desk about the form."
TEXT = "A reply holds nobody's address."
PRINCIPLES = {
    "no-contact": PrincipleSpec.model_validate({"text": TEXT, "test": {"detector": "patterns", "labels": ["personal"]}})
}


def spec(*rules, **fields):
    revise = {"model": "helper", "rounds": 2, "budget_ms": 20_000.0, **fields.pop("revise", {})}
    output = rules or (rule("patterns", "revise", labels=["personal"]),)
    return GuardSpec.model_validate({"output": output, "revise": revise, **fields})


def guarded(server, *rules, log=None, limits=None, principles=PRINCIPLES, **fields):
    made = spec(*rules, **fields)
    model = {"openai": {"url": server.url, "model": "m", "key_env": ""}, "limits": limits or {}}
    mender = Mender.of(made, {"helper": Candidate.model_validate(model)}, principles)
    return Guard(made, mender=mender, log=log)


def test_what_was_found_is_written_anew_and_the_rest_is_left_alone():
    with reviser(WELL) as server, guarded(server) as guard:
        ruling = guard.output(LEAK, messages=ASKED)
        assert (ruling.action, ruling.text) == (Action.REVISE, WELL)
        assert ruling.goes_on
        assert ruling.reason == "personal.email by patterns"
        assert ruling.revision is not None
        assert (ruling.revision.stop, ruling.revision.calls) == ("repaired", 2)
        assert TEXT in server.seen[0].prompt  # the principle with this test says what is asked
        assert guard.output(WELL, messages=ASKED).action is Action.ALLOW
        assert len(server.seen) == 2


def test_without_a_principle_the_model_is_told_what_was_found():
    with reviser(WELL) as server, guarded(server, principles={}) as guard:
        guard.output(LEAK)
    assert "nothing of this kind: email (personal)" in server.seen[0].prompt


def test_a_second_round_follows_where_the_first_did_not_help():
    with reviser("Ask bo@example.org.", WELL) as server, guarded(server) as guard:
        ruling = guard.output(LEAK, messages=ASKED)
    assert (ruling.action, ruling.text, len(server.seen)) == (Action.REVISE, WELL, 4)


@pytest.mark.parametrize(
    ("writes", "why"),
    [
        (["Ask bo@example.org.", "Ask cy@example.org."], None),  # still found
        ([LEAK], None),  # the same again
        ([""], None),
        ([Behaviour(status=500)], "crashed"),
        ([Behaviour(fault="disconnect")], "crashed"),
        ([Behaviour(fault="garbage")], "crashed"),
        ([Behaviour(body=b"no json")], "crashed"),
        ([said("Ask at the", "length")], None),
        ([said("Ask at the desk.", "content_filter")], None),
    ],
)
def test_whatever_the_reviser_does_a_reply_that_was_not_put_right_is_blocked(writes, why):
    with reviser(*writes) as server, guarded(server) as guard:
        ruling = guard.output(LEAK, messages=ASKED)
    assert (ruling.action, ruling.text) == (Action.BLOCK, "I cannot help with that.")
    assert not ruling.goes_on
    assert [(one.detector, one.reason) for one in ruling.skipped] == ([("reviser", why)] if why else [])
    assert "personal.email by patterns" in ruling.reason


@pytest.mark.parametrize("fault", ["revision", "critique"])
def test_a_reviser_that_hangs_has_no_more_than_its_time(fault):
    hangs = Behaviour(fault="hang")
    moods = {"critique": {"critique": hangs}, "revision": {}}[fault]
    with reviser(hangs, **moods) as server, guarded(server, revise={"budget_ms": 150.0}) as guard:
        ruling = guard.output(LEAK, messages=ASKED)
    assert ruling.action is Action.BLOCK
    assert [(one.detector, one.reason) for one in ruling.skipped] == [("reviser", "timeout")]


def test_a_reviser_that_is_not_there_blocks():
    with reviser() as server:
        pass
    with guarded(server) as guard:
        assert guard.output(LEAK).action is Action.BLOCK


class Starts:
    """A model that takes its time to start, or fails to at first."""

    name, version = "starts", "1"

    def __init__(self, fails=0, *, waits=False):
        self.fails, self.started = fails, 0
        self.ready = threading.Event()
        if not waits:
            self.ready.set()

    def identity(self):
        return {}

    async def __aenter__(self):
        self.started += 1
        await asyncio.to_thread(self.ready.wait, 60)
        if self.started <= self.fails:
            raise RuntimeError("no memory")
        return self

    async def __aexit__(self, *exc):
        pass

    async def ask(self, request):
        return Reply(text=WELL)


@pytest.mark.parametrize(("starts", "times"), [(Starts(waits=True), 1), (Starts(fails=1), 2)])
def test_a_reviser_that_is_not_ready_blocks_and_goes_on_starting(installed, starts, times):
    installed["starts"] = starts
    made = spec(revise={"budget_ms": 100.0})
    guard = Guard(made, mender=Mender.of(made, {"helper": Candidate.model_validate({"plugin": "starts"})}, {}))
    actions = []
    until = time.monotonic() + 60
    while Action.REVISE not in actions:
        assert time.monotonic() < until
        actions.append(guard.output(LEAK).action)
        starts.ready.set()
    guard.close()
    assert actions[0] is Action.BLOCK
    assert starts.started == times


def test_one_call_has_no_more_than_the_time_of_one():
    with reviser(Behaviour(fault="hang")) as server, guarded(server, limits={"timeout": 0.15}) as guard:
        ruling = guard.output(LEAK, messages=ASKED)
    assert (ruling.action, ruling.skipped[0].reason) == (Action.BLOCK, "crashed")


def test_half_a_character_is_no_reason_to_crash():
    with reviser(WELL) as server, guarded(server) as guard:
        assert guard.output(f"{LEAK} \ud800", messages=[Message("user", "What\udfff?")]).action is Action.BLOCK


# -- every check looks at the revision -------------------------------------------------------------


def test_a_revision_in_which_another_rule_finds_something_is_blocked():
    rules = (rule("patterns", "revise", labels=["personal"]), rule("patterns", "block", labels=["secret"]))
    with reviser("password = 'hG7!kq2pZ'") as server, guarded(server, *rules) as guard:
        ruling = guard.output(LEAK, messages=ASKED)
    assert (ruling.action, ruling.text) == (Action.BLOCK, "I cannot help with that.")


def test_a_revision_in_which_something_is_to_be_masked_is_masked():
    rules = (rule("patterns", "revise", labels=["personal"]), rule("patterns", "mask", labels=["secret"]))
    with reviser("Ask at the desk; password = 'hG7!kq2pZ'") as server, guarded(server, *rules) as guard:
        ruling = guard.output(LEAK, messages=ASKED)
    assert (ruling.action, ruling.text) == (Action.REVISE, "Ask at the desk; password = '[password]'")


@pytest.mark.parametrize(("action", "text"), [("block", "I cannot help with that."), ("escalate", "A person will")])
def test_what_is_to_be_blocked_or_held_is_not_revised(action, text):
    rules = (rule("patterns", "revise", labels=["personal"]), rule("patterns", action, labels=["secret"]))
    with reviser(WELL) as server, guarded(server, *rules) as guard:
        ruling = guard.output(f"{LEAK} password = 'hG7!kq2pZ'", messages=ASKED)
        assert not server.seen
    assert ruling.action == action
    assert ruling.text.startswith(text)


@pytest.mark.parametrize("does", ["crash", "slow"])
def test_a_check_that_cannot_look_at_the_revision_blocks_it(installed, does):
    class Once(Remote):
        async def look(self, text, context):
            if text == LEAK:
                return []
            return await super().look(text, context)

    installed["once"] = Once(does=does)
    rules = (rule("patterns", "revise", labels=["personal"]), rule("once"))
    with reviser(WELL) as server, guarded(server, *rules, budget_ms=200.0) as guard:
        ruling = guard.output(LEAK, messages=ASKED)
    assert ruling.action is Action.BLOCK


def test_a_tier_that_blocks_has_the_last_word():
    made = spec()
    with reviser(WELL) as server:
        model = Candidate.model_validate({"openai": {"url": server.url, "model": "m", "key_env": ""}})
        guard = Guard(made, actions={"personal": "block"}, mender=Mender.of(made, {"helper": model}, {}))
        assert guard.output(LEAK).action is Action.BLOCK
        assert not server.seen


def test_a_ruling_that_a_reply_be_revised_lets_nothing_go_on_before_it_is():
    ruling = Ruling(action=Action.REVISE, text=LEAK)
    assert not ruling.goes_on
    assert not Action.REVISE.goes_on


# -- who sees what ---------------------------------------------------------------------------------


def test_the_reviser_sees_no_more_of_the_conversation_than_the_model_did():
    masks = [rule("patterns", "mask", labels=["personal"])]
    asked = [{"role": "user", "content": "I am cy@example.org. Whom do I ask?"}]
    with reviser(WELL) as server, guarded(server, input=masks) as guard:
        assert guard.output(LEAK, messages=asked).action is Action.REVISE
        assert all("I am [email]. Whom" in seen.prompt and "cy@" not in seen.prompt for seen in server.seen)


def test_the_reviser_does_not_see_what_is_masked():
    rules = (rule("patterns", "revise", labels=["personal"]), rule("patterns", "mask", labels=["secret"]))
    with reviser(WELL) as server, guarded(server, *rules) as guard:
        assert guard.output(f"{LEAK} password = 'hG7!kq2pZ'", messages=ASKED).action is Action.REVISE
        assert not any("hG7!kq2pZ" in seen.prompt for seen in server.seen)


def test_a_conversation_that_may_not_go_in_is_shown_to_nobody():
    stops = [rule("patterns", "block", labels=["personal"])]
    with reviser(WELL) as server, guarded(server, input=stops) as guard:
        ruling = guard.output(LEAK, messages=[Message("user", "I am cy@example.org.")])
        assert not server.seen
    assert ruling.action is Action.BLOCK


def test_a_revision_gets_back_what_pseudonyms_stand_for(monkeypatch):
    monkeypatch.setenv("NAMES_KEY", "k" * 32)
    hides = [rule("patterns", "mask", labels=["personal"], how="pseudonym")]
    fields = {"input": hides, "key_env": "NAMES_KEY", "restore": True}
    rules = (rule("patterns", "revise", labels=["secret"]),)
    vault = Vault()
    with reviser() as server, guarded(server, *rules, **fields) as guard:
        before = guard.input([Message("user", "I am cy@example.org.")], vault=vault)
        name = before.messages[0].content.removeprefix("I am ").removesuffix(".")
        server.script = Mood(writes=[f"Welcome, {name}."])
        reply = f"Welcome, {name}. password = 'hG7!kq2pZ'"
        ruling = guard.output(reply, messages=[Message("user", "I am cy@example.org.")], vault=vault)
        assert not any("cy@example.org" in seen.prompt for seen in server.seen)
    assert (ruling.action, ruling.text) == (Action.REVISE, "Welcome, cy@example.org.")


# -- every way of asking ---------------------------------------------------------------------------


def test_arguments_and_what_is_no_prose_are_never_written_anew():
    with reviser(WELL) as server, guarded(server) as guard:
        assert guard.output(json.dumps({"to": "ana@example.org"}), arguments=True).action is Action.BLOCK
        assert guard.output(LEAK, prose=False).action is Action.BLOCK
        assert not server.seen


def test_a_stream_is_held_to_its_end_and_then_revised():
    with reviser(WELL) as server, guarded(server) as guard:
        stream = guard.stream(messages=ASKED)
        assert [stream.feed(piece) for piece in ("Ask at the desk. " * 200, LEAK)] == ["", ""]
        assert stream.close() == WELL
        assert stream.ruling.action is Action.REVISE
        plain = guard.stream(messages=ASKED)
        assert plain.feed(WELL * 100) == ""
        assert plain.close() == WELL * 100

        async def waited():
            later = guard.stream(messages=ASKED)
            assert await later.afeed(LEAK) == ""
            return await later.aclose()

        assert asyncio.run(waited()) == WELL


def test_from_within_an_event_loop_only_the_forms_that_wait_will_do():
    async def wrongly(guard):
        guard.output(LEAK)

    with reviser(WELL) as server, guarded(server) as guard:
        assert guard.waits
        with pytest.raises(UsageError, match="aoutput"):
            asyncio.run(wrongly(guard))
        assert asyncio.run(guard.aoutput(LEAK)).text == WELL


def test_threads_and_event_loops_share_one_reviser():
    said_by: list[str] = []
    with reviser(WELL) as server, guarded(server, limits={"concurrency": 2}) as guard:
        threads = [threading.Thread(target=lambda: said_by.append(guard.output(LEAK).text)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.peak <= 2
    assert said_by == [WELL] * 6


def test_a_guard_that_was_closed_can_be_asked_again():
    with reviser(WELL) as server:
        guard = guarded(server)
        for _ in range(2):
            assert guard.output(LEAK).action is Action.REVISE
            guard.close()
            guard.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "trimtab-helper"]


def test_a_rule_that_revises_needs_somebody_who_does():
    with pytest.raises(UsageError, match="nobody revises"):
        Guard(spec())
    alone = Guard(spec().alone())
    assert alone.output(LEAK).action is Action.BLOCK


def test_the_identity_of_a_guard_that_revises_nothing_is_what_it_was():
    plain = GuardSpec.model_validate({"output": [rule("leak")]})
    assert "revise" not in Guard(plain).identity()["rules"]
    with reviser() as server, reviser() as other:
        one = guarded(server).digest
        assert one == guarded(server).digest
        assert one != guarded(server, revise={"rounds": 1}).digest
        assert one != guarded(other).digest  # or what the one wrote would be taken for what the other writes
        assert one != guarded(server, principles={}).digest


def test_a_candidate_measured_behind_it_says_what_a_user_would_read():
    async def ask(request):
        return Reply(text=LEAK, latency=0.5, prompt_tokens=5, completion_tokens=7)

    with reviser(WELL) as server, guarded(server) as guard:
        reply = asyncio.run(GuardScreen(guard).through(Request(messages=tuple(ASKED)), ask))
    assert (reply.text, reply.finish) == (WELL, "stop")
    assert reply.latency > 0.5
    assert (reply.prompt_tokens, reply.completion_tokens) == (None, None)  # nobody knows what the reviser took


# -- evidence --------------------------------------------------------------------------------------


def test_every_revision_is_in_the_ledger_sealed(tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as ledger, reviser(WELL, Behaviour(status=500)) as server:
        seal = Seal()
        log = RulingLog(ledger, subject=Subject(system="bot"), policy="sha256:p", seal=seal, every=3600.0)
        guard = guarded(server, log=log)
        guard.output(LEAK, messages=ASKED, about="request-1")
        guard.output(f"{LEAK} Soon.", messages=ASKED, about="request-2")
        guard.output(WELL, messages=ASKED)
        guard.close()
        rows = list(ledger.rows())
        found = [record for _, record in ledger.records()]
        ledger.verify().raise_if_bad()
    done, failed = (record for record in found if isinstance(record, Revised))
    assert (done.about, done.best, done.calls, done.stop, done.guard) == ("request-1", 1, 2, "repaired", guard.digest)
    assert all(map(seal.shows, done.drafts, [LEAK, WELL]))
    assert seal.shows(done.prompt, "\0".join(text for one in ASKED for text in (one.role, one.content)))
    assert not any(text_digest(text) in row.payload for row in rows for text in (LEAK, WELL))
    assert (done.before, done.after) == ({"personal.email": "broken"}, {"personal.email": "kept"})
    assert (failed.about, failed.best, failed.stop) == ("request-2", 0, "no-reply")
    (sums,) = (record for record in found if isinstance(record, Rulings))
    assert sums.rulings == [{"side": "output", "action": action, "count": 1} for action in ("allow", "block", "revise")]
    assert {row["action"] for row in sums.findings} == {"revise", "block"}
    assert not any(word in row.payload for row in rows for word in ("ana@", "desk", "form"))
