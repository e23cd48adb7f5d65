"""A pytest plugin: a floor that is not proved is a failed test.

    @pytest.mark.trimtab(policy="trimtab.yaml", candidate="next")
    def test_next_may_go_out(): ...

One run for each policy and system is measured in a session, by whichever test needs it first, in whichever worker of
xdist it runs; the others read its decision from the ledger. This module is loaded by every pytest of an environment
that trimtab is installed in, so it imports nothing but what pytest has loaded, and does nothing until a test asks.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from trimtab.report import Report
    from trimtab.workspace import Workspace

_LINE = (
    "trimtab(policy='trimtab.yaml', system='', candidate='', metric='', inconclusive='fail'): fail unless the policy's "
    "floors are proved; of one candidate or metric where one is named. `inconclusive` may be 'xfail' or 'skip'."
)
_SOFT = ("fail", "xfail", "skip")
_KEYS = frozenset({"policy", "system", "candidate", "metric", "inconclusive"})
_KEPT: "pytest.StashKey[dict[tuple[str, str], Report]]" = pytest.StashKey()
_SAYS = "trimtab.said"  # the property of a test that the summary is made of


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what a command line may say."""
    group = parser.getgroup("trimtab", "trimtab: floors as tests")
    group.addoption("--trimtab-ledger", default="", metavar="LEDGER", help="Where evidence is kept.")
    group.addoption("--trimtab-max-calls", type=int, default=None, metavar="N", help="Stop asking after N calls.")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", _LINE)


@pytest.fixture
def trimtab_report(request: pytest.FixtureRequest) -> "Report":
    """The report of the run that this test's mark names, or of trimtab.yaml; measured once in a session."""
    return _report(request.node, _asked(request.node))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Judge a marked test before its body runs, so that whatever the body does, a floor that fails is a failure."""
    if item.get_closest_marker("trimtab") is None:
        return
    asked = _asked(item)
    report = _report(item, asked)
    verdict, reason = _judged(report, candidate=asked["candidate"], metric=asked["metric"])
    if verdict == "pass":
        return
    said = f"{verdict.upper()}: {reason} (run {report.decision.run})"
    if verdict == "inconclusive" and asked["inconclusive"] == "xfail":
        pytest.xfail(said)
    if verdict == "inconclusive" and asked["inconclusive"] == "skip":
        pytest.skip(said)
    pytest.fail(said, pytrace=False)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell at the end what was decided, each run once, whichever worker measured it."""
    said = {
        value: None
        for reports in terminalreporter.stats.values()
        for one in reports
        for key, value in getattr(one, "user_properties", ())
        if key == _SAYS
    }
    if said:
        terminalreporter.section("trimtab")
        for line in said:
            terminalreporter.line(line)


# -- what is asked ---------------------------------------------------------------------------------


def _asked(item: Any) -> dict[str, str]:
    """What the mark of a test says; every mistake in it fails the test, since none may let it pass."""
    mark = item.get_closest_marker("trimtab")
    given = dict(mark.kwargs) if mark is not None else {}
    if mark is not None and (mark.args or not given.keys() <= _KEYS):
        pytest.fail(f"@pytest.mark.trimtab takes {', '.join(sorted(_KEYS))}, by name", pytrace=False)
    asked = {key: str(given.get(key, "")) for key in _KEYS}
    asked["inconclusive"] = asked["inconclusive"] or "fail"
    if asked["inconclusive"] not in _SOFT:
        pytest.fail(f"`inconclusive` is one of {', '.join(_SOFT)}; it is never a pass", pytrace=False)
    # Relative to the root of the tests and not to the folder that pytest was started in, which varies.
    asked["policy"] = str(Path(item.config.rootpath) / (asked["policy"] or "trimtab.yaml"))
    return asked


