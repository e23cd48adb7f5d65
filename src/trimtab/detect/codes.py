"""Readings of what machines do to texts: percent signs, entities, escapes, markup, Base64, hexadecimal."""

import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from trimtab.detect.reading import LETTERS, NUMERALS, Part, View, mask_of, replaced
from trimtab.detect.signs import later

_LEAST_TOKEN = 14
_LONGEST_WORD = 8 * _LEAST_TOKEN  # nobody writes longer ones, whatever letters they are made of
_TOKEN_MASK = mask_of(a=LETTERS + NUMERALS + b"+/-_")
HEX_MASK = mask_of(h=NUMERALS + b"abcdefABCDEF", s=b" :")
HEX_APART = b"hhs" * 6
_PAIRED = r"u[dD][89abAB][0-9a-fA-F]{2}\\{1,4}u[dD][c-fC-F][0-9a-fA-F]{2}"  # a letter in two halves
_ESCAPED = later(
    # All begin with one of these signs, so that what comes before the first of them is passed over quickly.
    r"[%&<uU\\0=](?:(?<=%)u[0-9A-Fa-f]{4}|(?<=%)[0-9A-Fa-f]{2}(?:%[89A-Fa-f][0-9A-Fa-f]){0,3}|(?<=&)(?:#\d{2,7};|#[xX][0-9A-Fa-f]{2,6};"
    r"|(?:commat|period|lowbar|hyphen|colon|nbsp|plus);|amp;(?=#|amp;|commat;|period;|lowbar;|hyphen;|colon;|nbsp;|plus;))"
    r"|(?<=<)(?P<gone>/?[a-zA-Z][^<>\n]{0,80}>(?:</?[a-zA-Z][^<>\n]{0,40}>)*+|!--[^<>\n]{0,80}-->)"
    r"|(?<=[uU])\+[0-9A-F]{4,5} ?(?=[uU]\+|\W|\Z)|(?<=\\)\\{0,3}[01][0-7]{2}|(?<=0)x[0-9A-Fa-f]{2}(?:, ?| (?=0x)|\b)"
    r"|(?<==)(?:(?<==[0-9A-F]{2}=)[0-9A-F]{2}|[2-7][0-9A-F](?==[0-9A-F]{2})|(?:40|2E|3D)(?=[A-Za-z0-9]))"
    rf"|(?<=\\)(?:\\{{0,3}}(?:(?P<pair>{_PAIRED})|u[0-9A-Fa-f]{{4}}|U[0-9A-Fa-f]{{8}}|(?P<short>[nrtbf\"/]))"
    r"|[ux]\{[0-9A-Fa-f]{1,8}\}|N\{U\+[0-9A-Fa-f]{4,6}\}|x[0-9A-Fa-f]{2}))"
)


# What stands for an escape among signs that mean nothing by themselves.
_ESCAPE = re.compile(rb"<(?:/?[a-zA-Z]|!--)|=[2-7][0-9A-F]=[0-9A-F]{2}")


def has_escape(raw: bytes) -> bool:
    """Whether a tag, a comment or two signs of a mail stand anywhere."""
    return _ESCAPE.search(raw) is not None


# What JSON and most languages write with a letter or a sign behind a backslash; a backspace only parts its neighbours.
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": " ", '"': '"', "/": "/"}
_PERCENT = {form: chr(code) for code in range(128) for form in (f"%{code:02x}", f"%{code:02X}")}


def _within_word(text: str, start: int, end: int) -> bool:
    """Whether markup stands where a word goes on after it."""
    after = text[end : end + 1]
    return (after.isalnum() or after in {"_", "@", ".", "-"}) and not text[start - 1 : start].isspace()


def unescaped(view: View) -> View | None:
    """Escapes of addresses, markup, mails and programs undone, and tags within words taken out."""

    def parts() -> Iterator[Part]:
        for match in _ESCAPED.finditer(view.text):
            if not match["gone"]:
                yield *match.span(), _meant(match)
            elif _within_word(view.text, *match.span()):
                yield *match.span(), ""

    return replaced(view, "escaped", parts())


def _meant(match: re.Match[str]) -> str:
    """What an escape stands for."""
    written = match.group()
    if written in _PERCENT:
        return _PERCENT[written]
    if match["short"]:
        return _SHORT[match["short"]]
    if written[0] == "%" and written[1] != "u":
        from urllib.parse import unquote_to_bytes  # noqa: PLC0415

        return unquote_to_bytes(written).decode("utf-8", "replace")
    if written[0] == "&":
        import html  # noqa: PLC0415  # with its table of names it costs more to load than all the rest here

        return html.unescape(written)
    if match["pair"]:
        return _joined(match["pair"])
    code = written.lstrip("\\")
    if code.isdigit() and code != written:
        return chr(int(code, 8))
    number = int(written.lstrip("%\\uU0+x={N" if written[0] != "=" else "=").rstrip("}, ") or "0", 16)
    return chr(number) if number < 0x110000 else "\ufffd"


# At most two backslashes: JSON within JSON. With more of them, letters would reach further than any card says.
_IN_JSON = later(rf"\\{{1,2}}(?:(?P<pair>{_PAIRED})|u(?P<code>[0-9a-fA-F]{{4}})|(?P<short>[nrtbf\"/]))")


