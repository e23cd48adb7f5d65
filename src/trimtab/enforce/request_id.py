"""Which ids of requests may be written down as they are: those that name nobody.

An id is chosen by whoever asks, and lands in logs and in the ledger, where nothing is ever removed. One that was drawn
at random, or counted up, tells nothing of anybody; whatever else it is could be an address, a name or a number.
"""

import re

# What comes before the number may be one of these words, and no other: other words may be names.
_WORDS = "request|req|call|trace|span|turn|message|msg|conversation|chat|session|thread|ticket|case|job|task|run|row|id"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Payment cards and telephone numbers have up to 19 digits, and no letters.
_HEX = r"(?=[0-9]*[a-f])[0-9a-f]{16,64}|[0-9a-f]{24,64}"
_ULID = r"0[0-9a-hjkmnp-tv-z]{25}"
_COUNTED = r"[0-9]{1,6}"  # no telephone number is so short
_OPAQUE = re.compile(rf"(?:(?:{_WORDS})[-_])?(?:{_UUID}|{_HEX}|{_ULID}|{_COUNTED})", re.ASCII | re.IGNORECASE)


def names_nobody(id_: str) -> bool:
    """Whether an id is drawn (UUID, ULID, 16 to 64 hexadecimal digits) or counted, alone or after a word of ours."""
    return _OPAQUE.fullmatch(id_) is not None


__all__ = ["names_nobody"]