def _judged(report: "Report", *, candidate: str, metric: str) -> tuple[str, str]:
    """The verdict in a word, and why. Of a metric that nothing was asked of there is none, which is no pass."""
    if candidate and candidate not in {one.candidate for one in report.candidates}:
        return "fail", f"the run decided nothing of {candidate}"
    if not metric:
        verdict = report.verdict_of(candidate)
        asked = [one for one in report.candidates if one.candidate == (candidate or one.candidate)]
        why = [
            f"{one.candidate}, {judged.metric}: {judged.reason}"
            for one in asked
            for judged in one.judgements
            if judged.verdict.value != "pass"
        ]
        held = [report.held.why] if report.held is not None and candidate in ("", report.held.candidate) else []
        return verdict.value, " ".join(held + why) or report.decision.reason
    named = candidate or report.decision.winner
    known = [
        judged
        for one in report.candidates
        if one.candidate == named or not named
        for judged in one.judgements
        if judged.metric == metric
    ]
    if not known or report.ledger.verified is False:
        return "inconclusive", f"nothing was judged of {metric}"
    for word in ("fail", "inconclusive"):
        reasons = [judged.reason for judged in known if judged.verdict.value == word]
        if reasons:
            return word, f"{metric}: {' '.join(reasons)}"
    return "pass", ""


# -- one run for all -------------------------------------------------------------------------------


def _report(item: pytest.Item, asked: dict[str, str]) -> "Report":
    """The report of the run that a test asks for, measured if no test before it has."""
    kept: dict[tuple[str, str], Report] = item.config.stash.setdefault(_KEPT, {})
    key = (asked["policy"], asked["system"])
    if key not in kept:
        kept[key] = _shared(item.config, *key)
    report = kept[key]
    said = f"{report.decision.system}: {report.verdict.value}, run {report.decision.run}"
    if winner := report.winner:
        said += f", chosen {winner}"
    if all(known != _SAYS for known, _ in item.user_properties):
        item.user_properties.append((_SAYS, said))
    return report


def _shared(config: pytest.Config, policy: str, system: str) -> "Report":
    """One worker measures, the others wait for it and read its decision; what ended it ends theirs, too."""
    from trimtab.errors import TrimtabError

    ledger = config.getoption("--trimtab-ledger") or os.environ.get("TRIMTAB_LEDGER", "")
    ledger = ledger or str(Path(config.rootpath) / ".trimtab" / "ledger.db")
    if "://" not in ledger:
        Path(ledger).parent.mkdir(parents=True, exist_ok=True)
    with _turn(config, ledger) as note:
        notes = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
        told: dict[str, str] = {}
        try:
            key = f"{policy} {_system(policy, system)}"
            told = notes.setdefault(key, {})
            if "error" in told:
                pytest.fail(told["error"], pytrace=False)
            if "run" in told:
                return _again(ledger, policy, told["run"])
            report = _measured(ledger, policy, system, config.getoption("--trimtab-max-calls"))
            told["run"] = report.decision.run
        except TrimtabError as error:
            told["error"] = str(error)
            pytest.fail(str(error), pytrace=False)
        finally:
            note.write_text(json.dumps(notes), encoding="utf-8")
        return report


def _system(policy: str, system: str) -> str:
    """The system that is meant, so that tests that name the only one and tests that do not share a run."""
    if system:
        return system
    from trimtab.policy import load_policy

    systems = list(load_policy(policy).systems)
    return systems[0] if len(systems) == 1 else ""


@contextlib.contextmanager
def _turn(config: Any, ledger: str) -> Iterator[Path]:
    """Hold the session's notes about a ledger, on which one run at a time may measure.

    Workers of xdist have the folder in common; other sessions have folders of their own.
    """
    import fcntl
    import hashlib

    base = Path(config._tmp_path_factory.getbasetemp())  # noqa: SLF001  # the factory is a fixture, and this is none
    folder = base.parent if hasattr(config, "workerinput") else base
    name = hashlib.sha256(ledger.encode()).hexdigest()[:16]
    with (folder / f"trimtab-{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder / f"trimtab-{name}.json"


def _measured(ledger: str, policy: str, system: str, max_calls: int | None) -> "Report":
    from trimtab.workspace import Workspace

    with Workspace.open(policy, ledger=ledger) as workspace:
        return _held(workspace, workspace.run(system, max_calls=max_calls))


def _again(ledger: str, policy: str, run: str) -> "Report":
    from trimtab.workspace import Workspace

    with Workspace.open(policy, ledger=ledger) as workspace:
        return _held(workspace, workspace.report(run))


def _held(workspace: "Workspace", report: "Report") -> "Report":
    """With what holds the winner back, as `trimtab run` has it."""
    from dataclasses import replace

    from trimtab.workspace.holding import hold_of

    return replace(report, held=hold_of(workspace, report.decision))
