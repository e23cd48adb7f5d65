"""Rules about suites that another tool asks, and metrics on them."""

from trimtab.policy.include import Gathered
from trimtab.policy.installed import IMPORTED
from trimtab.policy.part import Part
from trimtab.policy.secrecy import quote

_OF_ASKING = ("with", "seed", "max_tokens", "part", "rewrite", "attacker")


def check_imported_suite(suite: Part, gathered: Gathered) -> None:
    """Report keys about asking where nothing is asked."""
    for key in _OF_ASKING if suite["imported"].text else ():
        if key in suite:
            message = "is about asking, and another tool has asked already"
            gathered.report(suite[key].where, message, "Remove it.", key=True)


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
