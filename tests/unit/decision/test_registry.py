"""P01 and P06: what is registered, what was found, what is hidden. Missing is missing, and nothing can be gamed."""

import random
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from trimtab.decision.discovered import Matcher, discovered
from trimtab.decision.kpis.asked import Asked
from trimtab.decision.kpis.table import estimate_kpi
from trimtab.decision.period import Period
from trimtab.decision.registered import MANDATORY, registry_of
from trimtab.decision.registry import completeness, coverage, lineage, standing
from trimtab.evidence.books import Books, Kept
from trimtab.evidence.entries.registry import Classified, Registered, Scanned
from trimtab.kinds import Estimate, Missing
from trimtab.policy.model import Policy

POLICY = Policy.model_validate(
    yaml.safe_load("""
trimtab: 1
organisation: Example
people:
  safety-lead: {function: safety}
  former-lead: {function: ml, left: '2026-06-01'}
teams: {care: {}}
metrics: {accuracy: {question: "Right?", better: higher, target: 0.9, owner: care, source: {suite: q}}}
suites: {q: {file: q.jsonl}}
tiers: {high: {confidence: 0.95, floors: {accuracy: {at_least: 0.5}}}}
systems:
  bot:
    {tier: high, owner: care, intended_use: x, maximise: accuracy, candidates: {a: {openai: {url: "http://h", model: m}}}}
""")
)
DAY = 86_400_000_000
END = 20_700 * DAY  # in September 2026
SHA = "sha256:" + "ab" * 32


def thing(name, type_="model", **given):
    return Registered(at=END - 9 * DAY, by="care", thing=name, type=type_, **given)


def whole(name, type_="model", **given):
    filled = {
        "owner": "care", "version": "1", "digest": SHA, "location": "s3://b", "provider": "care", "purpose": "answers",
        "sources": ("desk",),
    }  # fmt: skip
    return thing(name, type_, **{**filled, **given})


def look(way, *found, at=END - DAY, digests=(), place="sha256:p", unseen=0):
    return Scanned(at=at, by="care", looked=way, place=place, found=found, digests=digests, unseen=unseen)


def books(*entries):
    return Books(Kept(one, seq, one.at) for seq, one in enumerate(entries, 1))


def p01(*entries, **how):
    return completeness(books(*entries), POLICY, end=END, **how)


def known(seen):
    assert isinstance(seen, Estimate)
    return seen


def why(seen):
    assert isinstance(seen, Missing)
    return seen.reason


def states(*entries):
    kept = books(*entries)
    found = discovered(kept, registry_of(kept, POLICY, end=END), end=END)
    return {one.name: one.state for one in found.seen}


def test_without_a_look_that_saw_something_there_is_no_figure():
    assert why(p01(whole("a"))) == "no-look"
    assert why(p01(whole("a"), look("folder", "model:a", at=END - 100 * DAY))) == "no-look"
    assert why(p01(whole("a"), look("folder", unseen=1))) == "look-failed"
    assert why(p01(look("folder"))) == "nothing-known"
    assert isinstance(p01(whole("a"), look("folder")), Estimate)  # all of the place was looked at


def test_the_figure_is_the_share_registered_times_the_share_valid():
    entries = [whole("a"), whole("b", digest=""), look("folder", "model:a", "model:b", "model:c", "model:d")]
    seen = p01(*entries)
    owed = sum(MANDATORY["model"].values())
    assert seen.value == pytest.approx(2 / 4 * (2 * owed - MANDATORY["model"]["digest"]) / (2 * owed))
    assert seen.count == 4
    assert seen.interval.low < seen.value < seen.interval.high
    nothing = p01(look("folder", "model:c"))
    assert (nothing.value, nothing.interval.low) == (0.0, 0.0)


def test_retiring_what_is_in_use_does_not_help():
    scan = look("folder", "model:a", "model:b")
    both = p01(whole("a"), whole("b"), scan)
    retired = p01(whole("a"), whole("b", status="retired"), scan)
    assert retired.value == pytest.approx(both.value / 2)
    assert retired.interval.high < both.interval.high == 1.0
    assert states(whole("a"), whole("b", status="retired"), scan)["b"] == "retired"


def test_an_old_look_that_is_entered_late_hides_nothing():
    entries = [whole("a", made_from=("b",)), look("endpoint", "model:a", "model:stray", at=END - DAY)]
    honest = completeness(books(*entries), POLICY, end=END)
    late = look("endpoint", "model:a", at=END - 200 * DAY)
    assert completeness(books(*entries, late), POLICY, end=END) == honest


