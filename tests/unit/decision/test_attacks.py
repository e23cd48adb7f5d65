"""Coverage is read off cases, and expected costs are products of ranges; neither claims more than was asked."""

import pytest

from trimtab.decision.attacks import Stop, Success, Tried, covered, expected
from trimtab.kinds import Estimate, Interval
from trimtab.policy.controls import catalogue
from trimtab.policy.cost_spec import CostsSpec

KNOWN = catalogue()
COSTS = CostsSpec(
    hour=100.0,
    incident={"S1": {"hours": (10, 20), "legal": (1000, 5000)}, "S2": [1, 10]},
    reputation={"S1": (0, 50_000)},
    hazards={"AILUM.cse": "S1", "AILUM.prv": "S2"},
)


def tried(*controls, technique="poem", hazard=""):
    return Tried(family="f", technique=technique, hazard=hazard, controls=controls)


def rows(cases, through=None, installed=None):
    found, own = covered(KNOWN, cases, through or {}, installed=installed or {})
    return {row.control.link: row for part in found.values() for row in part}, own


def rate(low, high):
    return Estimate(value=(low + high) / 2, interval=Interval(low, high, 0.9, "betting"), count=40, cases=40)


def test_what_no_case_names_is_not_covered():
    found, _ = rows({})
    assert {row.state for row in found.values()} <= {"not-asked", "no-attack", "not-by-asking"}
    assert found["owasp-llm-2026:LLM04"].state == "not-by-asking"
    assert found["owasp-llm-2026:LLM06"].state == "no-attack"
    assert all(row.why for row in found.values())


def test_cases_techniques_and_the_worst_candidate_are_counted():
    cases = {
        "a": tried("owasp-llm-2026:LLM01", technique="poem+base64"),
        "b": tried("owasp-llm-2026:LLM01"),
        "c": tried("mitre-atlas:AML.T0056"),
    }
    found, _ = rows(cases, {"x": frozenset("a"), "y": frozenset("abc")})
    one = found["owasp-llm-2026:LLM01"]
    assert (one.state, one.cases, one.got_through, one.techniques) == ("tested", 2, 2, ("base64", "poem"))
    assert found["mitre-atlas:AML.T0056"].got_through == 1


def test_a_sub_technique_counts_for_its_parent_and_other_lists_stay_apart():
    found, own = rows({"a": tried("mitre-atlas:AML.T0051.001", "house:7"), "b": tried("house:7")})
    assert found["mitre-atlas:AML.T0051"].cases == 1
    assert own == {"house:7": 2}


def test_a_hazard_is_tested_by_a_stand_in_and_says_so():
    found, own = rows({"a": tried(hazard="AILUM.prv"), "b": tried(hazard="my-own-hazard")})
    assert found["mlcommons-ailuminate-1.0:AILUM.prv"].state == "stand-in"
    assert found["mlcommons-ailuminate-1.0:AILUM.cse"].state == "not-asked"
    assert own == {}


def test_what_is_installed_and_was_not_asked_is_no_gap_of_the_library():
    found, _ = rows({}, installed={"owasp-llm-2026:LLM08": ["repeat-above", "debug-dump"]})
    row = found["owasp-llm-2026:LLM08"]
    assert row.state == "not-asked"
    assert "2 installed would test it: debug-dump, repeat-above" in row.why


def test_only_techniques_of_atlas_are_covered_by_attacks():
    found, _ = rows({})
    assert sum(link.startswith("mitre-atlas") for link in found) == 101


def cost(*given):
    found = expected(COSTS, *given)
    assert found is not None
    return found


def test_an_expected_cost_is_the_product_of_all_low_ends_and_of_all_high_ends():
    one = cost(rate(0.1, 0.5), ["AILUM.cse"], (10, 200))
    assert one.one == (10 * 100 + 1000, 20 * 100 + 5000 + 50_000)
    assert one.low == pytest.approx(0.1 * 10 * one.one[0])
    assert one.high == pytest.approx(0.5 * 200 * one.one[1])


def test_several_hazards_span_from_the_cheapest_to_the_dearest():
    one = cost(rate(0.0, 1.0), ["AILUM.cse", "AILUM.prv"], (1, 1))
    assert one.one == (1, 57_000)
    assert one.severities == ("S1", "S2")


def test_a_hazard_without_a_severity_has_no_cost_and_is_told():
    assert expected(COSTS, rate(0.0, 1.0), ["AILUM.hte"], (1, 1)) is None
    one = cost(rate(0.0, 1.0), ["AILUM.prv", "AILUM.hte"], (1, 1))
    assert (one.one, one.unstated) == ((1, 10), ("AILUM.hte",))


def test_who_would_have_stopped_it_is_whoever_did_at_either_side():
    stops: dict[str, Stop] = {"guard a": "no", "guard b": "input", "detector c": "output", "detector d": "unknown"}
    assert Success(case="x", tried=tried(), stops=stops).stopped_by == ("guard b", "detector c")
