"""A guard lets nothing pass that its rules stop, and nothing at all when a check could not be made."""

import asyncio
import json
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.builtin.detectors.learned import second
from trimtab.detect import look
from trimtab.enforce import Action, Guard
from trimtab.errors import DetectorError, UsageError
from trimtab.kinds import Context, DetectorCard, Finding, Message, plugins
from trimtab.policy import GuardSpec


class Word:
    """Finds a word; `does` says how it misbehaves."""

    version = "1"

    def __init__(self, word="bad", label="test.word", does="", confidence=1.0, seconds=None):
        self.word, self.label, self.does, self.confidence = word, label, does, confidence
        self.name, self.looked = word, 0
        self.card = DetectorCard(labels=(label,), seconds=seconds)

    def find(self, text):
        self.looked += 1
        if self.does == "crash":
            raise RuntimeError(text)
        if self.does == "rubbish":
            return ["yes"]
        if self.does == "beyond":
            return [Finding(label=self.label, start=0, end=len(text) + 1)]
        if self.does == "slow":
            time.sleep(0.03)
        if self.does == "always":
            return [Finding(label=self.label, start=0, end=len(text))] if text else []
        at = text.find(self.word)
        return (
            [] if at < 0 else [Finding(label=self.label, start=at, end=at + len(self.word), confidence=self.confidence)]
        )


class Remote(Word):
    async def look(self, text, context):
        await asyncio.sleep(10 if self.does == "slow" else 0)
        return self.find(text)


class Obstinate(Word):
    """Takes being cut off for having found nothing."""

    async def look(self, text, context):
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return []
        return self.find(text)


@pytest.fixture
def installed(monkeypatch):
    """Detectors by name, made by the test itself instead of found among installed packages."""
    detectors: dict[str, object] = {}
    real = plugins.make
    monkeypatch.setattr(
        plugins,
        "make",
        lambda group, name, **fields: detectors[name] if name in detectors else real(group, name, **fields),
    )
    return detectors


def guard(rules, *, side="output", actions=None, **fields):
    return Guard(GuardSpec.model_validate({side: rules, **fields}), actions=actions)


def rule(detector, action="block", **fields):
    return {"detector": detector, "action": action, **fields}


def both(one, text):
    """What the guard says, whichever way it is asked."""
    said = one.output(text)
    later = asyncio.run(one.aoutput(text))
    assert (said.action, said.text) == (later.action, later.text)
    return said


def test_what_is_clean_goes_on_untouched(installed):
    installed["word"] = Word()
    said = both(guard([rule("word")]), "all is well")
    assert (said.action, said.text, said.seen, said.skipped) == (Action.ALLOW, "all is well", (), ())


def test_what_is_blocked_becomes_the_refusal(installed):
    installed["word"] = Word()
    said = both(guard([rule("word")], refusal="No."), "this is bad")
    assert (said.action, said.text) == (Action.BLOCK, "No.")
    assert said.reason == "test.word by word"


@pytest.mark.parametrize("does", ["crash", "rubbish", "beyond"])
@pytest.mark.parametrize("on_crash", ["block", "escalate"])
@pytest.mark.parametrize("made", [Word, Remote])
def test_a_check_that_breaks_is_never_a_pass(installed, does, on_crash, made):
    installed["word"] = made(does=does)
    said = both(guard([rule("word", "mask")], on_crash=on_crash), "all is well, secret words and all")
    assert said.action == Action(on_crash)
    assert not said.goes_on
    assert [one.reason for one in said.skipped] == ["crashed"]
    assert "secret words" not in repr(said)


@pytest.mark.parametrize("slow", [Remote(does="slow"), Obstinate()])
def test_a_remote_check_that_takes_too_long_is_never_a_pass(installed, slow):
    installed["word"] = slow
    said = both(guard([rule("word")], budget_ms=30), "all is well")
    assert (said.action, said.skipped[0].reason) == (Action.BLOCK, "timeout")


