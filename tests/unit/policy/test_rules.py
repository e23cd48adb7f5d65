"""What is named must exist, what is promised must make sense."""

import pytest

SECRET = "sk-live-0123456789abcdef"


def says(checked, where, text):
    found = [str(mistake) for mistake in checked.errors if mistake.where == where and text in mistake.message]
    assert len(found) == 1, [str(mistake) for mistake in checked.mistakes]
    assert checked.policy is None
    return found[0]


@pytest.mark.parametrize(
    ("old", "new", "where", "text"),
    [
        ("{suite: secrets,", "{suite: nowhere,", "metrics.secret_leak.source.suite", "neither a suite of this policy"),
        ("score: planted-leak", "score: planted-leek", "metrics.secret_leak.source.score", "no metric plugin"),
        ("builtin: secret-keeping", "builtin: secret-keping", "suites.secrets.builtin", "no suite plugin"),
        ("builtin: secret-keeping", "file: gone.jsonl", "suites.secrets.file", "there is no file"),
        ("builtin: secret-keeping", "python: nofunction", "suites.secrets.python", "`module:function`"),
        ("builtin: secret-keeping", "builtin: secret-keeping, file: x", "suites.secrets", "exactly one of builtin"),
        (
            "{builtin: secret-keeping,",
            "{builtin: secret-keeping, with: {colour: 1},",
            "suites.secrets.with.colour",
            "is not a parameter",
        ),
        (
            "      secret_leak: {at_most: 0.10}",
            "      secret_lek: {at_most: 0.10}",
            "tiers.internal.floors.secret_lek",
            "not a metric",
        ),
        ("metrics: [secret_leak]", "metrics: [secret_lek]", "tiers.high.regression.metrics[0]", "not a metric"),
        ("metrics: [secret_leak]", "metrics: [latency_p95]", "tiers.high.regression.metrics[0]", "0/1 metrics only"),
        ("red_lines: [hijack]", "red_lines: [hijak]", "red_lines[0]", "not a metric"),
        ("red_lines: [hijack]", "red_lines: [hijack, answer_accuracy]", "red_lines[1]", "events that must not happen"),
        ("red_lines: [hijack]", "red_lines: [latency_p95]", "red_lines[0]", "events that must not happen"),
        ("tier: high", "tier: hgih", "systems.assistant.tier", "not a tier"),
        ("risk_owner: safety-lead", "risk_owner: somebody", "systems.assistant.risk_owner", "not listed under people"),
        ("[answer_accuracy, latency_p95]", "[answer_acuracy]", "systems.assistant.maximise[0]", "not a metric"),
        ("[answer_accuracy, latency_p95]", "answer_acuracy", "systems.assistant.maximise", "not a metric"),
        ("baseline: current", "baseline: curent", "systems.assistant.baseline", "not a candidate"),
        ("target: 0.01", "target: 0.03", "tiers.high.floors.secret_leak.at_most", "stricter than the target"),
        ("{at_most: 0.02}", "{at_least: 0.02}", "tiers.high.floors.secret_leak.at_least", "wrong side"),
        ("{at_most: 0.02}", "{at_most: 2}", "tiers.high.floors.secret_leak.at_most", "between 0 and 1"),
        ("target: 0.85", "target: 85", "metrics.answer_accuracy.target", "between 0 and 1"),
        ("better: higher", "better: lower", "metrics.answer_accuracy.better", "good direction of contains"),
        ("    unit: seconds\n", "    unit: ms\n", "metrics.latency_p95.unit", "measures in seconds"),
        ("    unit: seconds\n", "", "metrics.latency_p95.unit", "measures in seconds"),
    ],
)
def test_a_rule_between_parts(folder, old, new, where, text):
    says(folder.changed((old, new)), where, text)


def test_a_target_equal_to_the_floor_is_at_least_as_strict(folder, changing):
    assert folder.changed(("target: 0.01", "target: 0.02")).errors == ()


def test_at_least_floors_are_checked_the_other_way_round(folder):
    floor = "      secret_leak: {at_most: 0.02}"
    good = folder.changed((floor, floor + "\n      answer_accuracy: {at_least: 0.85}"))
    assert good.errors == ()
    bad = folder.changed((floor, floor + "\n      answer_accuracy: {at_least: 0.86}"))
    says(bad, "tiers.high.floors.answer_accuracy.at_least", "stricter than the target")