def json_unescaped(view: View) -> View | None:
    """What JSON writes with a backslash undone, and nothing else."""

    def parts() -> Iterator[Part]:
        for match in _IN_JSON.finditer(view.text):
            if match["short"]:
                yield *match.span(), _SHORT[match["short"]]
            elif match["code"]:
                yield *match.span(), chr(int(match["code"], 16))
            else:
                yield *match.span(), _joined(match["pair"])

    return replaced(view, "escaped", parts())


def _joined(pair: str) -> str:
    """The letter beyond the first 65,536 that two halves write."""
    high, low = (int(code, 16) for code in pair.replace("\\", "").split("u")[1:])
    return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)


def tokens(raw: bytes) -> list[tuple[int, int]]:
    """Where long words begin and end that could be Base64 or hexadecimal; everyday words are passed over."""
    mask = raw.translate(_TOKEN_MASK)
    wanted = b"a" * _LEAST_TOKEN
    found = []
    at = mask.find(wanted)
    while at >= 0:
        high = mask.find(b".", at)
        high = high if high >= 0 else len(mask)
        word = raw[at : min(high, at + _LONGEST_WORD)]
        # Encoded text has capitals within or digits; words have neither.
        if len(word) == _LONGEST_WORD or not word.isalpha() or not (word[1:].islower() or word.isupper()):
            found.append((at, high))
        at = mask.find(wanted, high)
    return found


# What can be read among decoded bytes: ASCII and UTF-8. Nearly every token that was not encoded text holds none.
_ISLAND = re.compile(rb"(?:[\t\n\r\x20-\x7e]|[\xc2-\xf4][\x80-\xbf]{1,3}){10,}+")
_SHORT_ISLAND = 36  # bytes that are masked together
_LEAST_WIDE = 16  # bytes: eight letters, every other byte of them nought
_STEP = 18  # bytes of a longer one, three for four characters of Base64


def unbase64(text: str, tokens: Iterable[tuple[int, int]]) -> Iterator[Part]:
    """What can be read in tokens of Base64."""
    for start, end in tokens:
        token = text[start:end].translate(_SAFE_BASE64)
        token = token[: len(token) - (len(token) % 4 == 1)]
        raw = binascii.a2b_base64(token + "=" * (-len(token) % 4))
        wide = len(raw) >= _LEAST_WIDE and not any(raw[1 : 2 * _LEAST_TOKEN : 2])  # UTF-16
        if not wide and not _ISLAND.search(raw):
            continue
        upto = end
        while upto < len(text) and upto < end + 2 and text[upto] == "=":
            upto += 1  # the signs that fill it up belong to it

        def place(at: int, *, begins: bool, start: int = start, size: int = len(raw), upto: int = upto) -> int:
            if begins:
                return start + at // 3 * 4
            return upto if at >= size else min(upto, start + -(-at // 3) * 4)

        yield from _laid(raw, place, wide=wide)


_SAFE_BASE64 = str.maketrans("-_", "+/")
_LEAST_RUN = b"h" * _LEAST_TOKEN
_PAIRS = later(r"[0-9A-Fa-f]{2}(?:[ :]?[0-9A-Fa-f]{2}){6,}+")
_PAIR = later(r"[0-9A-Fa-f]{2}")


def unhex(text: str, mask: bytes, tokens: Iterable[tuple[int, int]], *, apart: bool) -> Iterator[Part]:
    """What can be read in runs of hexadecimal digits within tokens, and (`apart`) in pairs of them set apart.

    `mask` is the text in the classes of `HEX_MASK`. Whatever stands after the digits says nothing of them: a run is
    read as far as it goes, and so is what had begun to be read while its end was still to come.
    """
    last = 0
    rows = _rows(text, mask) if apart else ()
    for start, end in sorted((*rows, *_runs(mask, tokens))):
        if start < last:
            continue
        last = end
        places: Sequence[int] = range(start, end - 1, 2)
        if apart and b"s" in mask[start:end]:
            places = [pair.start() for pair in _PAIR.finditer(text, start, end)]
            raw = bytes.fromhex(text[start:end].replace(":", ""))
        else:
            raw = bytes.fromhex(text[start : end - (end - start) % 2])

        def place(at: int, *, begins: bool, places: Sequence[int] = places) -> int:
            return places[at] if begins else places[at - 1] + 2

        yield from _laid(raw, place, wide=False)


def _runs(mask: bytes, tokens: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where hexadecimal digits stand in a row within tokens."""
    for start, end in tokens:
        at = mask.find(_LEAST_RUN, start, end)
        while at >= 0:
            high = mask.find(b".", at, end)
            yield at, high if high >= 0 else end
            at = mask.find(_LEAST_RUN, high, end) if high >= 0 else -1


def _rows(text: str, mask: bytes) -> Iterator[tuple[int, int]]:
    """Where pairs of hexadecimal digits are set apart, one by one for the most part."""
    at = mask.find(HEX_APART)
    while at >= 0:
        high = mask.find(b".", at)
        high = high if high >= 0 else len(mask)
        for match in _PAIRS.finditer(text, mask.rfind(b".", 0, at) + 1, high):
            if HEX_APART in mask[match.start() : match.end()]:
                yield match.span()
        at = mask.find(HEX_APART, high)


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
