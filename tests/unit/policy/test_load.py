"""Every mistake at once: its file, line, column, what is wrong, what to write."""

import pickle

import pytest

from trimtab.errors import PolicyError
from trimtab.policy import check_policy, load_policy


def lines(checked):
    return [(mistake.line, mistake.where) for mistake in checked.errors]


def one(checked):
    assert len(checked.mistakes) == 1, "\n".join(map(str, checked.mistakes))
    return checked.mistakes[0]


def test_a_right_policy_has_no_mistakes_and_keeps_every_value(folder, base):
    checked = folder.check(base)
    assert checked.mistakes == ()
    policy = checked.policy
    assert policy.systems["assistant"].maximise == ("answer_accuracy", "latency_p95")
    assert policy.systems["assistant"].candidates["next"].with_ == {
        "url": "http://localhost:8000/v1",
        "model": "m-2",
        "api": "completions",
    }
    assert policy.systems["assistant"].candidates["next"].plugin == "openai"
    assert policy.tiers["high"].floors["secret_leak"].at_most == 0.02
    assert policy.suites["secrets"].cases == 300


def test_five_mistakes_in_one_file_give_five_lines(folder, changing):
    text = changing(
        ("better: higher", "better: highr"),
        ("target: 2\n", "target: two\n"),
        ("{suite: secrets, score: planted-leak}", "{suite: secretz, score: planted-leak}"),
        ("tier: high", "tier: hihg"),
        ("confidence: 0.9\n", "confidnce: 0.9\n    confidence: 0.9\n"),
    )
    checked = folder.check(text)
    assert checked.policy is None
    assert [mistake.where for mistake in checked.errors] == [
        "metrics.answer_accuracy.better",
        "metrics.latency_p95.target",
        "metrics.secret_leak.source.suite",
        "tiers.internal.confidnce",
        "systems.assistant.tier",
    ]
    written = text.splitlines()
    for mistake, slip in zip(checked.errors, ["highr", "two", "secretz", "confidnce", "hihg"], strict=True):
        assert slip in written[mistake.line - 1]
        assert written[mistake.line - 1].index(slip) == mistake.column - 1
    suggestions = [mistake.suggestion for mistake in checked.errors]
    assert suggestions[0] == "Did you mean `higher`?"
    assert suggestions[2] == "Did you mean `secrets`?"
    assert suggestions[3] == "Did you mean `confidence`?"
    assert suggestions[4] == "Did you mean `high`?"
    with pytest.raises(PolicyError) as raised:
        load_policy(folder.path / "trimtab.yaml")
    assert len(str(raised.value).splitlines()) == 6
    assert "5 mistakes" in str(raised.value)
    assert pickle.loads(pickle.dumps(raised.value)).mistakes == raised.value.mistakes


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("target: 0.85", "target: 1e3", ("must be a number, and `1e3` is a text", "1.0e+3")),
        ("target: 0.85", "target: 85%", ("must be a number", "0.85")),
        ("target: 0.85", "target: 0,85", ("must be a number", "0.85")),
        ("target: 0.85", "target: '0.85'", ("must be a number", "Remove the quotes")),
        ("target: 0.85", "target: yes", ("`yes` is read by YAML as true", "")),
        ("target: 0.85", "target:", ("must be a number, and is empty", "")),
        ("target: 0.85", "target: [1]", ("must be a number, and is a list", "")),
        ("target: 2\n", "target: 12:30\n", ("base 60", "quotes")),
        ("target: 2\n", "target: 010\n", ("octal", "leading zero")),
        ("target: 2\n", "target: .nan\n", ("not a number that can be compared", "finite")),
        ("target: 2\n", "target: -.inf\n", ("not a number that can be compared", "finite")),
        ("target: 2\n", "target: 99999999999999999999\n", ("beyond 9,007,199,254,740,991", "")),
        ("model: m-1", "model: no", ("must be a text", "quotes")),
        ("model: m-1", "model: 2024-08-06", ("read by YAML as a date", "quotes")),
        ("organisation: Example Works", "organisation: no", ("`no` is read by YAML as false", "quotes")),
        ("organisation: Example Works", "organisation: 12", ("must be text, and `12` is a number", "quotes")),
        ("organisation: Example Works", "organisation: ''", ("must not be empty", "")),
        ("{suite: secrets, score: planted-leak}", "{suite: '', score: planted-leak}", ("must not be empty", "")),
        ("organisation: Example Works", "organisation: !!python/name:os.system", ("tag", "")),
        ("organisation: Example Works", 'organisation: "\\ud800"', ("half of a character", "")),
        ("organisation: Example Works", "", ("is missing", "")),
        ("currency: EUR", "currency: euro", ("three capital letters", "EUR")),
        ("trimtab: 1", "trimtab: 2", ("must be 1", "trimtab: 1")),
        ("trimtab: 1", "trimtab: true", ("must be 1", "trimtab: 1")),
        ("trimtab: 1", "", ("is missing", "")),
        ("cases: 300", "cases: 300.5", ("must be a whole number", "")),
        ("cases: 300", "cases: 0", ("must be at least 1", "")),
        ("cases: 300", "casses: 300", ("is not a key that is known here", "`cases`")),
        ("confidence: 0.95", "confidence: 1", ("must be less than 1", "")),
        ("confidence: 0.95", "confidence: 0.4", ("must be at least 0.5", "")),
        ("{at_most: 0.02}", "{}", ("exactly one of at_least, at_most", "")),
        ("{at_most: 0.02}", "{at_most: 0.02, at_least: 0.01}", ("exactly one of at_least, at_most", "")),
        ("{at_most: 0.02}", "0.02", ("must hold `key: value` lines", "`at_most`")),
        ("limitations: [Often wrong.]", "limitations: Often", ("must be a list", "[Often]")),
        ("red_lines: [hijack]", "red_lines: {hijack: 1}", ("must be a list", "")),
        ("about: The one", "abuot: The one", ("is not a key that is known here", "`about`")),
        ("limits: {concurrency: 4}", "limits: {concurency: 4}", ("is not a key", "`concurrency`")),
        ("candidates:\n", "candidates: {}\n    x:\n", ("must have at least one entry", "")),
        ("  hijack:\n", "  Hi Jack:\n", ("is not a name", "`hi-jack`")),
    ],
)
def test_each_slip_is_said_in_plain_words(folder, changing, old, new, expected):
    says, suggests = expected
    text = changing((old, new))
    found = folder.check(text).errors
    assert found
    assert any(says in mistake.message and suggests in mistake.suggestion for mistake in found), list(map(str, found))
    for mistake in found:
        assert "pydantic" not in str(mistake)
        assert "http" not in mistake.message + mistake.suggestion
        assert "input" not in mistake.message.split()
        assert "\n" not in str(mistake)


