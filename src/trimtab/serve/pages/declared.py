"""How a page is declared: its path, who may open it, what may be asked, and what it answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from trimtab.serve.pages.snapshot import Snapshot, Standing

ROLES = ("viewer", "reviewer", "engineer", "risk-owner", "committee", "auditor", "admin")
"""Whom a page may be for. Somebody alone on a machine has all of them."""

GROUPS = ("Decide", "Measure", "Answer for", "Proof")
"""What somebody may want with pages, as the menu has it; pages of none stand for themselves at its end."""

API = "/api/v1"

WHO, ALONE = "who looks", "is alone"
"""What a personal page is told of whoever looks, beside what is asked: their name as entries have it, and whether they
are the only one who can. No address sets them: a parameter that is not declared is refused."""

NAME = r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,79}"
"""The form of names and ids in addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing that may be asked of a page, in its path or its query: what it means, and its form."""

    name: str
    about: str
    form: str = r"[^\x00-\x1f]{1,200}"
    example: str = ""
    in_path: bool = False

    def takes(self, text: str) -> bool:
        """Whether a text has the form."""
        return re.fullmatch(self.form, text, re.ASCII) is not None


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file that goes with a page, of the same snapshot and for the same question: the bytes that a command writes.

    `there` says whether it can be made here, for what needs a package that may be missing.
    """

    name: str
    kind: str
    make: Callable[[Snapshot, Mapping[str, str]], bytes]
    there: Callable[[], bool] = _always


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page.

    `build` makes the data of it from a snapshot, whether the ledger verifies, and what is asked; it raises `UsageError`
    for what is not there. `shape` is the type of that data, which is what the JSON answer's schema is made of; a field
    whose name begins with an underscore is for what draws the page, and no part of the answer. `kept`
    is false for what depends on more than rows, the minute and what is asked, so that it is worked out each time. A
    `personal` page is told who looks, as `WHO` and `ALONE`; its answers and tags are of that person alone.
    """

    name: str
    path: str
    title: str
    about: str
    build: Callable[[Snapshot, Standing, Mapping[str, str]], Any]
    shape: type
    asked: tuple[Parameter, ...] = ()
    roles: frozenset[str] = frozenset(ROLES)
    kept: bool = True
    menu: str = ""  # under which word it stands in the menu; empty for pages that others lead to
    group: str = ""  # among which of `GROUPS` that is
    personal: bool = False
    downloads: tuple[Download, ...] = ()
    live: bool = False  # whether a script of ours renews a part of it; without the script it shows the same, at once

    @property
    def template(self) -> str:
        """The file that shows it."""
        return f"{self.name}.html"

    @property
    def api(self) -> str:
        """Where the same is answered as JSON."""
        return f"{API}{self.path}" if self.path != "/" else f"{API}/{self.name}"

    def told(self, name: str, *, alone: bool) -> dict[str, str]:
        """What the page is told of whoever looks; nothing unless it is personal."""
        return {WHO: name, ALONE: "yes" if alone else ""} if self.personal else {}

    def file(self, download: Download) -> str:
        """Where a file of the page is; a folder of its own, so that no page has the same address."""
        return f"/files{self.path.removesuffix('/')}/{download.name}"


@cache
def quarter() -> Parameter:
    """The quarter that figures are of."""
    form = r"(19[7-9]\d|2\d{3})-Q[1-4]"
    return Parameter(
        name="quarter", about="Over which quarter; the present one if left out.", form=form, example="2026-Q3"
    )
