"""Turns the data of a page into HTML. Everything is escaped that is not markup made by us."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from trimtab._optional import need
from trimtab.decision.period import Period
from trimtab.report import look_of_pages
from trimtab.report.markup import Markup, visible
from trimtab.serve.pages.access.person import Person
from trimtab.serve.pages.declared import Page
from trimtab.serve.pages.frame.menu import Menu, menu
from trimtab.serve.pages.snapshot import Snapshot, Standing

_LONGEST = 4_000  # code points of one value; what is longer is cut, and says so
# A day in a text, so that browsers do not break it at its hyphens. Signs of markup are escaped in texts and attributes:
# what is followed by `<` is no attribute, and elements that hold nothing but text are told by their end. It begins with
# a digit, and not with what stands before, because a page of 80 kB is then searched in half a millisecond.
_DATE = re.compile(
    r"[12]\d{3}-\d{2}-\d{2}(?<![\w/-].{10})(?:T\d{2}:\d{2}(?::\d{2})?Z)?(?![\w/-])"
    r"(?=[^<>]*<(?!/(?:time|option|textarea|title|desc|text|tspan|script|style)>|tspan\b))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around every page; `current` says that no row was added since on which it may depend."""

    menu: tuple[Page, ...]
    page: Page | None
    asked: Mapping[str, str]
    standing: Standing
    now: Snapshot | None
    style: str
    current: bool = True
    person: Person | None = None
    script: str = ""

    @property
    def told(self) -> tuple[object, ...]:
        """All by which a page that stands in this may differ from another with the same data."""
        now, standing = self.now, self.standing
        verified = min(standing.rows, now.row) if now is not None else standing.rows
        special = {
            "menu": tuple(one.name for one in self.menu),
            "page": self.page.name if self.page is not None else "",
            "asked": sorted(self.asked.items()),
            "standing": (standing.proof, standing.why, verified),
            "now": (now.row, now.moment, now.policy.digest) if now is not None else (),
            "person": self.person.mark if self.person is not None else "",
        }
        return tuple(special.get(one.name, getattr(self, one.name)) for one in fields(self))

    @property
    def words(self) -> Menu:
        """The menu in groups."""
        return menu(self.menu, self.page)

    @property
    def here(self) -> str:
        """Where it is."""
        return self._at(self.page.path) if self.page is not None else ""

    @property
    def json(self) -> str:
        """Where the same page is answered as JSON."""
        if self.page is None:
            return ""
        return self._at(self.page.api)

    @property
    def files(self) -> Mapping[str, str]:
        """Where the files that go with it and can be made here are, by their names."""
        if self.page is None:
            return {}
        return {one.name: self._at(self.page.file(one)) for one in self.page.downloads if one.there()}

    def _at(self, path: str) -> str:
        """An address with what was asked in it, and nothing of who looks."""
        declared = self.page.asked if self.page else ()
        given = path.format_map({one.name: quote(self.asked[one.name], safe="") for one in declared if one.in_path})
        query = {o.name: self.asked[o.name] for o in declared if not o.in_path and o.name in self.asked}
        return f"{given}?{urlencode(query)}" if query else given


class Templates:
    """The templates of the package, compiled once."""

    def __init__(self) -> None:
        jinja2 = need("jinja2", extra="serve")
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("trimtab.serve.pages", "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            finalize=_shown,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(look_of_pages.WORDS)
        self._environment.globals.update(after=_after, before=_before)

    def render(self, name: str, around: Around, **values: Any) -> bytes:
        """A whole page."""
        text: str = self._environment.get_template(name).render(around=around, **values)
        return days_kept_together(text).encode("utf-8", "replace")


def days_kept_together(text: str) -> str:
    """HTML of ours with each day of a sentence in an element of its own, which the style sheet does not break."""
    return _DATE.sub(r"<time>\g<0></time>", text)


def _shown(value: Any) -> Any:
    """Markup of ours as it is; all else with hidden characters made visible, and not endless."""
    if isinstance(value, str) and not isinstance(value, Markup) and not hasattr(value, "__html__"):
        return visible(value, limit=_LONGEST)
    return "" if value is None else value


def _before(quarter: str) -> str:
    return Period.quarter(quarter).before().name


def _after(quarter: str) -> str:
    return Period.quarter_at(Period.quarter(quarter).end).name


@cache
def script() -> tuple[str, bytes]:
    """The one script: the name that it is served under, which changes with it, and its bytes."""
    text = files("trimtab.serve.pages").joinpath("live.js").read_bytes()
    return f"{hashlib.sha256(text).hexdigest()[:16]}.js", text


@cache
def style() -> tuple[str, bytes]:
    """The one style sheet: the name that it is served under, which changes with it, and its bytes."""
    text = files("trimtab.report").joinpath("page.css").read_bytes()
    text += files("trimtab.serve.pages").joinpath("pages.css").read_bytes()
    return f"{hashlib.sha256(text).hexdigest()[:16]}.css", text
