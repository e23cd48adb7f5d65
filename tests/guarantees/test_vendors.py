"""What vendors say of themselves lifts nothing, and what they owe is what the formula says: P11 and F08."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta
from tests.unit.decision.governed import CONTROLS, DAY, START, answer, books, count, policy

from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.reading import read
from trimtab.decision.kpis.table import estimate_kpi
from trimtab.decision.model import CandidateDecision, Decision, Judgement, Verdict
from trimtab.decision.period import Period
from trimtab.decision.scorecard import band_of
from trimtab.decision.vendor_sla import credit_of
from trimtab.decision.vendors import Ceiling, ceiling, standing, under
from trimtab.evidence.entries.incidents import IncidentOpened
from trimtab.kinds import Estimate, Interval, Missing

POLICY = policy()
SYSTEMS = {
    name: {
        "tier": "high", "owner": "ml", "intended_use": "x", "maximise": ["right"], "candidates": {"a": {"plugin": "callable"}}
    }
    for name in ("bot", "api")
}  # fmt: skip
QUARTER = Period.quarter("2026-Q3")
END = START + 60 * DAY
WORDS = st.sampled_from(["other-team", "outside"])
SAID = st.sampled_from(["met", "partly", "not", "unknown"])


def said(words):
    return st.lists(st.builds(answer, st.sampled_from(CONTROLS), SAID, words, day=st.integers(0, 59)), max_size=14)


def asked(entries=(), *, at=POLICY, decisions=(), asof=None, system=""):
    return Asked(
        books=books(entries), policy=at, period=QUARTER, asof=asof or QUARTER.end, decisions=decisions, system=system
    )


def kpi(name, given_) -> Any:
    return estimate_kpi(name, given_)


def capped(given_, system) -> Any:
    return ceiling(POLICY, books(given_), system, end=END)


def card(entries, *, end=END, at=POLICY, decisions=()):
    return standing(at, books(entries), "north", end=end, decisions=decisions).card


def lows(found):
    return {one.reading.metric: (one.reading.low or 0.0, one.verdict) for one in found.worths}


@given(said(st.sampled_from(["self", "other-team"])), said(st.just("self")))
def test_no_word_of_its_own_lifts_a_vendor_above_what_is_asked(given_, claims):
    before, after = lows(card(given_)), lows(card([*given_, *claims]))
    for metric, (low, verdict) in after.items():
        assert low <= max(before[metric][0], POLICY.vendors["north"].met)
        if verdict is Verdict.PASS:
            assert before[metric][1] is Verdict.PASS
    alone = card(claims)
    assert alone.verdict is not Verdict.PASS
    assert alone.score is None or alone.score <= 69.0


@given(said(st.sampled_from(["self", "other-team", "outside"])), st.randoms())
def test_the_order_of_rows_says_nothing(given_, order):
    mixed = list(given_)
    order.shuffle(mixed)
    assert card(given_).payload() == card(mixed).payload()


@given(said(WORDS), st.integers(0, 400))
def test_waiting_lifts_nobody(given_, days):
    assert (card(given_, end=END + days * DAY).score or 0.0) <= (card(given_).score or 0.0) + 1e-9


def test_an_admission_counts_at_once_and_until_others_have_looked():
    vouched = [answer(one, "met", "outside") for one in CONTROLS]
    assert card(vouched).verdict is Verdict.PASS
    admitted = [*vouched, *(answer(one, "not", day=5) for one in CONTROLS)]
    assert card(admitted).verdict is Verdict.FAIL
    taken_back = [*admitted, *(answer(one, "met", day=6) for one in CONTROLS)]
    assert card(taken_back).verdict is Verdict.FAIL
    assert card([*taken_back, *(answer(one, "met", "outside", day=7) for one in CONTROLS)]).verdict is Verdict.PASS


def test_of_several_answers_at_one_moment_the_worst_counts():
    for first, second in (("met", "not"), ("not", "met")):
        both = [answer(one, said, "outside") for one in CONTROLS for said in (first, second)]
        assert card(both).verdict is Verdict.FAIL


def test_an_answer_counts_for_a_quarter_to_the_microsecond():
    vouched = [answer(one, "met", "outside") for one in CONTROLS]
    for later, verdict in ((0, Verdict.PASS), (1, Verdict.INCONCLUSIVE)):  # what happens before `end` counts
        stands = standing(POLICY, books(vouched), "north", end=START + 92 * DAY + later)
        assert (stands.card.verdict, stands.overdue) == (verdict, bool(later))


def measured(low, high, *, day=1, hurt=Verdict.PASS, right=(0.95, 0.99)):
    def seen(ends):
        return Estimate(value=sum(ends) / 2, interval=Interval(ends[0], ends[1], 0.95, "x"), count=100, cases=100)

    judged = Judgement(
        asked="red-line", metric="hurt", requirement="no event", bound=0.0, verdict=hurt, seen=seen((0.0, 0.01)),
        needed=None, reason="",
    )  # fmt: skip
    one = CandidateDecision(
        candidate="a",
        verdict=Verdict.PASS,
        judgements=(judged,),
        estimates={"leak": seen((low, high)), "right": seen(right)},
    )
    return Decision(
        system="api", tier="high", policy="", run=f"run-{day}", time=START + day * DAY, confidence=0.95, alpha=0.05,
        baseline="", maximise=("right",), candidates=(one,), winner="a", verdict=Verdict.PASS, reason="",
    )  # fmt: skip


def with_api(**vendor):
    north = {**POLICY.vendors["north"].model_dump(), "system": "api", **vendor}
    return policy(vendors={"north": north, "south": POLICY.vendors["south"].model_dump()})


def test_what_our_suites_measure_is_the_last_decision_on_their_system():
    vouched, own = [answer(one, "met", "outside") for one in CONTROLS], with_api()
    never = card(vouched, at=own)
    assert (never.verdict, never.score <= 49.0) == (Verdict.INCONCLUSIVE, True)  # it does not pay not to be measured
    fine, bad = measured(0.0, 0.02), measured(0.06, 0.1, day=2)
    assert card(vouched, at=own, decisions=[fine]).verdict is Verdict.PASS
    assert card(vouched, at=own, decisions=[bad, fine]).verdict is Verdict.FAIL
    assert card(vouched, at=own, decisions=[fine, measured(0.0, 0.02, day=90)], end=END).verdict is Verdict.PASS
    crossed = card(vouched, at=own, decisions=[measured(0.0, 0.02, hurt=Verdict.FAIL)])
    assert (crossed.capped_by, crossed.score <= 49.0) == (("red line hurt",), True)


def test_a_critical_vendor_is_the_most_that_a_product_can_have():
    nothing = capped([], "bot")
    assert (nothing.vendor, nothing.band, nothing.score) == ("north", "D", 0.0)
    assert capped([], "api") is None
    vouched = [answer(one, "met", "outside") for one in CONTROLS]
    best = capped(vouched, "bot")
    assert best.band == standing(POLICY, books(vouched), "north", end=END).band == "A"
    value = kpi("P11", asked(vouched, asof=END, system="bot")).value
    assert value == pytest.approx(best.score / 100.0)
    assert isinstance(kpi("P11", asked()), Missing)
    assert isinstance(kpi("P11", asked(vouched, system="api")), Missing)


@pytest.mark.parametrize(("words", "verdict"), [("self", Verdict.INCONCLUSIVE), ("outside", Verdict.PASS)])
def test_what_vendors_say_of_themselves_passes_no_kpi(words, verdict):
    source = {"system": "ledger", "custodian": "ml", "independence": "outside"}
    p11 = {"target": 0.9, "floor": {"at_least": 0.5}, "n_min": 1, "owner": "ml", "source": source}
    found = read(
        "P11", asked([answer(one, "met", words) for one in CONTROLS], at=policy(kpis={"P11": p11}), system="bot")
    )
    assert (found.verdict, found.independence) == (verdict, words)
    assert isinstance(found.seen, Estimate)
    assert found.seen.value >= 0.5  # the claims themselves reach the floor


@given(st.floats(0.0, 100.0), st.sampled_from("ABCD"))
def test_the_band_of_a_product_is_at_most_the_vendors(points, band):
    product = replace(card([answer(CONTROLS[0], "met", "outside")]), score=points, band=band_of(points))
    most = Ceiling(system="bot", vendor="north", band=band, score=0.0, why="")
    found = under(product, most)
    assert found.band == max(product.band, band)  # of letters the later is the worse
    assert found.score == min(points, {"A": 100.0, "B": 84.0, "C": 69.0, "D": 49.0}[band])
    assert under(product, None) == product


# -- F08 ---------------------------------------------------------------------------------------------


def by_hand(hits, of, floor, slope):
    """(least, as counted, most) of fee * slope * shortfall, by the formula and the definition of the interval."""
    low = 0.0 if hits == 0 else beta.ppf(0.025, hits, of - hits + 1)
    high = 1.0 if hits == of else beta.ppf(0.975, hits + 1, of - hits)
    if not high < floor:
        return (0.0, 0.0, 0.0), low
    return tuple(10_000 * slope * (floor - end) for end in (high, hits / of, low)), low


@given(st.integers(1, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), st.integers(0, 40))
def test_what_is_owed_is_what_the_formula_says(r04, p08):
    found = credit_of(asked([count("R04", r04[0], r04[1]), count("P08", p08, 40)]), "north")
    first, low = by_hand(r04[0], r04[1], 0.9, 2.0)
    second, _ = by_hand(p08, 40, 0.8, 1.5)
    bonus = 250.0 if low >= 0.95 else 0.0
    ends = [min(4_000.0, one + other) - bonus for one, other in zip(first, second, strict=True)]
    assert [found.low, found.value, found.high] == pytest.approx(ends)
    assert found.low <= found.value <= found.high <= 4_000.0
    assert kpi("F08", asked([count("R04", r04[0], r04[1]), count("P08", p08, 40)])).value == pytest.approx(ends[1])


def test_fewer_kept_promises_never_owe_less():
    owed = [credit_of(asked([count("R04", hits, 40)]), "north").value for hits in range(41)]
    assert owed == sorted(owed, reverse=True)
    assert max(owed) == 4_000.0


def test_figures_of_the_vendor_earn_nothing_and_count_against_it():
    claimed = credit_of(asked([count("R04", 400, 400, "self")]), "north")
    assert (claimed.value, claimed.clauses[0].verdict) == (0.0, Verdict.INCONCLUSIVE)
    admitted = credit_of(asked([count("R04", 1, 40, "self"), count("R04", 40, 40)]), "north")
    assert (admitted.clauses[0].source, admitted.value > 0.0) == ("attested", True)


def test_what_nobody_saw_widens_the_ends_and_adds_nothing():
    nothing = credit_of(asked(), "north")
    assert (nothing.low, nothing.value, nothing.high, nothing.missing) == (-250.0, 0.0, 4_000.0, ("R04", "P08"))
    assert isinstance(kpi("F08", asked()), Missing)
    half = kpi("F08", asked([count("P08", 40, 40)]))
    assert (half.count, half.missing, half.interval.high) == (1, 1, 4_000.0)


@pytest.mark.parametrize(("since", "day", "counts"), [(0, 92, True), (-1, 10, False), (91, 92, True), (92, 93, False)])
def test_a_count_belongs_to_the_quarter_that_it_lies_in(since, day, counts):
    found = credit_of(asked([count("R04", 1, 40, since=since, day=day)]), "north")
    assert (found.missing == ("P08",)) is counts


def test_the_order_of_counts_says_nothing():
    entries = [count("R04", hits, 20, day=hits + 1, since=hits) for hits in range(12)]
    mixed = random.Random(1).sample(entries, len(entries))
    assert credit_of(asked(entries), "north").value == credit_of(asked(mixed), "north").value


def test_figures_of_their_system_are_our_kpis_and_go_before_counts():
    tier = POLICY.tiers["high"].model_dump()
    north = {**POLICY.vendors["north"].model_dump(), "system": "api"}
    own = policy(vendors={"north": north}, tiers={"high": {**tier, "limits": {"S1": {"fix": "1d"}}}}, systems=SYSTEMS)
    late = [
        IncidentOpened(
            incident=f"I-{number}", severity="S1", hazard="x", what="x", system="api", by="lead", at=START + DAY,
            detected=START + DAY,
        )
        for number in range(6)
    ]  # fmt: skip
    found = credit_of(asked([*late, count("R04", 40, 40)], at=own), "north").clauses[0]
    assert (found.source, found.verdict, found.shortfall[1]) == ("measured", Verdict.FAIL, 0.9)
    assert credit_of(asked([count("R04", 40, 40)], at=own), "north").clauses[0].source == "counted"


def test_a_metric_of_the_policy_is_taken_from_decisions_of_the_quarter():
    own = with_api(sla=[{"metric": "leak", "floor": 0.05, "slope": 4.0, "bonus": {"beyond": 0.03, "amount": 9}}])
    bad = credit_of(asked(at=own, decisions=[measured(0.08, 0.10)]), "north")
    assert bad.clauses[0].run == "run-1"
    assert [bad.low, bad.value, bad.high] == pytest.approx([1_200.0, 10_000 * 4.0 * 0.04, 2_000.0])
    assert credit_of(asked(at=own, decisions=[measured(0.0, 0.02)]), "north").value == -9.0
    assert credit_of(asked(at=own, decisions=[measured(0.08, 0.10, day=93)]), "north").missing == ("leak",)
