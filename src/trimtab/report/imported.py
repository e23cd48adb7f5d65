"""What other tools measured, and whose word it is: said wherever a decision rests on it."""

from typing import Any

from trimtab.evidence.records import Import
from trimtab.report.figures import count
from trimtab.report.view import Report
from trimtab.report.words import name

_DIGEST = 19  # characters of a digest that people compare
_DAY = 10  # characters of a moment


def imported(report: Report) -> list[str]:
    """A sentence for each file of another tool that the decision rests on; none where everything was measured here."""
    return [
        f"{name(one.suite)} of {name(candidate)} was {_how(one)}: "
        f"{count(one.results)} {'result' if one.results == 1 else 'results'} of {name(one.tool)} {name(one.version)}"
        f"{_asked(one)}, file {name(one.file[:_DIGEST])}."
        for candidate, files in report.imports.items()
        for one in files
    ]


def _how(one: Import) -> str:
    return "measured by another tool, which trimtab ran" if one.asked else "imported, not measured here"


def _asked(one: Import) -> str:
    if one.asked:  # the model's name was one for that run only
        return f" from {count(one.calls)} calls{f' on {name(one.ran[:_DAY])}' if one.ran else ''}"
    whom = f", which says that it asked {name(one.model)}" if one.model else ""
    when = f"{' on' if whom else ', which says that it ran on'} {name(one.ran[:_DAY])}" if one.ran else ""
    return whom + when


def imports_data(report: Report) -> list[dict[str, Any]]:
    """The same as JSON values."""
    return [
        {
            "candidate": candidate,
            "suite": one.suite,
            "tool": one.tool,
            "version": one.version,
            "file": one.file,
            "results": one.results,
            "model": one.model,
            "ran": one.ran,
            "import": one.source,
            "ran_here": bool(one.asked),
        }
        for candidate, files in report.imports.items()
        for one in files
    ]
