"""What a pseudonym hides comes back exactly, to whoever has the vault, and to nobody else."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.enforce.test_guard import HITS, JSON, TEXTS, rule
from tests.unit.enforce.test_stream import PIECES, cut

from trimtab.builtin.detectors.patterns.detector import LABELS
from trimtab.detect import look
from trimtab.enforce import Action, Guard, GuardScreen, Vault
from trimtab.enforce.pseudonym import Pseudonyms
from trimtab.errors import UsageError
from trimtab.kinds import Context, Message, Reply, Request, plugins
from trimtab.policy import GuardSpec

KEY = "0123456789abcdef-for-tests-only"
TOKEN = re.compile(r"\[[a-z-]+:[a-z]{20}\]")


def make(**fields):
    how = {"how": "pseudonym"}
    spec = {"input": [rule("patterns", "mask", **how)], "output": [rule("patterns", "mask", **how)], **fields}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TT_TEST_KEY", KEY)
        return Guard(GuardSpec.model_validate({"key_env": "TT_TEST_KEY", **spec}))


GUARD = make(restore=True)
ONE_WAY = make()
LABELLED = Guard(GuardSpec.model_validate({"output": [rule("patterns", "mask")]}))


def masked(text, vault=None):
    """A user's text as the model sees it; None when it does not go on."""
    said = GUARD.input([Message("user", text)], vault=vault)
    return said.messages[0].content if said.goes_on else None


@given(TEXTS)
def test_what_was_masked_comes_back_exactly(text):
    vault = Vault()
    seen = masked(text, vault)
    if seen is not None:
        assert vault.restore(seen) == text
        assert GUARD.output(seen, vault=vault).text == text


@given(TEXTS)
def test_masking_again_changes_nothing_and_finds_nothing(text):
    seen = masked(text)
    if seen is not None:
        again = GUARD.input([Message("user", seen)])
        assert (again.action, again.messages[0].content) == (Action.ALLOW, seen)


@given(TEXTS)
def test_pseudonyms_hide_what_labels_hide(text):
    seen, labelled = ONE_WAY.output(text), LABELLED.output(text)
    assert seen.goes_on == labelled.goes_on
    if seen.goes_on:
        assert [one.finding for one in seen.seen] == [one.finding for one in labelled.seen]
        assert re.sub(TOKEN, lambda match: match.group().partition(":")[0] + "]", seen.text) == labelled.text


@given(st.sampled_from(LABELS), st.text(max_size=20), st.binary(min_size=16, max_size=16))
def test_a_pseudonym_is_no_personal_data_by_itself(label, value, key):
    token = Pseudonyms(key).of(value, label.partition(".")[2])
    found = look(plugins.make("detectors", "patterns"), f"it is {token}, so", Context(origin="assistant"))
    assert [one for one in found if one.family == "personal"] == []


def test_the_same_value_has_the_same_pseudonym_and_another_key_another():
    a, b = Pseudonyms(b"k" * 16), Pseudonyms(b"l" * 16)
    assert a.of("ana@example.org", "email") == Pseudonyms(b"k" * 16).of("ana@example.org", "email")
    assert (
        len({one.of(v, n) for one in (a, b) for v in ("ana@example.org", "bo@example.org") for n in ("email", "x")})
        == 8
    )
    assert "ana" not in a.of("ana@example.org", "email")


def test_what_only_looks_like_a_pseudonym_hides_nothing():
    mine, other = Pseudonyms(KEY.encode()), Pseudonyms(b"another key that is long")
    assert len(list(mine.genuine(mine.of("x", "email")))) == 1
    assert list(mine.genuine(other.of("x", "email"))) == []
    forged = "[ana@example.org:" + "b" * 20 + "]"
    assert "ana@example.org" not in (masked(forged) or "")


def test_names_of_labels_that_no_pseudonym_could_hold_are_made_to_fit():
    mine = Pseudonyms(KEY.encode())
    for noun in ("Née 1", "", "é", "x" * 200, "9-lives", "a:b]"):
        assert len(list(mine.genuine(mine.of("x", noun)))) == 1


def test_without_the_vault_or_the_policys_word_nothing_comes_back():
    vault = Vault()
    seen = masked("I am ana@example.org.", vault)
    assert TOKEN.search(seen)
    assert GUARD.output(seen).text == seen
    assert ONE_WAY.output(seen, vault=vault).text == seen
    assert GUARD.output(seen, vault=Vault()).text == seen
    assert GUARD.output(f"Write to {seen}", vault=vault).text == "Write to I am ana@example.org."


def test_what_the_model_made_up_stays_masked_in_the_reply():
    vault = Vault()
    seen = masked("I am ana@example.org.", vault)
    reply = GUARD.output(seen + " and not bo@example.org", vault=vault).text
    assert reply.startswith("I am ana@example.org. and not [email:")
    assert len(vault) == 1


