"""Addresses on the net: of mail, of machines, and those that carry a password."""

import re

from trimtab.builtin.detectors.patterns.secret_places import DUMMY
from trimtab.builtin.detectors.patterns.secret_stand_ins import stands_in
from trimtab.builtin.detectors.patterns.spec import SPACELESS, Judged, Pattern, alone
from trimtab.detect.signs import later

_LOCAL_REVERSED = later(r"[^\s@<>()\[\]{},;:\"'`\\|/=*!?]{1,64}")
_DOMAIN = later(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{1,62}", re.ASCII)
_DOMAIN_WIDE = later(r"[^\W_](?:[\w-]{0,62})(?:\.[\w-]{1,63}){0,7}\.[^\W\d_][\w-]{1,62}")


_FILES = frozenset(
    "png jpg jpeg gif webp svg avif bmp ico heic tif tiff woff ttf eot css scss js jsx tsx json yaml yml xml html htm txt csv log pdf exe dll tgz".split()  # noqa: SIM905 - a table of words
)
"""How files end that are named with such a sign (`sprite@2x.png`), and no domain does."""
_FILE_ENDS = frozenset(case(ending[-2:]) for ending in _FILES for case in (str.lower, str.upper))
_SENTENCE = later(rf".*{SPACELESS}(?=[A-Za-z0-9])")
"""The rest of a sentence without spaces before an address in other letters: `メールはana@example.org`."""
_NO_NAMES = frozenset("b r u f br rb fr rf".split())  # noqa: SIM905 - what stands before the quote of a string
_NAME_BACK = later(r"[^\W\d_]{1,12}(?:[.+-][\w.+-]{0,40})?(?![\w'])")
_FEW = 56


def _with_apostrophe(text: str, begin: int, end: int) -> int:
    """Where an address begins of which a part follows an apostrophe: that of a name (`o'brien`), if it is no quote."""
    if text[end : end + 1] == "'":
        return begin
    name = _NAME_BACK.match(text[max(0, begin - 1 - _FEW) : begin - 1][::-1])
    return begin if not name or name.group()[::-1].lower() in _NO_NAMES else begin - 1 - name.end()


def _email(text: str, at: int, _: int) -> Judged | None:
    """Wider than RFC 5322 on purpose: a miss leaks, an extra hit costs a mask."""
    dot = text.find(".", at, at + 256)
    if (
        dot < 0 or text.find("@", at + 1, dot + 3) >= 0
    ):  # two letters follow a dot, and no sign like this one comes first
        return None
    after = _DOMAIN.match(text, at + 1) or _DOMAIN_WIDE.match(text, at + 1)
    before = _LOCAL_REVERSED.match(text[at - 64 if at > 64 else 0 : at][::-1]) if after else None
    if not after or not before:
        return None
    local = before.group()[::-1]
    shift = len(local) - len(local.lstrip(".-_+")) if local[0] in ".-_+" else 0
    end = after.end()
    if len(local) == shift or (
        text[end - 2 : end] in _FILE_ENDS and text[after.group().rfind(".") + at + 2 : end].lower() in _FILES
    ):
        return None
    begin = at - len(local) + shift
    if not local.isascii() and (sentence := _SENTENCE.match(local)):
        begin += max(0, sentence.end() - shift)
    if begin and text[begin - 1] == "'":
        begin = _with_apostrophe(text, begin, end)
    if local == "git" and text[end : end + 1] == ":":
        return None  # how git names a repository
    if begin and text[begin - 1] == ":" and "://" in text[max(0, begin - 70) : begin]:
        return None  # a password before a host, which is looked for by itself
    return begin, end, 0.99


_MAC_TOLD = later(
    r"(?<![a-z])(?:mac|hwaddr|ether|bssid)(?:[ _-]?(?:addr(?:ess)?|adresse|adres|id|地址|アドレス))?"
    r"(?: (?:is|ist|est|es|of))?[\s:=\"'`#(>-]{0,5}\Z",
    re.IGNORECASE,
)
_MAC_REACH = 28


def _mac(text: str, start: int, end: int) -> Judged | None:
    """Pairs say enough by themselves, and quads with dots (Cisco); quads with hyphens and bare digits need the word."""
    if not alone(text, start, end):
        return None
    if text[start + 2] in ":-" or (text[start + 4] == "." and _in_quads(text, start, end)):
        return start, end, 0.9
    told = text[start + 4] != "." and _MAC_TOLD.search(text[max(0, start - _MAC_REACH) : start])
    return (start, end, 0.9) if told else None


def _in_quads(text: str, start: int, end: int) -> bool:
    """Whether three quads hold a letter, and go on with nothing: neither a row of numbers nor the name of a machine."""
    goes_on = text[end : end + 1] in {".", "-"} and text[end + 1 : end + 2].isalnum()
    return not goes_on and text[start - 1 : start] not in {".", "-"} and any(map(str.isalpha, text[start:end]))


_SHORT_IPV6 = later(r"(?:f[cd][0-9a-f]{2}|2[0-9a-f]{3}|3f[0-9a-f]{2})::", re.IGNORECASE)


def _ipv6(text: str, start: int, end: int) -> Judged | None:
    written = text[start:end]
    if written.count(":") < 3 and not _SHORT_IPV6.match(written):
        return None
    if not alone(text, start, end) or not any(map(str.isdigit, written)):
        return None
    import ipaddress

    try:
        ipaddress.IPv6Address(written)
    except ValueError:
        return None
    return start, end, 0.9


def _login_url(text: str, start: int, end: int) -> Judged | None:
    """`scheme://user:password@`: the part between the slashes and the at-sign."""
    if not start or not text[start - 1].isalnum():
        return None
    user, _, secret = text[start + 3 : end - 1].partition(":")
    if stands_in(f"{secret}~") or DUMMY.fullmatch(secret) or (user[:1] in "<{$[%" and user[-1:] in ">}])%"):
        return None
    return start + 3, end - 1, 0.95


NETWORK: tuple[Pattern, ...] = (
    Pattern(label="personal.email", shape="@", anchors=("@",), begins=True, close=True, judge=_email),
    Pattern(
        label="personal.mac",
        shape=r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}|[0-9A-Fa-f]{4}(?:-[0-9A-Fa-f]{4}){2}|[0-9A-Fa-f]{12}",
        judge=_mac,
        needs_digit=True,
    ),
    Pattern(label="personal.ip", shape=r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}", judge=_ipv6, needs_digit=True),
    Pattern(
        label="secret.url-login",
        shape=r"://[^\s:@/]{1,64}:[^\s@/]{1,128}@",
        anchors=("://",),
        begins=True,
        close=True,
        judge=_login_url,
    ),
)
