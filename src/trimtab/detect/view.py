"""Readings of a text that see through how it is dressed up, each with a map back to the text as given.

A view is another text in which disguised values stand plainly. What is found in a view is reported at the place in
the original that it was made of, so masking never touches anything but the original. Plain ASCII without suspicious
signs has one view: itself.

Seen through: compatibility forms (full-width, ligatures, mathematical letters), letters that look like Latin ones,
invisible and direction marks, letters set apart, "at" and "dot" as words in several languages, digits as English
words, letters for digits (O, l, S), percent signs, HTML entities, backslash escapes, hexadecimal and Base64.
Everything takes time linear in the text, and decoded texts are no longer than it.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from trimtab.detect.signs import Signs

LONGEST_TOKEN = 8_192
"""Characters of an encoded token that are decoded; a longer one is looked at in pieces of this size."""


@dataclass(frozen=True, slots=True)
class View:
    """A reading of a text. `starts[i]` and `ends[i]` bound what character `i` was made of; None: the text itself."""

    name: str
    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of `text[start:end]`, which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return min(self.starts[start:end]), max(self.ends[start:end])


def views(text: str) -> Iterator[View]:
    """The text itself first, then every other reading that it gives reason for."""
    plain = View("", text)
    yield plain
    base = plain
    if not text.isascii():
        folded = _folded(text)
        if folded.text != text:
            yield folded
            base = folded
    for reading in _reasons(base.text):
        found = reading(base)
        if found is not None:
            yield found


_WORDED_SIGNS = (
    *(f"{bracket}{word}" for bracket in "[({<" for word in ("at", "dot", ".", "@", "arroba", "punkt", "punto")),
    *(f" {word} " for word in ("dot", "punto", "punkt", "ponto", "point", "arroba", "chiocciola")),
    " @", "@ ", "-at-", "_at_",
)  # fmt: skip
_SPELLED_SIGNS = ("zero", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ESCAPE_SIGNS = ("%", "&", "\\", "=")
_LITERALS = (*_WORDED_SIGNS, *_SPELLED_SIGNS, *_ESCAPE_SIGNS)
_SPELLED = range(len(_WORDED_SIGNS), len(_WORDED_SIGNS) + len(_SPELLED_SIGNS))
_ESCAPES = range(_SPELLED.stop, len(_LITERALS))
_EXPRESSIONS = (
    r"[^ \t\r\n][ \t]{1,3}[^ \t\r\n][ \t]{1,3}[^ \t\r\n][ \t]{1,3}[^ \t\r\n][ \t]",  # letters apart
    r"[^A-Za-z0-9][Aa][Tt] [A-Za-z0-9-]{1,63}\.[A-Za-z]",  # "at host.tld"
    r"[A-Za-z0-9+/_-]{14}",  # a long token
    r"[0-9][OoIlSBZ]|[OoIlSBZ][0-9]",  # letters for digits
    r"(?:[0-9A-Fa-f]{2}[ :]){6}",  # hexadecimal, set apart
)
_APART_SIGN, _HOST_SIGN, _TOKEN_SIGN, _MIXED_SIGN, _HEX_SIGN = range(len(_LITERALS), len(_LITERALS) + 5)
_SIGNS = Signs(_LITERALS, _EXPRESSIONS)


def _reasons(text: str) -> "Iterator[Callable[[View], View | None]]":
    """The readings worth making. Nearly every text gives no reason, so this is one quick look."""
    shown = _SIGNS.of(text, text.lower())
    if not shown:
        return
    seen = frozenset(shown)
    if _APART_SIGN in seen:
        yield _joined
    if shown[0] < _SPELLED.start or _HOST_SIGN in seen:
        yield _unworded
    if sum(number in _SPELLED for number in shown) >= 3:
        yield _unspelled
    if any(number in _ESCAPES for number in shown):
        yield _unescaped
    if _TOKEN_SIGN in seen:
        yield _unbase64
        yield _unhex
    elif _HEX_SIGN in seen:
        yield _unhex
    if _MIXED_SIGN in seen:
        yield _unleet


# -- characters ------------------------------------------------------------------

# Letters of other scripts that look like Latin ones or like digits, after compatibility forms are gone.
_ALIKE = dict(
    zip(
        "аеорсухіјѕԁԛԝһӏгкмтнвАВЕКМНОРСТУХІЈЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχβγωɑɡıοаᴏՕօѵѴⅼ",
        "aeopcyxijsdqwhlrkmtnbABEKMHOPCTYXIJSGQWABEZHIKMNOPTYXaeiknoptuxbywagioaoOovVl",
        strict=True,
    )
)
_DASHES = str.maketrans(
    {"․": ".", "。": ".", "｡": ".", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "＠": "@"}
)


@lru_cache(maxsize=8_192)
def _plain(char: str) -> str:
    """The plain form of a character: empty for marks that are not seen."""
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me"} or char in "\u115f\u1160\u3164\uffa0":
        return ""
    if category == "Zs":
        return " "
    if category in {"Ll", "Lu"} and char < "\u0250":
        return char  # accents belong to names; nothing is gained by removing them
    form = unicodedata.normalize("NFKC", char)
    form = "".join(_ALIKE.get(one, one) for one in form).translate(_DASHES)
    if form.isdigit() and not form.isascii():
        form = "".join(str(unicodedata.digit(one, "")) or one for one in form)
    return form


def _folded(text: str) -> View:
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        form = char if char.isascii() else _plain(char)
        letters.append(form)
        if len(form) == 1:
            places.append(place)
        else:
            places.extend([place] * len(form))
    return View("look-alike", "".join(letters), places, [place + 1 for place in places])


# -- parts that are replaced ------------------------------------------------------


def _replaced(
    view: View, name: str, pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str | None]
) -> View | None:
    """The view with every match replaced; None when nothing was."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0

    def keep(upto: int) -> None:
        pieces.append(view.text[at:upto])
        if view.starts is None or view.ends is None:
            starts.extend(range(at, upto))
            ends.extend(range(at + 1, upto + 1))
        else:
            starts.extend(view.starts[at:upto])
            ends.extend(view.ends[at:upto])

    for match in pattern.finditer(view.text):
        new = instead(match)
        if new is None:
            continue
        keep(match.start())
        at = match.end()
        first, last = view.span(match.start(), match.end())
        pieces.append(new)
        starts.extend([first] * len(new))
        ends.extend([last] * len(new))
    if not at:
        return None
    keep(len(view.text))
    return View(name, "".join(pieces), starts, ends)