def test_arguments_of_a_tool_call_stay_json():
    vault = Vault()
    value = 'a "quoted"\npass'
    token = Pseudonyms(KEY.encode()).of(value, "password")
    vault.keep(token, value)
    arguments = json.dumps({"to": token})
    assert json.loads(GUARD.output(arguments, vault=vault, arguments=True).text) == {"to": value}


@given(JSON)
def test_what_was_masked_in_json_comes_back_and_stays_json(text):
    vault = Vault()
    seen = masked(text, vault)
    assert seen is not None
    back = json.loads(GUARD.output(seen, vault=vault, arguments=True).text)
    assert written(back) == written(json.loads(text))


def written(value):
    """A JSON value with its numbers as text, since a number that was masked comes back as one."""
    if isinstance(value, dict):
        return {key: written(inner) for key, inner in value.items()}
    return [written(inner) for inner in value] if isinstance(value, list) else str(value)


def test_a_value_has_the_same_pseudonym_however_json_writes_it():
    plain, escaped = masked('{"to": "ana@example.org"}'), masked(r'{"to": "\u0061na@example.org"}')
    assert plain == escaped == masked('{"to": "ana@example.org"}')
    assert TOKEN.findall(plain) == [masked("ana@example.org")]


def test_a_vault_is_bounded_and_forgets_what_was_not_seen_for_longest():
    mine = Pseudonyms(KEY.encode())
    tokens = [mine.of(str(number), "email") for number in range(3)]
    vault = Vault(limit=2)
    vault.keep(tokens[0], "0")
    vault.keep(tokens[1], "1")
    vault.keep(tokens[0], "0")
    vault.keep(tokens[2], "2")
    assert vault.restore(" ".join(tokens)) == f"0 {tokens[1]} 2"
    assert "0" not in repr(vault).replace("2 values", "")
    vault.forget()
    assert (len(vault), vault.restore(tokens[0])) == (0, tokens[0])
    with pytest.raises(ValueError):
        Vault(limit=0)


def test_a_value_with_a_pseudonym_in_it_comes_back_whole():
    mine, vault = Pseudonyms(KEY.encode()), Vault()
    inner = mine.of("ana@example.org", "email")
    vault.keep(inner, "ana@example.org")
    outer = mine.of(f"x {inner}", "address")
    vault.keep(outer, f"x {inner}")
    assert vault.restore(outer) == "x ana@example.org"


@given(cut(st.one_of(PIECES, st.sampled_from([Pseudonyms(KEY.encode()).of(hit, "email") for hit in HITS]))))
def test_streams_give_back_what_whole_replies_do(pieces):
    vault = Vault()
    for hit in HITS:
        vault.keep(Pseudonyms(KEY.encode()).of(hit, "email"), hit)
    whole = GUARD.output("".join(pieces), vault=vault)
    stream = GUARD.stream(vault=vault)
    text = "".join([*map(stream.feed, pieces), stream.close()])
    assert replace(stream.ruling, seconds={}, total=0.0) == replace(whole, seconds={}, total=0.0)
    assert text == whole.text or not whole.goes_on


async def test_a_guarded_candidate_gets_back_what_it_wrote_with_pseudonyms():
    class Echo:
        def __init__(self):
            self.asked = []

        async def ask(self, request):
            self.asked.append(request.messages[-1].content)
            return Reply(text=self.asked[-1], finish="stop", prompt_tokens=1, completion_tokens=1, latency=0.1)

    echo: Any = Echo()
    reply = await GuardScreen(GUARD).through(Request(messages=(Message("user", "I am ana@example.org."),)), echo.ask)
    assert reply.text == "I am ana@example.org."
    assert "ana@" not in echo.asked[0]


def test_the_key_is_in_the_environment_and_nowhere_else(monkeypatch):
    spec = GuardSpec.model_validate({"output": [rule("patterns", "mask", how="pseudonym")], "key_env": "TT_TEST_KEY"})
    monkeypatch.delenv("TT_TEST_KEY", raising=False)
    with pytest.raises(UsageError, match="TT_TEST_KEY"):
        Guard(spec)
    monkeypatch.setenv("TT_TEST_KEY", "short")
    with pytest.raises(UsageError, match="fewer"):
        Guard(spec)
    assert KEY not in json.dumps(GUARD.identity())
    assert KEY not in repr(vars(GUARD))


@pytest.mark.parametrize(
    "fields",
    [
        {"output": [rule("patterns", "block", how="pseudonym")], "key_env": "K"},
        {"output": [rule("patterns", "mask", how="pseudonym")]},
        {"output": [rule("patterns", "mask", how="pseudonym")], "key_env": "K", "restore": True},
        {"output": [rule("patterns", "mask", how="pseudonym")], "key_env": "not a name"},
    ],
)
def test_half_a_promise_is_a_mistake_in_the_policy(fields):
    with pytest.raises(ValueError):
        GuardSpec.model_validate(fields)
