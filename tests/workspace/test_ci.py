"""What the GitHub action and the GitLab template do in a shell: their own lines, run as a runner would run them."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.workspace.code_hosts import Host, hosted
from tests.workspace.piped import on_path

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
DEAD = "http://127.0.0.1:9"


# -- shape -------------------------------------------------------------------------------------------


def test_the_action_has_the_shape_that_is_documented():
    assert set(ACTION) <= {"name", "author", "description", "branding", "inputs", "outputs", "runs"}
    assert ACTION["runs"]["using"] == "composite"
    for one in ACTION["inputs"].values():
        assert set(one) <= {"description", "required", "default", "deprecationMessage"}
        assert isinstance(one["default"], str)  # `true` would come as a truth value and be compared as a text
    for one in ACTION["outputs"].values():
        assert set(one) == {"description", "value"}
    for step in ACTION["runs"]["steps"]:
        assert set(step) <= {"name", "id", "if", "shell", "run", "env", "uses", "with", "continue-on-error"}
        assert ("run" in step) != ("uses" in step)
        if "run" in step:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"]  # what somebody else can name must not become a command
        else:
            assert re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", step["uses"])


def test_every_input_is_used_and_every_name_is_known():
    text = json.dumps(ACTION["runs"])
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    assert set(re.findall(r"steps\.(\w+)\.outputs", json.dumps(ACTION))) == {"run"}


def test_the_template_and_the_hooks_have_the_shape_that_is_documented():
    assert set(GITLAB) == {"variables", "trimtab"}
    assert set(GITLAB["trimtab"]) <= {"stage", "image", "rules", "cache", "before_script", "script", "artifacts"}
    assert all(isinstance(line, str) for line in GITLAB["trimtab"]["script"])
    assert set(GITLAB["trimtab"]["artifacts"]["reports"]) == {"junit", "codequality"}
    for hook in HOOKS:
        assert {"id", "name", "entry", "language", "files"} <= set(hook)


# -- the action --------------------------------------------------------------------------------------


class Runner:
    """Runs the steps of the action that are commands."""

    def __init__(self, place, path, **given):
        self.folder, self.temp = place.folder, place.folder / "runner"
        self.temp.mkdir(exist_ok=True)
        defaults = {name: one["default"] for name, one in ACTION["inputs"].items()}
        self.inputs = {**defaults, "version": "installed", **given}
        self.github = {"base_ref": "", "action_path": str(ROOT), "token": "hunter2"}
        self.outputs = {}
        self.said = ""
        self.environment = {
            "PATH": f"{path}:/usr/bin:/bin", "NO_COLOR": "1", "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp), "GITHUB_PATH": str(self.temp / "path"),
            "GITHUB_OUTPUT": str(self.temp / "output"), "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_REPOSITORY": "works/bot", "GITHUB_REF": "refs/heads/main",
        }  # fmt: skip

    def value(self, name):
        whole, _, key = name.partition(".")
        if whole == "steps":
            return self.outputs.get(key.removeprefix("run.outputs."), "")
        return self.filled({"inputs": self.inputs, "github": self.github}[whole][key])

    def filled(self, text):
        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda hit: self.value(hit[1]), text)

    def wanted(self, step, *, failed):
        asked = step.get("if", "success()")
        plain = re.sub(r"(inputs|github)\.[\w-]+", lambda hit: repr(self.value(hit[0])), asked)
        names = {"always": lambda: True, "success": lambda: not failed}
        return eval(plain.replace("&&", "and"), names) and (not failed or "always()" in asked)

    def run(self):
        """The code that the job ends with."""
        code = 0
        for path in ("output", "summary"):
            (self.temp / path).unlink(missing_ok=True)
        self.outputs, self.said = {}, ""
        for step in ACTION["runs"]["steps"]:
            if "run" in step and self.wanted(step, failed=code != 0):
                code = self.step(step) or code
        return code

    def step(self, step):
        given = {name: self.filled(value) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder, env={**self.environment, **given}, text=True, capture_output=True, check=False,
        )  # fmt: skip
        self.said += done.stdout + done.stderr
        if step.get("id") == "run" and (self.temp / "output").exists():
            lines = (self.temp / "output").read_text().splitlines()
            self.outputs = dict(line.split("=", 1) for line in lines)
        return done.returncode

    def told(self, verdict, code):
        """That the outputs and the summary say so."""
        assert (self.outputs["verdict"], self.outputs["exit-code"]) == (verdict, str(code))
        assert set(self.outputs) == set(ACTION["outputs"])
        assert bool(self.outputs["run"]) == (verdict != "none")
        assert bool(self.outputs["winner"]) == (verdict == "pass")
        summary = (self.temp / "summary").read_text()
        assert ("Nothing was decided" in summary) == (verdict == "none")
        assert self.outputs["run"] in summary
        if verdict != "none":
            text = (self.folder / "trimtab-report/trimtab.sarif").read_text()
            assert bool(json.loads(text)["runs"][0]["results"]) == (verdict != "pass")


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    with on_path(folder) as found:
        yield found


def test_a_pass_is_told_and_a_pull_request_that_fails_is_told_what_is_new(place, path):
    place.write(cases=20)
    runner = Runner(place, path)
    assert runner.run() == 0, runner.said
    runner.told("pass", 0)
    place.write(cases=12, leaks=12, floor="0.3")
    runner.github["base_ref"] = "main"
    host = Host()
    with hosted(host) as url:
        runner.environment |= {"GITHUB_REF": "refs/pull/7/merge", "GITHUB_API_URL": url}
        assert runner.run() == 1, runner.said
        runner.told("fail", 1)
        assert "hunter2" not in runner.said
    assert [one["user"]["login"] for one in host.comments] == ["github-actions[bot]"]
    said = host.comments[0]["body"]
    assert "**Against** run" in said
    assert "**loosens** tiers.internal.floors.leak" in said


def test_inconclusive_may_be_neutral_and_nothing_else_may(place, path):
    place.write(cases=3)
    runner = Runner(place, path)
    assert runner.run() == 3, runner.said
    runner.told("inconclusive", 3)
    runner.inputs["inconclusive"] = "neutral"
    last = ACTION["runs"]["steps"][-1]
    ends = {}
    for code in ("0", "1", "2", "3", "4", "130", ""):
        runner.outputs["exit-code"] = code
        ends[code] = runner.step(last)
    assert ends == {"0": 0, "1": 1, "2": 2, "3": 0, "4": 4, "130": 130, "": 4}
    assert "no pass" in runner.said


def test_where_nothing_answers_nothing_is_decided_whatever_lies_there(place, path):
    place.write(cases=3, url=DEAD, second=DEAD)
    stale = place.folder / "trimtab-report"
    stale.mkdir()
    (stale / "report.json").write_text('{"verdict": "pass", "winner": "next", "provenance": {"run": "old"}}')
    runner = Runner(place, path)
    assert runner.run() == 4, runner.said
    runner.told("none", 4)


def test_a_name_from_outside_is_no_command(place, path):
    place.write(cases=3)
    runner = Runner(place, path, system='"; touch owned; echo $(touch owned) "', args="; touch owned")
    assert runner.run() == 2
    runner.told("none", 2)
    assert not (place.folder / "owned").exists()


# -- GitLab ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["fail", "none"])
def test_the_gitlab_job_ends_with_the_verdict_and_leaves_its_reports(place, path, verdict):
    code = {"fail": 1, "none": 4}[verdict]
    if verdict == "fail":
        place.write(cases=3)
        place.decided()
        place.write(cases=12, leaks=12)
    else:
        place.write(cases=12, url=DEAD, second=DEAD)
    host = Host(who="project_9_bot")
    with hosted(host) as url:
        given = {name: str(value) for name, value in GITLAB["variables"].items()} | {
            "TRIMTAB_INSTALL": "", "CI_PROJECT_ID": "9", "CI_MERGE_REQUEST_IID": "7", "CI_API_V4_URL": url,
            "TRIMTAB_GITLAB_TOKEN": "hunter2", "PATH": f"{path}:/usr/bin:/bin", "NO_COLOR": "1",
        }  # fmt: skip
        script = "\n".join(["set -eo pipefail", *GITLAB["trimtab"]["before_script"], *GITLAB["trimtab"]["script"]])
        done = subprocess.run(
            ["bash", "-c", script], cwd=place.folder, env=given, text=True, capture_output=True, check=False
        )
    assert done.returncode == code, done.stdout + done.stderr
    out = place.folder / "trimtab-report"
    if verdict == "none":
        assert (not out.exists(), host.comments) == (True, [])
        return
    assert (out / "junit.xml").exists()
    rows = json.loads((out / "code-quality.json").read_text())
    lines = (place.folder / "trimtab.yaml").read_text().splitlines()
    floors = [row for row in rows if row["check_name"].startswith("trimtab/floor/")]
    assert floors
    assert all("floors:" in lines[row["location"]["lines"]["begin"] - 1] for row in floors)
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    assert ["**Against** run" in one["body"] for one in host.comments] == [True]


# -- policies ----------------------------------------------------------------------------------------


def git(folder, *words):
    who = ("-c", "user.name=team", "-c", "user.email=team@example.org")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_a_policy_is_held_against_the_one_that_was_committed(place, path):
    place.write(cases=3)
    (place.folder / "parts").mkdir()
    policy = place.folder / "trimtab.yaml"
    (place.folder / "parts/lines.yaml").write_text("red_lines: [leak]\n")
    policy.write_text(policy.read_text().replace("red_lines: []", "include: [parts/lines.yaml]"))

    def compared(*more):
        return place.trimtab("policy", "diff", "--forbid-loosening", "--since", *(more or ("HEAD", "trimtab.yaml")))

    assert compared().returncode == 2  # no repository
    git(place.folder, "init", "-q")
    git(place.folder, "add", "trimtab.yaml", "parts")  # the cases are kept elsewhere
    assert compared().returncode == 2  # no commit
    git(place.folder, "commit", "-qm", "one")
    assert compared().returncode == 0
    (place.folder / "parts/lines.yaml").write_text("red_lines: []\n")  # an included file is part of it
    loosened = compared()
    assert loosened.returncode == 1
    assert "loosens" in loosened.stdout
    ends = []
    for hook in HOOKS:
        words = [*shlex.split(hook["entry"]), "trimtab.yaml", "trimtab.yaml"]
        given = {"PATH": f"{path}:/usr/bin:/bin", "HOME": str(place.folder)}
        ends.append(subprocess.run(words, cwd=place.folder, env=given, capture_output=True, check=False).returncode)
    assert ends == [0, 1]
    assert compared("--output=owned", "trimtab.yaml").returncode == 2
    assert not (place.folder / "owned").exists()
