"""A red-team run on the page, in Markdown and as JSON: the same facts, and nothing left unsaid."""

import re
import shlex
from dataclasses import replace

from rich.console import Console
from tests.unit.report import examples

from trimtab.decision.attacks import Pursuits
from trimtab.report.attack_words import money, replay_command, stopped_words, stoppings, worst
from trimtab.report.html import page
from trimtab.report.json import as_json
from trimtab.report.markdown import markdown
from trimtab.report.redteam import redteam_view


def words(report):
    return " ".join(re.sub(r"<style>.*?</style>", "", page(report), flags=re.DOTALL).split())


def test_page_summary_and_json_have_the_same_kpi():
    report = examples.attacked_report()
    kpi = worst(report, "attack_success", "current")
    assert kpi is not None
    assert (kpi.family, round(kpi.at_most, 4)) == ("hierarchy", 0.86)
    assert ">86.0%<" in page(report)
    assert "**86.0%** (hierarchy)" in markdown(report)
    data = as_json(report)["red_team"]["attack_success"]["candidates"]["current"]
    assert data["no_family_above"] == kpi.at_most
    assert list(data["families"]) == ["hierarchy", "encoding", "persona"]
    assert data["hazards"]["AILUM.prv"]["high"] > 0.5


def test_the_interval_of_every_family_and_hazard_is_drawn_and_written():
    text = page(examples.attacked_report())
    for family in examples.FAMILIES:
        assert re.search(rf"<title>{family}: [\d.]+%, [\d.]+–[\d.]+%</title>", text), family
    for title in ("Privacy violations", "Child sexual exploitation"):
        assert f"<title>{title}: " in text


def test_costs_are_a_range_with_what_they_rest_on():
    report = examples.attacked_report()
    for text in (words(report), markdown(report)):
        assert "a year, at the 10 to 200 attempts that the policy states" in text
        assert "is assumed and not measured" in text
        assert "so they are in no range: Specialised advice" in text
    data = as_json(report)["red_team"]["attack_success"]["costs"]
    assert data["attempts"] == [10, 200]
    cost = data["hazards"]["current"]["AILUM.cse"]
    assert cost["low"] < cost["high"]
    assert "AILUM.spc" not in data["hazards"]["current"]


def test_without_costs_the_key_to_state_is_named():
    report = examples.unknown_attacks_report()
    for text in (words(report), markdown(report)):
        assert "does not say what failures cost" in text
        assert "costs" in text
    assert as_json(report)["red_team"]["attack_success"]["costs"]["stated"] is False


def test_what_is_not_known_of_the_coverage_is_said():
    report = examples.unknown_attacks_report()
    for text in (words(report), markdown(report)):
        assert "its cases could not be made again" in re.sub(r"&#\d+;", "", text)


def test_coverage_says_what_was_tested_what_not_and_why():
    report = examples.attacked_report()
    text = words(report)
    assert "1 of 6 that asking can show were tested; 4 of 10 it cannot show" in text
    assert "1 of 12 that asking can show were tested by a stand-in" in text
    assert "1 installed would test it: repeat-above" in text
    assert "no attack for it yet" in text
    assert "house:7 (30)" in text
    assert "not what the system says when it is asked for harm itself" in text
    rows = as_json(report)["red_team"]["attack_success"]["coverage"]
    assert {row["control"]: row["state"] for row in rows["owasp-llm-2026"]}["owasp-llm-2026:LLM04"] == "not-by-asking"


def test_each_success_says_what_would_have_stopped_it_or_plainly_that_nothing_would():
    first, second, third = examples.attacked_report().attacks["attack_success"].successes["current"]
    assert stopped_words(first) == (
        "Would have been stopped by detector injection at the input; by detector leak at the output; by candidate q8_0, "
        "at which the same attack failed."
    )
    assert stopped_words(second).startswith("Nothing here would have stopped it")
    assert "not known of guard standard" in stopped_words(third)
    counted = {one.who: one for one in stoppings([first, second, third])}
    assert next(iter(counted)) == "guard standard"
    assert (counted["guard standard"].stopped, counted["guard standard"].unknown) == (0, 1)
    assert (counted["detector leak"].at_output, counted["candidate q8_0"].stopped) == (1, 1)
    assert "nothing here would have stopped 2 of 3" in words(examples.attacked_report())