def test_what_is_hidden_lowers_the_figure_and_an_overlap_that_is_empty_leaves_it_open():
    registered = [whole(f"m{n}") for n in range(12)]
    names = [f"model:m{n}" for n in range(12)]
    same = p01(*registered, look("folder", *names), look("manifests", *names))
    some = p01(*registered, look("folder", *names[:6]), look("manifests", *names[3:9]))
    apart = p01(*registered, look("folder", *names[:6]), look("manifests", *names[6:]))
    assert same.value == 1.0
    assert same.interval.low > some.interval.low > apart.interval.low == 0.0  # perhaps there are endlessly many
    # Chapman: 7 x 7 / 4 - 1 = 11.25 in all, of which 9 were found and 3 more are registered.
    assert some.value == 1.0
    few = p01(*registered[:9], look("folder", *names[:6]), look("manifests", *names[3:9]))
    assert few.value == pytest.approx(9 / 11.25)


def test_what_no_look_can_find_does_not_explain_what_is_hidden():
    """Prompts are registered, and no look finds any: they do not stand for models that looks have missed."""
    models = [whole(f"m{n}") for n in range(9)]
    looks = [
        look("folder", *(f"model:m{n}" for n in range(6))),
        look("manifests", *(f"model:m{n}" for n in range(3, 9))),
    ]
    prompts = [whole(f"p{n}", "prompt") for n in range(50)]
    now = standing(books(*models, *prompts, *looks), POLICY, end=END)
    assert coverage(now, level=0.95)[0] == pytest.approx(59 / (59 + 2.25))


def test_one_thing_found_in_two_ways_is_one_and_is_known_by_digest_or_by_name():
    assert states(
        whole("triage", digest=SHA, names=("org/Triage-7B",)),
        look("folder", "model:renamed", digests=(SHA,)),
        look("manifests", "model:triage_7b"),
        look("endpoint", "model:other"),
    ) == {"renamed": "registered", "other": "unregistered"}
    assert len(states(look("folder", "model:x"), look("endpoint", "model:org/X.gguf"))) == 1
    assert len(states(look("folder", "model:x", digests=(SHA,)), look("hub-cache", "model:y", digests=(SHA,)))) == 1


def test_another_content_under_a_registered_name_is_altered_and_costs_its_digest():
    other = "sha256:" + "cd" * 32
    entries = [whole("a"), look("folder", "model:a", digests=(other,))]
    assert states(*entries) == {"a": "altered"}
    assert p01(*entries).value == pytest.approx(1 - MANDATORY["model"]["digest"] / sum(MANDATORY["model"].values()))
    assert states(whole("a"), look("folder", "model:a", digests=("head:12",))) == {"a": "registered"}  # cannot be told


def test_what_was_there_and_is_not_any_more_has_vanished_if_all_could_be_seen():
    def gone(**last):
        kept = books(
            whole("a"), look("folder", "model:a", "model:x", at=END - 3 * DAY), look("folder", at=END - DAY, **last)
        )
        return discovered(kept, registry_of(kept, POLICY, end=END), end=END).vanished

    assert gone() == ("a",)
    assert gone(unseen=1) == ()
    assert gone(place="sha256:elsewhere") == ()


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"owner": ""}, "owner"),
        ({"owner": "former-lead"}, "owner"),
        ({"owner": "nobody"}, "owner"),
        ({"purpose": "TBD"}, "purpose"),
        ({"digest": "head:12"}, "digest"),
        ({"digest": "sha256:12"}, "digest"),
        ({"sources": ()}, "made_from"),
        ({"sources": ("n/a",)}, "made_from"),
        ({"made_from": ("elsewhere",)}, "made_from"),
        ({"made_from": ("a",)}, "made_from"),
    ],
)
def test_a_field_counts_only_where_it_can_be_true(given_, field):
    registry = registry_of(books(whole("a", **given_)), POLICY, end=END)
    assert list(registry.things["a"].problems) == [field]


def test_a_class_of_risk_is_of_the_purpose_that_it_was_given_for():
    def problems(*entries):
        return registry_of(books(*entries), POLICY, end=END).things["bot"].problems

    bot = whole("bot", "system", made_from=("m",))
    classified = Classified(
        at=END - DAY, by="care", thing="bot", answers=("migration:no",), risk="minimal", approver="safety-lead"
    )
    assert "risk" in problems(whole("m"), bot)
    assert problems(whole("m"), bot, classified) == {}
    assert "risk" in problems(whole("m"), bot, classified, whole("bot", "system", made_from=("m",), purpose="selects"))


def test_the_last_word_counts_and_what_comes_later_does_not():
    kept = books(thing("a", owner="care"), thing("a", owner="safety-lead"), thing("b", status="retired"))
    registry = registry_of(kept, POLICY, end=END)
    assert registry.things["a"].entry.owner == "safety-lead"
    assert (registry.things["a"].first, registry.things["a"].seq) == (1, 2)
    assert not registry.things["b"].active  # and it is there
    assert registry_of(kept, POLICY, end=END - 9 * DAY).things == {}


