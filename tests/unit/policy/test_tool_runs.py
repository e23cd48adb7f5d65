"""How a tool is run is checked before anything runs, and a policy that says nothing of it keeps its digest."""

import pytest
from tests.unit.policy.test_imported_suites import POLICY

from trimtab.policy import check_policy, load_policy
from trimtab.policy.tool_run import ToolRun

GARAK = "imported: garak, run: {probes: [dan.AntiDAN, encoding]}"
INSPECT = "imported: inspect, run: {task: tasks.py@sums}"


@pytest.fixture
def written(tmp_path):
    (tmp_path / "tasks.py").write_text("", encoding="utf-8")

    def written(suite, name="trimtab.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        text = POLICY.format(suite=suite, of="scan", source=", with: {better: lower}")
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize(
    "suite",
    [
        GARAK,
        INSPECT,
        f"{GARAK}, seed: 3, max_tokens: 99",
        f"{INSPECT}, max_tokens: 99",
        "imported: inspect, run: {task: tasks.py}",
        "imported: inspect, run: {task: inspect_evals/gsm8k, epochs: 3, limit: 7, python: python3, minutes: 0.5}",
        "imported: garak, run: {probes: [dan], generations: 5, prompts: 9, env: [PATH]}",
    ],
)
def test_what_can_be_run(suite, written):
    assert check_policy(written(suite)).mistakes == ()


@pytest.mark.parametrize(
    ("suite", "says"),
    [
        ("imported: csv, run: {probes: [dan]}", "`run` belongs to `imported: garak or inspect`"),
        ("builtin: red-team, run: {probes: [dan]}", "`run` belongs to `imported: garak or inspect`"),
        ("imported: garak, run: {}", "`run` of garak needs `probes`"),
        ("imported: inspect, run: {epochs: 2}", "`run` of inspect needs `task`"),
        ("imported: garak, run: {probes: [dan], task: tasks.py}", "does not take task"),
        ("imported: inspect, run: {task: tasks.py, probes: [dan]}", "does not take probes"),
        ("imported: garak, run: {probes: [--config]}", "probes"),
        ("imported: garak, run: {probes: ['dan,x']}", "probes"),
        ("imported: garak, run: {probes: [dan], generations: 0}", "generations"),
        ("imported: garak, run: {probes: [dan], minutes: 0}", "minutes"),
        ("imported: garak, run: {probes: [dan], env: [A=b]}", "env"),
        ("imported: garak, run: {probes: [dan], shell: x}", "shell"),
        ("imported: inspect, run: {task: other.py@sums}", "there is no file"),
        ("imported: inspect, run: {task: '--model'}", "task"),
        ("imported: inspect, run: {task: '-x.py@sums'}", "task"),
        ("imported: inspect, run: {task: tasks.py@a@b}", "task"),
        (f"{INSPECT}, seed: 3", "cannot be told to inspect"),
        (f"{GARAK}, part: 1/2", "cannot be told to garak"),
    ],
)
def test_what_cannot_is_reported(suite, says, written):
    told = [str(one) for one in check_policy(written(suite)).mistakes if not one.warning]
    assert any(says in one for one in told), told


@pytest.mark.parametrize(
    ("key", "says"), [("env: [NO_SUCH_VARIABLE]", "is not set here"), ("python: bin/python", "no interpreter")]
)
def test_what_this_machine_lacks_is_a_warning(key, says, written):
    (told,) = check_policy(written(f"imported: garak, run: {{probes: [dan], {key}}}")).mistakes
    assert told.warning
    assert says in str(told)


def test_a_policy_that_says_nothing_of_it_keeps_its_digest(written):
    before = load_policy(written("imported: garak"))
    from trimtab._canonical import digest
    from trimtab.policy.model import _as_first_written

    plain = _as_first_written(before.model_dump(mode="json", by_alias=True))
    assert "run" not in plain["suites"]["scan"]
    assert digest(plain) == before.digest
    assert load_policy(written(GARAK)).digest != before.digest
    assert before.suites["scan"].asked_of_tool == ""


def test_what_is_asked_has_a_digest_that_where_it_runs_does_not_change(written):
    def asked(suite):
        return load_policy(written(suite)).suites["scan"].asked_of_tool

    first = asked(GARAK)
    assert asked(GARAK.replace("}", ", minutes: 5, python: python3, env: [PATH]}")) == first
    others = [
        asked(GARAK.replace("}", ", generations: 2}")),
        asked(f"{GARAK}, seed: 1"),
        asked(f"{GARAK}, max_tokens: 9"),
    ]
    assert len({first, *others}) == 4


def test_paths_of_an_included_suite_count_from_its_file(written, tmp_path):
    path = written("imported: garak")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "tasks.py").write_text("", encoding="utf-8")
    (tmp_path / "sub" / "bin").mkdir()
    (tmp_path / "sub" / "bin" / "python").write_text("", encoding="utf-8")
    more = "suites:\n  more: {imported: inspect, run: {task: tasks.py@sums, python: bin/python}}\n"
    more += "  other: {imported: inspect, run: {task: inspect_evals/gsm8k, python: python3}}\n"
    (tmp_path / "sub" / "more.yaml").write_text(more, encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8") + "include: sub/more.yaml\n", encoding="utf-8")
    runs = {name: suite.run for name, suite in load_policy(path).suites.items() if suite.run}
    assert {name: (run.task, run.python) for name, run in runs.items()} == {
        "more": ("sub/tasks.py@sums", "sub/bin/python"),
        "other": ("inspect_evals/gsm8k", "python3"),
    }


def test_every_key_belongs_to_a_tool_or_to_all():
    from trimtab.policy.tool_run import RUNNABLE

    of_tools = {key for keys in RUNNABLE.values() for key in keys}
    assert set(ToolRun.model_fields) - of_tools == {"python", "minutes", "env"}
