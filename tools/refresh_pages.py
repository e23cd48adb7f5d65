"""Put every page and form, with its picture, into their reference page, between its markers.

    python tools/refresh_pages.py

What stands there comes from the tables that the server is made from; `tests/docs` checks that the page is what this
makes, and that each picture is there. `TRIMTAB_PICTURES=1 pytest tests/integration/test_pages_pictured.py` makes those.
"""

from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from marked import ROOT, Marked
from trimtab.serve.pages.declared import GROUPS, ROLES, Page
from trimtab.serve.pages.forms.table import FORMS
from trimtab.serve.pages.forms.web import forms_page
from trimtab.serve.pages.frame.menu import over
from trimtab.serve.pages.frame.routes import PAGES
from trimtab.serve.pages.team.page import declared
from trimtab.serve.pages.team.store import Store

_FORMS = ("incident", "consent-decision", "request", "vote", "policy-proposal")
_ELSE = {
    "board-dark": "The board in the dark",
    "board-phone": "The board on a phone",
    "board-paper": "The board on paper",
    "queue-phone": "The review queue on a phone",
    "enter": "The way in for a team",
}


def every() -> tuple[Page, ...]:
    """All pages: those that everybody has, those of a team, and the list of forms."""
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "access.db", create=True) as store:
        return (*PAGES, declared(store), forms_page())


def gallery() -> str:
    """A part for each group of the menu, with its pages and those that they lead to; then the forms."""
    pages = every()
    menu = [page for page in pages if page.menu]
    parts = []
    for group in (*GROUPS, ""):
        parts.append(f"## {group or 'Yours'}\n")
        for page in pages:
            above = over(menu, page)
            if (above.group if above is not None else "") == group:
                parts.append(_part(page))
    for group, forms in groupby(FORMS, key=lambda form: form.group):
        parts.append(f"## Forms: {group[0].lower()}{group[1:]}\n")
        listed = list(forms)
        lines = [f"- **{one.title}**, `{one.path}`. {one.about} For: {_roles(one.roles)}." for one in listed]
        parts.append("\n".join(lines) + "\n")
        parts += [_picture(f"form-{one.name}", one.title) for one in listed if one.name in _FORMS]
    parts.append("## On other screens, and on paper\n")
    parts += [_picture(name, words) for name, words in _ELSE.items()]
    return "\n".join(parts).strip()


def _part(page: Page) -> str:
    asked = ", ".join(f"`{one.name}`" for one in page.asked if not one.in_path)
    lines = [f"`{page.path}`, JSON under `{page.api}`.", f"For: {_roles(page.roles)}."]
    if asked:
        lines.append(f"May be asked: {asked}.")
    if page.downloads:
        lines.append(f"Files: {', '.join(f'`{one.name}`' for one in page.downloads)}.")
    return f"### {page.title}\n\n{page.about} {' '.join(lines)}\n\n{_picture(page.name, page.title)}"


def _roles(roles: frozenset[str]) -> str:
    return "everybody" if roles == frozenset(ROLES) else ", ".join(role for role in ROLES if role in roles)


def _picture(name: str, words: str) -> str:
    return f"![{words}](../images/pages/{name}.png)\n"


MARKED = Marked(
    page=ROOT / "docs" / "reference" / "pages.md",
    tool="refresh_pages.py",
    blocks={"pages": gallery},
)


if __name__ == "__main__":
    MARKED.main()
