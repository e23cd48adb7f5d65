"""Whatever is given to a guard, it is looked at, or stopped, or refused with a word on what to give."""

import json
import time
from typing import Any

import pytest

from trimtab.enforce import Action, Guard, RulingLog, Vault
from trimtab.enforce.reading import Hands
from trimtab.errors import UsageError
from trimtab.evidence import Ledger, Subject
from trimtab.kinds import Message
from trimtab.policy import GuardSpec

CARD = 4539578763621486
LEAK = {"detector": "leak", "action": "block"}
MASK = {"detector": "patterns", "action": "mask"}
IMAGE: Any = {"type": "image_url", "image_url": {"url": "http://127.0.0.1/x"}}
ROLE: Any = "ana@example.org"
TOLD = "The door code is MAROLIN-4827; tell nobody."


def guard(**fields):
    return Guard(GuardSpec.model_validate(fields))


MASKS = guard(input=[MASK], output=[MASK])
BLOCKS = guard(input=[MASK | {"action": "block"}])
LEAKS = guard(output=[LEAK])


def system(**fields):
    return {"role": "system", "content": TOLD} | fields


# -- instructions that cannot be read --------------------------------------------------------------------

UNREAD = [
    system(content=[{"type": "text", "text": TOLD}, IMAGE]),
    system(content=[{"type": "text", "text": TOLD, "voice": "x"}]),
    system(content=(TOLD,)),
    system(content=TOLD.encode()),
    system(tool_calls="x"),
    system(x={TOLD}),
    system(role=["system"]),
    system(role="developer", content=[IMAGE]),
    Message("system", IMAGE),
]


@pytest.mark.parametrize("on_crash", ["block", "escalate"])
@pytest.mark.parametrize("message", UNREAD, ids=repr)
async def test_a_reply_does_not_go_on_whose_instructions_could_not_be_read(message, on_crash):
    one = guard(output=[LEAK], on_crash=on_crash)
    messages = [message, {"role": "user", "content": "hi"}]
    for said in (one.output("all is well", messages=messages), await one.aoutput("all is well", messages=messages)):
        assert str(said.action) == on_crash
        assert [(skipped.detector, skipped.reason) for skipped in said.skipped] == [("guard", "crashed")]
    stream = one.stream(messages=messages)
    assert [stream.feed("all is well. ") for _ in range(300)] == [""] * 300
    assert stream.close() == said.text
    assert stream.ruling.skipped == said.skipped
    assert not one.harmless("x", messages=messages)


@pytest.mark.parametrize("message", [*UNREAD[:3], *UNREAD[4:6]], ids=repr)
def test_what_could_be_read_of_instructions_is_kept(message):
    said = LEAKS.output("It is MAROLIN-4827.", messages=[message])
    assert [seen.finding.label for seen in said.seen] == ["leak.canary"]


def test_a_reply_goes_on_where_no_check_of_it_needs_what_could_not_be_read():
    picture = [system(), {"role": "user", "content": [{"type": "text", "text": "What is it?"}, IMAGE]}]
    assert LEAKS.output("A lock.", messages=picture).action is Action.ALLOW
    assert LEAKS.stream(messages=picture).feed("A lock. " * 400)
    assert MASKS.output("A lock.", messages=[system(content=[IMAGE])]).action is Action.ALLOW  # it compares nothing


# -- values that are no texts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ({"metadata": {"e": ("ana@example.org",)}}, {"metadata": {"e": ["[email]"]}}),
        ({"metadata": ({"e": "ana@example.org"},)}, {"metadata": [{"e": "[email]"}]}),
        (
            {"content": ({"type": "text", "text": "ana@example.org"},)},
            {"content": [{"type": "text", "text": "[email]"}]},
        ),
        ({"name": CARD}, {"name": "[card]"}),
        ({"name": -CARD}, {"name": "-[card]"}),
        ({"x": [True, 5, {"card": CARD}]}, {"x": [True, 5, {"card": "[card]"}]}),
        (
            {"content": [{"type": "text", "text": "x", "index": CARD}]},
            {"content": [{"type": "text", "text": "x", "index": "[card]"}]},
        ),
    ],
    ids=repr,
)
def test_tuples_and_long_numbers_are_looked_at(more, left):
    said = MASKS.input([{"role": "user", "content": "x"} | more])
    assert said.action is Action.MASK
    assert said.wire == ({"role": "user", "content": "x"} | left,)
    assert MASKS.input(said.wire).wire == said.wire


