"""Readings of a text that see through how it is dressed up, each with a map back to the text as given.

A view is another text in which disguised values stand plainly. What is found in a view is reported at the place in
the original that it was made of, so masking never touches anything but the original. Plain ASCII without suspicious
signs has one view: itself.

Seen through: compatibility forms (full-width, ligatures, mathematical letters), letters that look like Latin ones,
invisible and direction marks, letters set apart, "at" and "dot" as words in several languages, digits as English
words, letters for digits (O, l, S), addresses backwards or in ROT13, percent signs, HTML entities, backslash escapes,
hexadecimal and Base64. Everything takes time linear in the text, and decoded texts are no longer than it.
"""

from collections.abc import Iterator, Mapping, Sequence

from trimtab.detect.codes import HEX_APART, HEX_MASK, has_escape, tokens, unbase64, unescaped, unhex
from trimtab.detect.letters import folded
from trimtab.detect.reading import View, replaced
from trimtab.detect.signs import Signs
from trimtab.detect.words import (
    BACKWARDS,
    SEPARATE_SIGN,
    TURNED,
    WEAK_MARKS,
    before_host,
    joined,
    spelled,
    turned,
    unleet,
    unseparated,
    unspelled,
    unworded,
)

__all__ = ["View", "views"]


def views(text: str) -> Iterator[View]:
    """The text itself first, then every other reading that it gives reason for.

    Each is made of the one before it, and none is left out for what another shows elsewhere: how deep one place is
    read says nothing of the next, so whatever a text goes on with, its beginning is read as it was.
    """
    view = View("", text)
    yield view
    for depth in range(_DEEPEST):
        base = view
        for reading in _readings(base, 1 if depth else _DEEPEST):
            yield reading
            view = reading
        if view is base:
            return  # one dress may hide another: what is under it is read again


_DEEPEST = 3


_MARKS = (
    *(f"{bracket}{word}" for bracket in "[({<" for word in ("at", "dot", ".", "@", "arroba", "punkt", "punto")),
    *(f"{bracket} {word}" for bracket in "[({<" for word in ("at", "dot")),
    *(f" {word} " for word in ("dot", "punto", "punkt", "ponto", "arroba", "chiocciola", "arobase", "klammeraffe")),
    " @", "@ ", "-at-", "_at_", "-dot-", "_dot_", " at-sign ", " at sign ",

    '" + "', "' + '", '"+"', "'+'", '" . "', "' . '",
)  # fmt: skip
_SPELLED = (
    "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "null", "eins",
    "zwei", "drei", "vier", "sechs", "sieben", "acht", "neun", "cero", "uno", "dos", "tres", "cuatro", "cinco",
    "seis", "siete", "ocho", "nueve", "deux", "trois", "quatre", "cinq", "sept", "huit", "neuf", "quattro",
    "cinque", "sette", "otto", "nove", "dois", "quatro", "sete", "oito",
)  # fmt: skip
_ESCAPES = (
    "%",
    "&#",
    *(f"&amp;{sign}" for sign in "#acplhn"),
    "&commat;",
    "&period;",
    "&lowbar;",
    "&nbsp;",
    "&plus;",
    "&hyphen;",
    "&colon;",
    "\\u",
    "\\x",
    "\\0",
    "\\1",
    *(f"\\{letter}" for letter in 'nrtbf"/'),
    "=40",
    "=2e",
    "=3",
    "=6",
    "=7",
    "0x",
    "u+",
)
_KINDS = (
    # Everyday signs: they count where more of an escape stands around them.
    ("maybe", ("<", "=2", "=4", "=5")),
    ("mark", _MARKS),
    ("at", WEAK_MARKS[:1]),
    ("", WEAK_MARKS[1:]),
    ("spelled", _SPELLED),
    ("escape", _ESCAPES),
    ("turned", (*(f"{word}." for word in BACKWARDS), *(f".{word}" for word in TURNED))),
)
_LITERALS = tuple((literal, kind) for kind, literals in _KINDS for literal in literals)
_SIGNS = Signs([literal for literal, _ in _LITERALS])