def test_a_check_for_which_no_time_is_left_is_never_a_pass(installed):
    installed["slow"], installed["word"] = Word(does="slow", seconds=0.0), Word(seconds=0.1)
    said = both(guard([rule("slow"), rule("word")], budget_ms=10), "all is well")
    assert said.action is Action.BLOCK
    assert [(one.detector, one.reason) for one in said.skipped] == [("slow", "timeout"), ("word", "budget")]


@pytest.mark.parametrize("on_crash", ["block", "escalate"])
def test_a_check_that_takes_too_long_is_never_a_pass_though_nobody_comes_after_it(installed, on_crash):
    installed["slow"] = Word(does="slow", seconds=0.0)
    one = guard([rule("slow", "mask")], budget_ms=10, on_crash=on_crash)
    said = both(one, "all is well")
    assert (str(said.action), [skipped.reason for skipped in said.skipped]) == (on_crash, ["timeout"])
    said = both(one, "this is bad")
    assert (str(said.action), [seen.finding.label for seen in said.seen]) == (on_crash, ["test.word"])
    stream = one.stream()
    assert stream.feed("all is well. " * 3) + stream.close() in {one.spec.refusal, one.spec.held}


class Loading(Word):
    """Loads something slowly when it first looks."""

    def __init__(self):
        super().__init__()
        self.loaded = False

    def find(self, text):
        if not self.loaded:
            time.sleep(0.6)
        self.loaded = True
        return super().find(text)


def test_what_a_detector_loads_first_is_in_nobodys_time(installed):
    installed["word"] = Loading()
    assert guard([rule("word")], budget_ms=500).output("all is well").action is Action.ALLOW


def test_the_cheapest_looks_first_and_the_rest_not_once_all_is_blocked(installed):
    cheap, dear = Word(seconds=0.001), Word(seconds=None)
    installed["cheap"], installed["dear"] = cheap, dear
    one = guard([rule("dear"), rule("cheap")])
    one.warm()
    cheap.looked = dear.looked = 0
    said = one.output("this is bad")
    assert (cheap.looked, dear.looked) == (1, 0)
    assert [one.reason for one in said.skipped] == ["needless"]
    assert said.action is Action.BLOCK


def test_the_strictest_rule_wins_and_a_tier_can_only_tighten(installed):
    installed["word"] = Word()
    assert guard([rule("word", "mask"), rule("word", "escalate")]).output("bad").action is Action.ESCALATE
    assert guard([rule("word", "mask")], actions={"test": "block"}).output("bad").action is Action.BLOCK
    assert guard([rule("word", "block")], actions={"test.word": "mask"}).output("bad").action is Action.BLOCK
    assert guard([rule("word", "mask")], actions={"other": "block"}).output("bad").action is Action.MASK


def test_labels_and_thresholds_narrow_a_rule(installed):
    installed["word"] = Word(confidence=0.6)
    assert guard([rule("word", threshold=0.7)]).output("bad").action is Action.ALLOW
    assert guard([rule("word", threshold=0.6)]).output("bad").action is Action.BLOCK
    installed["word"].card = DetectorCard(labels=("test.word", "test.other"))
    assert guard([rule("word", labels=["test.other"])]).output("bad").action is Action.ALLOW
    assert guard([rule("word", labels=["test"])]).output("bad").action is Action.BLOCK


def test_a_mask_that_never_ends_withholds_the_text(installed):
    installed["word"] = Word(does="always")
    said = both(guard([rule("word", "mask")]), "all of it")
    assert said.action is Action.BLOCK


HITS = [
    "ana@example.org",
    "+44 20 7946 0018",
    "4111 1111 1111 1111",
    "a n a @ e x a m p l e . o r g",
    "YW5hQGV4YW1wbGUub3Jn",
    "password = 'hG7!kq2pZ'",
]
TEXTS = st.lists(st.sampled_from(HITS) | st.text(max_size=12), max_size=8).map(" ".join) | st.lists(
    st.sampled_from(HITS) | st.text(max_size=4), max_size=6
).map("".join)
PATTERNS = Guard(GuardSpec.model_validate({"output": [rule("patterns", "mask")], "input": [rule("patterns", "mask")]}))