def test_nothing_configured_is_not_a_pass(folder, changing):
    text = changing(
        ("tier: high", "tier: internal"), ("      secret_leak: {at_most: 0.10}\n", ""), ("red_lines: [hijack]\n", "")
    )
    says(
        folder.check(text.replace("    floors:\n  high", "    floors: {}\n  high")),
        "systems.assistant.tier",
        "held to nothing",
    )
    with_red_line = changing(
        ("tier: high", "tier: internal"), ("    floors:\n      secret_leak: {at_most: 0.10}\n", "")
    )
    assert folder.check(with_red_line).errors == ()


@pytest.mark.parametrize(
    "parameters",
    [
        f"key: {SECRET}",
        f"api_key: {SECRET}",
        f"apiKey: {SECRET}",
        "password: hunter2-hunter2",
        f"token: {SECRET}",
        f"model: {SECRET}",
        f"key_env: {SECRET}",
        f"headers: {{Authorization: Bearer {SECRET}}}",
        f"headers_env: {{Authorization: {SECRET}}}",
        f"body: {{nested: [{{secret: {SECRET}}}]}}",
        f"url: 'http://user:{SECRET}@host/v1'",
        "key: {a: [" + SECRET + "]}",
        f"api_key: [{SECRET}",
        f"api_key: *{SECRET}",
        f"api_key: !{SECRET}",
        f"api_key: 'open {SECRET}",
        f"api_key: {SECRET}: {SECRET}",
    ],
)
def test_a_key_in_the_file_is_refused_and_never_quoted(folder, changing, parameters):
    checked = folder.check(
        changing(
            (
                '{url: "http://localhost:8000/v1", model: m-1, key_env: ""}',
                f'{{url: "http://localhost:8000/v1", model: m-1, {parameters}}}'
                if not parameters.startswith(("url", "model"))
                else f"{{url: 'http://x', model: m, {parameters}}}".replace(
                    "model: m, model" if parameters.startswith("model") else "url: 'http://x', model: m, url",
                    "model" if parameters.startswith("model") else "model: m, url",
                ),
            )
        )
    )
    assert checked.policy is None
    for mistake in checked.mistakes:
        assert SECRET not in str(mistake)
        assert "hunter2" not in str(mistake)


@pytest.mark.parametrize("name", ["metrics.answer_accuracy.target", "people.safety-lead.key"])
def test_a_value_under_a_secret_name_is_not_quoted(folder, base, name):
    text = base.replace("safety-lead: {function: safety,", f"safety-lead: {{function: safety, key: [{SECRET}],")
    checked = folder.check(text.replace("target: 0.85", f"target: {SECRET}"))
    assert name in {mistake.where for mistake in checked.errors}
    assert SECRET not in "".join(map(str, checked.mistakes))


@pytest.mark.parametrize("parameters", ["key_env: MY_KEY", "key_env: ''", "headers_env: {Authorization: MY_HEADER}"])
def test_the_name_of_a_variable_is_no_key(folder, changing, parameters):
    checked = folder.check(changing(('m-1, key_env: ""', f"m-1, {parameters}")))
    assert checked.errors == ()


def test_a_floor_that_its_cases_cannot_prove_is_a_warning_with_the_number(folder, changing):
    checked = folder.check(
        changing(
            ("      next:\n", "      never: {openai: {url: a, model: b}}\n      next:\n"),
            ("target: 0.01", "target: 0.001"),
            ("{at_most: 0.02}", "{at_most: 0.001}"),
        )
    )
    assert checked.policy is not None
    (mistake,) = checked.warnings
    assert mistake.where == "tiers.high.floors.secret_leak"
    assert mistake.message == (
        "at most 0.1% at 95% confidence among 3 candidates needs at least 5,389 independent cases"
        ", without a failure; suite secrets has 300"
    )


def test_the_number_for_one_candidate(folder, base):
    text = base[: base.index("      next:")] + "    budget: {calls: 5000}\n"
    text = text.replace("target: 0.01", "target: 0.001").replace("{at_most: 0.02}", "{at_most: 0.001}")
    (mistake,) = folder.check(text).warnings
    assert "at most 0.1% at 95% confidence needs at least 4,211 independent cases, without a failure" in mistake.message


def test_a_floor_of_exactly_zero_cannot_be_proved_at_all(folder):
    (mistake,) = folder.changed(("target: 0.01", "target: 0"), ("{at_most: 0.02}", "{at_most: 0}")).warnings
    assert "cannot be proved by any number of cases" in mistake.message
    assert "red_lines" in mistake.suggestion
