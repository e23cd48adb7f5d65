"""Shows a decision: terminal, HTML, JSON, JUnit, Markdown. Computes no new numbers.

Names load on first use: who shows one table needs no page.
"""

from typing import TYPE_CHECKING

from trimtab._lazy import lazily

if TYPE_CHECKING:
    from trimtab.report.choice_terminal import choice_view
    from trimtab.report.explanation import Explanation, explain
    from trimtab.report.files import write_reports
    from trimtab.report.json import as_json, choice_json
    from trimtab.report.redteam import redteam_data, redteam_view, replay_commands, unanswered
    from trimtab.report.terminal import decision_view
    from trimtab.report.view import Changed, Example, LedgerFacts, Report

_HOME = {
    "Changed": "trimtab.report.view",
    "Example": "trimtab.report.view",
    "Explanation": "trimtab.report.explanation",
    "LedgerFacts": "trimtab.report.view",
    "Report": "trimtab.report.view",
    "as_json": "trimtab.report.json",
    "choice_json": "trimtab.report.json",
    "choice_view": "trimtab.report.choice_terminal",
    "decision_view": "trimtab.report.terminal",
    "explain": "trimtab.report.explanation",
    "redteam_data": "trimtab.report.redteam",
    "redteam_view": "trimtab.report.redteam",
    "replay_commands": "trimtab.report.redteam",
    "unanswered": "trimtab.report.redteam",
    "write_reports": "trimtab.report.files",
}

__all__ = [
    "Changed",
    "Example",
    "Explanation",
    "LedgerFacts",
    "Report",
    "as_json",
    "choice_json",
    "choice_view",
    "decision_view",
    "explain",
    "redteam_data",
    "redteam_view",
    "replay_commands",
    "unanswered",
    "write_reports",
]


__getattr__ = lazily(__name__, _HOME)