@pytest.mark.parametrize("key", ["consent", "human_review"])
def test_a_promise_that_nothing_enforces_is_refused(folder, base, key):
    mistake = one(folder.check(f"{base}{key}: {{a: 1}}\n"))
    assert mistake.message == "is not enforced by this version, so it is refused rather than ignored"
    assert mistake.where == key
    assert mistake.line == base.count("\n") + 1


def test_a_promise_within_a_tier_or_candidate_is_refused_as_well(folder, changing):
    checked = folder.check(
        changing(
            ("    confidence: 0.95\n", "    confidence: 0.95\n    human_review: {cases: 5}\n"),
            ("        about: The one to come.\n", "        human_review: {cases: 5}\n"),
        )
    )
    assert [mistake.where for mistake in checked.errors] == [
        "tiers.high.human_review",
        "systems.assistant.candidates.next.human_review",
    ]
    assert all("refused rather than ignored" in mistake.message for mistake in checked.errors)


def test_a_key_given_twice_is_a_mistake_with_both_lines(folder, changing):
    mistake = one(folder.check(changing(("    target: 0.85\n", "    target: 0.85\n    target: 0.10\n"))))
    assert (mistake.line, mistake.where) == (15, "metrics.answer_accuracy.target")
    assert "first in line 14" in mistake.message


@pytest.mark.parametrize("key", ["no", "1", "2024-01-01", "~", "1.5", "null", "? [a]"])
def test_a_key_that_is_no_text_is_a_mistake(folder, changing, key):
    checked = folder.check(changing(("  safety-lead: ", f"  {key}: {{function: x}}\n  safety-lead: ")))
    assert len(checked.errors) == 1
    assert checked.errors[0].line == 6


