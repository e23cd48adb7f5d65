"""Telephone numbers."""

import re
from dataclasses import dataclass
from typing import ClassVar

from trimtab.kinds import Finding

# Seven to fifteen digits (E.164 allows fifteen), in groups parted by at most two signs. Digits and signs are
# disjoint and every repetition is bounded, so matching takes linear time.
_CANDIDATE = re.compile(r"(?<![\w+])(?:\+|\(\+?)?\d(?:[ \t.\-/()\u2010-\u2015\u00a0]{0,2}\d){6,14}(?!\w)(?![ .\-]?\d)")
_GROUPS = re.compile(r"\d+")
# Written with signs as well, but no telephone numbers.
_NO_PHONE = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:[ T]\d{1,2})?"  # 2024-05-12
    r"|\d{1,2}[-./]\d{1,2}[-./]\d{4}"  # 12.05.2024
    r"|\d{1,3}(?:\.\d{1,3}){3}"  # 192.0.2.17
    r"|\d+\.\d+"  # 3.1415926
    r"|\d{4} ?[-\u2013] ?\d{4}"  # 1939-1945
)
_SHORTEST_GROUP = 3


@dataclass(frozen=True, slots=True)
class PhoneDetector:
    """Finds telephone numbers written with a plus, a leading zero or groups; label `phone`.

    Bare runs of digits without any of these belong to the `number` detector,
    numbers spelled out or with single digits apart to neither.
    """

    name: ClassVar[str] = "phone"
    version: ClassVar[str] = "1"

    def find(self, text: str) -> list[Finding]:
        return [
            Finding(label="phone", start=match.start(), end=match.end(), confidence=0.8)
            for match in _CANDIDATE.finditer(text)
            if _is_phone(match.group())
        ]


def _is_phone(written: str) -> bool:
    if _NO_PHONE.fullmatch(written):
        return False
    groups = _GROUPS.findall(written)
    marked = written[0] in "+(0"
    return (marked or len(groups) > 1) and max(map(len, groups)) >= _SHORTEST_GROUP
