"""Readings of a text that see through how it is dressed up, each with a map back to the text as given.

A view is another text in which disguised values stand plainly. What is found in a view is reported at the place in
the original that it was made of, so masking never touches anything but the original. Plain ASCII without suspicious
signs has one view: itself.

Seen through: compatibility forms (full-width, ligatures, mathematical letters), letters that look like Latin ones or
like digits, invisible and direction marks, letters set apart, values broken by stress, signs, quotes and line ends,
"at" and "dot" as words in many languages, digits and letters as words, names of dashes, letters for digits and digits
for letters, addresses and account numbers backwards or in ROT13, percent signs, HTML entities, backslash escapes,
hexadecimal and Base64. Everything takes time linear in the text, and decoded texts are no longer than it.
"""

from collections.abc import Iterator, Mapping, Sequence

from trimtab.detect.broken import (
    LEAST_GROUPS,
    SEPARATE_SIGN,
    STRESS_SHOWN,
    joined,
    regrouped,
    unbroken,
    unseparated,
    unstressed,
)
from trimtab.detect.codes import HEX_APART, HEX_MASK, has_escape, tokens, unbase64, unescaped, unhex
from trimtab.detect.letters import OVERRIDE, folded, overridden
from trimtab.detect.proven import proven
from trimtab.detect.reading import View, replaced
from trimtab.detect.signs import Signs
from trimtab.detect.spelled import DASHES_SHOWN, DIGITS_SHOWN, RADIO_SHOWN, spelled, undashed, unspelled
from trimtab.detect.turned_numbers import turned_numbers
from trimtab.detect.worded import (
    CAPITAL_MARK,
    JOIN_MARKS,
    PIECES_MARKS,
    STRONG_MARKS,
    WEAK_AT,
    WIDE_MARKS,
    before_host,
    unworded,
)
from trimtab.detect.words import TURNED_SHOWN, mixed_groups, turned, unleet, unleet_words

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
    ("mark", (*STRONG_MARKS, CAPITAL_MARK, *PIECES_MARKS, *JOIN_MARKS)),
    ("at", WEAK_AT),
    ("spelled", DIGITS_SHOWN),
    ("radio", RADIO_SHOWN),
    ("dash", DASHES_SHOWN),
    ("stress", STRESS_SHOWN),
    ("escape", _ESCAPES),
    ("turned", TURNED_SHOWN),
)
_LITERALS = tuple((literal, kind) for kind, literals in _KINDS for literal in literals)
_SIGNS = Signs([literal for literal, _ in _LITERALS], exact=[literal == CAPITAL_MARK for literal, _ in _LITERALS])


def _readings(  # noqa: C901, PLR0912 - one dress after the other
    view: View, rounds: int
) -> Iterator[View]:
    """One reading of another, of each kind that there is reason for. Nearly every text gives no reason."""
    base = view
    if not view.text.isascii():
        if OVERRIDE in view.text and (plainer := overridden(view)):
            yield (view := plainer)
        if plainer := folded(view):
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
    if ("stress" in shown or "maybe" in shown) and (plainer := unstressed(view, shown.get("stress", ()))):
        yield (view := plainer)
    if ("spelled" in shown or "radio" in shown) and (plainer := _unspelled(view, shown)):
        yield (view := plainer)
    if "dash" in shown and view.groups and (plainer := undashed(view)):
        yield (view := plainer)
    if ("at" in shown or "mark" in shown) and (plainer := _unworded(view, shown)):
        yield (view := plainer)
    if "turned" in shown and b"@" in view.raw and (plainer := turned(view)):
        yield (view := plainer)
    if view.groups and (mixed := mixed_groups(view)):
        for reading in (turned_numbers, unleet, unleet_words):
            if plainer := reading(view, mixed):
                yield plainer
                if reading is turned_numbers:
                    view, mixed = plainer, mixed_groups(plainer)


def _shown(view: View) -> dict[str, list[str]]:
    """The literals that a view shows, by kind."""
    shown: dict[str, list[str]] = {}
    for number in _SIGNS.of(view.raw, view.low):
        literal, kind = _LITERALS[number]
        shown.setdefault(kind, []).append(literal)
    if not view.text.isascii() and b"\xe4t" in view.low:
        shown.setdefault("mark", []).extend(WIDE_MARKS)
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
    lines = b"\n" in spaces
    if (apart or (lines and _LINES_SIGN in _close(spaces))) and (plainer := joined(view)):
        yield (view := plainer)
    signs = view.raw.translate(_SEPARATORS)
    if SEPARATE_SIGN in signs and (plainer := unseparated(view, signs)):
        yield (view := plainer)
    if len(view.groups) >= LEAST_GROUPS and (plainer := regrouped(view)):
        yield (view := plainer)
    if view.groups and (plainer := proven(view)):
        yield (view := plainer)
    if lines and (plainer := unbroken(view)):
        yield plainer


def _unworded(view: View, shown: Mapping[str, Sequence[str]]) -> View | None:
    marks = shown.get("mark", ())
    return unworded(view, marks) if marks or before_host(view.text, view.low, shown["at"]) else None


def _unspelled(view: View, shown: Mapping[str, Sequence[str]]) -> View | None:
    digits, radio = shown.get("spelled", ()), shown.get("radio", ())
    enough = len(radio) > _FEW_RADIO or (len(digits) > 1 and spelled(view.low, digits))
    return unspelled(view, digits, radio) if enough else None


_FEW_RADIO = 2


_SPACES = bytes(0x20 if code in b" \t" else 0x0A if code in b"\r\n\x0b\x0c" else 0x78 for code in range(256))
_APART_SIGN, _LINES_SIGN = b" x x x ", b"\nx\nx\nx\nx\n"
_SEPARATORS = bytes(
    0x73 if code in b"-_.*/|~+:=#\\\xb7" else 0x78 if code > 0x20 and chr(code).isalnum() else 0x20
    for code in range(256)
)


def _single(spaces: bytes) -> bytes:
    """The same with gaps of two and three spaces as narrow as of one."""
    return spaces.replace(b"   ", b" ").replace(b"  ", b" ")


def _close(spaces: bytes) -> bytes:
    """The same with line ends of two signs as of one, and lines that begin further in as the others."""
    return spaces.replace(b"\n\n", b"\n").replace(b"\n  ", b"\n").replace(b"\n ", b"\n")
