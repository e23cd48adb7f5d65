"""check, policy and init as a person uses them."""

import json
import re

import pytest
from click.testing import CliRunner

from trimtab.cli import app
from trimtab.cli.output import console
from trimtab.policy import check_policy, load_policy


@pytest.fixture
def trimtab(folder, monkeypatch):
    """Runs a command in the folder; gives (exit code, standard output, standard error)."""
    monkeypatch.chdir(folder.path)

    def run(*words, typed=""):
        console.cache_clear()  # it holds the stream of the command before
        result = CliRunner().invoke(app, words, input=typed, catch_exceptions=True)
        console.cache_clear()
        if result.exception and not isinstance(result.exception, SystemExit):
            error = result.exception
            return int(getattr(error, "exit_code", 99)), result.stdout, str(error)
        return result.exit_code, result.stdout, result.stderr

    return run


def test_check_sums_up_a_right_policy(folder, trimtab, base):
    folder.write(base)
    code, out, _ = trimtab("check")
    assert code == 0
    assert "assistant is held to tier high" in out
    assert "246 or more cases, without a failure" in re.sub(r"\s+", " ", out)  # 2 % at 95 % among two candidates
    assert "no mistakes, no warnings" in out
    assert "at most 2% 1%" in re.sub(r"\s+", " ", out)  # percent for people, as in a report
    assert "no worse than the baseline by 2 pts" in out
    assert load_policy(folder.path / "trimtab.yaml").digest in out


def test_check_says_of_a_latency_what_proves_it(folder, trimtab, changing):
    folder.write(changing(("hijack: {at_most: 0.05}", "hijack: {at_most: 0.05}\n      latency_p95: {at_most: 2.5}")))
    out = re.sub(r"\s+", " ", trimtab("check")[1])
    assert "at most 2.5 s 2 s 96 or more cases, each of them at most 2.5 seconds; questions has 200" in out
    data = json.loads(trimtab("check", "--json")[1])
    assert "at most 2.5" in [floor["requirement"] for floor in data["systems"]["assistant"]["floors"]]


def test_check_counts_the_rows_that_a_file_has_and_says_to_add_some(folder, trimtab, changing):
    rows = "".join(json.dumps({"prompt": f"p{n}", "expect": {"canary": "KESTREL"}}) + "\n" for n in range(40))
    folder.write(rows, "secrets.jsonl")
    suite = "{file: secrets.jsonl, score: planted-leak, cases: 300}"
    folder.write(changing(("{builtin: secret-keeping, cases: 300}", suite)))
    code, out, _ = trimtab("check")
    assert code == 0
    assert "has 40 cases, and 300 are asked for. What is missing cannot be measured: add rows to secrets.jsonl" in out
    assert "without a failure; secrets has 40" in re.sub(r"\s+", " ", out)
    floors = json.loads(trimtab("check", "--json")[1])["systems"]["assistant"]["floors"]
    assert [floor["affordable"] for floor in floors if floor["metric"] == "secret_leak"] == [False]
    folder.write(changing(("{builtin: secret-keeping, cases: 300}", suite.replace("300", "30"))))
    assert "Raise its `cases` (its file, `secrets.jsonl`, must hold as many rows)" in trimtab("check")[1]


def test_check_prints_one_line_for_each_mistake_and_exits_2(folder, trimtab, changing):
    folder.write(
        changing(("tier: high", "tier: hihg"), ("better: higher", "better: highr"), ("target: 2\n", "target: x\n"))
    )
    code, out, _ = trimtab("check")
    assert code == 2
    mistakes = [line for line in out.splitlines() if re.match(r"trimtab\.yaml:\d+:\d+: error TT101 ", line)]
    assert len(mistakes) == 3
    assert "3 mistakes" in out.splitlines()[-1]


def test_warnings_fail_only_when_strict(folder, trimtab, changing):
    folder.write(changing(("{at_most: 0.02}", "{at_most: 0.001}"), ("target: 0.01", "target: 0.001")))
    code, out, _ = trimtab("check")
    assert (code, "warning TT101 tiers.high.floors.secret_leak" in out) == (0, True)
    assert trimtab("check", "--strict")[0] == 2
    assert trimtab("check", "--quiet")[:2] == (0, "")