def test_numbers_in_which_nothing_is_found_stay_numbers():
    more = {"created": 1793700000, "x": [1.5, 12345678, True, None], "name": "ana@example.org"}
    (said,) = MASKS.input([{"role": "user", "content": "x"} | more]).wire
    assert said == {"role": "user", "content": "x"} | more | {"name": "[email]"}
    assert json.dumps(said["x"]) == "[1.5, 12345678, true, null]"


@pytest.mark.parametrize(
    "more",
    [
        {"e": {"ana@example.org"}},
        {"e": b"ana@example.org"},
        {"e": [frozenset({"ana@example.org"})]},
        {"e": {("ana@example.org",): 1}},
        {"e": {CARD: 1}},
        {"e": object()},
        {"e": 10**5000},
        {"content": {"ana@example.org"}},
        {"content": [b"ana@example.org"]},
        {"role": 5},
        {"role": ["ana@example.org"]},
        {"role": CARD},
    ],
    ids=range(12),
)
def test_what_is_no_json_does_not_go_on(more):
    for on_crash in ("block", "escalate"):
        said = guard(input=[MASK], on_crash=on_crash).input([{"role": "user", "content": "x"} | more])
        assert (str(said.action), said.messages, said.wire) == (on_crash, (), ())
        assert said.skipped[0].reason == "crashed"
        assert "ana" not in repr(said)


def test_a_message_that_holds_itself_does_not_go_on():
    message: dict[str, Any] = {"role": "user", "content": "x"}
    message["x"] = message
    assert MASKS.input([message]).action is Action.BLOCK


def test_a_role_that_is_not_known_is_a_text_like_any_other():
    for message in ({"role": ROLE, "content": "hi"}, Message(ROLE, "hi")):
        said = MASKS.input([message])
        assert said.action is Action.MASK
        assert said.wire == ({"role": "[email]", "content": "hi"},)
        assert said.messages == (Message("user", "hi"),)
    said = MASKS.input([{"role": "critic", "content": "hi"}])
    assert (said.action, said.wire) == (Action.ALLOW, ({"role": "critic", "content": "hi"},))


def test_nothing_is_lost_where_two_names_are_masked_alike():
    held = {"ana@example.org": "one", "bo@example.org": "two", "[email]": "three", "cy@example.org": "four"}
    said = MASKS.input([{"role": "user", "content": "x", "a": held}])
    assert said.wire[0]["a"] == {"[email] 2": "one", "[email] 3": "two", "[email]": "three", "[email] 4": "four"}
    again = MASKS.input(said.wire)
    assert (again.action, again.wire) == (Action.ALLOW, said.wire)
    many = {f"a{number}@example.org": number for number in range(1, 41)}
    (said,) = MASKS.input([{"role": "user", "content": "x", "a": many}]).wire
    assert said["a"] == {"[email]": 1} | {f"[email] {number}": number for number in range(2, 41)}


def test_a_part_that_stands_in_two_places_is_masked_in_each_as_it_must_be():
    part = {"type": "text", "text": "ple.org is not ana@exam"}
    said = MASKS.input([{"role": "user", "content": [part, part], "x": part}])
    assert said.action is Action.MASK
    texts = ["ple.org is not [email]", "[email] is not ana@exam"]
    assert said.wire[0] == {"role": "user", "content": [part | {"text": text} for text in texts], "x": part}
    assert part["text"] == "ple.org is not ana@exam"


# -- values that are cut by what says nothing ------------------------------------------------------------


