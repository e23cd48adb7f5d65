"""SARIF 2.1.0, which code hosts show beside the line of the policy that was not met.

An INCONCLUSIVE requirement is a warning of the kind "fail". The format has the kind "open" for it, but asks that such a
result carry no level, and hosts then show nothing: silence would look like success.

Source:
    OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, sections 3.14 to 3.27.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import orjson

from trimtab.policy.document import Place
from trimtab.report.flaws import Flaw
from trimtab.report.markup import visible
from trimtab.report.view import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST = 5000  # results that the largest host shows of one file


def sarif(report: Report, found: Sequence[Flaw]) -> bytes:
    """The file: one run of the tool, one rule for each kind of flaw, one result for each flaw."""
    shown = found[:_MOST]
    rules = list({flaw.rule: flaw for flaw in shown}.values())
    index = {flaw.rule: number for number, flaw in enumerate(rules)}
    complete = report.finished is not None and report.finished.outcome == "complete"
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "trimtab",
                "version": visible(report.started.trimtab),  # that measured; any version shows the same
                "rules": [_rule(flaw) for flaw in rules],
            }
        },
        "automationDetails": {"id": f"trimtab/{quote(visible(report.decision.system), safe='')}/"},
        "invocations": [{"executionSuccessful": complete}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(flaw, index[flaw.rule]) for flaw in shown],
        "properties": {
            "run": visible(report.decision.run),
            "policy": visible(report.decision.policy),
            "ledgerHead": visible(report.ledger.head),
            "verdict": str(report.verdict),
            "notShown": len(found) - len(shown),
        },
    }
    data = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _rule(flaw: Flaw) -> dict[str, Any]:
    return {
        "id": flaw.rule,
        "shortDescription": {"text": flaw.about},
        "defaultConfiguration": {"level": flaw.level},
        "properties": {"tags": ["ai-safety"]},
    }


def _result(flaw: Flaw, rule: int) -> dict[str, Any]:
    return {
        "ruleId": flaw.rule,
        "ruleIndex": rule,
        "kind": "fail",
        "level": flaw.level,
        "message": {"text": flaw.message},
        "locations": [_location(flaw.place)],
        "partialFingerprints": {"trimtab/v1": flaw.fingerprint},
    }


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": max(place.line, 1), **({"startColumn": place.column} if place.column > 0 else {})}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(visible(place.path))}, "region": region}}