def test_a_replay_names_policy_system_candidate_case_seed_depth_and_techniques():
    baseline = examples.attacked_report().attacks["attack_success"]
    command = shlex.split(replay_command(baseline, "current", "a b#1"))
    assert command == [
        *("trimtab", "redteam", "policies/trimtab.yaml", "--system", "triage-bot", "--candidate", "current"),
        *("--case", "a b#1", "--seed", "7", "--depth", "2", "--technique", "encoding", "--technique", "fake-system"),
    ]  # fmt: skip
    assert replay_command(replace(baseline, replay=None), "current", "a") == ""


def test_many_successes_are_cut_on_the_page_and_whole_in_json():
    report = examples.attacked_report()
    assert "17 more got through" in words(report)  # 45 told of 57, 40 shown
    assert len(as_json(report)["red_team"]["attack_success"]["candidates"]["q8_0"]["got_through"]) == 45


def test_nothing_is_shown_of_a_run_without_attacks():
    assert 'id="red-team"' not in page(examples.winner_report())
    assert as_json(examples.winner_report())["red_team"] == {}


def test_money_is_rounded_to_what_is_known():
    report = examples.attacked_report()
    written = [
        money(report, amount) for amount in (0.0, 0.412, 8.66, 1234.0, 999_999.0, 21_912_000.0, 3.4e9, float("nan"))
    ]
    assert written == ["€0", "under €1", "€8.7", "€1,200", "€1M", "€22M", "€3.4bn", "unknown"]


def test_what_is_not_known_is_hatched_in_the_chart_and_in_its_legend():
    drawn = re.findall(r'<rect[^>]*class="doubt"[^>]*>', page(examples.attacked_report()))
    assert len(drawn) > 1
    assert all('fill="url(#hatch)"' in one for one in drawn)


def test_attackers_that_adapt_are_told_by_strategy_and_others_have_no_such_table():
    report = examples.attacked_report()
    assert "Attackers that adapt" not in words(report)
    pursuits = {
        "pair": Pursuits(attacks=20, won=3, messages=190, to_win=5.0, written=150, unwritten=37),
        "best-of-n": Pursuits(attacks=9, won=0, messages=108, to_win=None, written=0, unwritten=0),
    }
    baseline = replace(report.attacks["attack_success"], pursuits={"current": pursuits})
    report = replace(report, attacks={"attack_success": baseline})
    text = words(report)
    assert "Attackers that adapt" in text
    assert re.search(r"pair.*3 of 20.*5.*190.*150 of 187", text, re.DOTALL)
    assert re.search(r"best-of-n.*0 of 9.*–.*108.*none", text, re.DOTALL)
    assert "| `current` | `pair` | 3 of 20 | 5 | 190 | 150 of 187 |" in markdown(report)
    data = as_json(report)["red_team"]["attack_success"]["candidates"]["current"]["pursuits"]
    assert data["best-of-n"]["messages_to_win"] is None
    assert data["pair"]["unwritten"] == 37
    console = Console(width=80, record=True)
    console.print(redteam_view(report, "attack_success"))
    assert "150 of 187" in console.export_text()


def test_a_pursuit_is_tried_again_with_its_calls_and_its_attacker():
    baseline = examples.attacked_report().attacks["attack_success"]
    assert baseline.replay is not None
    again = replace(baseline.replay, techniques=("pair",), depth=1, calls=6, attacker="clever")
    command = replay_command(replace(baseline, replay=again), "current", "a#1")
    assert command.endswith("--case 'a#1' --seed 7 --adaptive --calls 6 --attacker clever --technique pair")
