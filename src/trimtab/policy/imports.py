"""Rules about suites that another tool asks, and metrics on them."""

import os
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
    file, python = run["task"].text.partition("@")[0], run["python"].text
    where = "Its path counts from the folder of the file that names it."
    if file.endswith(".py") and not _is_file(gathered.folder / file):
        gathered.report(run["task"].where, f"there is no file {quote(file)} beside the policy", where)
    # A lack of this machine: the tool may be installed where it is run, and its results are judged here. A name without
    # a slash is looked up like any command.
    if "/" in python and not _is_file(gathered.folder / python):
        gathered.report(run["python"].where, f"there is no interpreter {quote(python)} here", where, warning=True)
    for variable in run["env"].items():
        if variable.text and not os.environ.get(variable.text, "").strip():
            message = f"the environment variable {quote(variable.text)} is not set here"
            hint = "Set it where `trimtab import --run` runs."
            gathered.report(variable.where, message, hint, warning=True)


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
