"""Addresses that open something: with a password in them, signed for whoever has them, or of a store that may be open."""

import re

from trimtab.builtin.detectors.patterns.secret_drawn import random_looking
from trimtab.builtin.detectors.patterns.secret_places import DUMMY, either, literal, wide
from trimtab.builtin.detectors.patterns.secret_stand_ins import plausible, stands_in
from trimtab.builtin.detectors.patterns.secret_values import like_key
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_USERINFO = later(r":(?:\\?/){2}([^\s/:\"'<>`]{0,100}):([^\s\"'<>`]{1,300}+)")
_USER_ALONE = later(r":(?:\\?/){2}([A-Za-z0-9_-]{20,255}+)@[\w-]")
_SCHEME = later(r"[a-z][a-z0-9+.-]{1,24}", re.IGNORECASE)


def _address(text: str, start: int, _end: int) -> Judged | None:
    """The password in `scheme://user:password@host`; it may hold an at-sign or a slash, which it should not."""
    found = _USERINFO.match(text, start)
    if not found or "@" not in found[2]:
        return _user_alone(text, start)
    low, high = found.span(2)
    secret, _, host = found[2].rpartition("@")
    if not host or not (host[0].isalnum() or host[0] in "[$%{*.-_"):
        return None
    slash = min((place for place in map(secret.find, "/?#") if place >= 0), default=-1)
    if slash >= 0:
        at = secret.find("@")
        if 0 <= at < slash:
            secret = secret[: secret.rfind("@", 0, slash)]
        elif secret[:slash].isdigit() or text[max(0, start - 5) : start].lower().endswith(("http", "https")):
            return None
    high = low + len(secret)
    if len(secret) < 2 or stands_in(secret + "~") or DUMMY.fullmatch(secret):
        return None
    return low, high, 0.95


def _user_alone(text: str, start: int) -> Judged | None:
    """`https://TOKEN@host`."""
    found = _USER_ALONE.match(text, start)
    sure = like_key(found[1], least=20, weak=False) if found else 0.0
    return (*found.span(1), sure) if found and sure else None


def _dsn(text: str, start: int, _end: int) -> Judged | None:
    """`user:password@tcp(host)`, `jdbc:oracle:thin:user/password@host`."""
    colon = text.rfind(":", max(0, start - 120), start)
    secret = text[colon + 1 : start]
    if colon < 1 or not (text[colon - 1].isalnum() or text[colon - 1] in "_.-") or not _DSN_SECRET.fullmatch(secret):
        return None
    if stands_in(secret) or DUMMY.fullmatch(secret) or (secret.isalpha() and not text.startswith(_DRIVERS, start)):
        return None
    return colon + 1, start, 0.9


_DRIVERS = ("@tcp(", "@unix(", "@udp(")
_HOSTS = ("@localhost", "@127.0.0.1", "@10.", "@192.168.", *(f"@172.{part}." for part in range(16, 32)))
_DSN_SECRET = later(r"(?!//)[^\s:\"'`]{3,80}")


def _oracle(text: str, _start: int, end: int) -> Judged | None:
    found = _ORACLE.match(text, end)
    if not found or stands_in(found[1]) or DUMMY.fullmatch(found[1]):
        return None
    return found.start(1), found.end(1), 0.9


_ORACLE = later(r"(?:-\w{1,8}\s{1,3}){0,3}[\"']?[\w$#.]{1,40}/([^\s\"'/]{2,80})@(?=[\w/(])")


def _pgpass(text: str, start: int, end: int) -> Judged | None:
    found = _PGPASS.match(text, end)
    if not found or not start or not (text[start - 1].isalnum() or text[start - 1] == "*"):
        return None
    return literal(found[1], *found.span(1))


_PGPASS = later(r"[\w*-]{1,40}:[\w*.-]{1,40}:([^\s:\"']{4,100})(?=\s|\Z)")


def _signed(text: str, start: int, end: int) -> Judged | None:
    """The signature in an address that grants access to a file."""
    return (start + 4, end, 0.9) if start and text[start - 1] in "?&;" and plausible(text[start + 4 : end]) else None


_QUERY = later(r"[A-Za-z0-9%._~+/=-]{16,400}")


