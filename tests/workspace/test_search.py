"""`trimtab search`: it proposes points between the values of a grid, sees no case of the test, and certifies nobody."""

import json
import math
from pathlib import Path

import pytest
from tests.workspace.test_choose import write_grid

from trimtab.errors import UsageError
from trimtab.policy import load_policy
from trimtab.stats.loss_table import in_ordering_part
from trimtab.workspace.plan import make_plan
from trimtab.workspace.search import KEPT, Trial, _grid, _proposed, _suggested, with_points


def trial(p, merit):
    return Trial(settings={"generation.top_p": merit}, p=p, merit=merit)


def test_what_is_proposed_is_the_front_of_those_within_every_floor():
    seen = [trial(0.01, 0.2), trial(0.3, 0.5), trial(0.2, 0.1), trial(0.6, 0.9), trial(1.0, 2.0)]
    assert _proposed(seen) == [seen[0], seen[1]]
    assert _proposed([trial(0.6, 1.0)]) == []
    many = [trial(0.4 * n / 100, n / 100) for n in range(100)]
    kept = _proposed(many)
    assert len(kept) == KEPT
    assert (kept[0], kept[-1]) == (many[0], many[-1])


class Suggests:
    """Stands in for a trial of Optuna: takes the middle of a range, the last of a list."""

    def suggest_float(self, name, low, high):
        return (low + high) / 2

    def suggest_int(self, name, low, high):
        return (low + high) // 2

    def suggest_categorical(self, name, choices):
        return choices[-1]


@pytest.mark.parametrize(
    ("path", "values", "suggested"),
    [
        ("generation.temperature", (0, 1), 0.5),
        ("generation.top_p", (0.5, 0.75, 1.0), 0.75),
        ("generation.max_tokens", (10, 100), 55),
        ("guard", (None, "standard"), "standard"),
        ("with.stream", (True, False), False),
        ("generation.top_p", (0.5,), 0.5),
    ],
)
def test_numbers_are_searched_between_and_words_among_those_listed(path, values, suggested):
    found = _suggested(Suggests(), path, values)
    assert found == suggested
    assert type(found) is type(suggested)


def test_the_grid_to_search_in_must_be_plain(tmp_path):
    write_grid(tmp_path)
    policy = load_policy(tmp_path / "trimtab.yaml")
    assert _grid(policy, "", "") == ("bot", "tuned")
    with pytest.raises(UsageError, match="no such candidate"):
        _grid(policy, "", "current")
    several = (tmp_path / "trimtab.yaml").read_text(encoding="utf-8")
    several += "      other: {of: current, grid: {generation.top_p: [0.5, 1]}}\n"
    (tmp_path / "trimtab.yaml").write_text(several, encoding="utf-8")
    with pytest.raises(UsageError, match="several grids"):
        _grid(load_policy(tmp_path / "trimtab.yaml"), "", "")


def test_points_take_the_place_of_the_grid(tmp_path):
    write_grid(tmp_path)
    policy = load_policy(tmp_path / "trimtab.yaml")
    changed = with_points(policy, "bot", "tuned", [{"generation.temperature": 0.25}, {"generation.temperature": 0.5}])
    assert list(changed.systems["bot"].all_candidates) == ["current", "tuned@0.25", "tuned@0.5"]
    assert changed.systems["bot"].has_grid
    assert changed.digest != policy.digest


@pytest.mark.integration
def test_a_search_sees_no_case_of_the_test(place):
    pytest.importorskip("optuna")
    write_grid(place.folder)
    bot = place.folder / "bot.py"
    policy_file = place.folder / "trimtab.yaml"
    wide = policy_file.read_text(encoding="utf-8").replace("[0.1, 0.3, 0.5, 1.0, 1.5, 2.0]", "[0, 1]")
    policy_file.write_text(wide, encoding="utf-8")
    logging = '    open("asked.txt", "a").write(prompt + "\\n")\n    if "code" in prompt:'
    bot.write_text(bot.read_text(encoding="utf-8").replace('    if "code" in prompt:', logging), encoding="utf-8")
    done = place.trimtab("search", "--trials", "8", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["trials"] <= 8
    assert told["proposed"]
    assert all(
        math.isfinite(one["p"]) and 0 <= one["settings"]["generation.temperature"] <= 2 for one in told["proposed"]
    )
    assert not Path(place.folder / ".trimtab").exists()  # nothing of it is evidence

    policy = load_policy(place.folder / "trimtab.yaml")
    suites = make_plan(policy, place.folder, system="bot").suites.values()
    unit = {case.messages[-1].content: case.independent_unit for suite in suites for case in suite.cases}
    asked = set((place.folder / "asked.txt").read_text(encoding="utf-8").splitlines())
    assert asked
    assert all(in_ordering_part(unit[prompt]) for prompt in asked)

    decided = place.decided("trimtab.searched.yaml")
    assert decided["winner"] is None or decided["winner"].startswith(("tuned@", "current"))
    place.verify()


@pytest.mark.integration
def test_without_a_grid_it_says_what_is_wanting(place):
    pytest.importorskip("optuna")
    place.write()
    done = place.trimtab("search")
    assert done.returncode == 2
    assert "`grid`" in done.stderr