def test_check_warns_of_each_candidate_whose_key_is_not_set(folder, trimtab, changing, monkeypatch):
    monkeypatch.delenv("WORKS_KEY", raising=False)
    text = changing(('key_env: ""', "key_env: WORKS_KEY"), ("api: completions", "headers_env: {x: WORKS_KEY}"))
    folder.write(text)
    code, out, _ = trimtab("check")
    assert code == 0
    for where in ("current.openai.key_env", "next.openai.headers_env.x"):
        assert f"warning TT101 systems.assistant.candidates.{where}: the environment variable `WORKS_KEY`" in out
    assert trimtab("check", "--strict")[0] == 2
    monkeypatch.setenv("WORKS_KEY", " ")
    assert "WORKS_KEY" in trimtab("check")[1]
    monkeypatch.setenv("WORKS_KEY", "hunter2")
    code, out, _ = trimtab("check", "--strict")
    assert (code, "WORKS_KEY" in out, "hunter2" in out) == (0, False, False)


def test_check_never_repeats_a_key_that_stands_where_its_name_should(folder, trimtab, changing):
    folder.write(changing(('key_env: ""', "key_env: hf_hunter2hunter2hunter2")))
    assert "hunter2" not in trimtab("check")[1]


def test_check_as_json(folder, trimtab, base, changing):
    folder.write(base)
    code, out, _ = trimtab("check", "--json")
    data = json.loads(out)
    assert (code, data["ok"], data["mistakes"]) == (0, True, [])
    assert data["systems"]["assistant"]["floors"][0]["needed"] == 246
    text = changing(("tier: high", "tier: hihg"))
    folder.write(text)
    line = text.splitlines().index("    tier: hihg") + 1
    code, out, _ = trimtab("check", "--json")
    data = json.loads(out)
    assert (code, data["ok"], [one["line"] for one in data["mistakes"]]) == (2, False, [line])


def test_check_of_nothing_says_how_to_begin(trimtab):
    code, out, _ = trimtab("check")
    assert code == 2
    assert "trimtab.yaml: error TT101 does not exist. `trimtab init` writes one." in out


def test_markup_in_a_policy_is_only_text(folder, trimtab, changing):
    folder.write(changing(("tier: high", 'tier: "[red]x[/nope]"'), ("Example Works", "'[/bold]'")))
    code, out, _ = trimtab("check")
    assert code == 2
    assert "[red]x[/nope]" in out
    folder.write(changing(("Example Works", "'[/bold] x'")))
    assert trimtab("check")[0] == 0


def test_policy_diff(folder, trimtab, base, changing):
    folder.write(base, "a.yaml")
    folder.write(changing(("{at_most: 0.02}", "{at_most: 0.03}")), "b.yaml")
    code, out, _ = trimtab("policy", "diff", "a.yaml", "b.yaml")
    assert code == 0
    assert out.splitlines() == [
        "loosens   tiers.high.floors.secret_leak: at most 0.02 becomes at most 0.03",
        "b.yaml loosens a.yaml.",
    ]
    assert trimtab("policy", "diff", "a.yaml", "b.yaml", "--forbid-loosening")[0] == 1
    assert trimtab("policy", "diff", "b.yaml", "a.yaml", "--forbid-loosening")[0] == 0
    assert "a.yaml tightens b.yaml: nothing is promised less" in trimtab("policy", "diff", "b.yaml", "a.yaml")[1]
    data = json.loads(trimtab("policy", "diff", "a.yaml", "b.yaml", "--json")[1])
    assert (data["overall"], data["changes"][0]["effect"]) == ("loosens", "loosens")


def test_policy_diff_of_a_broken_policy_exits_2(folder, trimtab, base):
    folder.write(base, "a.yaml")
    folder.write("trimtab: [", "b.yaml")
    code, _, err = trimtab("policy", "diff", "a.yaml", "b.yaml", "--forbid-loosening")
    assert code == 2
    assert "b.yaml:1" in err


def test_policy_schema_and_digest(folder, trimtab, base):
    assert json.loads(trimtab("policy", "schema")[1])["$schema"].endswith("2020-12/schema")
    folder.write(base)
    digest = load_policy(folder.path / "trimtab.yaml").digest
    assert trimtab("policy", "digest")[1].strip() == digest
    assert json.loads(trimtab("policy", "digest", "--json")[1]) == {"digest": digest}


