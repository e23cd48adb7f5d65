"""The menu: pages in groups by what somebody wants with them, on one line; the pages of one group on the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.serve.pages.declared import GROUPS, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of the menu; `here` is what `aria-current` says of it, empty if one is elsewhere."""

    text: str
    path: str
    here: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The words for one person on one page.

    A group leads to the first of its pages that they may open. `own` are the pages that wait for somebody rather than
    tell something; `opened` is the group that one is in, with its pages, empty where one is in none.
    """

    groups: tuple[Word, ...]
    own: tuple[Word, ...]
    opened: str = ""
    pages: tuple[Word, ...] = ()


def menu(open_to: Sequence[Page], page: Page | None) -> Menu:
    """The menu of whoever may open these pages, as it stands over a page."""
    at = over(open_to, page)
    groups = {word: [one for one in open_to if one.group == word] for word in GROUPS}
    opened = at.group if at is not None else ""
    return Menu(
        groups=tuple(
            Word(text=word, path=pages[0].path, here="true" if word == opened else "")
            for word, pages in groups.items()
            if pages
        ),
        own=tuple(_word(one, at, page) for one in open_to if not one.group),
        opened=opened,
        pages=tuple(_word(one, at, page) for one in groups.get(opened, ())),
    )


def _word(one: Page, at: Page | None, page: Page | None) -> Word:
    here = "" if one is not at else "page" if one is page else "true"
    return Word(text=one.menu, path=one.path, here=here)


def over(open_to: Sequence[Page], page: Page | None) -> Page | None:
    """The page of the menu that a page is, or belongs to by its address; None for what stands by itself."""
    if page is None:
        return None
    return next((one for one in open_to if one.path == page.path or page.path.startswith(f"{one.path}/")), None)
