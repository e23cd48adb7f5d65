"""Credentials in headers and commands: what a program is given to sign in with."""

import base64
import binascii
import re

from trimtab.builtin.detectors.patterns.secret_bounds import NUMBERED
from trimtab.builtin.detectors.patterns.secret_drawn import starts_word
from trimtab.builtin.detectors.patterns.secret_places import DUMMY, either, literal, wide
from trimtab.builtin.detectors.patterns.secret_stand_ins import stands_in
from trimtab.builtin.detectors.patterns.secret_values import like_key, like_password
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_AUTHORIZATION = later(
    r"(basic|bearer|token|ntlm|negotiate|apikey|api-key|ssws|splunk|hmac|aws4-hmac-sha256|key)(?:\s{1,3}|\s{0,2}[\"']\s{0,4}[+.&]\s{0,4}|%20)(?:token=)?[\"']?([A-Za-z0-9._~+/=%:-]{8,4000})",
    re.IGNORECASE,
)


def _header(text: str, start: int, _end: int) -> Judged | None:
    """`Bearer ...`, `Basic ...`: anything after the header's name, else only what looks drawn at random."""
    found = _AUTHORIZATION.match(text, start)
    if not found or not starts_word(text, start) or text[start - 1 : start] == "-":
        return None
    value, scheme = found[2], found[1].lower()
    if scheme == "key" and text[max(0, start - 7) : start].lower() == "public ":
        return None
    if stands_in(value) or (scheme in {"token", "key"} and NUMBERED.match(value)):
        return None
    named = "authorization" in text[max(0, start - 24) : start].lower()
    if scheme == "basic":
        try:
            decoded = base64.b64decode(value[:200] + "=" * (-len(value[:200]) % 4), validate=False)
        except (binascii.Error, ValueError):
            return None
        if len(value) < 8 or not (b":" in decoded or named) or (value.isalpha() and not named):
            return None
        return (*found.span(2), 0.95)
    if like_key(value, least=8 if named else 16, weak=not named):
        return (*found.span(2), 0.95)
    return None


_CURL = later(r" ?(?:-a|-u|--user|--proxy-user|-U)[ =]{0,2}[\"']?([^\s:\"'$<]{0,60}):([^\s\"']{3,120})")
_SHORT = later(r"[^\n|]{0,120}?(?<=[ \t])-[apP][ \t]{0,2}[\"']?([^\s\"'$<-][^\s\"']{3,80})")


def _user_option(text: str, start: int, _end: int) -> Judged | None:
    found = _CURL.match(text, start)
    if not found or text[start - 1 : start] == "-":
        return None
    return literal(found[2], *found.span(2))


def _short_option(text: str, start: int, end: int) -> Judged | None:
    """`mysql -u root -pS3cret`, `sshpass -p ...`, `docker login -p ...`."""
    found = _SHORT.match(text, end - (text[end - 1] == "-"))
    if (
        not found
        or (found[1].isdigit() and "sshpass" not in text[start:end])
        or (found[1].isalpha() and found[1].islower())
        or ":" in found[1]
        or "/" in found[1]
    ):
        return None
    return literal(found[1], *found.span(1))


_AFTER_WORDS = later(
    r"(?:\s{1,3}(?:-String|-Force|-AsPlainText|-asplaintext|-force|(?i:values?)|plain|hash))*\s{0,3}\(?\s{0,2}"
    r"(?:N?'((?:[^'\\\n]|\\[^\n]|''){3,200})'|\"((?:[^\"\\\n]|\\[^\n]|\"\"){3,200})\"|\\?[\"'`]([^\s\"'`;,)\\]{3,200})|((?:\\[^\s\"'`]|[^\s\"'`;,)\\]){3,200}))"
)
_BARE = 4


