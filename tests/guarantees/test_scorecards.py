"""A scorecard cannot be bought: not by performance, not by silence, not by order, not by what others supply."""

import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.decision.model import Verdict
from trimtab.decision.readings import Seen, readings_of
from trimtab.decision.score_table import effective_weights
from trimtab.decision.scorecard import BAND_CAPS, Band, Reading, band_of, compare, score
from trimtab.decision.ways_up import ways_up, why_band
from trimtab.policy import load_policy
from trimtab.policy.score_spec import Pillar, ScoredMetric, TierScore
from trimtab.stats.raters import Rating, design_of, raters
from trimtab.stats.shares import funnel, shrunk_shares

WEIGHTS: dict[Pillar, float] = {"safety": 0.3, "privacy": 0.15, "fairness": 0.1, "governance": 0.15, "performance": 0.3}
PILLARS: list[Pillar] = list(WEIGHTS)
ends = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)).map(sorted)


@st.composite
def a_reading(draw, name, pillar):
    floor = draw(st.floats(0.1, 0.9))
    low, high = draw(ends)
    missing = draw(st.integers(0, 4)) == 0
    return Reading(
        metric=name, pillar=pillar, weight=draw(st.floats(0.2, 3.0)), better="higher", floor=floor,
        target=draw(st.floats(floor, 1.0)), low=None if missing else low, high=None if missing else high,
        veto=draw(st.booleans()), age=draw(st.floats(0.0, 400.0)),
        independence=draw(st.sampled_from(["self", "other-team"])),
        judged=draw(st.sampled_from([None, Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL])),
    )  # fmt: skip


@st.composite
def a_subject(draw):
    return [draw(a_reading(f"{pillar}-{at}", pillar)) for pillar in PILLARS for at in range(draw(st.integers(1, 2)))]


def points(readings, **limits):
    return score("bot", readings, WEIGHTS, limits=limits).score


@given(a_subject(), st.data())
@settings(max_examples=30, deadline=None)
def test_nothing_missing_and_nothing_old_raises_and_nothing_safer_lowers(readings, data):
    before = points(readings)
    at = data.draw(st.integers(0, len(readings) - 1))
    one, others = readings[at], readings[:at] + readings[at + 1 :]
    gone = points([*others, replace(one, low=None, high=None)])
    assert before is None or gone is None or gone <= before + 1e-9
    older = points([*others, replace(one, age=one.age + 100.0)])
    assert before is None or older <= before + 1e-9
    if one.low is not None:
        more = data.draw(st.floats(0.0, 1.0))
        better = replace(one, low=one.low + more * (1 - one.low), high=one.high + more * (1 - one.high))
        assert points([*others, better]) >= before - 1e-9
        kept = replace(one, judged=Verdict.PASS)
        assert points([*others, kept]) >= before - 1e-9  # a stricter verdict of others never helps