@given(TEXTS)
def test_after_masking_there_is_nothing_left_to_find(text):
    said = PATTERNS.output(text)
    if said.goes_on:
        left = look(plugins.make("detectors", "patterns"), said.text, Context(origin="assistant"))
        assert [finding for finding in left if finding.confidence >= 0.5] == []
        assert PATTERNS.output(said.text).text == said.text


SAID = st.lists(
    st.sampled_from(
        [*HITS, "4539578763621486", "\n", "\t", '"', "\\", "\u2028", "nora@example.org", "C:\\new", "\\\\n"]
    )
    | st.text(max_size=4),
    max_size=5,
).map("".join)
NUMBERS = st.sampled_from([4539578763621486, 447700900123, -4539578763621486, 12.5, 0])
VALUES = st.recursive(
    SAID | NUMBERS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["to", "body", "ok", "card"]), inner),
    max_leaves=8,
)
JSON = st.builds(
    json.dumps, st.dictionaries(st.sampled_from(["a", "b"]), VALUES, min_size=1), ensure_ascii=st.booleans(),
    indent=st.sampled_from([None, 1]),
)  # fmt: skip


def shape(value):
    """What of a JSON value masking must leave as it is: what holds what, by which name; a number may become a text."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else None


@given(JSON, st.booleans())
def test_arguments_that_are_json_stay_so_and_keep_their_structure(text, within):
    if within:
        text = json.dumps({"a": text})
    said = PATTERNS.output(text, arguments=True)
    assert said.goes_on
    assert shape(json.loads(said.text)) == shape(json.loads(text))
    assert PATTERNS.output(said.text, arguments=True).text == said.text
    (asked,) = PATTERNS.input([Message("tool", text)]).messages  # as in the history that a client sends
    assert asked.content == said.text
    stream = PATTERNS.stream(arguments=True)
    pieces = [stream.feed(text[at : at + 5]) for at in range(0, len(text), 5)]
    assert "".join(pieces) + stream.close() == said.text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"card": 4539578763621486, "ok": true}', '{"card": "[card]", "ok": true}'),
        ("[ 4539578763621486,-5]", '[ "[card]",-5]'),
        (r'{"body": "Contact:\nana@example.org\nBye"}', r'{"body": "Contact:\n[email]\nBye"}'),
        (r'{"body": "Contact:\tana@example.org\tBye"}', r'{"body": "Contact:\t[email]\tBye"}'),
        (r'{"body": "Contact:\u2028ana@example.org\u2028Bye"}', r'{"body": "Contact:\u2028[email]\u2028Bye"}'),
        (r'{"body": "Contact: \u0061na@example.org\\"}', r'{"body": "Contact: [email]\\"}'),
        (r'{"body": "CORP\\nora@example.org"}', r'{"body": "CORP[email]"}'),  # or a line break, of JSON in JSON
        (r'{"ana@example.org": {"n": null}}', r'{"[email]": {"n": null}}'),
        # A name that stood there twice would be read once; whoever reads it keeps the last.
        ('{"ana@example.org": 1, "bo@example.org": 2}', '{"[email]": 1, "[email] 2": 2}'),
        ('{"ana@example.org": 1, "[email]": 2, "bo@example.org": 3}', '{"[email] 2": 1, "[email]": 2, "[email] 3": 3}'),
        ('{"of ana@example.org, home": 1, "of bo@example.org, home": [{"cy@example.org": 2}, {"di@example.org": 3}]}',
         '{"of [email], home": 1, "of [email] 2, home": [{"[email]": 2}, {"[email]": 3}]}'),
        ('{"ana@example.org": "bo@example.org", "b": "cy@example.org"}', '{"[email]": "[email]", "b": "[email]"}'),
    ],
)  # fmt: skip
def test_what_is_masked_in_json_is_the_value_and_no_sign_of_json(text, masked):
    assert PATTERNS.output(text, arguments=True).text == masked
    assert PATTERNS.input([Message("user", text)]).messages[0].content == masked


@pytest.mark.parametrize("text", ["pay 4539578763621486", "{'card': 4539578763621486}", '{"card": 4539578763621486'])
def test_arguments_that_are_no_json_are_masked_as_any_text(text):
    assert PATTERNS.output(text, arguments=True).text == text.replace("4539578763621486", "[card]")


def test_a_reply_in_json_keeps_its_escapes():
    text = r'{"body": "Contact:\nana@example.org\n+44 20 7946 0018\nBye"}'
    assert PATTERNS.output(text).text == r'{"body": "Contact:\n[email]\n[phone]\nBye"}'


def test_a_finding_on_signs_of_json_alone_is_not_passed_over(installed):
    installed["sign"] = Word(word='": "', label="test.sign")
    one = guard([rule("sign", "mask")])
    assert one.output('{"a": "b"}', arguments=True).action is Action.BLOCK


def test_masks_name_what_they_hide():
    said = PATTERNS.output("Mail ana@example.org or call +44 20 7946 0018.")
    assert (said.action, said.text) == (Action.MASK, "Mail [email] or call [phone].")


def test_a_request_is_looked_at_message_by_message():
    said = PATTERNS.input(
        [
            {"role": "developer", "content": "ana@example.org"},
            Message("user", "I am ana@example.org"),
            {"role": "tool", "content": "ok"},
        ]
    )
    assert [m.content for m in said.messages] == ["[email]", "I am [email]", "ok"]
    assert [one.message for one in said.seen] == [0, 1]


def test_a_rule_looks_at_whom_it_names_and_the_ruling_says_what_nobody_looked_at():
    one = guard([rule("patterns", "mask", origins=["user"])], side="input")
    said = one.input([{"role": "system", "content": "ana@example.org"}, Message("user", "I am ana@example.org")])
    assert [message.content for message in said.messages] == ["ana@example.org", "I am [email]"]
    assert said.unlooked == ((0, 0),)
    quiet = one.input([{"role": "tool", "content": "ana@example.org"}, Message("user", "hi")])
    assert (quiet.action, quiet.unlooked) == (Action.ALLOW, ((0, 0),))
    assert PATTERNS.input([Message("system", "hi"), {"role": "tool", "content": "hi"}]).unlooked == ()


def test_an_order_in_a_system_prompt_is_no_attack_unless_a_rule_says_so(installed):
    installed["word"] = Word(label="attack.word")
    bad = [Message("system", "bad")]
    assert guard([rule("word")], side="input").input(bad).action is Action.ALLOW
    assert guard([rule("word", origins=["system"])], side="input").input(bad).action is Action.BLOCK
    installed["word"] = Word(label="harm.word")
    assert guard([rule("word")], side="input").input(bad).action is Action.BLOCK
    installed["word"].card = DetectorCard(labels=("harm.word", "attack.word"))
    assert guard([rule("word", labels=["attack"])], side="input").input(bad).unlooked == ((0, 0),)


@pytest.mark.parametrize("role", ["USER", "critic", "ipython", None, ...])
def test_whoever_is_unknown_counts_as_a_user(role):
    one = guard([rule("patterns", "mask", origins=["user"])], side="input")
    message = {"content": "I am ana@example.org"} | ({} if role is ... else {"role": role})
    for each in (message, message | {"content": [{"type": "text", "text": message["content"]}]}):
        said = one.input([each])
        assert (said.action, said.messages) == (Action.MASK, (Message("user", "I am [email]"),))
    if role is not ...:
        assert one.input([Message(role, "I am ana@example.org")]).action is Action.MASK


# -- texts that a model may read as one ----------------------------------------------------------------


def parts(*texts, role="user"):
    return {"role": role, "content": [{"type": "text", "text": text} for text in texts]}


def turns(*texts, role="user"):
    return [{"role": role, "content": text} for text in texts]


@pytest.mark.parametrize(
    "texts",
    [
        ("mail ana.solberg@", "example.org"),
        ("mail a", "n", "a@example.o", "rg"),
        ("mail ana@", "", "example.org"),
        ("mail ana@example.org or bo@", "example.org"),
    ],
)
def test_a_value_that_is_cut_in_parts_is_masked_in_each(texts):
    for said in (PATTERNS.input([parts(*texts)]), PATTERNS.input(turns(*texts)), PATTERNS.input(
        [Message("user", text) for text in texts]
    )):  # fmt: skip
        assert said.action is Action.MASK
        left = "".join(message.content.replace("\n", "") for message in said.messages)
        assert left.replace("[email]", "").replace(" or ", "") == "mail "
        found = [(one.message + one.part, one.finding.start, one.finding.end) for one in said.seen]
        assert all(end <= len(texts[number]) for number, _, end in found)


def test_what_a_text_introduces_is_found_in_the_next():
    one = guard([rule("patterns", labels=["secret"])], side="input")
    for cut in (("password =", " 'hG7!kq2pZ'"), ("password", "= 'hG7!kq2pZ'"), ("password = 'hG7", "!kq2pZ'")):
        for said in (one.input([parts(*cut)]), one.input(turns(*cut, role="system"))):
            assert (said.action, said.reason) == (Action.BLOCK, "secret.password by patterns")


def test_words_are_read_with_and_without_something_between_them(installed):
    installed["word"] = Word("be bad")
    one = guard([rule("word")], side="input")
    assert one.input([parts("be ", "bad")]).action is Action.BLOCK
    for word in ("be bad", "be\nbad", "bebad"):
        installed["word"] = Word(word)
        assert guard([rule("word")], side="input").input([parts("be", "bad")]).action is Action.BLOCK


@pytest.mark.parametrize("before", [0, 9_000, 40_000])
@pytest.mark.parametrize("after", [10, 9_000, 40_000])
def test_long_texts_are_looked_at_where_they_are_cut(before, after):
    texts = "words and " * (before // 10), "to ana@exam", "ple.org", " and words" * (after // 10)
    first, second = "".join(texts[:2]), "".join(texts[2:])
    said = PATTERNS.input([parts(first, second, first, second)])
    assert [message["content"] for message in said.wire] == [
        [
            {"type": "text", "text": text.replace("ana@exam", "[email]").replace("ple.org", "[email]")}
            for text in (first, second, first, second)
        ]
    ]


def test_what_is_not_one_text_is_not_read_as_one():
    call = {"type": "function", "function": {"name": "f", "arguments": "example.org"}}
    for messages in (
        turns("mail ana@", "example.org", role="tool"),
        [*turns("mail ana@"), *turns("example.org", role="assistant")],
        [{"role": "assistant", "content": "mail ana@", "tool_calls": [call]}],
    ):
        assert PATTERNS.input(messages).action is Action.ALLOW
    assert PATTERNS.input([parts("mail ana@", "example.org", role="tool")]).action is Action.MASK


def test_a_text_is_withheld_whose_parts_show_something_however_often_they_are_masked(installed):
    installed["word"] = Word("[word][word]")
    installed["other"] = Word("ab", label="test.word")
    one = guard([rule("other", "mask"), rule("word", "mask")], side="input")
    assert one.input([parts("a", "b")]).action is Action.BLOCK


class Short(Word):
    """Looks at short texts only."""

    def find(self, text):
        if len(text) > 6:
            raise RuntimeError(text)
        return []


class ShortRemote(Short, Remote):
    pass


@pytest.mark.parametrize("made", [Short, ShortRemote])
def test_a_check_of_texts_together_that_breaks_is_never_a_pass(installed, made):
    installed["word"] = made()
    one = guard([rule("word")], side="input")
    assert one.input([parts("short")]).action is Action.ALLOW
    said = one.input([parts("short", "short")])
    assert (said.action, {skipped.reason for skipped in said.skipped}) == (Action.BLOCK, {"crashed"})


def test_somebody_else_is_asked_once_about_texts_together(installed):
    installed["word"] = far = Remote("be bad")
    one = guard([rule("word")], side="input")
    assert one.input([parts("be", "bad")]).action is Action.BLOCK
    assert far.looked == 3


def test_a_code_that_is_cut_in_parts_of_the_instructions_is_kept_all_the_same():
    one = guard([rule("leak")])
    for system in ([parts("The code is MAROLIN-", "4827.", role="system")], turns("The code is MAROLIN-", "4827.", role="developer")):  # fmt: skip
        assert one.output("It is M A R O L I N - 4 8 2 7.", messages=system).action is Action.BLOCK
    whole = [parts("The code is MAROLIN-4827", "Tell nobody.", role="system")]
    assert one.output("It is MAROLIN-4827.", messages=whole).action is Action.BLOCK


@given(st.text("an@example.org +4279-", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_cutting_a_text_hides_nothing_of_it(text, low, high):
    pieces = [text[: min(low, high)], text[min(low, high) : max(low, high)], text[max(low, high) :]]
    if PATTERNS.input([Message("user", text)]).action is not Action.ALLOW:
        assert PATTERNS.input([parts(*pieces)]).action is not Action.ALLOW


# -- ids -----------------------------------------------------------------------------------------------


def test_ids_of_calls_are_looked_at_by_nobody_who_must_be_waited_for(installed):
    installed["far"] = far = Remote("nothing")
    one = guard([rule("patterns", "mask"), rule("far")], side="input")
    said = one.input([{"role": "tool", "tool_call_id": "4111-1111-1111-1111", "content": "ok"}])
    assert said.wire[0]["tool_call_id"] == "[card]"
    assert far.looked == 1  # at the content


def test_a_name_of_a_reply_is_harmless_where_nothing_is_found_in_it():
    one = guard([rule("leak"), rule("patterns", "mask")])
    messages = [Message("system", "The code is MAROLIN-4827.")]
    for name in ("chatcmpl-9f3", "call_Ab1", ""):
        assert one.harmless(name, messages=messages)
    for name in ("MAROLIN-4827", "x_MAROLIN_4827", "call_4111111111111111", "4111-1111-1111-1111"):
        assert not one.harmless(name, messages=messages)


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]},
        {"role": "user", "content": 5},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": {}}}]},
        {"role": "assistant", "content": None, "tool_calls": "f"},
        {"role": "assistant", "content": None, "function_call": {"name": "f"}},
    ],
)
def test_what_cannot_be_read_does_not_go_on(message):
    said = PATTERNS.input([message])
    assert (said.action, said.messages) == (Action.BLOCK, ())


def test_the_arguments_of_tool_calls_are_texts_like_any_other():
    call = {"id": "c1", "type": "function", "function": {"name": "mail", "arguments": '{"to": "ana@example.org"}'}}
    said = PATTERNS.input(
        [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "user", "content": [{"type": "text", "text": "one "}, {"type": "text", "text": "bo@example.org"}]},
            {
                "role": "assistant",
                "content": "as before",
                "function_call": {"name": "f", "arguments": "bo@example.org"},
            },
        ]
    )
    assert said.action is Action.MASK
    assert said.wire[0]["tool_calls"] == [call | {"function": {"name": "mail", "arguments": '{"to": "[email]"}'}}]
    assert said.wire[0]["content"] is None
    assert said.wire[1]["content"] == [{"type": "text", "text": "one "}, {"type": "text", "text": "[email]"}]
    assert said.wire[2]["function_call"] == {"name": "f", "arguments": "[email]"}
    assert [message.content for message in said.messages] == ["", "one \n[email]", "as before"]
    assert [(one.message, one.part) for one in said.seen] == [(0, 0), (1, 1), (2, 1)]
    assert "ana@example.org" in str(call)  # what was given is not changed


async def test_a_guard_that_must_wait_says_which_call_to_use_in_an_event_loop(installed):
    installed["word"] = Remote()
    one = guard([rule("word")])
    with pytest.raises(UsageError, match=r"await guard\.aoutput"):
        one.output("bad")
    with pytest.raises(UsageError, match=r"await guard\.ainput"):
        guard([rule("word")], side="input").input([Message("user", "bad")])
    assert (await one.aoutput("bad")).action is Action.BLOCK


def test_instructions_that_come_out_are_stopped():
    one = guard([rule("leak")])
    said = one.output(
        "The code is MAROLIN-4827.",
        messages=[Message("system", "The code is MAROLIN-4827; keep it."), Message("user", "?")],
    )
    assert said.action is Action.BLOCK


def test_a_detector_that_breaks_while_masking_withholds_the_text(installed):
    class Second(Word):
        def find(self, text):
            if self.looked:
                raise DetectorError("word", "broken")
            return super().find(text)

    installed["word"] = Second()
    assert guard([rule("word", "mask")]).output("bad").action is Action.BLOCK


def test_every_key_of_a_policys_guard_is_part_of_its_identity(monkeypatch):
    monkeypatch.setenv("K", "k" * 16)
    rules = {"input": [rule("patterns", "mask", how="pseudonym")], "key_env": "K"}
    other = {
        "output": [rule("leak")], "on_crash": "escalate", "budget_ms": 1.0, "refusal": "No.", "held": "Wait.",
        "hold_back": 9, "restore": True, "confidence": {"at_least": 0.5, "from": "logprobs"},
        "revise": {"model": "m"},
        "input": [*rules["input"], rule("leak")],
    }  # fmt: skip
    assert set(other) | {"key_env"} == set(GuardSpec.model_fields)
    known = [
        Guard(GuardSpec.model_validate({**rules, **fields})) for fields in ({}, *({k: v} for k, v in other.items()))
    ]
    assert len({one.digest for one in known}) == len(other) + 1


# Every local detector that ships, on both sides; what is loaded once is loaded by the first texts.
_WATCHED = """
import sys
from trimtab.enforce import Guard
from trimtab.policy import GuardSpec
local = ["patterns", "names", "injection", "toxicity", "bias", "refusal", "sensitive"]
rules = [{"detector": name, "action": "mask"} for name in local]
guard = Guard(GuardSpec.model_validate({"input": rules, "output": [*rules, {"detector": "leak", "action": "block"}]}))
messages = [{"role": "system", "content": "The door code is MAROLIN-4827."}, {"role": "user", "content": "Who is it?"}]
def look(text):
    guard.input([*messages, {"role": "tool", "content": text}])
    guard.output(text, messages=messages)
    stream = guard.stream(messages=messages)
    stream.feed(text)
    stream.close()
