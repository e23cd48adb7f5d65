"""Rules about suites that another tool asks, and metrics on them."""

import os
from collections.abc import Iterator
from pathlib import Path

from trimtab.policy.include import Gathered
from trimtab.policy.installed import IMPORTED
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote

_OF_ASKING = ("with", "seed", "max_tokens", "part", "rewrite", "attacker")
_OF_RUNNING = {"garak": ("seed", "max_tokens"), "inspect": ("max_tokens",)}  # what a tool that we run can be told


def check_imported_suite(suite: Part, gathered: Gathered) -> None:
    """Report keys about asking where nothing is asked, and a tool that cannot be run as it says."""
    tool, run = suite["imported"].text, suite["run"]
    told = _OF_RUNNING.get(tool, ()) if run.value is not None else ()
    for key in _OF_ASKING if tool else ():
        if key in suite and key not in told:
            message = f"cannot be told to {tool}" if told else "is about asking, and another tool has asked already"
            gathered.report(suite[key].where, message, "Remove it.", key=True)
    for named, what in _files_of(run):
        if not _is_file(gathered.folder / named):
            message = f"there is no {what} {quote(named)} beside the policy"
            key = "task" if what == "file" else "python"
            gathered.report(run[key].where, message, "Its path counts from the folder of the file that names it.")
    for variable in run["env"].items():
        if variable.text and not os.environ.get(variable.text, "").strip():
            message = f"the environment variable {quote(variable.text)} is not set here"
            hint = "Set it where `trimtab import --run` runs."
            gathered.report(variable.where, message, hint, warning=True)


def _files_of(run: Part) -> Iterator[tuple[str, str]]:
    """The files that a tool's run names, and what each is."""
    file = run["task"].text.partition("@")[0]
    if file.endswith(".py"):
        yield file, "file"
    if "/" in run["python"].text:  # else it is looked up like any command
        yield run["python"].text, "interpreter"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def check_imported_score(metric: Part, score: str, suites: Part, gathered: Gathered) -> None:
    """Report a metric that scores replies where there are none, or that has no results to look for."""
    source = metric["source"]
    tool = suites[source["suite"].text]["imported"].text if source["suite"].text else ""
    if not score or bool(tool) is (score == IMPORTED):
        return
    named = source["score"] if source["score"].text else source["suite"]
    if tool:
        message = f"{quote(score)} scores replies, and results of {quote(tool)} hold none"
        gathered.report(named.where, message, "Leave `score` out.")
    else:
        message = f"{quote(score)} is for a suite with `imported`, and here replies are scored"
        gathered.report(named.where, message, "Name a metric that scores replies.")
