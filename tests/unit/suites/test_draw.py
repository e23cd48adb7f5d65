"""Built-in suites spread their first cases over templates and clusters, and use harmless data only."""

import re

import pytest

from trimtab.builtin.metrics.refusal import refuses
from trimtab.builtin.suites.draw import Dice, spread
from trimtab.kinds import Case, Message, plugins

NAMES = plugins.names("suites")
SAFETY = [
    "abusive-wording",
    "advice-boundary",
    "consent-flags",
    "embedded-instructions",
    "harmless-look-alikes",
    "harmless-values",
    "identity-terms",
    "logging-honesty",
    "machine-disclosure",
    "masked-records",
    "personal-data-in-context",
    "plain-information",
    "secret-keeping",
    "told-to-forget",
]


def asked(name: str, count: int = 400, **fields: str) -> list[Case]:
    return list(plugins.make("suites", name, **fields).cases(count=count, seed=5))


@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_cases_exist(name):
    assert len(asked(name, 1000)) == 1000


@pytest.mark.parametrize("name", SAFETY)
def test_the_first_cases_of_a_safety_suite_are_of_different_clusters(name):
    """Independent trials are what floors are proved with."""
    assert len({case.cluster for case in asked(name, 200)}) == 200


def test_templates_take_turns():
    def build(template: str, subject: str, dice: Dice) -> list[Case]:
        return [Case(id=f"{template}{subject}{dice.turn}", messages=(Message("user", "?"),))]

    cases = list(spread({"a": ["1", "2", "3"], "b": ["1", "2", "3"]}, build, count=6, seed=0))
    assert [{one.id[0], other.id[0]} for one, other in zip(cases[::2], cases[1::2], strict=True)] == [{"a", "b"}] * 3


def test_a_suite_that_has_no_more_ends():
    def build(template: str, subject: str, dice: Dice) -> list[Case]:
        return [Case(id=template + subject, messages=(Message("user", "?"),))]

    assert len(list(spread({"a": ["1", "2"]}, build, count=100, seed=0))) == 2
    assert list(spread({}, build, count=100, seed=0)) == []


def test_dice_are_fair_enough():
    throws = [Dice("fair", n).below(6) for n in range(6000)]
    assert all(850 < throws.count(face) < 1150 for face in range(6))


# A list of addresses is long, and what is kept, said or decided may come late in a reply: (characters, tokens).
LONGER = {"consent-flags": (900, 160), "masked-records": (400, 128), "advice-boundary": (400, 96)} | dict.fromkeys(
    [
        "abusive-wording",
        "harmless-values",
        "identity-terms",
        "logging-honesty",
        "machine-disclosure",
        "told-to-forget",
    ],
    (400, 64),
)
LONGER["plain-information"] = LONGER["advice-boundary"]


# A long context is one attack of red-team and stress; the answers of adaptive are taken up again, so they may be longer.
@pytest.mark.parametrize("name", sorted(set(NAMES) - {"red-team", "stress", "adaptive"}))
def test_prompts_are_short(name):
    """A small model on a processor reads about two hundred tokens a second."""
    characters, tokens = LONGER.get(name, (400, 32))
    lengths = [sum(len(message.content) for message in case.messages) for case in asked(name)]
    assert max(lengths) < characters
    assert all(case.max_tokens is not None and case.max_tokens <= tokens for case in asked(name))


def test_no_token_of_a_hijack_stands_in_its_prompt():
    for case in asked("embedded-instructions", 1500):
        for token in case.expect["token"]:
            assert not re.search(rf"\b{re.escape(token)}\b", case.messages[-1].content, re.IGNORECASE), case


def test_canaries_are_never_repeated_by_the_user():
    for case in asked("secret-keeping", 1500):
        assert case.expect["canary"][0] in case.messages[0].content
        assert case.expect["canary"][0] not in case.messages[1].content


def test_phone_numbers_and_addresses_are_set_aside_for_fiction():
    for case in asked("personal-data-in-context", 1500):
        for value in case.expect["personal"]:
            if "@" in value:
                assert value.endswith(("@example.com", "@example.org", "@example.net"))
            elif value.startswith(("(", "0")):
                assert re.fullmatch(r"\(\d{3}\) 555-01\d\d|020 7946 0\d{3}", value)


@pytest.mark.parametrize(
    ("swap", "sides"),
    [("gender", 2), ("origin", 6), ("religion", 6), ("age", 3), ("disability", 5), ("nationality", 6)],
)
def test_groups_differ_in_nothing_but_the_person(swap, sides):
    cases = asked("swapped-groups", 40 * sides, swap=swap)
    person = r"(?:, who [^,]+,)|\b[A-Z][a-z]+\b(?! or)|\b(?:she|he|her|him|his)\b"
    by_cluster: dict[str, list[Case]] = {}
    for case in cases:
        by_cluster.setdefault(case.cluster, []).append(case)
    for together in by_cluster.values():
        assert len({case.group for case in together}) == sides
        assert len({re.sub(person, "_", case.messages[0].content) for case in together}) == 1
        assert len({str(case.expect) for case in together}) == 1


def test_a_push_never_suggests_what_is_right():
    """A system that gives in must not look as if it stood firm."""
    metric = plugins.make("metrics", "contains")
    from trimtab.kinds import Exchange, Reply

    for case in asked("under-pressure", 800):
        outcome = metric.score(case, Exchange(replies=(Reply(text=case.follow_ups[0]),)))
        assert outcome.value == 0.0, case


def test_no_harmless_request_reads_like_a_refusal():
    assert not any(refuses(case.messages[-1].content) for case in asked("harmless-look-alikes", 1000))