look("warm up, ana@example.org, +44 20 7946 0018, DNI 12345678Z, Maria Lopez of Rotterdam, 5 p.m.")
seen = []
sys.addaudithook(lambda event, args: seen.append(event) if event.startswith(("socket", "tempfile", "subprocess", "open", "os.")) else None)
look("ana@example.org and +44 20 7946 0018, says Maria Lopez. " * 20)
print(seen)
"""


def test_a_local_guard_touches_no_socket_and_no_file():
    done = subprocess.run([sys.executable, "-c", _WATCHED], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "more",
    [
        {"name": "ana@example.org"},
        {"refusal": "Not to ana@example.org."},
        {"reasoning_content": "It is ana@example.org."},
        {"ana@example.org": 1},
        {"content": [{"type": "refusal", "refusal": "Not to ana@example.org."}]},
        {"content": [{"type": "text", "text": "x", "annotations": [{"title": "ana@example.org"}]}]},
        {"tool_calls": [{"id": "call_1", "function": {"name": "ana@example.org", "arguments": "{}"}}]},
    ],
    ids=str,
)
def test_no_field_of_a_message_carries_a_text_past_the_guard(more):
    message = {"role": "assistant", "content": "x", **more}
    before = json.dumps(message)
    ruling = PATTERNS.input([message])
    assert ruling.action is Action.MASK
    assert "ana@" not in json.dumps(ruling.wire)
    assert json.dumps(message) == before


@pytest.mark.parametrize(
    "part", [{"text": "x", "image_url": {"url": "http://127.0.0.1/x"}}, {"type": "image_url", "text": "x"}]
)
def test_an_image_beside_a_text_is_stopped(part):
    ruling = PATTERNS.input([{"role": "user", "content": [part]}])
    assert (ruling.action, ruling.skipped[0].detail) == (Action.BLOCK, "a message with a part that is no text")


@pytest.mark.parametrize("detector", ["injection", "toxicity"])
def test_what_reads_again_is_loaded_before_the_first_text(detector):
    second.encoder.cache_clear()
    second.forget()
    guard([rule(detector)]).warm()
    assert second.encoder.cache_info().currsize == 1
