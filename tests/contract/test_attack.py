"""Every attack installed, ours or not: a pure function that dresses a request up and says where it comes from."""

import base64
import codecs
import pickle
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.kinds import Attempt, Message, plugins
from trimtab.policy.controls import catalogue

NAMES = plugins.names("attacks")
FILES = Path(__file__).parents[1] / "data" / "attacks"
CONTROL = re.compile(r"[a-z0-9-]+:[A-Za-z0-9.]+\Z")
TEXTS = st.text(min_size=1, max_size=60)


def made(name):
    return plugins.make("attacks", name)


def test_there_are_many_of_many_families():
    assert len(NAMES) >= 30
    assert len({made(name).family for name in NAMES}) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is_and_who_described_it(name):
    attack = made(name)
    assert attack.name == name
    assert attack.version
    assert attack.family
    assert attack.about.endswith(".")
    assert attack.source
    assert attack.controls
    assert all(CONTROL.match(control) for control in attack.controls)
    assert all(catalogue().find(control) for control in attack.controls), "see `trimtab controls`"
    assert pickle.loads(pickle.dumps(attack)) == attack  # our own


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25)  # of each of many attacks
@given(said=TEXTS, variant=st.integers(0, 10**6))
def test_it_is_the_same_each_time_and_keeps_what_it_was_given(name, said, variant):
    attempt = Attempt(
        said=said, before=(Message("user", "Hello."), Message("assistant", "Hello.")), follow_ups=("And now?",)
    )
    first, second = (made(name).apply(attempt, variant=variant) for _ in range(2))
    assert first == second
    if first is not None:
        assert first.before[:2] == attempt.before
        assert first.said
        assert all(message.role in {"user", "assistant"} for message in first.before)


@pytest.mark.parametrize("name", [name for name in NAMES if (FILES / f"{name}.yaml").exists()])
def test_it_does_what_its_file_shows(name):
    shown = yaml.safe_load((FILES / f"{name}.yaml").read_text(encoding="utf-8"))
    for variant, row in enumerate(shown["becomes"]):
        attempt = made(name).apply(Attempt(said=shown["said"]), variant=variant)
        assert attempt is not None
        assert attempt.said == row["said"]
        assert list(attempt.follow_ups) == row.get("follow_ups", [])
        before = [f"{message.role}: {message.content}" for message in attempt.before]
        assert before[:6] == row.get("before", [])[:6]


def test_every_attack_of_ours_has_a_file():
    ours = {name for name in NAMES if plugins.find("attacks", name).__module__.startswith("trimtab.")}
    assert ours == {path.stem for path in FILES.glob("*.yaml")}


def after(name, text):
    """What stands behind the note that tells how to read it."""
    return made(name).apply(Attempt(said=text), variant=0).said.rsplit(": ", maxsplit=1)[-1]


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1).filter(lambda t: ": " not in t))
def test_what_is_encoded_can_be_read_again(text):
    text = text.strip() or "x"
    assert base64.b64decode(after("base64", text)).decode() == text
    assert bytes.fromhex(after("hexadecimal", text)).decode() == text
    assert bytes(int(byte, 2) for byte in after("binary", text).split()).decode() == text
    assert codecs.decode(after("rot13", text), "rot13") == text
    assert made("zero-width").apply(Attempt(said=text), variant=0).said.replace("\u200b", "") == text
    tags = made("unicode-tags").apply(Attempt(said=text), variant=0).said
    assert "".join(chr(ord(char) - 0xE0000) for char in tags if ord(char) >= 0xE0000) == text
    wide = made("full-width").apply(Attempt(said=text), variant=0).said
    assert "".join(chr(ord(char) - 0xFEE0) if 0xFF01 <= ord(char) <= 0xFF5E else char for char in wide) == text


@pytest.mark.parametrize(
    "name", [n for n in NAMES if made(n).family in {"indirect", "exfiltration", "persona", "hierarchy"}]
)
def test_a_frame_holds_the_request_as_it_was(name):
    said = "What is {the word} by the door, and why?"
    assert said in made(name).apply(Attempt(said=said), variant=1).said


def test_attacks_can_be_put_on_top_of_one_another():
    attempt = Attempt(said="What is the word by the door?")
    for name in ("role-play", "base64", "in-mail", "pushback"):
        attempt = made(name).apply(attempt, variant=0)
    assert attempt.said.startswith("Summarise this mail.")
    assert len(attempt.follow_ups) == 2
    hidden = re.search(r"([A-Za-z0-9+/=]{60,})", attempt.said)
    assert hidden
    assert "What is the word by the door?" in base64.b64decode(hidden.group(1)).decode()
