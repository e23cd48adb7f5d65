"""The compliance suites: what they plant is what their metrics look for, enough of it, in every language; nothing is anybody's."""

import asyncio
import re
from collections import Counter

import pytest

from trimtab.builtin.suites.draw import Dice, words
from trimtab.builtin.suites.invented import LANGUAGES, Person, kinds, person
from trimtab.enforce import Guard
from trimtab.enforce.screen import GuardScreen
from trimtab.errors import PluginError
from trimtab.kinds import Case, Exchange, Reply, Request, Score, plugins
from trimtab.policy import GuardSpec

SUITES = (
    "masked-records",
    "harmless-values",
    "abusive-wording",
    "identity-terms",
    "told-to-forget",
    "consent-flags",
    "machine-disclosure",
    "logging-honesty",
    "advice-boundary",
    "plain-information",
)
# What is planted stands in what is sent; a system that repeats it all has withheld nothing and kept everything.
PARROTED = {
    "masked-records": 0.0,
    "harmless-values": 1.0,
    "abusive-wording": 0.0,
    "identity-terms": 1.0,
    "told-to-forget": 1.0,
    "consent-flags": 0.0,
    "plain-information": 1.0,
    "logging-honesty": 1.0,
}


def cases(name: str, count: int = 1000, **fields: object) -> list[Case]:
    return list(plugins.make("suites", name, **fields).cases(count=count, seed=0))


def score(name: str, case: Case, *replies: str, metric: str = "") -> float:
    scorer = plugins.make("metrics", metric or plugins.make("suites", name).score)
    outcome = scorer.score(case, Exchange(replies=tuple(Reply(text=text) for text in replies)))
    assert isinstance(outcome, Score)
    return outcome.value


@pytest.mark.parametrize("name", SUITES)
def test_two_hundred_clusters_in_four_languages_with_controls(name):
    made = cases(name)
    assert len(made) == 1000
    assert len({case.cluster for case in made}) >= 200
    assert {case.expect["language"] for case in made} == set(LANGUAGES)
    assert all(re.fullmatch(r"[a-z0-9.-]+:[\w .()-]+", control) for case in made for control in case.expect["controls"])
    counts = Counter(case.expect["kind"] for case in made)
    assert len(counts) >= 3
    assert min(counts.values()) >= 20, counts


@pytest.mark.parametrize("name", SUITES)
def test_it_keeps_to_the_languages_that_it_is_given(name):
    made = cases(name, count=60, languages=["es", "de"])
    assert {case.expect["language"] for case in made} == {"de", "es"}
    for wrong in ("de", ["xx"], 5):
        with pytest.raises(PluginError):
            plugins.make("suites", name, languages=wrong)


@pytest.mark.parametrize(("name", "value"), PARROTED.items())
def test_what_is_planted_is_in_what_is_sent(name, value):
    for case in cases(name, count=400):
        kept = case.messages[:-1] if name == "logging-honesty" else case.messages  # a user may say what is wrong
        everything = "\n".join(message.content for message in kept)
        assert score(name, case, *[everything] * (1 + len(case.follow_ups))) == value, case


@pytest.mark.parametrize(
    "name", [name for name in SUITES if name not in {"masked-records", "abusive-wording", "told-to-forget"}]
)
def test_silence_passes_nothing_that_asks_for_an_answer(name):
    assert {score(name, case, "") for case in cases(name, count=60)} == {0.0}


def test_the_addresses_that_are_permitted_are_honoured_and_one_more_or_less_is_not():
    for case in cases("consent-flags", count=400):
        permitted, forbidden = case.expect["permitted"], case.expect["forbidden"]
        assert permitted
        assert forbidden
        assert all(address in case.messages[0].content for address in permitted + forbidden)
        assert score("consent-flags", case, "\n".join(permitted)) == 1.0
        assert score("consent-flags", case, "\n".join(permitted[1:])) == 0.0
        assert score("consent-flags", case, "\n".join([*permitted, forbidden[0]])) == 0.0
        assert score("consent-flags", case, "\n".join(permitted), metric="consent-breach") == 0.0
        assert score("consent-flags", case, forbidden[0], metric="consent-breach") == 1.0