_APART = re.compile(r"(?<!\S)\S(?:[ \t]{1,3}\S){4,}(?!\S)")
_GAP = re.compile(r"[ \t]{2,3}")


def _joined(view: View) -> View | None:
    """Letters set apart by spaces, joined; a wider gap stays one space."""

    def replace(match: re.Match[str]) -> str:
        return "".join(_GAP.sub("\n", match.group()).split(" ")).replace("\t", "").replace("\n", " ")

    return _exact(view, "spaced", _APART, replace)


def _exact(view: View, name: str, pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str]) -> View | None:
    """As `_replaced`, but what a match is made of is kept character by character where the letters are the same."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in pattern.finditer(view.text):
        new = instead(match)
        for place in range(at, match.start()):
            first, last = view.span(place, place + 1)
            starts.append(first)
            ends.append(last)
        pieces.append(view.text[at : match.start()])
        place = match.start()
        for char in new:
            while place < match.end() - 1 and view.text[place] != char:
                place += 1
            first, last = view.span(place, place + 1)
            starts.append(first)
            ends.append(last)
            place = min(place + 1, match.end() - 1)
        pieces.append(new)
        at = match.end()
    if not at:
        return None
    for place in range(at, len(view.text)):
        first, last = view.span(place, place + 1)
        starts.append(first)
        ends.append(last)
    pieces.append(view.text[at:])
    return View(name, "".join(pieces), starts, ends)


# "at" and "dot" as words, in brackets of any kind or between spaces.
_AT = r"at|arroba|chiocciola|arobase|klammeraffe|apestaartje|ät"
_DOT = r"dot|punto|punkt|point|ponto|punt"
_WORDED = re.compile(
    rf"\s{{0,2}}[\[({{<]\s?(?:(?P<at>{_AT}|@)|(?P<dot>{_DOT}|\.))\s?[\])}}>]\s{{0,2}}"
    rf"|(?<=\w)\s(?:(?P<at2>{_AT})|(?P<dot2>{_DOT}))\s(?=\w)"
    rf"|(?<=[a-z0-9])[-_]{{1,2}}(?:(?P<at3>at)|(?P<dot3>dot))[-_]{{1,2}}(?=[a-z0-9])"
    rf"|(?<=\w)\s?(?P<at4>@)\s(?=\w)|(?<=\w)\s(?P<at5>@)(?=\w)|(?<=\w)\s(?P<dot4>\.)\s?(?=[a-z]{{2,}}\b)",
    re.IGNORECASE,
)


def _unworded(view: View) -> View | None:
    return _replaced(view, "worded", _WORDED, lambda match: "@" if (match.lastgroup or "").startswith("at") else ".")


_DIGITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
_NUMBER_WORD = re.compile(
    r"(?<!\w)(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)(?:[ ,\-]{1,3}(?=[a-z])|(?!\w))){6,40}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)


def _unspelled(view: View) -> View | None:
    return _replaced(
        view,
        "spelled",
        _NUMBER_WORD,
        lambda match: "".join(_DIGITS[word.lower()] for word in _WORD.findall(match.group())) + " ",
    )


_LEET_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?=[\dOoIlSBZ .()\-]{0,30}[OoIlSBZ])[+\dOoIlSBZ](?:[ .()\-]{0,2}[\dOoIlSBZ]){6,24}(?![A-Za-z0-9])"
)
_LEET = str.maketrans("OoIlSBZ", "0011582")


def _unleet(view: View) -> View | None:
    def replace(match: re.Match[str]) -> str | None:
        digits = sum(map(str.isdigit, match.group()))
        return match.group().translate(_LEET) if digits * 2 >= len(match.group()) - match.group().count(" ") else None

    return _replaced_alike(view, replace)


def _replaced_alike(view: View, replace: Callable[[re.Match[str]], str | None]) -> View | None:
    """Replacement of the same length: places stay as they are."""
    changed = _LEET_NUMBER.sub(lambda match: replace(match) or match.group(), view.text)
    return None if changed == view.text else View("letters-for-digits", changed, view.starts, view.ends)


_ESCAPED = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&#\d{2,7};|&#[xX][0-9A-Fa-f]{2,6};|&(?:commat|period|lowbar|amp|hyphen|colon|nbsp|plus);"
    r"|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|=(?:40|2E|3D)(?=[A-Za-z0-9])"
)


def _unescaped(view: View) -> View | None:
    def replace(match: re.Match[str]) -> str | None:
        written = match.group()
        if written[0] == "%":
            return unquote_to_bytes(written).decode("utf-8", "replace")
        if written[0] == "&":
            return html.unescape(written)
        return chr(int(written.lstrip("\\ux="), 16))

    return _replaced(view, "escaped", _ESCAPED, replace)


_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,8192}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{2}(?:[ :]?[0-9A-Fa-f]{2}){6,4096}(?![0-9A-Za-z])")


def _unbase64(view: View) -> View | None:
    def replace(match: re.Match[str]) -> str | None:
        token = match.group().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), validate=True)
        except (binascii.Error, ValueError):
            return None
        return _readable(raw, len(token))

    return _replaced(view, "base64", _BASE64, replace)


def _unhex(view: View) -> View | None:
    def replace(match: re.Match[str]) -> str | None:
        token = match.group().removeprefix("0x").replace(" ", "").replace(":", "")
        return _readable(bytes.fromhex(token), len(token)) if len(token) % 2 == 0 else None

    return _replaced(view, "hexadecimal", _HEX, replace)


def _readable(raw: bytes, longest: int) -> str | None:
    """Decoded bytes if they are text; nearly every token that was not encoded text gives none."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    printable = sum(map(str.isprintable, text)) + text.count("\n") + text.count("\t")
    return f" {text} " if text and printable == len(text) <= longest else None