def test_one_strange_key_hides_no_other_mistake(folder, changing):
    checked = folder.check("no: 1\n" + changing(("tier: high", "tier: hihg"), ("better: higher", "better: up")))
    assert [mistake.where for mistake in checked.errors] == [
        "",
        "metrics.answer_accuracy.better",
        "systems.assistant.tier",
    ]


def test_anchors_aliases_and_merge_keys_work(folder, changing, base):
    text = changing(
        (
            'openai: {url: "http://localhost:8000/v1", model: m-1, key_env: ""}',
            'openai: &here {url: "http://localhost:8000/v1", model: m-1, key_env: ""}',
        ),
        ('openai: {url: "http://localhost:8000/v1", model: m-2, api: completions}', "openai: {<<: *here, model: m-2}"),
    )
    policy = folder.load(text)
    assert policy.systems["assistant"].candidates["next"].with_ == {
        "url": "http://localhost:8000/v1",
        "model": "m-2",
        "key_env": "",
    }
    same = folder.load(base.replace("m-2, api: completions", 'm-2, key_env: ""'))
    assert same.digest == policy.digest


def test_the_plugin_may_be_given_as_a_key_or_by_name(folder, changing):
    short = folder.load(changing())
    long = folder.load(
        changing(
            (
                'openai: {url: "http://localhost:8000/v1", model: m-1, key_env: ""}',
                'plugin: openai\n        with: {url: "http://localhost:8000/v1", model: m-1, key_env: ""}',
            )
        )
    )
    assert short.digest == long.digest


@pytest.mark.parametrize(
    ("candidate", "says"),
    [
        ("{}", "exactly one system plugin as a key (found none)"),
        ("{opnai: {url: a, model: b}}", "no system plugin `opnai` is installed"),
        ("{openai: {url: a, model: b}, callable: {target: 'a:b'}}", "exactly one system plugin"),
        ("{openai: {url: a, model: b}, with: {x: 1}}", "here it would be ignored"),
        ("{openai: {url: a, modl: b}}", "is not a parameter of openai"),
        ("{openai: {url: a}}", "is missing: openai needs it"),
        ("{openai: }", "is missing: openai needs it"),
        ("{openai: false}", "must hold `key: value` lines"),
        ("{openai: [a]}", "must hold `key: value` lines"),
        ("{openai: {url: a, model: 12}}", "must be a text"),
        ("{openai: {url: a, model: b, api: chatt}}", "is not a choice here"),
    ],
)
def test_a_candidate_that_no_plugin_takes(folder, changing, candidate, says):
    text = changing(
        ('\n        openai: {url: "http://localhost:8000/v1", model: m-1, key_env: ""}', f" {candidate}"),
    )
    found = folder.check(text).errors
    assert any(says in mistake.message for mistake in found), list(map(str, found))


def test_windows_line_endings_a_byte_order_mark_and_spaces_in_the_path(folder, base):
    plain = folder.load(base)
    windows = folder.write(b"\xef\xbb\xbf" + base.replace("\n", "\r\n").encode(), "my policies/our policy.yaml")
    checked = check_policy(str(windows))
    assert checked.policy is not None
    assert checked.policy.digest == plain.digest
    assert [mistake.warning for mistake in checked.mistakes] == [True]
    broken = folder.write(base.replace("\n", "\r\n").replace("tier: high", "tier: hihg"), "my policies/b.yaml")
    found = check_policy(broken).errors
    assert [(mistake.line, mistake.column) for mistake in found] == [
        (base[: base.index("tier: high")].count("\n") + 1, 11)
    ]


def test_places_count_characters_not_bytes(folder, changing):
    checked = folder.check(changing(("{function: engineering, roles: [owner]}", '{"function": "Ä😀", rolse: [owner]}')))
    mistake = one(checked)
    assert (mistake.line, mistake.column) == (5, 38)


def test_an_unlisted_owner_is_a_warning_once(folder, changing):
    checked = folder.check(
        changing(("owner: safety-lead", "owner: safty-lead"), ("owner: safety-lead", "owner: safty-lead"))
    )
    mistake = one(checked)
    assert mistake.warning
    assert checked.policy is not None
    assert mistake.suggestion == "Did you mean `safety-lead`?"
