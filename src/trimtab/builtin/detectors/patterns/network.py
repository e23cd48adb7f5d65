"""Addresses on the net: of mail, of machines, and those that carry a password."""

import re

from trimtab.builtin.detectors.patterns.secret_places import DUMMY
from trimtab.builtin.detectors.patterns.secret_stand_ins import stands_in
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern, alone, word
from trimtab.detect.signs import later

_LOCAL_REVERSED = later(r"[^\s@<>()\[\]{},;:\"'`\\|/=*!?]{1,64}")
_DOMAIN = later(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{1,62}", re.ASCII)
_DOMAIN_WIDE = later(r"[^\W_](?:[\w-]{0,62})(?:\.[\w-]{1,63}){0,7}\.[^\W\d_][\w-]{1,62}")


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
    if len(local) == shift:
        return None
    begin = at - len(local) + shift
    if local == "git" and text[end : end + 1] == ":":
        return None  # how git names a repository
    if begin and text[begin - 1] == ":" and "://" in text[max(0, begin - 70) : begin]:
        return None  # a password before a host, which is looked for by itself
    return begin, end, 0.99


def _ipv6(text: str, start: int, end: int) -> Judged | None:
    written = text[start:end]
    if written.count(":") < 3 or not alone(text, start, end) or not any(map(str.isdigit, written)):
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
    Pattern(label="personal.mac", shape=r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}", judge=word, needs_digit=True),
    Pattern(label="personal.ip", shape=r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}", judge=_ipv6, needs_digit=True),
    Pattern(
        label="secret.url-login",
        shape=r"://[^\s:@/]{1,64}:[^\s@/]{1,128}@",
        anchors=("://",),
        begins=True,
        close=True,
        judge=_login_url,
    ),
)
