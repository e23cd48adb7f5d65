"""Private keys written out member by member: JSON web keys in any notation, and keys of .NET in XML."""

import re

from trimtab.builtin.detectors.patterns.secret_drawn import random_looking
from trimtab.builtin.detectors.patterns.secret_places import wide
from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_MEMBER = later(r"[A-Za-z0-9_-]{16,}+")
_AHEAD = 500
_BEHIND = 3_500  # the members of the longest keys in use


def _named(text: str, start: int, end: int) -> Judged | None:
    """A private member of a JSON web key, by its name in quotes."""
    value = _MEMBER.match(text, end)
    if not value or len(set(value.group()[:64])) < 10:
        return None
    near = text[max(0, start - 1500) : start + _AHEAD]
    # A long member is that of an RSA key, whose other members may be too far away to see.
    if "kty" not in near and not ("crv" in near or value.end() - value.start() > _AHEAD // 2):
        return None
    return (*value.span(), 0.9)


_ANY_MEMBER = later(
    r"(?<![\w-])(?:d|k|p|q|dp|dq|qi)\\{0,3}[\"']?\s{0,4}(?:=>|[:=])\s{0,4}\\{0,3}[\"'`]?(?P<value>[A-Za-z0-9_-]{16,}+)"
)
_OF_A_KEY = later(
    r"\\{0,3}[\"']?\s{0,4}(?:=>|[:=])\s{0,4}\\{0,3}[\"'`]?\[?(?:RSA|EC|OKP|oct)(?![\w-])\]?\\{0,3}[\"'`]?"
)


def _around(text: str, start: int, end: int) -> list[Judged]:
    """The private members around the type of a JSON web key, up to that of the next: names need no quotes there."""
    kind = _OF_A_KEY.match(text, end)
    if not kind:
        return []
    low = max(0, start - _AHEAD)
    low = max(low, text.rfind("kty", low, start) + 1)
    high = text.find("kty", end, end + _BEHIND)
    found = _ANY_MEMBER.finditer(text, low, high if high >= 0 else end + _BEHIND)
    members = [(*one.span("value"), 0.9) for one in found if random_looking(one["value"], 16)]
    # Of what kind a private key is goes with it.
    return [(start - (text[start - 1 : start] in {'"', "'"}), kind.end(), 0.9), *members] if members else []


_XML_MEMBER = later(
    r"\s*+<(?:p|q|dp|dq|inverseq|d)>\s*+(?P<value>[A-Za-z0-9+/=\s]{16,2000}+)(?:</(?:p|q|dp|dq|inverseq|d)>)?",
    re.IGNORECASE,
)


_PRIVATE = 6  # members of a key that are nobody's business


def _in_xml(text: str, _start: int, end: int) -> list[Judged]:
    """What follows the public members of an `RSAKeyValue`."""
    members: list[Judged] = []
    while len(members) < _PRIVATE and (found := _XML_MEMBER.match(text, end)):
        low, high = found.span("value")
        members.append((low, low + len(text[low:high].rstrip()), 0.95))
        end = found.end()
    return members


_QUOTED = tuple(f"{quote}{name}" for quote in "\"'" for name in ("d", "k", "p", "q", "dp", "dq", "qi"))
MEMBERS: tuple[Pattern, ...] = (
    wide(
        "jwk",
        r"[\"'](?:d|k|p|q|dp|dq|qi)\\{0,3}[\"']\s{0,4}(?:=>|[:=])\s{0,4}\\{0,3}[\"'`]",
        tuple(f"{name}{end}" for name in _QUOTED for end in (name[0], "\\")),
        _named,
        ignore_case=False,
        close=True,
    ),
    wide("jwk", "kty", ("kty",), _around, ignore_case=False),
    wide("private-key", "</exponent>", ("</exponent>",), _in_xml),
)