@given(a_subject(), st.sampled_from(["A", "B", "C", "D", None]), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_vendor_caps_the_band_and_order_says_nothing(readings, band, shuffle):
    card = score("bot", readings, WEIGHTS, limits={"cloud": band})
    alone = score("bot", readings, WEIGHTS)
    if card.score is not None:
        assert alone.score is not None
        assert card.band is not None
        assert card.high is not None
        assert card.score <= min(alone.score, BAND_CAPS[band or "D"])
        assert "ABCD".index(card.band) >= "ABCD".index(band or "D")
        assert card.high >= card.score
    mixed = list(readings)
    shuffle.shuffle(mixed)
    assert score("bot", mixed, dict(reversed(WEIGHTS.items())), limits={"cloud": band}).score == pytest.approx(
        card.score
    )


@pytest.mark.parametrize(("band", "most"), [("A", 100.0), ("B", 84.0), ("C", 69.0), ("D", 49.0), (None, 49.0)])
def test_the_best_product_is_no_better_than_what_it_depends_on(band, most):
    best = [
        Reading(
            metric=pillar, pillar=pillar, weight=1.0, better="higher", floor=0.5, target=0.9, low=0.95, high=1.0,
            veto=pillar == "safety",
        )
        for pillar in PILLARS
    ]  # fmt: skip
    card = score("bot", best, WEIGHTS, limits={"cloud": band, "other": "A"})
    assert card.score == pytest.approx(most)
    assert card.capped_by == (("cloud",) if most < 100 else ())
    torn = [replace(one, judged=Verdict.INCONCLUSIVE) if one.metric == "safety" else one for one in best]
    assert score("bot", torn, WEIGHTS).score == 69.0  # a judge who does not agree counts, whatever the interval says
    lost = [replace(one, judged=Verdict.FAIL) if one.metric == "safety" else one for one in best]
    assert (score("bot", lost, WEIGHTS).score, score("bot", lost, WEIGHTS).verdict) == (49.0, Verdict.FAIL)


@given(a_subject())
@settings(max_examples=30, deadline=None)
def test_no_performance_lifts_what_a_veto_holds_down(readings):
    perfect = [
        replace(one, low=1.0, high=1.0, age=0.0, judged=None) if one.pillar == "performance" and not one.veto else one
        for one in readings
    ]
    card = score("bot", perfect, WEIGHTS)
    stands = any(worth.reading.veto and worth.verdict is not Verdict.PASS for worth in card.worths)
    if card.score is not None and stands:
        assert card.score <= 69.0
        failed = any(worth.reading.veto and worth.verdict is Verdict.FAIL for worth in card.worths)
        assert card.score <= 49.0 or not failed


@given(a_subject())
@settings(max_examples=30, deadline=None)
def test_ways_up_are_what_they_say(readings):
    """Doing what a way says brings the score that it names, and none of them takes evidence away."""
    card = score("bot", readings, WEIGHTS)
    for way in ways_up(card, WEIGHTS, limits={}, needed={}):
        mended = [
            replace(one, low=one.target, high=one.target, age=0.0, judged=None, independence="other-team")
            if one.metric == way.metric else one
            for one in readings
        ]  # fmt: skip
        assert points(mended) == pytest.approx(way.score)
        assert way.gain > 0.0
    assert why_band(card)


@given(a_subject(), st.sampled_from(["A", "B", "C", "D", None]), st.sampled_from(["A", "B", "C", "D", None]))
@settings(max_examples=30, deadline=None)
def test_a_vendor_that_holds_the_score_down_is_a_way_up(readings, band, other):
    """If and only if a better band of it alone would lift the score, and by what it then is."""
    limits: dict[str, Band | None] = {"cloud": band, "speech": other}
    card = score("bot", readings, WEIGHTS, limits=limits)
    told = {way.metric: way for way in ways_up(card, WEIGHTS, limits=limits, needed={}) if way.kind == "vendor"}
    for name, now in limits.items():
        if card.score is None or now == "A":
            assert name not in told
            continue
        best = score("bot", readings, WEIGHTS, limits={**limits, name: "A"}).score
        assert best is not None
        if best - card.score >= 0.05 and name not in told:  # then five others bring more
            assert len(ways_up(card, WEIGHTS, limits=limits, needed={})) == 5
        if name in told:
            next_: dict[Band | None, Band] = {"B": "A", "C": "B", "D": "C", None: "C"}
            better = next_[now]
            assert told[name].score == score("bot", readings, WEIGHTS, limits={**limits, name: better}).score
            assert told[name].what.startswith("assess it" if now is None else f"bring it from band {now} to {better}")


def test_where_a_vendor_alone_holds_it_down_the_vendor_is_the_only_way():
    best = [
        Reading(metric=one, pillar=one, weight=1.0, better="higher", floor=0.5, target=0.9, low=0.95, high=1.0)
        for one in PILLARS
    ]
    limits: dict[str, Band | None] = {"vendor cloud": "C"}
    card = score("bot", best, WEIGHTS, limits=limits)
    (way,) = ways_up(card, WEIGHTS, limits=limits, needed={})
    assert (way.metric, way.score, way.gain, way.band) == ("vendor cloud", 84.0, 15.0, "B")


def test_a_metric_that_nothing_was_seen_of_stays_in_and_counts_as_the_worst():
    spec = TierScore(
        pillars={"safety": 0.6, "performance": 0.4},
        metrics={
            "leak": ScoredMetric(pillar="safety", floor=0.05, target=0.01),
            "R03": ScoredMetric(pillar="safety"),
            "right": ScoredMetric(pillar="performance", floor=0.6, target=0.9),
        },
    )
    seen = {
        "leak": Seen(
            low=0.0, high=0.01, value=0.0, better="lower", share=True, at=0, independence="other-team", source="x"
        ),
        "right": Seen(low=0.9, high=1.0, value=1.0, better="higher", share=True, at=0, independence="self", source="x"),
    }
    bare = load_policy(Path(__file__).parents[2] / "examples/assistant/trimtab.yaml")
    found = readings_of(bare, "high", spec, seen, at=0)
    assert [one.metric for one in found] == ["leak", "R03", "right"]
    assert [one.low is None for one in found] == [False, True, False]
    assert score("bot", found, spec.pillars).score == pytest.approx(100 * 0.01**0.3)


# -- what the weights decide -------------------------------------------------------------------


def subjects(many, seed=0):
    draw = random.Random(seed)
    return [
        score(
            f"bot-{at}",
            [
                Reading(
                    metric=f"{pillar}-{n}", pillar=pillar, weight=1.0, better="higher", floor=0.5, target=0.95,
                    low=(low := draw.uniform(0.4, 0.9)), high=low + 0.1,
                )
                for pillar in PILLARS for n in range(2)
            ],
            WEIGHTS,
        )
        for at in range(many)
    ]  # fmt: skip


def test_effective_weights_tell_what_does_not_vary():
    """Where all products are alike in one metric, that decides nothing, however much it weighs."""
    cards = subjects(40)
    assert np.allclose(compare(cards, seed=1, draws=500).robustness.bands.sum(axis=1), 1.0)
    alike = [
        score(
            card.subject,
            [
                replace(worth.reading, low=0.7, high=0.7) if worth.reading.metric == "safety-0" else worth.reading
                for worth in card.worths
            ],
            WEIGHTS,
        )
        for card in cards
    ]
    found = {one.metric: one for one in effective_weights(alike)}
    assert found["safety-0"].effective < 0.01
    assert found["safety-0"].twofold
    assert sum(one.effective for one in found.values()) == pytest.approx(1.0)
    assert effective_weights(cards[:2]) == ()
    assert band_of(85.0) == "A"


# -- people: shrunk shares, funnels, raters ----------------------------------------------------------


def test_shrunk_shares_find_more_of_the_worst_and_err_less_than_raw_ones():
    """As governance's own simulation: small units are at both ends of raw lists, whether or not they are worse."""
    draw = np.random.default_rng(7)
    true = draw.beta(9.0, 91.0, size=240)  # error rates about 9 %
    trials = np.round(np.exp(draw.normal(5.0, 1.2, size=240))).astype(int) + 3
    hits = draw.binomial(trials, true)
    raw, found = hits / trials, shrunk_shares(hits.tolist(), trials.tolist())
    shrunk = np.array(found.shares)
    worst = set(np.argsort(-true)[:24].tolist())
    caught = [len(worst & set(np.argsort(-one, kind="stable")[:24].tolist())) for one in (raw, shrunk)]
    errors = [float(np.sqrt(np.mean((one - true) ** 2))) for one in (raw, shrunk)]
    assert caught[1] > caught[0]
    assert errors[1] < 0.75 * errors[0]
    sizes = [float(np.median(trials[np.argsort(-one, kind="stable")[:24]])) for one in (raw, shrunk)]
    assert sizes[1] > 1.5 * sizes[0]
    covered = np.mean([a.low <= p <= a.high for a, p in zip(found.intervals, true, strict=True)])
    assert covered > 0.92


def test_a_funnel_flags_luck_as_rarely_as_it_says():
    from scipy.stats import binom

    for n in (10, 37, 400):
        limits = funnel(0.8, n, level=0.95)
        outside = binom.cdf(math.ceil(limits.low * n - 1e-9) - 1, n, 0.8) + binom.sf(round(limits.high * n), n, 0.8)
        assert outside <= 0.05
    wide, narrow = funnel(0.8, 10, level=0.998), funnel(0.8, 1000, level=0.998)
    assert wide.high - wide.low > narrow.high - narrow.low


def test_severity_of_raters_is_found_and_taken_out():
    draw = np.random.default_rng(3)
    quality, shift = draw.normal(5.0, 1.0, 60), {f"r{j}": float(b) for j, b in enumerate(draw.normal(0.0, 0.8, 8))}
    given_, names = [], list(shift)
    for thing, theta in enumerate(quality):
        who = names if thing < 12 else draw.choice(names, 2, replace=False)
        given_ += [
            Rating(rater=str(name), of=f"q{thing:02}", points=float(theta + shift[str(name)] + draw.normal(0.0, 0.5)))
            for name in who
        ]
    found = raters(given_)
    assert found.design.sound
    assert found.within == pytest.approx(0.5, abs=0.15)
    centre = np.mean(list(shift.values()))
    told = np.array([one.shift for one in found.severities])
    true = np.array([shift[one.rater] - centre for one in found.severities])
    assert np.max(np.abs(told - told.mean() - true)) < 3.5 * max(one.error for one in found.severities) + 0.1
    theta = np.array([quality[int(one.of[1:])] + centre for one in found.adjusted])
    error = [
        np.sqrt(np.mean((np.array(values) - np.mean(values) - theta + theta.mean()) ** 2))
        for values in ([one.points for one in found.adjusted], [one.raw for one in found.adjusted])
    ]
    assert error[0] < error[1]
    mixed = list(given_)
    random.Random(1).shuffle(mixed)
    again = raters(mixed)
    assert [one.shift for one in again.severities] == pytest.approx(told.tolist())


def test_raters_who_share_nothing_are_not_compared():
    from trimtab.errors import InsufficientEvidenceError

    apart = [Rating(rater=name, of=f"{name}-{at}", points=1.0) for name in ("a", "b") for at in range(3)]
    assert not design_of(apart).connected
    with pytest.raises(InsufficientEvidenceError):
        raters(apart)