def _queried(text: str, start: int, end: int) -> Judged | None:
    """What a query gives a service to be let in, under a name that says nothing of it: `?code=`, `&appid=`."""
    found = _QUERY.match(text, end) if start and text[start - 1] in "?&;" else None
    drawn = found and (random_looking(found.group(), 16) or _DIGEST.fullmatch(found.group()))
    return (*found.span(), 0.85) if found and drawn and not stands_in(found.group()) else None


_DIGEST = later(r"[0-9a-f]{32,64}")
_PRIVATE = later(r"(?:[0-9a-f]{24,64}|[A-Za-z0-9_-]{24,64})(?=/)")


def _private(text: str, _start: int, end: int) -> Judged | None:
    """The part of a path that lets anybody read: `/private-3f25.../basic.ics`."""
    found = _PRIVATE.match(text, end)
    sure = like_key(found.group(), least=20, weak=False) if found else 0.0
    return (*found.span(), sure) if found and sure else None


_STORE_KEY = later(r"[^\n]{0,80}?(?<![A-Za-z0-9+/])([A-Za-z0-9+/]{86}==)")


def _of_store(text: str, _start: int, end: int) -> Judged | None:
    """The key of an account of Azure's storage, a little after its host."""
    found = _STORE_KEY.match(text, end)
    return (*found.span(1), 0.95) if found else None


_ADDRESS_BACK = later(r"[^\s\"'`<>]{1,400}?//:(?=s?ptth)", re.IGNORECASE)
_ADDRESS_REST = later(r"[^\s\"'`<>\\]{0,4000}")


def _granted(text: str, start: int, _end: int) -> Judged | None:
    """An address with a signature in its query: it opens the file of whoever signed it, so all after its scheme goes."""
    before = _ADDRESS_BACK.match(text[max(0, start - 400) : start][::-1])
    rest = _ADDRESS_REST.match(text, start)
    if not before or not rest:
        return None
    return start - before.end() + len("://"), rest.end(), 0.9


_HOST_BACK = later(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}", re.IGNORECASE)


def _open_store(text: str, start: int, end: int) -> Judged | None:
    """The host of a store whose rules may let everybody in: its name is all that it takes to try."""
    before = _HOST_BACK.match(text[max(0, start - 200) : start][::-1])
    if not before or before.group().startswith("-") or (end < len(text) and (text[end].isalnum() or text[end] in "-.")):
        return None
    host = before.group()[::-1]
    return None if stands_in(host) else (start - before.end(), end, 0.6)


_SIGNATURES = (
    "x-amz-algorithm=",
    "x-amz-credential=",
    "x-amz-signature=",
    "x-goog-algorithm=",
    "x-goog-credential=",
    "x-goog-signature=",
)
_STORES = (".firebaseio.com", ".firebaseapp.com", ".firebasedatabase.app")

ADDRESSES: tuple[Pattern, ...] = (
    wide("connection-string", r":(?:\\?/){2}", ("://", ":\\/\\/"), _address, close=True),
    wide("connection-string", either((*_DRIVERS, *_HOSTS)), (*_DRIVERS, *_HOSTS), _dsn),
    wide(
        "connection-string",
        "jdbc:oracle:(?:thin|oci):|sqlplus |connect ",
        ("jdbc:oracle:", "sqlplus ", "connect "),
        _oracle,
        close=True,
    ),
    wide("connection-string", r":(?:5432|5433|6432|\*):", (":5432:", ":5433:", ":6432:", ":*:"), _pgpass, close=True),
    wide("connection-string", "sig=[A-Za-z0-9%+/=_-]{30,200}", ("sig=",), _signed, close=True),
    wide("connection-string", "code=|appid=|hmac=|sig=", ("code=", "appid=", "hmac=", "sig="), _queried, close=True),
    wide("connection-string", "/private-", ("/private-",), _private, close=True),
    wide("azure-key", "core.windows.net", ("core.windows.net",), _of_store, close=True),
    wide("connection-string", either(_SIGNATURES), _SIGNATURES, _granted),
    wide("connection-string", either(_STORES), _STORES, _open_store),
)
