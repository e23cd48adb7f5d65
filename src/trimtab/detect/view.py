"""Readings of a text that see through how it is dressed up, each with a map back to the text as given.

A view is another text in which disguised values stand plainly. What is found in a view is reported at the place in
the original that it was made of, so masking never touches anything but the original. Plain ASCII without suspicious
signs has one view: itself.

Seen through: compatibility forms (full-width, ligatures, mathematical letters), letters that look like Latin ones,
invisible and direction marks, letters set apart, "at" and "dot" as words in several languages, digits as English
words, letters for digits (O, l, S), addresses backwards or in ROT13, percent signs, HTML entities, backslash escapes,
hexadecimal and Base64. Everything takes time linear in the text, and decoded texts are no longer than it.
"""

import binascii
import codecs
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import compress

from trimtab.detect.signs import Signs, as_bytes, digit_groups, later

_LONGEST_TOKEN = 8_192  # characters of an encoded token that are decoded; what follows them is a token of its own
_LEAST_TOKEN = 14
_LEAST_SPELLED = 6
_WINDOW = 64  # characters on either side of a sign within which an address or a number stands

Part = tuple[int, int, str]
"""Start and end of what is replaced in a text, and by what; parts of one view rise and do not overlap."""


class View:
    """A reading of a text, made of pieces of another view, `of`; the text itself has none. Never changed once made.

    Piece `i` begins at `cuts[i]` and was made of `of.text[froms[i]:tos[i]]`; where `tos[i]` is -1 it was copied,
    character by character, from `froms[i]` on. `raw` is the text as bytes (see `as_bytes`), `low` the same with ASCII
    letters in lower case, and `groups` say where groups of digits begin and end.
    """

    # Not a frozen dataclass: making one takes several times as long, and one is made for every text.
    __slots__ = ("cuts", "froms", "groups", "low", "name", "of", "raw", "text", "tos")

    def __init__(  # noqa: PLR0917 - its fields
        self,
        name: str,
        text: str,
        of: "View | None" = None,
        cuts: Sequence[int] = (),
        froms: Sequence[int] = (),
        tos: Sequence[int] = (),
    ) -> None:
        self.name, self.text, self.of = name, text, of
        self.cuts, self.froms, self.tos = cuts, froms, tos
        self.raw = as_bytes(text)
        self.low = self.raw.lower()
        self.groups = digit_groups(self.raw)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of `text[start:end]`, which must not be empty."""
        if self.of is None:
            return start, end
        first, last = bisect_right(self.cuts, start) - 1, bisect_right(self.cuts, end - 1) - 1
        low = self.froms[first] + (start - self.cuts[first] if self.tos[first] < 0 else 0)
        high = self.froms[last] + end - self.cuts[last] if self.tos[last] < 0 else self.tos[last]
        return self.of.span(low, high)


def views(text: str) -> Iterator[View]:
    """The text itself first, then every other reading that it gives reason for."""
    plain = View("", text)
    yield plain
    base = plain
    if not text.isascii():
        folded = _folded(plain)
        if folded is not None:
            yield folded
            base = folded
    yield from _readings(base)


_MARKS = (
    *(f"{bracket}{word}" for bracket in "[({<" for word in ("at", "dot", ".", "@", "arroba", "punkt", "punto")),
    *(f"{bracket} {word}" for bracket in "[({<" for word in ("at", "dot")),
    *(f" {word} " for word in ("dot", "punto", "punkt", "ponto", "arroba", "chiocciola", "arobase", "klammeraffe")),
    " @", "@ ", "-at-", "_at_", "-dot-", "_dot_",
)  # fmt: skip
_WEAK_MARKS = (" at ", " point ", " punt ")  # everyday words: they count only beside something else
_SPELLED = ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
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
    "=40",
    "=2e",
)
# The last parts of domains, backwards and in ROT13.
_BACKWARDS = (
    "moc",
    "gro",
    "ten",
    "ude",
    "vog",
    "ofni",
    "oi",
    "ku",
    "ed",
    "se",
    "rf",
    "ti",
    "ln",
    "ra",
    "rb",
    "elpmaxe",
)
_TURNED = ("pbz", "bet", "arg", "rqh", "tbi", "vasb", "vb", "hx", "qr", "rf", "se", "vg", "ay", "ne", "oe", "rknzcyr")
_LITERALS = (
    *_MARKS,
    *_WEAK_MARKS,
    *_SPELLED,
    *_ESCAPES,
    *(f"{word}." for word in _BACKWARDS),
    *(f".{word}" for word in _TURNED),
)
_AT_WORD = len(_MARKS)
_SPELLED_FROM = _AT_WORD + len(_WEAK_MARKS)
_ESCAPES_FROM = _SPELLED_FROM + len(_SPELLED)
_TURNED_FROM = _ESCAPES_FROM + len(_ESCAPES)
_SIGNS = Signs(_LITERALS)
_HOST = later(r"[A-Za-z0-9-]{1,63}\.[A-Za-z]")


def _readings(view: View) -> Iterator[View]:  # noqa: C901 - one question after the other
    """The readings worth making. Nearly every text gives no reason, so this is a few quick looks."""
    raw, low = view.raw, view.low
    shown = _SIGNS.of(raw, low)
    found: list[View | None] = []
    spaces = raw.translate(_SPACES)
    if b"  " in spaces:
        spaces = spaces.replace(b"   ", b" ").replace(b"  ", b" ")
    if _APART_SIGN in spaces:
        found.append(_joined(view))
    if shown:
        marks = [_LITERALS[number] for number in shown if number < _AT_WORD]
        if shown[0] < _AT_WORD or (shown[0] == _AT_WORD and _before_host(view.text, low)):
            found.append(_unworded(view, marks))
        words = [_LITERALS[number] for number in shown if _SPELLED_FROM <= number < _ESCAPES_FROM]
        if len(words) > 1 and sum(low.count(word.encode()) for word in words) >= _LEAST_SPELLED:
            found.append(_unspelled(view))
        if any(_ESCAPES_FROM <= number < _TURNED_FROM for number in shown):
            found.append(_unescaped(view))
        if shown[-1] >= _TURNED_FROM and b"@" in raw:
            found.append(_turned(view))
    tokens = list(_tokens(raw))
    if tokens:
        found.append(_replaced(view, "base64", _unbase64(view.text, tokens)))
    if view.groups:
        apart = len(view.groups) > 3 and _HEX_APART in raw.translate(_HEX_MASK)
        if tokens or apart:
            found.append(_replaced(view, "hexadecimal", _unhex(view.text, tokens, apart=apart)))
        found.append(_unleet(view))
    yield from filter(None, found)


def _mask(**classes: bytes) -> bytes:
    """A table that turns the bytes of each class into the one letter that it is named by, all others into dots."""
    table = bytearray(b"." * 256)
    for letter, members in classes.items():
        for member in members:
            table[member] = ord(letter)
    return bytes(table)


_NUMERALS = b"0123456789"
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPACES = bytes(0x20 if code in b" \t" else 0x0A if code in b"\r\n\x0b\x0c" else 0x78 for code in range(256))
_APART_SIGN = b" x x x "
_TOKEN_MASK = _mask(a=_LETTERS + _NUMERALS + b"+/-_")
_HEX_MASK = _mask(h=_NUMERALS + b"abcdefABCDEF", s=b" :")
_HEX_APART = b"hhs" * 6
_ALIKE_DIGITS = frozenset(b"OoIlSBZ")
_NUMBER_MASK = _mask(n=_NUMERALS + b"OoIlSBZ .()-+")


def _places(low: bytes, literals: Iterable[str]) -> list[int]:
    found: set[int] = set()
    for literal in literals:
        sought = literal.encode()
        at = low.find(sought)
        while at >= 0:
            found.add(at)
            at = low.find(sought, at + 1)
    return sorted(found)


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
    if char in "¹²³":
        return str(unicodedata.digit(char))
    if char < "\u0100" or (category in {"Ll", "Lu"} and char < "\u0250"):
        return char  # accents and ordinals belong to names and numbers; nothing is gained by removing them
    form = unicodedata.normalize("NFKC", char)
    form = "".join(_ALIKE.get(one, one) for one in form).translate(_DASHES)
    if form.isdigit() and not form.isascii():
        form = "".join(str(unicodedata.digit(one, "")) or one for one in form)
    return form


def _folded(view: View) -> View | None:
    forms = {char: char if char.isascii() else _plain(char) for char in set(view.text)}
    if all(form == char for char, form in forms.items()):
        return None
    letters = list(map(forms.__getitem__, view.text))
    places: Sequence[int] = range(len(letters))
    if any(len(form) > 1 for form in forms.values()):
        places = [place for place, form in enumerate(letters) for _ in form]
    elif "" in forms.values():
        places = list(compress(places, letters))
    return View("look-alike", "".join(letters), view, range(len(places)), places, [place + 1 for place in places])


# -- parts that are replaced ------------------------------------------------------


def _replaced(view: View, name: str, parts: Iterable[Part]) -> View | None:
    """The view with every part replaced; None when there is none."""
    pieces: list[str] = []
    cuts: list[int] = []
    froms: list[int] = []
    tos: list[int] = []
    size = at = 0
    text = view.text
    for start, end, new in parts:
        if at < start:
            pieces.append(text[at:start])
            cuts.append(size)
            froms.append(at)
            tos.append(-1)
            size += start - at
        if new:
            pieces.append(new)
            cuts.append(size)
            froms.append(start)
            tos.append(end)
            size += len(new)
        at = end
    if not at:
        return None
    if at < len(view.text):
        pieces.append(view.text[at:])
        cuts.append(size)
        froms.append(at)
        tos.append(-1)
    return View(name, "".join(pieces), view, cuts, froms, tos)


_APART = later(r"(?<!\S)\S(?:[ \t]{1,3}\S){4,}(?!\S)")


def _joined(view: View) -> View | None:
    """Letters set apart by spaces, joined; a wider gap stays one space."""

    def parts() -> Iterator[Part]:
        for match in _APART.finditer(view.text):
            at = match.start() + 1
            while at < match.end():
                upto = at + 1
                while view.text[upto] in " \t":
                    upto += 1
                yield at, upto, " " * (upto - at > 1)
                at = upto + 1

    return _replaced(view, "spaced", parts())


# "at" and "dot" as words, in brackets of any kind or between spaces.
_AT = r"at|arroba|chiocciola|arobase|klammeraffe|apestaartje|ät"
_DOT = r"dot|punto|punkt|point|ponto|punt"
_WORDED = later(
    rf"\s{{0,2}}[\[({{<]\s?(?:(?P<at>{_AT}|@)|(?P<dot>{_DOT}|\.))\s?[\])}}>]\s{{0,2}}"
    rf"|(?<=\w)\s(?:(?P<at2>{_AT})|(?P<dot2>{_DOT}))\s(?=\w)"
    rf"|(?<=[a-z0-9])[-_]{{1,2}}(?:(?P<at3>at)|(?P<dot3>dot))[-_]{{1,2}}(?=[a-z0-9])"
    rf"|(?<=\w)\s?(?P<at4>@)\s(?=\w)|(?<=\w)\s(?P<at5>@)(?=\w)|(?<=\w)\s(?P<dot4>\.)\s?(?=[a-z]{{2,}}\b)",
    re.IGNORECASE,
)


def _before_host(text: str, low: bytes) -> bool:
    return any(_HOST.match(text, place + 4) for place in _places(low, (" at ",)))


def _unworded(view: View, marks: Sequence[str]) -> View | None:
    """With strong marks every sign counts that stands near one; without, ` at ` before what looks like a host."""
    strong = _places(view.low, marks)
    weak = set(strong)
    for mark in (*_WEAK_MARKS, " ."):
        weak.update(place for place in _places(view.low, (mark,)) if _near(strong, place))
    weak.update(place for place in _places(view.low, (" at ",)) if _HOST.match(view.text, place + 4))

    def parts() -> Iterator[Part]:
        at = 0
        for place in sorted(weak):
            for begin in range(max(at, place - 2), place + 1):
                match = _WORDED.match(view.text, begin)
                if match:
                    at = match.end()
                    yield match.start(), at, "@" if (match.lastgroup or "").startswith("at") else "."
                    break

    return _replaced(view, "worded", parts())


def _near(places: Sequence[int], place: int) -> bool:
    """Whether one of these places, which rise, is within a window of this one."""
    at = bisect_left(places, place - _WINDOW)
    return at < len(places) and places[at] <= place + _WINDOW


_DIGITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip
_NUMBER_WORD = later(
    r"(?<!\w)(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)(?:[ ,\-]{1,3}(?=[a-z])|(?!\w))){6,}",
    re.IGNORECASE,
)
_WORD = later(r"([a-z]+)[ ,\-]{0,3}", re.IGNORECASE)


def _unspelled(view: View) -> View | None:
    def parts() -> Iterator[Part]:
        for match in _NUMBER_WORD.finditer(view.text):
            for word in _WORD.finditer(view.text, *match.span()):
                yield *word.span(), _DIGITS[word[1].lower()] + " " * (word.end() == match.end())

    return _replaced(view, "spelled", parts())


_LEET_NUMBER = later(r"(?<![A-Za-z0-9])[+\dOoIlSBZ](?:[ .()\-]{0,2}[\dOoIlSBZ]){6,24}(?![A-Za-z0-9])", re.ASCII)
_LEET_WORD = later(r"(?<![A-Za-z0-9])[+\dOoIlSBZ](?:[.()\-]{0,2}[\dOoIlSBZ])*+(?![A-Za-z0-9])", re.ASCII)
_LEET = str.maketrans("OoIlSBZ", "0011582")


def _unleet(view: View) -> View | None:
    """Numbers in which letters stand for digits: at least half of the signs must be digits."""
    raw = view.raw
    near = [
        start
        for start, end in view.groups
        if (start and raw[start - 1] in _ALIKE_DIGITS) or (end < len(raw) and raw[end] in _ALIKE_DIGITS)
    ]
    if not near:
        return None
    numbers = raw.translate(_NUMBER_MASK)

    def parts() -> Iterator[Part]:
        at = 0
        for place in near:
            if place < at:
                continue
            low = numbers.rfind(b".", at, place) + 1 or at
            high = numbers.find(b".", place)
            at = high if high >= 0 else len(raw)
            # A long row is a table: what is next to a number there says nothing of it, so each is read by itself.
            for match in (_LEET_NUMBER if at - low <= _WINDOW * 2 else _LEET_WORD).finditer(view.text, low, at):
                written = match.group()
                if sum(map(str.isdigit, written)) * 2 >= len(written) - written.count(" ") and not _digits_only(
                    written
                ):
                    yield *match.span(), written.translate(_LEET)

    return _replaced(view, "letters-for-digits", parts())


def _digits_only(written: str) -> bool:
    return not any(char.isalpha() for char in written)


# -- addresses backwards and in ROT13 -----------------------------------------------

_ADDRESS_WORD = later(r"[\w.+-]{2,64}")


def _turned(view: View) -> View | None:
    """Addresses written backwards or in ROT13, known by the last part of their domain."""
    text = view.text

    def parts() -> Iterator[Part]:
        at = 0
        for place in _places(view.raw, ("@",)):
            after = _ADDRESS_WORD.match(text, place + 1)
            before = after and _ADDRESS_WORD.match(text[max(at, place - _WINDOW) : place][::-1])
            if not before or not after:
                continue
            local = before.group()[::-1]
            low, high = place - len(local), after.end()
            if local.partition(".")[0].lower() in _BACKWARDS:
                yield low, high, text[low:high][::-1]
                at = high
            elif after.group().rstrip(".").rpartition(".")[2].lower() in _TURNED:
                yield low, high, codecs.encode(text[low:high], "rot13")
                at = high

    return _replaced(view, "turned", parts())


# -- codes ------------------------------------------------------------------------

_ESCAPED = later(
    r"%[0-9A-Fa-f]{2}(?:%[89A-Fa-f][0-9A-Fa-f]){0,3}|&#\d{2,7};|&#[xX][0-9A-Fa-f]{2,6};"
    r"|&(?:commat|period|lowbar|amp|hyphen|colon|nbsp|plus);"
    r"|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\x[0-9A-Fa-f]{2}|=(?:40|2E|3D)(?=[A-Za-z0-9])"
)


_PERCENT = {form: chr(code) for code in range(128) for form in (f"%{code:02x}", f"%{code:02X}")}


def _unescaped(view: View) -> View | None:
    import html  # noqa: PLC0415  # with its table of names it costs more to load than all the rest here
    from urllib.parse import unquote_to_bytes  # noqa: PLC0415

    def parts() -> Iterator[Part]:
        for match in _ESCAPED.finditer(view.text):
            written = match.group()
            if written in _PERCENT:
                yield *match.span(), _PERCENT[written]
            elif written[0] == "%":
                yield *match.span(), unquote_to_bytes(written).decode("utf-8", "replace")
            elif written[0] == "&":
                yield *match.span(), html.unescape(written)
            else:
                code = int(written.lstrip("\\ux={").rstrip("}"), 16)
                yield *match.span(), chr(code) if code < 0x110000 else "\ufffd"

    return _replaced(view, "escaped", parts())


def _tokens(raw: bytes) -> Iterator[tuple[int, int]]:
    """Where long words begin and end that could be Base64 or hexadecimal; everyday words are passed over."""
    mask = raw.translate(_TOKEN_MASK)
    wanted = b"a" * _LEAST_TOKEN
    at = mask.find(wanted)
    while at >= 0:
        high = mask.find(b".", at, at + _LONGEST_TOKEN)
        if high < 0:
            high = min(len(mask), at + _LONGEST_TOKEN)
        word = raw[at : min(high, at + _LEAST_TOKEN * 8)]
        # Encoded text has capitals within or digits; words have neither.
        if not word.isalpha() or not (word[1:].islower() or word.isupper()):
            yield at, high
        at = mask.find(wanted, high)


# What can be read among decoded bytes: ASCII and UTF-8. Nearly every token that was not encoded text holds none.
_ISLAND = re.compile(rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xf4][\x80-\xbf]{1,3}){10,}+")
_SHORT_ISLAND = 96  # bytes that are masked together
_STEP = 18  # bytes of a longer one, three for four characters of Base64


def _unbase64(text: str, tokens: Iterable[tuple[int, int]]) -> Iterator[Part]:
    for start, end in tokens:
        token = text[start:end].translate(_SAFE_BASE64)
        token = token[: len(token) - (len(token) % 4 == 1)]
        raw = binascii.a2b_base64(token + "=" * (-len(token) % 4))
        wide = len(raw) > 2 * _LEAST_TOKEN and not any(raw[1 : 2 * _LEAST_TOKEN : 2])  # UTF-16
        upto = end
        while upto < len(text) and upto < end + 2 and text[upto] == "=":
            upto += 1  # the signs that fill it up belong to it

        def place(at: int, *, begins: bool, start: int = start, size: int = len(raw), upto: int = upto) -> int:
            if begins:
                return start + at // 3 * 4
            return upto if at >= size else start + -(-at // 3) * 4

        yield from _laid(raw, place, wide=wide)


_SAFE_BASE64 = str.maketrans("-_", "+/")
_HEX = later(r"(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{2}(?:[ :]?[0-9A-Fa-f]{2}){6,}+(?![0-9A-Za-z]{2})")
_PAIR = later(r"[0-9A-Fa-f]{2}")


def _unhex(text: str, tokens: Iterable[tuple[int, int]], *, apart: bool) -> Iterator[Part]:
    matches: Iterable[re.Match[str] | None]
    matches = _HEX.finditer(text) if apart else (_HEX.match(text, start, end) for start, end in tokens)
    for match in filter(None, matches):
        token = match.group()
        start, end = match.start() + 2 * token.startswith("0x"), match.end()
        if " " in token or ":" in token:
            places: Sequence[int] = [pair.start() for pair in _PAIR.finditer(text, start, end)]
            raw = bytes.fromhex(token.removeprefix("0x").replace(":", ""))
        else:
            raw = bytes.fromhex(text[start:end])
            places = range(start, end, 2)

        def place(at: int, *, begins: bool, places: Sequence[int] = places) -> int:
            return places[at] if begins else places[at - 1] + 2

        yield from _laid(raw, place, wide=False)


def _laid(raw: bytes, place: Callable[..., int], *, wide: bool) -> Iterator[Part]:
    """What can be read of decoded bytes, and where it came from, in steps short enough to mask little else."""
    last = 0
    found: Iterable[tuple[int, int]]
    found = [(0, len(raw))] if wide else [match.span() for match in _ISLAND.finditer(raw)]
    for low, high in found:
        at = low
        step = high - low if high - low <= _SHORT_ISLAND else _STEP
        while at < high:
            upto = min(high, at - at % 3 + step) if at + step < high else high
            while upto < high and not wide and raw[upto] & 0xC0 == 0x80:
                upto += 3  # not within a character
            upto = min(upto, high)
            new = raw[at:upto].decode("utf-16-le" if wide else "utf-8", "replace")
            start, end = max(last, place(at, begins=True)), place(upto, begins=False)
            if start < end:
                yield start, end, f"{' ' * (at == low)}{new}{' ' * (upto == high)}"
                last = end
            at = upto
