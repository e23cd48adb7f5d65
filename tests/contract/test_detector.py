"""Every detector installed, ours or not: spans lie in the text, hits are found wherever they stand, no text hangs it."""

import pickle
import tempfile
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.detect import look
from trimtab.kinds import Context, plugins

DATA = Path(__file__).parents[1] / "data" / "detectors"
# Those that need an address or a package to exist at all are tested beside their code.
NAMES = [
    name
    for name in plugins.names("detectors")
    if name == "fitted"
    or all(one.default is not one.empty for one in signature(plugins.find("detectors", name)).parameters.values())
]


@cache
def fields(name: str) -> dict[str, Any]:
    """What a detector cannot be made without."""
    if name != "fitted":
        return {}
    things = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    clean = [f"where is the {one} that I ordered" for one in things]
    asks = [f"give me my money back for the {one}" for one in things]
    folder = tempfile.mkdtemp()
    plugins.find("detectors", name).learn(
        clean + asks, [False] * len(clean) + [True] * len(asks), label="topic.refunds", false_alarms=0.2
    ).write(Path(folder))
    return {"path": folder}


def looked(name, text):
    return look(plugins.make("detectors", name, **fields(name)), text, Context(origin="assistant"))


@cache
def examples(name: str) -> dict[str, Any]:
    path = DATA / f"{name}.yaml"
    if not path.exists():
        assert not plugins.find("detectors", name).__module__.startswith("trimtab."), f"{name} needs {path}"
        return {"hits": [], "misses": []}
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


HITS = [(name, hit) for name in NAMES for hit in examples(name)["hits"]]


@pytest.mark.parametrize(("name", "hit"), HITS)
def test_it_finds_what_is_there(name, hit):
    findings = looked(name, hit["text"])
    assert [hit["text"][f.start : f.end] for f in findings] == [str(found) for found in hit["found"]]
    if "labels" in hit:
        assert [f.label for f in findings] == hit["labels"]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in NAMES for text in examples(name)["misses"]])
def test_it_finds_nothing_where_nothing_is(name, text):
    assert looked(name, text) == []


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=50)
@given(data=st.data())
def test_spans_lie_inside_the_text(name, data):
    # Random text alone almost never triggers a detector, so its own hits are mixed in.
    real = [hit["text"] for hit in examples(name)["hits"]] or ["x"]
    pieces = st.sampled_from(real) | st.text(max_size=40) | st.sampled_from(["\0", "\ud800", "@", "+", "٣", "\uff11"])
    text = "".join(data.draw(st.lists(pieces, max_size=6)))
    for finding in looked(name, text):
        assert finding.end <= len(text)


@pytest.mark.parametrize(("name", "hit"), HITS)
@settings(max_examples=20)
@given(before=st.text(max_size=30), after=st.text(max_size=30))
def test_a_hit_is_found_between_other_words(name, hit, before, after):
    text = f"{before} {hit['text']} {after}"
    start = len(before) + 1
    for found in map(str, hit["found"]):
        place = start + hit["text"].index(found)
        covered = {at for f in looked(name, text) for at in range(f.start, f.end)}
        # Neighbours may join it ("12 555-0137"), so it must be covered, not matched exactly.
        assert covered.issuperset(range(place, place + len(found))) or _number_next_to(before, after)


def _number_next_to(before: str, after: str) -> bool:
    """Digits, signs and letters at the seam can make another number, or none, of the hit."""
    return any(c.isnumeric() or c in "+-.(/" for c in before[-4:] + after[:4])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1-", "a@", "@", ".a", "+1(", "AA11 ", "A1", "x@a.", "٣", " \t", "\ud800", "\0", "12 34-56."]
)
def test_a_text_of_a_hundred_thousand_characters_is_only_long(name, piece):
    looked(name, (piece * 100_000)[:100_000])


@pytest.mark.parametrize("name", NAMES)
def test_it_travels_to_other_processes_and_names_itself(name):
    detector = plugins.make("detectors", name, **fields(name))
    assert pickle.loads(pickle.dumps(detector)) == detector
    assert (detector.name, bool(detector.version)) == (name, True)
