"""Floors as tests: a floor that fails is a failed test, too little evidence is none that passes, one run serves all."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.command import trimtab


def as_pytest():
    """Be pytest instead of the command, in the process that was forked for it."""
    sys.exit(pytest.main(sys.argv[1:]))


TESTS = """
import pytest

@pytest.mark.trimtab(candidate="next")
def test_verdict(): ...

@pytest.mark.trimtab(policy="trimtab.yaml", system="bot", candidate="current", metric="leak")
def test_leak(): ...

@pytest.mark.trimtab(candidate="current", metric="accuracy")
def test_accuracy(trimtab_report):
    assert trimtab_report.decision.system == "bot"

@pytest.mark.trimtab(candidate="next", inconclusive="xfail")
def test_may_wait(): ...

@pytest.mark.trimtab(candidate="next", metric="leak", inconclusive="skip")
def test_is_left_out(): ...

@pytest.mark.trimtab(inconclusive="pass")
def test_no_pass(): ...

@pytest.mark.trimtab(candidate="nobody")
def test_nobody(): ...

@pytest.mark.trimtab(candidate="next", metric="nothing")
def test_nothing(): ...

@pytest.mark.trimtab("next")
def test_without_a_name(): ...
"""


@pytest.fixture
def run(place):
    def done(tests, *more):
        (place.folder / "test_it.py").write_text(tests)
        words = ("-p", "no:cacheprovider", "-rA", "--basetemp", "base", "--rootdir", ".", *more)
        return trimtab(*words, "test_it.py", cwd=place.folder, first=as_pytest)

    return done


def ended(done):
    found = re.findall(
        r"^(PASSED|FAILED|ERROR|XFAIL|SKIPPED)(?: \[\d+\])? (?:test_it.py::)?(\S+)", done.stdout, re.MULTILINE
    )
    return {name: word for word, name in found}


def runs(shown):
    return set(re.findall(r'"run": "(\d[^"]+)"', shown.stdout))


def asked(place):
    return len((place.folder / "requests.jsonl").read_text().splitlines())


def test_each_verdict_is_what_its_test_ends_with_and_one_run_serves_all(place, run):
    place.write(cases=40, leaks=40)
    done = run(TESTS)
    words = ended(done)
    assert words["test_accuracy"] == "PASSED", done.stdout
    assert {words[f"test_{name}"] for name in ("verdict", "leak", "may_wait", "is_left_out")} == {"FAILED"}
    assert {words[f"test_{name}"] for name in ("no_pass", "nobody", "nothing", "without_a_name")} == {"FAILED"}
    assert re.search(r"^FAIL: leak: .+ \(run 2\d+T", done.stdout, re.MULTILINE)
    assert len(re.findall(r"^bot: fail, run \S+$", done.stdout, re.MULTILINE)) == 1
    shown = place.trimtab("ledger", "show", "--json")
    assert len(runs(shown)) == 1


def test_too_little_evidence_is_never_a_pass(place, run):
    place.write(cases=3)
    done = run(TESTS, "--trimtab-max-calls", "2")
    assert asked(place) == 2
    words = ended(done)
    assert words["test_verdict"] == "FAILED"
    assert "INCONCLUSIVE" in done.stdout
    assert words["test_may_wait"] == "XFAIL"
    assert "PASSED" not in words.values()
    assert "1 skipped" in done.stdout
    assert done.returncode == 1


ONE = "import pytest\n\n@pytest.mark.trimtab\ndef test_a(): ...\n\n@pytest.mark.trimtab\ndef test_b(): ...\n"


def test_workers_that_begin_at_once_share_one_run(place, run):
    place.write(cases=20)
    (place.folder / "base").mkdir()
    (place.folder / "worker.py").write_text("def pytest_configure(config): config.workerinput = {}\n")
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda n: run(ONE, "-p", "worker", "--basetemp", f"base/gw{n}"), range(2)))
    for one in done:
        assert ended(one) == {"test_a": "PASSED", "test_b": "PASSED"}, one.stdout + one.stderr
    assert len(runs(place.trimtab("ledger", "show", "--json"))) == 1


@pytest.mark.integration
def test_workers_of_xdist_share_one_run_and_its_line_is_told_once(place, run):
    place.write(cases=20)
    done = run(ONE, "-n", "2")
    assert ended(done) == {"test_a": "PASSED", "test_b": "PASSED"}, done.stdout + done.stderr
    assert len(re.findall(r"^bot: pass, run \S+, chosen \S+$", done.stdout, re.MULTILINE)) == 1
    assert len(runs(place.trimtab("ledger", "show", "--json"))) == 1


def test_what_cannot_be_measured_fails_every_test_and_is_tried_once(place, run):
    place.write(cases=3, url="http://127.0.0.1:9", second="http://127.0.0.1:9")
    done = run(ONE, "--trimtab-ledger", "elsewhere.db")
    assert ended(done) == {"test_a": "FAILED", "test_b": "FAILED"}
    assert done.stdout.count("TT302") >= 2
    assert (place.folder / "elsewhere.db").exists()
    (place.folder / "trimtab.yaml").write_text("trimtab: 1\n")
    assert "TT101" in run(ONE).stdout


def test_other_peoples_pytest_loads_nothing_of_ours():
    asks = (
        "import sys, pytest; before = set(sys.modules); import trimtab.testing.pytest_plugin; "
        "print(sorted(n for n in set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    ours = ["trimtab", "trimtab._lazy", "trimtab.testing", "trimtab.testing.pytest_plugin"]
    assert done.stdout.strip() == str(ours)