def _after_words(text: str, _start: int, end: int) -> Judged | None:
    """`IDENTIFIED BY 'x'`, `ConvertTo-SecureString x`, `machine h login u password x`."""
    found = _AFTER_WORDS.match(text, end)
    if not found or not found.lastindex:
        return None
    value, quoted = found[found.lastindex], found.lastindex != _BARE
    if value.startswith("-") or (not quoted and value.isalpha() and value.islower()):
        return None
    sure = like_password(value, quoted=quoted, told=True, literal=True)
    return (*found.span(found.lastindex), sure) if sure else None


_WITH = later(
    r"\s{1,3}[\"'`]?\w{3,40}[\"'`]?\s{1,3}(?:as|by|using)\s{1,3}[\"'`]([^\"'`\n]{4,200})[\"'`]", re.IGNORECASE
)


def _identified_with(text: str, _start: int, end: int) -> Judged | None:
    """`IDENTIFIED WITH plugin AS 'hash'`."""
    found = _WITH.match(text, end)
    return (*found.span(1), 0.9) if found and not stands_in(found[1]) and not DUMMY.fullmatch(found[1]) else None


_PAIR = later(
    r"(?:[ \t]?[/|,:][ \t]?|[ \t]and[ \t])(?:pass(?:word|wd)?|pwd?|pw)[ \t]{0,2}[:=)]{0,2}[ \t]{1,3}([^\s/:]{2,40})[ \t]?[/:|][ \t]?([^\s\"'()]{4,60})",
    re.IGNORECASE,
)
_PAIR_GLUED = later(
    r"(?:[ \t]?[/|,:][ \t]?)(?:pass(?:word|wd)?|pwd?|pw)[ \t]{0,2}[:=-][ \t]{0,3}([^\s/:]{2,40})[/:|]([^\s\"'()]{4,60})",
    re.IGNORECASE,
)


def _pair(text: str, _start: int, end: int) -> Judged | None:
    """`user/password: maria/....`: the second of two values that belong to two names."""
    found = _PAIR.match(text, end) or _PAIR_GLUED.match(text, end)
    if not found:
        return None
    sure = like_password(found[2].rstrip(".,;"), quoted=True, told=False, literal=False)
    return (found.start(2), found.start(2) + len(found[2].rstrip(".,;")), sure) if sure else None


_PROGRAMS = (
    "mysql ",
    "mysqldump ",
    "mysqladmin ",
    "mariadb ",
    "sshpass",
    "docker login",
    "podman login",
    "sqlcmd ",
    "bcp ",
    "mongo ",
    "mongodump ",
    "redis-cli ",
    "7z ",
    "7za ",
    "rar a",
    "rar x",
    "zip -",
    "unzip ",
    "az login",
    "oc login",
    "helm registry login",
)
_SCHEMES = ("basic ", "bearer ", "token ", "ntlm ", "negotiate ", "apikey ", "ssws ", "splunk ", "key ")
_WORDS = (
    "identified by",
    "mysql_native_password by",
    "caching_sha2_password by",
    "password by",
    "encrypted password",
    "with password",
    "convertto-securestring",
    "-asplaintext",
    "_password by",
)
_USERS = ("user", "login", "id", "account", "username", "usuario", "benutzer", "konto")

COMMANDS: tuple[Pattern, ...] = (
    wide("authorization", either(_SCHEMES), _SCHEMES, _header, close=True),
    wide(
        "password",
        " -[ua]|--user|--proxy-user",
        (" -u", " -a ", "--user", "--proxy-user"),
        _user_option,
        close=True,
    ),
    wide("password", either(_PROGRAMS), _PROGRAMS, _short_option, close=True),
    wide("password", either(_WORDS), _WORDS, _after_words),
    wide("password", "identified with", ("identified with",), _identified_with, close=True),
    wide(
        "password",
        f"(?:{either(_USERS)})",
        tuple(f"{user}{sign}" for user in _USERS for sign in ("/p", " / p")),
        _pair,
        close=True,
    ),
)
