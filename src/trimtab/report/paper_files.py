"""As what a report is written: by the end of its file's name."""

from pathlib import Path

from trimtab.errors import UsageError
from trimtab.report.paper import Paper
from trimtab.report.paper_markdown import paper_markdown
from trimtab.report.paper_page import paper_page
from trimtab.report.paper_pdf import paper_pdf

_ENDS = {".html": "html", ".htm": "html", ".md": "md", ".markdown": "md", ".pdf": "pdf", ".json": "json"}
_SHOWN = {"html": ".html", "md": ".md", "pdf": ".pdf", "json": ".json"}


def form_of(path: Path, *, forms: tuple[str, ...] = ("html", "md", "pdf")) -> str:
    """Which of the forms a name stands for.

    Raises:
        UsageError: It says none of them.
    """
    form = _ENDS.get(path.suffix.lower(), "")
    if form not in forms:
        *most, last = [_SHOWN[one] for one in forms]
        raise UsageError(f"{path.name[:80]} says no format.", f"End it in {', '.join(most)} or {last}.")
    return form


def drawn(paper: Paper, form: str) -> bytes:
    """The report as html, md or pdf.

    Raises:
        MissingPackageError: PDF is asked for, and Typst is not installed.
    """
    match form:
        case "html":
            return paper_page(paper).encode()
        case "pdf":
            return paper_pdf(paper)
    return paper_markdown(paper).encode()