def test_lineage_is_followed_to_registered_sources_and_round_no_circle():
    entries = [
        thing("raw", "dataset", sources=("clinic",)),
        thing("clean", "dataset", made_from=("raw",)),
        thing("stray", "dataset", made_from=("elsewhere",)),
        thing("one", "dataset", made_from=("two",)),
        thing("two", "dataset", made_from=("one",)),
        thing("silent", "dataset"),
        thing("mixed", "dataset", sources=("desk",), made_from=("elsewhere",)),
        thing("half", "feature", made_from=("clean", "stray")),
        thing("age", "feature", made_from=("clean",)),
    ]
    seen = known(lineage(books(*entries), POLICY, end=END))
    # raw 1+3 (clean, half, age), clean 1+2, age 1 are traced; stray 1+1, one 1+1, two 1+1, silent 1, mixed 1, half 1 are not.
    assert seen.value == pytest.approx(8 / 17)
    assert (seen.interval.low, seen.interval.high, seen.count) == (seen.value, seen.value, 9)
    model = thing("m", made_from=("clean",))
    bot = thing("bot", "system", made_from=("m",))
    assert known(lineage(books(*entries, model, bot), POLICY, end=END, system="bot")).value == 1.0
    other = thing("reader", "system", made_from=("m", "stray"), system="bot")  # what the policy calls bot
    assert known(lineage(books(*entries, model, bot, other), POLICY, end=END, system="bot")).value < 1.0
    stray = look("mlflow", "dataset:unheard")
    assert known(lineage(books(*entries, stray), POLICY, end=END)).value == pytest.approx(8 / 18)
    assert why(lineage(books(), POLICY, end=END)) == "no-data"
    assert why(lineage(books(*entries), POLICY, end=END, system="bot")) == "not-registered"


def test_kpis_are_these_figures():
    kept = books(whole("a"), whole("d", "dataset"), look("folder", "model:a", "model:x"))
    period = Period.quarter_at(END - 1)
    asked = Asked(books=kept, policy=POLICY, period=period, asof=END)
    assert estimate_kpi("P01", asked) == completeness(kept, POLICY, end=END)
    assert estimate_kpi("P06", asked) == lineage(kept, POLICY, end=END)
    assert why(estimate_kpi("P06", replace(asked, system="bot"))) == "not-registered"


NAMES = [f"m{n}" for n in range(6)]
ENTRIES = st.lists(
    st.one_of(
        st.builds(
            whole, st.sampled_from(NAMES), owner=st.sampled_from(["care", "", "former-lead"]),
            status=st.sampled_from(["active", "retired"]),
        ),
        st.builds(
            lambda way, place, found: look(way, *(f"model:{one}" for one in found), place=place),
            st.sampled_from(["folder", "manifests", "endpoint"]), st.sampled_from(["sha256:p", "sha256:q"]),
            st.lists(st.sampled_from([*NAMES, "x", "y"]), unique=True),
        ),
    ),
    max_size=8,
)  # fmt: skip


@given(entries=ENTRIES, seed=st.integers(0, 99))
def test_order_does_not_matter_and_what_nobody_registered_never_helps(entries, seed):
    last = list({(type(one), getattr(one, "thing", "") or (one.looked, one.place)): one for one in entries}.values())
    shuffled = random.Random(seed).sample(last, len(last))
    seen = p01(*entries)
    assert seen == p01(*shuffled)
    if isinstance(seen, Missing):
        return
    assert 0.0 <= seen.interval.low <= seen.value <= seen.interval.high <= 1.0
    more = p01(*entries, look("packages", "system:never-heard-of"))
    assert isinstance(more, Estimate)
    assert more.value <= seen.value + 1e-12


@pytest.mark.parametrize("rate", [0.5, 0.9])
def test_the_interval_of_one_look_covers_the_true_share(rate):
    """Of 30 things found, each registered by this chance: the exact sum over all outcomes, so no seed."""
    missed = 0.0
    for hits in range(31):
        things = [whole(f"m{n}") for n in range(hits)]
        seen = p01(*things, look("folder", *(f"model:m{n}" for n in range(30))))
        if not seen.interval.low <= rate <= seen.interval.high:
            missed += binom.pmf(hits, 30, rate)
    assert missed <= 0.05


def test_of_two_with_one_name_the_one_in_use_is_meant():
    registry = registry_of(books(whole("a", status="retired"), whole("b", names=("a",), digest="")), POLICY, end=END)
    assert Matcher(registry).find("model", "a", "") == ("b", "registered")
