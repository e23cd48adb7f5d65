"""Credentials under a head that says what they are: people and their passwords, the data of a Secret, constants of a site."""

import base64
import binascii
import re

from trimtab.builtin.detectors.patterns.secret_places import either, wide
from trimtab.builtin.detectors.patterns.secret_stand_ins import stands_in
from trimtab.builtin.detectors.patterns.secret_values import has_strength, like_key, like_password
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_FAR = 3_000  # characters after a head that are looked at for what it says

# -- people and their passwords -----------------------------------------------------------

_PEOPLE = tuple(
    f"{word}{sign}"
    for word in ("users", "credentials", "accounts", "logins", "passwords", "user_db", "creds")
    for sign in ("=", " =", ":", '":', "':")
)
_OPENED = later(r"[ \t]{0,3}(?:new )?(?:\w{1,12}\([{\[]?|[{\[])(?:\[)?\s{0,20}")
_LINES = later(r"[ \t]*\r?\n")
_LINE = later(
    r"[ \t]{1,12}(?:-[ \t]{1,3})?[\"']?(?P<who>[\w.@+-]{1,60})[\"']?:[ \t]{0,4}[\"']?(?P<value>[^\s\"']{6,80})[\"']?[ \t]*\r?(?:\n|\Z)"
)
_PERSON = later(
    r"[\"'](?P<who>[\w.@+-]{1,60})[\"']\s{0,4}(?::|=>)\s{0,4}(?P<quote>[\"'])(?P<value>(?:\\.|(?!(?P=quote))[^\\\n]){4,120})(?P=quote)\s{0,4},?\s{0,20}"
)
# A digit among letters, or two, or a sign that names do not have, or all kinds of signs.
_WAY_IN = later(r"\A(?=.*\d)(?:.*\d[A-Za-z]|.{5,}\d\d|.*[!@#$%^&*~?+=]|(?=.*[a-z])(?=.*[A-Z])(?=.*\W).{10,})")
_NO_WAY_IN = later(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[\d./:-]+|https?:.*|[0-9a-fA-F-]{36}")


def _people(text: str, _start: int, end: int) -> list[Judged]:
    """`USERS = {"ana": "...", "jon": "..."}`: values with a digit, after names of people."""
    head = _OPENED.match(text, end)
    entry = _PERSON
    if not head and text[end - 1] == ":":
        head, entry = _LINES.match(text, end), _LINE
    found: list[Judged] = []
    at = head.end() if head else -1
    while head and at - end < _FAR and (one := entry.match(text, at)):
        value = one["value"]
        if entry is _LINE and not has_strength(value):
            at = one.end()
            continue
        if _WAY_IN.search(value) and not _NO_WAY_IN.fullmatch(value) and not _about(one["who"]):
            sure = like_password(value, quoted=True, told=True, literal=False)
            if sure:
                found.append((*one.span("value"), sure))
        at = one.end()
    return found


def _about(name: str) -> bool:
    """Whether a name says what a value is, and so is nobody's."""
    return name.lower() in _FIELDS


_FIELDS = frozenset(
    "id name role type email mail group url host path version table model username user login first last title state status plan locale lang color colour "  # noqa: SIM905 - a table of words
    "phone address city country created updated date".split()
)

# -- Secrets of a cluster -----------------------------------------------------------------

_KIND = later(r"kind\"?: ?\"?Secret\b")
_ENTRY = later(
    r"(?P<indent>[ \t]{1,12})(?P<name>[\w.-]{1,80}): {0,2}(?:[\"'](?=\S))?(?P<value>[A-Za-z0-9+/]{4,16000}={0,2})(?:[\"'])?[ \t]{0,4}\r?(?:\n|\Z)"
)
_AROUND = 300  # characters before and after `data:` in which it may say of what kind it is


def _data(text: str, start: int, end: int) -> list[Judged]:
    """What stands under `data:` in a Secret, whole; in anything else, what decodes to an address with a password."""
    if start and text[start - 1] != "\n":
        return []
    at = end
    secret = bool(_KIND.search(text, max(0, end - _AROUND), end + _AROUND))
    found: list[Judged] = []
    while at - end < _FAR and (one := _ENTRY.match(text, at)):
        value = one["value"]
        if (len(value) % 4 == 0 or len(value) >= _LONG) and (secret or _opens(value)) and not stands_in(value):
            found.append((*one.span("value"), 0.85))
        at = one.end()
    return found


_LONG = 400  # characters of a value beyond which its end may not be there yet
_USERINFO = re.compile(rb"://[^\s/@:]{0,80}:[^\s/@]{2,120}@")


def _opens(value: str) -> bool:
    try:
        return _USERINFO.search(base64.b64decode(value[:_LONG])) is not None
    except binascii.Error:
        return False


_DOCKER = later(r"[\"']?\s{0,2}:\s{0,4}(?:[|>]-?\s{1,12})?[\"']?([A-Za-z0-9+/]{24,16000}={0,2})")


def _docker(text: str, _start: int, end: int) -> Judged | None:
    """`.dockerconfigjson: ...`: names of registries with their passwords, in Base64."""
    found = _DOCKER.match(text, end)
    return (*found.span(1), 0.95) if found and not stands_in(found[1]) else None


# -- constants ----------------------------------------------------------------------------

_DEFINED = later(r"\(\s{0,4}[\"']([A-Z_]{3,40})[\"']\s{0,4},\s{0,20}([\"'])((?:\\.|(?!\2)[^\\\n]){32,160})\2\s{0,4}\)")
_OF_A_SITE = later(r"(?:[A-Z_]{0,20}_)?(?:KEY|SALT|SECRET)")


def _defined(text: str, _start: int, end: int) -> Judged | None:
    """`define('AUTH_KEY', '...')`: any signs at all, spaces among them, as the maker of a site draws them."""
    found = _DEFINED.match(text, end)
    if not found or not _OF_A_SITE.fullmatch(found[1]):
        return None
    value = found[3]
    kinds = sum((any(map(str.isdigit, value)), any(map(str.isupper, value)), any(map(str.islower, value))))
    signs = sum(not sign.isalnum() and sign != " " for sign in value)
    return (
        (*found.span(3), 0.9)
        if kinds == 3 and signs >= 4 and not stands_in(value.replace("<", "").replace("[", ""))
        else None
    )


# -- keys spoken of -------------------------------------------------------------------------

_KEYS_SPOKEN_OF = ("api key", "api-key", "api token", "access key", "access token", " api ")
_A_KEY = later(
    r"(?:[^\S\n]?[A-Za-z'’,.()]{1,24}+[^\S\n]){0,9}?[\"'`]{0,1}(?:[A-Za-z'’)]{0,24}[ \t]?(?:[:=]|->|→|is|was|ist|lautet|est|es)[ \t]{1,3})[\"'`(]?([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![\w-])"
)
_AT_ONCE = later(r"[\"'`(]?([A-Za-z0-9_-]{20,80})(?![\w/-]|\.\w)")
_SECOND = later(r"(?:[ \t]?[,/;])?(?:[ \t]and)?[ \t]app(?:lication)?(?: key)?[:=]?[ \t]([0-9a-f]{32,64})(?![\w-])")
_NO_KEYS = later(r"\b(?:commit|sha\d*|md5|digest|checksum|hash|fingerprint|build|image|revision|id|ref|merge|etag)\b")


def _spoken_of(text: str, start: int, end: int) -> list[Judged]:
    """`API key ... as sent in the form: 3f25...`, `datadog api 3f25...`."""
    found = _AT_ONCE.match(text, end) if text[end - 1] == " " else _A_KEY.match(text, end)
    if not found or _NO_KEYS.search(text[start : found.start(1)].lower()):
        return []
    sure = like_key(found[1], least=20, weak=False)
    second = _SECOND.match(text, found.end()) if sure else None
    return [(*one.span(1), sure) for one in (found, second) if one and sure]


LISTED: tuple[Pattern, ...] = (
    wide("password", either(_PEOPLE), _PEOPLE, _people),
    wide("password", "data:\n", ("data:\n",), _data),
    wide("password", r"\.dockerc(?:onfigjson|fg)", (".dockerconfigjson", ".dockercfg"), _docker, close=True),
    wide("password", "define", ("define",), _defined, close=True),
    wide("password", either(_KEYS_SPOKEN_OF), _KEYS_SPOKEN_OF, _spoken_of, close=True),
)
