"""Readings of what is said digit by digit and letter by letter: digits as words, letters as on the radio, signs by name."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from trimtab.detect.reading import Part, View, places, replaced
from trimtab.detect.signs import later
from trimtab.detect.turned_numbers import COUNTRIES
from trimtab.detect.words import DIGIT_WORDS

_OTHERS = (
    "oh x x tree fower fife x x x niner", "o ein zwo x x fuenf", "nul een twee drie vier vijf zes zeven acht negen",
)  # fmt: skip
_DIGITS = {
    word: str(digit)
    for words in (*DIGIT_WORDS, *map(str.split, _OTHERS))
    for digit, word in enumerate(words)
    if len(word) > 1
}
DIGITS_SHOWN = tuple(
    "zero oh one two three four five six seven eight nine niner null eins zwei zwo drei vier sechs sieben acht neun"  # noqa: SIM905 - a table of words
    " cero uno dos tres cuatro cinco seis siete ocho nueve deux trois quatre cinq sept huit neuf quattro cinque sette otto nove"
    " dois quatro sete oito twee vijf zeven negen".split()
)
"""Words for digits of which enough stand in every row of them."""
_RADIO = {
    word: word[0].upper()
    for word in [
        "alfa",
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliet",
        "juliett",
        "kilo",
        "lima",
        "mike",
        "november",
        "oscar",
        "papa",
        "quebec",
        "romeo",
        "sierra",
        "tango",
        "uniform",
        "victor",
        "whiskey",
        "whisky",
        "xray",
        "yankee",
        "zulu",
    ]
}
RADIO_SHOWN = tuple(_RADIO)
_NAMES = {
    "-": "dash hyphen minus strich bindestrich minuszeichen tiret trait guion guión trattino traço hífen streepje",
    ".": "dot point punto punkt ponto period",
    "_": "underscore unterstrich",
    "@": "at arroba arobase chiocciola ät",
    "+": "plus più más mais",
}
_SIGNS = {word: sign for sign, words in _NAMES.items() for word in words.split()}
_TIMES = {
    word: times
    for times, words in ((2, "double doppel doble doppio duplo dubbel"), (3, "triple treble dreifach triplo"))
    for word in words.split()
}
DASHES_SHOWN = tuple(f" {word} " for word in _NAMES["-"].split() if word.isascii())
_DASHED = later(rf"(?<=[0-9])\s{{1,2}}(?:{_NAMES['-'].replace(' ', '|')})\s{{1,2}}(?=[0-9])", 2)

_KNOWN = _DIGITS.keys() | _RADIO.keys() | _SIGNS.keys() | _TIMES.keys()
_BETWEEN = r"[ ,\-./\n]{1,3}"
_TOKEN = rf"(?:{'|'.join(sorted(_KNOWN, key=len, reverse=True))}|[a-z]|[0-9]{{1,4}}|(?-i:[A-Z]{{2,4}}))(?![^\W_])"
_ROW = later(rf"(?<!\w){_TOKEN}(?:{_BETWEEN}{_TOKEN}){{3,}}+", 2)
_WORD = later(r"[^\W_]+")
_BEFORE = later(rf"{_BETWEEN}([^\W_]{{1,12}})(?!\w)")
_TELEPHONE = 7  # digits that nobody spells out but those of something personal
_LEAST_DIGITS, _LEAST_LETTERS = 6, 4
_LEAST_SPELLED = 4  # of the words that are looked for in six digits, of which a few are not among them
_DECIMAL = frozenset("point comma komma coma virgule virgola vírgula punto".split())  # noqa: SIM905
# Digits that are recited: of pi, e, the roots of two and of the golden section, and of Fibonacci.
_RECITED = "314159265358979323846264338327950288|27182818284590452353602874|14142135623730950488|161803398874989484|01123581321345589"
_PERIOD = 4


def spelled(low: bytes, words: Iterable[str]) -> bool:
    """Whether there are enough of these words, and not always the same, for a row of digits."""
    counts = [low.count(word.encode()) for word in words]
    return len(counts) > counts.count(0) + 1 and sum(counts) >= _LEAST_SPELLED


def undashed(view: View) -> View | None:
    """Groups of digits with the name of a dash between them."""
    return replaced(view, "spelled", ((at.start(), at.end(), "-") for at in _DASHED.finditer(view.text)))


def unspelled(view: View, digits: Sequence[str], radio: Sequence[str]) -> View | None:
    """What is spelled, of whose words some are shown; a row as long as a telephone number is one, or something else."""
    text = view.text

    def parts() -> Iterator[Part]:
        at = 0
        for place in places(view.low, (*digits, *radio)):
            if place < at or (place and text[place - 1].isalnum()):
                continue
            match = _ROW.match(text, _back(text, at, place))
            if not match:
                continue
            at = match.end()
            enough = spelled(view.low[match.start() : at], digits)
            yield from _read(text, [word.span() for word in _WORD.finditer(text, *match.span())], enough=enough)

    return replaced(view, "spelled", parts())


def _read(text: str, words: Sequence[tuple[int, int]], *, enough: bool) -> Iterator[Part]:
    """What a row of words stands for, where they are as many as something personal takes."""
    said = [text[start:end].lower() for start, end in words]
    letters = sum(word in _RADIO for word in said)
    radio = letters >= _LEAST_LETTERS
    if not radio and not enough:
        return
    told = [word in _DIGITS or word in _RADIO or word.isdigit() for word in said]
    if True not in told:
        return
    first, upto = told.index(True), len(told) - told[::-1].index(True)
    begin = _country(said, first) if upto - first >= _ACCOUNT else first
    if radio:
        upto += upto < len(said) and _SIGNS.get(said[upto], "x") in ".@"
    for low, high in [(begin, upto)] if radio or begin < first else _unbroken(said, told, first, upto):
        yield from _put_together(text, words[low:high], said[low:high], radio=radio)


def _country(said: Sequence[str], first: int) -> int:
    """Where the letters of a country begin that stand before the digits of an account, as one word or two."""
    for size in (1, 2):
        if first >= size and "".join(said[first - size : first]).upper() in COUNTRIES:
            return first - size
    return first


def _unbroken(said: Sequence[str], told: Sequence[bool], first: int, upto: int) -> Iterator[tuple[int, int]]:
    """The parts of a row with no words of letters in them."""
    low = first
    while low < upto:
        high = last = low
        while high < upto and (
            told[high] or said[high] in _TIMES or _SIGNS.get(said[high], "@") != "@" or said[high] == "o"
        ):
            last = high + 1 if told[high] else last
            high += 1
        while low and (said[low - 1] in _TIMES or _SIGNS.get(said[low - 1]) == "+"):
            low -= 1
        if last > low:
            yield low, last
        low = high + 1
        while low < upto and not told[low]:
            low += 1


def _put_together(text: str, words: Sequence[tuple[int, int]], said: Sequence[str], *, radio: bool) -> Iterator[Part]:
    plain: list[str] = []
    times = 1
    for word in said:
        plain.append("" if word in _TIMES else _plain(word, radio=radio) * times)
        times = _TIMES.get(word, 1)
    joined = "".join(plain)
    count = sum(map(str.isdigit, joined))
    if not radio and (count < _LEAST_DIGITS or _is_recited(text, words[0][0], said, joined)):
        return
    lead = "tel " if count >= _TELEPHONE and joined.lstrip("+").isdigit() else ""
    goes_on = joined[-1] in ".@"
    last = len(words) - 1
    for at, (start, end) in enumerate(words):
        upto = words[at + 1][0] if at < last else end + (goes_on and text[end : end + 1].isspace())
        yield start, upto, f"{lead}{plain[at]}"
        lead = ""


_ACCOUNT = 10
"""Words that an account number takes at least, of which some are of several letters."""


def _plain(word: str, *, radio: bool) -> str:
    if word in _SIGNS:
        sign = _SIGNS[word]
        return sign if radio or sign in "-+" else ""
    return _DIGITS.get(word) or _RADIO.get(word) or ("0" if word == "o" and not radio else word.upper())


def _is_recited(text: str, start: int, said: Sequence[str], plain: str) -> bool:
    """Whether digits are those that people count and recite, or follow a decimal point."""
    digits = plain.replace("-", "").lstrip("+")
    if any(word in _DECIMAL for word in said):
        return True
    before = _BEFORE.match(text[max(0, start - 16) : start][::-1])
    if before and before[1][::-1].lower() in _DECIMAL:
        return True
    if not digits.isdigit():
        return False
    steps = {int(after) - int(one) for one, after in pairwise(digits)}
    repeated = any((digits[:size] * len(digits)).startswith(digits) for size in range(1, _PERIOD + 1))
    return len(steps) == 1 or repeated or digits in _RECITED


def _back(text: str, least: int, place: int) -> int:
    """Where the row begins of which a word begins at a place."""
    while word := _BEFORE.match(text[max(least, place - 16) : place][::-1]):
        before = word[1][::-1]
        short = len(before) <= _LONGEST_GROUP and (before.isdigit() or before.isupper())
        if before.lower() not in _KNOWN and len(before) > 1 and not short:
            break
        place -= word.end()
    return place


_LONGEST_GROUP = 4
