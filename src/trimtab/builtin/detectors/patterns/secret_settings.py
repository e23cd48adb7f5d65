"""Plain words that are passwords by their place: below the name of who signs in, or as the whole of a setting in a file."""

import re

from trimtab.builtin.detectors.patterns.secret_names import PASSWORD
from trimtab.builtin.detectors.patterns.secret_places import DUMMY
from trimtab.builtin.detectors.patterns.secret_stand_ins import SAYS_ITSELF, stands_in
from trimtab.builtin.detectors.patterns.secret_values import TALK
from trimtab.detect.signs import later

_USER_BEFORE = later(
    r"(?:user(?:_?name|_?id)?|login|uid|usr|usuario|benutzer(?:name)?|utente|ssid|account)[\"']?\s{0,3}[:=]\s{0,3}"
    r"(?:\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|[^\s\"',;(){}$<>]{1,60})[ \t]{0,3}[,;]?\s{1,20}[\"']?\Z",
    re.IGNORECASE,
)
_ANY_WORD = later(r"[^\s()\[\]{}$<>\"'`,;]{4,64}|[^\W\d_][^()\[\]{}$<>\"'`\n]{3,40}")
_LONGEST_USER = 100


def beside_user(text: str, begin: int, found: str, kind: str) -> float:
    """How sure we are of a value that has no form of a password, but stands right below the name of who signs in."""
    low = max(0, begin - _LONGEST_USER)
    if kind != PASSWORD or not _ANY_WORD.fullmatch(found) or not _USER_BEFORE.search(text[low:begin]):
        return 0.0
    words = found.lower().replace("-", " ").split()
    if SAYS_ITSELF.search(found.lower()) or stands_in(found) or DUMMY.fullmatch(found):
        return 0.0
    return 0.0 if sum(map(TALK.__contains__, words)) * 2 > len(words) else 0.65


OPENS_LINE = later(r"(?:\A|\n)[ \t]{0,16}(?:set |option |list )?\Z")
_SECTION = later(r"(?:\A|\n)[ \t]{0,4}\[[\w .:@/-]{1,60}\][ \t]*\r?\n")
_PLAIN_WORD = later(r"[^\W\d_]{5,20}")
_NEAR_SECTION = 500  # characters before a setting in which its section begins


def of_a_file(text: str, begin: int, upto: int, found: str, kind: str) -> float:
    """How sure we are of a plain word that is the whole of a setting in a file: below `[section]`, or `some_password: word`."""
    if kind != PASSWORD or not _PLAIN_WORD.fullmatch(found) or not OPENS_LINE.search(text, max(0, begin - 24), begin):
        return 0.0
    if found.lower() in TALK or SAYS_ITSELF.search(found.lower()) or stands_in(found) or DUMMY.fullmatch(found):
        return 0.0
    of_yaml = text[upto : upto + 2] == ": " and "_" in text[begin:upto]
    return 0.6 if of_yaml or _SECTION.search(text, max(0, begin - _NEAR_SECTION), begin) else 0.0