def test_a_flag_for_marketing_permits_marketing_and_nothing_else():
    flags = words("consent")["flags"]
    for case in cases("consent-flags", count=200):
        marketing = words("consent")["purposes"][case.expect["kind"]]["marketing"] == "yes"
        lines = case.messages[0].content.splitlines()
        for line in lines[-len(case.expect["permitted"] + case.expect["forbidden"]) :]:
            shown = [flag for flag, said in flags.items() if said[case.expect["language"]] in line]
            used = any(address in line for address in case.expect["permitted"])
            assert used is ("both" in shown or (marketing and "news" in shown)), (line, case.expect)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_pass_the_checks_of_real_ones_and_stay_in_ranges_of_nobody(language):
    for turn in range(200):
        who = person(language, Dice("invented", language, turn=turn))
        iban = re.sub(" ", "", who.value("iban").written)
        assert int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1
        digits = [int(digit) for digit in re.sub(" ", "", who.value("card").written)]
        assert (
            sum(sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits)) % 10 == 0
        )
        assert who.value("email").written.partition("@")[2] in {"example.com", "example.org", "example.net"}
        assert re.match(r"(192\.0\.2|198\.51\.100|203\.0\.113)\.", who.value("ip").written)
        assert re.search(
            r"7946 0\d{3}|555-01|305 555 01|23125|99998|66969|^01 99 00|39 98|^02 61 91", who.value("phone").written
        )


def test_national_numbers_have_their_check_digits():
    """By the rules as published: ISO 7064 Mod 11,10; 97 minus the rest by 97; a letter by the rest by 23."""
    for turn in range(200):
        german = re.sub(" ", "", person("de", Dice("tax", turn=turn)).value("national-id").written)
        rest = 10
        for digit in german[:10]:
            rest = ((int(digit) + rest) % 10 or 10) * 2 % 11
        assert (rest + int(german[10])) % 11 == 1 or (rest + int(german[10])) % 11 == 0
        assert german[0] != "0"
        assert max(Counter(german[:10]).values()) == 2
        body, check = person("fr", Dice("nir", turn=turn)).value("national-id").written.split()
        assert (int(body) + int(check)) % 97 == 0
        spanish = person("es", Dice("dni", turn=turn)).value("national-id").written
        assert spanish[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(spanish[:-1]) % 23]


def test_kinds_of_values_can_be_chosen():
    assert {case.expect["kind"] for case in cases("masked-records", count=60, kinds=["iban", "email"])} == {
        "iban",
        "email",
    }
    for wrong in ("iban", ["x"]):
        with pytest.raises(PluginError):
            plugins.make("suites", "masked-records", kinds=wrong)
    assert "national-id" not in kinds("en")
    assert set(kinds("de")) == set(Person.KINDS)


def test_a_guard_raises_what_is_masked_of_a_system_that_repeats_everything():
    """End to end: the same cases through the screen that would run in production, and without it."""
    spec = {"output": [{"detector": "patterns", "labels": ["personal"], "action": "mask"}]}
    screen = GuardScreen(Guard(GuardSpec.model_validate(spec)))

    async def parrot(request: Request) -> Reply:
        return Reply(text=request.messages[-1].content)

    async def measured(name: str) -> tuple[int, int]:
        bare = guarded = 0
        for case in cases(
            name, count=150, **({"kinds": ["email", "iban", "card"]} if name == "masked-records" else {})
        ):
            request = Request(messages=case.messages)
            bare += int(score(name, case, (await parrot(request)).text))
            guarded += int(score(name, case, (await screen.through(request, parrot)).text))
        return bare, guarded

    bare, guarded = asyncio.run(measured("masked-records"))
    assert bare == 0
    assert guarded > 140
