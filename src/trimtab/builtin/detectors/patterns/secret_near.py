"""Identifiers that are taken for credentials where the text around them speaks of credentials: bare UUIDs.

Many keys are UUIDs, and most UUIDs are no keys. One that is named (`request_id: ...`) is what its name says; one without
a name, a little after words such as `password` or `api key`, is masked: a miss leaks, an extra hit costs a mask.
"""

import re

from trimtab.builtin.detectors.patterns.spec import Judged, Pattern
from trimtab.detect.signs import later

_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_BEFORE = 300  # characters in which credentials are spoken of
UNSURE = 0.6  # too little for a reading of a text, where none is asked for again that stands far from what is new in it
_SPOKEN_OF = later(
    r"passw|passphrase|secret|token|(?:api|access|private)[ _-]?key|credential|\bcreds?\b|bearer|licen[cs]e key|activation|akia|<key>"
)
_OWN_NAME = later(r"([A-Za-z][\w.-]{0,40})[\"'>]?\s{0,20}[:=]?\s{0,3}[\"'(\[]{0,2}\Z")
_MEMBER_BEFORE = later(
    r"[\"']name[\"']\s{0,3}:\s{0,3}[\"']([A-Za-z][\w.-]{0,40})[\"']\s{0,3},\s{0,20}[\"']value[\"']\s{0,3}:\s{0,3}[\"']\Z"
)
_LAST_WORD = later(r"[A-Z]?[a-z]+|[A-Z]+", re.ASCII)
_IDENTIFIERS = frozenset(
    "id ids uid uuid uuids guid guids oid sid pid request trace span session user tenant client correlation device account order ref reference version "  # noqa: SIM905 - a table of words
    "commit instance event message object subject transaction job task run build node host group role policy resource subscription app application project "
    "org organization workspace customer entity record row file image partition volume disk interface network machine state channel topic urn clsid appid site".split()
)
_GLUED = frozenset("-_/{\\.%#")


def _near_credentials(text: str, start: int, end: int) -> Judged | None:
    """A UUID that belongs to nothing else, after words about credentials."""
    if start and (text[start - 1].isalnum() or text[start - 1] in _GLUED):
        return None
    if (end < len(text) and (text[end].isalnum() or text[end] in "-_}")) or len(set(text[start:end])) < 7:
        return None
    before = text[max(0, start - _BEFORE) : start]
    if not _SPOKEN_OF.search(before.lower()):
        return None
    own = _MEMBER_BEFORE.search(before[-120:]) or _OWN_NAME.search(before[-80:])
    if own and (
        own[1].lower().startswith("idempotency")
        or "=" in own.group()
        or _LAST_WORD.findall(own[1])[-1].lower() in _IDENTIFIERS
    ):
        return None
    return start, end, UNSURE


NEAR: tuple[Pattern, ...] = (Pattern(label="secret.password", shape=_UUID, needs_digit=True, judge=_near_credentials),)
