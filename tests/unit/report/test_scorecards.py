"""Scorecards in a terminal: where there is little room, names give way and figures stay whole."""

from io import StringIO

import pytest
from rich.console import Console

from trimtab.report.scorecard import scorecard_view

METRICS = [
    ("safety", "secret_leak", "inconclusive", 0.0248, 0.178, 0.03, 0.0125, 0.456),
    ("safety", "over_refusal_in_four_languages", "pass", 0.00123, 0.0541, 0.1, 0.0125, 0.789),
    ("money", "cost", "fail", "1,234.50", "9,876.50", "1,000.00", "500.00", 0.0),
]


def payload():
    metrics = [
        {
            "pillar": pillar, "metric": name, "veto": pillar == "safety", "verdict": verdict, "low": low, "high": high,
            "floor": floor, "target": target, "utility": worth, "weight": 0.125, "fresh": 1.0, "better": "lower",
            "independence": "self", "source": "ledger",
        }
        for pillar, name, verdict, low, high, floor, target, worth in METRICS
    ]  # fmt: skip
    product = {
        "subject": "triage", "tier": "high", "owner": "care", "verdict": "inconclusive", "band": "C", "score": 56.6,
        "rank": None, "bands": None, "capped_by": [], "metrics": metrics, "pillars": {"safety": 0.5, "money": 0.1},
        "means": None, "if_all_were_known": 90.0, "why": [], "ways_up": [], "digest": "sha256:" + "0" * 64,
    }  # fmt: skip
    weights = {"from": "2025-10-01", "formula": 1, "digest": "sha256:" + "1" * 64, "passed_over": []}
    empty: dict[str, object] = {"teams": [], "vendors": [], "effective": {}, "unscored": [], "published_otherwise": []}
    return {"period": "2026-Q3", "weights": weights, "products": [product], **empty}


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_figure_is_cut(width):
    out = StringIO()
    console = Console(width=width, color_system=None, file=out)
    for part in scorecard_view(payload(), whole=True):
        console.print(part)
    told = out.getvalue()
    assert "…" not in told
    for figure in (
        "0.0248..0.178",
        "≤ 0.0125",
        "0.00123..0.0541",
        "1,234.50..9,876.50",
        "≤ 1,000.00",
        "≤ 500.00",
        "0.456",
    ):
        assert figure in told
    assert max(map(len, told.splitlines())) <= width
