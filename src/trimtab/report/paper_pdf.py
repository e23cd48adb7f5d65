"""A report as PDF, by Typst: tagged, for the archive (PDF/A-2a) and for readers aloud (PDF/UA-1).

The template is fixed, and the report comes to it as data: no text that anybody wrote is ever read as Typst. Fonts are
those in the Typst package, nothing is loaded from anywhere, and the same report gives the same bytes.
"""

import os
import re
import threading
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from typing import Any

import orjson

from trimtab._optional import need
from trimtab.errors import OutputError
from trimtab.report.charts import definitions
from trimtab.report.coverage import instant
from trimtab.report.markup import Markup, visible
from trimtab.report.paper import (
    LONGEST,
    Block,
    Cell,
    Gap,
    Items,
    Pairs,
    Paper,
    Section,
    Statement,
    Table,
    Text,
    Title,
    Words,
)
from trimtab.report.words import SYMBOL, WORD

FONTS = "TRIMTAB_FONTS"
"""The variable that names a folder of fonts, for scripts that the fonts in the package do not have."""

_STANDARDS = ["a-2a", "ua-1"]
_ROUNDS = 8  # of finding letters that no font has
_WIDE, _HIGH, _EDGE = 150, 24, 7  # of a drawing, in points; marks may stand at its very ends
_NARROW = 28  # letters of one word that fit a column
_SPACES, _WHOLE, _PIECES = re.compile(r"\s+"), re.compile(r"\S{20,}"), re.compile(r".{1,8}", re.DOTALL)
_UNSHOWN = re.compile(r'the text `("(?:[^"\\]|\\.)*")` could not be displayed')
_POINT = re.compile(r"\\u\{([0-9a-f]+)\}")
# What the style sheet has for charts, in the colours of paper.
_STYLE = (
    "text{font-family:'Libertinus Serif';font-size:11px;fill:#444}"
    ".tint{fill:#f6e4df}.stripe{stroke:#dcaea3;stroke-width:1;fill:none}.floor{stroke:#1a1f26;stroke-width:1.6}"
    ".target{stroke:#57606c;stroke-width:1.2;stroke-dasharray:2 3}.zero,.tick{stroke:#57606c;stroke-width:1}"
    ".whisker,.end{stroke:#0b5a86;stroke-width:1.6;fill:none}.dot{fill:#0b5a86;stroke:#fff;stroke-width:1}"
    ".hollow{fill:#fff;stroke:#0b5a86;stroke-width:2}.cross{stroke:#a3201a;stroke-width:2.4;fill:none}"
)


def can_print() -> bool:
    """Whether Typst is installed."""
    return find_spec("typst") is not None


def paper_pdf(paper: Paper) -> bytes:
    """The whole report.

    Raises:
        MissingPackageError: Typst is not installed.
        OutputError: It made nothing of it.
    """
    return _made(paper, form="pdf")[0]


def paper_pictures(paper: Paper, *, ppi: int = 110) -> list[bytes]:
    """Each page of the PDF as a picture (PNG), to be looked at.

    Raises:
        MissingPackageError: As `paper_pdf`.
        OutputError: As `paper_pdf`.
    """
    return _made(paper, form="png", ppi=ppi)


def _made(paper: Paper, **how: Any) -> list[bytes]:
    typst = need("typst", extra="pdf")
    data = _data(paper)
    archived = {"pdf_standards": _STANDARDS, **how} if how["form"] == "pdf" else how
    form = archived.pop("form")
    with _LOCK:
        compiler = _compiler(os.environ.get(FONTS, ""))
        strange: set[str] = set()  # letters that no font here has; of this report only, so that no other changes it
        for _ in range(_ROUNDS):
            given = orjson.dumps(_shown(data, strange) if strange else data).decode()
            try:
                made = compiler.compile(
                    format=form, sys_inputs={"paper": given}, timestamp=paper.asof // 1_000_000, **archived
                )
                return list(made) if isinstance(made, list) else [made]
            except typst.TypstError as error:
                found = _unshown(f"{error.message}\n{getattr(error, 'diagnostic', '')}") - strange
                if not found:
                    why = visible(str(error.message), limit=200)
                    raise OutputError(
                        "the PDF", f"Typst made nothing of it: {why}", "Write HTML, and print that."
                    ) from None
                strange |= found
    raise OutputError("the PDF", "too many letters are in no font", f"Name a folder of fonts in {FONTS}.")


# A compiler keeps what it has set, so that the next report is quick; it does one at a time.
_LOCK = threading.Lock()


@cache
def _compiler(fonts: str) -> Any:
    typst = need("typst", extra="pdf")
    with as_file(files("trimtab.report") / "paper.typ") as template:
        return typst.Compiler(
            str(template), root=str(template.parent), font_paths=[fonts] if fonts else [], ignore_system_fonts=True
        )


