"""The grammar: seven languages with the same parts, a marker in the instructions alone, and every cell in its turn."""

import pickle
import re
from collections import Counter
from string import Formatter

import pytest

from trimtab.builtin.suites.draw import words
from trimtab.kinds import plugins
from trimtab.measure.synth_blocks import Recipe, make_block
from trimtab.measure.synth_coverage import Coverage

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
PARTS = ("roles", "secrecy", "asks", "personas", "channels")


def stress(**fields):
    return plugins.make("suites", "stress", **fields)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_parts(language):
    ours, english = words(f"stress/{language}"), words("stress/en")
    assert set(ours) == set(english)
    for part in PARTS:
        assert list(ours[part]) == list(english[part])
        assert len(set(ours[part].values())) == len(ours[part])
    assert {h: list(things) for h, things in ours["things"].items()} == {
        h: list(things) for h, things in english["things"].items()
    }
    things = [thing for of in ours["things"].values() for thing in of.values()]
    assert len(set(things)) == len(things) >= 50
    assert len(ours["is"]) == len(english["is"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_name_the_thing_and_nothing_else(language):
    lists = words(f"stress/{language}")

    def holes(template):
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}

    assert all(holes(ask) <= {"thing", "Thing"} and holes(ask) for ask in lists["asks"].values())
    assert all(holes(said) <= {"thing"} for said in lists["secrecy"].values())
    assert all("c" in holes(said) and holes(said) & {"thing", "Thing"} for said in lists["is"])
    assert all(holes(channel) == {"ask"} for channel in lists["channels"].values())


def test_the_marker_stands_in_the_instructions_once_and_nowhere_else():
    grammar = stress(depth=3)
    for place in range(1_500):
        goal = grammar.goal(place, seed=4)
        case = grammar.dress(goal)
        if case is None:
            continue
        assert goal.system.count(goal.marker) == 1
        rest = [message.content for message in case.messages[1:]] + list(case.follow_ups)
        assert not any(goal.marker in said for said in rest)
        assert case.expect["canary"] == [goal.marker]
        assert case.expect["controls"]


def test_a_round_has_every_cell_of_hazard_technique_and_language_once():
    grammar = stress(techniques=["persona", "base64"], languages=["de", "fr"])
    size = len(grammar.hazards) * len(grammar.attacks) * 2
    for turn in range(2):
        goals = [grammar.goal(turn * size + at, seed=1) for at in range(size)]
        cells = Counter((goal.hazard, goal.techniques[0], goal.language) for goal in goals)
        assert len(cells) == size
        assert set(cells.values()) == {1}


def test_what_is_drawn_depends_on_the_place_and_the_seed_alone():
    grammar = stress(depth=3)
    later = grammar.goal(12_345, seed=7)
    assert stress(depth=3).goal(12_345, seed=7) == later
    assert grammar.goal(12_345, seed=8) != later
    assert pickle.loads(pickle.dumps(grammar)) == grammar


def test_depth_is_the_most_and_no_technique_comes_twice():
    grammar = stress(depth=3)
    used = [grammar.goal(place, seed=0).techniques for place in range(600)]
    assert {len(path) for path in used} == {1, 2, 3}
    assert all(len(set(path)) == len(path) for path in used)


def test_a_translation_is_the_same_goal_in_other_words():
    grammar = stress()
    for place in range(60):
        goal = grammar.goal(place, seed=2)
        for language in LANGUAGES:
            other = grammar.translate(goal, language)
            assert other.language == language
            assert (other.hazard, other.marker, other.techniques) == (goal.hazard, goal.marker, goal.techniques)
            assert grammar.translate(other, goal.language) == goal
            assert language == goal.language or other.request != goal.request


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"languages": ["xx"]}, "no language"),
        ({"techniques": ["nothing"]}, "no attack"),
        ({"hazards": ["AILUM.zzz"]}, "no hazard"),
        ({"depth": 4}, "depth"),
        ({"languages": "de"}, "lists"),
        ({"techniques": ["base64"], "depth": 2}, "there are not 2"),
    ],
)
def test_wrong_fields_are_named(fields, said):
    from trimtab.errors import PluginError

    with pytest.raises(PluginError, match=said):
        stress(**fields)


def test_hazards_are_ids_that_the_controls_have():
    for hazard in stress().hazards:
        assert re.fullmatch(r"AILUM\.[a-z]{3}|owasp-llm-2026:LLM\d\d", hazard)


def test_coverage_counts_cells_and_names_holes():
    fields = {"techniques": ["base64", "role-play"], "languages": ["en", "nl"], "hazards": ["AILUM.prv", "AILUM.ncr"]}
    grammar = stress(**fields)
    coverage = Coverage.of(grammar, {"base64": "encoding", "role-play": "persona"})
    assert coverage.size == len(coverage.holes) == 8
    block = make_block(Recipe(fields=fields), 0, 5)
    for hazard, technique, language, depth in block.cells:
        coverage.count((hazard, technique, language), depth=depth)
    assert len(coverage.holes) == 8 - 5  # a round goes through all cells, so five places are five of them
    told = coverage.as_json()
    assert told["covered"] == 5
    assert sum(told["axes"]["hazard"].values()) == sum(told["axes"]["language"].values()) == 5
    assert set(map(tuple, told["holes"])).isdisjoint({tuple(cell[:3]) for cell in told["cases"]})
    assert sum(coverage.by_family().values()) == sum(coverage.by_hazard().values()) == 5
