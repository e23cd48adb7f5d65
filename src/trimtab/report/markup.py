"""Builds HTML and SVG, escaping by default.

Only `Markup` is taken as it is, and only `element` and `document` make it;
whatever else is put into an element or an attribute is escaped, with control
and direction characters made visible, so that no name or excerpt can act on
the page or disguise itself.
"""

import functools
import html
import re
from collections.abc import Iterable
from typing import Any

_VOID = frozenset({"meta", "br", "hr", "link", "col", "wbr"})
_LINKS = frozenset({"href", "src"})
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:-]*\Z")
# C0 and C1 controls except tab and newline, soft hyphen, zero-width and direction characters, lone
# surrogates, and the tag block in which invisible text can be written.
_CONCEALED = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_HIDDEN = re.compile(f"[{_CONCEALED}]")
_ACTIVE = re.compile(f"[&<>\"'{_CONCEALED}]")  # most text has none of these, and one search says so


class Markup(str):
    """Text that is markup already. `+` and `format` give plain text again, which is escaped again."""

    __slots__ = ()

    def __html__(self) -> str:
        """The same, for templates, which ask for it before they escape."""
        return str(self)


def visible(text: object, *, limit: int | None = None) -> str:
    """The text with hidden characters written as ⟨U+202E⟩, cut after `limit` code points with a note."""
    plain = str(text)
    rest = 0
    if limit is not None and len(plain) > limit:
        plain, rest = plain[:limit], len(plain) - limit
    if _HIDDEN.search(plain):
        plain = _HIDDEN.sub(lambda hit: f"⟨U+{ord(hit[0]):04X}⟩", plain)
    return f"{plain}… ({rest:,} more characters)" if rest else plain


def hidden_left_out(text: str) -> str:
    """The text without hidden characters: what somebody typed, as it may stand in an input that they send again."""
    return _HIDDEN.sub("", text)


def escape(value: object) -> Markup:
    """Markup that shows the value."""
    if type(value) is Markup:
        return value
    text = str(value)
    return Markup(html.escape(visible(text))) if _ACTIVE.search(text) else Markup(text)


def join(parts: Iterable[object]) -> Markup:
    """Markup of the parts one after another; None is left out."""
    return Markup("".join([part if type(part) is Markup else escape(part) for part in parts if part is not None]))


def element(tag: str, *children: object, **attributes: Any) -> Markup:
    """One element.

    Attribute names lose a trailing underscore (`class_`), other underscores
    turn into hyphens; None and False leave one out, True writes it bare.

    Raises:
        ValueError: A name is not a plain one, handles an event, styles inline, or links outside the page.
    """
    opening = f"<{_tag(tag)}"
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        name = _attribute(key)
        if name in _LINKS and not str(value).startswith("#"):
            raise ValueError(f"{name} may only point into the page, not to {value!r}")
        opening += f" {name}" if value is True else f' {name}="{escape(value)}"'
    if tag in _VOID:
        return Markup(opening + ">")
    return Markup(f"{opening}>{join(children)}</{tag}>")


@functools.cache
def _tag(tag: str) -> str:
    if not _NAME.match(tag):
        raise ValueError(f"not an element name: {tag!r}")
    return tag


@functools.cache
def _attribute(key: str) -> str:
    name = key.rstrip("_").replace("_", "-")
    if not _NAME.match(name) or name.lower().startswith("on") or name == "style":
        raise ValueError(f"attribute {name!r} is not allowed")
    return name


def document(*children: object) -> str:
    """A whole HTML page."""
    return f"<!doctype html>\n{element('html', *children, lang='en')}\n"
