"""Reads what a reply says: the normal form of texts, numbers, options, right or wrong.

The rules are few and stated in `docs/reference/metrics.md`, since an accuracy
is worth what its reading of answers is worth. A reply that cannot be read is
wrong, never missing: a person who asked has no answer either.
"""

import re
import unicodedata
from collections.abc import Sequence

from trimtab.kinds import Case

_LONGEST = 20_000  # an answer that begins later than this is none

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBER_WORDS = {word: value for value, word in enumerate(_UNITS.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), start=2)
}
_TENS_WORDS = frozenset(_TENS.split())

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# A minus belongs to a number only where no digit or letter stands before it: "7-5" is a subtraction.
_TOKEN = re.compile(r"(?<![\w.])-\d+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+|\d")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ARTICLES = frozenset({"a", "an", "the"})
_NOT = frozenset({"not", "isnt", "never", "than"})  # "not Paris", "rather than Paris"


def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in normal form.

    NFKC, case folded, apostrophes removed, other punctuation separates, articles
    dropped, number words below one hundred and thousands separators written
    as digits ("twenty-one" and "21.0" are "21").
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    plain = plain.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "").replace("\N{MINUS SIGN}", "-")
    tokens = _TOKEN.findall(_THOUSANDS.sub("", plain))
    found: list[str] = []
    after_tens = False
    for token in tokens:
        value = _NUMBER_WORDS.get(token)
        if after_tens and value is not None and 1 <= value <= 9:
            found[-1] = str(int(found[-1]) + value)
            after_tens = False
            continue
        after_tens = token in _TENS_WORDS
        if value is not None:
            found.append(str(value))
        elif token not in _ARTICLES:
            found.append(_decimal(token) if token[-1].isdigit() else token)
    return tuple(found or tokens)  # of "A" nothing else would be left


def _decimal(token: str) -> str:
    """Without zeros that change nothing: 007 is 7, 12.50 is 12.5."""
    sign, digits = ("-", token[1:]) if token[0] == "-" else ("", token)
    whole, _, fraction = digits.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return sign + (f"{whole}.{fraction}" if fraction else whole)


def normalise(text: str) -> str:
    """`words` as one text: what exact match compares."""
    return " ".join(words(text))


def expected(case: Case, key: str) -> tuple[str, ...]:
    """The texts under a key of `expect`: one text, a list of them, or none."""
    value = case.expect.get(key)
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, Sequence):
        return tuple(item for item in value if isinstance(item, str) and item)
    return ()


def question(case: Case) -> str:
    """The user's turns that were sent before the first reply."""
    return "\n".join(message.content for message in case.messages if message.role == "user")


def is_right(case: Case, text: str) -> bool | None:
    """Whether a reply gives the expected answer; None when the case names none.

    With `choices` the reply must choose the right option, without them it must
    name an accepted answer.
    """
    answers = expected(case, "answer")
    if not answers:
        return None
    choices = expected(case, "choices")
    if choices:
        chosen = choose(text, choices)
        return chosen is not None and chosen in right_options(answers, choices)
    return any(names(text, answer, asked=question(case)) for answer in answers)


def right_options(answers: Sequence[str], choices: Sequence[str]) -> set[int]:
    """Places of the right options; an answer is the text of an option, or its letter if no option reads so."""
    places = {words(choice): place for place, choice in enumerate(choices)}
    found = set()
    for answer in answers:
        place = places.get(words(answer))
        letter = answer.strip().upper()
        if place is None and len(letter) == 1 and "A" <= letter <= "Z":
            place = ord(letter) - ord("A")
        if place is not None and place < len(choices):
            found.add(place)
    return found


def names(text: str, answer: str, *, asked: str = "") -> bool:
    """Whether a reply names an answer.

    A word or phrase must stand in it whole and unnegated. Of a number, the
    last unnegated one in the reply that the question did not hold must be it (so that
    "7 + 5 = 12" is 12, and a list of guesses is not), or simply the last one
    when the reply repeats the question's numbers only.
    """
    said, sought = words(text), words(answer)
    if not sought:
        return False
    if len(sought) == 1 and _NUMBER.fullmatch(sought[0]):
        numbers = [word for at, word in enumerate(said) if _NUMBER.fullmatch(word) and not _negated(said, at)]
        known = frozenset(words(asked))
        new = [number for number in numbers if number not in known]
        return (new or numbers)[-1:] == [sought[0]]
    return _stands_in(said, sought)


def choose(text: str, choices: Sequence[str]) -> int | None:
    """The place of the option that a reply chooses, or None when it chooses none or several.

    An option is chosen by its text, if the reply names no other or opens with
    it alone ("No. There is ..."), or by its letter, if that stands first or after
    "answer", "option" or "choice". A letter and a text that disagree choose nothing.
    """
    said = words(text)
    options = [words(choice) for choice in choices]
    by_text = _by_text(said, words(_CLAUSE_END.split(text.strip(), maxsplit=1)[0]), options)
    by_letter = _by_letter(text, len(choices))
    if by_text is not None and by_letter is not None and by_text != by_letter:
        return None
    return by_letter if by_text is None else by_text


_CLAUSE_END = re.compile(r"[.,;:!?\n]")


def _by_text(said: tuple[str, ...], opening: tuple[str, ...], options: Sequence[tuple[str, ...]]) -> int | None:
    named = [place for place, option in enumerate(options) if option and _stands_in(said, option)]
    # "red wine" names "wine" too: the longer option is meant.
    named = [
        place
        for place in named
        if not any(other != place and _stands_in(options[other], options[place]) for other in named)
    ]
    if len(named) == 1:
        return named[0]
    for place in named:
        if options[place] == opening and not _list_goes_on(said[len(opening) :], [options[other] for other in named]):
            return place
    return None


def _list_goes_on(rest: tuple[str, ...], options: Sequence[tuple[str, ...]]) -> bool:
    """Whether another option follows at once: "red, green or blue" opens with an option and chooses none."""
    rest = rest[1:] if rest[:1] in {("or",), ("and",)} else rest
    return any(rest[: len(option)] == option for option in options)


_LETTER_FIRST = re.compile(r"[\s\"'(\[*]*([A-Za-z])(?:[\s\"'*]*$|[\"'*]*[.):\]]|[\s\"'*]*\n)")
_LETTER_NAMED = re.compile(r"\b(?:answer|option|choice)(?:\s+is)?\s*[:=]?\s*[\"'(\[*]{0,4}([A-Z])\b", re.IGNORECASE)


def _by_letter(text: str, count: int) -> int | None:
    head = text[:_LONGEST]
    letters = {match.upper() for match in _LETTER_NAMED.findall(head) if match.isupper()}
    first = _LETTER_FIRST.match(head)
    if first:
        letters.add(first[1].upper())
    places = {ord(letter) - ord("A") for letter in letters}
    if len(places) != 1:
        return None
    place = places.pop()
    return place if place < count else None


def _stands_in(said: Sequence[str], sought: Sequence[str]) -> bool:
    """Whether the words stand in the text together, in order, and not right after "not"."""
    size = len(sought)
    first = sought[0] if sought else ""
    for start, word in enumerate(said):
        if word == first and tuple(said[start : start + size]) == tuple(sought) and not _negated(said, start):
            return True
    return False


def _negated(said: Sequence[str], start: int) -> bool:
    """Whether "not", "rather than" or "instead of" stands right before a word."""
    before = said[start - 1] if start else ""
    return before in _NOT or (before == "of" and tuple(said[start - 2 : start - 1]) == ("instead",))
