"""Readings of a text that see through how it is dressed up, each with a map back to the text as given.

A view is another text in which disguised values stand plainly. What is found in a view is reported at the place in
the original that it was made of, so masking never touches anything but the original. Plain ASCII without suspicious
signs has one view: itself.

Seen through: compatibility forms (full-width, ligatures, mathematical letters), letters that look like Latin ones,
invisible and direction marks, letters set apart, "at" and "dot" as words in several languages, digits as English
words, letters for digits (O, l, S), addresses backwards or in ROT13, percent signs, HTML entities, backslash escapes,
hexadecimal and Base64. Everything takes time linear in the text, and decoded texts are no longer than it.
"""

from collections.abc import Iterator

from trimtab.detect.codes import HEX_APART, HEX_MASK, tokens, unbase64, unescaped, unhex
from trimtab.detect.letters import folded
from trimtab.detect.reading import View, replaced
from trimtab.detect.signs import Signs
from trimtab.detect.words import (
    BACKWARDS,
    TURNED,
    WEAK_MARKS,
    before_host,
    joined,
    turned,
    unleet,
    unseparated,
    unspelled,
    unworded,
)

__all__ = ["View", "views"]
_LEAST_SPELLED = 4  # of the words below in six digits, of which a few are shorter and not among them


def views(text: str) -> Iterator[View]:
    """The text itself first, then every other reading that it gives reason for."""
    plain = View("", text)
    yield plain
    base = plain
    for depth in range(_DEEPEST):
        if not base.text.isascii():
            plainer = folded(base)
            if plainer is not None:
                yield plainer
                base = plainer
        found = _readings(base, 1 if depth else _DEEPEST)
        yield from found
        if not found:
            return
        base = found[0]  # one dress may hide another: what is under it is read again


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
    "=40",
    "=2e",
    "=3",
    "=6",
    "=7",
    "0x",
    "u+0",
    "<b>",
    "</",
    "<!--",
    "><",
)
_KINDS = (
    ("mark", _MARKS),
    ("at", WEAK_MARKS[:1]),
    ("", WEAK_MARKS[1:]),
    ("spelled", _SPELLED),
    ("escape", _ESCAPES),
    ("turned", (*(f"{word}." for word in BACKWARDS), *(f".{word}" for word in TURNED))),
)
_LITERALS = tuple((literal, kind) for kind, literals in _KINDS for literal in literals)
_SIGNS = Signs([literal for literal, _ in _LITERALS])


def _readings(view: View, rounds: int) -> list[View]:  # noqa: C901 - one question after the other
    """The readings worth making; escapes are undone in so many rounds. Nearly every text gives no reason."""
    raw, low, text = view.raw, view.low, view.text
    shown: dict[str, list[str]] = {}
    for number in _SIGNS.of(raw, low):
        literal, kind = _LITERALS[number]
        shown.setdefault(kind, []).append(literal)
    found: list[View | None] = []
    if "escape" in shown:
        found += _unescaped(view, rounds)
    long = tokens(raw)
    if long:
        found.append(replaced(view, "base64", unbase64(text, long)))
    if view.groups:
        apart = len(view.groups) > 3 and HEX_APART in raw.translate(HEX_MASK)
        if long or apart:
            found.append(replaced(view, "hexadecimal", unhex(text, long, apart=apart)))
    spaces = raw.translate(_SPACES)
    if _LINES_SIGN in spaces or _APART_SIGN in _single(spaces):
        found.append(joined(view))
    if _SEPARATE_SIGN in raw.translate(_SEPARATORS):
        found.append(unseparated(view))
    if shown:
        marks = shown.get("mark", [])
        if marks or ("at" in shown and before_host(text, low)):
            found.append(unworded(view, marks))
        words = shown.get("spelled", [])
        if len(words) > 1 and sum(low.count(word.encode()) for word in words) >= _LEAST_SPELLED:
            found.append(unspelled(view, words))
        if "turned" in shown and b"@" in raw:
            found.append(turned(view))
    if view.groups:
        found.append(unleet(view))
    return [one for one in found if one is not None]


def _unescaped(view: View, rounds: int) -> list[View]:
    """Escapes undone, the deepest first: escapes of escapes somewhere must not use up what is read of other dresses."""
    found: list[View] = []
    while len(found) < rounds and (plainer := unescaped(found[0] if found else view)) is not None:
        found.insert(0, plainer)
    return found


_SPACES = bytes(0x20 if code in b" \t" else 0x0A if code in b"\r\n\x0b\x0c" else 0x78 for code in range(256))
_APART_SIGN, _LINES_SIGN = b" x x x ", b"\nx\nx\nx\nx\n"
_SEPARATORS = bytes(
    0x73 if code in b"-_.*/|~+" else 0x78 if code > 0x20 and chr(code).isalnum() else 0x20 for code in range(256)
)
_SEPARATE_SIGN = b"xsxsxsxsx"


def _single(spaces: bytes) -> bytes:
    """The same with gaps of two and three spaces as narrow as of one."""
    return spaces.replace(b"   ", b" ").replace(b"  ", b" ") if b"  " in spaces else spaces
