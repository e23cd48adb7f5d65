"""Objectives for events in production: what they may rest on, and what a new policy does to them."""

import pytest

from trimtab.policy import diff, tolerated

SYSTEM = "    budget: {calls: 5000}\n"
GUARD = (
    "    budget: {calls: 5000}\n    guard: standard\n",
    "guards:\n  standard: {output: [{detector: patterns, action: mask}]}\n",
)


def written(changing, slo, notify=""):
    """A policy with a guard, these objectives and these hooks."""
    return changing((SYSTEM, f"{GUARD[0]}    slo: {slo}\n{GUARD[1]}{notify}"))


def errors(folder, changing, slo, notify=""):
    return [str(one) for one in folder.check(written(changing, slo, notify)).errors]


def test_what_may_be_bad_follows_from_the_floor_unless_it_is_said(folder, changing):
    policy = folder.load(written(changing, "{secret_leak: {}, hijack: {good: 0.999}}"))
    system = policy.systems["assistant"]
    tier = policy.tiers[system.tier]
    assert tolerated(system.slo["secret_leak"], tier, "secret_leak") == 0.02
    assert tolerated(system.slo["hijack"], tier, "hijack") == 0.001


@pytest.mark.parametrize(
    ("slo", "said"),
    [
        ("{secret_lek: {good: 0.9}}", "not a metric"),
        ("{latency_p95: {good: 0.9}}", "good or bad"),
        ("{answer_accuracy: {}}", "no floor"),
        ("{secret_leak: {good: 1}}", "good"),
        ("{secret_leak: {labels: [persona]}}", "Did you mean"),
        ("{secret_leak: {severe: [nothing.at.all]}}", "found by no guard"),
        ("{secret_leak: {days: 0}}", "days"),
        ("{secret_leak: {colour: 1}}", "colour"),
    ],
)
def test_what_makes_no_sense_is_a_mistake(folder, changing, slo, said):
    found = errors(folder, changing, slo)
    assert len(found) == 1, found
    assert said in found[0]


def test_a_floor_of_nothing_leaves_no_budget(folder, changing):
    text = (
        written(changing, "{secret_leak: {}}")
        .replace("{at_most: 0.02}", "{at_most: 0}")
        .replace("target: 0.01", "target: 0")
    )
    assert any("leaves nothing to spend" in str(one) for one in folder.check(text).errors)


def test_without_a_guard_there_are_no_events_and_that_is_said(folder, changing):
    checked = folder.check(changing((SYSTEM, f"{SYSTEM}    slo: {{secret_leak: {{}}}}\n")))
    assert not checked.errors
    assert any("has no events" in str(one) for one in checked.mistakes)


@pytest.mark.parametrize(
    ("notify", "said"),
    [
        ("{url: 'ftp://example.org/x'}", "no web address"),
        ("{url: 'https://me:secret@example.org/x'}", "password"),
        ("{}", "exactly one of url, url_env"),
        ("{url: 'https://example.org', url_env: HOOK}", "exactly one of url, url_env"),
        ("{url_env: HOOK, key_env: '1x'}", "key_env"),
    ],
)
def test_a_hook_that_is_none_is_a_mistake(folder, changing, notify, said):
    found = errors(folder, changing, "{secret_leak: {}}", f"notify:\n  on-call: {notify}\n")
    assert any(said in one for one in found), found
    assert not any("me:secret" in one for one in found)


def test_an_address_that_is_a_secret_itself_is_warned_of(folder, changing):
    def warned(url):
        checked = folder.check(written(changing, "{secret_leak: {}}", f"notify:\n  on-call: {{url: '{url}'}}\n"))
        assert not checked.errors
        return [str(one) for one in checked.mistakes if "may write there" in one.message]

    (said,) = warned("https://hooks.example.org/services/T0AB/B0CD/9fQx2LmNpR7sTvWy4ZaK")
    assert "9fQx" not in said
    assert warned("https://alarms.example.org/hooks/on-call-of-the-assistant") == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("{secret_leak: {good: 0.99}}", "{secret_leak: {good: 0.9}}", "secret_leak.good"),
        ("{secret_leak: {good: 0.99}}", "{}", "secret_leak"),
        ("{secret_leak: {}}", "{secret_leak: {labels: [personal]}}", "secret_leak.labels"),
        ("{secret_leak: {labels: [personal, secret]}}", "{secret_leak: {labels: [secret]}}", "secret_leak.labels"),
        ("{secret_leak: {}}", "{secret_leak: {actions: [block]}}", "secret_leak.actions"),
        ("{secret_leak: {severe: [secret]}}", "{secret_leak: {}}", "secret_leak.severe"),
        ("{secret_leak: {severe_share: 0.5}}", "{secret_leak: {}}", "secret_leak.severe_share"),
    ],
)
def test_what_loosens_one_way_tightens_the_other(folder, changing, old, new, where):
    a, b = folder.load(written(changing, old)), folder.load(written(changing, new))
    there, back = diff(a, b), diff(b, a)
    assert [(change.where, change.effect) for change in there.changes] == [
        (f"systems.assistant.slo.{where}", "loosens")
    ]
    assert [change.effect for change in back.changes] == ["tightens"]


def test_a_looser_floor_gives_a_larger_budget(folder, changing):
    a = folder.load(written(changing, "{secret_leak: {}}"))
    b = folder.load(written(changing, "{secret_leak: {}}").replace("{at_most: 0.02}", "{at_most: 0.03}"))
    assert ("systems.assistant.slo.secret_leak.good", "loosens") in {
        (one.where, one.effect) for one in diff(a, b).changes
    }


def test_who_hears_no_more_is_a_loosening(folder, changing):
    hook = "notify:\n  on-call: {url: 'https://example.org/hook'}\n"
    loud = folder.load(written(changing, "{secret_leak: {}}", hook))
    rare = folder.load(written(changing, "{secret_leak: {}}", hook.replace("}", ", alarms: [page]}")))
    quiet = folder.load(written(changing, "{secret_leak: {}}"))
    assert diff(loud, quiet).overall == diff(loud, rare).overall == "loosens"
    assert diff(quiet, loud).overall == "tightens"
