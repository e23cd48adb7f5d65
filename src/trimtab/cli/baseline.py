"""`--baseline FILE`: the red-team baseline of a run as a document."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trimtab.report import Report


def write_baseline(shown: "Report", path: Path) -> None:
    """Write what attacks came to; the format is that of the name: .html, .md or .pdf.

    Raises:
        UsageError: The run attacked nobody, or the name says no format.
    """
    from trimtab.errors import UsageError
    from trimtab.report.files import write_file
    from trimtab.report.paper_files import drawn, form_of
    from trimtab.report.redteam_paper import redteam_paper

    form = form_of(path)
    if not shown.attacks:
        raise UsageError(f"run {shown.decision.run} has no attacks.", "Make some with `trimtab redteam`.")
    write_file(path, drawn(redteam_paper(shown, next(iter(shown.attacks))), form))