def _readings(  # noqa: C901 - one dress after the other
    view: View, rounds: int
) -> Iterator[View]:
    """One reading of another, of each kind that there is reason for. Nearly every text gives no reason."""
    base = view
    if not view.text.isascii() and (plainer := folded(view)):
        yield (view := plainer)
    shown = _shown(view)
    if "escape" in shown or ("maybe" in shown and has_escape(view.raw)):
        # Escapes of escapes are undone in so many rounds: as deep as they go, they are one dress.
        for plainer in _unescaped(view, rounds):
            yield (view := plainer)
        if view is not base and not view.text.isascii() and (plainer := folded(view)):
            yield (view := plainer)  # letters that were escaped may look like others, and be part of a code
    long = tokens(view.raw)
    if long and (plainer := replaced(view, "base64", unbase64(view.text, long))):
        yield (view := plainer)
        long = tokens(view.raw)
    for plainer in _set_together(view, long):
        yield (view := plainer)
    if view is not base:
        shown = _shown(view)
    if shown:
        for said in (_unworded, _unspelled, _turned):
            if plainer := said(view, shown):
                yield (view := plainer)
    if view.groups and (plainer := unleet(view)):
        yield plainer


def _shown(view: View) -> dict[str, list[str]]:
    """The literals that a view shows, by kind."""
    shown: dict[str, list[str]] = {}
    for number in _SIGNS.of(view.raw, view.low):
        literal, kind = _LITERALS[number]
        shown.setdefault(kind, []).append(literal)
    return shown


def _unescaped(view: View, rounds: int) -> Iterator[View]:
    for _ in range(rounds):
        plainer = unescaped(view)
        if plainer is None:
            return
        yield (view := plainer)


def _set_together(view: View, long: Sequence[tuple[int, int]]) -> Iterator[View]:
    """Hexadecimal digits as what they stand for, then letters set apart in either way; `long` as `tokens` has it."""
    if view.groups:
        mask = view.raw.translate(HEX_MASK) if long or len(view.groups) > 3 else b""
        apart = HEX_APART in mask
        if (long or apart) and (plainer := replaced(view, "hexadecimal", unhex(view.text, mask, long, apart=apart))):
            yield (view := plainer)
    spaces = view.raw.translate(_SPACES)
    apart = _APART_SIGN in (_single(spaces) if b"  " in spaces else spaces)
    if (apart or (b"\n" in spaces and _LINES_SIGN in _close(spaces))) and (plainer := joined(view)):
        yield (view := plainer)
    signs = view.raw.translate(_SEPARATORS)
    if SEPARATE_SIGN in signs and (plainer := unseparated(view, signs)):
        yield plainer


def _unworded(view: View, shown: Mapping[str, Sequence[str]]) -> View | None:
    marks = shown.get("mark", ())
    return unworded(view, marks) if marks or ("at" in shown and before_host(view.text, view.low)) else None


def _unspelled(view: View, shown: Mapping[str, Sequence[str]]) -> View | None:
    words = shown.get("spelled", ())
    return unspelled(view, words) if spelled(view.low, words) else None


def _turned(view: View, shown: Mapping[str, Sequence[str]]) -> View | None:
    return turned(view) if "turned" in shown and b"@" in view.raw else None


_SPACES = bytes(0x20 if code in b" \t" else 0x0A if code in b"\r\n\x0b\x0c" else 0x78 for code in range(256))
_APART_SIGN, _LINES_SIGN = b" x x x ", b"\nx\nx\nx\nx\n"
_SEPARATORS = bytes(
    0x73 if code in b"-_.*/|~+" else 0x78 if code > 0x20 and chr(code).isalnum() else 0x20 for code in range(256)
)


def _single(spaces: bytes) -> bytes:
    """The same with gaps of two and three spaces as narrow as of one."""
    return spaces.replace(b"   ", b" ").replace(b"  ", b" ")


def _close(spaces: bytes) -> bytes:
    """The same with line ends of two signs as of one, and lines that begin further in as the others."""
    return spaces.replace(b"\n\n", b"\n").replace(b"\n  ", b"\n").replace(b"\n ", b"\n")
