"""What axe finds wrong with a page for people who see, hear or move otherwise."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast"]
"""All that a dark scheme can change."""

SHORTENED = """() => window.whole = [...document.querySelectorAll('tbody')].map(one => {
    const all = [...one.childNodes];
    [...one.rows].slice(8).forEach(row => { if (!row.querySelector('form, input, details')) row.remove(); });
    return [one, all];
})"""
"""Rows of a table are of one form, and to look at the colours of hundreds takes half a minute."""
WHOLE = "() => window.whole.forEach(([one, all]) => one.replaceChildren(...all))"
"""As it was, for whoever looks at the page next."""


@cache
def source() -> str:
    """The script, which is to be evaluated in a page before it is asked."""
    axe = pytest.importorskip("axe_playwright_python")
    return (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def wrong(page: Any, scheme: str = "light") -> list[str]:
    """What it finds, each with the beginning of an element that it is found at."""
    page.evaluate(SHORTENED)
    page.evaluate(source())
    rules = RULES if scheme == "light" else COLOURS
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    page.evaluate(WHOLE)
    assert len(found["passes"]) > (5 if scheme == "light" else 0)  # it has looked
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