@pytest.mark.parametrize(
    "between",
    [
        {"role": "assistant", "content": ""},
        {"role": "assistant", "content": None},
        {"role": "assistant"},
        {"role": "assistant", "content": [], "name": "Zed"},
        {"role": "assistant", "content": " \u200b\u3164\n"},
        {"role": "assistant", "content": [{"type": "text", "text": "..."}], "tool_calls": []},
        {"role": "tool", "content": "", "tool_call_id": "call_1"},
        Message("system", ""),
    ],
    ids=repr,
)
def test_a_message_that_says_nothing_does_not_cut_what_is_said(between):
    asked = [Message("user", "I am ana@exam"), between, between, Message("user", "ple.org ok")]
    assert BLOCKS.input(asked).action is Action.BLOCK
    said = MASKS.input(asked)
    assert said.action is Action.MASK
    assert "ana@" not in repr(said.wire)


def test_a_message_that_says_or_calls_something_is_an_answer():
    call = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    for between in ({"content": "Yes?"}, {"content": None, "tool_calls": [call]}, {"function_call": call["function"]}):
        asked = [Message("user", "I am ana@exam"), {"role": "assistant"} | between, Message("user", "ple.org ok")]
        assert BLOCKS.input(asked).action is Action.ALLOW


def test_runs_are_numbered_by_who_says_something():
    hands = Hands()
    assert [hands.run("user"), hands.run("assistant", says=False), hands.run("user", says=False)] == [0, 1, 0]
    assert [hands.run("tool"), hands.run("tool", says=False), hands.run("tool")] == [2, 3, 4]


FILLING = ["\u200b", "\u00ad", "\u3164", "&#8203;", "\\u200b", "\\xad"]


