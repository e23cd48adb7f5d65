"""Shows a decision: terminal, HTML, JSON, JUnit, Markdown. Computes no new numbers."""

from trimtab.report.explanation import Explanation, explain
from trimtab.report.files import write_reports
from trimtab.report.json import as_json
from trimtab.report.redteam import redteam_data, redteam_view, unanswered
from trimtab.report.terminal import decision_view
from trimtab.report.view import Changed, Example, LedgerFacts, Report

__all__ = [
    "Changed",
    "Example",
    "Explanation",
    "LedgerFacts",
    "Report",
    "as_json",
    "decision_view",
    "explain",
    "redteam_data",
    "redteam_view",
    "unanswered",
    "write_reports",
]
