"""Whether letters and digits look drawn at random rather than written by a person.

All of it is a handful of regular expressions over at most 64 characters, since a hostile text may offer thousands of
values.
"""

import string
from operator import add

from trimtab.detect.signs import later

LOOKED_AT = 64
"""Characters of a value that are looked at; what follows cannot make a random beginning less random."""

# The pairs of letters that make up most of written English; other European languages share enough of them.
# A random pair is one of them in about 1 of 4 cases, a pair from a word in about 4 of 5.
_PAIRS = frozenset(
    (  # noqa: SIM905 - a table of words
        "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea "
        "ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge "
        "ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe "
        "bl ab gh ty op wo sa ay ex ke fr oo ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da cr "
        "cl du ga qu ue ff ba va um pp up lu ru ds lt pi rc rr au ck br bi pt ph ew ht ey ui"
    ).split()
)

DIGIT = later(r"\d")
LOWER = later(r"[a-z]")
UPPER = later(r"[A-Z]")
_LETTER_OR_DIGIT = later(r"[A-Za-z0-9]+")
_LETTERS_AND_DIGITS = (string.ascii_letters + string.digits).encode()
_PIECES = later(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
TURNS = later(r"[A-Za-z](?=\d)|\d(?=[A-Za-z])")
_FLIPS = later(r"[a-z](?=[A-Z])")
LETTERS = later(r"[A-Za-z]+")
PARTS = later(r"[^\W_]+|%[0-9A-Fa-f]{2}")
_HEX = later(r"(?:0x)?[0-9a-fA-F]{12,}")
_ESCAPED = later(r"%[0-9A-Fa-f]{2}|\x1b\[[0-9;]*m|\\[nrt]|\\x[0-9a-f]{2}")

# Digits, letters of either case, and all else.
_MADE_OF = bytes(
    0x30 if chr(code).isdigit() else 0x61 if chr(code).islower() else 0x41 if chr(code).isupper() else 0x2D
    for code in range(128)
) + bytes(128)


def made_of(head: str) -> tuple[int, bool, bool, str]:
    """How many digits there are, whether letters in lower and upper case, and the signs beyond ASCII's letters and digits."""
    if not head.isascii():
        others = _LETTER_OR_DIGIT.sub("", head)
        return len(DIGIT.findall(head)), bool(LOWER.search(head)), bool(UPPER.search(head)), others
    raw = head.encode()
    kinds = raw.translate(_MADE_OF)  # several times as quick as asking for each
    others = raw.translate(None, _LETTERS_AND_DIGITS).decode() if b"-" in kinds else ""
    return kinds.count(b"0"), b"a" in kinds, b"A" in kinds, others


def starts_word(text: str, start: int) -> bool:
    """Whether nothing that belongs to it stands before a token; an escape sequence does not."""
    if not start or not (text[start - 1].isalnum() or text[start - 1] == "_"):
        return True
    near = text[start - 8 if start > 8 else 0 : start]
    if "%" not in near and "\\" not in near and "\x1b" not in near:
        return False
    return any(escape.end() == start for escape in _ESCAPED.finditer(text, max(0, start - 12), start))


def wordiness(letters: str) -> float:
    """The share of pairs of letters that are usual ones, in [0, 1]; 1 for less than two letters."""
    low = letters.lower()
    if len(low) < 2:
        return 1.0
    return sum(map(_PAIRS.__contains__, map(add, low, low[1:]))) / (len(low) - 1)


def digits_in(value: str) -> int:
    """How many digits there are."""
    return value.encode().translate(_MADE_OF).count(b"0") if value.isascii() else len(DIGIT.findall(value))


_LEAST_DRAWN = 8  # characters below which nothing looks drawn


def random_part(part: str) -> bool:
    """Whether a run of letters and digits looks drawn at random rather than written by a person."""
    size = len(part)
    if size < _LEAST_DRAWN:
        return False
    if part.isascii():
        kinds = part.encode().translate(_TURNED_OF)
        digits, turns = kinds.count(b"0"), kinds.count(b"0a") + kinds.count(b"a0")
    else:
        digits, turns = len(DIGIT.findall(part)), len(TURNS.findall(part))
    if digits == size:
        return False
    if digits == 0:
        share = wordiness(part)
        return (size >= 10 and share < 0.5) or (share < 0.85 and many_pieces(part) and len(_FLIPS.findall(part)) > 1)
    if turns >= 3 or (turns >= 2 and digits >= 3) or (_HEX.fullmatch(part) is not None and turns >= 2):
        return not _LONG_WORD.search(part) or wordiness("".join(LETTERS.findall(part))) < 0.6
    return wordiness(max(LETTERS.findall(part), key=len, default="")) < 0.5  # letters may be of another script


_LONG_WORD = later(r"[A-Za-z]{10}")
_TURNED_OF = bytes(
    0x30 if chr(code).isdigit() else 0x61 if chr(code).isalpha() else 0x2D for code in range(128)
) + bytes(128)


def random_looking(value: str, least: int) -> bool:
    """Whether parts of a value that look random make up at least `least` characters and half of it."""
    head = value[:LOOKED_AT]
    if head.isalnum() and head.isascii() and len(head) >= least and random_part(head):
        return True  # what most keys are: one part
    parts = PARTS.findall(head)
    drawn = sum(len(part) for part in parts if len(part) >= _LEAST_DRAWN and random_part(part))
    if drawn >= least and drawn * 2 >= len(head):
        return True
    if len(head) >= max(least, 12) and not WORDS_ONLY.fullmatch(head):
        # Signs of Base64 and of generators cut a random value into pieces too short to tell: look at the whole.
        joined = "".join(parts)
        if len(joined) < least:
            return False
        if (
            len(joined) >= max(least, 16)
            and many_pieces(joined)
            and DIGIT.search(joined)
            and len(TURNS.findall(joined)) >= 3
        ):
            return True
        if (
            len(joined) >= max(least, 24)
            and len(parts) > 1
            and many_pieces(joined)
            and len(_FLIPS.findall(joined)) >= 6
        ):
            return True
        return len(parts) > 1 and len(joined) < len(parts) * 12 and _thick(head, joined)
    return False


def many_pieces(joined: str) -> bool:
    """Whether case and digits change as often as chance has it, and not as in a name put together of words."""
    return len(joined) <= 2.8 * len(_PIECES.findall(joined))


def _thick(head: str, joined: str) -> bool:
    kinds = bool(DIGIT.search(joined)) + bool(LOWER.search(joined)) + bool(UPPER.search(joined))
    return kinds == 3 and random_part(joined) and len(TURNS.findall(head)) >= 2


WORDS_ONLY = later(r"[A-Za-z]{2,}(?:[-_./: ]{1,2}(?:[A-Za-z]{2,}|v?\d{1,4}))*")