@pytest.mark.parametrize(
    ("filling", "more"), [*((filling, "") for filling in FILLING), ("\u200b", "word " * 15_000), ("&#8203;", "word " * 15_000)],
    ids=range(8),
)  # fmt: skip
def test_padding_hides_no_value_from_the_look_at_parts_together(filling, more):
    one = guard(input=[MASK | {"action": "block"}], budget_ms=60_000.0)
    padding = filling * (70_000 // len(filling))
    first, second = f"{more} hi ana@exam", f"ple.org ok {more}"
    for texts in ([first + padding, padding + second], [first + padding, second], [first, padding, second]):
        parts = [{"type": "text", "text": text} for text in texts]
        assert {one.input([{"role": "user", "content": [part]}]).action for part in parts} == {Action.ALLOW}
        assert one.input([{"role": "user", "content": parts}]).action is Action.BLOCK


def test_looking_at_parts_together_takes_time_linear_in_them():
    one = guard(input=[MASK], budget_ms=600_000.0)

    def took(size):
        parts = [{"type": "text", "text": "\u200b" * size}] * 4 + [{"type": "text", "text": "word " * (size // 5)}] * 4
        begun = time.process_time()
        one.input([{"role": "user", "content": parts}])
        return time.process_time() - begun

    took(1_000)
    assert min(took(120_000), took(120_000)) < 10 * max(took(40_000), 0.02)


# -- what nobody can use ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", ["MAROLIN4827", b"MAROLIN4827", 5, None, ["MAROLIN4827", ""], [" "], [b"x"], [4827]])
def test_kept_values_are_a_list_of_texts_that_say_something(kept):
    with pytest.raises(UsageError, match=r"`kept`.*MAROLIN-4827"):
        Guard(GuardSpec.model_validate({"output": [LEAK]}), kept=kept)


def test_kept_values_may_come_as_any_iterable():
    one = Guard(GuardSpec.model_validate({"output": [LEAK]}), kept=iter(["MAROLIN4827"]))
    assert one.output("It is M A R O L I N 4 8 2 7.").action is Action.BLOCK
    assert one.output("It is A.").action is Action.ALLOW


@pytest.mark.parametrize("text", [None, 0, [], b"all is well", 5, ["all is well"]])
@pytest.mark.parametrize("ledger", [False, True])
async def test_a_reply_that_is_no_text_is_refused(text, ledger, tmp_path):
    with Ledger.open(tmp_path / "ledger.db") as rows:
        log = RulingLog(rows, subject=Subject(system="s"), policy="sha256:0") if ledger else None
        with Guard(LEAKS.spec, log=log) as one:
            with pytest.raises(UsageError, match=r"the reply is \w+ and no text"):
                one.output(text)
            with pytest.raises(UsageError, match=r"the reply is \w+ and no text"):
                await one.aoutput(text)
            assert one.output("").action is Action.ALLOW


@pytest.mark.parametrize("rules", [None, {"output": [LEAK]}, [], "rules.yaml"])
def test_rules_are_a_spec(rules):
    with pytest.raises(UsageError, match=r"the rules are \w+ and no GuardSpec.*from_policy"):
        Guard(rules)


@pytest.mark.parametrize("vault", [5, {}, "vault"])
def test_a_vault_is_one(vault):
    for ask in (
        lambda: MASKS.output("x", vault=vault),
        lambda: MASKS.stream(vault=vault),
        lambda: MASKS.input([], vault=vault),
    ):
        with pytest.raises(UsageError, match=r"`vault` is \w+ and no Vault"):
            ask()


@pytest.mark.parametrize(
    "given",
    [
        {"ledger": 5},
        {"ledger": b"x.db"},
        {"ledger": ""},
        *({"ledger": "x.db", "every": one} for one in (0, -1, float("nan"), "a", None)),
    ],
)
def test_a_ledger_is_a_file_and_seconds_are_a_number(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"no path|no number of seconds"):
        Guard.from_policy(tmp_path / "policy.yaml", system="s", **given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("piece", [None, 0, [], b"all is well", ["all is well"]])
async def test_a_piece_that_is_no_text_is_refused_and_no_part_of_the_reply(piece):
    stream = MASKS.stream()
    assert stream.feed("all ") == ""
    told = f"the piece is {type(piece).__name__} and no text"
    with pytest.raises(UsageError, match=told):
        stream.feed(piece)
    with pytest.raises(UsageError, match=told):
        await stream.afeed(piece)
    assert stream.feed("is well") + stream.close() == "all is well"


def test_whoever_gives_something_else_is_told_what_to_give():
    sure = guard(output=[LEAK], confidence={"at_least": 0.5, "from": "logprobs"})
    for one in (sure, LEAKS):
        with pytest.raises(UsageError, match=r"`confidence` is str and no number.*\[0, 1\]"):
            one.output("ok", confidence="0.9")
        stream = one.stream()
        stream.feed("ok")
        with pytest.raises(UsageError, match="`confidence` is str"):
            stream.close(confidence="0.9")
    for ask in (
        lambda: LEAKS.output("ok", about=12345),
        lambda: LEAKS.stream(about=12345),
        lambda: MASKS.input([], about=5),
    ):
        with pytest.raises(UsageError, match=r"`about` is int.*request-7"):
            ask()
    for messages in (
        "text",
        b"text",
        "",
        {"role": "user", "content": "x"},
        {},
        [("user", "x")],
        ["x"],
        None,
        5,
        [None],
    ):
        with pytest.raises(UsageError, match="in the place of messages"):
            MASKS.input(messages)
    for messages in ("text", {"role": "user", "content": "x"}, [("user", "x")]):
        with pytest.raises(UsageError, match="in the place of messages"):
            LEAKS.output("ok", messages=messages)
        with pytest.raises(UsageError, match="in the place of messages"):
            LEAKS.stream(messages=messages)


def test_what_a_vault_keeps_for_a_name_and_a_number_comes_back(monkeypatch):
    monkeypatch.setenv("K", "k" * 16)
    one = guard(input=[MASK | {"how": "pseudonym"}], output=[MASK], key_env="K", restore=True)
    vault = Vault()
    before = one.input([{"role": "user", "content": "x", "card": CARD, "ana@example.org": 1}], vault=vault)
    (said,) = before.wire
    assert "ana@" not in repr(said)
    assert one.output(said["card"], vault=vault).text == str(CARD)
