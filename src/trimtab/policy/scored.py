"""By which plugin a metric is scored, as far as the values of the file say."""

from trimtab.policy.installed import IMPORTED, default_score
from trimtab.policy.metric_spec import PUBLISHED
from trimtab.policy.model import Policy
from trimtab.policy.part import Part


def score_of(metric: Part, root: Part) -> str:
    """The metric plugin that scores a metric, or empty text when that is unknown."""
    source = metric["source"]
    if source["score"].text:
        return source["score"].text
    if source["suite"].text in root["suites"]:
        suite = root["suites"][source["suite"].text]
        given = suite["with"].value
        usual = IMPORTED if suite["imported"].text else PUBLISHED.get(suite["format"].text, "")
        own = default_score(suite["builtin"].text, given if isinstance(given, dict) else None)
        return suite["score"].text or usual or own
    return default_score(source["suite"].text)


def metric_plugin(policy: Policy, metric: str) -> str:
    """As `score_of`, of a policy that was read."""
    source = policy.metrics[metric].source
    suite = policy.suites.get(source.suite)
    if source.score or suite is None:
        return source.score or default_score(source.suite)
    usual = IMPORTED if suite.imported else PUBLISHED.get(suite.format, "")
    return suite.score or usual or default_score(suite.builtin, suite.with_)
