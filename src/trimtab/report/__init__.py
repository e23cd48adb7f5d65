"""Shows a decision: terminal, HTML, JSON, JUnit, Markdown. Computes no new numbers."""

from trimtab.report.choice_terminal import choice_view
from trimtab.report.explanation import Explanation, explain
from trimtab.report.files import write_reports
from trimtab.report.json import as_json, choice_json
from trimtab.report.redteam import redteam_data, redteam_view, replay_commands, unanswered
from trimtab.report.terminal import decision_view
from trimtab.report.view import Changed, Example, LedgerFacts, Report

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
