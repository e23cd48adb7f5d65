"""Text that Markdown and HTML both leave alone: names, reasons and excerpts may hold anything."""

import html
import re

from trimtab.report.markup import visible

_NAME = 80
_TEXT = 500
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
# What acts in Markdown anywhere, underscores that are not inside a word, and what acts first in a line or makes a link.
_MARK = re.compile(
    r"[\\`*\[\]{}|~$#!]|(?<![^\W_])_|_(?![^\W_])|^[-+=]|(?<=^\d)\.(?=\s)|:(?=//)|(?<=www)\.", re.IGNORECASE
)


def line(cells: list[str]) -> str:
    """One line of a table."""
    return "| " + " | ".join(cells) + " |"


def named(text: str) -> str:
    """A name as code when it is a plain one, else escaped."""
    return f"`{text}`" if len(text) <= _NAME and _PLAIN_NAME.match(text) else plain(visible(text, limit=_NAME))


def plain(text: str, *, code: bool = False, limit: int = _TEXT) -> str:
    """Text that acts in neither, on one line, cut after `limit`; `commands` in backticks stay if `code` says so."""
    shown = " ".join(visible(text, limit=limit).split())
    if code:
        pieces = shown.split("`")
        if len(pieces) % 2:
            return "`".join(piece if n % 2 else _escape(piece) for n, piece in enumerate(pieces))
    return _escape(shown)


def coded(text: str) -> str:
    """Text as code, whatever it holds."""
    return f"<code>{plain(text)}</code>"


def _escape(text: str) -> str:
    # Numeric references instead of backslashes: they hold inside tables and HTML alike. A mention is resolved
    # after references are, so a zero-width space breaks it.
    marked = _MARK.sub(lambda hit: f"&#{ord(hit[0])};", html.escape(text, quote=False))
    return marked.replace("@", "@\u200b")
