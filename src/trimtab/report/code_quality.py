"""GitLab's code quality report: a list of problems, each with a line and a fingerprint, shown in a merge request."""

from collections.abc import Sequence

import orjson

from trimtab.report.flaws import Flaw, Level
from trimtab.report.markup import visible

_SEVERITIES: dict[Level, str] = {"error": "critical", "warning": "major", "note": "minor"}


def code_quality(found: Sequence[Flaw]) -> bytes:
    """The file, a JSON list; empty when there are no flaws."""
    rows = [
        {
            "description": flaw.message,
            "check_name": f"trimtab/{flaw.rule}",
            "fingerprint": flaw.fingerprint,
            "severity": _SEVERITIES[flaw.level],
            "location": {"path": visible(flaw.place.path), "lines": {"begin": max(flaw.place.line, 1)}},
        }
        for flaw in found
    ]
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