def _unshown(message: str) -> set[str]:
    """Letters that an archive would not take, since no font draws them.

    A letter below a mark that cannot be drawn is named beside the mark; every font has those of ASCII, so they stay.
    """
    texts = (_POINT.sub(lambda hit: chr(int(hit[1], 16)), found[1:-1]) for found in _UNSHOWN.findall(message))
    return {letter for text in texts for letter in text if ord(letter) > 127}


def _shown(value: Any, strange: set[str]) -> Any:
    """The same with those letters written as what they are, as hidden ones are everywhere."""
    if isinstance(value, str):
        if strange.isdisjoint(value):
            return value
        return "".join(f"⟨U+{ord(letter):04X}⟩" if letter in strange else letter for letter in value)
    if isinstance(value, dict):
        return {name: _shown(one, strange) for name, one in value.items()}
    return [_shown(one, strange) for one in value] if isinstance(value, list) else value


# -- what the template is given -------------------------------------------------------------


def _data(paper: Paper) -> dict[str, Any]:
    at = datetime.fromtimestamp(paper.asof // 1_000_000, UTC)
    return {
        "heading": _plain(paper.heading, 200),
        "title": _broken(_plain(paper.title or paper.heading, 200), _NARROW),
        "organisation": _plain(paper.organisation, 120),
        "kind": _plain(paper.kind, 80),
        "asof": instant(paper.asof),
        "date": [at.year, at.month, at.day],
        "lede": _plain(paper.lede),
        "about": _words(paper.about),
        "origin": _words(paper.origin),
        "facts": [[name, _plain(value, 120)] for name, value in paper.facts],
        "panels": paper.panels,
        "language": paper.language,
        "sections": [_section(one) for one in paper.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": _plain(section.title, 200),
        "width": {"full": 6, "half": 3, "third": 2}[section.width],
        "blocks": [_block(one) for one in section.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Text():
            return {"is": "text", "tone": block.tone, "words": _words(block.words), "verdict": _verdict(block.verdict)}
        case Items():
            lines = [{"words": _words(one.words), "verdict": _verdict(one.verdict)} for one in block.lines]
            return {"is": "items", "lines": lines, "evidence": block.evidence, "columns": block.columns}
        case Statement():
            return {"is": "statement", "text": _broken(_plain(block.text), 80), "by": _plain(block.by, 200)}
        case Gap():
            return {"is": "gap", "why": _broken(_plain(block.why), 80), "fill": _broken(_plain(block.fill, 400), 80)}
        case Table():
            return _table(block)
        case Pairs():
            return {"is": "pairs", "rows": [[_plain(name, 120), _plain(value, 120)] for name, value in block.rows]}
        case Title():
            return {"is": "title", "text": _plain(block.text, 200)}


def _table(table: Table) -> dict[str, Any]:
    # Without shares the column with the longest text takes what the others leave.
    sizes = [sum(len(word.text) for row in table.rows for word in row[n].words) for n in range(len(table.heads))]
    wide = -1 if any(one.share for one in table.heads) else sizes.index(max(sizes))
    heads = [
        {
            "title": _plain(one.title, 80),
            "number": one.number,
            "share": int(place == wide) or one.share,
            "plot": place in table.plots,
        }
        for place, one in enumerate(table.heads)
    ]
    rows = [[_cell(one) for one in row] for row in table.rows]
    return {
        "is": "table",
        "caption": _plain(" ".join(filter(None, (table.caption, table.key)))),
        "heads": heads,
        "rows": rows,
    }


def _cell(one: Cell) -> dict[str, Any]:
    return {
        "words": _words(one.words, longest=_NARROW),
        "beneath": _broken(_plain(one.beneath, 200), _NARROW),
        "verdict": _verdict(one.verdict),
        "drawn": _drawing(one.drawn) if one.drawn is not None else "",
        "said": _plain(one.said, 300),
    }


def _drawing(drawn: Markup) -> str:
    """A chart of the page as a picture that stands alone: with a size, its style and what it refers to."""
    place = f'x="{_EDGE}" width="{_WIDE - 2 * _EDGE}" height="{_HIGH}" overflow="visible"'
    inner = str(drawn).replace("<svg ", f"<svg {place} ", 1)
    box = f'width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><style>{_STYLE}</style>{definitions()}{inner}</svg>'


def _verdict(verdict: Any) -> list[str]:
    return [str(verdict), SYMBOL[verdict], WORD[verdict]] if verdict is not None else []


def _words(words: Words, *, longest: int = 80) -> list[list[str]]:
    return [[one.look, _broken(_plain(one.text), longest)] for one in words]


def _plain(text: str, limit: int = LONGEST) -> str:
    """On one line, as pages have it; halves of characters, which JSON cannot hold, as question marks."""
    return _SPACES.sub(" ", visible(text, limit=limit)).encode("utf-8", "replace").decode()


def _broken(shown: str, longest: int) -> str:
    """With places to break what has none and is too long for its line; a digest is not, so that it can be copied."""
    return _WHOLE.sub(lambda run: run[0] if len(run[0]) <= longest else "\u200b".join(_PIECES.findall(run[0])), shown)