@pytest.mark.parametrize("tier", ["internal", "customer-facing"])
@pytest.mark.parametrize(
    "answers",
    [
        ("--kind", "openai", "--url", "https://example.org/v1", "--model", "m: 1 # 'x'"),
        ("--url", "http://localhost:1/v1", "--model", "тест-😀"),
        ("--kind", "llamacpp"),
        ("--kind", "callable", "--target", "app:answer"),
        (),
    ],
)
def test_init_writes_a_policy_without_mistakes(folder, trimtab, answers, tier):
    code, out, err = trimtab("init", "--yes", "--tier", tier, *answers)
    assert code == 0, err
    assert out.splitlines()[-1] == "Next: trimtab check, then trimtab run"
    checked = check_policy(folder.path / "trimtab.yaml")
    of_this_machine = ("cannot be used here", "is not set here")
    assert [mistake for mistake in checked.mistakes if not any(map(mistake.message.count, of_this_machine))] == []
    assert checked.policy is not None
    assert checked.policy.systems["assistant"].tier == tier
    (candidate,) = checked.policy.systems["assistant"].candidates.values()
    if "--model" in answers:
        assert candidate.with_["model"] == answers[-1]
        assert candidate.with_["key_env"] == ("" if "localhost" in answers[1] else "OPENAI_API_KEY")


def test_init_asks_three_things(folder, trimtab):
    code, out, err = trimtab("init", "our policy.yaml", typed="openai\nhttps://example.org/v1\nm-1\ncustomer-facing\n")
    assert code == 0, err
    assert "trimtab check 'our policy.yaml', then trimtab run 'our policy.yaml'" in out
    policy = load_policy(folder.path / "our policy.yaml")
    assert policy.systems["assistant"].candidates["current"].with_["url"] == "https://example.org/v1"
    assert policy.systems["assistant"].tier == "customer-facing"


def test_init_says_what_is_missing_when_an_answer_is_empty(folder, trimtab):
    typed = "openai\nhttps://example.org/v1\n\n \nm-1\ninternal\n"
    code, _, err = trimtab("init", typed=typed)
    assert code == 0, err
    assert err.count("This is needed, and there is no default for it: Model. Type it, or give --model.") == 2
    candidate = load_policy(folder.path / "trimtab.yaml").systems["assistant"].candidates["current"]
    assert candidate.with_["model"] == "m-1"


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ((), {"--kind": "llamacpp", "--tier": "internal"}),
        (("--tier", "internal", "--kind", "llamacpp"), {}),
        (("--url", "http://localhost:1/v1", "--model", "m"), {"--tier": "internal"}),
        (
            ("--kind", "openai", "--model", "m"),
            {"--tier": "internal", "--url": "http://localhost:8000/v1"},
        ),
    ],
)
def test_init_says_which_defaults_it_took(trimtab, answers, taken):
    out = " ".join(trimtab("init", "a.yaml", "--yes", *answers)[1].split())
    said = ", ".join(f"{flag} {value}" for flag, value in taken.items())
    assert (f"Taken by default: {said}." in out) == bool(taken)
    assert json.loads(trimtab("init", "b.yaml", "--yes", "--json", *answers)[1])["taken_by_default"] == taken


def test_init_does_not_overwrite_unless_told(folder, trimtab, base):
    path = folder.write(base)
    code, _, err = trimtab("init", "--yes", "--kind", "llamacpp")
    assert (code, path.read_text()) == (2, base)
    assert "--force" in err
    assert trimtab("init", "--yes", "--kind", "llamacpp", "--force")[0] == 0
    assert path.read_text() != base


@pytest.mark.parametrize(
    "answers",
    [
        ("--url", "ftp://example.org", "--model", "m"),
        ("--url", "http://", "--model", "m"),
        ("--url", "http://[", "--model", "m"),
        ("--url", "https://user:hunter2-hunter2@example.org", "--model", "m"),
        ("--url", "https://example.org", "--model", "m", "--key-env", "sk-hunter2-0123456789"),
        ("--url", "https://example.org", "--kind", "callable"),
        ("--kind", "openai", "--target", "a:b"),
        ("--kind", "openai", "--yes"),
        ("--kind", "callable", "--yes"),
        ("--kind", "nonsense"),
        ("--tier", "nonsense"),
        ("no/such/folder.yaml", "--yes"),
    ],
)
def test_init_refuses_answers_that_cannot_work_and_writes_nothing(folder, trimtab, answers):
    code, out, err = trimtab("init", *answers, "--yes")
    assert code == 2
    assert "hunter2" not in out + err
    assert list(folder.path.iterdir()) == []
