"""Making cases until there are enough: never too many, never the same, and an end where there is no more."""

import pytest

from trimtab.builtin.suites.draw import words
from trimtab.errors import PluginError
from trimtab.kinds import plugins
from trimtab.measure.likeness import Likenesses
from trimtab.measure.synth import Synthesis
from trimtab.measure.synth_blocks import Recipe, blocks, make_block
from trimtab.measure.synth_coverage import Coverage
from trimtab.measure.synth_files import SuiteFiles

FIELDS = {"languages": ["en"], "techniques": ["direct"], "hazards": ["AILUM.prv"]}


def synthesis(tmp_path, recipe, alike=0.8):
    grammar = recipe.made()
    families = {name: plugins.find("attacks", name).family for name in grammar.attacks}
    return Synthesis(
        coverage=Coverage.of(grammar, families), files=SuiteFiles(tmp_path / "a.jsonl"), likenesses=Likenesses(alike)
    )


@pytest.fixture
def few_words(monkeypatch):
    """A grammar that has little to say."""
    english = words("stress/en")
    for part in ("roles", "secrecy", "personas", "channels"):
        first = next(iter(english[part].items()))
        monkeypatch.setitem(english, part, dict([first]))


@pytest.mark.parametrize("cases", [1, 999, 1000, 1001])
def test_there_are_as_many_as_were_asked_for(tmp_path, cases):
    recipe = Recipe(fields={"depth": 2})
    made = synthesis(tmp_path, recipe)
    made.from_grammar(recipe, cases=cases)
    assert made.kept == len(made.files) == len(made.likenesses) == sum(made.coverage.cells.values()) == cases
    assert made.made == made.kept + sum(made.rejected.values())
    assert not made.used_up
    made.files.abandon()


def test_a_grammar_that_has_no_more_ends_and_says_so(tmp_path, few_words):
    recipe = Recipe(fields=FIELDS)
    made = synthesis(tmp_path, recipe)
    made.from_grammar(recipe, cases=100_000)
    assert made.used_up
    assert 10 < made.kept < 1_000
    assert made.rejected["near-duplicate"] > made.kept
    made.files.abandon()


def test_more_cases_continue_fewer(tmp_path):
    recipe = Recipe(fields={"depth": 3}, seed=5)
    lines = []
    for cases in (700, 1700):
        made = synthesis(tmp_path, recipe)
        made.from_grammar(recipe, cases=cases)
        made.files.finish(head={}, manifest={}, page="")
        lines.append((tmp_path / "a.jsonl").read_bytes().splitlines())
    assert lines[1][:700] == lines[0]


def test_blocks_do_not_depend_on_where_one_begins():
    recipe = Recipe(fields={"depth": 2})
    whole, part = make_block(recipe, 0, 300), make_block(recipe, 100, 200)
    assert set(part.rows) <= set(whole.rows)
    assert sum(block.places for block in blocks(recipe, last=2_300)) == 2_300


def test_a_technique_that_breaks_is_named_without_what_it_said(monkeypatch):
    def broken(self, attempt, *, variant):
        raise RuntimeError(f"cannot dress {attempt.said}")

    monkeypatch.setattr(plugins.find("attacks", "base64"), "apply", broken)
    with pytest.raises(PluginError, match="RuntimeError") as caught:
        make_block(Recipe(fields={**FIELDS, "techniques": ["base64"]}), 0, 3)
    assert "cannot dress" not in str(caught.value)


def test_a_suite_that_is_no_grammar_is_refused():
    with pytest.raises(PluginError, match="no grammar"):
        Recipe(grammar="secret-keeping").made()


def test_the_digest_of_a_recipe_names_everything_that_changes_a_byte():
    digests = {Recipe(fields=fields, seed=seed).digest() for fields in ({}, {"depth": 2}, FIELDS) for seed in (0, 1)}
    assert len(digests) == 6
    assert Recipe(fields=FIELDS).digest() == Recipe(fields=dict(FIELDS)).digest()
